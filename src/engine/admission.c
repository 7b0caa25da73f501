/* SPDX-License-Identifier: Apache-2.0
 * admission.c - gates and steps. What looks at all nodes or all stops does so once per pause, for a person who
 * looks as well. */
#include "engine/admission.h"

#include <stdlib.h>

#include "engine/execution.h"
#include "util/check.h"
#include "util/mem.h"

static struct node *
node_at(struct execution *e, size_t vertex)
{
	return &e->nodes[vertex];
}

static bool
is_done(const struct node *node)
{
	return node->state == NODE_COMPLETED || node->state == NODE_SKIPPED;
}

/* ---- gates ---- */

void
admission_init(struct execution *e)
{
	const struct graph *graph = e->graph;

	e->admission = (struct admission){
		.stepping = e->mode == MODE_STEP && !e->undoing,
		.steps = e->resuming ? 0 : 1,
		.to_end = e->mode == MODE_DRY_RUN,
	};
	e->admission.open = xcalloc(graph->stops_n, sizeof(bool));
	for (size_t i = 0; i < graph->stops_n; i++) {
		e->admission.open[i] = e->mode == MODE_DRY_RUN;
		if (!e->admission.open[i])
			node_at(e, graph->stops[i].to)->gates++;
	}
}

void
admission_fini(struct execution *e)
{
	free(e->admission.open);
}

void
admission_freed(struct node *node)
{
	struct execution *e = node->execution;

	if (node->gates > 0) {
		e->admission.held++;
		execution_wake(e);
	} else if (node->skip) {
		e->leaving++;
		node_wake(node);
	} else {
		e->ready++;
		node_wake(node);
	}
}

static void
open_gate(struct execution *e, size_t stop)
{
	struct node *node = node_at(e, e->graph->stops[stop].to);

	if (e->admission.open[stop])
		return;
	e->admission.open[stop] = true;
	must(node->gates > 0);
	if (--node->gates > 0 || node->waiting > 0 || node->state != NODE_PENDING || node->blocked)
		return;
	e->admission.held--;
	admission_freed(node);
}

/* Of one node, or NULL: of all. An end is opened for nobody but a node that is skipped. */
static void
open_gates(struct execution *e, const struct node *node, bool is_skip)
{
	for (size_t i = 0; i < e->graph->stops_n; i++) {
		const struct graph_stop *stop = &e->graph->stops[i];

		if ((node == NULL || node == node_at(e, stop->to)) &&
		    (is_skip || (stop->type == EDGE_PAUSE && is_done(node_at(e, stop->from)))))
			open_gate(e, i);
	}
}

/* Is there a pause that keeps it, and no end? */
static bool
is_paused_before(struct execution *e, const struct node *node)
{
	for (size_t i = 0; i < e->graph->stops_n; i++) {
		if (node == node_at(e, e->graph->stops[i].to) && !e->admission.open[i] &&
		    e->graph->stops[i].type == EDGE_END)
			return false;
	}
	return node->gates > 0;
}

/* ---- steps ---- */

bool
admission_of(const struct node *node)
{
	const struct admission *admission = &node->execution->admission;

	return !admission->stepping || admission->chosen == node;
}

bool
admission_is_idle(const struct execution *e)
{
	const struct node *chosen = e->admission.chosen;

	return e->admission.stepping && (chosen == NULL || chosen->state != NODE_PENDING);
}

static bool
is_startable(const struct node *node)
{
	return node->state == NODE_PENDING && node->waiting == 0 && !node->blocked;
}

/* The one with the longest way behind it. */
static struct node *
choose(struct execution *e, bool is_held)
{
	struct node *best = NULL;

	for (size_t v = 0; v < e->graph->n; v++) {
		struct node *node = node_at(e, v);

		if (!is_startable(node) || node->skip || (node->gates > 0) != is_held ||
		    (is_held && !is_paused_before(e, node)))
			continue;
		if (best == NULL ||
		    e->graph->vertices[v].behind > e->graph->vertices[node_vertex(best)].behind)
			best = node;
	}
	return best;
}

static void
set_chosen(struct execution *e, struct node *node)
{
	e->admission.chosen = node;
	e->admission.steps--;
	node_wake(node);
}

bool
admission_advance(struct execution *e, enum execution_reason *ret_reason)
{
	struct admission *admission = &e->admission;

	*ret_reason = REASON_NONE;
	if (e->ready > 0) {
		must(admission->stepping);
		admission->next = choose(e, false);
		*ret_reason = REASON_STEP;
		if (admission->steps == 0)
			return false;
		set_chosen(e, admission->next);
		return true;
	}
	if (admission->held == 0)
		return false;
	admission->next = choose(e, true);
	*ret_reason = admission->next != NULL ? REASON_PAUSE_EDGE : REASON_END_EDGE;
	if (admission->next == NULL || !admission->to_end)
		return false;
	open_gates(e, NULL, false);
	return true;
}

/* ---- continuing ---- */

static bool
is_named(const struct execution *e, size_t vertex, const char *name)
{
	const struct spec_node *spec = graph_node(e->graph, vertex);

	return str_eq(spec->resource_id, name) || str_eq(spec->node_id, name);
}

/* All of this name, one per region, must be so. */
static enum err_code
check_named(const struct execution *e, const char *name, bool (*is_so)(const struct node *),
    const char *what, struct err *err)
{
	size_t n = 0;

	for (size_t v = 0; v < e->graph->n; v++) {
		if (!is_named(e, v, name))
			continue;
		n++;
		if (!is_so(&e->nodes[v]))
			return err_set(err, ERR_CONFLICT, "\"%s\" %s: it is %s", name, what,
			    node_status(&e->nodes[v]));
	}
	return n > 0 ? ERR_OK : err_set(err, ERR_NOT_FOUND, "the graph has no \"%s\"", name);
}

static bool
is_pending(const struct node *node)
{
	return node->state == NODE_PENDING && !node->blocked;
}

static enum err_code
check_request(const struct execution *e, const struct continue_request *request, struct err *err)
{
	for (size_t i = 0; i < request->skip_n; i++) {
		if (check_named(e, request->skip[i], is_pending, "can't be skipped", err) != ERR_OK)
			return err->code;
	}
	return request->from == NULL
		   ? ERR_OK
		   : check_named(e, request->from, is_startable, "can't be started now", err);
}

void
admission_skip(struct node *node)
{
	bool was_ready = is_startable(node) && node->gates == 0;

	if (node->skip)
		return;
	node->skip = true;
	open_gates(node->execution, node, true);
	if (!was_ready)
		return;
	node->execution->ready--;
	admission_freed(node);
}

/* The nodes to go on from: of a name, or what the pause stands before. */
static void
step_from(struct execution *e, const char *from)
{
	struct node *next = NULL;

	for (size_t v = 0; v < e->graph->n && from != NULL && next == NULL; v++) {
		if (is_named(e, v, from))
			next = node_at(e, v);
	}
	if (next == NULL)
		next = choose(e, false);
	if (next == NULL)
		next = choose(e, true);
	if (next == NULL)
		return; /* only an end is left */
	open_gates(e, next, false);
	if (next->gates == 0)
		set_chosen(e, next);
}

static void
open_from(struct execution *e, const char *from)
{
	for (size_t v = 0; v < e->graph->n; v++) {
		if (from != NULL && is_named(e, v, from))
			open_gates(e, node_at(e, v), false);
	}
	if (from == NULL)
		open_gates(e, NULL, false);
}

enum err_code
admission_continue(struct execution *e, const struct continue_request *request, struct err *err)
{
	struct admission *admission = &e->admission;

	if (check_request(e, request, err) != ERR_OK)
		return err->code;
	for (size_t i = 0; i < request->skip_n; i++) {
		for (size_t v = 0; v < e->graph->n; v++) {
			if (is_named(e, v, request->skip[i]))
				admission_skip(node_at(e, v));
		}
	}
	admission->chosen = admission->next = NULL;
	admission->stepping = request->until == UNTIL_STEP;
	admission->to_end = request->until == UNTIL_END;
	admission->steps = 1;
	if (request->until == UNTIL_STEP) {
		step_from(e, request->from);
		return ERR_OK;
	}
	open_from(e, request->from);
	for (size_t v = 0; v < e->graph->n; v++) {
		if (is_startable(node_at(e, v)))
			node_wake(node_at(e, v));
	}
	return ERR_OK;
}
