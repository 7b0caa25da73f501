/* SPDX-License-Identifier: Apache-2.0
 *
 * render.h - the server's JSON as text for people. Pure: JSON in, text out.
 *
 * What comes from the server is shown with its control characters made visible, so that no resource
 * name or error message can steer a terminal. Members that are missing are left out.
 */
#ifndef CLI_RENDER_H
#define CLI_RENDER_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/str.h"

#define RENDER_MAX (64 * 1024 * 1024)

enum paint {
	PAINT_PLAIN,
	PAINT_BOLD,
	PAINT_DIM,
	PAINT_GREEN,
	PAINT_YELLOW,
	PAINT_RED,
	PAINT_CYAN,
	PAINT_N
};

/* Spaces, at least one, until so many columns are taken since `from`. */
void render_pad(struct str *out, size_t from, size_t columns);

/* Nothing without colour. */
void render_paint(struct str *out, enum paint paint, bool color);

/* The colour of a status. */
enum paint render_status_paint(const char *status);

/* Text from outside: control characters become \xNN. NULL adds nothing. */
void render_text(struct str *out, const char *text);

/* "role", or "api [eu-west-1]" for a resource of a region. */
void render_resource(struct str *out, const char *resource_id, const char *region);

/* " (aws:iam:role)", or " (aws:iam:role, of api)" for a part of a composite, or a check of it. */
void render_kind(struct str *out, struct json_object *operation);

/* "0.4s", "12s", "3m05s", "1h02m". */
void render_duration(struct str *out, int64_t ms);

/* What an operation is called: `create` is +, "creating", "created". Never NULL. */
struct verb {
	const char *operation, *symbol, *doing, *done;
	enum paint  paint;
};

const struct verb *render_verb(const char *operation);

/* "4 added, 0 changed, 0 destroyed"; a destroy tells of nothing else than what it destroyed. `to_do`: "4 to add". */
void render_counts(struct str *out, struct json_object *summary, bool destroys, bool to_do);

/* An application/problem+json document, or whatever stands for one. */
void render_problem(struct str *out, struct json_object *problem, int status, bool color);

/* A list of {pointer, code, detail}, or of strings, one line each. */
void render_problems(struct str *out, struct json_object *problems, const char *bullet);

/* An operation of a plan, or a resource of a verification: which it is, and a line for each difference. */
void render_differences(struct str *out, struct json_object *of, bool color);

/* One of these lines. */
void render_difference(struct str *out, struct json_object *diff, bool color);

/* The answer of /deploy/plan. */
void render_plan(struct str *out, struct json_object *plan, bool color);
bool plan_has_changes(struct json_object *plan);
bool plan_is_undecided(struct json_object *plan); /* what an apply would do is not known of all */

/* How one resource stands: its verdict, which it is, and a line for each difference. */
void render_verdict(struct str *out, struct json_object *resource, bool color);

/* The beginning of such a line. */
void render_verdict_of(struct str *out, const char *verdict, bool color);

/* How many there are of each verdict, as `summary` has it. */
void render_verdicts(struct str *out, struct json_object *verify, bool color);

/* The end of an answer of /deploy/verify: its warnings, and how many there are of each verdict. */
void render_verify(struct str *out, struct json_object *verify, bool color);

/* How many resources have this verdict. */
int64_t verify_total(struct json_object *verify, const char *verdict);

/* The turn that an execution has taken, from its event or itself: a line, which says how to go on from a pause;
 * or nothing, where there is nothing to say yet. */
/* An event about what a resource's program writes: a line for each of its lines. */
void render_written(struct str *out, struct json_object *event);

void render_turn(struct str *out, struct json_object *from, bool color);

/* The last lines of an execution: each failed operation, what came of it, and what can be done next. */
void render_summary(struct str *out, struct json_object *execution, bool color);

/* Of a destroy that is through: that nothing is left of its deployment, or what is. */
void render_proof(struct str *out, struct json_object *execution, bool color);

/* `resource.output = value`, a line each; of a destroy, none. */
void render_outputs(struct str *out, struct json_object *execution);

/* An execution as it stands: its header, a line per operation. */
void render_status(struct str *out, struct json_object *execution, bool color);

/* The answer of /deploy/types: a line per type, or one type in full. */
void render_types(struct str *out, struct json_object *types, bool color);
void render_type(struct str *out, struct json_object *type, bool color);

/* The answer of /deploy/discover, or of /deploy/import. */
void render_discovery(struct str *out, struct json_object *answer, bool color);

/* Its `warnings`, or nothing where it has none. */
void render_warnings(struct str *out, struct json_object *answer, bool color);

/* The answer of /deploy/deployments, or of /deploy/history: a line each. */
void render_history(struct str *out, struct json_object *answer);

/* The answer of /admin/keys, or of /admin/tenants: a line each. */
void render_keys(struct str *out, struct json_object *answer);
void render_tenants(struct str *out, struct json_object *answer);

/* The answer of GET /deploy/schedules: a line each; or one of them. */
void render_schedules(struct str *out, struct json_object *answer, bool color);
void render_schedule(struct str *out, struct json_object *schedule, bool color);

/* The answer of /deploy/diff. */
void render_diff(struct str *out, struct json_object *diff, bool color);

/* The end of render_type: a resource of that type, with what is required. */
void render_type_example(struct str *out, struct json_object *type);

#endif
