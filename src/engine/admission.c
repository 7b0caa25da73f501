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

/* What an earlier process has completed is as good as done, though it is looked at once more. */
static bool
is_done(const struct node *node)
{
	return node->state == NODE_COMPLETED || node->state == NODE_SKIPPED || node->confirms;
}

/* ---- gates ---- */

void
admission_init(struct execution *e)
{
	const struct graph *graph = e->graph;

	e->admission = (struct admission){
		.stepping = e->mode == MODE_STEP && !e->undoing,
		.steps = e->resuming ? 0 : 1,
		.to_end = e->mode == MODE_DRY_RUN || e->to_end,
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
admission_pass(struct execution *e)
{
	for (size_t i = 0; i < e->graph->stops_n; i++) {
		struct node *node = node_at(e, e->graph->stops[i].to);

		if ((node->started_ms != 0 || node->skip) && !e->admission.open[i]) {
			e->admission.open[i] = true;
			node->gates--;
		}
	}
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
		e->admission.confirming += node->confirms;
		node_wake(node);
	}
}

void
admission_taken(const struct node *node)
{
	node->execution->ready--;
	node->execution->admission.confirming -= node->confirms;
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

	return !admission->stepping || admission->chosen == node || node->confirms;
}

bool
admission_is_idle(const struct execution *e)
{
	const struct admission *admission = &e->admission;
	const struct node      *chosen = admission->chosen;

	return admission->stepping && admission->confirming == 0 &&
	       (chosen == NULL || chosen->state != NODE_PENDING);
}

static bool
is_pending(const struct node *node)
{
	return node->state == NODE_PENDING && !node->blocked && !node->confirms;
}

/* How many predecessors of each node are still to be done; the caller frees it. Nodes that are yet to be
 * confirmed are waited for, but nobody who looks at the graph would say that they are in the way. */
static uint32_t *
count_before(const struct execution *e)
{
	const struct graph *graph = e->graph;
	uint32_t           *before = xcalloc(graph->n, sizeof(*before));

	for (size_t v = 0; v < graph->n; v++) {
		before[v] += e->nodes[v].goes_last && !e->cleaning;
		if (is_done(&e->nodes[v]))
			continue;
		for (uint32_t i = graph->out_at[v]; i < graph->out_at[v + 1]; i++)
			before[graph->out[i]]++;
	}
	return before;
}

/* The one with the longest way behind it. */
static struct node *
choose(struct execution *e, bool is_held)
{
	uint32_t    *before = count_before(e);
	struct node *best = NULL;

	for (size_t v = 0; v < e->graph->n; v++) {
		struct node *node = node_at(e, v);

		if (!is_pending(node) || before[v] > 0 || node->skip ||
		    (node->gates > 0) != is_held || (is_held && !is_paused_before(e, node)))
			continue;
		if (best == NULL ||
		    e->graph->vertices[v].behind > e->graph->vertices[node_vertex(best)].behind)
			best = node;
	}
	free(before);
	return best;
}

void
admission_hold(struct execution *e)
{
	e->admission.next = choose(e, false);
	if (e->admission.next == NULL)
		e->admission.next = choose(e, true);
}

static void
set_chosen(struct execution *e, struct node *node)
{
	e->admission.chosen = node;
	e->admission.steps--;
	node_wake(node);
}

void
admission_pause(struct execution *e)
{
	e->admission.stepping = e->admission.asked = true;
	e->admission.steps = 0;
	e->admission.chosen = NULL;
	e->to_end = e->admission.to_end = false;
}

bool
admission_advance(struct execution *e, enum execution_reason *ret_reason)
{
	struct admission *admission = &e->admission;

	*ret_reason = REASON_NONE;
	if (e->ready > 0) {
		must(admission->stepping);
		admission->next = choose(e, false);
		*ret_reason = admission->asked ? REASON_ASKED : REASON_STEP;
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

/* All of this name, one per region, must be pending; and have nothing before them, when that is given. */
static enum err_code
check_named(const struct execution *e, const char *name, const uint32_t *before, struct err *err)
{
	const char *what = before != NULL ? "can't be started now" : "can't be skipped";
	size_t      n = 0;

	for (size_t v = 0; v < e->graph->n; v++) {
		const struct node *node = &e->nodes[v];

		if (!graph_is_named(e->graph, v, name))
			continue;
		n++;
		if (!is_pending(node))
			return err_set(err, ERR_CONFLICT, "\"%s\" %s: it is %s", name, what,
			    node->confirms ? "completed" : node_status(node));
		if (before != NULL && before[v] > 0)
			return err_set(err, ERR_CONFLICT,
			    "\"%s\" %s: %u that it waits for are not done", name, what, before[v]);
	}
	return n > 0 ? ERR_OK : err_set(err, ERR_NOT_FOUND, "the graph has no \"%s\"", name);
}

static enum err_code
check_from(const struct execution *e, const char *name, struct err *err)
{
	uint32_t     *before = count_before(e);
	enum err_code code = check_named(e, name, before, err);

	free(before);
	return code;
}

/* Whoever names what is next means this very pause, and not one after it. */
static enum err_code
check_next(const struct execution *e, const char *name, struct err *err)
{
	const struct node *next = e->admission.next;
	const char        *region;

	if (next == NULL)
		return err_set(
		    err, ERR_CONFLICT, "it is paused, but before nothing, not before \"%s\"", name);
	if (graph_is_named(e->graph, node_vertex(next), name))
		return ERR_OK;
	region = graph_region(e->graph, node_vertex(next));
	return err_set(err, ERR_CONFLICT, "it is paused before \"%s%s%s\", not before \"%s\"",
	    graph_node(e->graph, node_vertex(next))->resource_id, region[0] != '\0' ? "@" : "",
	    region, name);
}

static enum err_code
check_request(const struct execution *e, struct continue_request *request, struct err *err)
{
	if (e->undoing && (request->skip_n > 0 || request->from != NULL))
		return err_set(err, ERR_CONFLICT, "the execution is rolling back");
	request->refused = request->next;
	if (request->next != NULL && check_next(e, request->next, err) != ERR_OK)
		return err->code;
	for (size_t i = 0; i < request->skip_n; i++) {
		request->refused = request->skip[i];
		if (check_named(e, request->skip[i], NULL, err) != ERR_OK)
			return err->code;
	}
	request->refused = request->from;
	if (request->from != NULL && check_from(e, request->from, err) != ERR_OK)
		return err->code;
	request->refused = NULL;
	return ERR_OK;
}

void
admission_skip(struct node *node)
{
	bool was_ready =
	    node->state == NODE_PENDING && node->waiting == 0 && !node->blocked && node->gates == 0;

	if (node->skip)
		return;
	node->skip = true;
	open_gates(node->execution, node, true);
	if (!was_ready)
		return;
	admission_taken(node);
	admission_freed(node);
}

/* The nodes to go on from: of a name, or what the pause stands before. */
static void
step_from(struct execution *e, const char *from)
{
	struct node *next = NULL;

	for (size_t v = 0; v < e->graph->n && from != NULL && next == NULL; v++) {
		if (graph_is_named(e->graph, v, from))
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

/* A pause edge is passed where the pause stands before it. While something else may still go on it is ahead,
 * and stops whoever comes there. */
static void
open_from(struct execution *e, const char *from, bool is_at_edge)
{
	for (size_t v = 0; v < e->graph->n; v++) {
		if (from != NULL && graph_is_named(e->graph, v, from))
			open_gates(e, node_at(e, v), false);
	}
	if (from == NULL && is_at_edge)
		open_gates(e, NULL, false);
}

static void
wake_ready(struct execution *e)
{
	for (size_t v = 0; v < e->graph->n; v++) {
		if (e->nodes[v].state == NODE_PENDING && e->nodes[v].waiting == 0)
			node_wake(node_at(e, v));
	}
}

enum err_code
admission_continue(struct execution *e, struct continue_request *request, struct err *err)
{
	struct admission *admission = &e->admission;
	bool              is_at_edge;

	if (check_request(e, request, err) != ERR_OK)
		return err->code;
	is_at_edge = choose(e, false) == NULL;
	for (size_t i = 0; i < request->skip_n; i++) {
		for (size_t v = 0; v < e->graph->n; v++) {
			if (graph_is_named(e->graph, v, request->skip[i]))
				admission_skip(node_at(e, v));
		}
	}
	admission->chosen = admission->next = NULL;
	admission->asked = false;
	/* A rollback that was held up goes on to its end. */
	admission->stepping = request->until == UNTIL_STEP && !e->undoing;
	e->to_end = admission->to_end = request->until == UNTIL_END;
	admission->steps = 1;
	if (admission->stepping)
		step_from(e, request->from);
	else
		open_from(e, request->from, is_at_edge || request->until == UNTIL_END);
	wake_ready(e);
	return ERR_OK;
}
