/* SPDX-License-Identifier: Apache-2.0
 *
 * verbs.h - commands that have commands of their own: `keys add`, `keys list`.
 */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/client.h"

struct cli_verb {
	const char *name;
	bool        names; /* it takes a name behind it; else none */
	/* Asks; true: a good answer, with JSON. */
	bool (*run)(struct cli *cli, struct client *client, struct answer *answer);
	/* Shows it to people. */
	void (*show)(const struct cli *cli, struct json_object *json);
};

/* By cli->operand, with cli->operand_2: an exit status. */
int verbs_run(struct cli *cli, const struct cli_verb *verbs, size_t n);

#endif
