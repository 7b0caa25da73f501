/* SPDX-License-Identifier: Apache-2.0
 *
 * move_inside.h - what move.c, move_check.c and move_phases.c share.
 */
#ifndef PLAN_MOVE_INSIDE_H
#define PLAN_MOVE_INSIDE_H

#include "plan/move.h"

/* Is it meant by one of the names, itself or as part of a composite? True means all. */
bool move_names(struct json_object *names, const struct spec_node *node);

/* Per node of the spec: it moves. The caller frees it. */
bool *move_select(const struct move *move);

bool move_is_in(const struct spec_node *node, const char *region);

/* move_check.c: can all that moves be moved? False, and why not. */
bool move_check(const struct move *move, const bool *moves, struct problems *problems);

/* move_check.c: is what it holds copied? */
bool move_copies(const struct move *move, const struct spec_node *node);

/* Does the one check the other, or a composite that this is a part of? */
bool move_is_check_of(const struct spec_node *check, const struct spec_node *node);

#endif
