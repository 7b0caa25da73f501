/* SPDX-License-Identifier: Apache-2.0
 * credentials.c - checks every member, then takes the token into guarded memory. */
#include "providers/github/credentials.h"

#include <stdlib.h>
#include <string.h>

#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define TOKEN_BYTES_MAX   1024
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

/* What holds a space or a line end would break a header. */
static bool
is_usable(const char *text, size_t len)
{
	if (len == 0 || len > TOKEN_BYTES_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	}
	return true;
}

static void
check(struct json_object *json, const char *pointer, struct problems *problems)
{
	struct json_object *pat = json_get(json, "pat");

	json_object_object_foreach (json, name, value) {
		(void)value;
		if (strcmp(name, "pat") != 0 && strcmp(name, "accounts") != 0)
			complain(problems, pointer, name, "unknown_property",
			    "GitHub credentials have no such member");
	}
	if (pat == NULL)
		complain(
		    problems, pointer, "pat", "missing_property", "GitHub credentials need it");
	else if (!json_object_is_type(pat, json_type_string) ||
		 !is_usable(json_object_get_string(pat), (size_t)json_object_get_string_len(pat)))
		complain(problems, pointer, "pat", "wrong_type",
		    "must be text of printable characters without spaces");
}

static struct credentials *
take(struct json_object *json)
{
	struct json_object *pat = json_get(json, "pat");
	const char         *text = json_object_get_string(pat);
	size_t              len = (size_t)json_object_get_string_len(pat);
	struct credentials *credentials = xcalloc(1, sizeof(*credentials));

	credentials->pat = secret_create(text, len);
	credentials->keys.token = credentials->pat;
	digest_sha256_hex(text, len, credentials->who);
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
		credentials = take(account);
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
