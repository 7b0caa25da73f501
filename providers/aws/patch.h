/* SPDX-License-Identifier: Apache-2.0
 *
 * patch.h - changes as patch operations, as API Gateway takes them: {op, path, value}, in the way of RFC 6902.
 */
#ifndef AWS_PATCH_H
#define AWS_PATCH_H

#include <json-c/json.h>

#include "providers/aws/scope.h"

#define AWS_PATCH_MEMBER "patchOperations" /* of an input: where they go */

/* From what there was to what is wanted, for a step's "patch": in an update what changed, in a create what is set.
 * An array, owned by the caller. */
struct json_object *aws_patch_make(const struct aws_scope *scope, const struct aws_step *step);

#endif
