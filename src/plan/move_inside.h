/* SPDX-License-Identifier: Apache-2.0
 *
 * move_inside.h - what move.c and move_phases.c share.
 */
#ifndef PLAN_MOVE_INSIDE_H
#define PLAN_MOVE_INSIDE_H

#include "plan/move.h"

/* Is it meant by one of the names, itself or as part of a composite? True means all. */
bool move_names(struct json_object *names, const struct spec_node *node);

/* Per node of the spec: it moves. The caller frees it. */
bool *move_select(const struct move *move);

/* Does the one check the other, or a composite that this is a part of? */
bool move_is_check_of(const struct spec_node *check, const struct spec_node *node);

void move_say(struct problems *problems, const char *id, const char *code, const char *text);

#endif
