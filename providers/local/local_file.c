/* SPDX-License-Identifier: Apache-2.0
 * local_file.c - local:file: one file with a given content and mode. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "providers/local/local_index.h"
#include "providers/local/local_place.h"
#include "util/base64.h"
#include "util/digest.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/utf8.h"

#define CONTENT_MAX  (1024 * 1024)
#define MODE_DEFAULT "0644"

/* ---- content, as bytes ---- */

struct content {
	char  *data; /* owned; NULL when there is a problem */
	size_t len;
};

static bool
decode(struct content *content, const char *base64)
{
	size_t     len = strlen(base64);
	struct str raw;
	bool       good;

	str_init(&raw, len + 1);
	good = base64_decode(&raw, base64, len, "\r\n");
	content->len = raw.len;
	content->data = str_take(&raw);
	return good;
}

/* NULL, or what is wrong. */
static const char *
content_of(struct json_object *desired, struct content *content)
{
	struct json_object *plain = json_get(desired, "content");
	const char         *base64 = json_get_str(desired, "content_base64"), *problem = NULL;

	*content = (struct content){ 0 };
	if ((plain == NULL) == (base64 == NULL))
		return "Give one of content and content_base64";
	if (base64 != NULL) {
		problem = decode(content, base64) ? NULL : "content_base64 is not base64";
	} else if (json_object_is_type(plain, json_type_string)) {
		content->len = (size_t)json_object_get_string_len(plain);
		content->data = xmalloc(content->len + 1);
		memcpy(content->data, json_object_get_string(plain), content->len);
	} else {
		problem = "content is not text";
	}
	if (problem == NULL && content->len > CONTENT_MAX)
		problem = "The content is longer than 1 MiB";
	if (problem != NULL)
		free(content->data);
	return problem;
}

/* In the form in which it was asked for, where that can hold it. */
static void
set_content(
    struct json_object *properties, struct json_object *desired, const char *data, size_t len)
{
	if (json_has(desired, "content_base64") || utf8_len(data, len) < len)
		json_set(properties, "content_base64", base64_json(data, len));
	else
		json_set(properties, "content", json_object_new_string_len(data, (int)len));
}

/* ---- what is there ---- */

/* How many bytes there were, or -1. */
static ssize_t
read_up_to(int fd, char *data, size_t len)
{
	size_t have = 0;

	while (have < len) {
		ssize_t n = read(fd, data + have, len - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

/* A file that has grown over the maximum shows its size and mode: it has drifted for sure. */
static bool
look_inside(
    struct local_call *call, int fd, struct json_object *properties, struct json_object *outputs)
{
	char   *data = xmalloc(CONTENT_MAX + 1), sha256[DIGEST_SHA256_HEX];
	ssize_t n = read_up_to(fd, data, CONTENT_MAX + 1);

	if (n < 0)
		local_answer_errno(call->op, errno, "Reading the file");
	if (n >= 0 && n <= CONTENT_MAX) {
		set_content(properties, call->op->desired, data, (size_t)n);
		digest_sha256_hex(data, (size_t)n, sha256);
		json_set_str(outputs, "sha256", sha256);
	}
	free(data);
	return n >= 0;
}

static void
look(struct local_call *call, const char *path, int fd, struct json_object *tags)
{
	struct json_object *properties = json_object_new_object();
	struct json_object *outputs = local_place_outputs(call->local, path);
	struct stat         st;
	char                mode[LOCAL_MODE_SIZE];

	must(fstat(fd, &st) == 0);
	json_set_str(properties, "path", path);
	json_set_str(properties, "mode", local_place_mode(mode, st.st_mode));
	json_set_i64(outputs, "size", (int64_t)st.st_size);
	if (look_inside(call, fd, properties, outputs)) {
		call->op->found = local_found(path, properties, outputs, json_object_get(tags));
		op_answer(call->op, OP_OK, "%s", "");
	} else {
		json_object_put(properties);
		json_object_put(outputs);
	}
}

static bool
make(struct local_call *call, int dir, const char *name, bool ours)
{
	char               temporary[LOCAL_KEY_SIZE + 8], key[LOCAL_KEY_SIZE];
	struct op         *op = call->op;
	const char        *mode = json_get_str(op->desired, "mode"), *problem;
	struct local_write w = {
		.temporary = temporary, .name = name, .dir = dir, .replace = ours
	};
	struct content content;
	bool           ok;

	problem = content_of(op->desired, &content);
	if (problem != NULL) {
		op_answer(op, OP_INVALID, "%s", problem);
		return false;
	}
	local_index_key(op->identity, key);
	snprintf(temporary, sizeof(temporary), "%s.tmp", key);
	w.data = content.data;
	w.len = content.len;
	w.mode = (mode_t)strtoul(mode == NULL ? MODE_DEFAULT : mode, NULL, 8);
	ok = local_root_write(&call->local->root, &w);
	if (!ok)
		local_answer_errno(op, errno, "Writing the file");
	free(content.data);
	return ok;
}

/* O_NONBLOCK: a pipe of that name must not stop the loop. */
static const struct local_place place = {
	.noun = "file",
	.open_flags = O_RDONLY | O_NONBLOCK | O_NOCTTY,
	.unlink_flags = 0,
	.format = S_IFREG,
	.look = look,
	.make = make,
};

static enum local_step
file_read(struct local_call *call)
{
	return local_place_read(call, &place);
}

static enum local_step
file_write(struct local_call *call)
{
	return local_place_write(call, &place);
}

static enum local_step
file_delete(struct local_call *call)
{
	return local_place_delete(call, &place);
}

static bool
is_known_later(struct json_object *properties, const char *key)
{
	struct json_object *value = json_get(properties, key);

	if (json_object_is_type(value, json_type_string))
		return local_is_reference(json_object_get_string(value));
	return value != NULL;
}

static void
file_validate(const struct local *local, struct json_object *properties, const char *pointer,
    struct problems *problems)
{
	struct content content;
	const char    *problem;

	(void)local;
	local_validate_path(properties, "path", pointer, problems);
	if (is_known_later(properties, "content") || is_known_later(properties, "content_base64"))
		return;
	problem = content_of(properties, &content);
	if (problem != NULL)
		problems_add(problems, pointer, "bad_content", "%s", problem);
	else
		free(content.data);
}

const struct local_kind local_file = {
	.type = "local:file",
	.run = { [OP_READ] = file_read,
	    [OP_CREATE] = file_write,
	    [OP_UPDATE] = file_write,
	    [OP_DELETE] = file_delete },
	.validate = file_validate,
};
