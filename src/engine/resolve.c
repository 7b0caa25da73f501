/* SPDX-License-Identifier: Apache-2.0
 * resolve.c - a list of looks per node, one after another; then the decision what to do. */
#include "engine/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "engine/execution.h"
#include "engine/node_states.h"
#include "engine/work.h"
#include "plan/diff.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

/* References of references are followed only as far as finding a resource needs them. */
#define LOOKUPS_MAX 500

struct lookup {
	size_t              vertex;
	struct identity     identity;
	struct json_object *desired; /* owned */
	struct json_object *found;   /* owned; NULL: it is not there */
	bool                unread;  /* whether it is there is not known */
};

static bool
verifies(const struct node *node)
{
	return node->execution->kind == EXECUTION_VERIFY;
}

/* What is asked for, or what is to be if all went as asked: how it came to be there is no matter then. */
static enum spec_operation
operation_of(const struct node *node)
{
	enum spec_operation operation = node_spec(node)->operation;

	return verifies(node) && operation != SPEC_DELETE ? SPEC_ENSURE : operation;
}

static void
fail(struct node *node)
{
	node->work->looked = node->error->type;
}

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

/* Can the resource only be found once its references are known? */
static bool
is_found_by_reference(const struct spec_node *node)
{
	struct json_object *names = resource_type_identity_properties(node->type);

	for (size_t i = 0; names != NULL && i < json_object_array_length(names); i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(names, i));

		if (holds_reference(json_get(node->properties, name)))
			return true;
	}
	return false;
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

/* A level is lower than those of all that depend on it; a reversed graph counts from the other end. */
static int
by_level(const void *a, const void *b, void *arg)
{
	const struct graph *graph = arg;
	uint32_t            x = graph->vertices[((const struct lookup *)a)->vertex].level;
	uint32_t            y = graph->vertices[((const struct lookup *)b)->vertex].level;

	return (x > y) - (x < y);
}

static int
by_level_reversed(const void *a, const void *b, void *arg)
{
	return by_level(b, a, arg);
}

/* What goes away, or back to what it was, has no use for values. */
static bool
needs_no_values(const struct node *node)
{
	return node->execution->kind == EXECUTION_DESTROY || node->undo != UNDO_NOTHING;
}

/* A child has no tags. It is ours if its parent is, which a reference says; else only its values tell. */
static bool
has_parent_of_ours(const struct spec_node *node)
{
	struct json_object *names = resource_type_identity_properties(node->type);
	const char         *parent =
            names != NULL ? json_object_get_string(json_object_array_get_idx(names, 0)) : NULL;

	return node->type->identity == IDENTITY_CHILD && parent != NULL &&
	       holds_reference(json_get(node->properties, parent));
}

static bool
is_told_by_its_values(const struct spec_node *node)
{
	return node->type->identity == IDENTITY_CHILD && !has_parent_of_ours(node);
}

/* The node itself, all it refers to, and what those are found by; what is needed first comes first. */
static void
list_lookups(struct node *node)
{
	struct graph *graph = node->execution->graph;
	struct work  *work = node->work;
	bool          only_found = needs_no_values(node);
	bool          is_compared = is_told_by_its_values(graph_node(graph, node_vertex(node)));

	list_add(node, node_vertex(node));
	for (size_t i = 0; i < work->lookups_n; i++) {
		size_t vertex = work->lookups[i].vertex;

		if ((i == 0 && (!only_found || is_compared)) ||
		    is_found_by_reference(graph_node(graph, vertex)))
			list_targets(node, vertex);
	}
	qsort_r(work->lookups, work->lookups_n, sizeof(*work->lookups),
	    graph->is_reversed ? by_level_reversed : by_level, graph);
	must(work->lookups[work->lookups_n - 1].vertex == node_vertex(node));
	if (work->lookups_n > LOOKUPS_MAX) {
		node_set_error(node, OP_INVALID,
		    "it refers to more than %d resources, those included that they are found by",
		    LOOKUPS_MAX - 1);
		fail(node);
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
	fail(node);
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
	fail(node);
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
	if (missing > 0 && is_self(work) && !may_miss(node)) {
		fail_missing(node);
		return;
	}
	if (missing > 0 && is_found_by_reference(spec)) {
		take_unfindable(node);
		return;
	}
	work_ask(work, spec,
	    &(struct op){
		.kind = OP_READ,
		.identity = &lookup->identity,
		.desired = lookup->desired,
	    });
}

/* ---- deciding ---- */

/* While a reference is not resolved, text that looks like one is taken for one. */
static void
make_diff(struct node *node, struct diff *diff, struct json_object *found)
{
	const struct spec_node *spec = node_spec(node);

	(node->work->unresolved ? diff_make : diff_make_known)(
	    diff, spec->type, node->work->desired, found);
}

/* A tag of the config is missing or was changed, or what changed can't be read back: then the hash of what was applied
 * tells. It was cut short before its tags, or is being adopted. An update without changes writes them. */
static void
compare_tags(const struct node *node, struct diff *diff)
{
	const struct spec_node *spec = node_spec(node);
	struct json_object     *tags = json_get_object(node->work->found, "tags");

	if (tags == NULL)
		return;
	if (spec->tags != NULL) {
		json_object_object_foreach (spec->tags, key, value)
			diff_tag(diff, key, value, json_get(tags, key));
	}
	if (diff_is_empty(diff)) {
		struct json_object *hash = json_object_new_string(node->work->identity.spec_hash);

		diff_tag(diff, IDENTITY_HASH_TAG, hash, json_get(tags, IDENTITY_HASH_TAG));
		json_object_put(hash);
	}
}

/* Something is there under a name that anybody may have given, and nothing says that it is ours, neither tags nor
 * a parent. It is taken for ours as long as it is what the config says; what this execution made is ours. */
static bool
is_foreign(struct node *node)
{
	const struct spec_node *spec = node_spec(node);
	bool                    has_created = node->attempt > 0 && node->act == PLAN_CREATE;
	struct diff             diff;
	bool                    differs;

	if (!json_get_bool(node->work->found, "claimed", false) || has_created || node->acted ||
	    node->undo != UNDO_NOTHING || spec->operation == SPEC_VERIFY ||
	    spec->operation == SPEC_ADOPT || has_parent_of_ours(spec))
		return false;
	make_diff(node, &diff, json_get_object(node->work->found, "properties"));
	differs = !diff_is_empty(&diff);
	diff_fini(&diff);
	return differs;
}

static void
decide_present(struct node *node)
{
	struct work *work = node->work;
	struct diff  diff;

	make_diff(node, &diff, json_get_object(work->found, "properties"));
	compare_tags(node, &diff);
	if (diff_is_empty(&diff)) {
		work->act = PLAN_NO_OP;
	} else {
		work->act = diff.replace ? PLAN_REPLACE : PLAN_UPDATE;
		node->diff = json_object_get(diff.list);
		work->changes = json_object_get(diff.changes);
	}
	if (diff.replace)
		node_set_error(node, OP_INVALID,
		    "a property that cannot be changed in place differs; destroy the resource "
		    "first");
	diff_fini(&diff);
}

/* Back to what it was before this execution changed it; when it has gone since, nothing brings it back. */
static void
decide_restore(struct node *node)
{
	struct work *work = node->work;

	if (work->found == NULL) {
		node_set_error(node, OP_ABSENT, "it has gone since it was changed");
		fail(node);
		return;
	}
	json_object_put(work->desired);
	work->desired = json_object_get(node->before);
	work->unresolved = false;
	decide_present(node);
}

static void
decide_absent(struct node *node)
{
	struct diff diff;

	node->work->act = PLAN_CREATE;
	make_diff(node, &diff, NULL);
	node->diff = json_object_get(diff.list);
	diff_fini(&diff);
}

static bool
deletes(const struct node *node)
{
	return node->execution->kind == EXECUTION_DESTROY || node->undo == UNDO_DELETE ||
	       node_spec(node)->operation == SPEC_DELETE;
}

/* Operations that insist on how things were. Null: it is as it was said to be. */
static const char *
contradiction(enum spec_operation operation, bool found)
{
	switch (operation) {
	case SPEC_CREATE: return found ? "it exists already" : NULL;
	case SPEC_UPDATE: return found ? NULL : "it does not exist";
	case SPEC_VERIFY: return found ? NULL : "it does not exist";
	case SPEC_ADOPT: return found ? NULL : "there is nothing to adopt";
	case SPEC_ENSURE:
	case SPEC_DELETE:
	case SPEC_OPERATIONS_N: break;
	}
	return NULL;
}

/* What the node is said to have done is what all its tries have done: one whose answer was lost has made what
 * the next one finds, and a create that is corrected afterwards still adds. */
static void
take_act(struct node *node)
{
	enum plan_act act = node->work->act;
	bool          has_created = node->attempt > 0 && node->act == PLAN_CREATE;

	node->acted = node->acted || (has_created && node->work->found != NULL);
	if (node->work->looked != OP_OK || (node->attempt > 0 && act == PLAN_NO_OP) ||
	    (has_created && act == PLAN_UPDATE))
		return;
	node->act = (uint8_t)act;
}

static void
decide(struct node *node)
{
	enum spec_operation operation = operation_of(node);
	struct work        *work = node->work;
	const char         *why = contradiction(operation, work->found != NULL);

	work->looked = OP_OK;
	json_object_put(node->diff);
	node->diff = NULL;
	json_object_put(work->changes);
	work->changes = NULL;
	if (operation == SPEC_CREATE && node->attempt > 0)
		why = NULL; /* an earlier try of this very execution may have made it */
	if (work->found != NULL && is_foreign(node)) {
		node_set_error(node, OP_CONFLICT,
		    "it exists, differs, and nothing says that it is of this deployment: "
		    "adopt it, or name it otherwise");
		fail(node);
	} else if (deletes(node)) {
		work->act = work->found != NULL ? PLAN_DELETE : PLAN_NO_OP;
	} else if (node->undo == UNDO_RESTORE) {
		decide_restore(node);
	} else if (why != NULL) {
		node_set_error(node, OP_INVALID, "%s", why);
		fail(node);
	} else if (work->found == NULL && work->made) {
		node_set_error(node, OP_TRANSIENT, "it was made, and is not to be seen yet");
		fail(node);
	} else if (work->found == NULL) {
		decide_absent(node);
	} else if (operation == SPEC_VERIFY) {
		work->act = PLAN_NO_OP;
	} else {
		decide_present(node);
	}
	take_act(node);
}

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
	decide(node);
	work_cancel(work);
	lookups_free(work);
}

static void
take_absent(struct node *node)
{
	must(node->work->lookups[node->work->lookup_at].found == NULL);
	advance(node);
}

static void
start_looking(struct node *node)
{
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
	return verifies(node) && !is_self(node->work) &&
	       after_failed_look(node, node->work->op.result) == NODE_FAILED;
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
	} else if (work->op.result == OP_ABSENT) {
		take_absent(node);
	} else if (passes_over(node)) {
		work->lookups[work->lookup_at].unread = true;
		take_absent(node);
	} else {
		node_take_error(node);
		fail(node);
	}
}

void
resolve_fini(struct node *node)
{
	if (node->work != NULL)
		lookups_free(node->work);
}
