/* SPDX-License-Identifier: Apache-2.0
 *
 * diff.h - what differs between the properties that are wanted and those that were found. Pure.
 *
 * Compared is what the config names, by the type's annotations (resource_type.h); what it leaves
 * out is compared with the schema's `default`, where it has one and the found side has a value.
 */
#ifndef PLAN_DIFF_H
#define PLAN_DIFF_H

#include <json-c/json.h>
#include <stdbool.h>

#include "provider/resource_type.h"

struct diff {
	/* [{path, before?, after?, after_unknown?, sensitive?, requires_replacement?}]; sensitive: there is something in it
	 * that is not shown, or sealed */
	struct json_object *list;
	struct json_object *changes; /* names of the top-level properties that differ: op.changes */
	bool                replace; /* some change needs a new resource */
};

/* Nothing differs, yet. */
void diff_init(struct diff *diff);
/* `found` NULL: nothing is there, all of `desired` is new. Both lists are owned by the diff. */
void diff_make(struct diff *diff, const struct resource_type *type, struct json_object *desired,
    struct json_object *found);
/* The same, where every reference is resolved: a plain string that looks like one is compared,
 * too. */
void diff_make_known(struct diff *diff, const struct resource_type *type,
    struct json_object *desired, struct json_object *found);
/* The same, where what the references that are not resolved mean is about to be made: it differs from whatever is there. */
void diff_make_moving(struct diff *diff, const struct resource_type *type,
    struct json_object *desired, struct json_object *found);
/* What the pointers name is wanted as it was found; where nothing was (NULL), not at all. Takes `desired` over, and gives it back, or a copy. */
struct json_object *
diff_ignore(struct json_object *desired, struct json_object *found, struct json_object *pointers);
/* What only a new resource can change, where the type does not say it: JSON Pointers; NULL: none. */
void diff_fix(struct diff *diff, struct json_object *pointers);
/* Adds what is to become of one tag; nothing, if that is what it is. It is no change of a property. */
void
diff_tag(struct diff *diff, const char *key, struct json_object *want, struct json_object *have);
void diff_fini(struct diff *diff);
bool diff_is_empty(const struct diff *diff);

#endif
