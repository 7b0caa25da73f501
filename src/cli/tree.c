/* SPDX-License-Identifier: Apache-2.0
 * tree.c - nodes, then what waits for what, then layers, then the tree. */
#include "cli/tree.h"

#include <stdlib.h>
#include <string.h>

#include "util/json.h"
#include "util/mem.h"

/* ---- MGraph JSON ---- */

static const char *
predicate_of(struct json_object *edge)
{
	return json_get_str(json_get_object(edge, "edge_label"), "predicate");
}

static const char *
key_of(struct json_object *nodes, const char *id)
{
	return json_get_str(json_get_object(json_get_object(nodes, id), "node_data"), "key");
}

/* The object that a node's value is the text of; the caller puts it. */
static struct json_object *
content_of(struct json_object *node)
{
	const char *text = json_get_str(json_get_object(node, "node_data"), "value");

	return text != NULL ? json_read(text, strlen(text), NULL) : NULL;
}

/* The node that contains the others. */
static const char *
root_of(struct json_object *edges)
{
	json_object_object_foreach (edges, id, edge) {
		(void)id;
		if (str_eq(predicate_of(edge), "contains"))
			return json_get_str(edge, "from_node_id");
	}
	return NULL;
}

/* ---- nodes ---- */

static void
add_node(struct tree *tree, struct json_object *index, const char *id, struct json_object *of,
    const char *key)
{
	if (!json_has(of, "resource_id"))
		json_set_str(of, "resource_id", key);
	json_set_i64(index, id, (int64_t)tree->n);
	tree->nodes[tree->n++] = (struct tree_node){ .of = of,
		.parent = TREE_NONE,
		.first = TREE_NONE,
		.last = TREE_NONE,
		.next = TREE_NONE };
}

/* What has a type and no parts is a resource or an operation. */
static void
read_nodes(
    struct tree *tree, struct json_object *nodes, const char *root, struct json_object *index)
{
	tree->nodes = xcalloc((size_t)json_object_object_length(nodes), sizeof(*tree->nodes));
	json_object_object_foreach (nodes, id, node) {
		struct json_object *content = content_of(node);

		if (str_eq(id, root))
			tree->header = content;
		else if (json_get_str(content, "type") != NULL && !json_has(content, "parts"))
			add_node(tree, index, id, content, key_of(nodes, id));
		else
			json_object_put(content);
	}
}

/* ---- what waits for what ---- */

static bool
hold_of(const char *predicate, enum tree_hold *ret_hold)
{
	static const char *const names[] = {
		[HOLD_NOT] = "dependency", [HOLD_PAUSE] = "pause", [HOLD_END] = "end"
	};

	_Static_assert(array_len(names) == HOLD_N, "each has a name");
	for (size_t i = 0; i < array_len(names); i++) {
		*ret_hold = (enum tree_hold)i;
		if (str_eq(predicate, names[i]))
			return true;
	}
	return false;
}

static void
read_edge(struct tree *tree, struct json_object *nodes, struct json_object *index,
    struct json_object *edge)
{
	const char    *from_id = json_get_str(edge, "from_node_id");
	const char    *to_id = json_get_str(edge, "to_node_id");
	int64_t        from = from_id != NULL ? json_get_i64(index, from_id, -1) : -1;
	int64_t        to = to_id != NULL ? json_get_i64(index, to_id, -1) : -1;
	enum tree_hold hold;

	if (to >= 0 && from_id != NULL && str_eq(predicate_of(edge), "expands_to"))
		json_set_str(tree->nodes[to].of, "composite", key_of(nodes, from_id));
	else if (from >= 0 && to >= 0 && hold_of(predicate_of(edge), &hold))
		tree->waits[tree->waits_n++] =
		    (struct tree_wait){ (uint32_t)from, (uint32_t)to, hold };
}

static int
compare_waits(const void *a, const void *b)
{
	const struct tree_wait *x = a, *y = b;

	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (int)x->hold - (int)y->hold;
}

/* Of two between the same the strictest, which comes last. */
static void
sort_waits(struct tree *tree)
{
	size_t n = 0;

	qsort(tree->waits, tree->waits_n, sizeof(*tree->waits), compare_waits);
	for (size_t i = 0; i < tree->waits_n; i++) {
		struct tree_wait *wait = &tree->waits[i];

		if (n > 0 && tree->waits[n - 1].to == wait->to &&
		    tree->waits[n - 1].from == wait->from)
			n--;
		tree->waits[n++] = *wait;
	}
	tree->waits_n = n;
	for (size_t i = n; i > 0; i--) {
		struct tree_node *node = &tree->nodes[tree->waits[i - 1].to];

		node->waits_at = i - 1;
		node->waits_n++;
	}
}

static void
read_edges(struct tree *tree, struct json_object *nodes, struct json_object *edges,
    struct json_object *index)
{
	tree->waits = xcalloc((size_t)json_object_object_length(edges), sizeof(*tree->waits));
	json_object_object_foreach (edges, id, edge) {
		(void)id;
		read_edge(tree, nodes, index, edge);
	}
	sort_waits(tree);
}

/* ---- layers ---- */

/* Of each node, those that wait for it: after[at[v]] .. after[at[v + 1] - 1]. */
struct followers {
	uint32_t *at, *after;
};

static struct followers
followers_of(const struct tree *tree)
{
	struct followers f = { .at = xcalloc(tree->n + 2, sizeof(*f.at)),
		.after = xcalloc(tree->waits_n, sizeof(*f.after)) };

	for (size_t i = 0; i < tree->waits_n; i++)
		f.at[tree->waits[i].from + 2]++;
	for (size_t v = 2; v < tree->n + 2; v++)
		f.at[v] += f.at[v - 1];
	for (size_t i = 0; i < tree->waits_n; i++)
		f.after[f.at[tree->waits[i].from + 1]++] = tree->waits[i].to;
	return f;
}

/* A node's layer is the longest way to it. In a circle, which no graph of ours has, nobody is ever reached. */
static void
set_layers(struct tree *tree)
{
	struct followers f = followers_of(tree);
	size_t          *left = xcalloc(tree->n, sizeof(*left));
	uint32_t        *ready = xcalloc(tree->n, sizeof(*ready));
	size_t           n = 0;

	for (size_t v = 0; v < tree->n; v++) {
		left[v] = tree->nodes[v].waits_n;
		if (left[v] == 0)
			ready[n++] = (uint32_t)v;
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t layer = tree->nodes[ready[i]].layer + 1;

		if (tree->layers < layer)
			tree->layers = layer;
		for (uint32_t e = f.at[ready[i]]; e < f.at[ready[i] + 1]; e++) {
			struct tree_node *next = &tree->nodes[f.after[e]];

			if (next->layer < layer)
				next->layer = layer;
			if (--left[f.after[e]] == 0)
				ready[n++] = f.after[e];
		}
	}
	free(f.at);
	free(f.after);
	free(left);
	free(ready);
}

/* ---- the tree ---- */

static void
hang(struct tree *tree, uint32_t v, uint32_t *first, uint32_t *last)
{
	if (*last != TREE_NONE)
		tree->nodes[*last].next = v;
	else
		*first = v;
	*last = v;
}

/* Below the first of those that come last among what it waits for. */
static void
place(struct tree *tree, uint32_t v)
{
	struct tree_node *node = &tree->nodes[v];

	for (size_t i = node->waits_at; i < node->waits_at + node->waits_n; i++) {
		const struct tree_wait *wait = &tree->waits[i];
		struct tree_node       *before = &tree->nodes[wait->from];

		if (before->layer + 1 != node->layer)
			continue;
		node->parent = wait->from;
		node->hold = wait->hold;
		hang(tree, v, &before->first, &before->last);
		return;
	}
	hang(tree, v, &tree->first, &tree->last);
}

static void
number(struct tree *tree)
{
	uint32_t at = tree->first, n = 0;

	while (at != TREE_NONE) {
		struct tree_node *node = &tree->nodes[at];

		node->number = n++;
		if (node->first != TREE_NONE) {
			at = node->first;
			continue;
		}
		node->last_number = node->number;
		while (tree->nodes[at].next == TREE_NONE && tree->nodes[at].parent != TREE_NONE) {
			at = tree->nodes[at].parent;
			tree->nodes[at].last_number = n - 1;
		}
		at = tree->nodes[at].next;
	}
}

bool
tree_is_below(const struct tree *tree, uint32_t v, uint32_t top)
{
	return tree->nodes[v].number > tree->nodes[top].number &&
	       tree->nodes[v].number <= tree->nodes[top].last_number;
}

bool
tree_read(struct tree *tree, struct json_object *mgraph, struct err *err)
{
	struct json_object *data =
	    json_get_object(json_get_object(json_get_object(mgraph, "graph"), "model"), "data");
	struct json_object *nodes = json_get_object(data, "nodes");
	struct json_object *edges = json_get_object(data, "edges");
	const char         *root = edges != NULL ? root_of(edges) : NULL;
	struct json_object *index;

	*tree = (struct tree){ .first = TREE_NONE, .last = TREE_NONE };
	if (nodes == NULL || root == NULL) {
		err_set(err, ERR_BAD_JSON, "what the server has told is no graph of its own");
		return false;
	}
	index = json_object_new_object();
	read_nodes(tree, nodes, root, index);
	read_edges(tree, nodes, edges, index);
	json_object_put(index);
	tree->is_execution = json_has(tree->header, "execution_id");
	if (tree->header != NULL && !json_has(tree->header, "graph_id"))
		json_set_str(tree->header, "graph_id", json_get_str(data, "graph_id"));
	set_layers(tree);
	for (uint32_t v = 0; v < tree->n; v++)
		place(tree, v);
	number(tree);
	return true;
}

void
tree_fini(struct tree *tree)
{
	for (size_t i = 0; i < tree->n; i++)
		json_object_put(tree->nodes[i].of);
	json_object_put(tree->header);
	free(tree->nodes);
	free(tree->waits);
	*tree = (struct tree){ 0 };
}
