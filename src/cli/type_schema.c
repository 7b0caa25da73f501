/* SPDX-License-Identifier: Apache-2.0
 * type_schema.c - asks the schema of a type's properties. */
#include "cli/type_schema.h"

#include <string.h>

#include "util/json.h"
#include "util/str.h"

#define DEFINITIONS "#/$defs/"

bool
type_schema_requires(struct json_object *schema, const char *name)
{
	return json_array_has_text(json_get_array(schema, "required"), name);
}

struct json_object *
type_schema_follow(struct json_object *root, struct json_object *schema)
{
	const char *ref = json_get_str(schema, "$ref");

	if (ref == NULL || !str_starts(ref, DEFINITIONS))
		return schema;
	return json_get(json_get_object(root, "$defs"), ref + strlen(DEFINITIONS));
}

struct json_object *
type_schema_says(struct json_object *root, struct json_object *schema, const char *word)
{
	struct json_object *value = json_get(schema, word);

	return value != NULL ? value : json_get(type_schema_follow(root, schema), word);
}
