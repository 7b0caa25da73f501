/* SPDX-License-Identifier: Apache-2.0
 * cmd_apply.c - `apply`: make it so, and watch it happen. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/config.h"
#include "cli/deploy.h"
#include "cli/plan.h"
#include "cli/terminal.h"
#include "util/json.h"

#define DRY_RUN  "DRY_RUN"
#define QUESTION "Do you want to perform these actions? Only 'yes' is accepted:"

static bool
mode_is_known(const struct cli *cli)
{
	if (cli->mode == NULL || str_eq(cli->mode, "FULL") || str_eq(cli->mode, DRY_RUN))
		return true;
	fprintf(stderr, "Error: --mode is FULL or DRY_RUN\n");
	return false;
}

/* By the config of a file, or by the id of what was planned or deployed before. */
static struct json_object *
body_create(const struct cli *cli)
{
	struct json_object *body, *config = NULL;

	if ((cli->operand == NULL) == (cli->graph_id == NULL)) {
		fprintf(stderr, "Error: apply takes either a FILE or --graph-id ID\n");
		return NULL;
	}
	if (cli->operand != NULL && (config = client_config_read(cli->operand)) == NULL)
		return NULL;
	body = json_object_new_object();
	must(body != NULL);
	if (config != NULL) {
		config_add_credentials(config);
		json_set(body, "config", config);
	} else {
		struct json_object *credentials = config_env_credentials();

		json_set_str(body, "graph_id", cli->graph_id);
		if (credentials != NULL)
			json_set(body, "credentials", credentials);
	}
	json_set_str(body, "mode", cli->mode != NULL ? cli->mode : "FULL");
	return body;
}

/* The plan is the answer to the very same request as a dry run. */
static int
show_plan(struct client *client, struct json_object *body, FILE *to)
{
	struct json_object *dry = json_copy(body);
	int                 planned;

	json_set_str(dry, "mode", DRY_RUN);
	planned = plan_show(client, "/deploy/apply", dry, to);
	json_object_put(dry);
	return planned;
}

/* Shows a person what would be done and asks. CLI_CHANGES: go ahead. */
static int
ask(struct client *client, struct json_object *body)
{
	const struct cli *cli = client->cli;
	int               planned = CLI_CHANGES;

	if (cli->approved)
		return CLI_CHANGES;
	if (!cli->json && terminal_is(stdin) && terminal_is(stderr))
		planned = show_plan(client, body, stderr);
	if (planned != CLI_CHANGES)
		return planned;
	return deploy_approved(cli, QUESTION) ? CLI_CHANGES : CLI_ERROR;
}

static int
run(struct cli *cli)
{
	struct json_object *body = mode_is_known(cli) ? body_create(cli) : NULL;
	struct client       client;
	int                 status;

	if (body == NULL)
		return CLI_ERROR;
	client_open(&client, cli);
	if (str_eq(cli->mode, DRY_RUN)) {
		status = show_plan(&client, body, stdout);
	} else {
		status = ask(&client, body);
		if (status == CLI_CHANGES)
			status = deploy_run(&client, "/deploy/apply", body);
	}
	client_close(&client);
	json_object_put(body);
	return status;
}

static const struct cli_option options[] = {
	CLI_OPTION_GRAPH_ID,
	{ "mode", 0, "MODE", offsetof(struct cli, mode),
	    "FULL [default], or DRY_RUN: as plan does" },
	CLI_OPTION_APPROVE,
};

const struct command cmd_apply = {
	.name = "apply",
	.synopsis = "FILE | --graph-id ID [OPTIONS]",
	.help = "create and change what FILE says, and watch it happen",
	.more =
	    "FILE is a config in JSON; - reads it from standard input. On a terminal the plan is\n"
	    "shown first, and a yes is asked for; elsewhere -y is needed.\n"
	    "Credentials that the config does not have are taken from AWS_ACCESS_KEY_ID,\n"
	    "AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION (or AWS_DEFAULT_REGION) and\n"
	    "GITHUB_TOKEN. Ctrl-C stops the watching, not the deployment.\n"
	    "Outputs go to standard output, as lines `resource.output = value`.",
	.options = options,
	.options_n = array_len(options),
	.operands_min = 0,
	.operands_max = 1,
	.run = run,
};
