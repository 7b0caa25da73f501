/* SPDX-License-Identifier: Apache-2.0
 * cmd_status.c - `status`: an execution as it stands. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/follow.h"
#include "cli/render.h"
#include "cli/terminal.h"
#include "util/check.h"

static void
show(const struct answer *answer)
{
	bool       color = terminal_color(stdout);
	struct str out, turn;

	str_init(&out, RENDER_MAX);
	str_init(&turn, RENDER_MAX);
	render_status(&out, answer->json, color);
	render_turn(&turn, answer->json, color);
	if (turn.len > 0)
		str_addf(&out, "\n%s", turn.data);
	if (execution_is_over(answer->json)) {
		str_add_char(&out, '\n');
		render_summary(&out, answer->json, color);
	}
	fputs(out.data, stdout);
	str_fini(&turn);
	str_fini(&out);
}

static int
run(struct cli *cli)
{
	struct client client;
	struct answer answer;
	bool          ok;

	client_open(&client, cli);
	ok = follow_status(&client, cli->operand, &answer);
	if (ok && cli->json)
		client_print(&answer);
	else if (ok)
		show(&answer);
	answer_fini(&answer);
	client_close(&client);
	return ok ? CLI_OK : CLI_ERROR;
}

static const struct cli_option options[] = {
	{ "execution", 0, "EXECUTION", offsetof(struct cli, execution_id),
	    "one that `history` shows, instead of the last one of the graph", false },
};

const struct command cmd_status = {
	.name = "status",
	.synopsis = "GRAPH_ID [OPTIONS]",
	.help = "show where a deployment stands",
	.options = options,
	.options_n = array_len(options),
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
