/* SPDX-License-Identifier: Apache-2.0
 * credentials.c - checks every member, then takes the secrets into guarded memory. */
#include "providers/aws/credentials.h"

#include <stdlib.h>
#include <string.h>

#include "provider/credential.h"
#include "providers/aws/session.h"
#include "util/credential_name.h"
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

static const struct member *
find_member(const char *name)
{
	for (size_t i = 0; i < array_len(members); i++) {
		if (strcmp(members[i].name, name) == 0)
			return &members[i];
	}
	return NULL;
}

/* What holds a space or a line end would break a header. */
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

/* Of a sealed form the plain one; NULL: there is none, or it is no secret. */
static const struct member *
member_of(const char *name)
{
	const char          *plain = credential_sealed_name(name);
	const struct member *member = find_member(plain != NULL ? plain : name);

	return member != NULL && plain != NULL && !credential_is_secret(plain) ? NULL : member;
}

static void
check_member(const struct place *place, const char *name, struct json_object *value,
    struct problems *problems)
{
	const struct member *member = member_of(name);
	const char          *pointer = place->pointer.data;

	if (member == NULL)
		credential_complain(problems, pointer, name, "unknown_property",
		    "AWS credentials have no such member");
	else if (credential_is_secret(member->name))
		return; /* it is looked at when it is opened */
	else if (member->type == json_type_string && !is_usable(value))
		credential_complain(problems, pointer, name, "wrong_type",
		    "must be text of printable characters without spaces");
	else if (!json_object_is_type(value, member->type))
		credential_complain(
		    problems, pointer, name, "wrong_type", "is not as it should be");
	else if (member->pattern != NULL &&
		 pattern_match(member->pattern, json_object_get_string(value),
		     (size_t)json_object_get_string_len(value)) != PATTERN_MATCH)
		credential_complain(problems, pointer, name, "bad_pattern", member->detail);
}

static void
check_members(const struct place *place, struct problems *problems)
{
	int64_t duration = json_get_i64(place->json, "duration_seconds", DURATION_S);

	json_object_object_foreach (place->json, name, value)
		check_member(place, name, value, problems);
	if (duration < DURATION_MIN_S || duration > DURATION_MAX_S)
		credential_complain(problems, place->pointer.data, "duration_seconds",
		    "out_of_range", "must be 900 to 43200 seconds");
}

static bool
has_keys(const struct place *place)
{
	return credential_given(place->json, "access_key_id") ||
	       credential_given(place->json, "secret_access_key");
}

static void
check_keys(const struct place *place, struct problems *problems)
{
	static const char *const needed[] = { "access_key_id", "secret_access_key" };

	for (size_t i = 0; i < array_len(needed); i++) {
		if (!credential_given(place->json, needed[i]))
			credential_complain(problems, place->pointer.data, needed[i],
			    "missing_property", "AWS credentials need it");
	}
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
	credential_complain(problems, account->pointer.data, NULL, "missing_property",
	    name[0] != '\0' ? "the config names this account" : "AWS resources need credentials");
	return false;
}

static void
check_account(const struct place *account, const struct place *all, struct problems *problems)
{
	check_members(account, problems);
	if (account->json != all->json && json_has(account->json, "accounts"))
		credential_complain(problems, account->pointer.data, "accounts", "unknown_property",
		    "an account has no accounts");
	if (has_keys(account) || account->json == all->json ||
	    !json_has(account->json, "role_arn")) {
		check_keys(account, problems);
	} else {
		check_members(all, problems);
		check_keys(all, problems);
	}
}

static struct session *
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

/* `keys` has those that its calls begin with: its own, or those of all. NULL and problems when a secret can't be had. */
static struct credentials *
take_account(const struct sealed_key *key, const struct place *account, const struct place *keys,
    struct json_object *all, struct problems *problems)
{
	struct json_object *json = account->json;
	const char         *pointer = keys->pointer.data;
	size_t              before = problems->n;
	struct credentials *credentials = xcalloc(1, sizeof(*credentials));

	credentials->access_key_id = take_text(keys->json, "access_key_id");
	credentials->secret_access_key =
	    credential_open(key, keys->json, "secret_access_key", pointer, problems);
	credentials->session_token =
	    credential_open(key, keys->json, "session_token", pointer, problems);
	credentials->region = take_text(json_has(json, "region") ? json : all, "region");
	credentials->account_id = take_text(json, "account_id");
	credentials->base = (struct call_keys){
		.access_key_id = credentials->access_key_id,
		.secret_access_key = credentials->secret_access_key,
		.session_token = credentials->session_token,
	};
	credentials->keys = credentials->base;
	if (problems->n == before) {
		credentials->keys.session = open_session(credentials, json);
		return credentials;
	}
	aws_credentials_close(credentials);
	return NULL;
}

struct credentials *
aws_credentials_open(const struct sealed_key *key, struct json_object *json, const char *name,
    const char *pointer, struct problems *problems)
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
		credentials = take_account(
		    key, &account, has_keys(&account) ? &account : &all, json, problems);
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
