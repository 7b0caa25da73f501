/* SPDX-License-Identifier: Apache-2.0
 * cmd_apply.c - `apply`: make it so, and watch it happen. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/config.h"
#include "cli/deploy.h"
#include "util/digest.h"
#include "util/json.h"

#define DRY_RUN  "DRY_RUN"
#define QUESTION "Do you want to perform these actions? Only 'yes' is accepted:"

/* NULL: it is none, and stderr says so. */
static const char *
mode_of(const struct cli *cli)
{
	static const char *const modes[] = { "FULL", "STEP", DRY_RUN };
	const char              *mode = cli->step ? "STEP" : "FULL";

	if (cli->mode == NULL)
		return mode;
	for (size_t i = 0; i < array_len(modes); i++) {
		if (str_eq(cli->mode, modes[i]) && (!cli->step || str_eq(cli->mode, mode)))
			return modes[i];
	}
	fprintf(stderr, "Error: --mode is FULL, STEP or DRY_RUN; --step is short for STEP\n");
	return NULL;
}

/* GRAPH_ID:PLAN_ID, as plan says it. NULL: it is none, and stderr says so. */
static struct json_object *
plan_body(const char *name)
{
	const char         *colon = strchr(name, ':');
	char                graph_id[OBJ_ID_SIZE] = "";
	struct json_object *body;

	if (colon != NULL && (size_t)(colon - name) == sizeof(graph_id) - 1)
		memcpy(graph_id, name, sizeof(graph_id) - 1);
	if (!config_is_graph_id(graph_id)) {
		fprintf(stderr, "Error: a plan is named as GRAPH_ID:PLAN_ID\n");
		return NULL;
	}
	body = config_graph_body(graph_id);
	json_set_str(body, "plan_id", colon + 1);
	return body;
}

/* By the config of a file, by the id of what was planned or deployed before, or by a plan. */
static struct json_object *
body_of_operand(const struct cli *cli)
{
	if ((cli->operand == NULL) == (cli->plan == NULL)) {
		fprintf(stderr, "Error: say what to apply: a FILE, a GRAPH_ID, or --plan%s\n",
		    cli->plan != NULL ? ", and only one of them" : "");
		return NULL;
	}
	return cli->plan != NULL ? plan_body(cli->plan) : config_body(cli->operand);
}

static struct json_object *
body_create(const struct cli *cli)
{
	const char         *mode = mode_of(cli);
	struct json_object *body = mode != NULL ? body_of_operand(cli) : NULL;

	if (body == NULL)
		return NULL;
	json_set_str(body, "mode", mode);
	json_set_str(body, "on_failure", cli->on_failure);
	deploy_select(cli, body);
	return body;
}

/* A plan was looked at when it was made. */
static int
ask(struct client *client, struct json_object *body)
{
	if (client->cli->plan == NULL)
		return deploy_ask(client, "/deploy/apply", body, QUESTION);
	return deploy_approved(client->cli, QUESTION) ? CLI_CHANGES : CLI_ERROR;
}

static int
run(struct cli *cli)
{
	struct json_object *body = body_create(cli);
	struct client       client;
	int                 status;

	if (body == NULL)
		return CLI_ERROR;
	client_open(&client, cli);
	if (str_eq(cli->mode, DRY_RUN)) {
		status = deploy_plan(&client, "/deploy/apply", body, stdout);
	} else {
		status = ask(&client, body);
		if (status == CLI_CHANGES)
			status = deploy_run(&client, "/deploy/apply", body, DEPLOY_ALL_EVENTS);
	}
	client_close(&client);
	json_object_put(body);
	return status;
}

static const struct cli_option options[] = {
	{ "mode", 0, "MODE", offsetof(struct cli, mode),
	    "FULL [default]; STEP; or DRY_RUN: as plan does", false },
	{ "step", 0, NULL, offsetof(struct cli, step),
	    "one operation, then a pause: see continue --help", false },
	{ "on-failure", 0, "WHAT", offsetof(struct cli, on_failure),
	    "stop [default]; continue_independent: go on with what\n"
	    "does not depend on it; rollback: undo what was done",
	    false },
	{ "plan", 0, "PLAN", offsetof(struct cli, plan),
	    "instead of FILE: do what that plan (GRAPH_ID:PLAN_ID)\n"
	    "says and nothing else; what has changed since then\n"
	    "fails, and only that",
	    false },
	CLI_OPTION_PRUNE,
	CLI_OPTIONS_SELECT,
	CLI_OPTION_APPROVE,
};

const struct command cmd_apply = {
	.name = "apply",
	.synopsis = "FILE|GRAPH_ID|--plan PLAN [OPTIONS]",
	.help = "create and change what FILE says, and watch it happen",
	.more =
	    "FILE is a config in JSON; - reads it from standard input. GRAPH_ID names what was\n"
	    "planned or deployed before; when its last execution was left unfinished, that goes "
	    "on.\n"
	    "On a terminal the plan is shown first, and a yes is asked for; elsewhere -y is "
	    "needed.\n"
	    "Credentials that the config does not have are taken from AWS_ACCESS_KEY_ID,\n"
	    "AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION (or AWS_DEFAULT_REGION) and\n"
	    "GITHUB_TOKEN. Ctrl-C stops the watching, not the deployment.\n"
	    "Outputs go to standard output, as lines `resource.output = value`.\n"
	    "Exit status: 0 completed, or paused as asked; 1 else. With DRY_RUN as plan.",
	.options = options,
	.options_n = array_len(options),
	.operands_min = 0,
	.operands_max = 1,
	.run = run,
};
