/* SPDX-License-Identifier: Apache-2.0
 * render_discover.c - what was found: a line each, what could not be, and what came of it. */
#include "cli/render.h"
#include "util/json.h"

#define KEY_WIDTH 32

static size_t
count(struct json_object *list)
{
	return list != NULL ? json_object_array_length(list) : 0;
}

/* ---- deployments ---- */

static void
render_deployment(struct str *out, struct json_object *deployment)
{
	struct json_object *regions = json_get_object(deployment, "regions");
	size_t              from = out->len;
	const char         *between = "";

	render_text(out, json_get_str(deployment, "deployment_id"));
	render_pad(out, from, KEY_WIDTH);
	str_addf(out, "%lld  ", (long long)json_get_i64(deployment, "resources", 0));
	if (regions != NULL) {
		json_object_object_foreach (regions, region, number) {
			str_add(out, between);
			render_text(out, *region != '\0' ? region : "global");
			str_addf(out, " %lld", (long long)json_object_get_int64(number));
			between = ", ";
		}
	}
	str_add(out, json_get_bool(deployment, "own", true) ? "\n" : "  (another tenant's)\n");
}

/* ---- one deployment ---- */

static void
render_found(struct str *out, struct json_object *resource)
{
	render_resource(
	    out, json_get_str(resource, "resource_id"), json_get_str(resource, "region"));
	render_kind(out, resource);
	if (json_get_str(resource, "id") != NULL) {
		str_add(out, "  ");
		render_text(out, json_get_str(resource, "id"));
	}
	str_add_char(out, '\n');
}

static void
render_missing(struct str *out, struct json_object *missing)
{
	if (missing == NULL)
		return;
	json_object_object_foreach (missing, id, why) {
		str_add(out, "not found: ");
		render_text(out, id);
		str_add(out, ": ");
		render_text(out, json_object_get_string(why));
		str_add_char(out, '\n');
	}
}

static void
render_end(struct str *out, struct json_object *answer)
{
	str_addf(out, "\nFound: %zu.", count(json_get_array(answer, "resources")));
	if (json_get_str(answer, "graph_id") != NULL) {
		str_add(out, " It is graph ");
		render_text(out, json_get_str(answer, "graph_id"));
		str_add_char(out, '.');
	}
	if (json_get_str(answer, "known_graph_id") != NULL &&
	    !json_get_bool(answer, "recorded", false)) {
		str_add(out, " The deployment stays what was run last of it, graph ");
		render_text(out, json_get_str(answer, "known_graph_id"));
		str_add(out, " (--replace).");
	}
	str_add_char(out, '\n');
}

void
render_discovery(struct str *out, struct json_object *answer, bool color)
{
	struct json_object *deployments = json_get_array(answer, "deployments");
	struct json_object *resources = json_get_array(answer, "resources");

	for (size_t i = 0; i < count(deployments); i++)
		render_deployment(out, json_object_array_get_idx(deployments, i));
	for (size_t i = 0; i < count(resources); i++)
		render_found(out, json_object_array_get_idx(resources, i));
	render_missing(out, json_get_object(answer, "missing"));
	render_warnings(out, answer, color);
	if (deployments == NULL)
		render_end(out, answer);
}
