/* SPDX-License-Identifier: Apache-2.0
 * cmd_types.c - `types`: what can be deployed. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/render.h"
#include "cli/terminal.h"

static int
show(const struct cli *cli, struct answer *answer)
{
	bool       color = terminal_color(stdout), found = true;
	struct str out;

	if (cli->json && cli->operand == NULL) {
		client_print(answer);
		return CLI_OK;
	}
	str_init(&out, RENDER_MAX);
	if (cli->operand == NULL)
		render_types(&out, answer->json, color);
	else if (cli->json)
		found = render_type_json(&out, answer->json, cli->operand);
	else
		found = render_type(&out, answer->json, cli->operand, color);
	fputs(out.data, stdout);
	str_fini(&out);
	if (!found)
		fprintf(stderr, "Error: the server has no type %s\n", cli->operand);
	return found ? CLI_OK : CLI_ERROR;
}

static int
run(struct cli *cli)
{
	struct client client;
	struct answer answer;
	int           status;

	client_open(&client, cli);
	if (client_get(&client, "/deploy/types", &answer))
		status = show(cli, &answer);
	else
		status = client_complain(&client, &answer);
	answer_fini(&answer);
	client_close(&client);
	return status;
}

const struct command cmd_types = {
	.name = "types",
	.synopsis = "[NAME] [OPTIONS]",
	.help = "list the resource types, or tell all about one",
	.operands_min = 0,
	.operands_max = 1,
	.run = run,
};
