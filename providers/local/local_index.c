/* SPDX-License-Identifier: Apache-2.0
 * local_index.c - reads and writes the record of a node. */
#include "providers/local/local_index.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "providers/local/local_impl.h"
#include "util/digest.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define OWNER_HEX 16
#define SUFFIX    ".json"

void
local_index_key(const struct identity *identity, char key[LOCAL_KEY_SIZE])
{
	char       hex[DIGEST_SHA256_HEX];
	struct str owner;

	must(strspn(identity->node_id, "0123456789abcdef") == strlen(identity->node_id));
	/* A NUL between the two, so that no pair of names reads like another pair. */
	str_init(&owner, 64 * 1024);
	str_add(&owner, identity->tenant);
	str_add_mem(&owner, "", 1);
	str_add(&owner, identity->deployment_id);
	must(!owner.overflow);
	digest_sha256_hex(owner.data, owner.len, hex);
	str_fini(&owner);
	snprintf(key, LOCAL_KEY_SIZE, "%.16s-%.*s", identity->node_id, OWNER_HEX, hex);
}

static void
record_name(const struct op *op, char name[LOCAL_KEY_SIZE + 8])
{
	char key[LOCAL_KEY_SIZE];

	local_index_key(op->identity, key);
	snprintf(name, LOCAL_KEY_SIZE + 8, "%s.json", key);
}

struct json_object *
local_index_new(const struct op *op)
{
	struct json_object *record = json_object_new_object();

	json_set_str(record, "type", op->type->name);
	json_set_str(record, "tenant", op->identity->tenant);
	json_set(record, "tags", local_tags(op));
	return record;
}

/* NULL and errno (0: not JSON) when there is none that can be read. */
static struct json_object *
read_record(const struct local_root *root, const char *name)
{
	struct json_object *record = NULL;
	struct stat         st;
	char               *text = NULL;
	ssize_t             n = -1;
	int                 dir = local_root_records(root, false), fd = -1, error;

	if (dir < 0)
		return NULL;
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		goto out;
	errno = EFBIG;
	if (st.st_size > (off_t)LOCAL_RECORD_MAX)
		goto out;
	text = xmalloc((size_t)st.st_size + 1);
	n = read(fd, text, (size_t)st.st_size);
	if (n >= 0) {
		record = json_read(text, (size_t)n, NULL);
		errno = 0;
	}
out:
	error = errno;
	free(text);
	if (fd >= 0)
		close(fd);
	close(dir);
	errno = error;
	return record;
}

struct json_object *
local_index_of(const struct local_root *root, const char *key)
{
	char name[LOCAL_KEY_SIZE + 8];

	snprintf(name, sizeof(name), "%s" SUFFIX, key);
	return read_record(root, name);
}

static void
hand_out(const struct local_root *root, const char                             *name,
    void (*take)(void *arg, const char *key, struct json_object *record), void *arg)
{
	struct json_object *record = read_record(root, name);
	char               *key = xstrndup(name, strlen(name) - strlen(SUFFIX));

	if (json_object_is_type(record, json_type_object))
		take(arg, key, record);
	json_object_put(record);
	free(key);
}

int
local_index_each(const struct local_root *root,
    void (*take)(void *arg, const char *key, struct json_object *record), void *arg)
{
	int            dir = local_root_records(root, false);
	DIR           *list = dir >= 0 ? fdopendir(dir) : NULL;
	struct dirent *entry;

	if (list == NULL)
		return errno == ENOENT ? 0 : errno;
	while ((entry = readdir(list)) != NULL) {
		if (entry->d_name[0] != '.' && str_ends(entry->d_name, SUFFIX))
			hand_out(root, entry->d_name, take, arg);
	}
	closedir(list);
	return 0;
}

static enum op_result
not_usable(struct op *op, struct json_object *record)
{
	const char *type = json_get_str(record, "type");

	if (!identity_owns(op->identity, json_get_object(record, "tags")))
		op_answer(op, OP_CONFLICT,
		    "The record of this node in " LOCAL_RECORD_DIR " belongs to another resource");
	else
		op_answer(op, OP_CONFLICT, "This resource exists as %s, not as %s",
		    type == NULL ? "nothing known" : type, op->type->name);
	return op->result;
}

enum op_result
local_index_read(const struct local_root *root, struct op *op, struct json_object **ret_record)
{
	char                name[LOCAL_KEY_SIZE + 8];
	struct json_object *record;

	record_name(op, name);
	record = read_record(root, name);
	if (record == NULL && errno == ENOENT)
		return OP_ABSENT;
	if (record == NULL && errno != 0) {
		local_answer_errno(op, errno, "The record of this node");
		return op->result;
	}
	if (!json_object_is_type(record, json_type_object)) {
		json_object_put(record);
		op_answer(op, OP_FAILED, "The record %s/%s is not JSON", LOCAL_RECORD_DIR, name);
		return op->result;
	}
	if (!str_eq(json_get_str(record, "type"), op->type->name) ||
	    !identity_owns(op->identity, json_get_object(record, "tags"))) {
		enum op_result result = not_usable(op, record);

		json_object_put(record);
		return result;
	}
	*ret_record = record;
	return OP_OK;
}

bool
local_index_write(const struct local_root *root, struct op *op, struct json_object *record)
{
	char               name[LOCAL_KEY_SIZE + 8], temporary[LOCAL_KEY_SIZE + 16];
	struct local_write w = { .temporary = temporary,
		.name = name,
		.mode = 0600,
		.replace = true,
		.dir = local_root_records(root, true) };
	bool               ok = false;

	record_name(op, name);
	snprintf(temporary, sizeof(temporary), "%s.new", name);
	w.data = json_text_len(record, &w.len);
	if (w.dir >= 0 && w.len > LOCAL_RECORD_MAX)
		errno = EFBIG;
	else if (w.dir >= 0)
		ok = local_root_write(root, &w);
	if (!ok)
		local_answer_errno(op, errno, "Writing the record of this node");
	if (w.dir >= 0)
		close(w.dir);
	return ok;
}

/* 0, or an errno. No record is as good as a removed one. */
static int
remove_durably(const struct local_root *root, const struct op *op)
{
	char name[LOCAL_KEY_SIZE + 8];
	int  dir = local_root_records(root, false), error = 0;

	if (dir < 0)
		return errno == ENOENT ? 0 : errno;
	record_name(op, name);
	if ((unlinkat(dir, name, 0) != 0 && errno != ENOENT) || fsync(dir) != 0)
		error = errno;
	close(dir);
	return error;
}

bool
local_index_remove(const struct local_root *root, struct op *op)
{
	int error = remove_durably(root, op);

	if (error != 0)
		local_answer_errno(op, error, "Removing the record of this node");
	return error == 0;
}

void
local_index_forget(const struct local_root *root, const struct op *op)
{
	(void)remove_durably(root, op);
}

/* ---- what is done and over ---- */

struct json_object *
local_record_start(const struct op *op, const char *token)
{
	struct json_object *record = local_index_new(op);
	char                key[LOCAL_KEY_SIZE];

	local_index_key(op->identity, key);
	json_set_str(record, "id", key);
	json_set_str(record, "token", token);
	json_set_str(record, "state", "started");
	json_set(record, "properties", json_copy(op->desired));
	return record;
}

bool
local_record_is_done(struct json_object *record)
{
	return str_eq(json_get_str(record, "state"), "done");
}

struct json_object *
local_record_found(struct json_object *record, const char *lacks)
{
	struct json_object *properties = json_copy(json_get_object(record, "properties"));

	if (lacks != NULL)
		json_object_object_del(properties, lacks);
	return local_found(json_get_str(record, "id"), properties,
	    json_copy(json_get_object(record, "outputs")),
	    json_copy(json_get_object(record, "tags")));
}
