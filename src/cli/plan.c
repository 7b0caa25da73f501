/* SPDX-License-Identifier: Apache-2.0
 * plan.c - asks for a plan, and shows it. */
#include "cli/plan.h"

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/render.h"
#include "cli/terminal.h"
#include "util/json.h"

/* A plan without success lists what is wrong with the config. */
static int
show_refusal(struct json_object *plan)
{
	struct str out;

	str_init(&out, RENDER_MAX);
	str_add(&out, "Error: the config has problems\n");
	render_problems(&out, json_get_array(plan, "validation_errors"), "  - ");
	fputs(out.data, stderr);
	str_fini(&out);
	return CLI_ERROR;
}

static void
show_plan(struct client *client, struct answer *answer, FILE *to)
{
	struct str out;

	if (client->cli->json || client->cli->format != NULL) {
		client_print(answer);
		return;
	}
	str_init(&out, RENDER_MAX);
	render_plan(&out, answer->json, terminal_color(to));
	fputs(out.data, to);
	str_fini(&out);
}

/* In Terraform's words, it says so itself. */
static int
status_of(struct json_object *plan)
{
	if (plan_is_undecided(plan) || json_get_bool(plan, "errored", false))
		return CLI_ERROR;
	return plan_has_changes(plan) || json_get_bool(plan, "applyable", false) ? CLI_CHANGES
										 : CLI_OK;
}

int
plan_show(struct client *client, const char *path, struct json_object *body, FILE *to)
{
	struct answer answer;
	int           status = CLI_ERROR;

	if (!client_post(client, path, body, false, &answer)) {
		status = client_complain(client, &answer);
	} else if (!json_get_bool(answer.json, "success", true)) {
		if (client->cli->json)
			client_print(&answer);
		status = show_refusal(answer.json);
	} else {
		show_plan(client, &answer, to);
		status = status_of(answer.json);
	}
	answer_fini(&answer);
	return status;
}
