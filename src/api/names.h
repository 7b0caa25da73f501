/* SPDX-License-Identifier: Apache-2.0
 *
 * names.h - names of nodes in a request: does the graph have them?
 */
#ifndef API_NAMES_H
#define API_NAMES_H

#include <json-c/json.h>

#include "plan/graph.h"
#include "util/err.h"

/* NULL is fine, both. A name that the graph does not have is a problem: `unknown_node`, at its pointer. */
void names_check(
    const struct graph *graph, const char *name, const char *pointer, struct problems *problems);
void names_check_list(const struct graph *graph, struct json_object *body, const char *member,
    struct problems *problems);

#endif
