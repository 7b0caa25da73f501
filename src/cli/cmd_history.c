/* SPDX-License-Identifier: Apache-2.0
 * cmd_history.c - `history`: the deployments, or the graphs of one that were run. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/render.h"

static int
run(struct cli *cli)
{
	struct client client;
	struct answer answer;
	struct str    path, out;
	int           status = CLI_OK;

	if (cli->operand != NULL) {
		client_path(&path, "/deploy/history/", cli->operand);
	} else {
		client_path(&path, "/deploy/deployments", "");
	}
	client_open(&client, cli);
	if (!client_get(&client, path.data, &answer)) {
		status = client_complain(&client, &answer);
	} else if (cli->json) {
		client_print(&answer);
	} else {
		str_init(&out, RENDER_MAX);
		render_history(&out, answer.json);
		fputs(out.data, stdout);
		str_fini(&out);
	}
	answer_fini(&answer);
	client_close(&client);
	str_fini(&path);
	return status;
}

const struct command cmd_history = {
	.name = "history",
	.synopsis = "[DEPLOYMENT] [OPTIONS]",
	.help = "list the deployments, or the graphs of one that were run",
	.operands_min = 0,
	.operands_max = 1,
	.run = run,
};
