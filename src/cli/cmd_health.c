/* SPDX-License-Identifier: Apache-2.0
 * cmd_health.c - `health`: does the server answer, for who starts and watches processes; it needs no key. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "util/check.h"
#include "util/json.h"

static int
run(struct cli *cli)
{
	struct client client;
	struct answer answer;
	int           status = CLI_OK;

	client_open(&client, cli);
	if (!client_get(&client, cli->ready ? "/readyz" : "/healthz", &answer))
		status = client_complain(&client, &answer);
	else if (cli->json)
		client_print(&answer);
	else
		puts(json_get_str(answer.json, "status"));
	answer_fini(&answer);
	client_close(&client);
	return status;
}

static const struct cli_option options[] = {
	{ "ready", 0, NULL, offsetof(struct cli, ready),
	    "can it do its work: its store, and drivers elsewhere, are\nthere as well", false },
};

const struct command cmd_health = {
	.name = "health",
	.synopsis = "[OPTIONS]",
	.help = "ask whether the server answers",
	.options = options,
	.options_n = array_len(options),
	.operands_min = 0,
	.operands_max = 0,
	.run = run,
};
