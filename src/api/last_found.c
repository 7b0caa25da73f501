/* SPDX-License-Identifier: Apache-2.0
 * last_found.c - an op for each deployment. They travel in one pipeline, and are answered in any order. */
#include "api/last_found.h"

#include <stdlib.h>
#include <string.h>

#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

struct look {
	struct store_op op;
	struct looks   *looks;
	bool            is_over; /* its result may be there before it is told */
};

struct looks {
	struct exchange_part part;
	exchange_step       *next;
	struct json_object  *list;
	size_t               waiting_n;
	enum store_result    worst; /* STORE_OK, or how one could not be answered */
	size_t               n;
	struct look         *items;
};

/* The last one may be the one whose answer is just being heard. */
static void
forget(struct exchange_part *part)
{
	struct looks       *looks = (struct looks *)part;
	struct api_options *options = api_options_of(part->x->api);

	for (size_t i = 0; i < looks->n; i++) {
		if (!looks->items[i].is_over)
			store_forget(options->store, &looks->items[i].op);
		store_op_fini(&looks->items[i].op);
	}
	if (looks->items != NULL)
		loop_bury(options->loop, free, looks->items);
	looks->items = NULL;
	looks->n = 0;
}

static void
fini(struct exchange_part *part)
{
	json_put(((struct looks *)part)->list);
}

static const struct exchange_part_type looks_type = { sizeof(struct looks), forget, fini };

/* Which resources are not in sync is left out: of many deployments it may be much. */
static struct json_object *
short_of(struct json_object *record)
{
	static const char *const members[] = { "graph_id", "version", "at", "depth", "state",
		"summary" };
	struct json_object      *verified = json_object_new_object();

	for (size_t i = 0; i < array_len(members); i++) {
		if (json_has(record, members[i]))
			json_set(
			    verified, members[i], json_object_get(json_get(record, members[i])));
	}
	return verified;
}

static void
take(struct look *look)
{
	struct looks       *looks = look->looks;
	struct json_object *of =
	    json_object_array_get_idx(looks->list, (size_t)(look - looks->items));
	struct json_object *record = json_read(look->op.text_out, strlen(look->op.text_out), NULL);

	if (record != NULL) /* nobody has looked yet: the text is empty */
		json_set(of, "verified", short_of(record));
	json_object_put(record);
}

static void
finish(struct looks *looks)
{
	struct exchange *x = looks->part.x;
	struct err       err;

	if (looks->worst == STORE_OK) {
		looks->next(x);
		return;
	}
	err_set(&err, ERR_STORE_DOWN, "%s", store_result_name(looks->worst));
	reply_err(x, &err);
}

static void
on_answered(struct store_op *op)
{
	struct look  *look = container_of(op, struct look, op);
	struct looks *looks = look->looks;

	look->is_over = true;
	if (op->result == STORE_OK)
		take(look);
	else
		looks->worst = op->result;
	store_op_fini(op);
	if (--looks->waiting_n == 0)
		finish(looks);
}

static void
ask(struct looks *looks, struct look *look, struct json_object *of)
{
	struct exchange    *x = looks->part.x;
	struct api_options *options = api_options_of(x->api);

	look->looks = looks;
	look->op.verb = STORE_VERIFIED_GET;
	look->op.now_ms = loop_wall_ms(options->loop);
	look->op.done = on_answered;
	must(store_key_set(&look->op.key, x->tenant, json_get_str(of, "deployment_id"), NULL));
	store_start(options->store, &look->op);
}

void
last_found_add(struct exchange *x, struct json_object *list, exchange_step *next)
{
	struct looks *looks = exchange_part(x, &looks_type);
	size_t        n = json_object_array_length(list);

	must(looks->list == NULL);
	looks->next = next;
	looks->list = json_object_get(list);
	if (n == 0) {
		next(x);
		return;
	}
	looks->items = xcalloc(n, sizeof(*looks->items));
	looks->n = looks->waiting_n = n;
	looks->worst = STORE_OK;
	for (size_t i = 0; i < n; i++)
		ask(looks, &looks->items[i], json_object_array_get_idx(list, i));
}
