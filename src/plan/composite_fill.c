/* SPDX-License-Identifier: Apache-2.0
 * composite_fill.c - from the templates of a composite type, and the properties of one of its resources, to the
 * properties of a part. */
#include <string.h>

#include "plan/composite.h"
#include "plan/template.h"
#include "util/json.h"

#define TEXT_BYTES_MAX (4 * 1024 * 1024)

struct filling {
	struct config    *config;
	struct expansion *expansion;
	bool              is_unsayable; /* a link has come right behind an '@' */
};

/* Of the property at a path, as far as that goes; "": of all of them. */
static void
say(struct filling *f, const char *path, size_t len, const char *code, const char *what)
{
	struct str pointer;

	str_init(&pointer, CONFIG_POINTER_MAX);
	str_add(&pointer, config_at(f->config, "resources", f->expansion->id, "properties", NULL));
	str_add(&pointer, len > 0 ? "/" : "");
	for (size_t i = 0; i < len; i++)
		str_add_char(&pointer, path[i] == '.' ? '/' : path[i]);
	problems_add(f->config->problems, pointer.data, code, "%s", what);
	f->expansion->failed = true;
	str_fini(&pointer);
}

/* ---- properties ---- */

/* What the config says, or else the default; NULL: neither. Borrowed. */
static struct json_object *
find_property(struct filling *f, const char *path)
{
	struct json_object *schema = f->expansion->type->properties;
	struct json_object *value = f->expansion->properties;
	const char         *rest = path;
	char                step[TEMPLATE_PATH_MAX + 1];

	while (*rest != '\0' && value != NULL) {
		struct json_object *part;
		size_t              len = strcspn(rest, ".");

		if (config_is_unknown(value)) {
			say(f, path, rest > path ? (size_t)(rest - path) - 1 : 0, "bad_reference",
			    "must be written out: resources are made of its members");
			return NULL;
		}
		memcpy(step, rest, len);
		step[len] = '\0';
		rest += len + (rest[len] == '.');
		schema = json_get(json_get_object(schema, "properties"), step);
		part = json_get(value, step);
		value = part != NULL ? part : json_get(schema, "default");
	}
	return value;
}

/* ---- strings ---- */

/* What a link within the composite is outside of it; NULL: that part is not there. */
static const char *
find_part(const struct filling *f, const struct template_part *part)
{
	return json_get_str(f->expansion->parts, part->link.id);
}

/* False: it has no value. */
static bool
add_property(struct filling *f, const char *path, struct str *out)
{
	struct json_object *value = find_property(f, path);

	if (value == NULL)
		return false;
	if (json_object_is_type(value, json_type_string)) {
		if (!reference_add_string(out, value))
			f->is_unsayable = true;
	} else if (json_object_is_type(value, json_type_object) ||
		   json_object_is_type(value, json_type_array)) {
		say(f, path, strlen(path), "wrong_type",
		    "must be a text, which goes into a longer one");
	} else {
		str_add(out, json_text(value));
	}
	return true;
}

/* False: it has no value. */
static bool
add_part(struct filling *f, const struct template_part *part, struct str *out)
{
	const char *id;

	if (part->kind == TEMPLATE_PROPERTY)
		return add_property(f, part->path, out);
	if (part->kind != TEMPLATE_LINK) {
		reference_add_text(out, part->text, part->len);
		return true;
	}
	id = find_part(f, part);
	if (id != NULL && !reference_add_link(out, id, part->link.output))
		f->is_unsayable = true;
	return id != NULL;
}

static struct json_object *
fill_text(struct filling *f, struct json_object *string)
{
	struct template_walk walk;
	struct template_part part;
	struct json_object  *result = NULL;
	struct str           text;
	bool                 good = true;

	f->is_unsayable = false;
	str_init(&text, TEXT_BYTES_MAX);
	template_walk_init(&walk, string);
	while (good && template_next(&walk, &part))
		good = add_part(f, &part, &text);
	if (text.overflow || f->is_unsayable)
		say(f, "", 0, "bad_reference",
		    "a text of them is too long, or has an '@' before a reference");
	else if (good)
		result = reference_end(&text);
	str_fini(&text);
	return result;
}

static struct json_object *
whole_link(const struct filling *f, const struct template_part *part)
{
	const char         *id = find_part(f, part), *output = part->link.output;
	struct json_object *link = NULL;
	struct str          text;

	str_init(&text, TEXT_BYTES_MAX);
	str_addf(&text, "@%s%s%s", id, output[0] != '\0' ? "." : "", output);
	if (id != NULL)
		link = json_object_new_string(text.data);
	str_fini(&text);
	return link;
}

static struct json_object *
fill_string(struct filling *f, struct json_object *string)
{
	struct template_walk walk;
	struct template_part part;

	template_walk_init(&walk, string);
	if (!template_next(&walk, &part) || !part.whole)
		return fill_text(f, string);
	if (part.kind == TEMPLATE_PROPERTY)
		return json_object_get(find_property(f, part.path));
	return whole_link(f, &part);
}

/* ---- values ---- */

static struct json_object *fill(struct filling *f, struct json_object *template);

/* They go over what the template itself says. */
static void
spread(struct filling *f, struct json_object *template, struct json_object *out)
{
	struct template_part part;
	struct json_object  *value;

	if (!template_property(template, &part))
		return;
	value = find_property(f, part.path);
	if (value != NULL && config_is_unknown(value))
		say(f, part.path, strlen(part.path), "bad_reference",
		    "must be written out: its members are needed");
	else if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach (value, key, member)
			json_set(out, key, json_object_get(member));
	}
}

static struct json_object *
fill_object(struct filling *f, struct json_object *template)
{
	struct json_object *out = json_object_new_object();

	json_object_object_foreach (template, key, part) {
		struct json_object *value =
		    strcmp(key, COMPOSITE_EVERYTHING) != 0 ? fill(f, part) : NULL;

		if (value != NULL)
			json_set(out, key, value);
	}
	spread(f, json_get(template, COMPOSITE_EVERYTHING), out);
	return out;
}

static struct json_object *
fill_array(struct filling *f, struct json_object *template)
{
	struct json_object *out = json_object_new_array();

	for (size_t i = 0; i < json_object_array_length(template); i++) {
		struct json_object *value = fill(f, json_object_array_get_idx(template, i));

		if (value != NULL)
			json_object_array_add(out, value);
	}
	return out;
}

/* NULL: it has no value. What comes out empty for that reason has none, either. As deep as JSON is at most. */
static struct json_object *
fill(struct filling *f, struct json_object *template)
{
	struct json_object *out;
	bool                is_left_out;

	if (json_object_is_type(template, json_type_string))
		return fill_string(f, template);
	if (json_object_is_type(template, json_type_object)) {
		out = fill_object(f, template);
		is_left_out =
		    json_object_object_length(out) == 0 && json_object_object_length(template) > 0;
	} else if (json_object_is_type(template, json_type_array)) {
		out = fill_array(f, template);
		is_left_out =
		    json_object_array_length(out) == 0 && json_object_array_length(template) > 0;
	} else {
		return json_object_get(template);
	}
	if (!is_left_out)
		return out;
	json_object_put(out);
	return NULL;
}

struct json_object *
composite_fill(struct config *config, struct expansion *expansion, struct json_object *template)
{
	struct filling      f = { .config = config, .expansion = expansion };
	struct json_object *out = template != NULL ? fill(&f, template) : NULL;

	return out != NULL ? out : json_object_new_object();
}

/* ---- conditions ---- */

static bool
is_any_set(struct filling *f, struct json_object *names)
{
	for (size_t i = 0; i < json_object_array_length(names); i++) {
		if (find_property(f, json_object_get_string(json_object_array_get_idx(names, i))) !=
		    NULL)
			return true;
	}
	return false;
}

/* The text is that of one property; without a value it is empty. */
static bool
holds(struct filling *f, struct json_object *condition)
{
	struct json_object  *is = json_get_array(condition, "is"), *value;
	struct template_part part;
	bool                 found;

	must(template_property(json_get(condition, "text"), &part));
	value = find_property(f, part.path);
	if (value != NULL && config_is_unknown(value))
		say(f, part.path, strlen(part.path), "bad_reference",
		    "must be written out: resources hang on it");
	found = json_array_has_text(is != NULL ? is : json_get_array(condition, "isnt"),
	    value != NULL ? json_object_get_string(value) : "");
	return is != NULL ? found : !found;
}

bool
composite_has(struct config *config, struct expansion *expansion, struct json_object *part)
{
	struct filling      f = { .config = config, .expansion = expansion };
	struct json_object *when = json_get_array(part, "when");
	struct json_object *condition = json_get_object(part, "if");

	return (when == NULL || is_any_set(&f, when)) &&
	       (condition == NULL || holds(&f, condition));
}
