/* SPDX-License-Identifier: Apache-2.0
 * cmd_watch.c - `watch`: follow a deployment that is under way. */
#include "cli/cli.h"
#include "cli/client.h"
#include "cli/deploy.h"
#include "cli/follow.h"
#include "util/json.h"

/* The events as JSON, even of an execution that is over. */
static int
watch_json(struct client *client, struct json_object *execution)
{
	return follow_execution(client, execution, FOLLOW_NDJSON, false, DEPLOY_ALL_EVENTS) ==
		       FOLLOW_COMPLETED
		   ? CLI_OK
		   : CLI_ERROR;
}

static int
watch(struct client *client, struct json_object *execution)
{
	enum follow_end end = FOLLOW_COMPLETED;

	if (!execution_is_over(execution))
		end = follow_execution(client, execution, FOLLOW_VIEW, false, DEPLOY_ALL_EVENTS);
	if (end != FOLLOW_COMPLETED && end != FOLLOW_FAILED)
		return CLI_ERROR;
	return deploy_report(client, json_get_str(execution, "graph_id"), "completed");
}

static int
run(struct cli *cli)
{
	struct client client;
	struct answer answer;
	int           status = CLI_ERROR;

	client_open(&client, cli);
	client_catch_interrupt(&client);
	if (follow_status(&client, cli->operand, &answer))
		status = cli->json ? watch_json(&client, answer.json) : watch(&client, answer.json);
	answer_fini(&answer);
	client_close(&client);
	return status;
}

const struct command cmd_watch = {
	.name = "watch",
	.synopsis = "GRAPH_ID [OPTIONS]",
	.help = "follow a deployment to its end",
	.more =
	    "With --json each event is a line of JSON on standard output. A pause is waited out.\n"
	    "Ctrl-C stops the watching, not the deployment.",
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
