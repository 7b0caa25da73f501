/* SPDX-License-Identifier: Apache-2.0
 *
 * local_index.h - who owns what below the root: one durable record per node.
 *
 * ROOT/.mgraph/<node id>-<hash of tenant and deployment>.json holds the members `type`, `tags` (the
 * standard ones and the user's own), `path`, or for a command `state` and all that is needed to undo it.
 */
#ifndef LOCAL_LOCAL_INDEX_H
#define LOCAL_LOCAL_INDEX_H

#include <json-c/json.h>

#include "providers/local/local_root.h"
#include "provider/provider.h"

#define LOCAL_RECORD_MAX (4u * 1024 * 1024)
#define LOCAL_KEY_SIZE   64

/* "<node id>-<hash>": also names its temporary files. */
void local_index_key(const struct identity *identity, char key[LOCAL_KEY_SIZE]);

/* A new record for the op: its type and tags. */
struct json_object *local_index_new(const struct op *op);

/*
 * OP_OK and a record of the op's own type (the caller puts it), or OP_ABSENT. Any other result has
 * been answered: a record that can't be read, isn't ours, or is of another type.
 */
MUSTCHECK enum op_result
local_index_read(const struct local_root *root, struct op *op, struct json_object **ret_record);

/* The record of a key, whatever it holds; the caller puts it. NULL and errno (0: not JSON) when there is none that can be read. */
struct json_object *local_index_of(const struct local_root *root, const char *key);

/* Hands out every record that can be read, with its key. 0, or an errno. */
int local_index_each(const struct local_root *root,
    void (*take)(void *arg, const char *key, struct json_object *record), void *arg);

/* Durable when true; else the op has been answered. */
MUSTCHECK bool
local_index_write(const struct local_root *root, struct op *op, struct json_object *record);
MUSTCHECK bool local_index_remove(const struct local_root *root, struct op *op);

/* Of what is done and over: its record says "started" until it has ended well. A new one; the caller puts it. */
struct json_object *local_record_start(const struct op *op, const char *token);
bool                local_record_is_done(struct json_object *record);

/* What there is of it; the caller puts it. One that did not end well, or is not as it was, has no property of the name `lacks`: so it
 * differs from what is wanted whatever that is, an apply does it again, and a destroy undoes what it may have done. NULL: it is good. */
struct json_object *local_record_found(struct json_object *record, const char *lacks);

/* Removes the record and leaves the op's answer as it is. */
void local_index_forget(const struct local_root *root, const struct op *op);

#endif
