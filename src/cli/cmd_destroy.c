/* SPDX-License-Identifier: Apache-2.0
 * cmd_destroy.c - `destroy`: take down a deployment, by its graph or by its config. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/config.h"
#include "cli/deploy.h"
#include "cli/names.h"
#include "cli/render.h"
#include "util/json.h"

#define QUESTION_MAX 512

static bool
approved(const struct cli *cli, struct json_object *body)
{
	const char *deployment_id = json_get_str(body, "deployment_id");
	struct str  question;
	bool        yes;

	str_init(&question, QUESTION_MAX);
	str_add(&question, "Everything that was deployed as ");
	render_text(&question, deployment_id != NULL ? deployment_id : cli->operand);
	str_add(&question, " will be destroyed.\nDo you really want this? Only 'yes' is accepted:");
	yes = deploy_approved(cli, question.data);
	str_fini(&question);
	return yes;
}

static int
run(struct cli *cli)
{
	struct json_object *body = config_deployment_body(cli->operand);
	struct client       client;
	int                 status = CLI_ERROR;

	if (body == NULL)
		return CLI_ERROR;
	names_add_or_all(body, "empty", &cli->empty);
	deploy_select(cli, body);
	client_open(&client, cli);
	if (approved(cli, body))
		status = deploy_run(&client, "/deploy/destroy", body, DEPLOY_ALL_EVENTS);
	client_close(&client);
	json_object_put(body);
	return status;
}

static const struct cli_option options[] = {
	CLI_OPTIONS_SELECT,
	CLI_OPTION_APPROVE,
	{ "empty", 0, "NODE", offsetof(struct cli, empty),
	    "take this one along with what is in it (a bucket with\n"
	    "its objects); may be given again and again; all: of all",
	    true },
};

const struct command cmd_destroy = {
	.name = "destroy",
	.synopsis = "FILE|GRAPH_ID [OPTIONS]",
	.help = "delete what was deployed",
	.more =
	    "FILE is the config it was deployed from: its deployment_id says what to delete.\n"
	    "GRAPH_ID names what was deployed as that graph.\n"
	    "Credentials are found as by apply. On a terminal a yes is asked for; elsewhere -y is\n"
	    "needed. What is not empty is refused, unless its config says force_destroy: true, or\n"
	    "--empty names it. Exit status: 0 all is gone, and nothing else is left; 1 else.",
	.options = options,
	.options_n = array_len(options),
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
