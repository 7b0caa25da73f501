/* SPDX-License-Identifier: Apache-2.0
 *
 * found.h - gathers from the answers of several calls what is known of one resource.
 */
#ifndef INTERPRETER_FOUND_H
#define INTERPRETER_FOUND_H

#include <json-c/json.h>
#include <stdbool.h>

#include "interpreter/fill.h"
#include "interpreter/call_type.h"

struct found {
	struct json_object *properties, *outputs, *tags; /* owned; tags NULL: it can have none */
	struct json_object *noted; /* owned: what later steps and ops need, and nobody else */
	struct json_object *kept;  /* owned: what an undo needs */
	struct json_object *more;  /* owned: further members of `found` (provider.h) */
};

void found_init(struct found *found);
void found_fini(struct found *found);

/* Later ops go on from the outputs that are known, and what was noted. */
void found_know(struct found *found, struct json_object *known);

/* What the step says of its answer; `more`: a further page, whose lists go on. */
void found_take(struct found *found, const struct call_type *type, const struct step *step,
    struct json_object *answer, bool more);

/* What the step keeps for an undo, now that it was answered. */
void found_keep(struct found *found, const struct step *step, const struct scope *scope);

/* The outputs that a structure in an answer has. */
void found_take_outputs(
    struct found *found, const struct call_type *type, struct json_object *structure);

/* A condition {path, is}: has the answer one of these values there? */
bool found_fits(struct json_object *condition, struct json_object *answer);

/* Tags of the cloud's own can be neither set nor removed. */
bool found_is_clouds_own(const struct call_type *type, const char *key);

/* `found` of an op; the caller owns it.
 * read: what the cloud said, and what its silence means.
 * made: what was asked for, and what the cloud said of it.
 * settled: what was known, and the outputs that only a usable resource has.
 * absent: that nothing is there; NULL, or what an undo of its create needs. */
struct json_object *found_read(const struct found *found, const struct scope *scope);
struct json_object *
found_made(const struct found *found, const struct scope *scope, struct json_object *tags);
struct json_object *found_settled(const struct found *found, const struct scope *scope);
struct json_object *found_absent(const struct found *found);

#endif
