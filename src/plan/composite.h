/* SPDX-License-Identifier: Apache-2.0
 *
 * composite.h - inside plan: types that expand into a subgraph.
 *
 * The file of a composite type has `resources` where another has its provider's steps, as a config has them, but
 * with templates (template.h). While a config is read, a resource `api` of such a type gives way to its parts,
 * `api-role`, `api-function` …, and `composites` of the config says what it was: from there on there are only plain
 * resources, and what is stored does not change when the file of the type does.
 */
#ifndef PLAN_COMPOSITE_H
#define PLAN_COMPOSITE_H

#include "plan/config.h"

#define COMPOSITE_EVERYTHING \
	"*" /* in a template: the members of its value are put in at this level */

/* A resource of a composite type, as it was posted. */
struct expansion {
	const char                 *id;
	const struct resource_type *type;
	struct json_object         *resource;   /* owned */
	struct json_object         *properties; /* owned; `references` are merged in */
	struct json_object
	    *parts;  /* owned; name of a part -> its resource id, of those that are there */
	bool failed; /* its properties have problems: nothing is known of its parts */
};

/* Is the file, which is of the schema, sound: do types, properties and outputs exist that it names? */
MUSTCHECK enum err_code
composite_check(const struct registry *registry, const struct resource_type *type, struct err *err);

/* Puts parts in the place of each resource of a composite type. False: there are too many, and that was told. */
MUSTCHECK bool composite_expand(struct config *config);
void           composite_forget(struct config *config);

/* Moves the problems of parts to where the config has what they come from. */
void composite_place(struct config *config, struct problems *problems);

/* ---- for its own files ---- */

/* The properties of a part, filled in; the caller puts them. Problems are told, and make the expansion fail. */
struct json_object *
composite_fill(struct config *config, struct expansion *expansion, struct json_object *template);

/* Is the part there, by its `when` and its `if`? */
bool composite_has(struct config *config, struct expansion *expansion, struct json_object *part);

#endif
