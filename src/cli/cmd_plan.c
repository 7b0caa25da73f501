/* SPDX-License-Identifier: Apache-2.0
 * cmd_plan.c - `plan`: what an apply of a config would do. */
#include "cli/cli.h"
#include "cli/client.h"
#include "cli/config.h"
#include "cli/deploy.h"
#include "cli/plan.h"
#include "util/json.h"

static int
run(struct cli *cli)
{
	struct json_object *config = client_config_read(cli->operand);
	struct client       client;
	struct json_object *body;
	int                 status;

	if (config == NULL)
		return CLI_ERROR;
	client_open(&client, cli);
	config_add_credentials(config);
	body = json_object_new_object();
	json_set(body, "config", config);
	json_set_str(body, "format", cli->format);
	deploy_select(cli, body);
	status = plan_show(&client, "/deploy/plan", body, stdout);
	client_close(&client);
	json_object_put(body);
	return status;
}

static const struct cli_option options[] = {
	{ "format", 0, "FORMAT", offsetof(struct cli, format),
	    "terraform: print it in the words of Terraform's plan in\n"
	    "JSON, for tools that read that",
	    false },
	CLI_OPTION_PRUNE, CLI_OPTIONS_SELECT
};

const struct command cmd_plan = {
	.name = "plan",
	.synopsis = "FILE [OPTIONS]",
	.help = "show what an apply of FILE would do, and do nothing",
	.more = "FILE is a config in JSON; - reads it from standard input.\n"
		"Exit status: 0 nothing to change, 1 error, 2 there are changes.",
	.options = options,
	.options_n = array_len(options),
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
