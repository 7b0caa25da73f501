/* SPDX-License-Identifier: Apache-2.0
 * redis_verbs.c - the steps that write, and the table of verbs.
 *
 * What finds things (a tenant's graphs and deployments, and what is unfinished) lies in other cluster
 * slots than the things, so no script writes both. It is written first, and taken away last: an entry
 * with nothing behind it costs whoever follows it one look, but what no entry leads to would run, or
 * wait, unseen. */
#include "store/redis_verbs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/redis_access.h"
#include "store/redis_archive.h"
#include "store/redis_history.h"
#include "store/redis_hooks.h"
#include "store/redis_once.h"
#include "store/redis_planned.h"
#include "store/redis_plans.h"
#include "store/redis_reads.h"
#include "store/redis_told.h"
#include "store/redis_verified.h"
#include "util/check.h"

bool
redis_hear_nothing(struct store_op *op, const struct redis_value *value)
{
	(void)op;
	(void)value;
	return true;
}

static bool
hear_done(struct store_op *op, const struct redis_value *value)
{
	(void)value;
	op->result = STORE_OK;
	return true;
}

/* ---- the graph and the deployment are found ---- */

/* A spec is claimed once more when it is there: who forgets the graph may have come in between. */
static bool
say_claim(struct redis_say *say, const struct redis_ask *ask)
{
	if (ask->op->text == NULL)
		return false; /* a resumed execution has it since it began */
	redis_say_text(say, "HSETNX");
	redis_say_tenant_key(say, &ask->op->key, "graphs");
	redis_say_text(say, ask->op->key.graph);
	redis_say_text(say, ask->op->key.deployment);
	return true;
}

static const struct redis_step claim = { REDIS_SCRIPTS_N, say_claim, redis_hear_nothing };

static bool
say_list(struct redis_say *say, const struct redis_ask *ask)
{
	if (ask->op->text == NULL)
		return false;
	redis_say_text(say, "ZADD");
	redis_say_tenant_key(say, &ask->op->key, "deployments");
	redis_say_text(say, "GT");
	redis_say_number(say, (uint64_t)ask->op->now_ms);
	redis_say_text(say, ask->op->key.deployment);
	return true;
}

static const struct redis_step list = { REDIS_SCRIPTS_N, say_list, redis_hear_nothing };

/* ---- the spec ---- */

static bool
hear_whose(struct store_op *op, const struct redis_value *value)
{
	if (value->kind != REDIS_KIND_TEXT || strcmp(value->text, op->key.deployment) == 0)
		return true;
	op->result = STORE_EXISTS; /* another deployment of the tenant has this graph id */
	return false;
}

static const struct redis_step whose = { REDIS_SCRIPTS_N, redis_say_whose, hear_whose };

/* First: one that was put a moment ago is not forgotten. */
static bool
say_put(struct redis_say *say, const struct redis_ask *ask)
{
	redis_say_text(say, "ZADD");
	redis_say_deployment_key(say, &ask->op->key, "specs");
	redis_say_text(say, "GT");
	redis_say_number(say, (uint64_t)ask->op->now_ms);
	redis_say_text(say, ask->op->key.graph);
	return true;
}

static const struct redis_step note_put = { REDIS_SCRIPTS_N, say_put, redis_hear_nothing };

static bool
say_put_spec(struct redis_say *say, const struct redis_ask *ask)
{
	redis_say_text(say, "SET");
	redis_say_graph_key(say, &ask->op->key, "spec");
	redis_say_text(say, ask->op->text);
	redis_say_text(say, "NX");
	redis_say_text(say, "GET");
	return true;
}

static bool
hear_put_spec(struct store_op *op, const struct redis_value *value)
{
	bool is_other = value->kind == REDIS_KIND_TEXT && strcmp(value->text, op->text) != 0;

	op->result = is_other ? STORE_EXISTS : STORE_OK;
	return !is_other;
}

static const struct redis_step put_spec = { REDIS_SCRIPTS_N, say_put_spec, hear_put_spec };

/* ---- the index of what is unfinished ---- */

/* What is there already keeps its time. */
static bool
say_enroll_again(struct redis_say *say, const struct redis_ask *ask)
{
	redis_say_text(say, "ZADD");
	redis_say_index_key(say, "unfinished");
	redis_say_text(say, "NX");
	redis_say_number(say, (uint64_t)ask->op->now_ms);
	redis_say_index_member(say, &ask->op->key);
	return true;
}

/* One that is resumed keeps its place: whoever goes through the list, taking up what is there, meets all of it. */
static bool
say_enroll(struct redis_say *say, const struct redis_ask *ask)
{
	if (ask->op->text == NULL)
		return say_enroll_again(say, ask);
	redis_say_text(say, "ZADD");
	redis_say_index_key(say, "unfinished");
	redis_say_number(say, (uint64_t)ask->op->now_ms);
	redis_say_index_member(say, &ask->op->key);
	return true;
}

static const struct redis_step enroll = { REDIS_SCRIPTS_N, say_enroll, redis_hear_nothing };

/* It should be there: a Redis that failed over may have lost it. */
static const struct redis_step enroll_again = { REDIS_SCRIPTS_N, say_enroll_again, hear_done };

static bool
say_strike(struct redis_say *say, const struct redis_ask *ask)
{
	redis_say_text(say, "ZREM");
	redis_say_index_key(say, "unfinished");
	redis_say_index_member(say, &ask->op->key);
	return true;
}

static const struct redis_step strike = { REDIS_SCRIPTS_N, say_strike, hear_done };

/* Somebody followed an entry to an execution that is over. */
static bool
say_strike_stale(struct redis_say *say, const struct redis_ask *ask)
{
	return ask->op->result == STORE_ABSENT && say_strike(say, ask);
}

static const struct redis_step strike_stale = { REDIS_SCRIPTS_N, say_strike_stale,
	redis_hear_nothing };

/* ---- scripts ---- */

static void
say_fields(struct redis_say *say, const struct store_op *op)
{
	for (size_t i = 0; i < op->fields_n; i++) {
		redis_say_text(say, op->fields[i].name);
		redis_say_text(say, op->fields[i].text);
	}
}

bool
redis_hear_status(struct store_op *op, const struct redis_value *value)
{
	static const enum store_result results[] = {
		[REDIS_STATUS_OK] = STORE_OK,
		[REDIS_STATUS_HELD] = STORE_EXISTS,
		[REDIS_STATUS_FENCED] = STORE_FENCED,
		[REDIS_STATUS_GAP] = STORE_LOST,
		[REDIS_STATUS_ABSENT] = STORE_ABSENT,
		[REDIS_STATUS_UNFINISHED] = STORE_LEFT,
		[REDIS_STATUS_KEEP] = STORE_UNKNOWN,
		[REDIS_STATUS_STALE] = STORE_STALE,
	};
	struct redis_value status = redis_value_at(value, 0), detail = redis_value_at(value, 1);

	_Static_assert(array_len(results) == REDIS_STATUSES_N, "each status has its result");
	op->result = STORE_FAILED;
	if (status.kind != REDIS_KIND_NUMBER || status.number < 0 ||
	    status.number >= REDIS_STATUSES_N) {
		snprintf(op->error, sizeof(op->error), "unexpected answer of a script");
		return false;
	}
	op->result = results[status.number];
	if (status.number == REDIS_STATUS_HELD || status.number == REDIS_STATUS_UNFINISHED ||
	    status.number == REDIS_STATUS_KEEP)
		store_op_set_text(op, detail.text);
	if (status.number == REDIS_STATUS_GAP)
		snprintf(op->error, sizeof(op->error),
		    "events are missing: the last one is %" PRId64, detail.number);
	return op->result == STORE_OK;
}

static bool
say_begin(struct redis_say *say, const struct redis_ask *ask)
{
	const struct store_op  *op = ask->op;
	const struct store_key *key = &op->key;
	const char             *old = op->text_out; /* NULL: there is none, as far as is known */

	redis_say_text(say, old != NULL ? "7" : "6");
	redis_say_deployment_key(say, key, "lease");
	redis_say_deployment_key(say, key, "fence");
	redis_say_graph_key(say, key, "exec");
	redis_say_graph_key(say, key, "events");
	redis_say_deployment_key(say, key, "history");
	redis_say_deployment_key(say, key, "unfinished");
	if (old != NULL)
		redis_say_past_key(say, key, old);
	redis_say_text(say, ask->owner);
	redis_say_text(say, ask->lease_ms);
	redis_say_text(say, op->text == NULL ? "1" : "0");
	redis_say_text(say, op->text == NULL ? "" : op->text);
	redis_say_made(say, "%s:%s", key->graph, op->text == NULL ? "" : op->execution);
	redis_say_number(say, (uint64_t)op->now_ms);
	redis_say_text(say, old != NULL ? old : "");
	redis_say_text(say, op->newest == NULL ? "*" : op->newest);
	say_fields(say, op);
	return true;
}

static bool
hear_begin(struct store_op *op, const struct redis_value *value)
{
	if (!redis_hear_status(op, value))
		return op->result == STORE_ABSENT || op->result == STORE_UNKNOWN;
	store_op_fini(op);
	op->fence_out = (uint64_t)redis_value_at(value, 1).number;
	op->seq_out = (uint64_t)redis_value_at(value, 2).number;
	return true;
}

static const struct redis_step begin = { REDIS_SCRIPT_BEGIN, say_begin, hear_begin };

/* The graph has a last execution, to be kept under a key that can be said now. If it is another one by then, nothing
 * has begun, and who asks again is told of that one. */
static bool
say_begin_keeping(struct redis_say *say, const struct redis_ask *ask)
{
	return ask->op->result == STORE_UNKNOWN && say_begin(say, ask);
}

static const struct redis_step begin_keeping = { REDIS_SCRIPT_BEGIN, say_begin_keeping,
	hear_begin };

static bool
say_append(struct redis_say *say, const struct redis_ask *ask)
{
	const struct store_op  *op = ask->op;
	const struct store_key *key = &op->key;

	redis_say_text(say, "4");
	redis_say_deployment_key(say, key, "lease");
	redis_say_deployment_key(say, key, "fence");
	redis_say_graph_key(say, key, "exec");
	redis_say_graph_key(say, key, "events");
	redis_say_text(say, ask->owner);
	redis_say_text(say, ask->lease_ms);
	redis_say_number(say, op->fence);
	redis_say_number(say, op->seq);
	redis_say_made(say, "mg:events:%s", key->tenant);
	redis_say_number(say, op->fields_n);
	say_fields(say, op);
	for (size_t i = 0; i < op->events_n; i++)
		redis_say_text(say, op->events[i].text);
	return true;
}

static bool
hear_append(struct store_op *op, const struct redis_value *value)
{
	if (!redis_hear_status(op, value))
		return false;
	op->seq_out = (uint64_t)redis_value_at(value, 1).number;
	return true;
}

static const struct redis_step append = { REDIS_SCRIPT_APPEND, say_append, hear_append };

/* What renewing and giving back have in common. */
static bool
say_lease(struct redis_say *say, const struct redis_ask *ask)
{
	redis_say_text(say, "3");
	redis_say_deployment_key(say, &ask->op->key, "lease");
	redis_say_deployment_key(say, &ask->op->key, "fence");
	redis_say_deployment_key(say, &ask->op->key, "unfinished");
	redis_say_text(say, ask->owner);
	redis_say_text(say, ask->lease_ms);
	redis_say_number(say, ask->op->fence);
	return true;
}

static const struct redis_step renew = { REDIS_SCRIPT_RENEW, say_lease, redis_hear_status };
static const struct redis_step release = { REDIS_SCRIPT_RELEASE, say_lease, redis_hear_status };
static const struct redis_step finish = { REDIS_SCRIPT_FINISH, say_lease, redis_hear_status };

/* ---- the table ---- */

static const struct redis_step *const verbs[STORE_VERBS_N][REDIS_STEPS_MAX + 1] = {
	[STORE_PUT_SPEC] = { &claim, &whose, &redis_planned_mark, &note_put, &put_spec, &claim,
	    &redis_archive_mark_put },
	[STORE_GET_SPEC] = { &redis_read_spec },
	[STORE_BEGIN] = { &claim, &list, &enroll, &begin, &begin_keeping, &redis_archive_mark,
	    &redis_planned_strike, &redis_tell_begun, &strike_stale },
	[STORE_APPEND] = { &append, &redis_archive_mark_header },
	[STORE_RENEW] = { &renew, &enroll_again },
	[STORE_RELEASE] = { &release },
	[STORE_PARK] = { &release, &strike },
	[STORE_FINISH] = { &redis_archive_mark_first, &redis_tell_first, &finish, &strike },
	[STORE_HOLDER] = { &redis_read_holder },
	[STORE_GET_EXEC] = { &redis_read_exec },
	[STORE_GET_HEADER] = { &redis_read_header, &redis_read_header_of },
	[STORE_EVENTS] = { &redis_read_events },
	[STORE_TOLD] = { &redis_told_read },
	[STORE_HOOK] = { &redis_hook },
	[STORE_FIND] = { &redis_read_whose },
	[STORE_DEPLOYMENTS] = { &redis_read_deployments },
	[STORE_HISTORY] = { &redis_read_history },
	[STORE_FORGET] = { &redis_oldest, &redis_drop, &redis_superseded, &redis_drop_graphs,
	    &redis_unclaim, &redis_told_forget, &redis_archive_unmark },
	[STORE_PLANNED] = { &redis_read_planned },
	[STORE_PLANNED_FORGET] = { &redis_drop_planned, &redis_unclaim, &redis_told_forget,
	    &redis_archive_unmark, &redis_planned_look, &redis_planned_claim,
	    &redis_planned_settle },
	[STORE_UNFINISHED] = { &redis_read_unfinished },
	[STORE_ARCHIVE_DUE] = { &redis_count_unarchived, &redis_read_unarchived },
	[STORE_ARCHIVE_GET] = { &redis_archive_get },
	[STORE_ARCHIVE_TAKE] = { &redis_archive_take },
	[STORE_ARCHIVE_PUT] = { &redis_archive_put, &redis_archive_settle },
	[STORE_VERIFIED_GET] = { &redis_verified_get },
	[STORE_VERIFIED_PUT] = { &redis_verified_put, &redis_archive_mark_event,
	    &redis_tell_event },
	[STORE_PLAN_PUT] = { &redis_plan_put },
	[STORE_PLAN_GET] = { &redis_plan_get },
	[STORE_ACCESS_GET] = { &redis_access_look, &redis_access_get },
	[STORE_ACCESS_PUT] = { &redis_access_put },
	[STORE_ONCE_TAKE] = { &redis_once_take },
	[STORE_ONCE_PUT] = { &redis_once_put },
};

const struct redis_step *
redis_verb_step(enum store_verb verb, size_t i)
{
	must(verb < STORE_VERBS_N);
	must(i <= REDIS_STEPS_MAX);
	return verbs[verb][i];
}
