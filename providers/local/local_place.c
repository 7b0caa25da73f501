/* SPDX-License-Identifier: Apache-2.0
 * local_place.c - finds, makes and deletes a thing of ours at a path. */
#include "providers/local/local_place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "providers/local/local_claim.h"
#include "providers/local/local_index.h"
#include "util/json.h"
#include "util/str.h"

struct json_object *
local_place_outputs(const struct local *local, const char *path)
{
	struct json_object *outputs = json_object_new_object();
	struct str          absolute;

	str_init(&absolute, 2 * PATH_MAX);
	str_addf(&absolute, "%s/%s", local->root.path, path);
	json_set_str(outputs, "path", absolute.data);
	json_set_str(outputs, "relative_path", path);
	str_fini(&absolute);
	return outputs;
}

const char *
local_place_mode(char buf[LOCAL_MODE_SIZE], unsigned mode)
{
	snprintf(buf, LOCAL_MODE_SIZE, "%04o", mode & 07777);
	return buf;
}

/* There is nothing at a path when a part above it is missing or is no folder, too. */
static bool
says_absent(int error)
{
	return error == ENOENT || error == ENOTDIR;
}

static void
answer_not_ours(struct op *op, const char *path)
{
	op_answer(op, OP_CONFLICT, "%s is there and is not ours", path);
}

static bool
is_of(const struct local_place *place, unsigned mode)
{
	return (mode & S_IFMT) == place->format;
}

static void
look_at(struct local_call *call, const struct local_place *place, const char *path,
    struct json_object *tags)
{
	int         fd = local_root_open(&call->local->root, path, place->open_flags);
	struct stat st;

	if (fd < 0 && says_absent(errno))
		op_answer(call->op, OP_ABSENT, "There is nothing at %s", path);
	else if (fd < 0)
		local_answer_errno(call->op, errno, path);
	else if (fstat(fd, &st) != 0 || !is_of(place, st.st_mode))
		op_answer(call->op, OP_CONFLICT, "What is at %s is not a %s", path, place->noun);
	else if (tags == NULL && !call->op->adopt)
		answer_not_ours(call->op, path);
	else
		place->look(call, path, fd, tags);
	if (fd >= 0)
		close(fd);
}

enum local_step
local_place_read(struct local_call *call, const struct local_place *place)
{
	struct op          *op = call->op;
	struct json_object *record = NULL;
	enum op_result      known = local_index_read(&call->local->root, op, &record);
	const char         *path = json_get_str(known == OP_OK ? record : op->desired, "path");

	if (known != OP_OK && known != OP_ABSENT)
		return LOCAL_DONE;
	if (path == NULL)
		op_answer(op, OP_ABSENT, "There is no record of it");
	else if (known == OP_ABSENT && !local_claim_allows(&call->local->root, op, path))
		must(op->result != OP_OK);
	else
		look_at(call, place, path, json_get_object(record, "tags"));
	json_object_put(record);
	return LOCAL_DONE;
}

static bool
is_there(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void
forget(struct local_call *call, const char *path)
{
	local_index_forget(&call->local->root, call->op);
	local_claim_drop(&call->local->root, call->op, path);
}

/* The record, then the thing. */
static void
record_and_make(struct local_call *call, const struct local_place *place, const char *path, int dir,
    const char *name, bool ours)
{
	struct op          *op = call->op;
	struct json_object *record = local_index_new(op);
	struct stat         st;
	bool                there = fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;

	json_set_str(record, "path", path);
	if (there && !ours)
		answer_not_ours(op, path);
	else if (there && !is_of(place, st.st_mode))
		op_answer(op, OP_CONFLICT, "What is at %s is not a %s", path, place->noun);
	else if (!local_claim_take(&call->local->root, op, path) ||
		 !local_index_write(&call->local->root, op, record))
		must(op->result != OP_OK);
	else if (place->make(call, dir, name, ours))
		look_at(call, place, path, json_get_object(record, "tags"));
	else if (!ours && (op->result == OP_CONFLICT || !is_there(dir, name)))
		/* Not made, or lost a race against somebody else's: the record must not claim what is
		 * there, now or later. */
		forget(call, path);
	json_object_put(record);
}

enum local_step
local_place_write(struct local_call *call, const struct local_place *place)
{
	struct op          *op = call->op;
	struct json_object *record = NULL;
	enum op_result      known = local_index_read(&call->local->root, op, &record);
	const char         *path = json_get_str(op->desired, "path"), *name = NULL;
	bool                ours = known == OP_OK;
	bool                moved = ours && !str_eq(json_get_str(record, "path"), path);
	int                 dir = -1;

	json_object_put(record);
	if (known != OP_OK && known != OP_ABSENT)
		return LOCAL_DONE;
	if (path == NULL)
		op_answer(op, OP_INVALID, "A %s needs a path", place->noun);
	else if (moved)
		op_answer(
		    op, OP_CONFLICT, "This %s has another path: delete it first", place->noun);
	else if (op->kind == OP_UPDATE && !ours && !op->adopt)
		op_answer(op, OP_NOT_FOUND, "There is no record of %s", path);
	else if (!ours && !local_claim_allows(&call->local->root, op, path))
		must(op->result != OP_OK);
	else if ((dir = local_root_parent(&call->local->root, path, &name)) < 0)
		local_answer_errno(op, errno, "The folder above");
	else
		record_and_make(call, place, path, dir, name, ours || op->adopt);
	if (dir >= 0)
		close(dir);
	return LOCAL_DONE;
}

/* 0, or an errno. */
static int
unlink_durably(const struct local_root *root, const char *path, const struct local_place *place)
{
	const char *name = NULL;
	int         dir = local_root_parent(root, path, &name), error = 0;

	if (dir < 0)
		return errno;
	if (unlinkat(dir, name, place->unlink_flags) != 0 || fsync(dir) != 0)
		error = errno;
	close(dir);
	return error;
}

static bool
remove_record(struct local_call *call, const char *path)
{
	if (!local_index_remove(&call->local->root, call->op))
		return false;
	local_claim_drop(&call->local->root, call->op, path);
	return true;
}

static void
answer_delete(struct local_call *call, const struct local_place *place, const char *path)
{
	struct op *op = call->op;
	int        error = unlink_durably(&call->local->root, path, place);
	bool       wrong_kind = error == EISDIR || (error == ENOTDIR && place->format == S_IFDIR);

	if (error == ENOTEMPTY || error == EEXIST)
		op_answer(op, OP_CONFLICT, "The %s %s is not empty", place->noun, path);
	else if (wrong_kind)
		op_answer(op, OP_CONFLICT, "What is at %s is not a %s", path, place->noun);
	else if (error != 0 && !says_absent(error))
		local_answer_errno(op, error, path);
	else if (remove_record(call, path))
		op_answer(op, error == 0 ? OP_OK : OP_ABSENT, "%s", "");
}

enum local_step
local_place_delete(struct local_call *call, const struct local_place *place)
{
	struct op          *op = call->op;
	struct json_object *record = NULL;
	enum op_result      known = local_index_read(&call->local->root, op, &record);
	const char         *path = json_get_str(record, "path");

	if (known == OP_ABSENT)
		op_answer(op, OP_ABSENT, "There is no record of it");
	if (known == OP_OK && path == NULL)
		op_answer(op, OP_FAILED, "The record of this node names no path");
	else if (known == OP_OK)
		answer_delete(call, place, path);
	json_object_put(record);
	return LOCAL_DONE;
}
