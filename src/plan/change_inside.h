/* SPDX-License-Identifier: Apache-2.0
 *
 * change_inside.h - what change.c finds out of what there is, by what tells two resources apart (change_same.c), with what hangs
 * on what (change_links.c), what that is called (change_keys.c), and how it is written into the config (change_entries.c).
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
	const struct spec_node *
	    twin; /* what it is found by is what this one of the new spec is found by; NULL: nobody's */
};

/* Of each vertex, others: to[at[v]] .. to[at[v + 1] - 1]. */
struct change_links {
	uint32_t *at, *to;
};

/* The nodes of a spec by what they are surely found by. */
struct change_index {
	const struct spec       *spec;
	char                   **texts; /* per node; NULL: that is not known */
	const struct spec_node **next;  /* per node: the next one of the same text */
	struct lh_table         *first; /* text -> the first one; NULL: there is no index yet */
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
	struct change_index  index; /* of the new spec, once it was asked for */
};

/* change_same.c */
bool change_is_same_type(const struct spec_node *a, const struct spec_node *b);

/* With each reference as the resource that it means, whatever that is called: which output is told is no matter. The caller
 * puts them. */
struct json_object *change_plain(const struct spec *spec, const struct spec_node *node);

/* Of both, plain: the name of a property that it is found by, and that only a new resource can have otherwise; NULL: none. */
const char *
change_elsewhere(const struct spec_node *old, struct json_object *was, struct json_object *is);

/* What it is found by wherever it is, as a text, references as the node ids that `owner` gives (NULL: those that they have).
 * NULL: that is not sure, or carries the node's id, which no other has. The caller frees it. */
char *
change_identity(const struct spec *spec, const struct spec_node *node, spec_name *owner, void *arg);

/* The same of what is the only one of that name in its cloud, and is to be there: NULL also where nothing is managed. */
char *
change_claim(const struct spec *spec, const struct spec_node *node, spec_name *owner, void *arg);

/* Are they in a region that is the same, or both in none? */
bool change_is_beside(const struct spec_node *a, const struct spec_node *b);

/* One that is found by the same, and stays; NULL: there is none. */
const struct spec_node *change_twin(const struct spec *spec, const struct spec_node *node);

/* Each node by its text: change_identity() or change_claim(). */
typedef char *
change_text(const struct spec *spec, const struct spec_node *node, spec_name *owner, void *arg);
void change_index_init(struct change_index *index, const struct spec *spec, change_text *text,
    spec_name *owner, void *arg);
void change_index_fini(struct change_index *index);
const struct spec_node *change_index_first(const struct change_index *index, const char *text);
const struct spec_node *
change_index_next(const struct change_index *index, const struct spec_node *node);

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

/* The node of the new spec that is the same resource, or is found by the same; NULL: there is none. */
const struct spec_node *change_heir(const struct changing *c, size_t vertex);

/* Does the value of one of the base's properties name this node? */
bool change_refers(const struct spec *spec, size_t target, struct json_object *value);

/* The new config with a resource for all that goes; the caller puts it. */
struct json_object *change_entries(struct changing *c);

#endif
