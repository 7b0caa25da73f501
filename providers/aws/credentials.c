/* SPDX-License-Identifier: Apache-2.0
 * credentials.c - checks every member, then takes the secrets into guarded memory. */
#include "providers/aws/credentials.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "providers/aws/session.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/pattern.h"
#include "util/str.h"

#define TEXT_BYTES_MAX    4096
#define POINTER_BYTES_MAX 512

#define ROLE_PATTERN   "^arn:aws[a-z-]*:iam::[0-9]{12}:role/[!-~]{1,512}$"
#define NAME_PATTERN   "^[A-Za-z0-9_+=,.@-]{2,64}$"
#define SESSION_NAME   "mgraph-deploy"
#define REGION_OF_ALL  "us-east-1"
#define DURATION_MIN_S 900
#define DURATION_MAX_S 43200
#define DURATION_S     3600

static const struct member {
	const char    *name;
	enum json_type type;
	const char    *pattern; /* NULL: any */
	const char    *detail;  /* what it must be, when it does not fit the pattern */
} members[] = {
	{ "access_key_id", json_type_string, NULL, NULL },
	{ "secret_access_key", json_type_string, NULL, NULL },
	{ "session_token", json_type_string, NULL, NULL },
	{ "region", json_type_string, NULL, NULL },
	{ "account_id", json_type_string, "^[0-9]{12}$", "must be twelve digits" },
	{ "role_arn", json_type_string, ROLE_PATTERN, "must be the ARN of a role" },
	{ "external_id", json_type_string, NULL, NULL },
	{ "session_name", json_type_string, NAME_PATTERN,
	    "must be 2 to 64 letters, digits and any of _+=,.@-" },
	{ "duration_seconds", json_type_int, NULL, NULL },
	{ "accounts", json_type_object, NULL, NULL },
};

/* Where an account is among the credentials. */
struct place {
	struct json_object *json;
	struct str          pointer;
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

static const struct member *
find_member(const char *name)
{
	for (size_t i = 0; i < array_len(members); i++) {
		if (strcmp(members[i].name, name) == 0)
			return &members[i];
	}
	return NULL;
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
check_member(const struct place *place, const char *name, struct json_object *value,
    struct problems *problems)
{
	const struct member *member = find_member(name);
	const char          *pointer = place->pointer.data;

	if (str_starts(name, "encrypted_"))
		complain(problems, pointer, name, "not_supported",
		    "sealed credentials are not supported yet: give the plain form, over TLS, "
		    "loopback or a unix socket");
	else if (member == NULL)
		complain(problems, pointer, name, "unknown_property",
		    "AWS credentials have no such member");
	else if (member->type == json_type_string && !is_usable(value))
		complain(problems, pointer, name, "wrong_type",
		    "must be text of printable characters without spaces");
	else if (!json_object_is_type(value, member->type))
		complain(problems, pointer, name, "wrong_type", "is not as it should be");
	else if (member->pattern != NULL &&
		 pattern_match(member->pattern, json_object_get_string(value),
		     (size_t)json_object_get_string_len(value)) != PATTERN_MATCH)
		complain(problems, pointer, name, "bad_pattern", member->detail);
}

static void
check_members(const struct place *place, struct problems *problems)
{
	int64_t duration = json_get_i64(place->json, "duration_seconds", DURATION_S);

	json_object_object_foreach (place->json, name, value)
		check_member(place, name, value, problems);
	if (duration < DURATION_MIN_S || duration > DURATION_MAX_S)
		complain(problems, place->pointer.data, "duration_seconds", "out_of_range",
		    "must be 900 to 43200 seconds");
}

/* Sealed ones are complained of already. */
static bool
has_member(const struct place *place, const char *name)
{
	char sealed[64];

	snprintf(sealed, sizeof(sealed), "encrypted_%s", name);
	return json_has(place->json, name) || json_has(place->json, sealed);
}

static bool
has_keys(const struct place *place)
{
	return has_member(place, "access_key_id") || has_member(place, "secret_access_key");
}

static void
check_keys(const struct place *place, struct problems *problems)
{
	static const char *const needed[] = { "access_key_id", "secret_access_key" };

	for (size_t i = 0; i < array_len(needed); i++) {
		if (!has_member(place, needed[i]))
			complain(problems, place->pointer.data, needed[i], "missing_property",
			    "AWS credentials need it");
	}
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

/* ---- an account ---- */

/* False: it is none that can be looked at. */
static bool
find_account(
    struct place *account, const struct place *all, const char *name, struct problems *problems)
{
	account->json = all->json;
	str_add(&account->pointer, all->pointer.data);
	if (name[0] != '\0') {
		account->json = json_get(json_get_object(all->json, "accounts"), name);
		json_pointer_add(&account->pointer, "accounts");
		json_pointer_add(&account->pointer, name);
	}
	if (json_object_is_type(account->json, json_type_object))
		return true;
	complain(problems, account->pointer.data, NULL, "missing_property",
	    name[0] != '\0' ? "the config names this account" : "AWS resources need credentials");
	return false;
}

static void
check_account(const struct place *account, const struct place *all, struct problems *problems)
{
	check_members(account, problems);
	if (account->json != all->json && json_has(account->json, "accounts"))
		complain(problems, account->pointer.data, "accounts", "unknown_property",
		    "an account has no accounts");
	if (has_keys(account) || account->json == all->json ||
	    !json_has(account->json, "role_arn")) {
		check_keys(account, problems);
	} else {
		check_members(all, problems);
		check_keys(all, problems);
	}
}

static struct aws_session *
open_session(const struct credentials *credentials, struct json_object *json)
{
	const char           *name = json_get_str(json, "session_name");
	const struct aws_role role = {
		.arn = json_get_str(json, "role_arn"),
		.external_id = json_get_str(json, "external_id"),
		.name = name != NULL ? name : SESSION_NAME,
		.region = credentials->region != NULL ? credentials->region : REGION_OF_ALL,
		.duration_s = json_get_i64(json, "duration_seconds", DURATION_S),
	};

	return role.arn != NULL ? aws_session_create(&role, &credentials->base) : NULL;
}

/* `keys` has those that its calls begin with: its own, or those of all. */
static struct credentials *
take_account(struct json_object *json, struct json_object *keys, struct json_object *all)
{
	struct credentials *credentials = xcalloc(1, sizeof(*credentials));

	credentials->access_key_id = take_text(keys, "access_key_id");
	credentials->secret_access_key = take_secret(keys, "secret_access_key");
	credentials->session_token = take_secret(keys, "session_token");
	credentials->region = take_text(json_has(json, "region") ? json : all, "region");
	credentials->account_id = take_text(json, "account_id");
	credentials->base = (struct call_keys){
		.access_key_id = credentials->access_key_id,
		.secret_access_key = credentials->secret_access_key,
		.session_token = credentials->session_token,
	};
	credentials->keys = credentials->base;
	credentials->keys.session = open_session(credentials, json);
	return credentials;
}

struct credentials *
aws_credentials_open(
    struct json_object *json, const char *name, const char *pointer, struct problems *problems)
{
	size_t              before = problems->n;
	struct place        all = { .json = json }, account = { 0 };
	struct credentials *credentials = NULL;

	str_init(&all.pointer, POINTER_BYTES_MAX);
	str_init(&account.pointer, POINTER_BYTES_MAX);
	str_add(&all.pointer, pointer);
	if (find_account(&account, &all, name, problems))
		check_account(&account, &all, problems);
	if (problems->n == before && !problems->truncated)
		credentials =
		    take_account(account.json, has_keys(&account) ? account.json : json, json);
	str_fini(&account.pointer);
	str_fini(&all.pointer);
	return credentials;
}

void
aws_credentials_close(struct credentials *credentials)
{
	if (credentials == NULL)
		return;
	aws_session_destroy(credentials->keys.session);
	secret_destroy(credentials->secret_access_key);
	secret_destroy(credentials->session_token);
	free(credentials->access_key_id);
	free(credentials->region);
	free(credentials->account_id);
	free(credentials);
}
