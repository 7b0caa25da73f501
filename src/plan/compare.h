/* SPDX-License-Identifier: Apache-2.0
 *
 * compare.h - what differs between two versions of a config, as they were written. Pure.
 *
 * No type is asked what its properties mean (diff.h does that, of what is wanted and what is there): a value is
 * another one when its JSON is. What is sealed is compared by its box, as one value.
 */
#ifndef PLAN_COMPARE_H
#define PLAN_COMPARE_H

#include <json-c/json.h>

/* {same, summary {added, removed, changed, unchanged}, resources [{resource_id, change, type, diff | before | after}],
 * edges {added, removed}, config [{path, before?, after?}], patch}. `config` is what else differs, but for the version,
 * which is what the two are called: they are the same when nothing else differs. `patch` (RFC 6902) makes the second
 * of the first. The caller puts it. */
struct json_object *compare_configs(struct json_object *from, struct json_object *to);

#endif
