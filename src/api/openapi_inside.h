/* SPDX-License-Identifier: Apache-2.0
 *
 * openapi_inside.h - what the files share that write the OpenAPI document.
 */
#ifndef API_OPENAPI_INSIDE_H
#define API_OPENAPI_INSIDE_H

#include <json-c/json.h>

struct route;
struct schemas;

struct openapi {
	const struct schemas *schemas;
	struct json_object   *components;
};

/* ---- openapi_parts.c ---- */

/* {"$ref": "#/components/PART/NAME"} */
struct json_object *openapi_ref(const char *part, const char *name);

/* {"content": {TYPE: {"schema": …}}}, into `into`, beside what is there already; the media type, borrowed. */
struct json_object *
openapi_content(struct json_object *into, const char *type, struct json_object *schema);

struct json_object *openapi_text(void); /* the schema of any text */

/* "POST /deploy/plan" is post_deploy_plan; the caller puts it. */
struct json_object *openapi_id(const struct route *route);

/* What the tests have recorded of the route: `member` of those that were answered with `status`; 0: of all that were not refused. */
void openapi_examples(struct openapi *o, const struct route *route, int status, const char *member,
    struct json_object *media);

/* All schemas that the document refers to, into its components: those of a file below its own name, "execution", and each of
 * its $defs beside it, "execution.operation". */
void openapi_lift(struct openapi *o, struct json_object *document);

/* ---- openapi_answers.c ---- */

struct json_object *openapi_answers(struct openapi *o, const struct route *route);

#endif
