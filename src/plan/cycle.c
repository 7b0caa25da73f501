/* SPDX-License-Identifier: Apache-2.0
 * cycle.c - a walk along "waits for", depth first, on a stack of its own: a chain of a million
 * nodes is as good as one of ten. An edge back to what is still on the stack closes a cycle. */
#include "plan/cycle.h"

#include <stdint.h>
#include <stdlib.h>

#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define CYCLES_MAX     20   /* how many are told; each one may be long */
#define CYCLE_TEXT_MAX 3500 /* less than a problem's detail may hold */
#define CYCLE_HEAD     20   /* of a long cycle: so many from its start */
#define CYCLE_TAIL     5    /* and so many from its end */

enum colour { WHITE, ON_STACK, DONE };

struct walk {
	const struct spec_node *nodes;
	uint32_t               *first; /* of a node: where its entries in `waits` begin; n + 1 */
	uint32_t               *waits; /* what it waits for */
	uint32_t               *next;  /* of a node: the entry to look at next */
	uint32_t               *stack;
	size_t                  depth;
	unsigned char          *colour;
	size_t                  told;
	struct problems        *problems;
};

static void
walk_init(struct walk *w, size_t n, const struct spec_edge *edges, size_t edges_n)
{
	w->first = xcalloc(n + 1, sizeof(*w->first));
	w->next = xcalloc(n, sizeof(*w->next));
	w->waits = xcalloc(edges_n, sizeof(*w->waits));
	w->stack = xcalloc(n, sizeof(*w->stack));
	w->colour = xcalloc(n, sizeof(*w->colour));
	for (size_t i = 0; i < edges_n; i++)
		w->first[edges[i].to + 1]++;
	for (size_t i = 0; i < n; i++) {
		w->first[i + 1] += w->first[i];
		w->next[i] = w->first[i];
	}
	for (size_t i = 0; i < edges_n; i++)
		w->waits[w->next[edges[i].to]++] = (uint32_t)edges[i].from;
	for (size_t i = 0; i < n; i++)
		w->next[i] = w->first[i];
}

static void
walk_fini(struct walk *w)
{
	free(w->first);
	free(w->next);
	free(w->waits);
	free(w->stack);
	free(w->colour);
}

/* The cycle is the stack from `from` to its top; it is told from its first node in the config. */
static void
tell(struct walk *w, size_t from)
{
	const uint32_t *cycle = w->stack + from;
	size_t          n = w->depth - from, start = 0;
	const char     *first;
	struct str      text, pointer;

	if (w->told++ == CYCLES_MAX)
		return;
	for (size_t i = 1; i < n; i++) {
		if (cycle[i] < cycle[start])
			start = i;
	}
	first = w->nodes[cycle[start]].resource_id;
	str_init(&text, CYCLE_TEXT_MAX);
	str_init(&pointer, CYCLE_TEXT_MAX);
	str_add(&pointer, "/resources");
	json_pointer_add(&pointer, first);
	for (size_t i = 0; i < n; i++) {
		if (n > CYCLE_HEAD + CYCLE_TAIL + 1 && i == CYCLE_HEAD) {
			i = n - CYCLE_TAIL;
			str_addf(&text, "(%zu more) -> ", i - CYCLE_HEAD);
		}
		str_addf(&text, "%s -> ", w->nodes[cycle[(start + i) % n]].resource_id);
	}
	problems_add(w->problems, pointer.data, "cycle", "each of these waits for the next: %s%s",
	    text.data, first);
	str_fini(&pointer);
	str_fini(&text);
}

static void
push(struct walk *w, uint32_t node)
{
	w->colour[node] = ON_STACK;
	w->stack[w->depth++] = node;
}

static void
tell_back_edge(struct walk *w, uint32_t node)
{
	size_t from = w->depth;

	if (w->told > CYCLES_MAX)
		return;
	while (w->stack[from - 1] != node)
		from--;
	tell(w, from - 1);
}

static void
walk_from(struct walk *w, uint32_t root)
{
	push(w, root);
	while (w->depth > 0) {
		uint32_t node = w->stack[w->depth - 1];
		uint32_t other;

		if (w->next[node] == w->first[node + 1]) {
			w->colour[node] = DONE;
			w->depth--;
			continue;
		}
		other = w->waits[w->next[node]++];
		if (w->colour[other] == WHITE)
			push(w, other);
		else if (w->colour[other] == ON_STACK)
			tell_back_edge(w, other);
	}
}

void
cycle_check(const struct spec_node *nodes, size_t nodes_n, const struct spec_edge *edges,
    size_t edges_n, struct problems *problems)
{
	struct walk w = { .nodes = nodes, .problems = problems };

	walk_init(&w, nodes_n, edges, edges_n);
	for (size_t i = 0; i < nodes_n; i++) {
		if (w.colour[i] == WHITE)
			walk_from(&w, (uint32_t)i);
	}
	walk_fini(&w);
}
