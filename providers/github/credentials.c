/* SPDX-License-Identifier: Apache-2.0
 * credentials.c - checks every member, then takes the token into guarded memory. */
#include "providers/github/credentials.h"

#include <stdlib.h>
#include <string.h>

#include "provider/credential.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define POINTER_BYTES_MAX 512

static void
check(struct json_object *json, const char *pointer, struct problems *problems)
{
	static const char *const members[] = { "pat", CREDENTIAL_SEALED "pat", "accounts" };

	json_object_object_foreach (json, name, value) {
		size_t i = 0;

		(void)value;
		while (i < array_len(members) && strcmp(name, members[i]) != 0)
			i++;
		if (i == array_len(members))
			credential_complain(problems, pointer, name, "unknown_property",
			    "GitHub credentials have no such member");
	}
	if (!credential_given(json, "pat"))
		credential_complain(
		    problems, pointer, "pat", "missing_property", "GitHub credentials need it");
}

/* NULL and a problem when the token can't be had. */
static struct credentials *
take(const struct sealed_key *key, struct json_object *json, const char *pointer,
    struct problems *problems)
{
	struct secret      *pat = credential_open(key, json, "pat", pointer, problems);
	struct credentials *credentials;

	if (pat == NULL)
		return NULL;
	credentials = xcalloc(1, sizeof(*credentials));
	credentials->pat = pat;
	credentials->keys.token = pat;
	digest_sha256_hex(secret_open(pat), secret_len(pat), credentials->who);
	return credentials;
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
	secret_destroy(credentials->pat);
	free(credentials);
}
