/* SPDX-License-Identifier: Apache-2.0
 * redis_verbs.c - the table of verbs: commands out, answers in. */
#include "store/redis_verbs.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/check.h"
#include "util/mem.h"
#include "util/str.h"

/* ---- putting a command together ---- */

void
redis_say_clear(struct redis_say *say)
{
	say->n = 0;
	say->bytes = 0;
	say->keys_n = 0;
	say->numbers_n = 0;
}

void
redis_say_fini(struct redis_say *say)
{
	free(say->argv);
	free(say->lens);
	*say = (struct redis_say){ 0 };
}

void
redis_say_text(struct redis_say *say, const char *text)
{
	if (say->n == say->cap) {
		say->cap = say->cap * 2 + 32;
		say->argv = xrealloc(say->argv, say->cap, sizeof(*say->argv));
		say->lens = xrealloc(say->lens, say->cap, sizeof(*say->lens));
	}
	say->argv[say->n] = text;
	say->lens[say->n] = strlen(text);
	say->bytes += say->lens[say->n++];
}

void
redis_say_number(struct redis_say *say, uint64_t number)
{
	char *text = say->numbers[say->numbers_n];

	must(say->numbers_n < REDIS_SAY_NUMBERS);
	say->numbers_n++;
	snprintf(text, REDIS_NUMBER_SIZE, "%" PRIu64, number);
	redis_say_text(say, text);
}

static void PRINTF_LIKE(2, 3) say_key(struct redis_say *say, const char *fmt, ...)
{
	char   *key = say->keys[say->keys_n];
	va_list args;
	int     len;

	must(say->keys_n < REDIS_SAY_KEYS);
	say->keys_n++;
	va_start(args, fmt);
	len = vsnprintf(key, REDIS_KEY_SIZE, fmt, args);
	va_end(args);
	must(len > 0 && len < REDIS_KEY_SIZE);
	redis_say_text(say, key);
}

/* mg:{T:D}:what */
static void
say_deployment_key(struct redis_say *say, const struct store_key *key, const char *what)
{
	say_key(say, "mg:{%s:%s}:%s", key->tenant, key->deployment, what);
}

/* mg:{T:D}:what:G */
static void
say_graph_key(struct redis_say *say, const struct store_key *key, const char *what)
{
	say_key(say, "mg:{%s:%s}:%s:%s", key->tenant, key->deployment, what, key->graph);
}

/* mg:{T}:what */
static void
say_tenant_key(struct redis_say *say, const struct store_key *key, const char *what)
{
	say_key(say, "mg:{%s}:%s", key->tenant, what);
}

static void
say_fields(struct redis_say *say, const struct store_op *op)
{
	for (size_t i = 0; i < op->fields_n; i++) {
		redis_say_text(say, op->fields[i].name);
		redis_say_text(say, op->fields[i].text);
	}
}

/* ---- spec and graph index ----
 *
 * The index lies in another cluster slot than the spec, so one script can't write both. It goes
 * first: an index entry without a spec is answered with "absent", as if it were not there, but a
 * spec without its index entry could never be found by its graph id. */

static void
say_claim(struct redis_say *say, const struct store_key *key)
{
	redis_say_text(say, "HSETNX");
	say_tenant_key(say, key, "graphs");
	redis_say_text(say, key->graph);
	redis_say_text(say, key->deployment);
}

static void
say_find(struct redis_say *say, const struct redis_ask *ask, int step)
{
	(void)step;
	redis_say_text(say, "HGET");
	say_tenant_key(say, &ask->op->key, "graphs");
	redis_say_text(say, ask->op->key.graph);
}

enum { PUT_CLAIM, PUT_WHOSE, PUT_SPEC, PUT_STEPS };

static void
say_put_spec(struct redis_say *say, const struct redis_ask *ask, int step)
{
	if (step == PUT_CLAIM) {
		say_claim(say, &ask->op->key);
	} else if (step == PUT_WHOSE) {
		say_find(say, ask, step);
	} else {
		redis_say_text(say, "SET");
		say_graph_key(say, &ask->op->key, "spec");
		redis_say_text(say, ask->op->text);
		redis_say_text(say, "NX");
		redis_say_text(say, "GET");
	}
}

static void
hear_put_spec(struct store_op *op, int step, const struct redis_value *value)
{
	bool is_text = value->kind == REDIS_KIND_TEXT;

	if (step == PUT_WHOSE && is_text && strcmp(value->text, op->key.deployment) != 0)
		op->result = STORE_EXISTS; /* another deployment of the tenant has this graph id */
	if (step == PUT_SPEC && op->result == STORE_PENDING)
		op->result =
		    is_text && strcmp(value->text, op->text) != 0 ? STORE_EXISTS : STORE_OK;
}

static void
say_get_spec(struct redis_say *say, const struct redis_ask *ask, int step)
{
	(void)step;
	redis_say_text(say, "GET");
	say_graph_key(say, &ask->op->key, "spec");
}

static void
hear_text(struct store_op *op, int step, const struct redis_value *value)
{
	(void)step;
	op->result = STORE_ABSENT;
	if (value->kind != REDIS_KIND_TEXT)
		return;
	store_op_set_text(op, value->text);
	op->result = STORE_OK;
}

/* ---- lease and execution ----
 *
 * BEGIN writes the tenant's two indexes before its script, in the same pipeline. They lie in
 * another slot, so the connection may break in between. An index entry with no execution behind
 * it costs whoever recovers one look. The other way round an execution would run that no list
 * shows: a restart would never resume it. */

enum { BEGIN_CLAIM, BEGIN_LIST, BEGIN_SCRIPT, BEGIN_STEPS };

static void
say_begin_script(struct redis_say *say, const struct redis_ask *ask)
{
	const struct store_op  *op = ask->op;
	const struct store_key *key = &op->key;

	redis_say_text(say, "5");
	say_deployment_key(say, key, "lease");
	say_deployment_key(say, key, "fence");
	say_graph_key(say, key, "exec");
	say_graph_key(say, key, "events");
	say_deployment_key(say, key, "history");
	redis_say_text(say, ask->owner);
	redis_say_text(say, ask->lease_ms);
	redis_say_text(say, op->text == NULL ? "1" : "0");
	redis_say_text(say, op->text == NULL ? "" : op->text);
	say_key(say, "%s:%s", key->graph, op->text == NULL ? "" : op->execution);
	redis_say_number(say, (uint64_t)op->now_ms);
	say_fields(say, op);
}

static void
say_begin(struct redis_say *say, const struct redis_ask *ask, int step)
{
	if (step == BEGIN_CLAIM) {
		say_claim(say, &ask->op->key);
	} else if (step == BEGIN_LIST) {
		redis_say_text(say, "ZADD");
		say_tenant_key(say, &ask->op->key, "deployments");
		redis_say_text(say, "GT");
		redis_say_number(say, (uint64_t)ask->op->now_ms);
		redis_say_text(say, ask->op->key.deployment);
	} else {
		say_begin_script(say, ask);
	}
}

/* What all scripts answer: a status first. Sets the result, and says whether it was OK. */
static bool
hear_status(struct store_op *op, const struct redis_value *value)
{
	static const enum store_result results[] = {
		[REDIS_STATUS_OK] = STORE_OK,
		[REDIS_STATUS_HELD] = STORE_EXISTS,
		[REDIS_STATUS_FENCED] = STORE_FENCED,
		[REDIS_STATUS_GAP] = STORE_FAILED,
		[REDIS_STATUS_ABSENT] = STORE_ABSENT,
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
	if (status.number == REDIS_STATUS_HELD)
		store_op_set_text(op, detail.text);
	if (status.number == REDIS_STATUS_GAP)
		snprintf(op->error, sizeof(op->error),
		    "events are missing: the last one is %" PRId64, detail.number);
	return op->result == STORE_OK;
}

static void
hear_begin(struct store_op *op, int step, const struct redis_value *value)
{
	if (step != BEGIN_SCRIPT || !hear_status(op, value))
		return;
	op->fence_out = (uint64_t)redis_value_at(value, 1).number;
	op->seq_out = (uint64_t)redis_value_at(value, 2).number;
}

static void
say_append(struct redis_say *say, const struct redis_ask *ask, int step)
{
	const struct store_op  *op = ask->op;
	const struct store_key *key = &op->key;

	(void)step;
	redis_say_text(say, "4");
	say_deployment_key(say, key, "lease");
	say_deployment_key(say, key, "fence");
	say_graph_key(say, key, "exec");
	say_graph_key(say, key, "events");
	redis_say_text(say, ask->owner);
	redis_say_text(say, ask->lease_ms);
	redis_say_number(say, op->fence);
	redis_say_number(say, op->seq);
	say_key(say, "mg:events:%s", key->tenant);
	redis_say_number(say, op->fields_n);
	say_fields(say, op);
	for (size_t i = 0; i < op->events_n; i++)
		redis_say_text(say, op->events[i].text);
}

static void
hear_append(struct store_op *op, int step, const struct redis_value *value)
{
	(void)step;
	if (hear_status(op, value))
		op->seq_out = (uint64_t)redis_value_at(value, 1).number;
}

static void
say_lease(struct redis_say *say, const struct redis_ask *ask, int step)
{
	(void)step;
	redis_say_text(say, "2");
	say_deployment_key(say, &ask->op->key, "lease");
	say_deployment_key(say, &ask->op->key, "fence");
	redis_say_text(say, ask->owner);
	redis_say_text(say, ask->lease_ms);
	redis_say_number(say, ask->op->fence);
}

static void
hear_lease(struct store_op *op, int step, const struct redis_value *value)
{
	(void)step;
	hear_status(op, value);
}

/* ---- reading ---- */

static void
say_get_exec(struct redis_say *say, const struct redis_ask *ask, int step)
{
	(void)step;
	redis_say_text(say, "HGETALL");
	say_graph_key(say, &ask->op->key, "exec");
}

/* A flat list of pairs: name, text. */
static void
hear_get_exec(struct store_op *op, int step, const struct redis_value *value)
{
	size_t             n = value->kind == REDIS_KIND_LIST ? value->n / 2 : 0;
	struct store_item *items = xcalloc(n, sizeof(*items));

	(void)step;
	for (size_t i = 0; i < n; i++) {
		items[i].name = redis_value_at(value, 2 * i).text;
		items[i].text = redis_value_at(value, 2 * i + 1).text;
	}
	store_op_set_items(op, items, n);
	free(items);
	op->result = n > 0 ? STORE_OK : STORE_ABSENT;
}

static void
say_events(struct redis_say *say, const struct redis_ask *ask, int step)
{
	(void)step;
	redis_say_text(say, "XRANGE");
	say_graph_key(say, &ask->op->key, "events");
	say_key(say, "(%" PRIu64 "-0", ask->op->seq);
	redis_say_text(say, "+");
	redis_say_text(say, "COUNT");
	redis_say_number(say, STORE_PAGE_MAX);
}

/* A list of: id, list of pairs. The id is "<seq>-0", the one pair "event" and its text. */
static void
hear_events(struct store_op *op, int step, const struct redis_value *value)
{
	size_t             n = value->kind == REDIS_KIND_LIST ? value->n : 0;
	struct store_item *items = xcalloc(n, sizeof(*items));

	(void)step;
	for (size_t i = 0; i < n; i++) {
		struct redis_value entry = redis_value_at(value, i);
		struct redis_value pairs = redis_value_at(&entry, 1);

		items[i].number = strtoull(redis_value_at(&entry, 0).text, NULL, 10);
		items[i].text = redis_value_at(&pairs, 1).text;
	}
	store_op_set_items(op, items, n);
	free(items);
	op->result = STORE_OK;
}

/* One page of a sorted set, newest first. */
static void
say_page(struct redis_say *say, const struct store_op *op)
{
	uint64_t first = op->seq < INT64_MAX - STORE_PAGE_MAX ? op->seq : 0;

	must(first == op->seq);
	redis_say_number(say, first);
	redis_say_number(say, first + STORE_PAGE_MAX - 1);
	redis_say_text(say, "WITHSCORES");
}

static void
say_deployments(struct redis_say *say, const struct redis_ask *ask, int step)
{
	(void)step;
	redis_say_text(say, "ZREVRANGE");
	say_tenant_key(say, &ask->op->key, "deployments");
	say_page(say, ask->op);
}

static void
say_history(struct redis_say *say, const struct redis_ask *ask, int step)
{
	(void)step;
	redis_say_text(say, "ZREVRANGE");
	say_deployment_key(say, &ask->op->key, "history");
	say_page(say, ask->op);
}

/* A flat list of pairs: member, score. */
static void
hear_scores(struct store_op *op, int step, const struct redis_value *value)
{
	size_t             n = value->kind == REDIS_KIND_LIST ? value->n / 2 : 0;
	struct store_item *items = xcalloc(n, sizeof(*items));

	(void)step;
	for (size_t i = 0; i < n; i++) {
		items[i].name = redis_value_at(value, 2 * i).text;
		items[i].number = strtoull(redis_value_at(value, 2 * i + 1).text, NULL, 10);
	}
	store_op_set_items(op, items, n);
	free(items);
	op->result = STORE_OK;
}

/* ---- the table ---- */

static const struct redis_verb verbs[STORE_VERBS_N] = {
	[STORE_PUT_SPEC] = { PUT_STEPS, REDIS_SCRIPTS_N, say_put_spec, hear_put_spec },
	[STORE_GET_SPEC] = { 1, REDIS_SCRIPTS_N, say_get_spec, hear_text },
	[STORE_BEGIN] = { BEGIN_STEPS, REDIS_SCRIPT_BEGIN, say_begin, hear_begin },
	[STORE_APPEND] = { 1, REDIS_SCRIPT_APPEND, say_append, hear_append },
	[STORE_RENEW] = { 1, REDIS_SCRIPT_RENEW, say_lease, hear_lease },
	[STORE_RELEASE] = { 1, REDIS_SCRIPT_RELEASE, say_lease, hear_lease },
	[STORE_GET_EXEC] = { 1, REDIS_SCRIPTS_N, say_get_exec, hear_get_exec },
	[STORE_EVENTS] = { 1, REDIS_SCRIPTS_N, say_events, hear_events },
	[STORE_FIND] = { 1, REDIS_SCRIPTS_N, say_find, hear_text },
	[STORE_DEPLOYMENTS] = { 1, REDIS_SCRIPTS_N, say_deployments, hear_scores },
	[STORE_HISTORY] = { 1, REDIS_SCRIPTS_N, say_history, hear_scores },
};

const struct redis_verb *
redis_verb_of(enum store_verb verb)
{
	must(verb < STORE_VERBS_N);
	must(verbs[verb].steps > 0);
	return &verbs[verb];
}
