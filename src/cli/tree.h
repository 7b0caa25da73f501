/* SPDX-License-Identifier: Apache-2.0
 *
 * tree.h - a graph that the server has told (MGraph JSON), as a tree. Pure.
 *
 * Each node is below one that it waits for, of those that come last: so it is as deep as its layer, and what is on one
 * depth can go on at once. What else it waits for is known beside that.
 */
#ifndef CLI_TREE_H
#define CLI_TREE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/err.h"
#include "util/str.h"

#define TREE_NONE UINT32_MAX

enum tree_hold { HOLD_NOT, HOLD_PAUSE, HOLD_END, HOLD_N };

struct tree_wait {
	uint32_t       from, to; /* `to` waits for `from` */
	enum tree_hold hold;
};

struct tree_node {
	struct json_object *of; /* operation or resource, with its resource_id and composite */
	uint32_t            layer;
	uint32_t            parent, first, last, next; /* children are a list */
	enum tree_hold      hold;                      /* between its parent and it */
	uint32_t number, last_number; /* its own as the tree is walked, and the last one below */
	size_t   waits_at, waits_n;   /* in the tree's waits */
};

struct tree {
	struct json_object *header; /* of the execution, or the config with its graph_id */
	bool                is_execution;
	struct tree_node   *nodes;
	size_t              n;
	struct tree_wait   *waits; /* by who waits; no two alike */
	size_t              waits_n;
	uint32_t            first, last; /* who waits for nobody */
	uint32_t            layers;
};

/* False and *err when it is no graph of this service. To be ended in either case. */
MUSTCHECK bool tree_read(struct tree *tree, struct json_object *mgraph, struct err *err);
void           tree_fini(struct tree *tree);

/* Is one somewhere below the other? */
bool tree_is_below(const struct tree *tree, uint32_t v, uint32_t top);

/* For people, on so many columns. */
void render_tree(struct str *out, const struct tree *tree, size_t columns, bool color);

#endif
