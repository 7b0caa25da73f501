/* SPDX-License-Identifier: Apache-2.0
 * verbs.c - finds the verb, and shows what came of it. */
#include "cli/verbs.h"

#include <stdio.h>

#include "cli/cli.h"
#include "util/json.h"

static const struct cli_verb *
find(const struct cli *cli, const struct cli_verb *verbs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!str_eq(verbs[i].name, cli->operand))
			continue;
		if (verbs[i].names == (cli->operand_2 != NULL))
			return &verbs[i];
		fprintf(stderr, "Error: %s: %s\n", cli->operand,
		    verbs[i].names ? "a name is missing" : "it takes no name");
		return NULL;
	}
	fprintf(stderr, "Error: there is no %s; see --help\n", cli->operand);
	return NULL;
}

int
verbs_run(struct cli *cli, const struct cli_verb *verbs, size_t n)
{
	const struct cli_verb *verb = find(cli, verbs, n);
	struct client          client;
	struct answer          answer = { 0 };
	int                    status = CLI_OK;

	if (verb == NULL)
		return CLI_ERROR;
	client_open(&client, cli);
	if (!verb->run(cli, &client, &answer))
		status = client_complain(&client, &answer);
	else if (cli->json)
		puts(json_text(answer.json));
	else
		verb->show(cli, answer.json);
	answer_fini(&answer);
	client_close(&client);
	return status;
}
