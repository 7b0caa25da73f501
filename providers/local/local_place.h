/* SPDX-License-Identifier: Apache-2.0
 *
 * local_place.h - what files and folders have in common: a thing of ours at a path.
 *
 * The record is written before the thing is made, and removed after it has gone: whatever a crash
 * leaves reads as OP_ABSENT (a record without a thing) and is completed by the next create.
 */
#ifndef LOCAL_LOCAL_PLACE_H
#define LOCAL_LOCAL_PLACE_H

#include "providers/local/local_impl.h"

struct local_place {
	const char *noun;         /* "file" */
	int         open_flags;   /* to look at it */
	int         unlink_flags; /* to delete it */
	unsigned    format;       /* S_IFREG or S_IFDIR */

	/* Answers with what the descriptor shows. Tags are borrowed. */
	void (*look)(struct local_call *, const char *path, int fd, struct json_object *tags);

	/* Makes it as `name` in the folder `dir`; over what is there only if that is ours. The op has
	 * been answered when false. */
	bool (*make)(struct local_call *, int dir, const char *name, bool ours);
};

enum local_step local_place_read(struct local_call *call, const struct local_place *place);
enum local_step local_place_write(struct local_call *call, const struct local_place *place);
enum local_step local_place_delete(struct local_call *call, const struct local_place *place);

/* The outputs `path` (absolute) and `relative_path`. */
struct json_object *local_place_outputs(const struct local *local, const char *path);

/* "0644" of a mode. */
#define LOCAL_MODE_SIZE 8
const char *local_place_mode(char buf[LOCAL_MODE_SIZE], unsigned mode);

#endif
