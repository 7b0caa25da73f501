/* SPDX-License-Identifier: Apache-2.0
 * render_schedule.c - deployments that are verified again and again: a table of them, or one in full. */
#include <inttypes.h>
#include <string.h>

#include "cli/render.h"
#include "cli/render_table.h"
#include "util/check.h"
#include "util/json.h"

/* As --every takes it. */
static void
cell_every(struct str *out, struct json_object *row)
{
	static const struct {
		int64_t seconds;
		char    unit;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	int64_t seconds = json_get_i64(row, "every_seconds", 0);
	size_t  i = 0;

	while (seconds % units[i].seconds != 0)
		i++;
	str_addf(out, "%" PRId64 "%c", seconds / units[i].seconds, units[i].unit);
}

static void
cell_runs(struct str *out, struct json_object *row)
{
	str_addf(out, "%" PRId64, json_get_i64(row, "runs", 0));
}

void
render_schedules(struct str *out, struct json_object *answer, bool color)
{
	static const struct column columns[] = { { "DEPLOYMENT", 32, "deployment_id", NULL },
		{ "EVERY", 7, NULL, cell_every }, { "DEPTH", 7, "depth", NULL },
		{ "RUNS", 8, NULL, cell_runs }, { "NEXT", 26, "next_at", NULL },
		{ "FOUND", 0, NULL, render_found } };

	(void)color;
	render_table(out, json_get_array(answer, "schedules"), columns, array_len(columns));
}

/* ---- one ---- */

/* "style@eu-west-1": what is not in sync is told by these names. */
static void
render_name(struct str *out, const char *name)
{
	size_t     len = strcspn(name, "@");
	struct str id;

	str_init(&id, len + 1);
	str_add_mem(&id, name, len);
	render_resource(out, id.data, name[len] == '@' ? name + len + 1 : "");
	str_fini(&id);
}

static void
render_verified(struct str *out, struct json_object *verified, bool color)
{
	struct json_object *resources = json_get_object(verified, "resources");

	str_add(out, "As of ");
	render_text(out, json_get_str(verified, "at"));
	str_add(out, ", graph ");
	render_text(out, json_get_str(verified, "graph_id"));
	str_add(out, ":\n");
	if (resources != NULL) {
		json_object_object_foreach (resources, name, verdict) {
			render_verdict_of(out, json_object_get_string(verdict), color);
			render_name(out, name);
			str_add_char(out, '\n');
		}
	}
	render_verdicts(out, verified, color);
}

void
render_schedule(struct str *out, struct json_object *schedule, bool color)
{
	struct json_object *verified = json_get_object(schedule, "verified");
	const char         *reason = json_get_str(schedule, "reason");

	render_text(out, json_get_str(schedule, "deployment_id"));
	str_add(out, " is verified every ");
	cell_every(out, schedule);
	str_add(out, str_eq(json_get_str(schedule, "depth"), "tags") ? ", by tags" : "");
	str_add(out, ", next at ");
	render_text(out, json_get_str(schedule, "next_at"));
	str_add(out, ".\n");
	if (reason != NULL) {
		str_add(out, "The last run did not come to its end: ");
		render_text(out, reason);
		str_add_char(out, '\n');
	}
	if (verified != NULL)
		render_verified(out, verified, color);
}
