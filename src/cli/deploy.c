/* SPDX-License-Identifier: Apache-2.0
 * deploy.c - approval, start, and the end of an execution. */
#include "cli/deploy.h"

#include <stdio.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/follow.h"
#include "cli/names.h"
#include "cli/plan.h"
#include "cli/render.h"
#include "cli/terminal.h"
#include "util/json.h"

#define STATUS_TRIES_MAX 20 /* the last event may be ahead of the status by a moment */
#define STATUS_WAIT_MS   100

void
deploy_select(const struct cli *cli, struct json_object *body)
{
	names_add(body, "only", &cli->only);
	names_add(body, "except", &cli->except);
	if (cli->prune)
		json_set_bool(body, "prune", true);
}

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

int
deploy_plan(struct client *client, const char *path, struct json_object *body, FILE *to)
{
	struct json_object *dry = json_copy(body);
	int                 planned;

	json_set_str(dry, "mode", "DRY_RUN");
	planned = plan_show(client, path, dry, to);
	json_object_put(dry);
	return planned;
}

int
deploy_ask(struct client *client, const char *path, struct json_object *body, const char *question)
{
	const struct cli *cli = client->cli;
	int               planned = CLI_CHANGES;

	if (cli->approved)
		return CLI_CHANGES;
	if (!cli->json && terminal_is(stdin) && terminal_is(stderr))
		planned = deploy_plan(client, path, body, stderr);
	if (planned != CLI_CHANGES)
		return planned;
	return deploy_approved(cli, question) ? CLI_CHANGES : CLI_ERROR;
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

/* A pause that somebody asked for is an end as good as any; to wait for credentials is not, and neither is a destroy that has
 * found something left. */
static bool
is_as_wanted(struct json_object *execution, const char *wanted)
{
	const char *status = json_get_str(execution, "status");
	const char *reason = json_get_str(execution, "reason");

	return (str_eq(status, wanted) && !str_eq(reason, "something_left")) ||
	       (str_eq(status, "paused") && !str_eq(wanted, "cancelled") &&
		   (str_eq(reason, "step") || str_eq(reason, "pause_edge") ||
		       str_eq(reason, "asked")));
}

int
deploy_report(struct client *client, const char *graph_id, const char *wanted)
{
	struct answer answer;
	bool          ok = follow_status(client, graph_id, &answer), good;

	for (int i = 0; i < STATUS_TRIES_MAX && ok && !is_settled(answer.json); i++) {
		answer_fini(&answer);
		client_wait(client, STATUS_WAIT_MS);
		ok = follow_status(client, graph_id, &answer);
	}
	good = ok && is_as_wanted(answer.json, wanted);
	if (ok)
		print_end(client, &answer);
	answer_fini(&answer);
	return good ? CLI_OK : CLI_ERROR;
}

static int
deploy_follow(
    struct client *client, struct json_object *execution, int64_t after, const char *wanted)
{
	enum follow_show show = client->cli->json ? FOLLOW_SILENT : FOLLOW_VIEW;
	enum follow_end  end = follow_execution(client, execution, show, true, after);

	if (end != FOLLOW_COMPLETED && end != FOLLOW_FAILED)
		return CLI_ERROR;
	return deploy_report(client, json_get_str(execution, "graph_id"), wanted);
}

int
deploy_run(struct client *client, const char *path, struct json_object *body, int64_t after)
{
	struct answer answer;
	int           status = CLI_ERROR;

	client_catch_interrupt(client);
	if (!client_post(client, path, body, true, &answer))
		status = client_complain(client, &answer);
	else
		status = deploy_follow(client, answer.json, after, "completed");
	answer_fini(&answer);
	return status;
}

int
deploy_stop(struct client *client, const char *path, struct json_object *body, const char *wanted)
{
	struct answer answer;
	int           status = CLI_ERROR;

	client_catch_interrupt(client);
	if (!client_post(client, path, body, true, &answer))
		status = client_complain(client, &answer);
	else if (is_settled(answer.json))
		status = deploy_report(client, json_get_str(body, "graph_id"), wanted);
	else
		status = deploy_follow(client, answer.json,
		    json_get_i64(answer.json, "last_event", DEPLOY_ALL_EVENTS), wanted);
	answer_fini(&answer);
	return status;
}
