/* SPDX-License-Identifier: Apache-2.0
 *
 * wire_rest.h - between the halves of rest-json and rest-xml, outwards: a request being put together.
 *
 * wire_rest_url.c has what a member becomes in the path and the query, wire_rest.c the rest.
 */
#ifndef AWS_WIRE_REST_H
#define AWS_WIRE_REST_H

#include "providers/aws/wire.h"

#define REST_NAME_SIZE 256 /* of a label or a header */

struct rest {
	const struct wire_op *op;
	struct json_object   *params;
	struct wire_request  *r;
	struct err           *err;
};

/* Sets *rest->err, and is false. */
bool rest_refuse(const struct rest *rest, const char *name, const char *why);

/* The member goes there: "uri", "querystring", "header", "headers". */
bool rest_is_at(const struct shape *member, const char *location);

/* The path, with the parameters it names; what stands behind a '?' begins the query. */
MUSTCHECK bool rest_path(const struct rest *rest, const char *uri);

/* Adds a member that is bound to the query. */
void rest_query(const struct rest *rest, const struct shape *member, const char *name,
    struct json_object *value);

#endif
