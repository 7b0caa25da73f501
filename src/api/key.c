/* SPDX-License-Identifier: Apache-2.0
 * key.c - one key, and what is said of one tenant, as JSON. */
#include <string.h>

#include "api/keys.h"
#include "api/scope.h"
#include "util/check.h"
#include "util/json.h"
#include "util/stamp.h"

/* ---- one key ---- */

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
read_rights(struct json_object *json, struct key *key, struct err *err)
{
	struct json_object *scopes = json_get(json, "scopes");
	const char         *expires = json_get_str(json, "expires");

	key->scopes = SCOPES_USUAL;
	if (json_has(json, "scopes") && !scopes_read(scopes, &key->scopes))
		return err_set(err, ERR_INVALID_REQUEST,
		    "key \"%s\": \"scopes\" must be a list of read, plan, apply, admin", key->id);
	key->expires_ms = 0;
	if (json_has(json, "expires") &&
	    (expires == NULL || !stamp_from_rfc3339(expires, &key->expires_ms) ||
		key->expires_ms <= 0))
		return err_set(err, ERR_INVALID_REQUEST,
		    "key \"%s\": \"expires\" must be a time like 2027-01-01T00:00:00Z", key->id);
	return ERR_OK;
}

/* A member that is not known is a mistake that would go unseen: "scope", "expire". */
enum err_code
key_check_members(
    struct json_object *json, const char *const *known, const char *what, struct err *err)
{
	json_object_object_foreach (json, name, value) {
		size_t i = 0;

		(void)value;
		while (known[i] != NULL && !str_eq(known[i], name))
			i++;
		if (known[i] == NULL)
			return err_set(
			    err, ERR_INVALID_REQUEST, "%s has no member \"%.64s\"", what, name);
	}
	return ERR_OK;
}

enum err_code
key_read(struct json_object *json, struct key *key, struct err *err)
{
	static const char *const members[] = { "id", "tenant", "sha256", "scopes", "expires",
		NULL };
	const char              *id = json_get_str(json, "id");
	const char              *tenant = json_get_str(json, "tenant");
	const char              *sha256 = json_get_str(json, "sha256");
	struct store_key         check;

	*key = (struct key){ 0 };
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
	if (key_check_members(json, members, "a key", err) != ERR_OK)
		return ERR_INVALID_REQUEST;
	return read_rights(json, key, err);
}

struct json_object *
key_json(const struct key *key)
{
	struct json_object *json = json_object_new_object();
	char                hex[DIGEST_SHA256_HEX];

	digest_hex(key->sha256, sizeof(key->sha256), hex);
	json_set_str(json, "id", key->id);
	json_set_str(json, "tenant", key->tenant);
	json_set_str(json, "sha256", hex);
	json_set(json, "scopes", scopes_json(key->scopes));
	json_set_time(json, "expires", key->expires_ms);
	return json;
}

bool
key_is_over(const struct key *key, int64_t now_ms)
{
	return key->expires_ms != 0 && key->expires_ms <= now_ms;
}

/* ---- what is said of a tenant ---- */

enum err_code
settings_read(
    const char *tenant, struct json_object *json, struct settings *settings, struct err *err)
{
	static const char *const members[] = { "operator", "limits", NULL };
	struct store_key         check;
	struct err               why;

	*settings = (struct settings){ .limits = limits_unsaid };
	if (!store_key_set(&check, tenant, NULL, NULL))
		return err_set(err, ERR_INVALID_REQUEST,
		    "\"%.64s\" is no tenant: 1 to 64 of a-z, 0-9 and - are wanted", tenant);
	memcpy(settings->tenant, check.tenant, sizeof(settings->tenant));
	if (!json_object_is_type(json, json_type_object))
		return err_set(err, ERR_INVALID_REQUEST, "tenant \"%s\" must be an object", tenant);
	if (key_check_members(json, members, "a tenant", err) != ERR_OK)
		return ERR_INVALID_REQUEST;
	settings->is_operator = json_get_bool(json, "operator", false);
	if (json_has(json, "limits") &&
	    limits_read(&settings->limits, json_get(json, "limits"), &why) != ERR_OK)
		return err_set(err, ERR_INVALID_REQUEST, "tenant \"%s\": %s", tenant, why.detail);
	return ERR_OK;
}

struct json_object *
settings_json(const struct settings *settings)
{
	struct json_object *json = json_object_new_object();

	json_set(json, "limits", limits_json(&settings->limits));
	return json;
}
