/* SPDX-License-Identifier: Apache-2.0
 * cmd_types.c - `types`: what can be deployed. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/render.h"
#include "cli/terminal.h"

#define PATH_MAX_BYTES 1024

static void
show(const struct cli *cli, struct answer *answer)
{
	bool       color = terminal_color(stdout);
	struct str out;

	if (cli->json) {
		client_print(answer);
		return;
	}
	str_init(&out, RENDER_MAX);
	if (cli->operand == NULL)
		render_types(&out, answer->json, color);
	else
		render_type(&out, answer->json, color);
	fputs(out.data, stdout);
	str_fini(&out);
}

static int
run(struct cli *cli)
{
	struct client client;
	struct answer answer;
	struct str    path;
	int           status = CLI_OK;

	str_init(&path, PATH_MAX_BYTES);
	str_add(&path, "/deploy/types");
	if (cli->operand != NULL) {
		str_add_char(&path, '/');
		str_add_percent(&path, cli->operand, strlen(cli->operand), NULL);
	}
	client_open(&client, cli);
	if (client_get(&client, path.data, &answer))
		show(cli, &answer);
	else
		status = client_complain(&client, &answer);
	answer_fini(&answer);
	client_close(&client);
	str_fini(&path);
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
