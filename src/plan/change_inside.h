/* SPDX-License-Identifier: Apache-2.0
 *
 * change_inside.h - what change.c finds out of what there is, with what hangs on what (change_links.c), what that is called
 * (change_keys.c), and how it is written into the config (change_entries.c).
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

/* Of each vertex, others: to[at[v]] .. to[at[v + 1] - 1]. */
struct change_links {
	uint32_t *at, *to;
};

struct changing {
	const struct change  *change;
	struct change_vertex *vertices;
	struct lh_table      *heirs;     /* owner id -> node of the new spec */
	struct change_links   referrers; /* those that refer to it */
	struct change_links
	    waiters; /* those that wait for it to be there, whatever they refer to */
	/* per node of the new spec, once it was asked for: its properties as change.c compares them */
	struct json_object **plain;
};

/* change_links.c */
void change_links_init(struct changing *c);
void change_links_fini(struct changing *c);

/* What is so has those be so that refer to it, these again others, and so on: `take` says whether one is from now on, and was not. */
typedef bool change_take(struct changing *c, size_t vertex);
void         change_spread(
	    struct changing *c, bool (*is_so)(const struct change_vertex *vertex), change_take *take);

/* All vertices, none before one that it refers to; the caller frees it. */
uint32_t *change_order(const struct changing *c);

/* change_keys.c: what each of those that go is called in the new config, which has an empty resource of that name from then on. */
void change_keys(struct changing *c, struct json_object *config);

/* The node of the new spec that is the same resource; NULL: there is none. */
const struct spec_node *change_heir(const struct changing *c, const struct spec_node *old);

/* Does the value of one of the base's properties name this node? */
bool change_refers(const struct spec *spec, size_t target, struct json_object *value);

/* The new config with a resource for all that goes; the caller puts it. */
struct json_object *change_entries(struct changing *c);

#endif
