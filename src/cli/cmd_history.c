/* SPDX-License-Identifier: Apache-2.0
 * cmd_history.c - `history`: the deployments, or the executions of one. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/render.h"
#include "util/check.h"

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
	client_path_query(&path, "limit", cli->limit);
	client_path_query(&path, "cursor", cli->cursor);
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

static const struct cli_option options[] = {
	{ "limit", 0, "N", offsetof(struct cli, limit), "at most so many [100]", false },
	{ "cursor", 0, "CURSOR", offsetof(struct cli, cursor),
	    "go on where a page before has ended", false },
};

const struct command cmd_history = {
	.name = "history",
	.synopsis = "[DEPLOYMENT] [OPTIONS]",
	.help = "list the deployments, or the executions of one",
	.more = "The newest comes first. Beside a deployment stands how a schedule last found it. "
		"What\n"
		"an execution has done is shown as +created ~changed -deleted =left as it was.\n"
		"`status GRAPH --execution EXECUTION` shows one in full, `diff GRAPH GRAPH` what "
		"differs\n"
		"between two versions, and `apply GRAPH` goes forward to an old one.",
	.options = options,
	.options_n = array_len(options),
	.operands_min = 0,
	.operands_max = 1,
	.run = run,
};
