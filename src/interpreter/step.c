/* SPDX-License-Identifier: Apache-2.0
 * step.c - parses one step of a type file. */
#include "interpreter/hook.h"
#include "interpreter/meaning.h"
#include "interpreter/words.h"
#include "util/json.h"

static const struct word step_words[] = {
	{ "call", WORD(string) },
	{ "service", WORD(string) },
	{ "params", WORD(object) },
	{ "with", WORD(string) | WORD(array) },
	{ "changed_only", WORD(boolean) },
	{ "patch", WORD(object) },
	{ "when", WORD(array) },
	{ "if", WORD(object) },
	{ "each", WORD(object) },
	{ "in", WORD(string) },
	{ "take", WORD(object) },
	{ "take_if", WORD(object) },
	{ "pick", WORD(object) },
	{ "fails", WORD(object) },
	{ "expect", WORD(object) },
	{ "note", WORD(object) },
	{ "keep", WORD(object) },
	{ "hook", WORD(string) },
	{ "tags", WORD(string) },
	{ "region", WORD(object) },
	{ "errors", WORD(object) },
	{ "help", WORD(object) },
	{ "back_to", WORD(string) | WORD(object) },
	{ "name", WORD(string) },
	{ "at", WORD(string) },
};

static const struct word back_words[] = {
	{ "to", WORD(string) },
	{ "if", WORD(object) },
};

static const struct word take_if_words[] = {
	{ "path", WORD(string) },
	{ "is", WORD(array) },
};

static const struct word pick_words[] = {
	{ "from", WORD(string) },
	{ "where", WORD(object) },
	{ "unless", WORD(object) | WORD(array) },
	{ "first", WORD(boolean) },
	{ "last", WORD(boolean) },
	{ "none", WORD(string) },
};

static const struct word fails_words[] = {
	{ "code", WORD(string) },
	{ "message", WORD(string) },
};

static const struct word region_words[] = {
	{ "path", WORD(string) },
	{ "aliases", WORD(object) },
};

static enum err_code
parse_each(const struct call_type *type, struct json_object *json, const char *where,
    struct step *step, struct err *err)
{
	if (json == NULL)
		return ERR_OK;
	step->each_answered = json_get_str(json, "answered");
	step->each_noted = json_get_str(json, "noted");
	if ((step->each_answered != NULL || step->each_noted != NULL) &&
	    json_object_object_length(json) == 1)
		return ERR_OK;
	step->each_removed = json_has(json, "removed");
	step->each = json_get_str(json, step->each_removed ? "removed" : "added");
	if (step->each == NULL || json_object_object_length(json) != 1 ||
	    call_type_property(type, step->each) == NULL)
		return err_set(err, ERR_INVALID_CONFIG,
		    "%s: \"each\" names a property as \"added\" or as \"removed\", a path as "
		    "\"answered\", or what was \"noted\"",
		    where);
	return ERR_OK;
}

/* A name, once it was made; or {to, if}, while that holds. */
static enum err_code
parse_back(struct json_object *json, const char *where, struct step *step, struct err *err)
{
	enum err_code code;

	if (!json_object_is_type(json, json_type_object)) {
		step->back_to = json != NULL ? json_object_get_string(json) : NULL;
		return ERR_OK;
	}
	step->back_to = json_get_str(json, "to");
	code = WORDS_CHECK(json, back_words, where, err);
	if (code == ERR_OK)
		code = words_condition(json_get(json, "if"), where, &step->back_if, err);
	if (code == ERR_OK && (step->back_to == NULL || step->back_if.text == NULL))
		code = err_set(err, ERR_INVALID_CONFIG,
		    "%s: \"back_to\" is a name, or has \"to\" and \"if\"", where);
	return code;
}

static enum err_code
parse_names(const struct call_type *type, struct json_object *json, const char *where,
    struct step *step, struct err *err)
{
	enum err_code code;

	step->with = json_get_array(json, "with");
	step->with_all = str_eq(json_get_str(json, "with"), "*");
	if (json_has(json, "with") && step->with == NULL && !step->with_all)
		return err_set(
		    err, ERR_INVALID_CONFIG, "%s: \"with\" is an array of names, or \"*\"", where);
	step->when = json_get_array(json, "when");
	code = words_names(type, step->with, where, err);
	return code != ERR_OK ? code : words_names(type, step->when, where, err);
}

static enum err_code
check_take(
    const struct call_type *type, struct json_object *take, const char *where, struct err *err)
{
	if (take == NULL)
		return ERR_OK;
	json_object_object_foreach (take, key, value) {
		if (call_type_property(type, key) == NULL && !json_has(type->rt->outputs, key))
			return err_set(
			    err, ERR_INVALID_CONFIG, "%s: %s is no property or output", where, key);
		if (!json_object_is_type(value, json_type_string) &&
		    !json_object_is_type(value, json_type_object))
			return err_set(err, ERR_INVALID_CONFIG, "%s: no path for %s", where, key);
	}
	return ERR_OK;
}

/* Names of properties, with a path or with paths. */
static enum err_code
check_patch(
    const struct call_type *type, struct json_object *patch, const char *where, struct err *err)
{
	if (patch == NULL)
		return ERR_OK;
	json_object_object_foreach (patch, name, path) {
		if (call_type_property(type, name) == NULL)
			return err_set(
			    err, ERR_INVALID_CONFIG, "%s: %s is no property", where, name);
		if (!json_object_is_type(path, json_type_string) &&
		    !json_object_is_type(path, json_type_object))
			return err_set(err, ERR_INVALID_CONFIG, "%s: no path for %s", where, name);
	}
	return ERR_OK;
}

/* Names of properties, each with a path. */
static enum err_code
check_expect(
    const struct call_type *type, struct json_object *expect, const char *where, struct err *err)
{
	if (expect == NULL)
		return ERR_OK;
	json_object_object_foreach (expect, name, path) {
		if (call_type_property(type, name) == NULL)
			return err_set(
			    err, ERR_INVALID_CONFIG, "%s: %s is no property", where, name);
		if (!json_object_is_type(path, json_type_string))
			return err_set(err, ERR_INVALID_CONFIG, "%s: no path for %s", where, name);
	}
	return ERR_OK;
}

/* An object of these words, the first of which is a path. */
static enum err_code
check_path_object(struct json_object *json, const struct word *words, size_t n, const char *where,
    struct err *err)
{
	enum err_code code;

	if (json == NULL)
		return ERR_OK;
	code = words_check(json, words, n, where, err);
	if (code == ERR_OK && json_get_str(json, words[0].name) == NULL)
		code = err_set(err, ERR_INVALID_CONFIG, "%s: no \"%s\"", where, words[0].name);
	return code;
}

enum err_code
words_fails(struct json_object *json, const char *where, struct err *err)
{
	return check_path_object(json, fails_words, array_len(fails_words), where, err);
}

/* What is picked is all of the answer, and the resource unless the step says where in it that is, or what to take. */
static enum err_code
parse_pick(struct json_object *json, const char *where, struct step *step, struct err *err)
{
	struct json_object *unless = json_get_array(json, "unless");
	size_t              n = unless != NULL ? json_object_array_length(unless) : 0;
	enum meaning        means;
	enum op_result      result;
	enum err_code       code;

	step->pick = json;
	if (json == NULL)
		return ERR_OK;
	if (step->in == NULL && step->take == NULL)
		step->in = "";
	if ((code = WORDS_CHECK(json, pick_words, where, err)) != ERR_OK)
		return code;
	if (json_get_str(json, "from") == NULL)
		return err_set(err, ERR_INVALID_CONFIG, "%s: \"pick\" has a \"from\"", where);
	if (json_has(json, "none") && !meaning_named(json_get_str(json, "none"), &means, &result))
		return err_set(err, ERR_INVALID_CONFIG, "%s: \"none\" has no such meaning", where);
	for (size_t i = 0; i < n && code == ERR_OK; i++)
		code = check_path_object(json_object_array_get_idx(unless, i), take_if_words,
		    array_len(take_if_words), where, err);
	return code != ERR_OK ? code
			      : check_path_object(json_get_object(json, "unless"), take_if_words,
				    array_len(take_if_words), where, err);
}

enum err_code
step_parse(const struct call_type *type, struct json_object *json, const char *where,
    struct step *step, struct err *err)
{
	enum err_code code = WORDS_CHECK(json, step_words, where, err);

	if (code != ERR_OK)
		return code;
	step->call = json_get_str(json, "call");
	if (step->call == NULL)
		return err_set(err, ERR_INVALID_CONFIG, "%s: a step has a \"call\"", where);
	step->service = json_get_str(json, "service");
	if (step->service == NULL)
		step->service = type->service;
	step->params = json_get_object(json, "params");
	step->changed_only = json_get_bool(json, "changed_only", false);
	step->in = json_get_str(json, "in");
	step->take = json_get_object(json, "take");
	step->take_if = json_get_object(json, "take_if");
	step->fails = json_get_object(json, "fails");
	step->tags = json_get_str(json, "tags");
	step->patch = json_get_object(json, "patch");
	step->region = json_get_object(json, "region");
	step->expect = json_get_object(json, "expect");
	step->note = json_get_object(json, "note");
	step->keep = json_get_object(json, "keep");
	step->hook = json_get_str(json, "hook");
	if (step->hook != NULL &&
	    (hook_find(type, step->hook) == NULL || hook_find(type, step->hook)->take == NULL))
		return err_set(
		    err, ERR_INVALID_CONFIG, "%s: there is no hook \"%s\"", where, step->hook);
	step->errors = json_get_object(json, "errors");
	step->help = json_get_object(json, "help");
	step->name = json_get_str(json, "name");
	step->at = json_get_str(json, "at");
	if ((code = parse_names(type, json, where, step, err)) != ERR_OK ||
	    (code = words_condition(json_get(json, "if"), where, &step->condition, err)) !=
		ERR_OK ||
	    (code = parse_each(type, json_get(json, "each"), where, step, err)) != ERR_OK ||
	    (code = parse_back(json_get(json, "back_to"), where, step, err)) != ERR_OK ||
	    (code = parse_pick(json_get(json, "pick"), where, step, err)) != ERR_OK ||
	    (code = check_take(type, step->take, where, err)) != ERR_OK ||
	    (code = check_patch(type, step->patch, where, err)) != ERR_OK ||
	    (code = check_expect(type, step->expect, where, err)) != ERR_OK ||
	    (code = check_path_object(
		 step->take_if, take_if_words, array_len(take_if_words), where, err)) != ERR_OK ||
	    (code = words_fails(step->fails, where, err)) != ERR_OK ||
	    (code = check_path_object(
		 step->region, region_words, array_len(region_words), where, err)) != ERR_OK)
		return code;
	return meaning_check(step->errors, where, err);
}
