/* SPDX-License-Identifier: Apache-2.0
 * cmd_diff.c - `diff`: what differs between two versions of a deployment. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/render.h"
#include "cli/terminal.h"
#include "util/json.h"

static int
show(const struct cli *cli, const struct answer *answer)
{
	struct str out;

	if (cli->json) {
		client_print(answer);
	} else {
		str_init(&out, RENDER_MAX);
		render_diff(&out, answer->json, terminal_color(stdout));
		fputs(out.data, stdout);
		str_fini(&out);
	}
	return json_get_bool(answer->json, "same", false) ? CLI_OK : CLI_CHANGES;
}

static int
run(struct cli *cli)
{
	struct client client;
	struct answer answer;
	struct str    path;
	int           status;

	client_path(&path, "/deploy/diff", "");
	client_path_query(&path, "from", cli->operand);
	client_path_query(&path, "to", cli->operand_2);
	client_open(&client, cli);
	if (client_get(&client, path.data, &answer))
		status = show(cli, &answer);
	else
		status = client_complain(&client, &answer);
	answer_fini(&answer);
	client_close(&client);
	str_fini(&path);
	return status;
}

const struct command cmd_diff = {
	.name = "diff",
	.synopsis = "GRAPH_ID GRAPH_ID [OPTIONS]",
	.help = "show what differs between two versions of a deployment",
	.more =
	    "The versions are graphs of one deployment, as `history` shows them. Compared is what\n"
	    "their configs say; nothing is looked at. With --json the answer holds a JSON Patch.\n"
	    "Exit status: 0 they are the same but for what they are called, 2 they differ, 1 "
	    "error.",
	.operands_min = 2,
	.operands_max = 2,
	.run = run,
};
