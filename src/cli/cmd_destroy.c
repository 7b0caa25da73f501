/* SPDX-License-Identifier: Apache-2.0
 * cmd_destroy.c - `destroy`: take down a deployment, by its graph or by its config. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/config.h"
#include "cli/deploy.h"
#include "cli/render.h"
#include "util/json.h"

#define QUESTION_MAX 512

/* Of a config only its deployment id and its credentials are sent. */
static struct json_object *
body_from_config(const char *name)
{
	struct json_object *config = client_config_read(name), *body = NULL;
	const char         *deployment_id = json_get_str(config, "deployment_id");

	if (config == NULL)
		return NULL;
	if (deployment_id == NULL) {
		fprintf(stderr, "Error: %s has no deployment_id\n", name);
	} else {
		config_add_credentials(config);
		body = json_object_new_object();
		must(body != NULL);
		json_set_str(body, "deployment_id", deployment_id);
		if (json_has(config, "credentials"))
			json_set(
			    body, "credentials", json_object_get(json_get(config, "credentials")));
	}
	json_object_put(config);
	return body;
}

static struct json_object *
body_create(const struct cli *cli)
{
	return config_is_graph_id(cli->operand) ? config_graph_body(cli->operand)
						: body_from_config(cli->operand);
}

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
	struct json_object *body = body_create(cli);
	struct client       client;
	int                 status = CLI_ERROR;

	if (body == NULL)
		return CLI_ERROR;
	deploy_select(cli, body);
	client_open(&client, cli);
	if (approved(cli, body))
		status = deploy_run(&client, "/deploy/destroy", body, DEPLOY_ALL_EVENTS);
	client_close(&client);
	json_object_put(body);
	return status;
}

static const struct cli_option options[] = { CLI_OPTIONS_SELECT, CLI_OPTION_APPROVE };

const struct command cmd_destroy = {
	.name = "destroy",
	.synopsis = "FILE|GRAPH_ID [OPTIONS]",
	.help = "delete what was deployed",
	.more =
	    "FILE is the config it was deployed from: its deployment_id says what to delete.\n"
	    "GRAPH_ID names what was deployed as that graph.\n"
	    "Credentials are found as by apply. On a terminal a yes is asked for; elsewhere -y is\n"
	    "needed.",
	.options = options,
	.options_n = array_len(options),
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
