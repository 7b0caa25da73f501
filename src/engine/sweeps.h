/* SPDX-License-Identifier: Apache-2.0
 *
 * sweeps.h - what the tags say is there, asked once per account and region for all nodes of an execution.
 *
 * A node whose one hit has the tags that the config gives it needs no read. All others are read: those of which there is no
 * hit or more than one, those whose tags differ, and all where the question is refused or is not known.
 *
 * When a destroy is through, the same questions say what else there is (proof.h).
 */
#ifndef ENGINE_SWEEPS_H
#define ENGINE_SWEEPS_H

#include <json-c/json.h>
#include <stdbool.h>

struct execution;
struct node;
struct provider;
struct sweeps;

/* `otherwise` is what the warnings say that follows where a question is refused; it outlives them. */
struct sweeps *sweeps_create(struct execution *execution, const char *otherwise);
void           sweeps_destroy(struct sweeps *sweeps); /* asks no more; NULL is fine */

/* False: the answer is on its way, and the node is woken when it is there. */
bool sweeps_are_answered(struct sweeps *sweeps, const struct node *node);

/* The tags of the one hit that is this node; NULL: there is none, or no telling. Borrowed. */
struct json_object *sweeps_tags(struct sweeps *sweeps, const struct node *node);

/* Asks all that there is to ask about the execution's nodes. False: answers are on their way, and the execution is woken
 * with each. */
bool sweeps_are_all_answered(struct sweeps *sweeps);

/* One answer. All is borrowed. */
struct swept {
	struct provider *provider;
	const char      *account; /* "": there is none, or it is not known */
	const char      *region;
	struct json_object *
	    by_node; /* node id ("": none is named) -> array of hits; NULL: refused, or not known there */
};
typedef void swept_fn(void *arg, const struct swept *swept);
void         sweeps_each(const struct sweeps *sweeps, swept_fn *tell, void *arg);

/* Of those that were refused, why: an array of texts. Borrowed. */
struct json_object *sweeps_warnings(const struct sweeps *sweeps);

#endif
