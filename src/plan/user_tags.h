/* SPDX-License-Identifier: Apache-2.0
 *
 * user_tags.h - the tags that are neither ours nor the cloud's own: which there are, and which there are to be. Pure.
 */
#ifndef PLAN_USER_TAGS_H
#define PLAN_USER_TAGS_H

#include <json-c/json.h>

/* Of what was found, as provider.h has it (NULL: nothing): those that an update removes unless they are wanted. A new object. */
struct json_object *user_tags_found(struct json_object *found);

/* Of those, what `ignore` (as below) does not name. A new object. */
struct json_object *user_tags_compared(struct json_object *found, struct json_object *ignore);

/* Those that are to be there, by what was found (NULL: nothing): `tags` (NULL: none), but what `ignore` (NULL: nothing) names
 * stays as it is. It holds JSON Pointers: "/tags" is all of them, "/tags/KEY" one. A new object. */
struct json_object *
user_tags_wanted(struct json_object *tags, struct json_object *ignore, struct json_object *found);

#endif
