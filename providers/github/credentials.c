/* SPDX-License-Identifier: Apache-2.0
 * credentials.c - checks every member, then takes the secrets into guarded memory. */
#include "providers/github/credentials.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider/credential.h"
#include "providers/github/app.h"
#include "util/credential_name.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define ID_BYTES_MAX      128
#define POINTER_BYTES_MAX 512

static const struct member {
	const char    *name;
	enum json_type type;
	bool           is_app;
} members[] = {
	{ "pat", json_type_string, false },
	{ "app_id", json_type_string, true },
	{ "installation_id", json_type_int, true },
	{ "private_key", json_type_string, true },
	{ "accounts", json_type_object, false },
};

static bool
is_usable(const struct member *member, struct json_object *value)
{
	int len = json_object_get_string_len(value);

	return credential_is_secret(member->name) || /* it is looked at when it is opened */
	       (json_object_is_type(value, member->type) &&
		   (member->type != json_type_string || (len > 0 && len <= ID_BYTES_MAX)));
}

static void
check_member(
    struct json_object *value, const char *name, const char *pointer, struct problems *problems)
{
	const char *sealed = credential_sealed_name(name);

	for (size_t i = 0; i < array_len(members); i++) {
		const struct member *member = &members[i];

		if (str_eq(member->name, name) && is_usable(member, value))
			return;
		if (credential_is_secret(member->name) && str_eq(member->name, sealed))
			return;
	}
	credential_complain(problems, pointer, name, "unknown_property",
	    "GitHub credentials have no such member, or not such a value");
}

/* A token, or all of an app. */
static void
check(struct json_object *json, const char *pointer, struct problems *problems)
{
	bool is_app = false;

	json_object_object_foreach (json, name, value)
		check_member(value, name, pointer, problems);
	for (size_t i = 0; i < array_len(members); i++)
		is_app = is_app || (members[i].is_app && credential_given(json, members[i].name));
	if (is_app && credential_given(json, "pat"))
		credential_complain(
		    problems, pointer, "pat", "not_unique", "it is a token or an app");
	for (size_t i = 0; is_app && i < array_len(members); i++) {
		if (members[i].is_app && !credential_given(json, members[i].name))
			credential_complain(problems, pointer, members[i].name, "missing_property",
			    "an app is its id, its installation and its private key");
	}
	if (!is_app && !credential_given(json, "pat"))
		credential_complain(problems, pointer, "pat", "missing_property",
		    "GitHub credentials need it, or an app");
}

static bool
take_token(struct credentials *credentials, const struct sealed_key *key, struct json_object *json,
    const char *pointer, struct problems *problems)
{
	credentials->pat = credential_open(key, json, "pat", pointer, problems);
	if (credentials->pat == NULL)
		return false;
	credentials->keys.token = credentials->pat;
	digest_sha256_hex(
	    secret_open(credentials->pat), secret_len(credentials->pat), credentials->who);
	return true;
}

static bool
take_app(struct credentials *credentials, const struct sealed_key *key, struct json_object *json,
    const char *pointer, struct problems *problems)
{
	struct secret      *pem = credential_open_text(key, json, "private_key", pointer, problems);
	int64_t             installation = json_get_i64(json, "installation_id", 0);
	struct evp_pkey_st *rsa;

	if (pem == NULL)
		return false;
	rsa = github_app_key(pem);
	secret_destroy(pem);
	if (rsa == NULL) {
		credential_complain(problems, pointer, "private_key", "bad_pattern",
		    "must be an RSA key in PEM, as GitHub gives it for the app");
		return false;
	}
	credentials->keys.session =
	    github_app_create(json_get_str(json, "app_id"), installation, rsa);
	snprintf(credentials->who, sizeof(credentials->who), "installation-%lld",
	    (long long)installation);
	return true;
}

/* NULL and a problem when the secrets can't be had. */
static struct credentials *
take(const struct sealed_key *key, struct json_object *json, const char *pointer,
    struct problems *problems)
{
	struct credentials *credentials = xcalloc(1, sizeof(*credentials));
	bool                is_token = credential_given(json, "pat");

	if ((is_token ? take_token : take_app)(credentials, key, json, pointer, problems))
		return credentials;
	free(credentials);
	return NULL;
}

struct credentials *
github_credentials_open(const struct sealed_key *key, struct json_object *json, const char *name,
    const char *pointer, struct problems *problems)
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
		credential_complain(problems, at.data, NULL, "missing_property",
		    name[0] != '\0' ? "the config names this account"
				    : "GitHub resources need credentials");
	if (problems->n == before && !problems->truncated)
		credentials = take(key, account, at.data, problems);
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
