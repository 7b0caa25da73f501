/* SPDX-License-Identifier: Apache-2.0
 * cmd_schedule.c - `schedule`: have a deployment verified again and again. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/config.h"
#include "cli/render.h"
#include "cli/terminal.h"
#include "util/json.h"

#define PATH "/deploy/schedules"

typedef void render(struct str *out, struct json_object *json, bool color);

static void
print(const struct cli *cli, render *show, struct json_object *json, FILE *to)
{
	struct str out;

	if (cli->json) {
		puts(json_text(json));
		return;
	}
	str_init(&out, RENDER_MAX);
	show(&out, json, terminal_color(to));
	fputs(out.data, to);
	str_fini(&out);
}

/* What the last run that came to its end has found; before that there is nothing to say. */
static int
status_of(struct json_object *schedule)
{
	const char *state = json_get_str(json_get_object(schedule, "verified"), "state");

	if (state == NULL || str_eq(state, "in_sync"))
		return CLI_OK;
	return str_eq(state, "drifted") ? CLI_CHANGES : CLI_ERROR;
}

/* ---- set ---- */

static int
set(struct client *client, struct json_object *body)
{
	const struct cli *cli = client->cli;
	struct answer     answer;
	int               status = CLI_OK;

	if (cli->every == NULL) {
		fprintf(stderr, "Error: say how often: --every 1h\n");
		return CLI_ERROR;
	}
	json_set_str(body, "every", cli->every);
	json_set_str(body, "depth", cli->depth);
	if (client_post(client, PATH, body, false, &answer))
		print(cli, render_schedule, answer.json, stderr);
	else
		status = client_complain(client, &answer);
	answer_fini(&answer);
	return status;
}

/* ---- show, list ---- */

/* NULL: there is none of that deployment. */
static struct json_object *
find(struct json_object *answer, const char *deployment_id)
{
	struct json_object *list = json_get_array(answer, "schedules");
	size_t              n = list != NULL ? json_object_array_length(list) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *one = json_object_array_get_idx(list, i);

		if (str_eq(json_get_str(one, "deployment_id"), deployment_id))
			return one;
	}
	return NULL;
}

static int
print_one(const struct cli *cli, struct json_object *answer, const char *deployment_id)
{
	struct json_object *schedule = find(answer, deployment_id);

	if (schedule == NULL) {
		fprintf(stderr, "Error: there is no schedule of \"%s\" in this process\n",
		    deployment_id);
		return CLI_ERROR;
	}
	print(cli, render_schedule, schedule, stdout);
	return status_of(schedule);
}

/* Drift of any is a finding, whatever could not be looked at. */
static int
print_all(const struct cli *cli, struct json_object *answer)
{
	struct json_object *list = json_get_array(answer, "schedules");
	size_t              n = list != NULL ? json_object_array_length(list) : 0;
	int                 status = CLI_OK;

	print(cli, render_schedules, answer, stdout);
	for (size_t i = 0; i < n; i++) {
		int one = status_of(json_object_array_get_idx(list, i));

		status = one > status ? one : status;
	}
	return status;
}

static int
show(struct client *client, struct json_object *body)
{
	const char   *deployment_id = json_get_str(body, "deployment_id");
	struct answer answer;
	int           status;

	if (!client_get(client, PATH, &answer))
		status = client_complain(client, &answer);
	else if (deployment_id != NULL)
		status = print_one(client->cli, answer.json, deployment_id);
	else
		status = print_all(client->cli, answer.json);
	answer_fini(&answer);
	return status;
}

/* ---- remove ---- */

static void
render_removed(struct str *out, struct json_object *schedule, bool color)
{
	(void)color;
	render_text(out, json_get_str(schedule, "deployment_id"));
	str_add(out, " is verified no longer.\n");
}

static int
end(struct client *client, struct json_object *body)
{
	struct answer answer;
	struct str    path;
	int           status = CLI_OK;

	client_path(&path, PATH "/", json_get_str(body, "deployment_id"));
	if (client_delete(client, path.data, &answer))
		print(client->cli, render_removed, answer.json, stderr);
	else
		status = client_complain(client, &answer);
	answer_fini(&answer);
	str_fini(&path);
	return status;
}

/* ---- which of them ---- */

static const struct act {
	const char *name;
	bool        names_one; /* a deployment */
	int (*run)(struct client *client, struct json_object *body);
} acts[] = {
	{ "set", true, set },
	{ "show", true, show },
	{ "list", false, show },
	{ "remove", true, end },
};

/* NULL: it is none, or not said as it should be, and stderr says so. */
static const struct act *
act_of(const struct cli *cli)
{
	for (size_t i = 0; i < array_len(acts); i++) {
		if (!str_eq(acts[i].name, cli->operand))
			continue;
		if (acts[i].names_one == (cli->operand_2 != NULL))
			return &acts[i];
		fprintf(stderr, "Error: schedule %s takes %s\n", acts[i].name,
		    acts[i].names_one ? "a FILE or a DEPLOYMENT" : "no operand");
		return NULL;
	}
	fprintf(stderr, "Error: schedule what? set, show, list or remove\n");
	return NULL;
}

static int
run(struct cli *cli)
{
	const struct act   *act = act_of(cli);
	struct json_object *body = NULL;
	struct client       client;
	int                 status;

	if (act != NULL)
		body =
		    act->names_one ? config_named_body(cli->operand_2) : json_object_new_object();
	if (body == NULL)
		return CLI_ERROR;
	client_open(&client, cli);
	status = act->run(&client, body);
	client_close(&client);
	json_object_put(body);
	return status;
}

static const struct cli_option options[] = {
	{ "every", 0, "INTERVAL", offsetof(struct cli, every),
	    "of set: how often, as 90s, 5m, 1h, 1d; from 5s to 7d", false },
	{ "depth", 0, "DEPTH", offsetof(struct cli, depth),
	    "of set: full [default] or tags, as of verify", false },
};

const struct command cmd_schedule = {
	.name = "schedule",
	.synopsis = "set|show|list|remove [FILE|DEPLOYMENT] [OPTIONS]",
	.help = "have a deployment verified again and again",
	.more =
	    "  set FILE|DEPLOYMENT --every INTERVAL   from now on; it replaces the one there is\n"
	    "  show FILE|DEPLOYMENT                   when, and how it was last found\n"
	    "  list                                   all of them\n"
	    "  remove FILE|DEPLOYMENT                 no longer\n"
	    "\n"
	    "FILE is the config it was deployed from: what is called so has a / in it, ends in\n"
	    ".json, or is - for standard input. DEPLOYMENT is a deployment_id. Credentials are\n"
	    "found as by destroy. What changes is told as an event of the graph. A schedule lives "
	    "as\n"
	    "long as the server that was asked: its credentials are kept nowhere else.\n"
	    "Exit status: 0 done; 2 of show and list: the last run has found drift; 1 error, or "
	    "the\n"
	    "last run could not look at all.",
	.options = options,
	.options_n = array_len(options),
	.operands_min = 1,
	.operands_max = 2,
	.run = run,
};
