/* SPDX-License-Identifier: Apache-2.0
 * cmd_verify.c - `verify`: is what is deployed still what the config says? */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/config.h"
#include "cli/render.h"
#include "cli/terminal.h"
#include "util/json.h"

#define PATH "/deploy/verify"

static void
print(void (*render)(struct str *, struct json_object *, bool), struct json_object *json)
{
	struct str out;

	str_init(&out, RENDER_MAX);
	render(&out, json, terminal_color(stdout));
	fputs(out.data, stdout);
	fflush(stdout);
	str_fini(&out);
}

/* What was seen to differ is a finding, whatever could not be seen; what could not be seen alone is none. */
static int
status_of(struct json_object *verify)
{
	static const char *const findings[] = { "drifted", "missing", "not_ours", "ambiguous",
		"failing" };

	for (size_t i = 0; i < array_len(findings); i++) {
		if (verify_total(verify, findings[i]) > 0)
			return CLI_CHANGES;
	}
	return json_get_bool(verify, "success", false) ? CLI_OK : CLI_ERROR;
}

/* ---- for programs ---- */

static int
print_answer(struct client *client, struct json_object *body)
{
	struct answer answer;
	int           status;

	if (client_post(client, PATH, body, false, &answer)) {
		client_print(&answer);
		status = status_of(answer.json);
	} else {
		status = client_complain(client, &answer);
	}
	answer_fini(&answer);
	return status;
}

/* ---- for people: each verdict as it comes ---- */

/* The last event is the rest of the answer: it is kept. */
static void
on_event(void *arg, const struct sse_event *event)
{
	struct json_object **ret_end = arg;
	struct json_object  *json = json_read(event->data, strlen(event->data), NULL);

	if (str_eq(event->name, "verify") && *ret_end == NULL) {
		*ret_end = json;
		return;
	}
	if (str_eq(event->name, "resource"))
		print(render_verdict, json);
	json_object_put(json);
}

static int
print_events(struct client *client, struct json_object *body)
{
	struct json_object *end = NULL;
	struct answer       answer;
	int                 status = CLI_ERROR;

	if (!client_post_events(client, PATH, body, on_event, &end, &answer)) {
		status = client_complain(client, &answer);
	} else if (end == NULL) {
		fprintf(stderr, "Error: the answer ended before all was told\n");
	} else {
		print(render_verify, end);
		status = status_of(end);
	}
	answer_fini(&answer);
	json_object_put(end);
	return status;
}

static int
run(struct cli *cli)
{
	struct json_object *body = config_body(cli->operand);
	struct client       client;
	int                 status;

	if (body == NULL)
		return CLI_ERROR;
	json_set_str(body, "depth", cli->depth);
	client_open(&client, cli);
	status = cli->json ? print_answer(&client, body) : print_events(&client, body);
	client_close(&client);
	json_object_put(body);
	return status;
}

static const struct cli_option options[] = {
	{ "depth", 0, "DEPTH", offsetof(struct cli, depth),
	    "full [default]: read every property; tags: read only what\n"
	    "a list of the deployment's tags does not show in sync",
	    false },
};

const struct command cmd_verify = {
	.name = "verify",
	.synopsis = "FILE|GRAPH_ID [OPTIONS]",
	.help = "tell whether what is deployed still is what FILE says",
	.more =
	    "FILE is a config in JSON; - reads it from standard input. GRAPH_ID names what was\n"
	    "planned or deployed before. Nothing is changed. Each resource is told as soon as it "
	    "was\n"
	    "looked at; a difference as what is there -> what the config says.\n"
	    "Exit status: 0 all is in sync, 2 something is not, 1 error, or something could not "
	    "be\n"
	    "looked at.",
	.options = options,
	.options_n = array_len(options),
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
