/* SPDX-License-Identifier: Apache-2.0
 *
 * move.h - the same resources elsewhere: in another region, or another account. Pure.
 *
 * A move is an apply of a config that says the new place, in which what is in the old place is to go (change.h); with its phases
 * kept apart by pause edges, each of which is passed when all before it is done:
 *
 *   create    the resources in the new place
 *   copy      what they hold, where their type says how (`move` in its file)
 *   verify    the checks of the config, in the new place
 *   cut_over  what refers to them turns to the new ones
 *   delete    the old ones, once what has come into them since is copied, too, where a type can do that: from here on there is no way back
 */
#ifndef PLAN_MOVE_H
#define PLAN_MOVE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "plan/spec.h"
#include "provider/registry.h"

#define MOVE_PHASES(X)          \
	X(COPY, "copy")         \
	X(VERIFY, "verify")     \
	X(CUT_OVER, "cut_over") \
	X(DELETE, "delete")

enum move_phase {
#define X(name, text) MOVE_##name,
	MOVE_PHASES(X)
#undef X
	    MOVE_PHASES_N
};

/* All is borrowed. */
struct move {
	const struct registry *registry;
	const char            *tenant;
	const struct spec     *spec;                    /* what there is; as it was applied last */
	const bool            *gone;                    /* as struct change has it */
	const char            *from_region, *to_region; /* both or none */
	const char            *from_account, *to_account; /* both or none; "" is the unnamed one */
	struct json_object    *resources; /* names of what moves; NULL: all that can */
	struct json_object
	    *copy; /* names of whose data is copied, where that has to be asked for; true: of all */
	struct json_object *without_data;          /* names of what may lose its data; true: all */
	bool                pauses[MOVE_PHASES_N]; /* before which phase */
};

/* The config from then on; NULL and problems. The caller puts it. */
struct json_object *move_target(const struct move *move, struct problems *problems);

/* The config of the move, for the same request; NULL and problems. The caller puts it. */
struct json_object *
move_config(const struct move *move, struct json_object *target, struct problems *problems);

/* Is it with it as {property, is} of a type's file has it? NULL: no. */
bool move_has(const struct spec_node *node, struct json_object *value);

/* What the new one does not have of what this one holds, unless that is copied; NULL: it loses nothing. */
const char *move_loss(const struct spec_node *node);

const char    *move_phase_name(enum move_phase phase);
MUSTCHECK bool move_phase_from(const char *name, enum move_phase *ret_phase);

#endif
