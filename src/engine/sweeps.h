/* SPDX-License-Identifier: Apache-2.0
 *
 * sweeps.h - what the tags say is there, asked once per account and region for all nodes of an execution.
 *
 * A node whose one hit has the tags that the config gives it needs no read. All others are read: those of which there is no
 * hit or more than one, those whose tags differ, and all where the question is refused or is not known.
 */
#ifndef ENGINE_SWEEPS_H
#define ENGINE_SWEEPS_H

#include <json-c/json.h>
#include <stdbool.h>

struct execution;
struct node;
struct sweeps;

struct sweeps *sweeps_create(struct execution *execution);
void           sweeps_destroy(struct sweeps *sweeps); /* asks no more; NULL is fine */

/* False: the answer is on its way, and the node is woken when it is there. */
bool sweeps_are_answered(struct sweeps *sweeps, const struct node *node);

/* The tags of the one hit that is this node; NULL: there is none, or no telling. Borrowed. */
struct json_object *sweeps_tags(struct sweeps *sweeps, const struct node *node);

/* Of those that were refused, why: an array of texts. Borrowed. */
struct json_object *sweeps_warnings(const struct sweeps *sweeps);

#endif
