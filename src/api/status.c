/* SPDX-License-Identifier: Apache-2.0
 * status.c - what became of a graph when it was last run. */
#include "api/load.h"
#include "api/routes.h"
#include "util/json.h"

static void
reply_status(struct exchange *x, struct json_object *execution)
{
	if (x->from_archive)
		json_set_str(execution, "source", "archive");
	else if (x->lag != NULL)
		json_set(execution, "archive", json_object_get(x->lag));
	reply_json(x, 200, execution);
}

static void
on_lag(struct exchange *x)
{
	x->lag = archive_show_graph(&x->op);
	load_execution(x, reply_status);
}

/* How far the archive is behind is asked first: it may say less than is there by the time of the answer, never more. */
static void
on_status_spec(struct exchange *x)
{
	if (api_options_of(x->api)->archive != NULL && !x->from_archive)
		exchange_ask(x, STORE_ARCHIVE_GET, NULL, on_lag);
	else
		load_execution(x, reply_status);
}

void
handle_status(struct exchange *x)
{
	load_spec(x, x->parameter, on_status_spec);
}
