/* SPDX-License-Identifier: Apache-2.0
 *
 * untold.h - values that the cloud keeps to itself: the tags of a resource say what they were set from.
 *
 * `x-untold`: it is as wanted if the resource was last made of this very config, which is what IDENTITY_HASH_TAG says. `x-digest`: if a
 * digest of what is wanted is the one among the tags, so that what a reference leads to counts as well.
 */
#ifndef INTERPRETER_UNTOLD_H
#define INTERPRETER_UNTOLD_H

#include <json-c/json.h>

#include "interpreter/scope.h"
#include "util/digest.h"

/* Of what is wanted of the properties that are `x-digest`, in hex; false: there are none. */
bool untold_digest(
    const struct call_type *type, struct json_object *desired, char out[DIGEST_SHA256_HEX]);

/* What a resource is to be tagged with; owned by the caller. */
struct json_object *untold_tags(const struct call_type *type, const struct op *op);

/* Puts into `found` of provider.h what its tags vouch for. */
void untold_trust(struct json_object *found, const struct scope *scope);

#endif
