/* SPDX-License-Identifier: Apache-2.0
 * cmd_pause.c - `pause`: hold an execution that is under way. */
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

	client_open(&client, cli);
	status = deploy_stop(&client, "/deploy/pause", body, "paused");
	client_close(&client);
	json_object_put(body);
	return status;
}

const struct command cmd_pause = {
	.name = "pause",
	.synopsis = "GRAPH_ID [OPTIONS]",
	.help = "hold a deployment that is under way, until it is continued",
	.more =
	    "Nothing new starts, and what is under way comes to its end. `continue` goes on from\n"
	    "there. Exit status: 0 paused, 1 else: it may have ended before.",
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
