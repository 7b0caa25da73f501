/* SPDX-License-Identifier: Apache-2.0
 *
 * undo.h - what a rollback can't undo, and why. Pure.
 *
 * A create is undone by a delete, and an update by the properties that were there before. A type's file says where
 * that does not work: its member `irreversible`, and the annotations `x-irreversible` and `writeOnly` of properties.
 */
#ifndef PLAN_UNDO_H
#define PLAN_UNDO_H

#include <json-c/json.h>

#include "plan/plan.h"
#include "plan/spec.h"
#include "util/str.h"

/* False: it can be undone. True: `why` has a sentence without its subject. `diff` is what an update changes. */
bool undo_is_impossible(
    const struct spec_node *node, enum plan_act act, struct json_object *diff, struct str *why);

#endif
