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

#include "api/scope.h"
#include "util/check.h"
#include "util/json.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/secret.h"
#include "util/secret_file.h"

#define KEYS_FILE_MAX    (4 * 1024 * 1024)
#define KEY_RANDOM_BYTES 24
#define KEY_TEXT_MAX     256
#define KEY_TEXT_MIN     16
#define PATH_BYTES_MAX   4096

/* ---- all of them ---- */

struct keys *
keys_create(void)
{
	return xcalloc(1, sizeof(struct keys));
}

static void
keys_add(struct keys *keys, const struct key *key)
{
	keys->items = xrealloc(keys->items, keys->n + 1, sizeof(*keys->items));
	keys->items[keys->n++] = *key;
}

static void
keys_add_tenant(struct keys *keys, const struct settings *settings)
{
	keys->tenants = xrealloc(keys->tenants, keys->tenants_n + 1, sizeof(*keys->tenants));
	keys->tenants[keys->tenants_n++] = *settings;
}

const struct key *
keys_find_id(const struct keys *keys, const char *id)
{
	for (size_t i = 0; i < keys->n; i++) {
		if (str_eq(keys->items[i].id, id))
			return &keys->items[i];
	}
	return NULL;
}

const struct settings *
keys_find_tenant(const struct keys *keys, const char *tenant)
{
	for (size_t i = 0; i < keys->tenants_n; i++) {
		if (str_eq(keys->tenants[i].tenant, tenant))
			return &keys->tenants[i];
	}
	return NULL;
}

/* ---- a file ---- */

static enum err_code
read_tenants(struct keys *keys, struct json_object *file, struct err *err)
{
	struct json_object *tenants = json_get_object(file, "tenants");
	struct settings     settings;

	if (json_has(file, "tenants") && tenants == NULL)
		return err_set(err, ERR_INVALID_REQUEST, "\"tenants\" must be an object");
	if (tenants == NULL)
		return ERR_OK;
	json_object_object_foreach (tenants, name, json) {
		if (settings_read(name, json, &settings, err) != ERR_OK)
			return ERR_INVALID_REQUEST;
		keys_add_tenant(keys, &settings);
	}
	return ERR_OK;
}

/* Who may administer is said in a file, on the host of the service, and nowhere else. */
static enum err_code
add_checked(struct keys *keys, const struct key *key, struct err *err)
{
	const struct settings *settings = keys_find_tenant(keys, key->tenant);

	if (keys_find_id(keys, key->id) != NULL || keys_find_digest(keys, key->sha256) != NULL)
		return err_set(err, ERR_INVALID_REQUEST, "key \"%s\" is there twice", key->id);
	if ((key->scopes & SCOPE_ADMIN) && (settings == NULL || !settings->is_operator))
		return err_set(err, ERR_INVALID_REQUEST,
		    "key \"%s\" has the scope admin, and tenant \"%s\" is no operator: "
		    "\"tenants\": {\"%s\": {\"operator\": true}}",
		    key->id, key->tenant, key->tenant);
	keys_add(keys, key);
	return ERR_OK;
}

static enum err_code
read_keys(struct keys *keys, struct json_object *file, struct err *err)
{
	struct json_object *list = json_get_array(file, "keys");
	struct key          key;

	if (list == NULL || json_object_array_length(list) == 0)
		return err_set(err, ERR_INVALID_REQUEST, "\"keys\" must be a list of keys");
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		if (key_read(json_object_array_get_idx(list, i), &key, err) != ERR_OK ||
		    add_checked(keys, &key, err) != ERR_OK)
			return ERR_INVALID_REQUEST;
	}
	return ERR_OK;
}

static enum err_code
read_all(struct keys *keys, struct json_object *file, struct err *err)
{
	static const char *const members[] = { "keys", "tenants", NULL };

	if (!json_object_is_type(file, json_type_object))
		return err_set(err, ERR_INVALID_REQUEST, "\"keys\" must be a list of keys");
	if (key_check_members(file, members, "a keys file", err) != ERR_OK ||
	    read_tenants(keys, file, err) != ERR_OK)
		return ERR_INVALID_REQUEST;
	return read_keys(keys, file, err);
}

struct keys *
keys_load(const char *path, struct err *err)
{
	struct json_object *file = json_read_file(path, KEYS_FILE_MAX, err);
	struct keys        *keys = keys_create();
	struct err          why;
	bool                good = file != NULL && read_all(keys, file, &why) == ERR_OK;

	if (file != NULL && !good)
		err_set(err, ERR_INVALID_REQUEST, "%s: %s", path, why.detail);
	json_object_put(file);
	if (good)
		return keys;
	keys_destroy(keys);
	return NULL;
}

/* ---- the store ---- */

void
keys_take_stored(struct keys *keys, const char *name, const char *text)
{
	struct err          err = { .code = ERR_OK };
	struct json_object *json = json_read(text, strlen(text), &err);
	struct settings     settings;
	struct key          key;
	char                quoted[128], why[sizeof(err.detail)];

	if (json != NULL && str_starts(name, KEYS_STORED_KEY)) {
		if (key_read(json, &key, &err) == ERR_OK)
			keys_add(keys, &key);
	} else if (json != NULL && str_starts(name, KEYS_STORED_TENANT)) {
		if (settings_read(name + strlen(KEYS_STORED_TENANT), json, &settings, &err) ==
		    ERR_OK)
			keys_add_tenant(keys, &settings);
	}
	json_object_put(json);
	if (err.code != ERR_OK)
		log_warn("keys", "stored=%s why=%s", log_quote(quoted, sizeof(quoted), name),
		    log_quote(why, sizeof(why), err.detail));
}

/* ---- the one of a first run ---- */

static bool
read_text(const char *path, char text[KEY_TEXT_MAX], struct err *err)
{
	ssize_t len;
	int     fd = secret_file_open(path, err);

	if (fd < 0)
		return false;
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
	struct settings settings = {
		.tenant = "default", .is_operator = true, .limits = limits_unsaid
	};
	struct key   key = { .id = "default", .tenant = "default", .scopes = SCOPES_ALL };
	char         text[KEY_TEXT_MAX];
	struct keys *keys = NULL;

	if (read_or_make(path, text, err)) {
		digest_sha256(text, strlen(text), key.sha256);
		keys = keys_create();
		keys_add(keys, &key);
		keys_add_tenant(keys, &settings);
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
	free(keys->tenants);
	free(keys);
}

/* All keys are looked at, so that the time does not tell which one was near. */
const struct key *
keys_find_digest(const struct keys *keys, const unsigned char *sha256)
{
	const struct key *found = NULL;

	for (size_t i = 0; i < keys->n; i++) {
		if (secret_equal(keys->items[i].sha256, sha256, DIGEST_SHA256_BYTES))
			found = &keys->items[i];
	}
	return found;
}

const struct key *
keys_find(const struct keys *keys, const char *text)
{
	unsigned char sha256[DIGEST_SHA256_BYTES];

	digest_sha256(text, strlen(text), sha256);
	return keys_find_digest(keys, sha256);
}
