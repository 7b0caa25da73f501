/* SPDX-License-Identifier: Apache-2.0
 * cmd_cancel.c - `cancel`: end an execution that is under way, or paused. */
#include "cli/cli.h"
#include "cli/client.h"
#include "cli/config.h"
#include "cli/deploy.h"
#include "util/json.h"

static int
run(struct cli *cli)
{
	struct json_object *body = config_graph_body(cli->operand);
	struct client       client;
	int                 status;

	if (cli->force)
		json_set_bool(body, "force", true);
	if (cli->rollback)
		json_set_bool(body, "rollback", true);
	client_open(&client, cli);
	status = deploy_stop(&client, "/deploy/cancel", body, "cancelled");
	client_close(&client);
	json_object_put(body);
	return status;
}

static const struct cli_option options[] = {
	{ "force", 0, NULL, offsetof(struct cli, force),
	    "give up calls that are under way, and look what became of them", false },
	{ "rollback", 0, NULL, offsetof(struct cli, rollback),
	    "undo what was done, too: a move, until it has begun to\n"
	    "delete; an apply, if it was begun with on-failure rollback",
	    false },
};

const struct command cmd_cancel = {
	.name = "cancel",
	.synopsis = "GRAPH_ID [OPTIONS]",
	.help = "end a deployment that is under way or paused; what was done stays",
	.more =
	    "Nothing new starts, and what is under way comes to its end, which may take a minute.\n"
	    "Apply it again to go on, or destroy it. Exit status: 0 cancelled, 1 else.",
	.options = options,
	.options_n = array_len(options),
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
