/* SPDX-License-Identifier: Apache-2.0
 * cmd_import.c - `import`: a config that takes over what somebody has made. */
#include "cli/cli.h"
#include "cli/config.h"
#include "util/json.h"

static int
run(struct cli *cli)
{
	struct json_object *body = client_config_read(cli->operand);

	return body != NULL ? discovery_run(cli, "/deploy/import", body) : CLI_ERROR;
}

static const struct cli_option options[] = {
	{ "config", 0, NULL, offsetof(struct cli, config),
	    "print the config alone, and warnings to stderr", false },
};

const struct command cmd_import = {
	.name = "import",
	.synopsis = "FILE [OPTIONS]",
	.help = "read what nobody manages into a config that adopts it",
	.more =
	    "FILE says in JSON what to read, by the resource ids that it is to have:\n"
	    "{\"deployment_id\": \"app\", \"resources\": {\"jobs\": {\"arn\": \"arn:aws:sqs:…\"},\n"
	    "\"role\": {\"type\": \"aws:iam:role\", \"properties\": {\"role_name\": "
	    "\"runner\"}}}}\n"
	    "- reads it from standard input. An apply of the config changes nothing but tags.",
	.options = options,
	.options_n = array_len(options),
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
