/* SPDX-License-Identifier: Apache-2.0
 * cmd_keys.c - `keys`: API keys in the store. A key is made here: the server never sees more than its SHA-256. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/render.h"
#include "cli/verbs.h"
#include "util/check.h"
#include "util/digest.h"
#include "util/json.h"
#include "util/secret.h"

#define PATH             "/admin/keys"
#define KEY_RANDOM_BYTES 24
#define KEY_SIZE         (2 * KEY_RANDOM_BYTES + 1)

static struct json_object *
body_of(const struct cli *cli, const char *key)
{
	struct json_object *body = json_object_new_object(), *scopes;
	char                hex[DIGEST_SHA256_HEX];

	digest_sha256_hex(key, strlen(key), hex);
	json_set_str(body, "id", cli->operand_2);
	json_set_str(body, "tenant", cli->tenant);
	json_set_str(body, "sha256", hex);
	json_set_str(body, "expires", cli->expires);
	if (cli->scopes.n == 0)
		return body;
	scopes = json_object_new_array();
	for (size_t i = 0; i < cli->scopes.n; i++)
		json_object_array_add(scopes, json_object_new_string(cli->scopes.items[i]));
	json_set(body, "scopes", scopes);
	return body;
}

/* The key goes beside the server's answer: there is no other place where it can be found. */
static bool
add(struct cli *cli, struct client *client, struct answer *answer)
{
	char                key[KEY_SIZE];
	struct json_object *body;
	bool                good;

	secret_random_hex(key, KEY_RANDOM_BYTES);
	body = body_of(cli, key);
	good = client_post(client, PATH, body, false, answer);
	if (good)
		json_set_str(answer->json, "key", key);
	secret_wipe(key, sizeof(key));
	json_object_put(body);
	return good;
}

static void
show_added(const struct cli *cli, struct json_object *json)
{
	fprintf(stderr, "The key %s of tenant %s, which nobody can show again:\n", cli->operand_2,
	    cli->tenant);
	puts(json_get_str(json, "key"));
}

static bool
list(struct cli *cli, struct client *client, struct answer *answer)
{
	struct str path;
	bool       good;

	client_path(&path, PATH, "");
	client_path_query(&path, "tenant", cli->tenant);
	good = client_get(client, path.data, answer);
	str_fini(&path);
	return good;
}

static void
show_list(const struct cli *cli, struct json_object *json)
{
	struct str out;

	(void)cli;
	str_init(&out, RENDER_MAX);
	render_keys(&out, json);
	fputs(out.data, stdout);
	str_fini(&out);
}

static bool
revoke(struct cli *cli, struct client *client, struct answer *answer)
{
	return client_delete(client, PATH "/", cli->operand_2, answer);
}

static void
show_revoked(const struct cli *cli, struct json_object *json)
{
	printf("Revoked: %s of tenant %s\n", cli->operand_2, json_get_str(json, "tenant"));
}

static const struct cli_verb verbs[] = {
	{ "add", true, add, show_added },
	{ "list", false, list, show_list },
	{ "revoke", true, revoke, show_revoked },
};

static int
run(struct cli *cli)
{
	if (!secret_setup()) {
		fputs("Error: secrets can't be protected here\n", stderr);
		return CLI_ERROR;
	}
	if (str_eq(cli->operand, "add") && cli->operand_2 != NULL && cli->tenant == NULL) {
		fputs("Error: whose key is it? --tenant NAME says so\n", stderr);
		return CLI_ERROR;
	}
	return verbs_run(cli, verbs, array_len(verbs));
}

static const struct cli_option options[] = {
	{ "tenant", 0, "NAME", offsetof(struct cli, tenant), "whose key it is; list: only theirs",
	    false },
	{ "scope", 0, "SCOPE", offsetof(struct cli, scopes),
	    "what it may be used for: read, plan, apply, admin; may be\n"
	    "given again and again [all but admin]",
	    true },
	{ "expires", 0, "TIME", offsetof(struct cli, expires),
	    "until when it is good, like 2027-01-01T00:00:00Z [for ever]", false },
};

const struct command cmd_keys = {
	.name = "keys",
	.synopsis = "add ID --tenant NAME | list | revoke ID  [OPTIONS]",
	.help = "add, list and revoke API keys in the store, as an operator",
	.more =
	    "add makes a key and prints it, once: the server is told its SHA-256 only. All "
	    "servers\n"
	    "on the same Redis take a change within a second. A tenant may have several keys: add\n"
	    "the new one, hand it out, revoke the old one. Keys of the keys file are listed, and\n"
	    "changed there.",
	.options = options,
	.options_n = array_len(options),
	.operands_min = 1,
	.operands_max = 2,
	.run = run,
};
