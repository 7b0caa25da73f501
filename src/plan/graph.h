/* SPDX-License-Identifier: Apache-2.0
 *
 * graph.h - a Spec Graph expanded by region: who waits for whom, as flat arrays.
 *
 * One vertex per (spec node, region); a global type has one. Between two regional nodes an edge
 * joins the same region; between a global and a regional one it joins all. CSR adjacency:
 * building and walking are O(V + E), without recursion. `reverse` turns every edge, for destroy.
 */
#ifndef PLAN_GRAPH_H
#define PLAN_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/spec.h"
#include "provider/provider.h"

#define VERTEX_NONE UINT32_MAX

struct vertex {
	uint32_t node;   /* index into spec->nodes */
	uint32_t region; /* index into the node's regions; 0 for a global type */
	uint32_t level;  /* the longest way from a root: its parallel group */
	double   behind; /* seconds of work on the longest way to an end, this one included */
};

/* A pause or end edge: `to` does not start when `from` is completed. */
struct graph_stop {
	uint32_t            from, to;
	enum spec_edge_type type;
};

struct graph {
	struct spec   *spec; /* one reference is held */
	struct vertex *vertices;
	size_t         n;
	uint32_t *first; /* of a spec node: its vertex in its first region; nodes_n + 1 entries */
	uint32_t *out_at, *out; /* successors of v: out[out_at[v]] .. out[out_at[v + 1] - 1] */
	uint32_t *in_n;         /* how many predecessors v has */
	uint32_t *order;        /* all vertices, none before one that it waits for */
	uint32_t  levels;
	bool      is_reversed;
	struct graph_stop *stops; /* there are none on the way back */
	size_t             stops_n;
};

/* Weighed by what the files of the types say. */
struct graph *graph_create(struct spec *spec, bool reverse);
void          graph_destroy(struct graph *graph); /* NULL is fine */

/* Sets `behind` of all vertices anew, from what each takes by itself, in seconds. */
typedef double(graph_seconds_fn)(void *arg, const struct graph *graph, size_t vertex);
void graph_weigh(struct graph *graph, graph_seconds_fn *seconds, void *arg);

const struct spec_node *graph_node(const struct graph *graph, size_t vertex);
const char             *graph_region(const struct graph *graph, size_t vertex); /* "" if global */
struct identity         graph_identity(const struct graph *graph, size_t vertex);

/* Each edge once, from what is waited for to what waits; of several types between two, the strictest. */
typedef void(graph_edge_fn)(void *arg, uint32_t from, uint32_t to, enum spec_edge_type type);
void graph_each_edge(const struct graph *graph, graph_edge_fn *edge, void *arg);

/* Is it meant by "resource", "resource@region" or a node id? The first two are how outputs are named, too. A
 * composite means all of its parts, and what is checked means its checks as well. */
bool graph_is_named(const struct graph *graph, size_t vertex, const char *name);

/* The vertex of `node` that a reference from `vertex` means: same region, or the only or first
 * one. */
size_t graph_target(const struct graph *graph, size_t vertex, size_t node);

/* Where the same resource is that goes when it is in this place. False: nowhere. */
bool graph_moves_from(const struct graph *graph, size_t vertex, size_t *ret_from);

/* It copies what one of a resource that moves holds into the other. False: it does nothing of the kind. */
bool graph_copies(const struct graph *graph, size_t vertex, size_t *ret_from, size_t *ret_to);

#endif
