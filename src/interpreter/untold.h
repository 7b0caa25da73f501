/* SPDX-License-Identifier: Apache-2.0
 *
 * untold.h - values that the cloud keeps to itself: the tags of a resource say what they were set from.
 *
 * `x-untold`: it is as wanted if the resource was last made of this very config, which is what IDENTITY_HASH_TAG says. `x-digest`: if a
 * digest of what is wanted is the one among the tags, so that what a reference leads to counts as well. So it is with whatever is sealed, which stays so in
 * what is found, whoever tells it.
 */
#ifndef INTERPRETER_UNTOLD_H
#define INTERPRETER_UNTOLD_H

#include <json-c/json.h>

#include "interpreter/scope.h"

#define UNTOLD_DIGEST_SIZE 17 /* 64 bits in hex, and a NUL */

/* Of what is wanted of the properties that are `x-digest`, and of what is sealed in the others; false: there is nothing. */
bool untold_digest(
    const struct call_type *type, struct json_object *desired, char out[UNTOLD_DIGEST_SIZE]);

/* What a resource is to be tagged with; owned by the caller. */
struct json_object *untold_tags(const struct call_type *type, const struct op *op);

/* Puts into `found` of provider.h what its tags vouch for. */
void untold_trust(struct json_object *found, const struct scope *scope);

/* The same, of what was made just now. */
void untold_cover(struct json_object *found, const struct scope *scope);

#endif
