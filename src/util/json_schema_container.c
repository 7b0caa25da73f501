/* SPDX-License-Identifier: Apache-2.0
 * json_schema_container.c - the keywords of JSON Schema that look at arrays and objects. */
#include "util/json_schema_rules.h"

#include <stdlib.h>
#include <string.h>

#include "util/json.h"
#include "util/mem.h"
#include "util/near.h"
#include "util/pattern.h"

/* ---- arrays ---- */

void
schema_prefix_items(struct schema_checker *c, const struct schema_place *p)
{
	size_t n = json_object_array_length(p->rule);

	for (size_t i = 0; i < n && i < json_object_array_length(p->value); i++)
		schema_check_item(c, json_object_array_get_idx(p->rule, i),
		    json_object_array_get_idx(p->value, i), i);
}

void
schema_items(struct schema_checker *c, const struct schema_place *p)
{
	struct json_object *prefix = json_get_array(p->schema, "prefixItems");
	size_t              i = prefix != NULL ? json_object_array_length(prefix) : 0;

	for (; i < json_object_array_length(p->value) && !c->gave_up; i++)
		schema_check_item(c, p->rule, json_object_array_get_idx(p->value, i), i);
}

void
schema_contains(struct schema_checker *c, const struct schema_place *p)
{
	for (size_t i = 0; i < json_object_array_length(p->value); i++) {
		if (schema_passes(c, p->rule, json_object_array_get_idx(p->value, i)))
			return;
	}
	schema_say(c, "no_match", "has no item of the form that one of them must have");
}

void
schema_min_items(struct schema_checker *c, const struct schema_place *p)
{
	if ((int64_t)json_object_array_length(p->value) < json_object_get_int64(p->rule))
		schema_say(c, "bad_length", "must have at least %s items", json_text(p->rule));
}

void
schema_max_items(struct schema_checker *c, const struct schema_place *p)
{
	if ((int64_t)json_object_array_length(p->value) > json_object_get_int64(p->rule))
		schema_say(c, "bad_length", "must have at most %s items", json_text(p->rule));
}

struct item {
	char  *text; /* canonical */
	size_t index;
};

static int
item_order(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int                order = strcmp(x->text, y->text);

	return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

void
schema_unique_items(struct schema_checker *c, const struct schema_place *p)
{
	size_t       n = json_object_array_length(p->value);
	struct item *items;

	if (!json_object_get_boolean(p->rule) || n < 2)
		return;
	items = xcalloc(n, sizeof(*items));
	for (size_t i = 0; i < n; i++) {
		struct str text;

		str_init(&text, SCHEMA_TEXT_MAX);
		json_canonical(json_object_array_get_idx(p->value, i), &text);
		items[i] = (struct item){ str_take(&text), i };
	}
	qsort(items, n, sizeof(*items), item_order);
	for (size_t i = 1; i < n; i++) {
		size_t len = c->pointer.len;

		if (strcmp(items[i - 1].text, items[i].text) != 0)
			continue;
		json_pointer_add_index(&c->pointer, items[i].index);
		schema_say(c, "not_unique", "is there already, as item %zu", items[i - 1].index);
		str_cut(&c->pointer, len);
	}
	for (size_t i = 0; i < n; i++)
		free(items[i].text);
	free(items);
}

/* ---- objects ---- */

void
schema_properties(struct schema_checker *c, const struct schema_place *p)
{
	json_object_object_foreach (p->rule, key, schema) {
		struct json_object *value;

		if (json_object_object_get_ex(p->value, key, &value))
			schema_check_member(c, schema, value, key);
	}
}

void
schema_pattern_properties(struct schema_checker *c, const struct schema_place *p)
{
	json_object_object_foreach (p->rule, pattern, schema) {
		json_object_object_foreach (p->value, key, value) {
			if (pattern_match(pattern, key, strlen(key)) == PATTERN_MATCH)
				schema_check_member(c, schema, value, key);
		}
	}
}

static bool
is_named(const struct schema_place *p, const char *key)
{
	struct json_object *patterns = json_get_object(p->schema, "patternProperties");

	if (json_has(json_get_object(p->schema, "properties"), key))
		return true;
	if (patterns == NULL)
		return false;
	json_object_object_foreach (patterns, pattern, schema) {
		(void)schema;
		if (pattern_match(pattern, key, strlen(key)) == PATTERN_MATCH)
			return true;
	}
	return false;
}

static void
say_unknown(struct schema_checker *c, const struct schema_place *p, const char *key)
{
	struct json_object *known = json_get_object(p->schema, "properties");
	char                buf[NEAR_TEXT_SIZE];
	struct near         near;
	size_t              len = c->pointer.len;

	near_init(&near, key);
	if (known != NULL) {
		json_object_object_foreach (known, name, schema) {
			(void)schema;
			near_offer(&near, name);
		}
	}
	json_pointer_add(&c->pointer, key);
	schema_say(
	    c, "unknown_property", "'%.128s' is not known here%s", key, near_text(&near, buf));
	str_cut(&c->pointer, len);
}

void
schema_additional_properties(struct schema_checker *c, const struct schema_place *p)
{
	bool none =
	    json_object_is_type(p->rule, json_type_boolean) && !json_object_get_boolean(p->rule);

	json_object_object_foreach (p->value, key, value) {
		if (c->gave_up)
			return;
		if (is_named(p, key))
			continue;
		if (none)
			say_unknown(c, p, key);
		else
			schema_check_member(c, p->rule, value, key);
	}
}

void
schema_property_names(struct schema_checker *c, const struct schema_place *p)
{
	json_object_object_foreach (p->value, key, value) {
		struct json_object *name = json_object_new_string(key);
		bool (*is_unknown)(struct json_object *) = c->is_unknown;

		(void)value;
		c->is_unknown = NULL; /* a name is never a reference */
		schema_check_member(c, p->rule, name, key);
		c->is_unknown = is_unknown;
		json_object_put(name);
	}
}

static void
require(struct schema_checker *c, const struct schema_place *p, struct json_object *names,
    const char *because)
{
	for (size_t i = 0; i < json_object_array_length(names); i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(names, i));

		if (json_has(p->value, name))
			continue;
		if (because == NULL)
			schema_say(c, "missing_property", "'%s' is required", name);
		else
			schema_say(
			    c, "missing_property", "'%s' is required beside '%s'", name, because);
	}
}

void
schema_required(struct schema_checker *c, const struct schema_place *p)
{
	require(c, p, p->rule, NULL);
}

void
schema_dependent_required(struct schema_checker *c, const struct schema_place *p)
{
	json_object_object_foreach (p->rule, key, names) {
		if (json_has(p->value, key))
			require(c, p, names, key);
	}
}

void
schema_min_properties(struct schema_checker *c, const struct schema_place *p)
{
	if (json_object_object_length(p->value) < json_object_get_int64(p->rule))
		schema_say(c, "bad_length", "must have at least %s members", json_text(p->rule));
}

void
schema_max_properties(struct schema_checker *c, const struct schema_place *p)
{
	if (json_object_object_length(p->value) > json_object_get_int64(p->rule))
		schema_say(c, "bad_length", "must have at most %s members", json_text(p->rule));
}
