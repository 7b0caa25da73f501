/* SPDX-License-Identifier: Apache-2.0
 *
 * change_inside.h - what change.c found out of what there is, for change_entries.c, which writes it into the config.
 */
#ifndef PLAN_CHANGE_INSIDE_H
#define PLAN_CHANGE_INSIDE_H

#include "plan/change.h"

struct lh_table;

/* Of a vertex of the base. */
struct change_vertex {
	bool        gone;     /* it is no longer there */
	bool        goes;     /* it has no place in the new config */
	bool        replaced; /* ... since another one takes it */
	bool        first;    /* ... and it is to be gone before that one is made */
	const char *key;      /* goes: the resource that it becomes */
};

struct changing {
	const struct change  *change;
	struct change_vertex *vertices;
	struct lh_table      *heirs; /* owner id -> node of the new spec */
	struct json_object **
	    plain; /* per node of the new spec, once it was asked for: its properties as change.c compares them */
};

/* The node of the new spec that is the same resource; NULL: there is none. */
const struct spec_node *change_heir(const struct changing *c, const struct spec_node *old);

/* Does the value of one of the base's properties name this node? */
bool change_refers(const struct spec *spec, size_t target, struct json_object *value);

/* The new config with a resource for all that goes; the caller puts it. */
struct json_object *change_entries(struct changing *c);

#endif
