/* SPDX-License-Identifier: Apache-2.0
 *
 * patch.h - changes as patch operations, as API Gateway takes them: {op, path, value}, in the way of RFC 6902.
 */
#ifndef INTERPRETER_PATCH_H
#define INTERPRETER_PATCH_H

#include <json-c/json.h>

#include "interpreter/scope.h"

#define PATCH_MEMBER "patchOperations" /* of an input: where they go */

/* From what there was to what is wanted, for a step's "patch": in an update what changed, in a create what is set.
 * An array, owned by the caller. */
struct json_object *patch_make(const struct scope *scope, const struct step *step);

#endif
