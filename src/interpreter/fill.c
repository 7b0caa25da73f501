/* SPDX-License-Identifier: Apache-2.0
 * fill.c - the model's shapes lead the way down a template; its references are the scope's. */
#include "interpreter/fill.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interpreter/hook.h"
#include "interpreter/members.h"
#include "interpreter/patch.h"
#include "interpreter/shape.h"
#include "provider/unseal.h"
#include "util/json.h"
#include "util/mem.h"

#define REF_BYTES_MAX  128
#define TEXT_BYTES_MAX (64 * 1024)
#define FILL_DEPTH_MAX 16
#define WORD_JSON      "$json"
#define WORD_EACH      "$each"

/* ---- values ---- */

static bool
is_null(const struct ref *ref)
{
	return json_has(ref->schema, "x-null") &&
	       json_same(json_get(ref->schema, "x-null"), ref->value);
}

/* *ret_out stays NULL when there is no value, or the value is null on the wire; false and *err when there is one that
 * can't be. */
static bool
write_ref(const struct scope *scope, struct ref *ref, const struct shape *shape,
    struct json_object **ret_out, struct err *err)
{
	const char         *hook = json_get_str(ref->schema, "x-hook");
	struct json_object *opened;

	if (ref->value == NULL || is_null(ref))
		return true;
	if (holds_sealed(ref->value)) { /* as what is known does */
		opened = unseal(scope->type->driver->key, ref->value, err);
		if (opened == NULL)
			return false;
		json_object_put(ref->value);
		ref->value = opened;
	}
	switch (ref->kind) {
	case REF_TAGS: *ret_out = tags_write(ref->value, shape); break;
	case REF_TAG_KEYS: *ret_out = tag_keys_write(ref->value, shape); break;
	case REF_PLAIN:
	case REF_PROPERTY:
		if (hook != NULL)
			*ret_out = hook_find(scope->type, hook)->write(scope, ref->value, err);
		else
			*ret_out = member_write(
			    scope->type->rt->properties, ref->schema, ref->value, shape, err);
		return *ret_out != NULL;
	}
	if (*ret_out == NULL)
		(void)err_set(
		    err, ERR_INVALID_CONFIG, "the service model has another shape of tags");
	return *ret_out != NULL;
}

static bool
fill_string(const struct scope *scope, const char *text, const struct shape *shape,
    struct json_object **ret_out, struct err *err)
{
	struct ref ref;
	struct str plain;
	bool       good = true;

	if (text[0] == '{' && text[1] != '\0' && strchr(text, '}') == text + strlen(text) - 1) {
		if (ref_parse(scope, text, &ref) != NULL) {
			good = write_ref(scope, &ref, shape, ret_out, err);
			json_object_put(ref.value);
			return good;
		}
	}
	str_init(&plain, TEXT_BYTES_MAX);
	if (fill_text(scope, text, &plain))
		*ret_out = json_object_new_string(plain.data);
	str_fini(&plain);
	return true;
}

/* What the service requires and the config leaves out has its default; *ret_out stays NULL where there is none. */
static bool
fill_required(const struct scope *scope, struct json_object *template, const char *key,
    const struct shape *structure, const struct shape *shape, struct json_object **ret_out,
    struct err *err)
{
	const char *text =
	    json_object_is_type(template, json_type_string) ? json_object_get_string(template) : "";
	struct ref ref = { 0 };
	bool       good = true;

	if (!shape_requires(structure, key) || *text != '{' ||
	    ref_parse(scope, text, &ref) == NULL || ref.value != NULL ||
	    json_get(ref.schema, "default") == NULL)
		goto out;
	ref.value = json_object_get(json_get(ref.schema, "default"));
	good = write_ref(scope, &ref, shape, ret_out, err);
out:
	json_object_put(ref.value);
	return good;
}

static bool fill_value(const struct scope *scope, struct json_object *template,
    const struct shape *shape, int depth, struct json_object **ret_out, struct err *err);

/* "*": the members of what it says are put in at this level. */
static void
spread(struct json_object *out, struct json_object *from)
{
	if (json_object_is_type(from, json_type_object)) {
		json_object_object_foreach (from, key, value) {
			json_set(out, key, json_object_get(value));
		}
	}
	json_object_put(from);
}

/* A key of a map may have references, too; the caller frees it. */
static char *
fill_key(const struct scope *scope, const char *key, const struct shape *shape)
{
	struct str text;

	if (shape->type != SHAPE_MAP || strchr(key, '{') == NULL)
		return xstrdup(key);
	str_init(&text, TEXT_BYTES_MAX);
	(void)fill_text(scope, key, &text);
	return str_take(&text);
}

/* The shape of a member; false and *err: there is none. */
static bool
shape_of_member(
    const struct shape *shape, const char *key, struct shape *ret_member, struct err *err)
{
	if (shape_member(shape, key, ret_member) ||
	    (shape->type == SHAPE_MAP && shape_part(shape, "value", ret_member)))
		return true;
	(void)err_set(err, ERR_INVALID_CONFIG, "the service model has no member \"%s\" here", key);
	return false;
}

static bool
fill_object(const struct scope *scope, struct json_object *template, const struct shape *shape,
    int depth, struct json_object **ret_out, struct err *err)
{
	struct json_object *out = json_object_new_object();

	json_object_object_foreach (template, key, part) {
		struct json_object *value = NULL;
		struct shape        inner = *shape;
		bool                everything = strcmp(key, "*") == 0;
		char               *name;

		if (part == NULL) {
			json_set(out, key, NULL);
			continue;
		}
		if (everything && shape->type == SHAPE_ANY)
			inner.type = SHAPE_MAP; /* its members are wanted */
		if ((!everything && !shape_of_member(shape, key, &inner, err)) ||
		    !fill_value(scope, part, &inner, depth + 1, &value, err) ||
		    (value == NULL &&
			!fill_required(scope, part, key, shape, &inner, &value, err))) {
			json_object_put(out);
			return false;
		}
		if (everything) {
			spread(out, value);
		} else if (value != NULL) {
			name = fill_key(scope, key, shape);
			json_set(out, name, value);
			free(name);
		}
	}
	if (json_object_object_length(out) > 0 || json_object_object_length(template) == 0)
		*ret_out = out;
	else
		json_object_put(out);
	return true;
}

/* In a list, "*" is a list of structures: for each of them the object stands once, with its members beside. */
static bool
add_each(const struct scope *scope, struct json_object *template, const struct shape *list,
    const struct shape *item, int depth, struct json_object *out, struct err *err)
{
	struct json_object *items = NULL, *rest = NULL, *beside = json_copy(template);
	bool   good = fill_value(scope, json_get(template, "*"), list, depth, &items, err);
	size_t n;

	json_object_object_del(beside, "*");
	good = good && fill_value(scope, beside, item, depth, &rest, err);
	n = good && json_object_is_type(items, json_type_array) ? json_object_array_length(items)
								: 0;
	for (size_t i = 0; i < n; i++) {
		struct json_object *one = json_copy(json_object_array_get_idx(items, i));

		spread(one, json_object_get(rest));
		json_object_array_add(out, one);
	}
	json_object_put(items);
	json_object_put(rest);
	json_object_put(beside);
	return good;
}

/* {"$each": list, ...}: the rest stands once for each item of the list. */
static bool
add_items(const struct scope *scope, struct json_object *template, const struct shape *item,
    int depth, struct json_object *out, struct err *err)
{
	const char         *text = json_get_str(template, WORD_EACH);
	struct json_object *one = json_copy(template);
	struct scope        inner = *scope;
	struct ref          ref = { 0 };
	bool                good = true;
	size_t              n = 0;

	json_object_object_del(one, WORD_EACH);
	if (text != NULL && *text == '{')
		(void)ref_parse(scope, text, &ref);
	if (json_object_is_type(ref.value, json_type_array))
		n = json_object_array_length(ref.value);
	for (size_t i = 0; i < n && good; i++) {
		struct json_object *value = NULL;

		inner.item = json_object_array_get_idx(ref.value, i);
		good = fill_value(&inner, one, item, depth, &value, err);
		if (value != NULL)
			json_object_array_add(out, value);
	}
	json_object_put(ref.value);
	json_object_put(one);
	return good;
}

static bool
fill_array(const struct scope *scope, struct json_object *template, const struct shape *shape,
    int depth, struct json_object **ret_out, struct err *err)
{
	struct json_object *out = json_object_new_array();
	size_t              n = json_object_array_length(template);
	struct shape        item;
	bool                good = shape_part(shape, "member", &item);

	if (!good)
		(void)err_set(err, ERR_INVALID_CONFIG, "the service model has no list here");
	for (size_t i = 0; i < n && good; i++) {
		struct json_object *part = json_object_array_get_idx(template, i), *value = NULL;

		if (json_has(part, "*")) {
			good = add_each(scope, part, shape, &item, depth + 1, out, err);
			continue;
		}
		if (json_has(part, WORD_EACH)) {
			good = add_items(scope, part, &item, depth + 1, out, err);
			continue;
		}
		good = fill_value(scope, part, &item, depth + 1, &value, err);
		if (value != NULL)
			json_object_array_add(out, value);
	}
	if (good && (json_object_array_length(out) > 0 || n == 0))
		*ret_out = out;
	else
		json_object_put(out);
	return good;
}

/* References in the texts of a document are put in as text. As deep as JSON is. */
static struct json_object *
fill_document(const struct scope *scope, struct json_object *template)
{
	struct json_object *out;
	struct str          text;

	if (json_object_is_type(template, json_type_object)) {
		out = json_object_new_object();
		json_object_object_foreach (template, key, part)
			json_set(out, key, fill_document(scope, part));
	} else if (json_object_is_type(template, json_type_array)) {
		out = json_object_new_array();
		for (size_t i = 0; i < json_object_array_length(template); i++)
			json_object_array_add(
			    out, fill_document(scope, json_object_array_get_idx(template, i)));
	} else if (json_object_is_type(template, json_type_string)) {
		str_init(&text, TEXT_BYTES_MAX);
		(void)fill_text(scope, json_object_get_string(template), &text);
		out = json_object_new_string(text.data);
		str_fini(&text);
	} else {
		out = json_object_get(template);
	}
	return out;
}

static struct json_object *
document_text(const struct scope *scope, struct json_object *template)
{
	struct json_object *document = fill_document(scope, template);
	struct json_object *text = json_object_new_string(json_text(document));

	json_object_put(document);
	return text;
}

/* {"$json": ...}: where nothing else tells that a text is to be JSON. */
static bool
fill_json(const struct scope *scope, struct json_object *template, const struct shape *shape,
    int depth, struct json_object **ret_out, struct err *err)
{
	struct json_object *value = NULL;
	bool                good = fill_value(scope, template, shape, depth, &value, err);

	if (value != NULL)
		*ret_out = json_object_new_string(json_text(value));
	json_object_put(value);
	return good;
}

static bool
fill_value(const struct scope *scope, struct json_object *template, const struct shape *shape,
    int depth, struct json_object **ret_out, struct err *err)
{
	bool plain = json_object_is_type(template, json_type_string);

	if (depth == FILL_DEPTH_MAX) {
		(void)err_set(err, ERR_INVALID_CONFIG, "the template is nested too deeply");
		return false;
	}
	if (shape->type == SHAPE_STRING && !plain) {
		*ret_out = document_text(scope, template);
		return true;
	}
	if (shape->type == SHAPE_ANY && json_has(template, WORD_JSON))
		return fill_json(
		    scope, json_get(template, WORD_JSON), shape, depth + 1, ret_out, err);
	if (json_object_is_type(template, json_type_object))
		return fill_object(scope, template, shape, depth, ret_out, err);
	if (json_object_is_type(template, json_type_array))
		return fill_array(scope, template, shape, depth, ret_out, err);
	if (plain)
		return fill_string(scope, json_object_get_string(template), shape, ret_out, err);
	*ret_out = json_object_get(template);
	return true;
}

/* ---- properties by name ---- */

static bool
put_property(const struct scope *scope, const char *name, const struct shape *input,
    struct json_object *params, struct err *err)
{
	struct ref          ref = { 0 };
	struct json_object *value = NULL;
	struct shape        member;
	const char         *key;
	bool                good = true;

	ref_property(scope, name, &ref);
	key = member_name(input, name, ref.schema);
	if (ref.value == NULL)
		return true;
	if (key != NULL && json_get(params, key) != NULL) {
		/* The step's own template knows better, but for a null, which is for what has no value. */
	} else if (key == NULL || !shape_member(input, key, &member)) {
		(void)err_set(err, ERR_INVALID_CONFIG,
		    "the service model of this build has no member for the property \"%s\"", name);
		good = false;
	} else {
		good = write_ref(scope, &ref, &member, &value, err);
		if (good)
			json_set(params, key, value);
	}
	json_object_put(ref.value);
	return good;
}

static bool
put_names(const struct scope *scope, const struct step *step, const struct shape *input,
    struct json_object *params, struct err *err)
{
	size_t n = step->with != NULL ? json_object_array_length(step->with) : 0;
	bool   update = scope->op->kind == OP_UPDATE;

	for (size_t i = 0; i < n; i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(step->with, i));

		if (update && step->changed_only && !json_array_has_text(scope->op->changes, name))
			continue;
		if (!put_property(scope, name, input, params, err))
			return false;
	}
	return true;
}

/* Does the step's template already hand the property over? */
static bool
template_names(struct json_object *template, const char *name)
{
	char quoted[REF_BYTES_MAX + 8];
	int  len = snprintf(quoted, sizeof(quoted), "{%s", name);

	for (const char *at = strstr(json_text(template), quoted); at != NULL;
	     at = strstr(at + 1, quoted)) {
		if (at[len] == '}' || at[len] == '.')
			return true;
	}
	return false;
}

static bool
put_all(const struct scope *scope, const struct step *step, const struct shape *input,
    struct json_object *params, struct err *err)
{
	const struct call_type *type = scope->type;

	if (scope->op->desired == NULL)
		return true;
	json_object_object_foreach (scope->op->desired, name, value) {
		struct json_object *schema = call_type_property(type, name);

		if (value == NULL || json_get_bool(schema, "x-local", false) ||
		    call_type_takes(type, LIST_CREATE, name) ||
		    call_type_takes(type, LIST_FINISH, name) ||
		    (step->params != NULL && template_names(step->params, name)))
			continue;
		if (!put_property(scope, name, input, params, err))
			return false;
	}
	return true;
}

/* ---- inputs ---- */

static bool
find_input(
    const struct scope *scope, const char *operation, struct shape *ret_input, struct err *err)
{
	struct json_object *json = service_operation(scope->service, operation);

	if (json == NULL && scope->service->operations != NULL) {
		(void)err_set(err, ERR_INVALID_CONFIG,
		    "the service model of %s has no operation %s", scope->type->service, operation);
		return false;
	}
	if (!shape_input(scope->service, json, ret_input)) /* it takes no parameters */
		*ret_input = (struct shape){ .service = scope->service, .type = SHAPE_STRUCTURE };
	return true;
}

/* The property of that name, under that name, whatever its member is called elsewhere. */
static bool
put_part(const struct scope *scope, const char *name, const struct shape *input,
    struct json_object *params, struct err *err)
{
	struct ref          ref = { 0 };
	struct json_object *value = NULL;
	bool                good;

	ref_property(scope, name, &ref);
	good = write_ref(scope, &ref, input, &value, err);
	if (value != NULL)
		json_set(params, name, value);
	json_object_put(ref.value);
	return good;
}

/* What a path names ("PUT /repos/{owner}/topics") and the template leaves out is the property of that name. */
static bool
put_path(const struct scope *scope, const char *operation, const struct shape *input,
    struct json_object *params, struct err *err)
{
	char name[REF_BYTES_MAX];

	for (const char *at = strchr(operation, '{'); at != NULL; at = strchr(at, '{')) {
		size_t len;

		at += at[1] == '+' ? 2 : 1;
		len = strcspn(at, "}");
		if (len >= sizeof(name))
			continue;
		memcpy(name, at, len);
		name[len] = '\0';
		if (!json_has(params, name) && !put_part(scope, name, input, params, err))
			return false;
	}
	return true;
}

struct json_object *
fill_params(
    const struct scope *scope, const char *operation, struct json_object *template, struct err *err)
{
	struct json_object *params = NULL;
	struct shape        input;

	if (!find_input(scope, operation, &input, err) ||
	    (template != NULL && !fill_value(scope, template, &input, 0, &params, err)))
		return NULL;
	if (params == NULL)
		params = json_object_new_object();
	if (put_path(scope, operation, &input, params, err))
		return params;
	json_object_put(params);
	return NULL;
}

static struct json_object *
fill_opened(const struct scope *scope, const struct step *step, struct err *err)
{
	struct json_object *params = fill_params(scope, step->call, step->params, err);
	struct shape        input;

	if (params == NULL)
		return NULL;
	if (step->patch != NULL)
		json_set(params, PATCH_MEMBER, patch_make(scope, step));
	if (find_input(scope, step->call, &input, err) &&
	    put_names(scope, step, &input, params, err) &&
	    (!step->with_all || put_all(scope, step, &input, params, err)))
		return params;
	json_object_put(params);
	return NULL;
}

/* What is sealed is open for the time of the filling alone. What can't be opened stays as it is: it is told where a step
 * makes use of it, and a delete seldom does. The caller puts it. */
static struct json_object *
as_opened(const struct scope *scope, struct json_object *value)
{
	struct json_object *out =
	    holds_sealed(value) ? unseal(scope->type->driver->key, value, NULL) : NULL;

	return out != NULL ? out : json_object_get(value);
}

struct json_object *
fill_step(const struct scope *scope, const struct step *step, struct err *err)
{
	struct scope        inner = *scope;
	struct op           op = *scope->op;
	struct json_object *params;

	op.desired = as_opened(scope, op.desired);
	inner.op = &op;
	inner.item = as_opened(scope, scope->item);
	params = fill_opened(&inner, step, err);
	json_object_put(op.desired);
	json_object_put(inner.item);
	return params;
}
