/* SPDX-License-Identifier: Apache-2.0
 * call_type.c - parses the driver's half of a type file by tables of its words. */
#include "interpreter/call_type.h"

#include <stdlib.h>
#include <string.h>

#include "interpreter/hook.h"
#include "interpreter/meaning.h"
#include "interpreter/members.h"
#include "interpreter/words.h"
#include "util/json.h"
#include "util/mem.h"

#define EVERY_SECONDS_MAX (7 * 24 * 3600)

static const char *const list_names[LISTS_N] = {
	[LIST_READ] = "read",
	[LIST_CREATE] = "create",
	[LIST_UPDATE] = "update",
	[LIST_DELETE] = "delete",
	[LIST_FINISH] = "finish",
	[LIST_REMOVE] = "remove",
	[LIST_UNDO] = "undo",
	[LIST_TAG] = "tag",
	[LIST_UNTAG] = "untag",
	[LIST_WHY] = "why",
	[LIST_IN_THE_WAY] = "in_the_way",
	[LIST_LIST] = "list",
	[LIST_CHECK] = "check",
};

static const struct word settle_words[] = {
	{ "waiter", WORD(string) | WORD(object) },
	{ "params", WORD(object) },
	{ "every", WORD(int) | WORD(double) },
	{ "reason", WORD(string) },
	{ "in", WORD(string) },
	{ "if", WORD(object) },
	{ "fails", WORD(object) },
};

static const struct word naming_words[] = {
	{ "primary", WORD(string) },
	{ "other", WORD(string) },
	{ "plain", WORD(string) },
	{ "plain_if", WORD(object) },
	{ "max_length", WORD(int) },
	{ "output", WORD(string) },
};

/* The file's top level; of these the shared ones are resource_type.h's to check. */
static const struct word file_words[] = {
	{ "$schema", WORD(string) },
	{ "type", WORD(string) },
	{ "kinds", WORD(object) },
	{ "title", WORD(string) },
	{ "description", WORD(string) },
	{ "global", WORD(boolean) },
	{ "identity", WORD(object) },
	{ "reference", WORD(string) },
	{ "properties", WORD(object) },
	{ "outputs", WORD(object) },
	{ "doubt_seconds", WORD(int) | WORD(double) },
	{ "seconds", WORD(int) | WORD(double) },
	{ "settle_seconds", WORD(int) | WORD(double) },
	{ "irreversible", WORD(object) },
	{ "advice", WORD(array) },
	{ "terraform", WORD(string) },
	{ "holds", WORD(string) },
	{ "hangs_on", WORD(array) },
	{ "quota", WORD(object) },
	{ "move", WORD(object) },
	{ "service", WORD(string) },
	{ "read", WORD(array) },
	{ "create", WORD(array) },
	{ "update", WORD(array) },
	{ "delete", WORD(array) },
	{ "finish", WORD(array) },
	{ "remove", WORD(array) },
	{ "undo", WORD(array) },
	{ "tag", WORD(array) },
	{ "untag", WORD(array) },
	{ "why", WORD(array) },
	{ "in_the_way", WORD(array) },
	{ "list", WORD(array) },
	{ "as_check", WORD(string) },
	{ "check", WORD(array) },
	{ "marks", WORD(string) },
	{ "settle", WORD(object) },
	{ "errors", WORD(object) },
};

/* ---- lists of steps ---- */

size_t
steps_find(const struct steps *steps, const char *name)
{
	for (size_t i = 0; i < steps->n; i++) {
		const struct step *step = &steps->items[i];

		if (str_eq(step->name != NULL ? step->name : step->call, name))
			return i;
	}
	return steps->n;
}

/* An entry that is the name of a list stands for that list's steps. */
static enum err_code
parse_entry(struct call_type *type, struct json_object *json, const char *where,
    struct steps *steps, struct err *err)
{
	static const enum step_list named_lists[] = { LIST_TAG, LIST_READ, LIST_UPDATE };
	enum step_list              named = LISTS_N;

	if (json_object_is_type(json, json_type_object)) {
		if (steps->n == STEPS_MAX)
			return err_set(err, ERR_INVALID_CONFIG, "%s: too many steps", where);
		return step_parse(type, json, where, &steps->items[steps->n++], err);
	}
	for (size_t i = 0; i < array_len(named_lists); i++) {
		if (str_eq(json_object_get_string(json), list_names[named_lists[i]]))
			named = named_lists[i];
	}
	if (named == LISTS_N || &type->lists[named] == steps)
		return err_set(err, ERR_INVALID_CONFIG,
		    "%s: a step is an object, or \"tag\", \"read\" or \"update\"", where);
	if (steps->n + type->lists[named].n > STEPS_MAX)
		return err_set(err, ERR_INVALID_CONFIG, "%s: too many steps", where);
	if (type->lists[named].n > 0)
		memcpy(&steps->items[steps->n], type->lists[named].items,
		    type->lists[named].n * sizeof(*steps->items));
	steps->n += type->lists[named].n;
	type->tags_apart =
	    type->tags_apart || (named == LIST_TAG && steps == &type->lists[LIST_CREATE]);
	return ERR_OK;
}

/* The way back leads to an earlier step, or, while something holds, to the step itself. */
static enum err_code
check_back(const struct steps *steps, const char *where, struct err *err)
{
	for (size_t i = 0; i < steps->n; i++) {
		const struct step *step = &steps->items[i];
		size_t             most = i + (step->back_if.text != NULL);

		if (step->back_to != NULL && steps_find(steps, step->back_to) >= most)
			return err_set(err, ERR_INVALID_CONFIG,
			    "%s: there is no \"%s\" to go back to", where, step->back_to);
	}
	return ERR_OK;
}

static enum err_code
parse_list(struct call_type *type, enum step_list list, struct err *err)
{
	struct json_object *json = json_get_array(type->rt->file, list_names[list]);
	struct steps       *steps = &type->lists[list];
	size_t              n = json != NULL ? json_object_array_length(json) : 0;
	enum err_code       code = ERR_OK;

	steps->items = xcalloc(STEPS_MAX, sizeof(*steps->items));
	for (size_t i = 0; i < n && code == ERR_OK; i++) {
		struct str where;

		str_init(&where, 256);
		str_addf(&where, "%s: %s[%zu]", type->rt->name, list_names[list], i);
		code =
		    parse_entry(type, json_object_array_get_idx(json, i), where.data, steps, err);
		if (code == ERR_OK)
			code = check_back(steps, where.data, err);
		str_fini(&where);
	}
	return code;
}

/* Without these there is nothing that it could be: a resource, a check, or both. */
static enum err_code
check_needed(const struct call_type *type, struct err *err)
{
	static const struct {
		enum step_list list;
		unsigned       of; /* enum as_check */
	} needed[] = {
		{ LIST_READ, 1u << AS_CHECK_NEVER | 1u << AS_CHECK_MAY },
		{ LIST_CREATE, 1u << AS_CHECK_NEVER | 1u << AS_CHECK_MAY },
		{ LIST_DELETE, 1u << AS_CHECK_NEVER | 1u << AS_CHECK_MAY },
		{ LIST_CHECK, 1u << AS_CHECK_MAY | 1u << AS_CHECK_ONLY },
	};

	for (size_t i = 0; i < array_len(needed); i++) {
		if (needed[i].of & 1u << type->rt->as_check && type->lists[needed[i].list].n == 0)
			return err_set(err, ERR_INVALID_CONFIG, "%s: no steps to %s it",
			    type->rt->name, list_names[needed[i].list]);
	}
	return ERR_OK;
}

static enum err_code
parse_lists(struct call_type *type, struct err *err)
{
	/* Those that others may stand for come first. */
	static const enum step_list order[LISTS_N] = { LIST_TAG, LIST_UNTAG, LIST_READ, LIST_UPDATE,
		LIST_CREATE, LIST_DELETE, LIST_FINISH, LIST_REMOVE, LIST_UNDO, LIST_WHY,
		LIST_IN_THE_WAY, LIST_CHECK, LIST_LIST };
	enum err_code               code = ERR_OK;

	for (size_t i = 0; i < LISTS_N && code == ERR_OK; i++)
		code = parse_list(type, order[i], err);
	for (size_t i = 0; i < type->lists[LIST_READ].n; i++) {
		const struct step *step = &type->lists[LIST_READ].items[i];

		type->tagged = type->tagged || step->tags != NULL ||
			       (step->hook != NULL && hook_find(type, step->hook)->takes_tags);
	}
	for (size_t i = 0; i < type->lists[LIST_LIST].n && code == ERR_OK; i++) {
		if (type->lists[LIST_LIST].items[i].pick == NULL)
			code = err_set(err, ERR_INVALID_CONFIG,
			    "%s: a step of \"list\" has a \"pick\"", type->rt->name);
	}
	return code == ERR_OK ? check_needed(type, err) : code;
}

/* ---- the rest of the file ---- */

static enum err_code
parse_naming(struct call_type *type, struct err *err)
{
	struct json_object *identity = json_get_object(type->rt->file, "identity");
	struct json_object *names = resource_type_identity_properties(type->rt);
	struct json_object *json = json_get_object(identity, "name");
	struct naming      *naming = &type->naming;
	struct str          text;
	enum err_code       code = words_names(type, names, type->rt->name, err);

	if (code != ERR_OK)
		return code;
	if (json != NULL) {
		code = WORDS_CHECK(json, naming_words, type->rt->name, err);
		if (code != ERR_OK)
			return code;
		naming->primary = json_get_str(json, "primary");
		naming->other = json_get_str(json, "other");
		naming->output = json_get_str(json, "output");
		naming->plain = json_get_str(json, "plain");
		naming->length_max = (size_t)json_get_i64(json, "max_length", 0);
		code = words_condition(
		    json_get(json, "plain_if"), type->rt->name, &naming->plain_if, err);
	} else if (names != NULL && json_object_array_length(names) > 0) {
		str_init(&text, 256);
		str_addf(
		    &text, "{%s}", json_object_get_string(json_object_array_get_idx(names, 0)));
		naming->primary = type->naming_owned = str_take(&text);
		str_fini(&text);
	}
	if (naming->output != NULL && !json_has(type->rt->outputs, naming->output))
		return err_set(err, ERR_INVALID_CONFIG, "%s: \"%s\" is no output", type->rt->name,
		    naming->output);
	if (code == ERR_OK && naming->primary == NULL && naming->output == NULL)
		return err_set(err, ERR_INVALID_CONFIG,
		    "%s: identity has neither a name template nor properties", type->rt->name);
	return code;
}

static enum err_code
parse_settle_one(
    struct call_type *type, enum op_kind kind, struct json_object *json, struct err *err)
{
	struct settle      *settle = &type->settle[kind];
	struct json_object *every = json_get(json, "every");
	enum err_code       code;

	if (!json_object_is_type(json, json_type_object))
		return err_set(
		    err, ERR_INVALID_CONFIG, "%s: settle is not as it should be", type->rt->name);
	code = WORDS_CHECK(json, settle_words, type->rt->name, err);
	if (code != ERR_OK)
		return code;
	settle->waiter = json_get_str(json, "waiter");
	settle->spelt = json_get_object(json, "waiter");
	settle->params = json_get_object(json, "params");
	settle->reason = json_get_str(json, "reason");
	settle->in = json_get_str(json, "in");
	settle->fails = json_get_object(json, "fails");
	if ((code = words_fails(settle->fails, type->rt->name, err)) != ERR_OK ||
	    (code = words_condition(
		 json_get(json, "if"), type->rt->name, &settle->condition, err)) != ERR_OK)
		return code;
	if (every != NULL && !(json_object_get_double(every) > 0 &&
				 json_object_get_double(every) <= EVERY_SECONDS_MAX))
		return err_set(err, ERR_INVALID_CONFIG,
		    "%s: \"every\" of settle is above zero, and at most a week", type->rt->name);
	settle->every_ms = every != NULL ? (int64_t)(json_object_get_double(every) * 1000.0) : 0;
	if (kind != OP_DELETE && settle->waiter == NULL && settle->spelt == NULL)
		return err_set(err, ERR_INVALID_CONFIG, "%s: settle has no waiter", type->rt->name);
	return ERR_OK;
}

static enum err_code
parse_settle(struct call_type *type, struct err *err)
{
	static const enum op_kind kinds[] = { OP_READ, OP_CREATE, OP_UPDATE, OP_DELETE };
	struct json_object       *json = json_get_object(type->rt->file, "settle");

	if (json == NULL)
		return ERR_OK;
	json_object_object_foreach (json, key, value) {
		size_t        i;
		enum err_code code;

		for (i = 0; i < array_len(kinds) && !str_eq(op_kind_name(kinds[i]), key); i++)
			;
		if (i == array_len(kinds))
			return err_set(err, ERR_INVALID_CONFIG, "%s: settle after \"%s\"?",
			    type->rt->name, key);
		code = parse_settle_one(type, kinds[i], value, err);
		if (code != ERR_OK)
			return code;
	}
	return ERR_OK;
}

static enum err_code
check_hooks(const struct call_type *type, struct err *err)
{
	struct json_object *properties = json_get_object(type->rt->properties, "properties");

	if (properties == NULL)
		return err_set(err, ERR_INVALID_CONFIG, "%s: it has no properties", type->rt->name);
	json_object_object_foreach (properties, name, schema) {
		const char *hook = json_get_str(call_type_property(type, name), "x-hook");

		(void)schema;
		if (hook != NULL &&
		    (hook_find(type, hook) == NULL || hook_find(type, hook)->write == NULL))
			return err_set(err, ERR_INVALID_CONFIG,
			    "%s: %s names the hook \"%s\", which there "
			    "is not",
			    type->rt->name, name, hook);
	}
	return ERR_OK;
}

static enum err_code
check_outputs(const struct call_type *type, struct err *err)
{
	if (type->rt->outputs == NULL)
		return ERR_OK;
	json_object_object_foreach (type->rt->outputs, name, output) {
		if (json_has(output, "member") + json_has(output, "pairs") +
			json_has(output, "text") !=
		    1)
			return err_set(err, ERR_INVALID_CONFIG,
			    "%s: output %s has one of \"member\", \"pairs\" and \"text\"",
			    type->rt->name, name);
	}
	return ERR_OK;
}

enum err_code
call_type_parse(const struct driver *driver, const struct resource_type *rt,
    struct call_type **ret_type, struct err *err)
{
	struct call_type *type = xcalloc(1, sizeof(*type));
	enum err_code     code;

	type->rt = rt;
	type->driver = driver;
	type->service = json_get_str(rt->file, "service");
	if (type->service == NULL)
		type->service = driver->service;
	type->errors = json_get_object(rt->file, "errors");
	if ((code = WORDS_CHECK(rt->file, file_words, rt->name, err)) != ERR_OK ||
	    (code = check_hooks(type, err)) != ERR_OK ||
	    (code = check_outputs(type, err)) != ERR_OK ||
	    (code = parse_naming(type, err)) != ERR_OK ||
	    (code = parse_lists(type, err)) != ERR_OK ||
	    (code = parse_settle(type, err)) != ERR_OK ||
	    (code = meaning_check(type->errors, rt->name, err)) != ERR_OK)
		goto out;
	if (type->service == NULL)
		code = err_set(err, ERR_INVALID_CONFIG, "%s: no \"service\"", rt->name);
out:
	if (code == ERR_OK)
		*ret_type = type;
	else
		call_type_free(type);
	return code;
}

void
call_type_free(struct call_type *type)
{
	if (type == NULL)
		return;
	for (size_t i = 0; i < LISTS_N; i++)
		free(type->lists[i].items);
	free(type->naming_owned);
	free(type);
}

struct json_object *
call_type_property(const struct call_type *type, const char *name)
{
	struct json_object *properties = json_get_object(type->rt->properties, "properties");

	return schema_follow(type->rt->properties, json_get_object(properties, name));
}

bool
call_type_takes(const struct call_type *type, enum step_list list, const char *property)
{
	const struct steps *steps = &type->lists[list];

	for (size_t i = 0; i < steps->n; i++) {
		const struct step *step = &steps->items[i];

		if (json_array_has_text(step->when, WHEN_ANY) ||
		    json_array_has_text(step->with, property) ||
		    json_array_has_text(step->when, property) || str_eq(step->each, property) ||
		    json_has(step->patch, property))
			return true;
	}
	return false;
}
