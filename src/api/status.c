/* SPDX-License-Identifier: Apache-2.0
 * status.c - what became of a graph when it was last run. */
#include <string.h>

#include "api/load.h"
#include "api/routes.h"
#include "util/json.h"

struct around {
	struct exchange_part part;
	struct json_object  *lag;      /* of the archive; owned, as all */
	struct json_object  *verified; /* how it was found last */
};

static void
fini(struct exchange_part *part)
{
	json_object_put(((struct around *)part)->lag);
	json_object_put(((struct around *)part)->verified);
}

static const struct exchange_part_type around_type = { sizeof(struct around), NULL, fini };

static struct around *
around_of(struct exchange *x)
{
	return exchange_part(x, &around_type);
}

static void
reply_status(struct exchange *x, struct json_object *execution)
{
	const struct around *around = around_of(x);

	if (x->from_archive)
		json_set_str(execution, "source", "archive");
	else if (around->lag != NULL)
		json_set(execution, "archive", json_object_get(around->lag));
	if (around->verified != NULL)
		json_set(execution, "verified", json_object_get(around->verified));
	reply_json(x, 200, execution);
}

/* Of another graph of the deployment it says nothing. */
static void
on_verified(struct exchange *x)
{
	struct json_object *record = json_read(x->op.text_out, strlen(x->op.text_out), NULL);

	if (str_eq(json_get_str(record, "graph_id"), x->key.graph))
		around_of(x)->verified = json_object_get(record);
	json_object_put(record);
	load_execution(x, reply_status);
}

static void
on_lag(struct exchange *x)
{
	around_of(x)->lag = archive_show_graph(&x->op);
	exchange_ask(x, STORE_VERIFIED_GET, NULL, on_verified);
}

/* How far the archive is behind is asked first: it may say less than is there by the time of the answer, never more. */
static void
on_status_spec(struct exchange *x)
{
	if (api_options_of(x->api)->archive != NULL && !x->from_archive)
		exchange_ask(x, STORE_ARCHIVE_GET, NULL, on_lag);
	else if (x->from_archive)
		load_execution(x, reply_status);
	else
		exchange_ask(x, STORE_VERIFIED_GET, NULL, on_verified);
}

void
handle_status(struct exchange *x)
{
	if (load_names_execution(x))
		load_spec(x, x->parameter, on_status_spec);
}
