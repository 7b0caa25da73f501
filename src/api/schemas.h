/* SPDX-License-Identifier: Apache-2.0
 *
 * schemas.h - the JSON Schemas of request and answer bodies: schemas/api/NAME.json, loaded once; and what the OpenAPI
 * document has beside them.
 */
#ifndef API_SCHEMAS_H
#define API_SCHEMAS_H

#include <json-c/json.h>

#include "util/err.h"

struct schemas;

/* Every schemas_dir/api/NAME.json, schemas_dir/api/examples/NAME.json and schemas_dir/openapi.json. NULL and *err when one can't
 * be read or is no schema we can hold. */
MUSTCHECK struct schemas *schemas_load(const char *schemas_dir, struct err *err);
void                      schemas_destroy(struct schemas *schemas); /* NULL is fine */

struct json_object *schemas_find(const struct schemas *schemas, const char *name); /* borrowed */
struct json_object *schemas_openapi(const struct schemas *schemas);                /* borrowed */
struct json_object *schemas_examples(const struct schemas *schemas, const char *name); /* or NULL */

#endif
