/* SPDX-License-Identifier: Apache-2.0
 * change_links.c - what hangs on what in a base. Its own edges tell in which order it was run: between what was to go they
 * are turned, and what goes does not wait for all that it refers to. */
#include <stdlib.h>
#include <string.h>

#include "plan/change_inside.h"
#include "util/breath.h"
#include "util/mem.h"

/* ---- who hangs on whom ---- */

struct linking {
	const struct graph  *base;
	struct change_links *links;
	uint32_t            *fill; /* NULL: they are counted */
};

static void
link_pair(struct linking *linking, size_t from, size_t to)
{
	if (linking->fill == NULL)
		linking->links->at[from + 1]++;
	else
		linking->links->to[linking->fill[from]++] = (uint32_t)to;
}

static void
link_references(struct linking *linking)
{
	const struct graph *base = linking->base;

	for (size_t v = 0; v < base->n; v++) {
		const struct spec_node *node = graph_node(base, v);

		for (size_t t = 0; t < node->targets_n; t++)
			link_pair(linking, graph_target(base, v, node->targets[t]), v);
	}
}

/* One is in all regions, or both in the same one: else one stands in for another of its node that was never there. */
static bool
is_beside(const struct graph *base, size_t one, size_t other)
{
	const char *its = graph_region(base, one), *others = graph_region(base, other);

	return *its == '\0' || *others == '\0' || strcmp(its, others) == 0;
}

/* What stays and what goes were never there for each other's sake. */
static void
link_edges(struct linking *linking)
{
	const struct graph *base = linking->base;

	for (size_t v = 0; v < base->n; v++) {
		bool leaves = spec_node_is_leaving(graph_node(base, v));

		for (uint32_t e = base->out_at[v]; e < base->out_at[v + 1]; e++) {
			if (leaves != spec_node_is_leaving(graph_node(base, base->out[e])) ||
			    !is_beside(base, v, base->out[e]))
				continue;
			link_pair(linking, leaves ? base->out[e] : v, leaves ? v : base->out[e]);
		}
	}
}

static void
links_init(
    struct change_links *links, const struct graph *base, void (*each)(struct linking *linking))
{
	struct linking linking = { .base = base, .links = links };

	links->at = xcalloc(base->n + 1, sizeof(*links->at));
	each(&linking);
	for (size_t v = 0; v < base->n; v++)
		links->at[v + 1] += links->at[v];
	links->to = xcalloc(links->at[base->n], sizeof(*links->to));
	linking.fill = xcalloc(base->n, sizeof(*linking.fill));
	for (size_t v = 0; v < base->n; v++)
		linking.fill[v] = links->at[v];
	each(&linking);
	free(linking.fill);
}

void
change_links_init(struct changing *c)
{
	links_init(&c->referrers, c->change->base, link_references);
	breathe();
	links_init(&c->waiters, c->change->base, link_edges);
}

void
change_links_fini(struct changing *c)
{
	free(c->referrers.at);
	free(c->referrers.to);
	free(c->waiters.at);
	free(c->waiters.to);
}

/* ---- walks ---- */

void
change_spread(
    struct changing *c, bool (*is_so)(const struct change_vertex *vertex), change_take *take)
{
	const struct change_links *links = &c->referrers;
	size_t                     n = c->change->base->n, todo_n = 0;
	uint32_t                  *todo = xcalloc(n, sizeof(*todo));

	for (uint32_t v = 0; v < n; v++) {
		if (is_so(&c->vertices[v]))
			todo[todo_n++] = v;
	}
	while (todo_n > 0) {
		uint32_t v = todo[--todo_n];

		for (uint32_t i = links->at[v]; i < links->at[v + 1]; i++) {
			if (take(c, links->to[i]))
				todo[todo_n++] = links->to[i];
		}
	}
	free(todo);
}

uint32_t *
change_order(const struct changing *c)
{
	const struct change_links *links = &c->referrers;
	size_t                     n = c->change->base->n, done = 0;
	uint32_t                  *order = xcalloc(n, sizeof(*order));
	uint32_t                  *waits = xcalloc(n, sizeof(*waits));

	for (size_t i = 0; i < links->at[n]; i++)
		waits[links->to[i]]++;
	for (uint32_t v = 0; v < n; v++) {
		if (waits[v] == 0)
			order[done++] = v;
	}
	for (size_t at = 0; at < done; at++) {
		for (uint32_t i = links->at[order[at]]; i < links->at[order[at] + 1]; i++) {
			if (--waits[links->to[i]] == 0)
				order[done++] = links->to[i];
		}
	}
	must(done == n); /* references make no cycle (config_edge.c) */
	free(waits);
	return order;
}
