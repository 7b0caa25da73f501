/* SPDX-License-Identifier: Apache-2.0
 *
 * json_schema.h - checks a JSON value against a JSON Schema (2020-12), and reports every problem.
 *
 * Supported: type, enum, const, properties, required, additionalProperties, patternProperties,
 * propertyNames, minProperties, maxProperties, items, prefixItems, contains, minItems, maxItems,
 * uniqueItems, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, minLength,
 * maxLength, pattern (PCRE2), format (cidr4, cidr6, cidr, json; any other is an annotation), $ref to "#/$defs/..." , allOf, anyOf, oneOf, not, if/then/else,
 * dependentRequired. json_schema_check() refuses a schema that uses any other validating keyword,
 * so nothing is ignored by accident; annotations (title, description, default, examples,
 * deprecated, readOnly, writeOnly, x-*) are let pass. Depth and steps are bounded.
 */
#ifndef UTIL_JSON_SCHEMA_H
#define UTIL_JSON_SCHEMA_H

#include <json-c/json.h>
#include <stdbool.h>

#include "util/err.h"

/* Is the schema itself one we can hold? Problems carry pointers into the schema. */
void json_schema_check(struct json_object *schema, struct problems *problems);

/*
 * The schema has passed json_schema_check(). Problems carry `pointer` and the place below it. Their
 * codes: wrong_type, not_in_enum, unknown_property (with "did you mean" when a known one is near),
 * missing_property, bad_pattern, bad_format, out_of_range, bad_length, not_unique, no_match, and too_complex
 * where a limit of this module was reached. `is_unknown`, when given, says of a value that it
 * will be known only later (a reference): it then satisfies any schema.
 */
void json_schema_validate(struct json_object *schema, struct json_object *value,
    const char *pointer, bool (*is_unknown)(struct json_object *value), struct problems *problems);

#endif
