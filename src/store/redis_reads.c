/* SPDX-License-Identifier: Apache-2.0
 * redis_reads.c - what is asked of Redis without changing it. */
#include "store/redis_reads.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/pages.h"
#include "util/check.h"
#include "util/mem.h"

/* ---- one text ---- */

static bool
say_spec(struct redis_say *say, const struct redis_ask *ask)
{
	redis_say_text(say, "GET");
	redis_say_graph_key(say, &ask->op->key, "spec");
	return true;
}

static bool
say_holder(struct redis_say *say, const struct redis_ask *ask)
{
	redis_say_text(say, "GET");
	redis_say_deployment_key(say, &ask->op->key, "lease");
	return true;
}

bool
redis_say_whose(struct redis_say *say, const struct redis_ask *ask)
{
	redis_say_text(say, "HGET");
	redis_say_tenant_key(say, &ask->op->key, "graphs");
	redis_say_text(say, ask->op->key.graph);
	return true;
}

bool
redis_hear_text(struct store_op *op, const struct redis_value *value)
{
	op->result = STORE_ABSENT;
	if (value->kind != REDIS_KIND_TEXT)
		return false;
	store_op_set_text(op, value->text);
	op->result = STORE_OK;
	return false;
}

/* ---- lists ---- */

static size_t
list_length(const struct redis_value *value)
{
	return value->kind == REDIS_KIND_LIST ? value->n : 0;
}

static bool
hear_items(struct store_op *op, struct store_item *items, size_t n)
{
	store_op_set_items(op, items, n);
	free(items);
	op->result = STORE_OK;
	return false;
}

bool
redis_hear_fields(struct store_op *op, const struct redis_value *value)
{
	size_t             pairs = list_length(value) / 2, n = 0;
	struct store_item *items = xcalloc(pairs, sizeof(*items));

	for (size_t i = 0; i < pairs; i++) {
		const char *name = redis_value_at(value, 2 * i).text;
		const char *text = redis_value_at(value, 2 * i + 1).text;

		if (strcmp(name, "@") == 0)
			op->seq_out = strtoull(text, NULL, 10);
		else
			items[n++] = (struct store_item){ .name = name, .text = text };
	}
	hear_items(op, items, n);
	op->result = n > 0 ? STORE_OK : STORE_ABSENT;
	return false;
}

static bool
may_be_past(const struct store_op *op)
{
	return op->execution != NULL || (op->pages != NULL && op->pages->is_past);
}

/* Of the execution that is asked for, or of the one that the first page was of. A key is named only where it is needed: while a slot
 * moves, those of a command must all be there. */
static bool
say_exec(struct redis_say *say, const struct redis_ask *ask)
{
	const struct store_op *op = ask->op;
	const char *execution = op->execution != NULL ? op->execution : "", *cursor = "0";

	if (op->pages != NULL) {
		execution = op->pages->execution;
		cursor = op->pages->cursor;
	}
	redis_say_text(say, may_be_past(op) ? "2" : "1");
	redis_say_graph_key(say, &op->key, "exec");
	if (may_be_past(op))
		redis_say_past_key(say, &op->key, execution);
	redis_say_text(say, execution);
	redis_say_text(say, cursor);
	redis_say_number(say, STORE_PAGE_MAX);
	return true;
}

/* The header is read before the records: where it says that the execution has ended, they are as they were in the end. */
static void
begin_pages(struct store_op *op, const struct redis_value *value)
{
	op->pages = pages_create();
	snprintf(op->pages->execution, sizeof(op->pages->execution), "%s",
	    redis_value_at(value, 0).text);
	op->seq_out = strtoull(redis_value_at(value, 2).text, NULL, 10);
	pages_add(op->pages, "", redis_value_at(value, 1).text);
}

static void
take_page(struct pages *pages, const struct redis_value *pairs)
{
	for (size_t i = 0; i < list_length(pairs) / 2; i++) {
		const char *name = redis_value_at(pairs, 2 * i).text;

		if (name[0] != '\0' && strcmp(name, "@") != 0)
			pages_add(pages, name, redis_value_at(pairs, 2 * i + 1).text);
	}
}

/* It was the last one when its first page was read, and another has begun: the rest is where the past is. */
static bool
has_become_past(struct store_op *op)
{
	if (op->pages == NULL || may_be_past(op))
		return false;
	op->pages->is_past = true;
	return true;
}

/* A list of: execution, header, "@" (which begins with where its events begin), cursor, pairs of name and text. */
static bool
hear_exec(struct store_op *op, const struct redis_value *value)
{
	struct redis_value pairs = redis_value_at(value, 4);

	op->result = STORE_ABSENT;
	if (redis_value_at(value, 1).kind != REDIS_KIND_TEXT)
		return has_become_past(op);
	if (op->pages == NULL)
		begin_pages(op, value);
	take_page(op->pages, &pairs);
	snprintf(op->pages->cursor, sizeof(op->pages->cursor), "%s", redis_value_at(value, 3).text);
	if (strcmp(op->pages->cursor, "0") != 0)
		return true;
	store_op_set_items(op, op->pages->items, op->pages->n);
	op->result = STORE_OK;
	return false;
}

static bool
say_header(struct redis_say *say, const struct redis_ask *ask)
{
	if (ask->op->execution != NULL)
		return false;
	redis_say_text(say, "HGET");
	redis_say_graph_key(say, &ask->op->key, "exec");
	redis_say_text(say, "");
	return true;
}

static bool
say_events(struct redis_say *say, const struct redis_ask *ask)
{
	redis_say_text(say, "XRANGE");
	redis_say_graph_key(say, &ask->op->key, "events");
	redis_say_made(say, "(%" PRIu64 "-0", ask->op->seq);
	redis_say_text(say, "+");
	redis_say_text(say, "COUNT");
	redis_say_number(say, STORE_PAGE_MAX);
	return true;
}

/* A list of: id, list of pairs. The id is "<seq>-0", the one pair "event" and its text. */
static bool
hear_events(struct store_op *op, const struct redis_value *value)
{
	size_t             n = list_length(value);
	struct store_item *items = xcalloc(n, sizeof(*items));

	for (size_t i = 0; i < n; i++) {
		struct redis_value entry = redis_value_at(value, i);
		struct redis_value pairs = redis_value_at(&entry, 1);

		items[i].number = strtoull(redis_value_at(&entry, 0).text, NULL, 10);
		items[i].text = redis_value_at(&pairs, 1).text;
	}
	return hear_items(op, items, n);
}

/* ---- pages of a sorted set ---- */

static void
say_page(struct redis_say *say, const struct store_op *op)
{
	uint64_t first = op->seq < INT64_MAX - STORE_PAGE_MAX ? op->seq : 0;

	must(first == op->seq);
	redis_say_number(say, first);
	redis_say_number(say, first + STORE_PAGE_MAX - 1);
	redis_say_text(say, "WITHSCORES");
}

/* Down from a score that was said. */
static void
say_scores_page(struct redis_say *say)
{
	redis_say_text(say, "-inf");
	redis_say_text(say, "WITHSCORES");
	redis_say_text(say, "LIMIT");
	redis_say_text(say, "0");
	redis_say_number(say, STORE_PAGE_MAX);
}

static bool
say_deployments(struct redis_say *say, const struct redis_ask *ask)
{
	redis_say_text(say, "ZREVRANGEBYSCORE");
	redis_say_tenant_key(say, &ask->op->key, "deployments");
	if (ask->op->seq == 0)
		redis_say_text(say, "+inf");
	else
		redis_say_number(say, ask->op->seq);
	say_scores_page(say);
	return true;
}

static bool
say_history(struct redis_say *say, const struct redis_ask *ask)
{
	redis_say_text(say, "ZREVRANGEBYSCORE");
	redis_say_deployment_key(say, &ask->op->key, "history");
	if (ask->op->seq == 0)
		redis_say_text(say, "+inf");
	else
		redis_say_made(say, "(%" PRIu64, ask->op->seq);
	say_scores_page(say);
	return true;
}

static bool
say_unfinished(struct redis_say *say, const struct redis_ask *ask)
{
	redis_say_text(say, "ZRANGE");
	redis_say_index_key(say, "unfinished");
	say_page(say, ask->op);
	return true;
}

/* Of an index by time, what is due by now. */
static bool
say_due(struct redis_say *say, const struct redis_ask *ask, const char *index)
{
	redis_say_text(say, "ZRANGE");
	redis_say_index_key(say, index);
	redis_say_text(say, "-inf");
	redis_say_number(say, (uint64_t)ask->op->now_ms);
	redis_say_text(say, "BYSCORE");
	redis_say_text(say, "LIMIT");
	redis_say_text(say, "0");
	redis_say_number(say, STORE_PAGE_MAX);
	redis_say_text(say, "WITHSCORES");
	return true;
}

static bool
say_unarchived(struct redis_say *say, const struct redis_ask *ask)
{
	return say_due(say, ask, "unarchived");
}

static bool
say_planned(struct redis_say *say, const struct redis_ask *ask)
{
	return say_due(say, ask, "planned");
}

static bool
say_count_unarchived(struct redis_say *say, const struct redis_ask *ask)
{
	(void)ask;
	redis_say_text(say, "ZCARD");
	redis_say_index_key(say, "unarchived");
	return true;
}

static bool
hear_count(struct store_op *op, const struct redis_value *value)
{
	op->seq_out = (uint64_t)value->number;
	return true;
}

/* A flat list of pairs: member, score. */
static bool
hear_scores(struct store_op *op, const struct redis_value *value)
{
	size_t             n = list_length(value) / 2;
	struct store_item *items = xcalloc(n, sizeof(*items));

	for (size_t i = 0; i < n; i++) {
		items[i].name = redis_value_at(value, 2 * i).text;
		items[i].number = strtoull(redis_value_at(value, 2 * i + 1).text, NULL, 10);
	}
	return hear_items(op, items, n);
}

const struct redis_step redis_read_spec = { REDIS_SCRIPTS_N, say_spec, redis_hear_text };
const struct redis_step redis_read_holder = { REDIS_SCRIPTS_N, say_holder, redis_hear_text };
const struct redis_step redis_read_exec = { REDIS_SCRIPT_READ, say_exec, hear_exec };
const struct redis_step redis_read_events = { REDIS_SCRIPTS_N, say_events, hear_events };
const struct redis_step redis_read_whose = { REDIS_SCRIPTS_N, redis_say_whose, redis_hear_text };
const struct redis_step redis_read_deployments = { REDIS_SCRIPTS_N, say_deployments, hear_scores };
const struct redis_step redis_read_history = { REDIS_SCRIPTS_N, say_history, hear_scores };
const struct redis_step redis_read_unfinished = { REDIS_SCRIPTS_N, say_unfinished, hear_scores };
const struct redis_step redis_read_header = { REDIS_SCRIPTS_N, say_header, redis_hear_text };
const struct redis_step redis_count_unarchived = { REDIS_SCRIPTS_N, say_count_unarchived,
	hear_count };
const struct redis_step redis_read_unarchived = { REDIS_SCRIPTS_N, say_unarchived, hear_scores };
const struct redis_step redis_read_planned = { REDIS_SCRIPTS_N, say_planned, hear_scores };
