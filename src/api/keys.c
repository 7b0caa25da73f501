/* SPDX-License-Identifier: Apache-2.0
 * keys.c - API keys from a file, or one that is made for a first run. */
#include "api/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/secret.h"

#define KEYS_FILE_MAX     (4 * 1024 * 1024)
#define KEY_RANDOM_BYTES  24
#define KEY_TEXT_MAX      256
#define SHA256_HEX_LENGTH (DIGEST_SHA256_HEX - 1)

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

/* The key's text, from the file or new. False and *err: it can't be read or written. */
static bool
read_or_make(const char *path, char text[KEY_TEXT_MAX], struct err *err)
{
	ssize_t len;
	int     fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		len = read(fd, text, KEY_TEXT_MAX - 1);
		close(fd);
		if (len <= 0) {
			err_set(err, ERR_INTERNAL, "%s is empty: remove it", path);
			return false;
		}
		text[len] = '\0';
		text[strcspn(text, "\n")] = '\0';
		return true;
	}
	secret_random_hex(text, KEY_RANDOM_BYTES);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	len = (ssize_t)strlen(text);
	if (fd < 0 || write(fd, text, (size_t)len) != len || write(fd, "\n", 1) != 1) {
		err_set(err, ERR_INTERNAL, "%s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	close(fd);
	return true;
}

struct keys *
keys_generate(const char *path, struct err *err)
{
	struct key   key = { .id = "default", .tenant = "default" };
	char         text[KEY_TEXT_MAX];
	struct keys *keys;

	if (!read_or_make(path, text, err))
		return NULL;
	digest_sha256(text, strlen(text), key.sha256);
	secret_wipe(text, sizeof(text));
	keys = xcalloc(1, sizeof(*keys));
	keys_add(keys, &key);
	return keys;
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
