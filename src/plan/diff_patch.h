/* SPDX-License-Identifier: Apache-2.0
 *
 * diff_patch.h - a diff as a JSON Patch (RFC 6902): from what is there to what is wanted. Pure.
 *
 * It is meant for the properties that were found, with the tags under `tags`. What can't be in it is named beside it: values
 * that are known after the apply only, and those that are never shown.
 */
#ifndef PLAN_DIFF_PATCH_H
#define PLAN_DIFF_PATCH_H

#include <json-c/json.h>

struct diff_patch {
	struct json_object *list;      /* [{op, path, value?}] */
	struct json_object *unknown;   /* paths */
	struct json_object *sensitive; /* paths */
};

/* All three are the caller's to put. */
void diff_patch_make(struct diff_patch *patch, struct json_object *diff);

#endif
