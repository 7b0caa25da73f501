/* SPDX-License-Identifier: Apache-2.0
 * cmd_graph.c - `graph`: what waits for what, drawn here or for another program. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/config.h"
#include "cli/graphviz.h"
#include "cli/render.h"
#include "cli/terminal.h"
#include "cli/tree.h"
#include "util/json.h"

#define WIDE 1000 /* columns of what is no terminal */

/* ---- formats ---- */

static int
show_tree(const struct answer *answer)
{
	size_t      columns = WIDE, rows;
	struct tree tree;
	struct str  out;
	struct err  err;
	bool        ok = tree_read(&tree, answer->json, &err);

	if (terminal_is(stdout))
		terminal_size(stdout, &columns, &rows);
	str_init(&out, RENDER_MAX);
	if (ok)
		render_tree(&out, &tree, columns, terminal_color(stdout));
	else
		fprintf(stderr, "Error: %s\n", err.detail);
	fputs(out.data, stdout);
	str_fini(&out);
	tree_fini(&tree);
	return ok ? CLI_OK : CLI_ERROR;
}

static int
show_text(const struct answer *answer)
{
	client_print(answer);
	return CLI_OK;
}

static int
show_svg(const struct answer *answer)
{
	return graphviz_svg(answer->text.data, answer->text.len);
}

static const struct format {
	const char *name;
	const char *asked; /* of the server */
	int (*show)(const struct answer *answer);
} formats[] = {
	{ "tree", "mgraph", show_tree },
	{ "dot", "dot", show_text },
	{ "mermaid", "mermaid", show_text },
	{ "mgraph", "mgraph", show_text },
	{ "svg", "dot", show_svg },
};

/* NULL: there is none of that name, and stderr says so. */
static const struct format *
format_of(const struct cli *cli)
{
	const char *name = cli->format != NULL ? cli->format : cli->json ? "mgraph" : "tree";

	for (size_t i = 0; i < array_len(formats); i++) {
		if (str_eq(formats[i].name, name))
			return &formats[i];
	}
	fprintf(stderr, "Error: there is no format %s: tree, dot, mermaid, mgraph or svg\n", name);
	return NULL;
}

/* ---- the graph ---- */

/* The server makes a graph of the config, and looks at nothing else. */
static bool
plan(struct client *client, struct answer *answer)
{
	struct json_object *body = config_body(client->cli->operand);
	bool                ok;

	*answer = (struct answer){ 0 };
	str_init(&answer->text, 1);
	if (body == NULL)
		return false;
	json_set_bool(body, "validate_only", true);
	ok = client_post(client, "/deploy/plan", body, false, answer) &&
	     json_get_str(answer->json, "spec_graph_id") != NULL;
	if (!ok)
		client_complain(client, answer);
	json_object_put(body);
	return ok;
}

static int
show(struct client *client, const struct format *format, const char *graph_id)
{
	struct answer answer;
	struct str    path;
	int           status;

	client_path(&path, "/deploy/graph/", graph_id);
	str_addf(
	    &path, "?format=%s%s", format->asked, client->cli->execution ? "&kind=execution" : "");
	status = client_get_text(client, path.data, &answer) ? format->show(&answer)
							     : client_complain(client, &answer);
	answer_fini(&answer);
	str_fini(&path);
	return status;
}

static int
run(struct cli *cli)
{
	const struct format *format = format_of(cli);
	struct client        client;
	struct answer        planned;
	int                  status = CLI_ERROR;

	if (format == NULL)
		return CLI_ERROR;
	client_open(&client, cli);
	if (config_is_graph_id(cli->operand)) {
		status = show(&client, format, cli->operand);
	} else {
		if (plan(&client, &planned))
			status = show(&client, format, json_get_str(planned.json, "spec_graph_id"));
		answer_fini(&planned);
	}
	client_close(&client);
	return status;
}

static const struct cli_option options[] = {
	{ "format", 0, "FORMAT", offsetof(struct cli, format),
	    "tree [default]; dot: for Graphviz; mermaid: for Mermaid;\n"
	    "mgraph: MGraph JSON; svg: as Graphviz's program dot draws it",
	    false },
	{ "execution", 0, NULL, offsetof(struct cli, execution),
	    "what became of it when it was last run, by region", false },
};

const struct command cmd_graph = {
	.name = "graph",
	.synopsis = "GRAPH_ID|FILE [OPTIONS]",
	.help = "draw what waits for what",
	.more = "GRAPH_ID names what was planned or deployed before. FILE is a config in JSON, of "
		"which\n"
		"the server makes a graph first; - reads it from standard input.\n"
		"In a tree each resource is below one that it waits for, and as deep as its layer.",
	.options = options,
	.options_n = array_len(options),
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
