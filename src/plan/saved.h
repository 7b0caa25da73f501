/* SPDX-License-Identifier: Apache-2.0
 *
 * saved.h - a plan that is kept, and what it means to hold an apply to it. Pure.
 *
 * Per vertex it says what is to be done, and how things were when that was decided: what was found, as hashes of what an
 * apply compares, and of what was wanted, where that was known. A vertex is held to its own part alone: what has become of
 * another since is no matter. No value is in it.
 *
 *   {plan_id, graph_id, base, only?, except?, nodes: {"<node>@<region>": {operation, found?, wanted?}}}
 */
#ifndef PLAN_SAVED_H
#define PLAN_SAVED_H

#include <json-c/json.h>
#include <stdbool.h>

#include "plan/graph.h"
#include "plan/plan.h"
#include "util/str.h"

#define SAVED_ID_SIZE 17

/* Which of its nodes are run, as the plan was asked for; NULL: all, none. */
struct saved_choice {
	struct json_object *only, *except;
};

/* `base` is the graph id of what was applied last; NULL: nothing was. The caller puts it. */
struct json_object *saved_make(const struct graph *graph, const struct plan_action *actions,
    const struct spec *base, const struct saved_choice *choice);

const char *saved_id(struct json_object *saved);

/* Was it made of this base, or has nothing but the plan itself been applied since? */
bool saved_is_of_base(struct json_object *saved, const struct spec *base);

/* Is what there is what there was? False: `why` says what has changed. `saved` may hold nothing: then nothing is as it says. */
MUSTCHECK bool saved_is_found(struct json_object *saved, const struct graph *graph, size_t vertex,
    struct json_object *found, struct str *why);

/* Is that what was to be done, and the same that was wanted, or nothing at all? Likewise. */
MUSTCHECK bool saved_is_act(struct json_object *saved, const struct graph *graph, size_t vertex,
    enum plan_act act, struct json_object *desired, struct str *why);

#endif
