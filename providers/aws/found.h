/* SPDX-License-Identifier: Apache-2.0
 *
 * found.h - gathers from the answers of several calls what is known of one resource.
 */
#ifndef AWS_FOUND_H
#define AWS_FOUND_H

#include <json-c/json.h>
#include <stdbool.h>

#include "providers/aws/fill.h"
#include "providers/aws/type.h"

struct aws_found {
	struct json_object *properties, *outputs, *tags; /* owned; tags NULL: it can have none */
	struct json_object *noted; /* owned: what later steps and ops need, and nobody else */
	struct json_object *more;  /* owned: further members of `found` (provider.h) */
};

void aws_found_init(struct aws_found *found);
void aws_found_fini(struct aws_found *found);

/* Later ops go on from the outputs that are known, and what was noted. */
void aws_found_know(struct aws_found *found, struct json_object *known);

/* What the step says of its answer; `more`: a further page, whose lists go on. */
void aws_found_take(struct aws_found *found, const struct aws_type *type,
    const struct aws_step *step, struct json_object *answer, bool more);

/* The outputs that a structure in an answer has. */
void aws_found_take_outputs(
    struct aws_found *found, const struct aws_type *type, struct json_object *structure);

/* A condition {path, is}: has the answer one of these values there? */
bool aws_found_fits(struct json_object *condition, struct json_object *answer);

/* `found` of an op; the caller owns it.
 * read: what AWS said, and what its silence means.
 * made: what was asked for, and what AWS said of it.
 * settled: what was known, and the outputs that only a usable resource has. */
struct json_object *aws_found_read(const struct aws_found *found, const struct aws_scope *scope);
struct json_object *aws_found_made(
    const struct aws_found *found, const struct aws_scope *scope, struct json_object *tags);
struct json_object *aws_found_settled(const struct aws_found *found, const struct aws_scope *scope);

#endif
