/* SPDX-License-Identifier: Apache-2.0
 * redis_history.c - one of the executions there were, and how the oldest are forgotten.
 *
 * A script may only touch keys that were said with it, for a slot may be on its way to another node. So what is to go is
 * asked for first, and said then; the script that drops it looks once more whether it may. */
#include "store/redis_history.h"

#include <stdlib.h>

#include "store/redis_reads.h"
#include "util/check.h"
#include "util/mem.h"

#define DROP_KEYS       3 /* of an execution: past, exec, events */
#define DROP_GRAPH_KEYS 5

_Static_assert(3 + STORE_FORGET_MAX * DROP_KEYS <= REDIS_SAY_KEYS, "all can be said");
_Static_assert(2 + STORE_FORGET_MAX * DROP_GRAPH_KEYS <= REDIS_SAY_KEYS, "all can be said");

/* ---- one of them ---- */

static bool
say_header_of(struct redis_say *say, const struct redis_ask *ask)
{
	const struct store_op *op = ask->op;

	if (op->execution == NULL)
		return false;
	redis_say_text(say, "2");
	redis_say_graph_key(say, &op->key, "exec");
	redis_say_past_key(say, &op->key, op->execution);
	redis_say_text(say, op->execution);
	return true;
}

const struct redis_step redis_read_header_of = { REDIS_SCRIPT_HEADER, say_header_of,
	redis_hear_text };

/* ---- what is to go ---- */

/* Names, as they are. */
static void
take_names(struct store_op *op, const struct redis_value *value)
{
	size_t             n = value->kind == REDIS_KIND_LIST ? value->n : 0;
	struct store_item *items = xcalloc(n, sizeof(*items));

	must(n <= STORE_FORGET_MAX);
	for (size_t i = 0; i < n; i++)
		items[i].name = redis_value_at(value, i).text;
	store_op_set_items(op, items, n);
	free(items);
}

static int64_t
less_by(int64_t now_ms, int64_t age_ms)
{
	return now_ms > age_ms ? now_ms - age_ms : 0;
}

static bool
say_oldest(struct redis_say *say, const struct redis_ask *ask)
{
	const struct store_op *op = ask->op;
	int64_t                from = op->age_ms > 0 ? less_by(op->now_ms, op->age_ms) : 0;

	redis_say_text(say, "2");
	redis_say_deployment_key(say, &op->key, "history");
	redis_say_deployment_key(say, &op->key, "unfinished");
	redis_say_number(say, op->seq);
	redis_say_number(say, (uint64_t)from);
	redis_say_number(say, STORE_FORGET_MAX);
	return true;
}

static bool
hear_names(struct store_op *op, const struct redis_value *value)
{
	take_names(op, value);
	op->result = STORE_OK;
	return true;
}

const struct redis_step redis_oldest = { REDIS_SCRIPT_OLDEST, say_oldest, hear_names };

/* ---- executions ---- */

static void
say_keys_n(struct redis_say *say, size_t fixed, size_t each, size_t n)
{
	redis_say_number(say, fixed + each * n);
}

static bool
say_drop(struct redis_say *say, const struct redis_ask *ask)
{
	const struct store_op *op = ask->op;

	if (op->items_n == 0)
		return false;
	say_keys_n(say, 3, DROP_KEYS, op->items_n);
	redis_say_deployment_key(say, &op->key, "history");
	redis_say_deployment_key(say, &op->key, "unfinished");
	redis_say_deployment_key(say, &op->key, "specs");
	for (size_t i = 0; i < op->items_n; i++) {
		struct store_key key = op->key;
		const char      *execution = store_execution_read(&key, op->items_out[i].name);

		must(execution != NULL);
		redis_say_past_key(say, &key, execution);
		redis_say_graph_key(say, &key, "exec");
		redis_say_graph_key(say, &key, "events");
	}
	for (size_t i = 0; i < op->items_n; i++)
		redis_say_text(say, op->items_out[i].name);
	return true;
}

static bool
hear_dropped(struct store_op *op, const struct redis_value *value)
{
	op->seq_out = (uint64_t)value->number;
	return true;
}

const struct redis_step redis_drop = { REDIS_SCRIPT_DROP, say_drop, hear_dropped };

/* ---- graphs ---- */

static bool
say_superseded(struct redis_say *say, const struct redis_ask *ask)
{
	const struct store_op *op = ask->op;

	redis_say_text(say, "2");
	redis_say_deployment_key(say, &op->key, "history");
	redis_say_deployment_key(say, &op->key, "specs");
	redis_say_number(say, (uint64_t)less_by(op->now_ms, STORE_PUT_MS));
	redis_say_number(say, STORE_FORGET_MAX);
	return true;
}

const struct redis_step redis_superseded = { REDIS_SCRIPT_SUPERSEDED, say_superseded, hear_names };

/* Those put before `since`. */
static bool
say_drop_these(struct redis_say *say, struct store_key key, int64_t since_ms, const char *why,
    const struct store_item *graphs, size_t n)
{
	static const char *const what[DROP_GRAPH_KEYS] = { "exec", "spec", "events", "archived",
		"archiving" };

	say_keys_n(say, 2, DROP_GRAPH_KEYS, n);
	redis_say_deployment_key(say, &key, "history");
	redis_say_deployment_key(say, &key, "specs");
	for (size_t i = 0; i < n; i++) {
		must(store_key_set(&key, key.tenant, key.deployment, graphs[i].name));
		for (size_t k = 0; k < array_len(what); k++)
			redis_say_graph_key(say, &key, what[k]);
	}
	redis_say_number(say, (uint64_t)since_ms);
	redis_say_text(say, why);
	for (size_t i = 0; i < n; i++)
		redis_say_text(say, graphs[i].name);
	return true;
}

static bool
say_drop_graphs(struct redis_say *say, const struct redis_ask *ask)
{
	const struct store_op *op = ask->op;

	return op->items_n > 0 && say_drop_these(say, op->key, less_by(op->now_ms, STORE_PUT_MS),
				      "superseded", op->items_out, op->items_n);
}

/* One that is kept for that time goes at its end, and not a moment later. */
static bool
say_drop_planned(struct redis_say *say, const struct redis_ask *ask)
{
	const struct store_op *op = ask->op;
	struct store_item      graph = { .name = op->key.graph };

	return say_drop_these(
	    say, op->key, less_by(op->now_ms, STORE_PUT_MS) + 1, "planned", &graph, 1);
}

const struct redis_step redis_drop_planned = { REDIS_SCRIPT_DROP_GRAPHS, say_drop_planned,
	hear_names };

const struct redis_step redis_drop_graphs = { REDIS_SCRIPT_DROP_GRAPHS, say_drop_graphs,
	hear_names };

/* They are found no more. Who puts one of them at this very moment finds it again when it begins. */
static bool
say_unclaim(struct redis_say *say, const struct redis_ask *ask)
{
	const struct store_op *op = ask->op;

	if (op->items_n == 0)
		return false;
	redis_say_text(say, "HDEL");
	redis_say_tenant_key(say, &op->key, "graphs");
	for (size_t i = 0; i < op->items_n; i++)
		redis_say_text(say, op->items_out[i].name);
	return true;
}

static bool
hear_unclaimed(struct store_op *op, const struct redis_value *value)
{
	(void)op;
	(void)value;
	return true;
}

const struct redis_step redis_unclaim = { REDIS_SCRIPTS_N, say_unclaim, hear_unclaimed };
