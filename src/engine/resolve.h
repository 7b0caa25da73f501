/* SPDX-License-Identifier: Apache-2.0
 *
 * resolve.h - what a node must know before it acts: its references, and what is there of itself.
 *
 * Nothing is handed from node to node in memory: every reference is looked up where it lives, by identity, and
 * so is the node itself, last. Then it is known what is to be done.
 */
#ifndef ENGINE_RESOLVE_H
#define ENGINE_RESOLVE_H

#include <stdbool.h>

struct json_object;
struct node;
struct spec_node;

/* Starts looking, from the first lookup. */
void resolve_begin(struct node *node);

/* Takes the answer of one look, and starts the next. When work->looked is no longer OP_PENDING:
 * OP_OK, and node->act, node->diff, work->desired, work->found and work->changes say what to do; or it
 * failed, and node->error says why. */
void resolve_step(struct node *node);

void resolve_fini(struct node *node);

/* A child has no tags. It is ours if its parent is, which a reference says. */
bool resolve_has_parent_of_ours(const struct spec_node *node, struct json_object *found);

#endif
