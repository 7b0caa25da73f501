/* SPDX-License-Identifier: Apache-2.0
 *
 * equal.h - inside plan: is what was found what is wanted, by the annotations of a type's schema?
 *
 * A place whose schema names its properties is a structure: the found side may hold more than was
 * asked for, since servers add members of their own. A place whose schema names none is a map,
 * and so is all that is inside a document: there every member counts.
 */
#ifndef PLAN_EQUAL_H
#define PLAN_EQUAL_H

#include <json-c/json.h>
#include <stdbool.h>

struct equal {
	struct json_object *root;  /* the type's schema */
	bool                known; /* no string is a reference any more */
	bool
	    moving; /* what is referred to is about to be made: its outputs will not be what is there */
};

/* What is unknown yet equals whatever is there, unless it is moving. */
bool equal_value(const struct equal *equal, struct json_object *schema, struct json_object *want,
    struct json_object *have);

/* Is what is found fit for a property that the config leaves out, by its default? */
bool
equal_to_default(const struct equal *equal, struct json_object *schema, struct json_object *have);

/* Does a value hold a reference that is not resolved, or a sealed secret? */
bool equal_holds_unknown(const struct equal *equal, struct json_object *value);

/* A schema behind its $ref. */
struct json_object *equal_schema(const struct equal *equal, struct json_object *schema);
/* The schema of a member; NULL where any value will do. */
struct json_object *
equal_member(const struct equal *equal, struct json_object *schema, const char *key);
struct json_object *equal_default(const struct equal *equal, struct json_object *schema);
bool equal_says(const struct equal *equal, struct json_object *schema, const char *annotation);

#endif
