/* SPDX-License-Identifier: Apache-2.0
 * cmd_verify.c - `verify`: is what is deployed still what the config says? */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/config.h"
#include "cli/render.h"
#include "cli/terminal.h"
#include "util/json.h"

static void
show(struct client *client, struct answer *answer)
{
	struct str out;

	if (client->cli->json) {
		client_print(answer);
		return;
	}
	str_init(&out, RENDER_MAX);
	render_verify(&out, answer->json, terminal_color(stdout));
	fputs(out.data, stdout);
	str_fini(&out);
}

/* What was seen to differ is a finding, whatever could not be seen; what could not be seen alone is none. */
static int
status_of(struct json_object *verify)
{
	static const char *const findings[] = { "drifted", "missing", "not_ours", "ambiguous",
		"failing" };

	for (size_t i = 0; i < array_len(findings); i++) {
		if (verify_total(verify, findings[i]) > 0)
			return CLI_CHANGES;
	}
	return json_get_bool(verify, "success", false) ? CLI_OK : CLI_ERROR;
}

static int
run(struct cli *cli)
{
	struct json_object *body = config_body(cli->operand);
	struct client       client;
	struct answer       answer;
	int                 status;

	if (body == NULL)
		return CLI_ERROR;
	json_set_str(body, "depth", cli->depth);
	client_open(&client, cli);
	if (client_post(&client, "/deploy/verify", body, false, &answer)) {
		show(&client, &answer);
		status = status_of(answer.json);
	} else {
		status = client_complain(&client, &answer);
	}
	answer_fini(&answer);
	client_close(&client);
	json_object_put(body);
	return status;
}

static const struct cli_option options[] = {
	{ "depth", 0, "DEPTH", offsetof(struct cli, depth),
	    "full [default]: read every property; tags: read only what\n"
	    "a list of the deployment's tags does not show in sync",
	    false },
};

const struct command cmd_verify = {
	.name = "verify",
	.synopsis = "FILE|GRAPH_ID [OPTIONS]",
	.help = "tell whether what is deployed still is what FILE says",
	.more =
	    "FILE is a config in JSON; - reads it from standard input. GRAPH_ID names what was\n"
	    "planned or deployed before. Nothing is changed. A difference is shown as what is\n"
	    "there -> what the config says.\n"
	    "Exit status: 0 all is in sync, 2 something is not, 1 error, or something could not "
	    "be\n"
	    "looked at.",
	.options = options,
	.options_n = array_len(options),
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
