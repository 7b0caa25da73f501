/* SPDX-License-Identifier: Apache-2.0
 * seal.c - asks the server for the key of each provider, and seals its secrets for it. */
#include "cli/seal.h"

#include <stdlib.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "util/credential_name.h"
#include "util/json.h"
#include "util/sealed.h"

#define MEMBER_MAX 128
#define NOT_FOUND  404

static bool
seal_member(struct json_object *json, const char *name, const char *key, struct err *err)
{
	struct json_object *plain = json_get(json, name);
	char               *box = sealed_box(
			  key, json_object_get_string(plain), (size_t)json_object_get_string_len(plain), err);
	struct str sealed;

	if (box == NULL)
		return false;
	str_init(&sealed, MEMBER_MAX);
	str_addf(&sealed, CREDENTIAL_SEALED "%s", name);
	json_set_str(json, sealed.data, box);
	json_object_object_del(json, name);
	str_fini(&sealed);
	free(box);
	return true;
}

static bool
seal_all(struct json_object *json, const char *key, struct err *err)
{
	bool good = true;

	if (!json_object_is_type(json, json_type_object))
		return true;
	json_object_object_foreach (json, unused, member) {
		(void)unused;
		good = good && seal_all(member, key, err);
	}
	for (const char *const *name = credential_secrets; *name != NULL; name++) {
		if (json_get_str(json, *name) != NULL)
			good = good && seal_member(json, *name, key, err);
	}
	return good;
}

/* An answer that no server has given. */
static void
refuse(struct answer *answer, const char *provider, const char *why)
{
	struct json_object *problem = json_object_new_object();
	struct str          detail;

	str_init(&detail, CLIENT_PATH_MAX);
	str_addf(&detail, "%s: %s", provider, why);
	json_set_str(problem, "title", "The credentials were not sent");
	json_set_str(problem, "detail", detail.data);
	str_fini(&detail);
	*answer = (struct answer){ .result = FETCH_DONE, .status = NOT_FOUND, .json = problem };
	str_init(&answer->text, CLIENT_PATH_MAX);
	str_add(&answer->text, json_text(problem));
}

/* Encrypted, or not on a network at all. */
static bool
is_private(const char *server)
{
	static const char *const ways[] = { "https:", "unix:", "http://127.",
		"http://localhost:", "http://localhost/", "http://[::1]" };

	for (size_t i = 0; i < array_len(ways); i++) {
		if (str_starts(server, ways[i]))
			return true;
	}
	return false;
}

const char *
seal_key(struct client *client, const char *provider, struct answer *answer)
{
	struct str  path;
	const char *key = NULL;

	client_path(&path, "/public-keys/", provider);
	if (client_get(client, path.data, answer))
		key = json_get_str(answer->json, "public_key");
	str_fini(&path);
	return key;
}

/* False: the answer says why they can't be sent. */
static bool
seal_provider(struct client *client, const char *provider, struct json_object *json,
    const char *given, struct answer *answer)
{
	struct answer asked = { 0 };
	const char   *key = given != NULL ? given : seal_key(client, provider, &asked);
	struct err    err;
	bool          good = false;

	if (key != NULL) {
		good = seal_all(json, key, &err);
		if (!good)
			refuse(answer, provider, err.detail);
	} else if (asked.status != NOT_FOUND) {
		*answer = asked;
		return false;
	} else if (is_private(client->cli->server)) {
		good = true;
	} else {
		refuse(answer, provider,
		    "the server has no key to seal them for; without one they go by https, or to "
		    "a server on this machine");
	}
	if (given == NULL)
		answer_fini(&asked);
	return good;
}

bool
seal_credentials(
    struct client *client, struct json_object *body, const char *key, struct answer *answer)
{
	struct json_object *config = json_get_object(body, "config");
	struct json_object *credentials =
	    json_get_object(config != NULL ? config : body, "credentials");

	if (credentials == NULL)
		return true;
	json_object_object_foreach (credentials, provider, json) {
		if (credentials_hold_plain(json) &&
		    !seal_provider(client, provider, json, key, answer))
			return false;
	}
	return true;
}
