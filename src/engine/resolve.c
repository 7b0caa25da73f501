/* SPDX-License-Identifier: Apache-2.0
 * resolve.c - a list of looks per node, one after another. */
#include "engine/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "engine/check.h"
#include "engine/decide.h"
#include "engine/held.h"
#include "engine/node_states.h"
#include "engine/work.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

/* References of references are followed only as far as finding a resource needs them. */
#define LOOKUPS_MAX 500

struct lookup {
	size_t              vertex;
	struct identity     identity;
	uint32_t            depth;   /* of references; the node itself is at 0 */
	struct json_object *desired; /* owned */
	struct json_object *found;   /* owned; NULL: it is not there */
	bool                unread;  /* whether it is there is not known */
};

/* ---- which looks are needed ---- */

static bool
holds_reference(struct json_object *value)
{
	if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach (value, key, member) {
			(void)key;
			if (holds_reference(member))
				return true;
		}
		return false;
	}
	if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(value); i++) {
			if (holds_reference(json_object_array_get_idx(value, i)))
				return true;
		}
		return false;
	}
	return spec_is_reference(value);
}

/* Does one of the properties that it is found by hold one? Of an open type it may be any. */
static bool
is_found_by_one(const struct resource_type *type, struct json_object *properties)
{
	struct json_object *names = resource_type_identity_properties(type);

	if (resource_type_takes_any(type))
		return holds_reference(properties);
	for (size_t i = 0; names != NULL && i < json_object_array_length(names); i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(names, i));

		if (holds_reference(json_get(properties, name)))
			return true;
	}
	return false;
}

/* Can the resource only be found once its references are known? */
static bool
is_found_by_reference(const struct spec_node *node)
{
	return is_found_by_one(node->type, node->properties);
}

static bool
is_listed(const struct work *work, size_t vertex)
{
	for (size_t i = 0; i < work->lookups_n; i++) {
		if (work->lookups[i].vertex == vertex)
			return true;
	}
	return false;
}

static void
list_add(struct node *node, size_t vertex)
{
	struct work *work = node->work;

	work->lookups = xrealloc(work->lookups, work->lookups_n + 1, sizeof(*work->lookups));
	work->lookups[work->lookups_n++] = (struct lookup){
		.vertex = vertex,
		.identity = graph_identity(node->execution->graph, vertex),
	};
}

static void
list_targets(struct node *node, size_t vertex)
{
	const struct graph     *graph = node->execution->graph;
	const struct spec_node *spec = graph_node(graph, vertex);

	for (size_t i = 0; i < spec->targets_n && node->work->lookups_n <= LOOKUPS_MAX; i++) {
		size_t target = graph_target(graph, vertex, spec->targets[i]);

		if (!is_listed(node->work, target))
			list_add(node, target);
	}
}

static int
by_depth(const void *a, const void *b)
{
	uint32_t x = ((const struct lookup *)a)->depth, y = ((const struct lookup *)b)->depth;

	return (y > x) - (y < x);
}

/* What is referred to lies deeper than what refers to it. True: somebody lies deeper than before. */
static bool
sink_targets(struct node *node, size_t at)
{
	const struct graph     *graph = node->execution->graph;
	struct work            *work = node->work;
	size_t                  vertex = work->lookups[at].vertex;
	const struct spec_node *spec = graph_node(graph, vertex);
	bool                    any = false;

	for (size_t t = 0; t < spec->targets_n; t++) {
		size_t target = graph_target(graph, vertex, spec->targets[t]);

		for (size_t i = 0; i < work->lookups_n; i++) {
			if (work->lookups[i].vertex != target ||
			    work->lookups[i].depth > work->lookups[at].depth)
				continue;
			work->lookups[i].depth = work->lookups[at].depth + 1;
			any = true;
		}
	}
	return any;
}

/* References make no cycle (plan/config_edge.c), so it comes to an end. */
static void
sort_lookups(struct node *node)
{
	struct work *work = node->work;
	bool         any = work->lookups_n > 1;

	while (any) {
		any = false;
		for (size_t i = 0; i < work->lookups_n; i++)
			any |= sink_targets(node, i);
	}
	qsort(work->lookups, work->lookups_n, sizeof(*work->lookups), by_depth);
	must(work->lookups[work->lookups_n - 1].vertex == node_vertex(node));
}

/* What goes away, or back to what it was, has no use for values. */
static bool
needs_no_values(const struct node *node)
{
	return node->execution->kind == EXECUTION_DESTROY || node->undo != UNDO_NOTHING ||
	       spec_node_is_leaving(node_spec(node));
}

/* Of an open type, only what was found says what it is found by. */
static bool
is_found_by_ours(const struct spec_node *node, struct json_object *keys)
{
	for (size_t i = 0; keys != NULL && i < json_object_array_length(keys); i++) {
		const char *key = json_object_get_string(json_object_array_get_idx(keys, i));

		if (holds_reference(json_get(node->properties, key)))
			return true;
	}
	return false;
}

bool
resolve_has_parent_of_ours(const struct spec_node *node, struct json_object *found)
{
	struct json_object *names = resource_type_identity_properties(node->type);
	const char         *parent =
            names != NULL ? json_object_get_string(json_object_array_get_idx(names, 0)) : NULL;

	if (resource_type_takes_any(node->type))
		return is_found_by_ours(node, json_get_array(found, "keys"));
	return node->type->identity == IDENTITY_CHILD && parent != NULL &&
	       holds_reference(json_get(node->properties, parent));
}

/* A child has no tags: nothing says that it is ours, unless its values do. */
static bool
is_told_by_its_values(const struct spec_node *node)
{
	return node->type->identity == IDENTITY_CHILD && !resolve_has_parent_of_ours(node, NULL);
}

/* The node itself, all it refers to, and what those are found by; what is needed first comes first. */
static void
list_lookups(struct node *node)
{
	const struct graph *graph = node->execution->graph;
	struct work        *work = node->work;
	bool                only_found = needs_no_values(node);
	bool is_compared = is_told_by_its_values(graph_node(graph, node_vertex(node)));

	list_add(node, node_vertex(node));
	for (size_t i = 0; i < work->lookups_n; i++) {
		size_t vertex = work->lookups[i].vertex;

		if ((i == 0 && (!only_found || is_compared)) ||
		    is_found_by_reference(graph_node(graph, vertex)))
			list_targets(node, vertex);
	}
	sort_lookups(node);
	if (work->lookups_n > LOOKUPS_MAX) {
		node_set_error(node, OP_INVALID,
		    "it refers to more than %d resources, those included that they are found by",
		    LOOKUPS_MAX - 1);
		node_fail_look(node);
	}
}

static void
lookups_free(struct work *work)
{
	for (size_t i = 0; i < work->lookups_n; i++) {
		json_object_put(work->lookups[i].desired);
		json_object_put(work->lookups[i].found);
	}
	free(work->lookups);
	work->lookups = NULL;
	work->lookups_n = work->lookup_at = 0;
}

/* ---- looking ---- */

/* What a reference from the current lookup is worth: an output of a resource that was found. */
static struct json_object *
look(void *arg, size_t target, const char *output)
{
	struct node        *node = arg;
	struct work        *work = node->work;
	const struct graph *graph = node->execution->graph;
	size_t vertex = graph_target(graph, work->lookups[work->lookup_at].vertex, target);

	if (held_is_to_be_new(node->execution, vertex))
		return NULL;
	for (size_t i = 0; i < work->lookup_at; i++) {
		if (work->lookups[i].vertex == vertex && work->lookups[i].found != NULL)
			return json_path(
			    json_get_object(work->lookups[i].found, "outputs"), output);
	}
	return NULL;
}

static bool
is_self(const struct work *work)
{
	return work->lookup_at == work->lookups_n - 1;
}

/* A value that is needed is not there. In a dry run it is known after apply. */
static bool
may_miss(const struct node *node)
{
	return node->execution->mode == MODE_DRY_RUN || needs_no_values(node);
}

static const char *
missing_target(const struct node *node)
{
	const struct work  *work = node->work;
	const struct graph *graph = node->execution->graph;

	for (size_t i = 0; i < work->lookup_at; i++) {
		if (work->lookups[i].found == NULL)
			return graph_node(graph, work->lookups[i].vertex)->resource_id;
	}
	return NULL;
}

static void
fail_missing(struct node *node)
{
	const char *target = missing_target(node);

	if (target != NULL)
		node_set_error(
		    node, OP_NOT_FOUND, "\"%s\", which it refers to, is not there", target);
	else
		node_set_error(node, OP_INVALID, "an output that it refers to is not there");
	node_fail_look(node);
}

static void take_absent(struct node *node);

/* NULL: all that it refers to was read. */
static const char *
unread_target(const struct node *node)
{
	const struct work  *work = node->work;
	const struct graph *graph = node->execution->graph;

	for (size_t i = 0; i < work->lookup_at; i++) {
		if (work->lookups[i].unread)
			return graph_node(graph, work->lookups[i].vertex)->resource_id;
	}
	return NULL;
}

/* What is found by something that is not there is not there either; by something that can't be read, who knows. */
static void
take_unfindable(struct node *node)
{
	const char *target = unread_target(node);

	if (target == NULL || !is_self(node->work)) {
		take_absent(node);
		return;
	}
	node_set_error(node, OP_FAILED, "\"%s\", which it refers to, can't be read", target);
	node_fail_look(node);
}

static void
ask_next(struct node *node)
{
	struct work            *work = node->work;
	struct lookup          *lookup = &work->lookups[work->lookup_at];
	const struct graph     *graph = node->execution->graph;
	const struct spec_node *spec = graph_node(graph, lookup->vertex);
	size_t                  missing;

	lookup->desired =
	    spec_resolve(graph->spec, graph->vertices[lookup->vertex].node, look, node, &missing);
	work->unresolved = missing > 0; /* in the end, of the node itself */
	if (missing > 0 && is_self(work) && check_is(node)) {
		check_fail_missing(node,
		    unread_target(node) != NULL ? unread_target(node) : missing_target(node),
		    unread_target(node) != NULL);
		return;
	}
	if (missing > 0 && is_self(work) && !may_miss(node)) {
		fail_missing(node);
		return;
	}
	/* Of an open type nobody but its provider can say by what it is found. */
	if (missing > 0 && is_found_by_reference(spec) && !resource_type_takes_any(spec->type) &&
	    is_found_by_one(spec->type, lookup->desired)) {
		take_unfindable(node);
		return;
	}
	work_ask(work, spec,
	    &(struct op){
		.kind = is_self(work) ? check_op(node) : OP_READ,
		.identity = &lookup->identity,
		.desired = lookup->desired,
	    });
}

/* ---- going on ---- */

/* The current lookup is answered: the next, or the decision. */
static void
advance(struct node *node)
{
	struct work   *work = node->work;
	struct lookup *lookup = &work->lookups[work->lookup_at];

	if (!is_self(work)) {
		work->lookup_at++;
		ask_next(node);
		return;
	}
	json_object_put(work->desired);
	json_object_put(work->found);
	work->desired = lookup->desired;
	work->found = lookup->found;
	lookup->desired = lookup->found = NULL;
	if (check_is(node))
		check_decide(node);
	else
		decide_act(node);
	work_cancel(work);
	lookups_free(work);
}

static void
take_absent(struct node *node)
{
	must(node->work->lookups[node->work->lookup_at].found == NULL);
	advance(node);
}

/* Its tags, or the answer that is on its way, may spare it the reads. */
static bool
is_known_by_tags(struct node *node)
{
	struct sweeps *sweeps = node->execution->sweeps;

	if (sweeps == NULL || check_is(node))
		return false;
	node->by_tags =
	    sweeps_are_answered(sweeps, node) && decide_by_tags(node, sweeps_tags(sweeps, node));
	return node->by_tags || !sweeps_are_answered(sweeps, node);
}

static void
start_looking(struct node *node)
{
	if (check_is_passed(node) || decide_unseen(node) || is_known_by_tags(node))
		return;
	list_lookups(node);
	if (node->work->looked == OP_PENDING)
		ask_next(node);
}

/* A call whose answer nobody has may still be on its way, or not be seen yet. Until that is over, a look says
 * nothing. */
void
resolve_begin(struct node *node)
{
	struct loop *loop = execution_loop(node->execution);
	int64_t      wait_us = node->doubtful ? node->doubt_until_us - loop_now_us(loop) : 0;

	lookups_free(node->work);
	work_cancel(node->work);
	node->work->looked = OP_PENDING;
	if (wait_us > 0)
		timer_arm(loop, &node->work->timer, wait_us);
	else
		start_looking(node);
}

/* A verify says of each resource how it stands itself, whatever there is to say of those that it refers to. */
static bool
passes_over(const struct node *node)
{
	return node->execution->kind == EXECUTION_VERIFY && !is_self(node->work) &&
	       after_failed_look(node, node->work->op.result) == NODE_FAILED;
}

/* What was to go is somebody else's: its driver says so by itself, and no cloud. What a call of our own may have made is not known to
 * be. */
static bool
is_anothers(const struct node *node)
{
	const struct work *work = node->work;

	return is_self(work) && work->op.result == OP_CONFLICT && work->op.code[0] == '\0' &&
	       decide_deletes(node) && node->undo == UNDO_NOTHING && !node->doubtful;
}

void
resolve_step(struct node *node)
{
	struct work *work = node->work;

	if (work->looked != OP_PENDING || timer_is_armed(&work->timer) || work_is_asking(work))
		return;
	if (work->lookups_n == 0) {
		start_looking(node);
		return;
	}
	if (work->op.type == NULL)
		return;
	if (work->op.result == OP_OK) {
		work->lookups[work->lookup_at].found = work->op.found;
		work->op.found = NULL;
		advance(node);
	} else if (work->op.result == OP_ABSENT && is_self(work) && check_is(node)) {
		check_fail_absent(node);
	} else if (work->op.result == OP_ABSENT) {
		work_take_kept(work); /* in the end, of the node itself */
		take_absent(node);
	} else if (is_anothers(node)) {
		node->foreign = true;
		take_absent(node);
	} else if (passes_over(node)) {
		work->lookups[work->lookup_at].unread = true;
		take_absent(node);
	} else {
		node_take_error(node);
		node_fail_look(node);
	}
}

void
resolve_fini(struct node *node)
{
	if (node->work != NULL)
		lookups_free(node->work);
}
