/* SPDX-License-Identifier: Apache-2.0
 *
 * shape.h - looks into a service model: a shape as its reference names it.
 *
 * In the models a member names its shape and may add traits of its own (locationName, location, ...),
 * which go before those of the shape itself. A struct shape holds both, borrowed from the model.
 */
#ifndef INTERPRETER_SHAPE_H
#define INTERPRETER_SHAPE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "interpreter/service.h"
#include "util/check.h"

#define SHAPE_DEPTH_MAX 64 /* how deep values may nest; shapes may well be recursive */

enum shape_type {
	SHAPE_STRUCTURE,
	SHAPE_LIST,
	SHAPE_MAP,
	SHAPE_STRING,
	SHAPE_INTEGER, /* integer, long, short, byte */
	SHAPE_FLOAT,   /* float, double */
	SHAPE_BOOLEAN,
	SHAPE_TIMESTAMP,
	SHAPE_BLOB,
	SHAPE_ANY, /* of a service without a model: whatever JSON it is, and so is each part of it */
	SHAPE_TYPES_N
};

struct shape {
	const struct service *service;
	struct json_object   *ref; /* {"shape": name, traits} */
	struct json_object   *def; /* the shape itself */
	enum shape_type       type;
};

/* False when there is no such shape (a broken model), or ref is NULL. Without a model there are all. */
MUSTCHECK bool
shape_of(const struct service *service, struct json_object *ref, struct shape *ret_shape);

/* The input or output shape of an operation: false when it has none. */
MUSTCHECK bool
shape_input(const struct service *service, struct json_object *operation, struct shape *ret_shape);
MUSTCHECK bool
shape_output(const struct service *service, struct json_object *operation, struct shape *ret_shape);

/* A member of a structure, of a list ("member") or a map ("key", "value"). */
MUSTCHECK bool shape_member(const struct shape *shape, const char *name, struct shape *ret_member);
MUSTCHECK bool shape_part(const struct shape *shape, const char *part, struct shape *ret_part);
struct json_object *shape_members(const struct shape *shape);
bool                shape_requires(const struct shape *shape, const char *member);

/* Traits: the reference's, else the shape's. */
const char *shape_trait(const struct shape *shape, const char *name);
bool        shape_is(const struct shape *shape, const char *trait);

/* "uri", "header", ... NULL: the body. */
const char *shape_location(const struct shape *shape);

/* The locationName, else what is given. */
const char *shape_name(const struct shape *shape, const char *otherwise);

#endif
