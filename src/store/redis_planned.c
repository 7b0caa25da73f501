/* SPDX-License-Identifier: Apache-2.0
 * redis_planned.c - the index of graphs that were put and not run since: nothing else leads to one of a deployment that never ran.
 *
 * Redis could let a spec expire by itself; but what finds the graph, and what the archive knows of it, lie beside it and would stay.
 * And a process of an older version, which knows nothing of this, would run a graph and leave its spec to expire. So it is
 * looked whether there is an execution before anything goes, whoever began it. */
#include "store/redis_planned.h"

#define MS_PER_S 1000

static int64_t
time_of(const struct store_op *op)
{
	return op->now_ms + (op->age_ms > 0 ? op->age_ms : (int64_t)STORE_PLAN_S * MS_PER_S);
}

/* Before the spec is put: an entry with nothing behind it costs one look. */
static bool
say_mark(struct redis_say *say, const struct redis_ask *ask)
{
	redis_say_text(say, "ZADD");
	redis_say_index_key(say, "planned");
	redis_say_text(say, "GT");
	redis_say_number(say, (uint64_t)time_of(ask->op));
	redis_say_index_member(say, &ask->op->key);
	return true;
}

static bool
say_strike(struct redis_say *say, const struct redis_ask *ask)
{
	if (ask->op->result != STORE_OK)
		return false;
	redis_say_text(say, "ZREM");
	redis_say_index_key(say, "planned");
	redis_say_index_member(say, &ask->op->key);
	return true;
}

const struct redis_step redis_planned_mark = { REDIS_SCRIPTS_N, say_mark, redis_hear_nothing };
const struct redis_step redis_planned_strike = { REDIS_SCRIPTS_N, say_strike, redis_hear_nothing };

/* ---- one that went ---- */

/* Who has put it before its claim was taken away is seen here; who does after that claims it. */
static bool
say_look(struct redis_say *say, const struct redis_ask *ask)
{
	if (ask->op->items_n == 0)
		return false;
	redis_say_text(say, "EXISTS");
	redis_say_graph_key(say, &ask->op->key, "spec");
	return true;
}

static bool
hear_look(struct store_op *op, const struct redis_value *value)
{
	op->seq_out = (uint64_t)value->number;
	return true;
}

static bool
say_claim(struct redis_say *say, const struct redis_ask *ask)
{
	if (ask->op->seq_out == 0)
		return false;
	redis_say_text(say, "HSETNX");
	redis_say_tenant_key(say, &ask->op->key, "graphs");
	redis_say_text(say, ask->op->key.graph);
	redis_say_text(say, ask->op->key.deployment);
	return true;
}

/* If it is as it was listed. */
static bool
say_settle(struct redis_say *say, const struct redis_ask *ask)
{
	redis_say_text(say, "1");
	redis_say_index_key(say, "planned");
	redis_say_index_member(say, &ask->op->key);
	redis_say_number(say, ask->op->seq);
	redis_say_text(say, "0");
	return true;
}

const struct redis_step redis_planned_look = { REDIS_SCRIPTS_N, say_look, hear_look };
const struct redis_step redis_planned_claim = { REDIS_SCRIPTS_N, say_claim, redis_hear_nothing };
const struct redis_step redis_planned_settle = { REDIS_SCRIPT_ARCHIVE_SETTLE, say_settle,
	redis_hear_status };
