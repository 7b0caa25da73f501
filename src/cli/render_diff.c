/* SPDX-License-Identifier: Apache-2.0
 * render_diff.c - what differs between two versions of a deployment. */
#include <inttypes.h>

#include "cli/render.h"
#include "util/check.h"
#include "util/json.h"

/* A change of a resource, and the operation that it would be. */
static const char *const changes[][2] = {
	{ "added", "create" },
	{ "changed", "update" },
	{ "removed", "delete" },
};

static void
render_symbol(struct str *out, const char *operation, bool color)
{
	const struct verb *verb = render_verb(operation);

	str_add(out, "  ");
	render_paint(out, verb->paint, color);
	str_add(out, verb->symbol);
	render_paint(out, PAINT_PLAIN, color);
	str_add_char(out, ' ');
}

static void
render_resources(struct str *out, struct json_object *resources, size_t change, bool color)
{
	size_t n = resources != NULL ? json_object_array_length(resources) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *resource = json_object_array_get_idx(resources, i);

		if (!str_eq(json_get_str(resource, "change"), changes[change][0]))
			continue;
		render_symbol(out, changes[change][1], color);
		render_differences(out, resource, color);
	}
}

static void
render_edges(struct str *out, struct json_object *edges, const char *operation, bool color)
{
	size_t n = edges != NULL ? json_object_array_length(edges) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *edge = json_object_array_get_idx(edges, i);
		const char         *type = json_get_str(edge, "type");

		render_symbol(out, operation, color);
		str_add(out, "edge ");
		render_text(out, json_get_str(edge, "from"));
		str_add(out, " -> ");
		render_text(out, json_get_str(edge, "to"));
		if (type != NULL) {
			str_add(out, " (");
			render_text(out, type);
			str_add_char(out, ')');
		}
		str_add_char(out, '\n');
	}
}

static void
render_config(struct str *out, struct json_object *entries, bool color)
{
	size_t n = entries != NULL ? json_object_array_length(entries) : 0;

	if (n == 0)
		return;
	render_symbol(out, "update", color);
	str_add(out, "config\n");
	for (size_t i = 0; i < n; i++)
		render_difference(out, json_object_array_get_idx(entries, i), color);
}

static void
render_version(struct str *out, struct json_object *version)
{
	const char *name = json_get_str(version, "version");

	render_text(out, json_get_str(version, "graph_id"));
	if (name == NULL || name[0] == '\0')
		return;
	str_add(out, " (");
	render_text(out, name);
	str_add_char(out, ')');
}

static void
render_diff_counts(struct str *out, struct json_object *summary)
{
	static const char *const counts[] = { "added", "changed", "removed", "unchanged" };

	str_add(out, "Resources:");
	for (size_t i = 0; i < array_len(counts); i++)
		str_addf(out, "%s %" PRId64 " %s", i > 0 ? "," : "",
		    json_get_i64(summary, counts[i], 0), counts[i]);
	str_add(out, ".\n");
}

void
render_diff(struct str *out, struct json_object *diff, bool color)
{
	struct json_object *edges = json_get_object(diff, "edges");

	render_version(out, json_get_object(diff, "from"));
	str_add(out, " -> ");
	render_version(out, json_get_object(diff, "to"));
	str_add_char(out, '\n');
	for (size_t i = 0; i < array_len(changes); i++)
		render_resources(out, json_get_array(diff, "resources"), i, color);
	render_edges(out, json_get_array(edges, "added"), "create", color);
	render_edges(out, json_get_array(edges, "removed"), "delete", color);
	render_config(out, json_get_array(diff, "config"), color);
	if (json_get_bool(diff, "same", false))
		str_add(out, "The same: nothing differs but what they are called.\n");
	else
		render_diff_counts(out, json_get_object(diff, "summary"));
}
