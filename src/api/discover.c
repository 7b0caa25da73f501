/* SPDX-License-Identifier: Apache-2.0
 * discover.c - what is out there of a deployment, as a config and as an execution; or which deployments there are.
 *
 *   credentials ─► sweeps, lists, reads ─► config, spec ─► saved ─► execution of kind discover ─► answer
 *
 * Where the service knows the deployment it only answers: what was applied says more than what tags can tell. */
#include <stdio.h>

#include "api/discovery.h"
#include "api/load.h"
#include "api/routes.h"
#include "api/start.h"
#include "api/wait.h"
#include "util/check.h"
#include "util/json.h"
#include "util/str.h"

struct known {
	struct exchange_part part;
	char graph[STORE_ID_SIZE]; /* of the deployment; "": the service knows none */
};

static const struct exchange_part_type known_type = { sizeof(struct known), NULL, NULL };

static char *
known_graph(struct exchange *x)
{
	return ((struct known *)exchange_part(x, &known_type))->graph;
}

static struct json_object *
regions_of(struct exchange *x)
{
	return json_get_array(x->body, "regions");
}

/* ---- one deployment ---- */

static struct json_object *
answer_of(struct exchange *x, struct json_object *execution)
{
	struct exchange_discovery *of = discovery_of(x);
	struct json_object        *body = json_object_new_object();
	const char                *known = known_graph(x);

	json_set_bool(body, "success", of->spec != NULL);
	json_set_str(body, "deployment_id", of->asked.deployment_id);
	if (x->spec != NULL)
		json_set_str(body, "graph_id", x->spec->graph_id);
	json_set_str(body, "known_graph_id", known[0] != '\0' ? known : NULL);
	json_set_bool(body, "recorded", execution != NULL);
	json_set(body, "config", json_object_get(of->config));
	json_set(body, "resources", json_object_get(of->resources));
	json_set(body, "warnings", json_object_get(of->asked.warnings));
	if (execution != NULL)
		json_set(body, "execution", execution);
	return body;
}

static void
reply_alone(struct exchange *x)
{
	reply_json(x, 200, answer_of(x, NULL));
}

static void
reply_with_execution(struct exchange *x, struct json_object *execution)
{
	reply_json(x, 200, answer_of(x, execution));
}

/* It has one that is under way, or that has begun since it was looked: more than the store knew then. */
static void
on_begun(struct execution_watch *watch, struct execution *execution, const struct err *err)
{
	struct exchange *x = container_of(watch, struct exchange, watch);

	(void)execution;
	if (err != NULL && err->code == ERR_BUSY)
		reply_alone(x);
	else if (err != NULL)
		reply_err(x, err);
}

static void
on_saved(struct exchange *x)
{
	bool is_known = known_graph(x)[0] != '\0';
	bool replaces = json_get_bool(x->body, "replace", false);

	if (is_known && !replaces) {
		reply_alone(x);
		return;
	}
	if (!replaces) /* nothing that has begun since it was looked either */
		x->start.newest = "";
	wait_init(x);
	wait_to_tell(x, reply_with_execution);
	x->watch.on_begun = on_begun;
	start_launch(x);
}

static void
on_found(struct exchange *x)
{
	struct exchange_discovery *of = discovery_of(x);
	struct err                 err;

	if (of->asked.n == 0) {
		err_set(&err, ERR_NOT_FOUND,
		    "nothing there has the tags of a deployment \"%s\"%s%s",
		    of->asked.deployment_id,
		    json_object_array_length(of->asked.warnings) > 0 ? ": " : "",
		    json_object_array_length(of->asked.warnings) > 0
			? json_object_get_string(json_object_array_get_idx(of->asked.warnings, 0))
			: "");
		reply_err(x, &err);
	} else if (of->spec == NULL) {
		reply_alone(x);
	} else {
		x->spec = spec_ref(of->spec);
		start_save_spec(x, on_saved);
	}
}

static void
look(struct exchange *x)
{
	discovery_ask(x, json_get_str(x->body, "deployment_id"), regions_of(x), on_found);
}

static void
on_archived(struct exchange *x)
{
	struct json_object *graphs = json_get_array(x->archived.json, "graphs");

	if (x->archived.err.code == ERR_OK && graphs != NULL &&
	    json_object_array_length(graphs) > 0)
		snprintf(known_graph(x), STORE_ID_SIZE, "%s",
		    json_get_str(json_object_array_get_idx(graphs, 0), "graph_id"));
	look(x);
}

/* "G:E" */
static void
on_history(struct exchange *x)
{
	if (x->op.result == STORE_OK && x->op.items_n > 0) {
		snprintf(known_graph(x), STORE_ID_SIZE, "%.*s", (int)STORE_ID_SIZE - 1,
		    x->op.items_out[0].name);
		look(x);
	} else if (api_options_of(x->api)->archive != NULL) {
		exchange_ask_archive(x, ARCHIVE_HISTORY, on_archived);
	} else {
		look(x);
	}
}

/* ---- all of them ---- */

static void
on_counted(struct exchange *x)
{
	struct discovery   *asked = &discovery_of(x)->asked;
	struct json_object *body = json_object_new_object();
	struct json_object *list = json_object_new_array();

	json_object_object_foreach (asked->deployments, id, deployment) {
		(void)id;
		json_object_array_add(list, json_object_get(deployment));
	}
	json_set_bool(body, "success", true);
	json_set(body, "deployments", list);
	json_set(body, "warnings", json_object_get(asked->warnings));
	reply_json(x, 200, body);
}

/* ---- the request ---- */

static void
on_opened(struct exchange *x)
{
	const char *deployment_id = json_get_str(x->body, "deployment_id");

	if (deployment_id == NULL) {
		discovery_ask(x, NULL, regions_of(x), on_counted);
		return;
	}
	must(store_key_set(&x->key, x->tenant, deployment_id, NULL));
	exchange_ask(x, STORE_HISTORY, NULL, on_history);
}

void
handle_discover(struct exchange *x)
{
	x->start.kind = EXECUTION_DISCOVER;
	x->start.mode = MODE_FULL;
	x->start.on_failure = ON_FAILURE_CONTINUE;
	discovery_open(x, json_get_object(x->body, "credentials"), "/credentials", on_opened);
}
