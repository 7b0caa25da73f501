/* SPDX-License-Identifier: Apache-2.0
 *
 * naming.h - the names under which the cloud may know a resource, and which of them are its own.
 */
#ifndef INTERPRETER_NAMING_H
#define INTERPRETER_NAMING_H

#include <stdbool.h>
#include <stddef.h>

#include "interpreter/fill.h"

#define NAMES_MAX 2

struct names {
	char   names[NAMES_MAX][CALL_NAME_MAX]; /* the first is the one to create it under */
	size_t n;
	bool   carry_node; /* the name alone says which node it is */
	bool   plain;      /* the user asked for a plain name where it would carry the node */
};

/* Where to look for it; for a create: what to call it, in order of choice. False and *err when a
 * property that the name is made of is missing, or the name is too long. */
MUSTCHECK bool
names_make(struct names *names, const struct scope *scope, bool create, struct err *err);

/* What a create would call it. False: the cloud gives it an id, or what its name is made of is not known. */
MUSTCHECK bool names_physical(const struct resource_type *rt, const struct identity *identity,
    struct json_object *properties, char *buf, size_t size);

#endif
