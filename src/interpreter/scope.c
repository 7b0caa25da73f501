/* SPDX-License-Identifier: Apache-2.0
 * scope.c - looks references up: in the config, in what is known, in who the resource is. */
#include "interpreter/scope.h"

#include <string.h>

#include "interpreter/hook.h"
#include "interpreter/members.h"
#include "interpreter/untold.h"
#include "util/json.h"
#include "util/stamp.h"

#define REF_BYTES_MAX   128
#define STAMP_BYTES_MAX 64
#define TEXT_BYTES_MAX  (64 * 1024)

static const char *
partition_of(const struct scope *scope)
{
	const struct driver *driver = scope->type->driver;

	return scope->region != NULL && driver->partition != NULL ? driver->partition(scope->region)
								  : NULL;
}

static const char *
variable_text(const struct scope *scope, const char *name)
{
	const struct identity *identity = scope->op->identity;
	const struct {
		const char *name, *text;
	} variables[] = {
		{ "name", scope->name },
		{ "region", scope->region },
		{ "partition", partition_of(scope) },
		{ "account", scope->account },
		{ "node_id", identity->node_id },
		{ "resource_id", identity->resource_id },
		{ "deployment_id", identity->deployment_id },
		{ "token", scope->op->token },
		{ "kind", scope->op->type != NULL ? resource_type_kind(scope->op->type) : NULL },
	};

	for (size_t i = 0; i < array_len(variables); i++) {
		if (strcmp(variables[i].name, name) == 0)
			return variables[i].text;
	}
	return NULL;
}

/* A value that may be gone into: {$item}, {$item.key}. */
static bool
ref_into(const char *name, const char *variable, struct json_object *value, struct ref *ref)
{
	size_t len = strlen(variable);

	if (strncmp(name, variable, len) != 0 || (name[len] != '\0' && name[len] != '.'))
		return false;
	ref->value = json_object_get(json_path(value, name + len + (name[len] == '.')));
	return true;
}

static struct json_object *
now_of(const struct scope *scope)
{
	struct json_object *json;
	struct str          text;

	str_init(&text, STAMP_BYTES_MAX);
	stamp_add(&text, STAMP_RFC3339, scope->now_ms);
	json = json_string(text.data, text.len);
	str_fini(&text);
	return json;
}

static void
ref_variable(const struct scope *scope, const char *name, struct ref *ref)
{
	const char *text = variable_text(scope, name);
	char        digest[UNTOLD_DIGEST_SIZE];

	if (ref_into(name, "item", scope->item, ref) ||
	    ref_into(name, "answer", scope->answer, ref))
		return;
	if (strcmp(name, "tags") == 0) {
		ref->kind = REF_TAGS;
		ref->value = json_object_get(scope->tags);
	} else if (strcmp(name, "tag_keys") == 0) {
		ref->kind = REF_TAG_KEYS;
		ref->value = json_object_get(scope->tag_keys);
	} else if (strcmp(name, "digest") == 0 &&
		   untold_digest(scope->type, scope->closed, digest)) {
		ref->value = json_object_new_string(digest);
	} else if (strcmp(name, "now") == 0 && scope->now_ms != 0) {
		ref->value = now_of(scope);
	} else if (text != NULL) {
		ref->value = json_object_new_string(text);
	}
}

/* What a property that the config leaves out means: on an update it goes back to its default, within
 * a structure the default is spelt out; a create leaves it to the cloud, unless the default is ours alone, or always sent. */
static bool
takes_default(const struct scope *scope, bool top, struct json_object *schema)
{
	return !top || scope->op->kind == OP_UPDATE || json_get_bool(schema, "x-local", false) ||
	       json_get_bool(schema, "x-always", false);
}

/* Where the service adds a map to the one that is there: what is to go from it has a value that says so. Owned. */
static struct json_object *
with_gone(const struct scope *scope, const char *path, struct json_object *schema,
    struct json_object *value)
{
	struct json_object *known =
	    json_path(json_get_object(scope->op->known, "properties"), path);
	struct json_object *gone = json_get(schema, "x-gone");

	if (gone == NULL || !json_object_is_type(value, json_type_object) ||
	    !json_object_is_type(known, json_type_object))
		return json_object_get(value);
	value = json_copy(value);
	json_object_object_foreach (known, key, unused) {
		(void)unused;
		if (!json_has(value, key))
			json_set(value, key, json_object_get(gone));
	}
	return value;
}

void
ref_property(const struct scope *scope, const char *whole, struct ref *ref)
{
	const char         *path = whole;
	struct json_object *root = scope->type->rt->properties;
	struct json_object *schema = root;
	struct json_object *value = scope->op->desired;
	char                step[REF_BYTES_MAX];

	ref->kind = REF_PROPERTY;
	for (bool top = true; *path != '\0'; top = false) {
		size_t len = strcspn(path, ".");

		if (len >= sizeof(step))
			return; /* no property has such a name */
		memcpy(step, path, len);
		step[len] = '\0';
		path += len + (path[len] == '.');
		if (!top && value == NULL) {
			schema = NULL;
			break;
		}
		schema = json_object_is_type(value, json_type_array)
			     ? schema_sub(root, schema, "items", NULL)
			     : schema_sub(root, schema, "properties", step);
		value = json_path(value, step);
		if (value == NULL && takes_default(scope, top, schema))
			value = json_get(schema, "default");
	}
	ref->schema = schema;
	ref->value = scope->op->kind == OP_UPDATE ? with_gone(scope, whole, schema, value)
						  : json_object_get(value);
}

/* What was there before, which goes out as the property does. */
static void
ref_known(const struct scope *scope, const char *path, struct ref *ref)
{
	ref->schema = call_type_property(scope->type, path);
	ref->value =
	    json_object_get(json_path(json_get_object(scope->op->known, "properties"), path));
}

static void
ref_hook(const struct scope *scope, const char *name, struct ref *ref)
{
	const struct hook *hook = hook_find(scope->type, name);

	ref->kind = REF_PROPERTY;
	if (hook != NULL && hook->make != NULL)
		ref->value = hook->make(scope);
}

const char *
ref_parse(const struct scope *scope, const char *text, struct ref *ref)
{
	const char *end = strchr(text, '}');
	char        name[REF_BYTES_MAX];

	*ref = (struct ref){ 0 };
	if (end == NULL || (size_t)(end - text) >= sizeof(name))
		return NULL;
	memcpy(name, text + 1, (size_t)(end - text) - 1);
	name[end - text - 1] = '\0';
	if (name[0] == '$')
		ref_variable(scope, name + 1, ref);
	else if (name[0] == '!')
		ref_hook(scope, name + 1, ref);
	else if (str_starts(name, "known."))
		ref_known(scope, name + strlen("known."), ref);
	else if (str_starts(name, "noted."))
		ref->value = json_object_get(json_path(scope->noted, name + strlen("noted.")));
	else if (str_starts(name, "kept."))
		ref->value = json_object_get(json_path(scope->op->kept, name + strlen("kept.")));
	else if (str_starts(name, "outputs."))
		ref->value = json_object_get(json_path(scope->outputs, name + strlen("outputs.")));
	else
		ref_property(scope, name, ref);
	return end + 1;
}

bool
fill_text(const struct scope *scope, const char *text, struct str *out)
{
	bool whole = true;

	while (*text != '\0') {
		struct ref  ref;
		const char *next = *text == '{' ? ref_parse(scope, text, &ref) : NULL;

		if (next == NULL) {
			str_add_char(out, *text++);
			continue;
		}
		text = next;
		if (ref.value == NULL && ref.kind == REF_PROPERTY)
			ref.value = json_object_get(json_get(ref.schema, "default"));
		whole = whole && ref.value != NULL;
		if (json_object_is_type(ref.value, json_type_string))
			str_add(out, json_object_get_string(ref.value));
		else if (ref.value != NULL)
			str_add(out, json_text(ref.value));
		json_object_put(ref.value);
	}
	return whole;
}

/* One of the texts; they may have references, too. */
static bool
is_one_of(const struct scope *scope, struct json_object *texts, const char *text)
{
	struct str filled;
	bool       is = json_array_has_text(texts, text);

	str_init(&filled, TEXT_BYTES_MAX);
	for (size_t i = 0; i < json_object_array_length(texts) && !is; i++) {
		str_clear(&filled);
		(void)fill_text(
		    scope, json_object_get_string(json_object_array_get_idx(texts, i)), &filled);
		is = str_eq(filled.data, text);
	}
	str_fini(&filled);
	return is;
}

bool
condition_holds(const struct scope *scope, const struct condition *condition)
{
	struct str text;
	bool       holds;

	if (condition->text == NULL)
		return true;
	str_init(&text, TEXT_BYTES_MAX);
	(void)fill_text(scope, condition->text, &text);
	holds = condition->is != NULL ? is_one_of(scope, condition->is, text.data)
				      : !is_one_of(scope, condition->isnt, text.data);
	str_fini(&text);
	return holds;
}
