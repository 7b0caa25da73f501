/* SPDX-License-Identifier: Apache-2.0
 * cmd_openapi.c - `openapi`: the server's API, as an OpenAPI document. */
#include "cli/cli.h"
#include "cli/client.h"

static int
run(struct cli *cli)
{
	struct client client;
	struct answer answer;
	int           status = CLI_OK;

	client_open(&client, cli);
	if (client_get(&client, "/openapi.json", &answer))
		client_print(&answer);
	else
		status = client_complain(&client, &answer);
	answer_fini(&answer);
	client_close(&client);
	return status;
}

const struct command cmd_openapi = {
	.name = "openapi",
	.synopsis = "[OPTIONS]",
	.help = "print the server's API as an OpenAPI document",
	.operands_min = 0,
	.operands_max = 0,
	.run = run,
};
