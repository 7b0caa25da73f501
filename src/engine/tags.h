/* SPDX-License-Identifier: Apache-2.0
 *
 * tags.h - which tags a node has, and which it is to have. `found` is as provider.h has it; NULL: nothing is there.
 */
#ifndef ENGINE_TAGS_H
#define ENGINE_TAGS_H

#include <json-c/json.h>
#include <stdbool.h>

struct diff;
struct node;
struct work;

/* Sets work->tags: as the config says, and what that ignores as it was found. */
void tags_want(struct node *node, struct json_object *found);
/* Of what is put back: as they were before, as far as that was recorded, and what the config ignores as it is now. */
void tags_restore(struct node *node);

/* Adds what an update will make of the tags that are there to what differs. */
void tags_compare(const struct node *node, struct diff *diff, struct json_object *found);

/* They say that it is not ours, and it is to become ours by them. What can have no tags is never anybody's. */
bool tags_are_anothers(const struct node *node);

/* What an undo of the update that is due gives it; NULL: it can have none. */
struct json_object *tags_before(const struct work *work);

#endif
