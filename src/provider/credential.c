/* SPDX-License-Identifier: Apache-2.0
 * credential.c - plain or sealed, one way into guarded memory. */
#include "provider/credential.h"

#include "util/credential_name.h"
#include "util/json.h"
#include "util/str.h"

#define MEMBER_MAX        128
#define TEXT_BYTES_MAX    4096
#define LINES_BYTES_MAX   16384
#define POINTER_BYTES_MAX 512

void
credential_complain(struct problems *problems, const char *pointer, const char *name,
    const char *code, const char *detail)
{
	struct str at;

	str_init(&at, POINTER_BYTES_MAX);
	str_add(&at, pointer);
	if (name != NULL)
		json_pointer_add(&at, name);
	problems_add(problems, at.data, code, "%s", detail);
	str_fini(&at);
}

static void
name_sealed(const char *name, struct str *out)
{
	str_init(out, MEMBER_MAX);
	str_add(out, CREDENTIAL_SEALED);
	str_add(out, name);
}

bool
credential_given(struct json_object *json, const char *name)
{
	struct str sealed;
	bool       given;

	name_sealed(name, &sealed);
	given = json_has(json, name) || json_has(json, sealed.data);
	str_fini(&sealed);
	return given;
}

/* What holds a space or a line end would break a header. */
static bool
is_token(const struct secret *secret)
{
	const char *text = secret_open(secret);
	size_t      len = secret_len(secret);

	for (size_t i = 0; i < len; i++) {
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	}
	return len > 0 && len <= TEXT_BYTES_MAX;
}

static bool
is_text(const struct secret *secret)
{
	return secret_len(secret) > 0 && secret_len(secret) <= LINES_BYTES_MAX;
}

static struct secret *
open_box(const struct sealed_key *key, struct json_object *json, const char *member,
    const char *pointer, struct problems *problems)
{
	const char    *box = json_get_str(json, member);
	struct secret *secret = NULL;
	struct err     err = { 0 };

	if (box == NULL)
		credential_complain(problems, pointer, member, "wrong_type", "must be text");
	else if (key == NULL)
		credential_complain(problems, pointer, member, "not_openable",
		    "this process has no key to open it");
	else if (sealed_open(key, box, &secret, &err) != ERR_OK)
		credential_complain(problems, pointer, member, "not_openable", err.detail);
	return secret;
}

static struct secret *
take_plain(
    struct json_object *json, const char *name, const char *pointer, struct problems *problems)
{
	struct json_object *value = json_get(json, name);

	if (json_object_is_type(value, json_type_string))
		return secret_create(
		    json_object_get_string(value), (size_t)json_object_get_string_len(value));
	credential_complain(problems, pointer, name, "wrong_type", "must be text");
	return NULL;
}

static struct secret *
open_given(const struct sealed_key *key, struct json_object *json, const char *name,
    const char *pointer, bool (*is_usable)(const struct secret *), struct problems *problems)
{
	struct secret *secret = NULL;
	const char    *member = name;
	struct str     sealed;

	name_sealed(name, &sealed);
	if (json_has(json, name) && json_has(json, sealed.data)) {
		credential_complain(problems, pointer, sealed.data, "not_unique",
		    "it is given in plain text as well: leave one of the two out");
	} else if (json_has(json, name)) {
		secret = take_plain(json, name, pointer, problems);
	} else if (json_has(json, sealed.data)) {
		member = sealed.data;
		secret = open_box(key, json, member, pointer, problems);
	}
	if (secret != NULL && !is_usable(secret)) {
		credential_complain(problems, pointer, member, "wrong_type",
		    is_usable == is_text ? "must be text, and not too long"
					 : "must be text of printable characters without spaces");
		secret_destroy(secret);
		secret = NULL;
	}
	str_fini(&sealed);
	return secret;
}

struct secret *
credential_open(const struct sealed_key *key, struct json_object *json, const char *name,
    const char *pointer, struct problems *problems)
{
	return open_given(key, json, name, pointer, is_token, problems);
}

struct secret *
credential_open_text(const struct sealed_key *key, struct json_object *json, const char *name,
    const char *pointer, struct problems *problems)
{
	return open_given(key, json, name, pointer, is_text, problems);
}
