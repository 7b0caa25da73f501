/* SPDX-License-Identifier: Apache-2.0
 * status.c - what happened, and what was to happen: the two graphs of a deployment. */
#include "api/load.h"
#include "api/routes.h"

static void
reply_status(struct exchange *x, struct json_object *execution)
{
	reply_json(x, 200, execution);
}

static void
on_status_spec(struct exchange *x)
{
	load_execution(x, reply_status);
}

void
handle_status(struct exchange *x)
{
	load_spec(x, x->parameter, on_status_spec);
}

static void
on_graph_spec(struct exchange *x)
{
	reply_json(x, 200, spec_to_mgraph(x->spec));
}

void
handle_graph(struct exchange *x)
{
	load_spec(x, x->parameter, on_graph_spec);
}
