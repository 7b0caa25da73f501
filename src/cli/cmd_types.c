/* SPDX-License-Identifier: Apache-2.0
 * cmd_types.c - `types`: what can be deployed. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/render.h"
#include "cli/terminal.h"
#include "util/json.h"

#define PATH_MAX_BYTES   1024
#define STATUS_NOT_FOUND 404

static void
show(const struct cli *cli, struct json_object *json,
    void (*render)(struct str *, struct json_object *, bool))
{
	struct str out;

	if (cli->json) {
		puts(json_text(json));
		return;
	}
	str_init(&out, RENDER_MAX);
	render(&out, json, terminal_color(stdout));
	fputs(out.data, stdout);
	str_fini(&out);
}

static struct json_object *
beginning_with(struct json_object *types, const char *prefix)
{
	struct json_object *out = json_object_new_object(), *list = json_object_new_array();

	for (size_t i = 0; types != NULL && i < json_object_array_length(types); i++) {
		struct json_object *type = json_object_array_get_idx(types, i);
		const char         *name = json_get_str(type, "type");

		if (name != NULL && str_starts(name, prefix))
			json_object_array_add(list, json_object_get(type));
	}
	json_set(out, "types", list);
	return out;
}

/* No type has that name, but some may begin so: "aws:ec2". False: none does. */
static bool
show_beginnings(const struct cli *cli, struct client *client)
{
	struct json_object *found;
	struct answer       all;
	bool                any = false;

	if (client_get(client, "/deploy/types", &all)) {
		found = beginning_with(json_get_array(all.json, "types"), cli->operand);
		any = json_object_array_length(json_get_array(found, "types")) > 0;
		if (any)
			show(cli, found, render_types);
		json_object_put(found);
	}
	answer_fini(&all);
	return any;
}

static int
run(struct cli *cli)
{
	struct client client;
	struct answer answer;
	struct str    path;
	int           status = CLI_OK;

	str_init(&path, PATH_MAX_BYTES);
	str_add(&path, "/deploy/types");
	if (cli->operand != NULL) {
		str_add_char(&path, '/');
		str_add_percent(&path, cli->operand, strlen(cli->operand), NULL);
	}
	client_open(&client, cli);
	if (client_get(&client, path.data, &answer))
		show(cli, answer.json, cli->operand == NULL ? render_types : render_type);
	else if (answer.status != STATUS_NOT_FOUND || cli->operand == NULL ||
		 !show_beginnings(cli, &client))
		status = client_complain(&client, &answer);
	answer_fini(&answer);
	client_close(&client);
	str_fini(&path);
	return status;
}

const struct command cmd_types = {
	.name = "types",
	.synopsis = "[NAME] [OPTIONS]",
	.help = "list the resource types, or those that begin so, or tell all about one",
	.operands_min = 0,
	.operands_max = 1,
	.run = run,
};
