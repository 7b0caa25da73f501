/* SPDX-License-Identifier: Apache-2.0
 * deploy.c - approval, start, and the end of an execution. */
#include "cli/deploy.h"

#include <stdio.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/follow.h"
#include "cli/render.h"
#include "cli/terminal.h"
#include "util/json.h"

#define STATUS_TRIES_MAX 20 /* the last event may be ahead of the status by a moment */
#define STATUS_WAIT_MS   100

bool
deploy_approved(const struct cli *cli, const char *question)
{
	if (cli->approved)
		return true;
	if (cli->json || !terminal_is(stdin) || !terminal_is(stderr)) {
		fprintf(stderr, "Error: there is nobody to ask for approval. "
				"Say -y (--auto-approve) to go ahead without.\n");
		return false;
	}
	if (terminal_ask(question))
		return true;
	fprintf(stderr, "Nothing was done.\n");
	return false;
}

static void
print_end(struct client *client, struct answer *answer)
{
	struct str out;

	if (client->cli->json) {
		client_print(answer);
		return;
	}
	str_init(&out, RENDER_MAX);
	render_summary(&out, answer->json, terminal_color(stderr));
	fputs(out.data, stderr);
	str_clear(&out);
	render_outputs(&out, answer->json);
	fputs(out.data, stdout);
	str_fini(&out);
}

static bool
is_settled(struct json_object *execution)
{
	return execution_is_over(execution) || str_eq(json_get_str(execution, "status"), "paused");
}

int
deploy_report(struct client *client, const char *graph_id)
{
	struct answer answer;
	bool          ok = follow_status(client, graph_id, &answer), completed;

	for (int i = 0; i < STATUS_TRIES_MAX && ok && !is_settled(answer.json); i++) {
		answer_fini(&answer);
		client_wait(client, STATUS_WAIT_MS);
		ok = follow_status(client, graph_id, &answer);
	}
	completed = ok && str_eq(json_get_str(answer.json, "status"), "completed");
	if (ok)
		print_end(client, &answer);
	answer_fini(&answer);
	return completed ? CLI_OK : CLI_ERROR;
}

static int
deploy_follow(struct client *client, struct json_object *execution)
{
	enum follow_show show = client->cli->json ? FOLLOW_SILENT : FOLLOW_VIEW;
	enum follow_end  end = follow_execution(client, execution, show, true);

	if (end != FOLLOW_COMPLETED && end != FOLLOW_FAILED)
		return CLI_ERROR;
	return deploy_report(client, json_get_str(execution, "graph_id"));
}

int
deploy_run(struct client *client, const char *path, struct json_object *body)
{
	struct answer answer;
	int           status = CLI_ERROR;

	client_catch_interrupt(client);
	if (!client_post(client, path, body, true, &answer))
		status = client_complain(client, &answer);
	else
		status = deploy_follow(client, answer.json);
	answer_fini(&answer);
	return status;
}
