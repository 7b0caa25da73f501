/* SPDX-License-Identifier: Apache-2.0
 * cmd_tenants.c - `tenants`: who there is, and how much each may have. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/render.h"
#include "cli/verbs.h"
#include "util/check.h"
#include "util/json.h"

#define PATH "/admin/tenants"

static bool
list(struct cli *cli, struct client *client, struct answer *answer)
{
	(void)cli;
	return client_get(client, PATH, answer);
}

static void
show_list(const struct cli *cli, struct json_object *json)
{
	struct str out;

	(void)cli;
	str_init(&out, RENDER_MAX);
	render_tenants(&out, json);
	fputs(out.data, stdout);
	str_fini(&out);
}

/* NAME=N; which names there are is the server's to say. */
static bool
limit_read(const char *text, struct json_object *limits)
{
	size_t     len = strcspn(text, "=");
	struct str name;
	uint64_t   value;

	if (text[len] != '=' || !str_to_u64(text + len + 1, &value) || value > INT64_MAX)
		return false;
	str_init(&name, CLIENT_PATH_MAX);
	str_add_mem(&name, text, len);
	json_set_i64(limits, name.data, (int64_t)value);
	str_fini(&name);
	return true;
}

/* NULL: stderr says why. Those that are not named are set back, so none at all would be to set all back. */
static struct json_object *
limits_of(const struct cli *cli)
{
	struct json_object *limits = json_object_new_object();
	const char         *wrong = cli->limits.n == 0 ? "" : NULL;

	for (size_t i = 0; i < cli->limits.n && wrong == NULL; i++) {
		if (!limit_read(cli->limits.items[i], limits))
			wrong = cli->limits.items[i];
	}
	if (wrong == NULL)
		return limits;
	fprintf(stderr, "Error: --limit %s: NAME=N is wanted, where 0 is no limit\n", wrong);
	json_object_put(limits);
	return NULL;
}

static bool
set(struct cli *cli, struct client *client, struct answer *answer)
{
	struct json_object *body = json_object_new_object();
	bool                good;

	json_set_str(body, "tenant", cli->operand_2);
	json_set(body, "limits", limits_of(cli));
	good = client_post(client, PATH, body, false, answer);
	json_object_put(body);
	return good;
}

static void
show_one(const struct cli *cli, struct json_object *json)
{
	struct json_object *answer = json_object_new_object(), *all = json_object_new_array();

	json_object_array_add(all, json_object_get(json));
	json_set(answer, "tenants", all);
	show_list(cli, answer);
	json_object_put(answer);
}

static bool
drop(struct cli *cli, struct client *client, struct answer *answer)
{
	return client_delete(client, PATH "/", cli->operand_2, answer);
}

static void
show_dropped(const struct cli *cli, struct json_object *json)
{
	(void)json;
	printf("Removed: the limits and keys that the store had of %s\n", cli->operand_2);
}

static const struct cli_verb verbs[] = {
	{ "list", false, list, show_list },
	{ "set", true, set, show_one },
	{ "remove", true, drop, show_dropped },
};

static int
run(struct cli *cli)
{
	if (str_eq(cli->operand, "set")) {
		struct json_object *limits = limits_of(cli);

		if (limits == NULL)
			return CLI_ERROR;
		json_object_put(limits);
	}
	return verbs_run(cli, verbs, array_len(verbs));
}

static const struct cli_option options[] = {
	{ "limit", 0, "NAME=N", offsetof(struct cli, limits),
	    "set: how much it may have, 0 for no limit; may be given\n"
	    "again and again. Those that are not named are as for all",
	    true },
};

const struct command cmd_tenants = {
	.name = "tenants",
	.synopsis = "list | set NAME --limit NAME=N... | remove NAME  [OPTIONS]",
	.help = "list tenants, and say how much each may have, as an operator",
	.more =
	    "Limits: requests_per_second, requests_burst, executions_running,\n"
	    "executions_paused, nodes, body_bytes, watchers. remove takes the limits and all keys\n"
	    "that the store has of a tenant; what it has deployed stays. What the keys file says "
	    "of\n"
	    "a tenant is changed there.",
	.options = options,
	.options_n = array_len(options),
	.operands_min = 1,
	.operands_max = 2,
	.run = run,
};
