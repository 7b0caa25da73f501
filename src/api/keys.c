/* SPDX-License-Identifier: Apache-2.0
 * keys.c - API keys from a file, or one that is made for a first run. */
#include "api/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/secret.h"

#define KEYS_FILE_MAX    (4 * 1024 * 1024)
#define KEY_RANDOM_BYTES 24
#define KEY_TEXT_MAX     256
#define KEY_TEXT_MIN     16
#define PATH_BYTES_MAX   4096

struct keys {
	struct key *items;
	size_t      n;
};

static void
keys_add(struct keys *keys, const struct key *key)
{
	keys->items = xrealloc(keys->items, keys->n + 1, sizeof(*keys->items));
	keys->items[keys->n++] = *key;
}

static bool
keys_holds(const struct keys *keys, const unsigned char *sha256)
{
	for (size_t i = 0; i < keys->n; i++) {
		if (memcmp(keys->items[i].sha256, sha256, DIGEST_SHA256_BYTES) == 0)
			return true;
	}
	return false;
}

static bool
read_hex(const char *hex, unsigned char *out, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	if (strlen(hex) != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		const char *high = strchr(digits, hex[2 * i]);
		const char *low = strchr(digits, hex[2 * i + 1]);

		if (high == NULL || low == NULL)
			return false;
		out[i] = (unsigned char)((high - digits) << 4 | (low - digits));
	}
	return true;
}

static enum err_code
read_key(struct json_object *json, struct key *key, struct err *err)
{
	const char      *id = json_get_str(json, "id");
	const char      *tenant = json_get_str(json, "tenant");
	const char      *sha256 = json_get_str(json, "sha256");
	struct store_key check;

	if (id == NULL || id[0] == '\0' || strlen(id) >= sizeof(key->id))
		return err_set(err, ERR_INVALID_REQUEST, "a key needs an \"id\" of 1 to 64 bytes");
	if (tenant == NULL || !store_key_set(&check, tenant, NULL, NULL))
		return err_set(err, ERR_INVALID_REQUEST,
		    "key \"%s\" needs a \"tenant\" of a-z, 0-9 and -, 1 to 64 long", id);
	if (sha256 == NULL || !read_hex(sha256, key->sha256, sizeof(key->sha256)))
		return err_set(err, ERR_INVALID_REQUEST,
		    "key \"%s\" needs \"sha256\", 64 lower-case hex digits", id);
	memcpy(key->id, id, strlen(id) + 1);
	memcpy(key->tenant, tenant, strlen(tenant) + 1);
	return ERR_OK;
}

struct keys *
keys_load(const char *path, struct err *err)
{
	struct keys        *keys = xcalloc(1, sizeof(*keys));
	struct json_object *file = json_read_file(path, KEYS_FILE_MAX, err);
	struct json_object *list = json_get_array(file, "keys");
	bool                ok = false;

	if (file == NULL)
		goto out;
	if (list == NULL || json_object_array_length(list) == 0) {
		err_set(err, ERR_INVALID_REQUEST, "%s: \"keys\" must be a list of keys", path);
		goto out;
	}
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct key key = { 0 };

		if (read_key(json_object_array_get_idx(list, i), &key, err) != ERR_OK)
			goto out;
		if (keys_holds(keys, key.sha256)) {
			err_set(err, ERR_INVALID_REQUEST, "key \"%s\" is there twice", key.id);
			goto out;
		}
		keys_add(keys, &key);
	}
	ok = true;
out:
	json_object_put(file);
	if (ok)
		return keys;
	keys_destroy(keys);
	return NULL;
}

static bool
read_text(const char *path, char text[KEY_TEXT_MAX], struct err *err)
{
	ssize_t len;
	int     fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		err_set(err, ERR_INTERNAL, "%s: %s", path, strerror(errno));
		return false;
	}
	len = read(fd, text, KEY_TEXT_MAX - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
	if (strlen(text) >= KEY_TEXT_MIN)
		return true;
	err_set(err, ERR_INTERNAL, "%s holds no key of at least %d characters: remove it", path,
	    KEY_TEXT_MIN);
	return false;
}

/* Whole or not at all: it is written beside, and then renamed. */
static bool
write_text(const char *path, const char *text, struct err *err)
{
	struct str temporary, line;
	bool       ok;
	int        fd;

	str_init(&temporary, PATH_BYTES_MAX);
	str_init(&line, KEY_TEXT_MAX);
	str_addf(&temporary, "%s.new", path);
	str_addf(&line, "%s\n", text);
	fd = open(temporary.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ok = fd >= 0 && write(fd, line.data, line.len) == (ssize_t)line.len && fsync(fd) == 0 &&
	     rename(temporary.data, path) == 0;
	if (!ok)
		err_set(err, ERR_INTERNAL, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	secret_wipe(line.data, line.len);
	str_fini(&line);
	str_fini(&temporary);
	return ok;
}

/* The key's text, from the file or new. False and *err: it can't be read or written. */
static bool
read_or_make(const char *path, char text[KEY_TEXT_MAX], struct err *err)
{
	if (access(path, F_OK) == 0)
		return read_text(path, text, err);
	secret_random_hex(text, KEY_RANDOM_BYTES);
	return write_text(path, text, err);
}

struct keys *
keys_generate(const char *path, struct err *err)
{
	struct key   key = { .id = "default", .tenant = "default" };
	char         text[KEY_TEXT_MAX];
	struct keys *keys = NULL;

	bool ok = read_or_make(path, text, err);

	if (ok) {
		digest_sha256(text, strlen(text), key.sha256);
		keys = xcalloc(1, sizeof(*keys));
		keys_add(keys, &key);
	}
	secret_wipe(text, sizeof(text));
	return keys;
}

struct secret *
keys_read_one(const char *path, struct err *err)
{
	struct secret *key = NULL;
	char           text[KEY_TEXT_MAX];

	if (read_text(path, text, err))
		key = secret_create(text, strlen(text));
	secret_wipe(text, sizeof(text));
	return key;
}

void
keys_destroy(struct keys *keys)
{
	if (keys == NULL)
		return;
	free(keys->items);
	free(keys);
}

/* All keys are looked at, so that the time does not tell which one was near. */
const struct key *
keys_find(const struct keys *keys, const char *text)
{
	const struct key *found = NULL;
	unsigned char     sha256[DIGEST_SHA256_BYTES];

	digest_sha256(text, strlen(text), sha256);
	for (size_t i = 0; i < keys->n; i++) {
		if (secret_equal(keys->items[i].sha256, sha256, sizeof(sha256)))
			found = &keys->items[i];
	}
	return found;
}
