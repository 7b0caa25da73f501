/* SPDX-License-Identifier: Apache-2.0
 * cmd_discover.c - `discover`: what the tags of resources tell, when nothing else does. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/config.h"
#include "cli/names.h"
#include "cli/render.h"
#include "cli/terminal.h"
#include "util/json.h"

static void
show(struct client *client, struct answer *answer)
{
	struct str out;

	if (client->cli->json) {
		client_print(answer);
		return;
	}
	if (client->cli->config && json_has(answer->json, "config")) {
		config_print(json_get(answer->json, "config"));
		return;
	}
	str_init(&out, RENDER_MAX);
	render_discovery(&out, answer->json, terminal_color(stdout));
	fputs(out.data, stdout);
	str_fini(&out);
}

static void
warn(const struct cli *cli, struct json_object *answer)
{
	struct str out;

	if (!cli->config || cli->json)
		return;
	str_init(&out, RENDER_MAX);
	render_warnings(&out, answer, terminal_color(stderr));
	fputs(out.data, stderr);
	str_fini(&out);
}

/* Sends the body, which is put, and shows what came. */
int
discovery_run(struct cli *cli, const char *path, struct json_object *body)
{
	struct client client;
	struct answer answer;
	int           status;

	config_give_credentials(body);
	client_open(&client, cli);
	if (client_post(&client, path, body, false, &answer)) {
		show(&client, &answer);
		warn(cli, answer.json);
		status = json_get_bool(answer.json, "success", false) ? CLI_OK : CLI_ERROR;
	} else {
		status = client_complain(&client, &answer);
	}
	answer_fini(&answer);
	client_close(&client);
	json_object_put(body);
	return status;
}

static int
run(struct cli *cli)
{
	struct json_object *body = json_object_new_object();

	json_set_str(body, "deployment_id", cli->operand);
	names_add(body, "regions", &cli->regions);
	if (cli->replace)
		json_set_bool(body, "replace", true);
	return discovery_run(cli, "/deploy/discover", body);
}

static const struct cli_option options[] = {
	{ "region", 0, "REGION", offsetof(struct cli, regions),
	    "look there only; may be given again [all that there are]", true },
	{ "config", 0, NULL, offsetof(struct cli, config),
	    "print the config that was rebuilt, and warnings to stderr", false },
	{ "replace", 0, NULL, offsetof(struct cli, replace),
	    "record it also where the server knows the deployment", false },
};

const struct command cmd_discover = {
	.name = "discover",
	.synopsis = "[DEPLOYMENT] [OPTIONS]",
	.help = "rebuild a deployment from its tags, or list those of an account",
	.more =
	    "Credentials come from the environment, as for apply; all that they lead to is looked\n"
	    "through. Without DEPLOYMENT the deployments are listed, and how much there is of "
	    "each\n"
	    "in each region. Nothing is changed.",
	.options = options,
	.options_n = array_len(options),
	.operands_min = 0,
	.operands_max = 1,
	.run = run,
};
