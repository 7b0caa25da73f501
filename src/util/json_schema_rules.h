/* SPDX-License-Identifier: Apache-2.0
 *
 * json_schema_rules.h - inside json_schema: the state of a check, and the keywords as functions.
 *
 * A keyword says "no" through schema_say(), which adds a problem, or, while an alternative is only
 * being tried (anyOf, not, if), just counts one. The schema has passed json_schema_check(), so a
 * keyword's value has the shape that it should have.
 */
#ifndef UTIL_JSON_SCHEMA_RULES_H
#define UTIL_JSON_SCHEMA_RULES_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/err.h"
#include "util/str.h"

#define SCHEMA_DEPTH_MAX   256
#define SCHEMA_STEPS_MAX   200000000
#define SCHEMA_POINTER_MAX 16384
#define SCHEMA_TEXT_MAX    (16 * 1024 * 1024) /* of an item of an array whose items must differ */
#define SCHEMA_QUOTE_MAX   100                /* of a value in a problem's text */

struct schema_checker {
	struct json_object *root;
	struct problems    *problems;
	bool (*is_unknown)(struct json_object *value);
	struct str pointer;
	size_t     depth, steps;
	size_t     quiet;   /* > 0: an alternative is only being tried */
	size_t     refused; /* how many times something was not right */
	bool       gave_up; /* a limit was reached, and this was said */
};

/* One keyword at one value. */
struct schema_place {
	struct json_object *schema; /* the schema object that holds the keyword */
	struct json_object *rule;   /* the keyword's value */
	struct json_object *value;
};

typedef void schema_rule(struct schema_checker *c, const struct schema_place *p);

#define schema_say(c, code, ...)                                                           \
	do {                                                                               \
		(c)->refused++;                                                            \
		if ((c)->quiet == 0)                                                       \
			problems_add((c)->problems, (c)->pointer.data, code, __VA_ARGS__); \
	} while (0)

/* A value, or what is below it, against a schema. */
void
schema_check_value(struct schema_checker *c, struct json_object *schema, struct json_object *value);
void schema_check_member(struct schema_checker *c, struct json_object *schema,
    struct json_object *value, const char *key);
void schema_check_item(
    struct schema_checker *c, struct json_object *schema, struct json_object *value, size_t index);
/* Would it pass? Nothing is reported. */
bool schema_passes(struct schema_checker *c, struct json_object *schema, struct json_object *value);
bool schema_is_number(struct json_object *json);

/* json_schema_scalar.c */
schema_rule schema_minimum;
schema_rule schema_maximum;
schema_rule schema_exclusive_minimum;
schema_rule schema_exclusive_maximum;
schema_rule schema_multiple_of;
schema_rule schema_min_length;
schema_rule schema_max_length;
schema_rule schema_pattern;
schema_rule schema_format;

/* json_schema_container.c */
schema_rule schema_min_items;
schema_rule schema_max_items;
schema_rule schema_unique_items;
schema_rule schema_prefix_items;
schema_rule schema_items;
schema_rule schema_contains;
schema_rule schema_min_properties;
schema_rule schema_max_properties;
schema_rule schema_property_names;
schema_rule schema_required;
schema_rule schema_dependent_required;
schema_rule schema_properties;
schema_rule schema_pattern_properties;
schema_rule schema_additional_properties;

#endif
