/* SPDX-License-Identifier: Apache-2.0
 * cmd_continue.c - `continue`: go on from a pause. */
#include "cli/cli.h"
#include "cli/client.h"
#include "cli/config.h"
#include "cli/deploy.h"
#include "cli/follow.h"
#include "cli/names.h"
#include "util/json.h"
#include "util/str.h"

#define NAME_MAX_LEN 512

/* What was shown as next is what is gone on with: two of us at once pass a pause once. */
static void
add_expected(struct json_object *body, struct json_object *execution)
{
	struct json_object *next = json_get_object(execution, "next_operation");
	const char         *region = json_get_str(next, "region");
	struct str          name;

	if (json_get_str(next, "resource_id") == NULL)
		return;
	str_init(&name, NAME_MAX_LEN);
	str_add(&name, json_get_str(next, "resource_id"));
	if (region != NULL && *region != '\0')
		str_addf(&name, "@%s", region);
	json_set_str(body, "expected_next", name.data);
	str_fini(&name);
}

static struct json_object *
body_create(const struct cli *cli, struct json_object *execution)
{
	struct json_object *body = config_graph_body(cli->operand);

	json_set_str(body, "until", cli->until);
	json_set_str(body, "from_node", cli->from);
	names_add(body, "skip", &cli->skip);
	add_expected(body, execution);
	return body;
}

static int
go_on(struct client *client, struct json_object *execution)
{
	struct json_object *body = body_create(client->cli, execution);
	int64_t             after = json_get_i64(execution, "last_event", DEPLOY_ALL_EVENTS);
	int                 status = deploy_run(client, "/deploy/continue", body, after);

	json_object_put(body);
	return status;
}

static int
run(struct cli *cli)
{
	struct client client;
	struct answer answer;
	int           status = CLI_ERROR;

	client_open(&client, cli);
	if (follow_status(&client, cli->operand, &answer))
		status = go_on(&client, answer.json);
	answer_fini(&answer);
	client_close(&client);
	return status;
}

static const struct cli_option options[] = {
	{ "until", 0, "WHAT", offsetof(struct cli, until),
	    "step: one operation; pause: to the next pause edge;\n"
	    "end: past all pauses [step in STEP mode, else pause]",
	    false },
	{ "from", 0, "NODE", offsetof(struct cli, from),
	    "do this one as the step, or pass the pause before it", false },
	{ "skip", 0, "NODE", offsetof(struct cli, skip),
	    "do not run this one; may be given again and again", true },
};

const struct command cmd_continue = {
	.name = "continue",
	.synopsis = "GRAPH_ID [OPTIONS]",
	.help = "go on from a pause, and watch it happen",
	.more =
	    "NODE is a resource (in all its regions), resource@region, or a node id.\n"
	    "Where the server was started again since, credentials are needed once more: they are\n"
	    "taken from the environment, as by apply. Ctrl-C stops the watching, not the\n"
	    "deployment. Exit status: 0 completed, or paused again as asked; 1 else.",
	.options = options,
	.options_n = array_len(options),
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
