/* SPDX-License-Identifier: Apache-2.0
 *
 * hook.h - the few properties whose mapping no word of the vocabulary can say, all in one table.
 *
 * A type file names a hook with "x-hook" in a property's schema: it then stands for the mapping of that
 * property, both ways. A template may also name one, as "{!hook}": what it makes is mapped like a
 * property. And a step may: it is then given each answer before the step's other words are.
 */
#ifndef INTERPRETER_HOOK_H
#define INTERPRETER_HOOK_H

#include <json-c/json.h>

#include "interpreter/found.h"
#include "util/err.h"

struct hook {
	const char *name;

	/* "{!name}": a value in our names; owned, NULL: none. */
	struct json_object *(*make)(const struct scope *scope);

	/* "hook" of a step: takes from one answer what no other word can. False and *err: it can't be. */
	bool (*take)(const struct scope *scope, struct json_object *answer, struct found *found,
	    struct err *err);
	bool takes_tags; /* those that say whose it is may be among what it takes */

	/* x-hook: the property as an input has it; owned. NULL and *err when it can't be. */
	struct json_object *(*write)(
	    const struct scope *scope, struct json_object *value, struct err *err);

	/* The property as it is now, comparable with the one wanted; owned. `found` has outputs and
	 * tags already. NULL: not known, not compared; so it is where this is NULL. */
	struct json_object *(*read)(
	    const struct op *op, const char *name, struct json_object *found);

	/* More than the schema can say about a property; may be NULL. */
	void (*validate)(struct json_object *properties, const char *name, const char *pointer,
	    struct problems *problems);
};

const struct hook *
hook_find(const struct call_type *type, const char *name); /* NULL: there is none */

#endif
