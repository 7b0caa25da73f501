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
	const char *named = json_get_str(body, "deployment_id");
	const char *deployment_id =
	    named != NULL ? named : json_get_str(json_get_object(body, "config"), "deployment_id");
	struct str question;
	bool       yes;

	str_init(&question, QUESTION_MAX);
	str_add(&question, "Everything that was deployed as ");
	render_text(&question, deployment_id != NULL ? deployment_id : cli->operand);
	str_add(&question, " will be destroyed.\nDo you really want this? Only 'yes' is accepted:");
	yes = deploy_approved(cli, question.data);
	str_fini(&question);
	return yes;
}

/* What was deployed is in the graph of the last execution. One that was found by tags lacks what has none, and there may be no graph at all. */
static bool
is_recorded(struct client *client, const char *deployment_id)
{
	struct answer       answer;
	struct str          path;
	struct json_object *all;
	bool                recorded = true;

	client_path(&path, "/deploy/history/", deployment_id);
	client_path_query(&path, "limit", "1");
	if (client_get(client, path.data, &answer)) {
		all = json_get_array(answer.json, "executions");
		recorded =
		    json_object_array_length(all) > 0 &&
		    !str_eq(json_get_str(json_object_array_get_idx(all, 0), "kind"), "discover");
	} else if (str_eq(json_get_str(answer.json, "code"), "not_found")) {
		recorded = false;
	}
	answer_fini(&answer);
	str_fini(&path);
	return recorded;
}

static struct json_object *
body_create(struct client *client)
{
	const struct cli   *cli = client->cli;
	struct json_object *body = config_deployment_body(cli->operand);
	struct json_object *config = json_get_object(body, "config");

	if (body == NULL)
		return NULL;
	if (config != NULL && is_recorded(client, json_get_str(config, "deployment_id")))
		body = config_name_only(body);
	names_add_or_all(body, "empty", &cli->empty);
	deploy_select(cli, body);
	return body;
}

static int
run(struct cli *cli)
{
	struct json_object *body;
	struct client       client;
	int                 status = CLI_ERROR;

	client_open(&client, cli);
	body = body_create(&client);
	if (body != NULL && approved(cli, body))
		status = deploy_run(&client, "/deploy/destroy", body, DEPLOY_ALL_EVENTS);
	client_close(&client);
	json_object_put(body);
	return status;
}

static const struct cli_option options[] = {
	{ "only", 0, "NAME", offsetof(struct cli, only),
	    "only this resource, and what refers to it; may be given\n"
	    "again and again",
	    true },
	{ "except", 0, "NAME", offsetof(struct cli, except),
	    "all but this one, and what it refers to; likewise", true },
	CLI_OPTION_APPROVE,
	{ "empty", 0, "NODE", offsetof(struct cli, empty),
	    "take this one along with what is in it (a bucket with\n"
	    "its objects); may be given again and again; all: of all",
	    true },
};

const struct command cmd_destroy = {
	.name = "destroy",
	.synopsis = "FILE|GRAPH_ID|DEPLOYMENT [OPTIONS]",
	.help = "delete what was deployed",
	.more =
	    "FILE is the config it was deployed from: its deployment_id says what to delete. "
	    "Where\n"
	    "the server has no record of it, what FILE names is looked for.\n"
	    "GRAPH_ID names what was deployed as that graph, DEPLOYMENT, where there is no such\n"
	    "file, what was by that id.\n"
	    "Credentials are found as by apply. On a terminal a yes is asked for; elsewhere -y is\n"
	    "needed. What is not empty is refused, unless its config says force_destroy: true, or\n"
	    "--empty names it. Exit status: 0 all is gone, and nothing else is left; 1 else.",
	.options = options,
	.options_n = array_len(options),
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
