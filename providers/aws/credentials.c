/* SPDX-License-Identifier: Apache-2.0
 * credentials.c - checks every member, then takes the secrets into guarded memory. */
#include "providers/aws/credentials.h"

#include <stdlib.h>
#include <string.h>

#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define TEXT_BYTES_MAX    4096
#define POINTER_BYTES_MAX 512
#define ACCOUNT_ID_LEN    12

static const struct {
	const char *name;
	bool        needed;
} members[] = {
	{ "access_key_id", true },
	{ "secret_access_key", true },
	{ "session_token", false },
	{ "region", false },
	{ "account_id", false },
};

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

static bool
is_known(const char *name)
{
	for (size_t i = 0; i < array_len(members); i++) {
		if (strcmp(members[i].name, name) == 0)
			return true;
	}
	return false;
}

/* A key that holds a space or a line end would break a header. */
static bool
is_usable(struct json_object *value)
{
	const char *text = json_object_get_string(value);

	if (!json_object_is_type(value, json_type_string) || *text == '\0' ||
	    json_object_get_string_len(value) > TEXT_BYTES_MAX)
		return false;
	for (; *text != '\0'; text++) {
		if (*text <= ' ' || *text > '~')
			return false;
	}
	return true;
}

static void
check_members(struct json_object *json, const char *pointer, struct problems *problems)
{
	json_object_object_foreach (json, name, value) {
		if (str_starts(name, "encrypted_"))
			complain(problems, pointer, name, "not_supported",
			    "sealed credentials are not supported yet: give the plain form, over "
			    "TLS, "
			    "loopback or a unix socket");
		else if (!is_known(name))
			complain(problems, pointer, name, "unknown_property",
			    "AWS credentials have no such member");
		else if (!is_usable(value))
			complain(problems, pointer, name, "wrong_type",
			    "must be text of printable characters without spaces");
	}
	for (size_t i = 0; i < array_len(members); i++) {
		struct str sealed;

		str_init(&sealed, 64);
		str_addf(&sealed, "encrypted_%s", members[i].name);
		if (members[i].needed && !json_has(json, members[i].name) &&
		    !json_has(json, sealed.data))
			complain(problems, pointer, members[i].name, "missing_property",
			    "AWS credentials need it");
		str_fini(&sealed);
	}
}

static void
check_account(struct json_object *json, const char *pointer, struct problems *problems)
{
	const char *account = json_get_str(json, "account_id");

	if (account != NULL &&
	    (strlen(account) != ACCOUNT_ID_LEN || strspn(account, "0123456789") != ACCOUNT_ID_LEN))
		complain(problems, pointer, "account_id", "bad_pattern", "must be twelve digits");
}

static struct secret *
take_secret(struct json_object *json, const char *name)
{
	struct json_object *value = json_get(json, name);

	return value == NULL ? NULL
			     : secret_create(json_object_get_string(value),
				   (size_t)json_object_get_string_len(value));
}

static char *
take_text(struct json_object *json, const char *name)
{
	const char *text = json_get_str(json, name);

	return text != NULL ? xstrdup(text) : NULL;
}

struct credentials *
aws_credentials_open(struct json_object *json, const char *pointer, struct problems *problems)
{
	size_t              before = problems->n;
	struct credentials *credentials;

	if (!json_object_is_type(json, json_type_object)) {
		complain(
		    problems, pointer, NULL, "missing_property", "AWS resources need credentials");
		return NULL;
	}
	check_members(json, pointer, problems);
	check_account(json, pointer, problems);
	if (problems->n > before || problems->truncated)
		return NULL;
	credentials = xcalloc(1, sizeof(*credentials));
	credentials->access_key_id = take_text(json, "access_key_id");
	credentials->secret_access_key = take_secret(json, "secret_access_key");
	credentials->session_token = take_secret(json, "session_token");
	credentials->region = take_text(json, "region");
	credentials->account_id = take_text(json, "account_id");
	credentials->keys = (struct aws_keys){
		.access_key_id = credentials->access_key_id,
		.secret_access_key = credentials->secret_access_key,
		.session_token = credentials->session_token,
	};
	return credentials;
}

void
aws_credentials_close(struct credentials *credentials)
{
	if (credentials == NULL)
		return;
	secret_destroy(credentials->secret_access_key);
	secret_destroy(credentials->session_token);
	free(credentials->access_key_id);
	free(credentials->region);
	free(credentials->account_id);
	free(credentials);
}
