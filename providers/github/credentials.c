/* SPDX-License-Identifier: Apache-2.0
 * credentials.c - checks every member, then takes the secrets into guarded memory. */
#include "providers/github/credentials.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "providers/github/app.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define TOKEN_BYTES_MAX   1024
#define ID_BYTES_MAX      128
#define PEM_BYTES_MAX     16384
#define POINTER_BYTES_MAX 512

static void
complain(struct problems *problems, const char *pointer, const char *name, const char *code,
    const char *detail)
{
	struct str at;

	str_init(&at, POINTER_BYTES_MAX);
	str_add(&at, pointer);
	if (name != NULL)
		json_pointer_add(&at, name);
	problems_add(problems, at.data, code, "%s", detail);
	str_fini(&at);
}

static const struct member {
	const char    *name;
	enum json_type type;
	size_t         bytes_max; /* of a text */
	bool           is_token;  /* goes into a header as it is */
} members[] = {
	{ "pat", json_type_string, TOKEN_BYTES_MAX, true },
	{ "app_id", json_type_string, ID_BYTES_MAX, true },
	{ "installation_id", json_type_int, 0, false },
	{ "private_key", json_type_string, PEM_BYTES_MAX, false },
	{ "accounts", json_type_object, 0, false },
};

/* What holds a space or a line end would break a header. */
static bool
is_usable(const struct member *member, struct json_object *value)
{
	const char *text;
	size_t      len;

	if (!json_object_is_type(value, member->type))
		return false;
	if (member->type != json_type_string)
		return true;
	text = json_object_get_string(value);
	len = (size_t)json_object_get_string_len(value);
	for (size_t i = 0; member->is_token && i < len; i++) {
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	}
	return len > 0 && len <= member->bytes_max;
}

static void
check_member(
    struct json_object *value, const char *name, const char *pointer, struct problems *problems)
{
	for (size_t i = 0; i < array_len(members); i++) {
		if (strcmp(members[i].name, name) != 0)
			continue;
		if (!is_usable(&members[i], value))
			complain(problems, pointer, name, "wrong_type", "is not as it should be");
		return;
	}
	complain(
	    problems, pointer, name, "unknown_property", "GitHub credentials have no such member");
}

/* A token, or all of an app. */
static void
check(struct json_object *json, const char *pointer, struct problems *problems)
{
	static const char *const app[] = { "app_id", "installation_id", "private_key" };
	bool                     is_app = false;

	json_object_object_foreach (json, name, value)
		check_member(value, name, pointer, problems);
	for (size_t i = 0; i < array_len(app); i++)
		is_app = is_app || json_has(json, app[i]);
	if (is_app && json_has(json, "pat"))
		complain(problems, pointer, "pat", "not_both", "it is a token or an app");
	for (size_t i = 0; is_app && i < array_len(app); i++) {
		if (!json_has(json, app[i]))
			complain(problems, pointer, app[i], "missing_property",
			    "an app is its id, its installation and its private key");
	}
	if (!is_app && !json_has(json, "pat"))
		complain(problems, pointer, "pat", "missing_property",
		    "GitHub credentials need it, or an app");
}

static struct secret *
take_secret(struct json_object *json, const char *name)
{
	struct json_object *value = json_get(json, name);

	return secret_create(
	    json_object_get_string(value), (size_t)json_object_get_string_len(value));
}

static void
take_token(struct credentials *credentials, struct json_object *json)
{
	credentials->pat = take_secret(json, "pat");
	credentials->keys.token = credentials->pat;
	digest_sha256_hex(
	    secret_open(credentials->pat), secret_len(credentials->pat), credentials->who);
}

static bool
take_app(struct credentials *credentials, struct json_object *json)
{
	struct secret      *pem = take_secret(json, "private_key");
	struct evp_pkey_st *key = github_app_key(pem);
	int64_t             installation = json_get_i64(json, "installation_id", 0);

	secret_destroy(pem);
	if (key != NULL)
		credentials->keys.session =
		    github_app_create(json_get_str(json, "app_id"), installation, key);
	snprintf(credentials->who, sizeof(credentials->who), "installation-%lld",
	    (long long)installation);
	return key != NULL;
}

static struct credentials *
take(struct json_object *json, const char *pointer, struct problems *problems)
{
	struct credentials *credentials = xcalloc(1, sizeof(*credentials));

	if (json_has(json, "pat")) {
		take_token(credentials, json);
	} else if (!take_app(credentials, json)) {
		complain(problems, pointer, "private_key", "bad_pattern",
		    "must be an RSA key in PEM, as GitHub gives it for the app");
		free(credentials);
		credentials = NULL;
	}
	return credentials;
}

struct credentials *
github_credentials_open(
    struct json_object *json, const char *name, const char *pointer, struct problems *problems)
{
	size_t              before = problems->n;
	struct json_object *account = json;
	struct credentials *credentials = NULL;
	struct str          at;

	str_init(&at, POINTER_BYTES_MAX);
	str_add(&at, pointer);
	if (name[0] != '\0') {
		account = json_get(json_get_object(json, "accounts"), name);
		json_pointer_add(&at, "accounts");
		json_pointer_add(&at, name);
	}
	if (json_object_is_type(account, json_type_object))
		check(account, at.data, problems);
	else
		complain(problems, at.data, NULL, "missing_property",
		    name[0] != '\0' ? "the config names this account"
				    : "GitHub resources need credentials");
	if (problems->n == before && !problems->truncated)
		credentials = take(account, at.data, problems);
	str_fini(&at);
	return credentials;
}

void
github_credentials_close(struct credentials *credentials)
{
	if (credentials == NULL)
		return;
	github_app_destroy(credentials->keys.session);
	secret_destroy(credentials->pat);
	free(credentials);
}
