/* SPDX-License-Identifier: Apache-2.0
 *
 * openapi.h - the OpenAPI 3.1 document, made from the route table and the schemas.
 */
#ifndef API_OPENAPI_H
#define API_OPENAPI_H

#include <json-c/json.h>

struct schemas;

struct json_object *openapi_document(const struct schemas *schemas, const char *version);

#endif
