/* SPDX-License-Identifier: Apache-2.0
 *
 * type_schema.h - asks the schema of a type's properties, which may point to definitions at its root. Pure.
 */
#ifndef CLI_TYPE_SCHEMA_H
#define CLI_TYPE_SCHEMA_H

#include <json-c/json.h>
#include <stdbool.h>

/* No deeper than this are people shown what is within what. */
#define TYPE_DEPTH_MAX 6

bool type_schema_requires(struct json_object *schema, const char *name);

/* The schema, or the definition that it points to. */
struct json_object *type_schema_follow(struct json_object *root, struct json_object *schema);

/* What it says with a word; what stands beside a `$ref` goes before what stands behind it. NULL: nothing. */
struct json_object *
type_schema_says(struct json_object *root, struct json_object *schema, const char *word);

#endif
