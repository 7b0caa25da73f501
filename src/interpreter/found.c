/* SPDX-License-Identifier: Apache-2.0
 * found.c - answers become properties, outputs and tags, in our names. */
#include "interpreter/found.h"

#include <string.h>

#include "interpreter/driver.h"
#include "interpreter/hook.h"
#include "interpreter/members.h"
#include "interpreter/paths.h"
#include "interpreter/untold.h"
#include "util/json.h"
#include "util/str.h"

#define KEPT_BYTES_MAX 256

void
found_init(struct found *found)
{
	found->properties = json_object_new_object();
	found->outputs = json_object_new_object();
	found->tags = json_object_new_object();
	found->noted = json_object_new_object();
	found->kept = json_object_new_object();
	found->more = json_object_new_object();
}

void
found_fini(struct found *found)
{
	json_object_put(found->properties);
	json_object_put(found->outputs);
	json_object_put(found->tags);
	json_object_put(found->noted);
	json_object_put(found->kept);
	json_object_put(found->more);
	*found = (struct found){ 0 };
}

static struct json_object *
properties_of(const struct call_type *type)
{
	return json_get_object(type->rt->properties, "properties");
}

static void
overlay(struct json_object *under, struct json_object *over)
{
	if (over == NULL)
		return;
	json_object_object_foreach (over, key, value) {
		json_set(under, key, json_object_get(value));
	}
}

void
found_know(struct found *found, struct json_object *known)
{
	overlay(found->outputs, json_get_object(known, "outputs"));
	overlay(found->noted, json_get_object(known, "noted"));
}

/* ---- taking from one answer ---- */

/* Adds a page to those before it. What somebody adds to a list while it is read moves the rest: the last item of a
 * page is then the first of the next one as well, and is one all the same. */
static void
add_page(struct json_object *pages, struct json_object *page)
{
	size_t before = json_object_array_length(pages);

	for (size_t i = 0; i < json_object_array_length(page); i++) {
		struct json_object *item = json_object_array_get_idx(page, i);
		size_t              at = 0;

		while (at < before && !json_same(json_object_array_get_idx(pages, at), item))
			at++;
		if (at == before)
			json_object_array_add(pages, json_object_get(item));
	}
}

static void
set_property(struct found *found, const char *name, struct json_object *value, bool more)
{
	struct json_object *before = json_get_array(found->properties, name);

	if (more && before != NULL && json_object_is_type(value, json_type_array)) {
		add_page(before, value);
		json_object_put(value);
	} else if (value != NULL) {
		json_set(found->properties, name, value);
	}
}

static void
take_all(struct found *found, const struct call_type *type, struct json_object *structure)
{
	json_object_object_foreach (properties_of(type), name, unused) {
		struct json_object *schema = call_type_property(type, name);

		(void)unused;
		if (json_get_bool(schema, "x-local", false) || json_has(schema, "x-hook"))
			continue;
		set_property(
		    found, name, member_find(type->rt->properties, schema, name, structure), false);
	}
}

void
found_take_outputs(struct found *found, const struct call_type *type, struct json_object *structure)
{
	if (type->rt->outputs == NULL)
		return;
	json_object_object_foreach (type->rt->outputs, name, output) {
		const char         *pairs = json_get_str(output, "pairs");
		const char         *member = pairs != NULL ? pairs : json_get_str(output, "member");
		struct json_object *value = member != NULL ? path_find(structure, member) : NULL;

		if (value != NULL)
			json_set(found->outputs, name,
			    pairs != NULL ? tags_read(value) : json_object_get(value));
		json_object_put(value);
	}
}

/* A property made of several places in the answer: NULL when none of them is there. */
static struct json_object *
take_parts(struct json_object *root, struct json_object *schema, struct json_object *paths,
    struct json_object *answer)
{
	struct json_object *out = json_object_new_object();
	struct json_object *properties = json_get_object(schema, "properties");
	bool                any = false;

	json_object_object_foreach (paths, name, path) {
		struct json_object *sub = schema_follow(root, json_get(properties, name));
		struct json_object *raw = path_find(answer, json_object_get_string(path));
		struct json_object *value =
		    raw != NULL ? member_read(root, sub, raw) : member_absent(sub);

		any = any || raw != NULL;
		json_object_put(raw);
		if (value != NULL)
			json_set(out, name, value);
	}
	if (any)
		return out;
	json_object_put(out);
	return NULL;
}

static void
take_named(struct found *found, const struct call_type *type, struct json_object *take,
    struct json_object *answer, bool more)
{
	struct json_object *root = type->rt->properties;

	json_object_object_foreach (take, name, path) {
		struct json_object *schema = call_type_property(type, name);
		struct json_object *raw, *value = NULL;

		if (schema == NULL) {
			if ((raw = path_find(answer, json_object_get_string(path))) != NULL)
				json_set(found->outputs, name, raw);
			continue;
		}
		if (json_object_is_type(path, json_type_object)) {
			value = take_parts(root, schema, path, answer);
		} else if ((raw = path_find(answer, json_object_get_string(path))) != NULL) {
			value = member_read(root, schema, raw);
			json_object_put(raw);
		}
		set_property(found, name, value, more);
	}
}

/* What the answer does not have is not noted any longer, unless another page of it had it. */
static void
take_notes(struct found *found, struct json_object *note, struct json_object *answer, bool more)
{
	json_object_object_foreach (note, name, path) {
		struct json_object *value = path_find(answer, json_object_get_string(path));
		struct json_object *before = json_get_array(found->noted, name);

		if (more && before != NULL && json_object_is_type(value, json_type_array)) {
			add_page(before, value);
			json_object_put(value);
		} else if (value != NULL) {
			json_set(found->noted, name, value);
		} else if (!more) {
			json_object_object_del(found->noted, name);
		}
	}
}

bool
found_fits(struct json_object *condition, struct json_object *answer)
{
	struct json_object *is = json_get_array(condition, "is");
	struct json_object *value = path_find(answer, json_get_str(condition, "path"));
	bool                fits = false;

	for (size_t i = 0; is != NULL && i < json_object_array_length(is); i++)
		fits = fits || json_same(value, json_object_array_get_idx(is, i));
	json_object_put(value);
	return fits;
}

void
found_take(struct found *found, const struct call_type *type, const struct step *step,
    struct json_object *answer, bool more)
{
	struct json_object *structure, *raw, *tags;

	if (step->in != NULL && (structure = json_path(answer, step->in)) != NULL) {
		if (step->take == NULL)
			take_all(found, type, structure);
		found_take_outputs(found, type, structure);
	}
	if (step->take != NULL && (step->take_if == NULL || found_fits(step->take_if, answer)))
		take_named(found, type, step->take, answer, more);
	if (step->note != NULL)
		take_notes(found, step->note, answer, more);
	if (step->tags != NULL) {
		raw = path_find(answer, step->tags);
		tags = tags_read(raw);
		overlay(found->tags, tags);
		json_object_put(tags);
		json_object_put(raw);
	}
}

void
found_keep(struct found *found, const struct step *step, const struct scope *scope)
{
	if (step->keep == NULL)
		return;
	json_object_object_foreach (step->keep, name, template) {
		struct str text;

		str_init(&text, KEPT_BYTES_MAX);
		if (fill_text(scope, json_object_get_string(template), &text))
			json_set_str(found->kept, name, text.data);
		str_fini(&text);
	}
}

/* ---- putting it together ---- */

static void
add_kept(struct json_object *json, const struct found *found)
{
	if (json_object_object_length(found->kept) > 0)
		json_set(json, "kept", json_object_get(found->kept));
}

static void
add_text_outputs(struct json_object *outputs, const struct scope *scope)
{
	if (scope->type->rt->outputs == NULL)
		return;
	json_object_object_foreach (scope->type->rt->outputs, name, output) {
		const char *template = json_get_str(output, "text");
		struct str text;

		if (template == NULL)
			continue;
		str_init(&text, CALL_NAME_MAX);
		(void)fill_text(scope, template, &text);
		json_set_str(outputs, name, text.data);
		str_fini(&text);
	}
}

static bool
is_identity(const struct call_type *type, const char *name)
{
	return json_array_has_text(resource_type_identity_properties(type->rt), name);
}

static struct json_object *
read_by_hook(
    const struct hook *hook, const struct op *op, const char *name, struct json_object *found)
{
	return hook->read != NULL ? hook->read(op, name, found) : NULL;
}

/* What no answer holds: properties of ours alone, what it was found by, defaults, hooks. */
static void
add_silent(struct json_object *found, const struct scope *scope)
{
	struct json_object *properties = json_get_object(found, "properties");

	json_object_object_foreach (properties_of(scope->type), name, unused) {
		struct json_object *schema = call_type_property(scope->type, name);
		const char         *hook = json_get_str(schema, "x-hook");
		struct json_object *value = NULL;

		(void)unused;
		if (json_has(properties, name))
			continue;
		if (hook != NULL)
			value = read_by_hook(hook_find(scope->type, hook), scope->op, name, found);
		else if (json_get_bool(schema, "x-local", false) || is_identity(scope->type, name))
			value = json_object_get(json_get(scope->op->desired, name));
		if (value == NULL && hook == NULL)
			value = member_absent(schema);
		if (value != NULL)
			json_set(properties, name, value);
	}
}

/* "16" wants any of "16.3" and "16.4", but not "160": the version that is there is as wanted. */
static void
meet_versions(struct json_object *found, const struct scope *scope)
{
	struct json_object *properties = json_get_object(found, "properties");

	json_object_object_foreach (properties_of(scope->type), name, unused) {
		const char *have = json_get_str(properties, name);
		const char *want = json_get_str(scope->op->desired, name);

		(void)unused;
		if (have != NULL && want != NULL && str_starts(have, want) &&
		    have[strlen(want)] == '.' &&
		    json_get_bool(call_type_property(scope->type, name), "x-version", false))
			json_set_str(properties, name, want);
	}
}

bool
found_is_clouds_own(const struct call_type *type, const char *key)
{
	const char *own = type->driver->own_tags;

	return own != NULL && str_starts(key, own);
}

static void
add_reserved(struct json_object *json, const struct call_type *type, struct json_object *tags)
{
	struct json_object *reserved = json_object_new_array();

	json_object_object_foreach (tags, key, unused) {
		(void)unused;
		if (found_is_clouds_own(type, key))
			json_object_array_add(reserved, json_object_new_string(key));
	}
	if (json_object_array_length(reserved) > 0)
		json_set(json, "reserved", reserved);
	else
		json_object_put(reserved);
}

static struct json_object *
put_together(const struct scope *scope, const struct found *found, struct json_object *properties,
    struct json_object *outputs, struct json_object *tags)
{
	struct json_object *json = json_object_new_object();
	struct scope        inner = *scope;

	const char *output = scope->type->naming.output;
	const char *id = output != NULL ? json_get_str(outputs, output) : scope->name;

	inner.outputs = outputs;
	add_text_outputs(outputs, &inner);
	if (id != NULL)
		json_set_str(json, "id", id);
	json_set(json, "properties", properties);
	json_set(json, "outputs", outputs);
	if (scope->type->tagged && tags != NULL) {
		json_set(json, "tags", tags);
		add_reserved(json, scope->type, tags);
	} else {
		json_object_put(tags);
	}
	if (json_object_object_length(found->noted) > 0)
		json_set(json, "noted", json_object_get(found->noted));
	add_kept(json, found);
	overlay(json, found->more);
	return json;
}

struct json_object *
found_read(const struct found *found, const struct scope *scope)
{
	struct json_object *json = put_together(scope, found, json_object_get(found->properties),
	    json_object_get(found->outputs), json_object_get(found->tags));

	add_silent(json, scope);
	meet_versions(json, scope);
	untold_trust(json, scope);
	return json;
}

static void
apply_changes(struct json_object *properties, const struct scope *scope)
{
	struct json_object *changes = scope->op->changes;
	size_t              n = changes != NULL ? json_object_array_length(changes) : 0;

	for (size_t i = 0; i < n; i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(changes, i));
		struct json_object *value = json_object_get(json_get(scope->op->desired, name));

		if (value == NULL)
			value = member_absent(call_type_property(scope->type, name));
		if (value != NULL)
			json_set(properties, name, value);
		else
			json_object_object_del(properties, name);
	}
}

struct json_object *
found_made(const struct found *found, const struct scope *scope, struct json_object *tags)
{
	struct json_object *known = scope->op->known;
	struct json_object *properties = json_object_new_object();
	struct json_object *outputs = json_object_new_object(), *json;

	overlay(outputs, found->outputs);
	overlay(properties, json_get_object(known, "properties"));
	if (scope->op->kind == OP_CREATE)
		overlay(properties, scope->op->desired);
	overlay(properties, found->properties);
	apply_changes(properties, scope);
	json = put_together(scope, found, properties, outputs, json_object_get(tags));
	untold_cover(json, scope);
	return json;
}

struct json_object *
found_settled(const struct found *found, const struct scope *scope)
{
	struct json_object *json = json_copy(scope->op->known);
	struct json_object *outputs = json_object_get(found->outputs);

	add_text_outputs(outputs, scope);
	json_set(json, "outputs", outputs);
	return json;
}

struct json_object *
found_absent(const struct found *found)
{
	struct json_object *json;

	if (json_object_object_length(found->kept) == 0)
		return NULL;
	json = json_object_new_object();
	add_kept(json, found);
	return json;
}
