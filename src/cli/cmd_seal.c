/* SPDX-License-Identifier: Apache-2.0
 * cmd_seal.c - `seal`: a secret, or the credentials of a config, so that nobody but the server can read them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/config.h"
#include "cli/seal.h"
#include "cli/terminal.h"
#include "util/json.h"
#include "util/sealed.h"
#include "util/secret.h"

#define PROVIDER_DEFAULT "aws"
#define VALUE_MAX        (512 * 1024)

/* ---- what is to be sealed ---- */

/* Of what is typed or piped, the last line end is no part. */
static bool
read_standard(struct str *value)
{
	if (terminal_is(stdin)) {
		if (!terminal_ask_secret("Secret:", value))
			return false;
	} else if (!client_read_all(stdin, value)) {
		return false;
	}
	if (str_ends(value->data, "\n"))
		str_cut(value, value->len - 1);
	if (str_ends(value->data, "\r"))
		str_cut(value, value->len - 1);
	return true;
}

static bool
read_file(const char *name, struct str *value)
{
	FILE *from = fopen(name, "re");
	bool  good = from != NULL && client_read_all(from, value);

	if (from != NULL)
		fclose(from);
	return good;
}

static bool
read_value(const char *name, struct str *value)
{
	bool standard = name == NULL || str_eq(name, "-");
	bool good = standard ? read_standard(value) : read_file(name, value);

	if (standard)
		name = "standard input";
	if (!good)
		fprintf(stderr, "Error: %s: %s\n", name, strerror(errno));
	else if (value->overflow)
		fprintf(stderr, "Error: %s is longer than %d bytes\n", name, VALUE_MAX);
	else if (value->len == 0)
		fprintf(stderr, "Error: %s is empty\n", name);
	return good && !value->overflow && value->len > 0;
}

/* ---- sealing ---- */

static void
print_box(const struct cli *cli, const char *box)
{
	struct json_object *json;

	if (!cli->json) {
		puts(box);
		return;
	}
	json = json_object_new_object();
	json_set_str(json, "$sealed", box);
	puts(json_text(json));
	json_object_put(json);
}

static int
seal_value(const struct cli *cli, const char *key)
{
	char      *box = NULL;
	struct str value;
	struct err err;

	str_init(&value, VALUE_MAX);
	if (read_value(cli->operand, &value)) {
		box = sealed_box(key, value.data, value.len, &err);
		if (box == NULL)
			fprintf(stderr, "Error: %s\n", err.detail);
		else
			print_box(cli, box);
	}
	str_fini(&value);
	free(box);
	return box != NULL ? CLI_OK : CLI_ERROR;
}

static int
run_value(struct cli *cli)
{
	const char   *provider = cli->provider != NULL ? cli->provider : PROVIDER_DEFAULT;
	struct client client;
	struct answer answer;
	const char   *key;
	int           status;

	if (cli->public_key != NULL)
		return seal_value(cli, cli->public_key);
	client_open(&client, cli);
	key = seal_key(&client, provider, &answer);
	status = key != NULL ? seal_value(cli, key) : client_complain(&client, &answer);
	answer_fini(&answer);
	client_close(&client);
	return status;
}

static int
run_credentials(struct cli *cli)
{
	struct json_object *config = client_config_read(cli->operand != NULL ? cli->operand : "-");
	struct client       client;
	struct answer       answer = { 0 };
	int                 status = CLI_OK;

	if (config == NULL)
		return CLI_ERROR;
	client_open(&client, cli);
	if (seal_credentials(&client, config, cli->public_key, &answer)) {
		puts(json_object_to_json_string_ext(config, JSON_C_TO_STRING_PRETTY |
								JSON_C_TO_STRING_SPACED |
								JSON_C_TO_STRING_NOSLASHESCAPE));
	} else {
		status = client_complain(&client, &answer);
		answer_fini(&answer);
	}
	client_close(&client);
	json_object_put(config);
	return status;
}

static int
run(struct cli *cli)
{
	if (!secret_setup()) {
		fputs("Error: secrets can't be protected here\n", stderr);
		return CLI_ERROR;
	}
	return cli->credentials ? run_credentials(cli) : run_value(cli);
}

static const struct cli_option options[] = {
	{ "provider", 0, "NAME", offsetof(struct cli, provider),
	    "whose key it is sealed for [" PROVIDER_DEFAULT "]", false },
	{ "public-key", 0, "KEY", offsetof(struct cli, public_key),
	    "the key, in hex or base64: no server is asked", false },
	{ "credentials", 0, NULL, offsetof(struct cli, credentials),
	    "FILE is a config: print it with its credentials sealed", false },
};

const struct command cmd_seal = {
	.name = "seal",
	.synopsis = "[FILE] [OPTIONS]",
	.help = "seal a secret, so that nobody but the server can read it",
	.more = "The secret is what FILE holds, or what is typed or comes from standard input, "
		"without the\n"
		"line end behind it. The result goes into a config as {\"$sealed\": \"...\"}, or "
		"as an\n"
		"encrypted_ member of its credentials; --json prints it in the first form.",
	.options = options,
	.options_n = array_len(options),
	.operands_min = 0,
	.operands_max = 1,
	.run = run,
};
