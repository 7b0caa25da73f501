/* SPDX-License-Identifier: Apache-2.0
 * run_apply.c - which steps of a list there is a call to make for, and for which items. */
#include "interpreter/run.h"

#include "interpreter/paths.h"
#include "util/json.h"
#include "util/str.h"

#define ROUNDS_MAX 1000000 /* of pages: who gives more for ever is not believed */

/* Is a property asked for: changed in an update, there in a delete, else set? Tags: do they differ? */
static bool
is_asked(const struct run *run, const char *name)
{
	const struct op *op = run->op;

	if (str_eq(name, WHEN_TAGS))
		return run->tags_differ;
	if (str_eq(name, WHEN_ANY))
		return op->changes != NULL && json_object_array_length(op->changes) > 0;
	if (op->kind == OP_UPDATE)
		return json_array_has_text(op->changes, name);
	if (op->kind == OP_DELETE)
		return json_has(json_get_object(op->known, "properties"), name);
	return json_has(op->desired, name);
}

static bool
any_patched(const struct run *run, struct json_object *patch)
{
	bool any = false;

	json_object_object_foreach (patch, name, path) {
		(void)path;
		any = any || is_asked(run, name);
	}
	return any;
}

static bool
any_asked(const struct run *run, struct json_object *names)
{
	for (size_t i = 0; i < json_object_array_length(names); i++) {
		if (is_asked(run, json_object_get_string(json_object_array_get_idx(names, i))))
			return true;
	}
	return false;
}

/* In an update, properties handed over by name are the condition, too. */
static bool
step_applies(const struct run *run, const struct step *step)
{
	struct json_object *when = step->when;

	if (when == NULL && run->mode == MODE_WORK && run->op->kind == OP_UPDATE)
		when = step->with;
	if (when != NULL && !any_asked(run, when))
		return false;
	if (step->patch != NULL && !any_patched(run, step->patch))
		return false;
	return step->each == NULL || is_asked(run, step->each);
}

/* The members of a that b lacks. */
static struct json_object *
array_without(struct json_object *a, struct json_object *b)
{
	struct json_object *out = json_object_new_array();
	size_t              n = a != NULL ? json_object_array_length(a) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *item = json_object_array_get_idx(a, i);

		if (!json_array_has(b, item))
			json_object_array_add(out, json_object_get(item));
	}
	return out;
}

/* Those of a list in the answer of the step before. */
static struct json_object *
answered_items(const struct run *run, const char *path)
{
	struct json_object *list = path_find(run->call.out, path);
	struct json_object *items =
	    array_without(json_object_is_type(list, json_type_array) ? list : NULL, NULL);

	json_object_put(list);
	return items;
}

/* A list as it is, a map as a list of {key, value}; owned. */
static struct json_object *
as_items(struct json_object *value)
{
	struct json_object *items;

	if (!json_object_is_type(value, json_type_object))
		return json_object_is_type(value, json_type_array) ? json_object_get(value) : NULL;
	items = json_object_new_array();
	json_object_object_foreach (value, key, part) {
		struct json_object *item = json_object_new_object();

		json_set_str(item, "key", key);
		json_set(item, "value", json_object_get(part));
		json_object_array_add(items, item);
	}
	return items;
}

/* What is there: as an earlier step of this list has taken it, else as it was before. */
static struct json_object *
there_is(const struct run *run, const char *name)
{
	struct json_object *taken = json_get(run->found.properties, name);

	return taken != NULL ? taken
			     : json_get(json_get_object(run->op->known, "properties"), name);
}

/* A delete removes what this config asked for; where the config is not at hand, all there is. */
static struct json_object *
step_items(const struct run *run, const struct step *step)
{
	const struct op    *op = run->op;
	struct json_object *wanted, *known, *items;

	if (step->each_noted != NULL)
		return array_without(json_get_array(run->scope.noted, step->each_noted), NULL);
	if (step->each == NULL)
		return answered_items(run, step->each_answered);
	wanted = as_items(json_get(op->desired, step->each));
	known = as_items(there_is(run, step->each));
	if (op->kind == OP_DELETE)
		items = array_without(op->desired != NULL ? wanted : known, NULL);
	else
		items = step->each_removed ? array_without(known, wanted)
					   : array_without(wanted, known);
	json_object_put(wanted);
	json_object_put(known);
	return items;
}

/* Where a list goes back to what asks for more, its calls are counted anew: each round has done something. */
static size_t
next_step(struct run *run)
{
	const struct step *step = run_step(run);
	bool               again = run->made;

	run->scope.answer = run->call.out;
	if (step->back_to != NULL && step->back_if.text != NULL)
		again = condition_holds(&run->scope, &step->back_if);
	if (step->back_to == NULL || !again || run->rounds++ == ROUNDS_MAX)
		return run->step_at + 1;
	run->calls_n = 0;
	return steps_find(run->steps, step->back_to);
}

void
run_leave_step(struct run *run)
{
	json_object_put(run->items);
	run->items = NULL;
	run->scope.item = NULL;
	run->item_at = 0;
	json_object_put(run->hits);
	run->hits = NULL;
	run->step_at = next_step(run);
	run->made = false;
}

/* Is there a call to make in the current step? Comes back here for each item. */
bool
run_has_call(struct run *run)
{
	const struct step *step = run_step(run);

	if (run->items == NULL) {
		if (!step_applies(run, step))
			return false;
		if (step->each == NULL && step->each_answered == NULL && step->each_noted == NULL)
			return condition_holds(&run->scope, &step->condition);
		run->items = step_items(run, step);
	}
	for (; run->item_at < json_object_array_length(run->items); run->item_at++) {
		run->scope.item = json_object_array_get_idx(run->items, run->item_at);
		if (condition_holds(&run->scope, &step->condition))
			return true;
	}
	return false;
}
