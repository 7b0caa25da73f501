/* SPDX-License-Identifier: Apache-2.0
 *
 * scope.h - what an API key may be used for. Each route asks for one of these (routes.c).
 */
#ifndef API_SCOPE_H
#define API_SCOPE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "util/str.h"

#define SCOPES(X)                                                                      \
	X(READ, 1, "read")   /* to see what there is */                                \
	X(PLAN, 2, "plan")   /* to have looked what would be done, or what is there */ \
	X(APPLY, 4, "apply") /* to change resources */                                 \
	X(ADMIN, 8, "admin") /* keys and tenants; of a key of an operator */

enum scope {
#define X(name, bit, text) SCOPE_##name = (bit),
	SCOPES(X)
#undef X
};

#define SCOPES_USUAL (SCOPE_READ | SCOPE_PLAN | SCOPE_APPLY) /* of a key that says nothing */
#define SCOPES_ALL   (SCOPES_USUAL | SCOPE_ADMIN)

const char *scope_name(enum scope scope);

/* A list of names, at least one. False: it is none. */
bool                scopes_read(struct json_object *list, unsigned *ret_scopes);
struct json_object *scopes_json(unsigned scopes);
void                scopes_add(struct str *out, unsigned scopes); /* "read, plan" */

#endif
