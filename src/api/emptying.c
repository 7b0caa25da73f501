/* SPDX-License-Identifier: Apache-2.0
 * emptying.c - each name against the graph: what is taken along can't be had back, so a slip is not passed over. */
#include "api/emptying.h"

#include <stdio.h>

#include "util/json.h"

#define POINTER_SIZE 64

static bool
can_be_emptied(const struct graph *graph, const char *name, bool *ret_named)
{
	bool can = false;

	*ret_named = false;
	for (size_t v = 0; v < graph->n; v++) {
		if (!graph_is_named(graph, v, name))
			continue;
		*ret_named = true;
		can = can || resource_type_can_be_emptied(graph_node(graph, v)->type);
	}
	return can;
}

static void
check(const struct graph *graph, const char *name, size_t at, struct problems *problems)
{
	char pointer[POINTER_SIZE];
	bool is_named;

	if (can_be_emptied(graph, name, &is_named))
		return;
	snprintf(pointer, sizeof(pointer), "/empty/%zu", at);
	if (is_named)
		problems_add(problems, pointer, "not_emptied",
		    "\"%.128s\" is of no type with a " RESOURCE_FORCE, name);
	else
		problems_add(
		    problems, pointer, "unknown_node", "there is no resource \"%.128s\"", name);
}

bool
emptying_is_read(struct exchange *x)
{
	struct json_object *names = json_get_array(x->body, "empty");
	size_t              n = names != NULL ? json_object_array_length(names) : 0;
	struct problems     problems;
	bool                good;

	problems_init(&problems);
	for (size_t i = 0; i < n; i++)
		check(x->graph, json_object_get_string(json_object_array_get_idx(names, i)), i,
		    &problems);
	good = problems.n == 0;
	if (good)
		x->start.empty = json_get(x->body, "empty");
	else
		reply_problems(x, ERR_INVALID_CONFIG, &problems);
	problems_fini(&problems);
	return good;
}
