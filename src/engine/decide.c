/* SPDX-License-Identifier: Apache-2.0
 * decide.c - what was found against what is wanted; the first that holds of what can be the matter. */
#include "engine/decide.h"

#include "engine/execution.h"
#include "engine/held.h"
#include "engine/node.h"
#include "engine/resolve.h"
#include "engine/tags.h"
#include "engine/work.h"
#include "plan/diff.h"
#include "util/json.h"

enum spec_operation
decide_operation(const struct node *node)
{
	enum spec_operation operation = node_spec(node)->operation;

	if (node->execution->kind == EXECUTION_DISCOVER)
		return SPEC_VERIFY;
	return node->execution->kind == EXECUTION_VERIFY && operation != SPEC_DELETE ? SPEC_ENSURE
										     : operation;
}

/* While a reference is not resolved, text that looks like one is taken for one. */
static void
make_diff(struct node *node, struct diff *diff, struct json_object *found)
{
	const struct spec_node *spec = node_spec(node);

	if (found != NULL && spec->ignore != NULL)
		node->work->desired = diff_ignore(node->work->desired, found, spec->ignore);
	if (!node->work->unresolved)
		diff_make_known(diff, spec->type, node->work->desired, found);
	else if (node->execution->kind != EXECUTION_VERIFY)
		diff_make_moving(diff, spec->type, node->work->desired, found);
	else
		diff_make(diff, spec->type, node->work->desired, found);
	diff_fix(diff, json_get_array(node->work->found, "fixed"));
}

/* Earlier tries of it may have made one. */
static bool
has_made(const struct node *node)
{
	return node->attempt > 0 && (plan_act_creates(node->act) || node->act == PLAN_REPLACE);
}

/* Something is there under a name that anybody may have given, and nothing says that it is ours, neither tags nor
 * a parent. What this execution made is ours. Else, where there can be tags, it is not; where there can't, it is taken for ours as
 * long as it is what the config says. */
static bool
is_foreign(struct node *node)
{
	const struct spec_node *spec = node_spec(node);
	bool                    has_created = has_made(node);
	bool                    unmarked = json_get_bool(node->work->found, "unmarked", false);
	bool                    claimed = json_get_bool(node->work->found, "claimed", false);
	struct diff             diff;
	bool                    differs;

	if (!(unmarked || claimed) || has_created || node->acted || node->undo != UNDO_NOTHING ||
	    spec->operation == SPEC_VERIFY || spec->operation == SPEC_ADOPT ||
	    resolve_has_parent_of_ours(spec, node->work->found))
		return false;
	if (unmarked)
		return true;
	make_diff(node, &diff, json_get_object(node->work->found, "properties"));
	differs = !diff_is_empty(&diff);
	diff_fini(&diff);
	return differs;
}

/* What is to go, and could say whose it is, and does not say ours. A child that differs may be ours all the same. */
static bool
is_surely_foreign(struct node *node)
{
	return decide_deletes(node) && json_get_bool(node->work->found, "unmarked", false) &&
	       is_foreign(node);
}

static enum plan_act
act_of(const struct node *node, const struct diff *diff)
{
	if (diff_is_empty(diff))
		return PLAN_NO_OP;
	if (diff->replace)
		return PLAN_REPLACE;
	return tags_are_anothers(node) ? PLAN_ADOPT : PLAN_UPDATE;
}

static void
decide_present(struct node *node)
{
	struct work *work = node->work;
	struct diff  diff;

	make_diff(node, &diff, json_get_object(work->found, "properties"));
	tags_compare(node, &diff, work->found);
	work->act = act_of(node, &diff);
	if (work->act != PLAN_NO_OP) {
		node->diff = json_object_get(diff.list);
		work->changes = json_object_get(diff.changes);
	}
	diff_fini(&diff);
}

/* Nobody takes away what is protected, by this version of the config or by the last one that was applied; a rollback takes away only
 * what it has made itself. */
static void
refuse_protected(struct node *node)
{
	struct json_object *tags = json_get_object(node->work->found, "tags");
	bool is_protected = node_spec(node)->protect || json_has(tags, IDENTITY_PROTECT_TAG);

	if (!is_protected || !work_takes_away(node->work) || node->undo != UNDO_NOTHING)
		return;
	node_set_error(
	    node, OP_INVALID, "it is protected: apply a version that does not protect it first");
	node_fail_look(node);
}

/* Back to what it was before this execution changed it; when it has gone since, nothing brings it back. */
static void
decide_restore(struct node *node)
{
	struct work *work = node->work;

	if (work->found == NULL) {
		node_set_error(node, OP_ABSENT, "it has gone since it was changed");
		node_fail_look(node);
		return;
	}
	json_object_put(work->desired);
	work->desired = json_object_get(node->before);
	work->unresolved = false;
	tags_restore(node);
	decide_present(node);
}

static void
decide_absent(struct node *node)
{
	const struct execution *e = node->execution;
	struct diff             diff;
	size_t                  from;
	bool                    moves =
	    e->kind == EXECUTION_MOVE && graph_moves_from(e->graph, node_vertex(node), &from);

	node->work->act = moves ? PLAN_MOVE : PLAN_CREATE;
	make_diff(node, &diff, NULL);
	node->diff = json_object_get(diff.list);
	diff_fini(&diff);
}

bool
decide_deletes(const struct node *node)
{
	return node->execution->kind == EXECUTION_DESTROY || node->undo == UNDO_DELETE ||
	       decide_operation(node) == SPEC_DELETE;
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
	case SPEC_LEAVE:
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
	bool          has_created = has_made(node);

	node->acted = node->acted || (has_created && node->work->found != NULL);
	if (node->work->looked != OP_OK || (node->attempt > 0 && act == PLAN_NO_OP) ||
	    (has_created && act == PLAN_UPDATE) ||
	    (node->attempt > 0 && (node->act == PLAN_REPLACE || node->act == PLAN_ADOPT)))
		return;
	node->act = (uint8_t)act;
}

bool
decide_unseen(struct node *node)
{
	if (node_spec(node)->operation != SPEC_LEAVE || decide_deletes(node))
		return false;
	node->work->looked = OP_OK;
	node->work->act = PLAN_LEAVE;
	node->act = PLAN_LEAVE;
	return true;
}

bool
decide_by_tags(struct node *node, struct json_object *tags)
{
	struct json_object *found = json_object_new_object();
	struct diff         diff;
	bool                same;

	if (tags != NULL)
		json_set(found, "tags", json_object_get(tags));
	diff_init(&diff);
	tags_want(node, found);
	tags_compare(node, &diff, found);
	same = tags != NULL && diff_is_empty(&diff) && decide_operation(node) != SPEC_DELETE;
	diff_fini(&diff);
	json_object_put(found);
	if (same) {
		node->work->looked = OP_OK;
		node->work->act = PLAN_NO_OP;
		node->act = PLAN_NO_OP;
	}
	return same;
}

/* A create that came only half its way is not there for a look, and has left something all the same. */
static bool
undoes_unseen(const struct node *node)
{
	return node->undo == UNDO_DELETE && node_spec(node)->type->undoes &&
	       !node->work->unresolved;
}

/* The first that holds. */
static void
decide(struct node *node)
{
	enum spec_operation operation = decide_operation(node);
	struct work        *work = node->work;
	const char         *why = contradiction(operation, work->found != NULL);

	if (operation == SPEC_CREATE && node->attempt > 0)
		why = NULL; /* an earlier try of this very execution may have made it */
	if (is_surely_foreign(node)) {
		node->foreign = true;
		work->act = PLAN_NO_OP;
	} else if (work->found != NULL && is_foreign(node)) {
		node_set_error(node, OP_CONFLICT,
		    "it exists, and nothing says that it is of this deployment: adopt it, or name "
		    "it "
		    "otherwise");
		node_fail_look(node);
	} else if (decide_deletes(node)) {
		work->act = work->found != NULL || undoes_unseen(node) ? PLAN_DELETE : PLAN_NO_OP;
	} else if (node->undo == UNDO_RESTORE) {
		decide_restore(node);
	} else if (why != NULL) {
		node_set_error(node, OP_INVALID, "%s", why);
		node_fail_look(node);
	} else if (work->found == NULL && work->made) {
		node_set_error(node, OP_TRANSIENT, "it was made, and is not to be seen yet");
		node_fail_look(node);
	} else if (work->found == NULL) {
		decide_absent(node);
	} else if (operation == SPEC_VERIFY) {
		work->act = PLAN_NO_OP;
	} else {
		decide_present(node);
	}
	refuse_protected(node);
}

void
decide_act(struct node *node)
{
	struct work *work = node->work;

	work->looked = OP_OK;
	json_object_put(node->diff);
	node->diff = NULL;
	json_object_put(work->changes);
	work->changes = NULL;
	tags_want(node, work->found);
	if (!held_refuses_found(node)) {
		decide(node);
		held_refuses_act(node);
	}
	take_act(node);
	held_keep(node);
}
