/* SPDX-License-Identifier: Apache-2.0
 * cmd_move.c - `move`: have a deployment in another region, or another account. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/config.h"
#include "cli/deploy.h"
#include "cli/names.h"
#include "util/json.h"

#define QUESTION "Do you want to move this? Only 'yes' is accepted:"

static struct json_object *
body_create(const struct cli *cli)
{
	struct json_object *body = config_deployment_body(cli->operand);

	if (body == NULL)
		return NULL;
	json_set_str(body, "from_region", cli->from_region);
	json_set_str(body, "to_region", cli->to_region);
	json_set_str(body, "from_account", cli->from_account);
	json_set_str(body, "to_account", cli->to_account);
	json_set_str(body, "on_failure", cli->on_failure);
	names_add(body, "resources", &cli->only);
	names_add_or_all(body, "copy", &cli->copy);
	names_add_or_all(body, "without_data", &cli->without_data);
	names_add(body, "pause_before", &cli->pauses);
	if (cli->through)
		json_set_bool(body, "delete_after_verify", true);
	return body;
}

static int
run(struct cli *cli)
{
	struct json_object *body;
	struct client       client;
	int                 status;

	if (cli->to_region == NULL && cli->to_account == NULL) {
		fprintf(stderr, "Error: say where to: --from-region and --to-region, or "
				"--from-account and --to-account\n");
		return CLI_ERROR;
	}
	body = body_create(cli);
	if (body == NULL)
		return CLI_ERROR;
	client_open(&client, cli);
	if (cli->plan_only) {
		status = deploy_plan(&client, "/deploy/move", body, stdout);
	} else {
		status = deploy_ask(&client, "/deploy/move", body, QUESTION);
		if (status == CLI_CHANGES)
			status = deploy_run(&client, "/deploy/move", body, DEPLOY_ALL_EVENTS);
	}
	client_close(&client);
	json_object_put(body);
	return status;
}

static const struct cli_option options[] = {
	{ "from-region", 0, "REGION", offsetof(struct cli, from_region), "where it is", false },
	{ "to-region", 0, "REGION", offsetof(struct cli, to_region), "where it is to be", false },
	{ "from-account", 0, "NAME", offsetof(struct cli, from_account),
	    "the same of accounts, as the credentials name them", false },
	{ "to-account", 0, "NAME", offsetof(struct cli, to_account), "likewise", false },
	{ "only", 0, "NAME", offsetof(struct cli, only),
	    "only this resource, and its children; may be given\n"
	    "again and again, as may those that follow",
	    true },
	{ "copy", 0, "NAME", offsetof(struct cli, copy),
	    "copy what it holds, where that has to be asked for;\n"
	    "all: of all",
	    true },
	{ "without-data", 0, "NAME", offsetof(struct cli, without_data),
	    "it may lose what it holds; all: all of them", true },
	{ "pause-before", 0, "PHASE", offsetof(struct cli, pauses),
	    "copy, verify, cut_over or delete [delete]", true },
	{ "delete-after-verify", 0, NULL, offsetof(struct cli, through),
	    "do not pause: go through to the end", false },
	{ "plan", 0, NULL, offsetof(struct cli, plan_only), "only show what would be done", false },
	{ "on-failure", 0, "WHAT", offsetof(struct cli, on_failure),
	    "rollback [default], stop or continue_independent", false },
	CLI_OPTION_APPROVE,
};

const struct command cmd_move = {
	.name = "move",
	.synopsis = "FILE|GRAPH_ID|DEPLOYMENT [OPTIONS]",
	.help = "have a deployment in another region or account",
	.more =
	    "FILE is the config it was deployed from: its deployment_id says what moves.\n"
	    "DEPLOYMENT says it alone, where there is no such file.\n"
	    "What moves is made in the new place, what it holds is copied, what refers to it "
	    "turns\n"
	    "to the new one; then the old one is deleted. Before that it pauses: `continue` goes\n"
	    "on, `cancel --rollback` undoes it.\n"
	    "From then on FILE must say the new place: `move --plan --json` has such a config.",
	.options = options,
	.options_n = array_len(options),
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
