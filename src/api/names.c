/* SPDX-License-Identifier: Apache-2.0
 * names.c - looks for each name among all vertices: there are few names. */
#include "api/names.h"

#include "util/json.h"
#include "util/str.h"

#define POINTER_MAX 64

static bool
is_known(const struct graph *graph, const char *name)
{
	for (size_t v = 0; v < graph->n; v++) {
		if (graph_is_named(graph, v, name))
			return true;
	}
	return false;
}

void
names_check(
    const struct graph *graph, const char *name, const char *pointer, struct problems *problems)
{
	if (name != NULL && !is_known(graph, name))
		problems_add(problems, pointer, "unknown_node", "the graph has no \"%s\"", name);
}

void
names_check_list(const struct graph *graph, struct json_object *body, const char *member,
    struct problems *problems)
{
	struct json_object *list = json_get_array(body, member);
	size_t              n = list != NULL ? json_object_array_length(list) : 0;
	struct str          pointer;

	str_init(&pointer, POINTER_MAX);
	for (size_t i = 0; i < n; i++) {
		str_clear(&pointer);
		str_addf(&pointer, "/%s/%zu", member, i);
		names_check(graph, json_object_get_string(json_object_array_get_idx(list, i)),
		    pointer.data, problems);
	}
	str_fini(&pointer);
}
