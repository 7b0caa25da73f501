/* SPDX-License-Identifier: Apache-2.0
 *
 * view.h - an execution as the API shows it, from what is stored: its header, its nodes' records, and
 * its graph for the nodes that have no record yet. Pure.
 */
#ifndef ENGINE_VIEW_H
#define ENGINE_VIEW_H

#include <json-c/json.h>
#include <stddef.h>

#include "plan/graph.h"
#include "store/store.h"
#include "util/err.h"

/* `items` are the fields of the exec hash (STORE_GET_EXEC). NULL and *err when they can't be read.
 * The caller puts the result. */
struct json_object *view_execution(
    const struct graph *graph, const struct store_item *items, size_t items_n, struct err *err);

/* What there is to say of a header beside it: success, and duration_seconds when it has ended. */
void view_header(struct json_object *header);

/* The graph whose edges say what waited for what in an execution: of a destroy it is reversed. The caller destroys it. */
struct graph *view_graph(struct spec *spec, struct json_object *view);

#endif
