/* SPDX-License-Identifier: Apache-2.0
 *
 * plan_inside.h - what the files of a plan share: what it is made of, and the acts as a table.
 */
#ifndef PLAN_PLAN_INSIDE_H
#define PLAN_PLAN_INSIDE_H

#include <json-c/linkhash.h>

#include "plan/plan.h"
#include "util/str.h"

#define PLAN_LINE_MAX 1024 /* of a warning, a reason */

/* Of an act: what it is counted as (NULL: not at all), and its time in typical creates. */
struct plan_act_row {
	const char *counted;
	double      weight;
};
extern const struct plan_act_row plan_acts[PLAN_ACTS_N];

struct planning {
	const struct graph        *graph;
	const struct plan_action  *actions; /* may be NULL */
	const struct plan_options *options;
	struct lh_table
		 *base; /* owner id -> the node of the base that it names; NULL: there is no base */
	uint32_t *order; /* vertices that are asked for, by level; within one, longest way first */
	size_t    n;
	size_t *
	    copied; /* by vertex: 1 + the first that copies what it holds, or into it; 0: nothing does */
	size_t              told; /* warnings */
	struct json_object *warnings;
};

struct plan_action plan_action_of(const struct planning *p, size_t vertex);

/* The same resource as it was applied last; NULL: it was not, or nobody knows. */
const struct spec_node *plan_base_of(const struct planning *p, size_t vertex);

/* The same, in whatever regions. */
const struct spec_node *plan_base_anywhere(const struct planning *p, size_t vertex);

/* "": none, of a global one. */
bool plan_has_region(const struct spec_node *node, const char *region);

/* "api-lambda@us-east-1", or "execution-role" for a global one; the caller puts it. */
struct json_object *plan_label_of(const struct planning *p, size_t vertex);

/* plan_reason.c: why it is done, as a sentence without its end; nothing where there is nothing to say. */
void plan_reason(const struct planning *p, size_t vertex, struct str *out);

/* plan_origin.c: the diff with, per entry, whence it comes: from the config, from a drift, or from both. The caller
 * puts it; without a base it is the diff as it was. */
struct json_object *plan_origins(const struct planning *p, size_t vertex);

/* plan_name.c: what a create of it will be called, where it has a name that the node is part of. False: it has none, or
 * it is not known yet. */
bool plan_name(const struct planning *p, size_t vertex, char *buf, size_t size);

/* plan_undo.c: what a rollback can't undo of it, as undo.h says it; in the light of the rest of the plan. */
bool plan_is_final(const struct planning *p, size_t vertex, struct str *why);

/* plan_warnings.c: p->copied; and what there is to say, into p->warnings. */
void plan_find_copied(struct planning *p);
void plan_warn(struct planning *p);

#endif
