/* SPDX-License-Identifier: Apache-2.0
 * json_schema.c - checks a value against a schema: one small function per keyword, in one table. */
#include "util/breath.h"
#include "util/json_schema.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/json.h"
#include "util/json_schema_rules.h"
#include "util/near.h"

#define NEEDED_MAX 1024

/* ---- places below the value ---- */

void
schema_check_member(struct schema_checker *c, struct json_object *schema, struct json_object *value,
    const char *key)
{
	size_t len = c->pointer.len;

	json_pointer_add(&c->pointer, key);
	schema_check_value(c, schema, value);
	str_cut(&c->pointer, len);
}

void
schema_check_item(
    struct schema_checker *c, struct json_object *schema, struct json_object *value, size_t index)
{
	size_t len = c->pointer.len;

	json_pointer_add_index(&c->pointer, index);
	schema_check_value(c, schema, value);
	str_cut(&c->pointer, len);
}

bool
schema_passes(struct schema_checker *c, struct json_object *schema, struct json_object *value)
{
	size_t before = c->refused;
	bool   pass;

	c->quiet++;
	schema_check_value(c, schema, value);
	c->quiet--;
	pass = c->refused == before;
	c->refused = before;
	return pass;
}

bool
schema_is_number(struct json_object *json)
{
	return json_object_is_type(json, json_type_int) ||
	       json_object_is_type(json, json_type_double);
}

/* ---- any value ---- */

static bool
has_type(struct json_object *value, const char *name)
{
	if (strcmp(name, "integer") == 0 && json_object_is_type(value, json_type_double)) {
		double number = json_object_get_double(value);

		return number == floor(number);
	}
	if (strcmp(name, "integer") == 0)
		return json_object_is_type(value, json_type_int);
	if (strcmp(name, "number") == 0)
		return schema_is_number(value);
	if (strcmp(name, "boolean") == 0)
		return json_object_is_type(value, json_type_boolean);
	return strcmp(name, json_type_to_name(json_object_get_type(value))) == 0;
}

/* As a schema calls it. */
static const char *
type_name(struct json_object *value)
{
	if (json_object_is_type(value, json_type_int))
		return "integer";
	return schema_is_number(value) ? "number" : json_type_to_name(json_object_get_type(value));
}

static void
schema_type(struct schema_checker *c, const struct schema_place *p)
{
	const char *is = type_name(p->value);
	size_t      n =
            json_object_is_type(p->rule, json_type_array) ? json_object_array_length(p->rule) : 0;
	struct str wanted;

	if (n == 0) {
		const char *name = json_object_get_string(p->rule);

		if (!has_type(p->value, name))
			schema_say(
			    c, "wrong_type", "must be of type %s, and is of type %s", name, is);
		return;
	}
	str_init(&wanted, 256);
	for (size_t i = 0; i < n; i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(p->rule, i));

		if (has_type(p->value, name))
			goto out;
		str_addf(&wanted, "%s%s", i > 0 ? " or " : "", name);
	}
	schema_say(c, "wrong_type", "must be of type %s, and is of type %s", wanted.data, is);
out:
	str_fini(&wanted);
}

static void
schema_enum(struct schema_checker *c, const struct schema_place *p)
{
	char        buf[NEAR_TEXT_SIZE];
	bool        text = json_object_is_type(p->value, json_type_string);
	struct near near;

	near_init(&near, text ? json_object_get_string(p->value) : "");
	for (size_t i = 0; i < json_object_array_length(p->rule); i++) {
		struct json_object *one = json_object_array_get_idx(p->rule, i);

		if (json_same(one, p->value))
			return;
		if (text && json_object_is_type(one, json_type_string))
			near_offer(&near, json_object_get_string(one));
	}
	schema_say(c, "not_in_enum", "must be one of %.1000s%s", json_text(p->rule),
	    near_text(&near, buf));
}

static void
schema_const(struct schema_checker *c, const struct schema_place *p)
{
	if (!json_same(p->rule, p->value))
		schema_say(c, "not_in_enum", "must be %.1000s", json_text(p->rule));
}

static void
schema_ref(struct schema_checker *c, const struct schema_place *p)
{
	const char         *ref = json_object_get_string(p->rule);
	struct json_object *schema = NULL;

	if (ref == NULL || ref[0] != '#')
		return;
	if (ref[1] == '\0')
		schema = c->root;
	else if (json_pointer_get(c->root, ref + 1, &schema) != 0)
		return;
	schema_check_value(c, schema, p->value);
}

static void
schema_all_of(struct schema_checker *c, const struct schema_place *p)
{
	for (size_t i = 0; i < json_object_array_length(p->rule); i++)
		schema_check_value(c, json_object_array_get_idx(p->rule, i), p->value);
}

/* What an alternative asks for, if that is only that members are there; else NULL. */
static struct json_object *
needed_by(struct json_object *one)
{
	return json_object_is_type(one, json_type_object) && json_object_object_length(one) == 1
		   ? json_get_array(one, "required")
		   : NULL;
}

/* "config, graph_id"; "from_region and to_region, from_account and to_account". False: they ask for something else. */
static bool
list_needed(struct str *list, struct json_object *alternatives)
{
	for (size_t i = 0; i < json_object_array_length(alternatives); i++) {
		struct json_object *names = needed_by(json_object_array_get_idx(alternatives, i));

		if (names == NULL)
			return false;
		for (size_t k = 0; k < json_object_array_length(names); k++) {
			const char *before = k > 0 ? " and " : i > 0 ? ", " : "";

			str_addf(list, "%s%s", before,
			    json_object_get_string(json_object_array_get_idx(names, k)));
		}
	}
	return true;
}

static void
say_no_match(
    struct schema_checker *c, const struct schema_place *p, const char *wanted, const char *matches)
{
	struct str list;

	str_init(&list, NEEDED_MAX);
	if (list_needed(&list, p->rule))
		schema_say(c, "no_match", "%s one of %s is needed", wanted, list.data);
	else
		schema_say(c, "no_match", "matches %s of the %zu forms it may have", matches,
		    json_object_array_length(p->rule));
	str_fini(&list);
}

static size_t
count_passing(struct schema_checker *c, const struct schema_place *p, size_t enough)
{
	size_t n = 0;

	for (size_t i = 0; i < json_object_array_length(p->rule) && n < enough; i++)
		n += schema_passes(c, json_object_array_get_idx(p->rule, i), p->value);
	return n;
}

static void
schema_any_of(struct schema_checker *c, const struct schema_place *p)
{
	if (count_passing(c, p, 1) == 0)
		say_no_match(c, p, "at least", "none");
}

static void
schema_one_of(struct schema_checker *c, const struct schema_place *p)
{
	size_t n = count_passing(c, p, 2);

	if (n != 1)
		say_no_match(c, p, "exactly", n == 0 ? "none" : "more than one");
}

/* Of what may never be there ({}) its description says where it belongs. */
static void
schema_not(struct schema_checker *c, const struct schema_place *p)
{
	bool is_any = json_object_is_type(p->rule, json_type_object) &&
		      json_object_object_length(p->rule) == 0;
	const char *why = json_get_str(p->schema, "description");

	if (is_any && why != NULL)
		schema_say(c, "unknown_property", "%.300s", why);
	else if (schema_passes(c, p->rule, p->value))
		schema_say(c, "no_match", "has a form that it must not have");
}

static void
schema_if(struct schema_checker *c, const struct schema_place *p)
{
	struct json_object *next = NULL;

	if (json_object_object_get_ex(
		p->schema, schema_passes(c, p->rule, p->value) ? "then" : "else", &next))
		schema_check_value(c, next, p->value);
}

/* ---- the table ---- */

enum subject { ANY, NUMBER, TEXT, ARRAY, OBJECT };

/* Sorted by name. */
static const struct keyword {
	const char  *name;
	enum subject subject;
	schema_rule *run;
} keywords[] = {
	{ "$ref", ANY, schema_ref },
	{ "additionalProperties", OBJECT, schema_additional_properties },
	{ "allOf", ANY, schema_all_of },
	{ "anyOf", ANY, schema_any_of },
	{ "const", ANY, schema_const },
	{ "contains", ARRAY, schema_contains },
	{ "dependentRequired", OBJECT, schema_dependent_required },
	{ "enum", ANY, schema_enum },
	{ "exclusiveMaximum", NUMBER, schema_exclusive_maximum },
	{ "exclusiveMinimum", NUMBER, schema_exclusive_minimum },
	{ "format", TEXT, schema_format },
	{ "if", ANY, schema_if },
	{ "items", ARRAY, schema_items },
	{ "maxItems", ARRAY, schema_max_items },
	{ "maxLength", TEXT, schema_max_length },
	{ "maxProperties", OBJECT, schema_max_properties },
	{ "maximum", NUMBER, schema_maximum },
	{ "minItems", ARRAY, schema_min_items },
	{ "minLength", TEXT, schema_min_length },
	{ "minProperties", OBJECT, schema_min_properties },
	{ "minimum", NUMBER, schema_minimum },
	{ "multipleOf", NUMBER, schema_multiple_of },
	{ "not", ANY, schema_not },
	{ "oneOf", ANY, schema_one_of },
	{ "pattern", TEXT, schema_pattern },
	{ "patternProperties", OBJECT, schema_pattern_properties },
	{ "prefixItems", ARRAY, schema_prefix_items },
	{ "properties", OBJECT, schema_properties },
	{ "propertyNames", OBJECT, schema_property_names },
	{ "required", OBJECT, schema_required },
	{ "type", ANY, schema_type },
	{ "uniqueItems", ARRAY, schema_unique_items },
};

static int
keyword_order(const void *name, const void *keyword)
{
	return strcmp(name, ((const struct keyword *)keyword)->name);
}

static bool
concerns(enum subject subject, struct json_object *value)
{
	switch (subject) {
	case ANY: return true;
	case NUMBER: return schema_is_number(value);
	case TEXT: return json_object_is_type(value, json_type_string);
	case ARRAY: return json_object_is_type(value, json_type_array);
	case OBJECT: return json_object_is_type(value, json_type_object);
	}
	must(!"unreachable");
}

/* A schema has a few members, and there are many keywords: so it is the members that are walked. */
static void
check_keywords(struct schema_checker *c, struct json_object *schema, struct json_object *value)
{
	json_object_object_foreach (schema, name, rule) {
		struct schema_place   place = { schema, rule, value };
		const struct keyword *keyword = bsearch(
		    name, keywords, array_len(keywords), sizeof(keywords[0]), keyword_order);

		if (keyword != NULL && concerns(keyword->subject, value))
			keyword->run(c, &place);
		if (c->gave_up)
			return;
	}
}

static bool
within_limits(struct schema_checker *c)
{
	if (c->gave_up)
		return false;
	if (++c->steps <= SCHEMA_STEPS_MAX && c->depth < SCHEMA_DEPTH_MAX)
		return true;
	c->gave_up = true;
	c->refused++;
	problems_add(c->problems, c->pointer.data, "too_complex",
	    "checking this takes more than is allowed");
	return false;
}

void
schema_check_value(struct schema_checker *c, struct json_object *schema, struct json_object *value)
{
	if (!within_limits(c))
		return;
	if (c->is_unknown != NULL && value != NULL && c->is_unknown(value))
		return;
	if (json_object_is_type(schema, json_type_boolean) && !json_object_get_boolean(schema))
		schema_say(c, "unknown_property", "nothing is allowed here");
	if (!json_object_is_type(schema, json_type_object))
		return;
	c->depth++;
	breathe();
	check_keywords(c, schema, value);
	c->depth--;
}

void
json_schema_validate(struct json_object *schema, struct json_object *value, const char *pointer,
    bool (*is_unknown)(struct json_object *value), struct problems *problems)
{
	struct schema_checker c = {
		.root = schema, .problems = problems, .is_unknown = is_unknown
	};

	str_init(&c.pointer, SCHEMA_POINTER_MAX);
	str_add(&c.pointer, pointer);
	schema_check_value(&c, schema, value);
	must(c.depth == 0);
	str_fini(&c.pointer);
}
