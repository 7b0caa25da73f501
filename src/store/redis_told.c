/* SPDX-License-Identifier: Apache-2.0
 * redis_told.c - entries of the index, each for a run of events of one graph.
 *
 * An event and its entry lie in different slots, so no script writes both. The event is first; which ones were told is
 * remembered beside the index, so that an entry can be written twice and is there once. One that was missed, as when the
 * process ended in between, is made up for by the next of its graph, by whoever takes the execution up, or by its end. */
#include "store/redis_told.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/check.h"
#include "util/mem.h"

#define GO_ON      "go on"
#define GRAPH_SIZE (STORE_TENANT_SIZE + STORE_DEPLOYMENT_SIZE + STORE_ID_SIZE)

static void
say_head(struct redis_say *say, const struct store_key *key, const char *how)
{
	redis_say_text(say, "2");
	redis_say_tenant_key(say, key, "events");
	redis_say_tenant_key(say, key, "told");
	redis_say_text(say, how);
	redis_say_number(say, STORE_TOLD_MAX);
	redis_say_text(say, REDIS_TOLD_CHANNEL);
}

/* Those after `after`, as far as nothing is known of them, up to `last`. */
static bool
say_tell(struct redis_say *say, const struct store_key *key, uint64_t after, uint64_t last,
    const char *how)
{
	say_head(say, key, how);
	redis_say_index_member(say, key);
	redis_say_number(say, after);
	redis_say_number(say, last);
	return true;
}

static bool
say_tell_begun(struct redis_say *say, const struct redis_ask *ask)
{
	const struct store_op *op = ask->op;

	return op->result == STORE_OK && say_tell(say, &op->key, op->seq_out, op->seq_out, "begin");
}

static bool
say_tell_event(struct redis_say *say, const struct redis_ask *ask)
{
	const struct store_op *op = ask->op;

	return op->result == STORE_OK && op->events_n > 0 &&
	       say_tell(say, &op->key, op->seq, op->seq + op->events_n, GO_ON);
}

static bool
say_tell_first(struct redis_say *say, const struct redis_ask *ask)
{
	return say_tell(say, &ask->op->key, ask->op->seq, ask->op->seq, GO_ON);
}

const struct redis_step redis_tell_begun = { REDIS_SCRIPT_TELL, say_tell_begun,
	redis_hear_nothing };
const struct redis_step redis_tell_event = { REDIS_SCRIPT_TELL, say_tell_event,
	redis_hear_nothing };
const struct redis_step redis_tell_first = { REDIS_SCRIPT_TELL, say_tell_first,
	redis_hear_nothing };

/* ---- those of many appends, at once ---- */

struct redis_untold {
	struct redis_untold *next;
	struct store_key     key;
	char                 graph[GRAPH_SIZE], after[REDIS_NUMBER_SIZE], last[REDIS_NUMBER_SIZE];
};

void
redis_untold_add(struct redis_untolds *untolds, const struct store_op *op)
{
	struct redis_untold *untold;

	if (op->verb != STORE_APPEND || op->result != STORE_OK || op->events_n == 0)
		return;
	untold = xcalloc(1, sizeof(*untold));
	untold->key = op->key;
	snprintf(untold->graph, sizeof(untold->graph), "%s:%s:%s", op->key.tenant,
	    op->key.deployment, op->key.graph);
	snprintf(untold->after, sizeof(untold->after), "%" PRIu64, op->seq);
	snprintf(untold->last, sizeof(untold->last), "%" PRIu64, op->seq + (uint64_t)op->events_n);
	*untolds->tail = untold;
	untolds->tail = &untold->next;
}

static void
untold_free(struct redis_untold *untold)
{
	while (untold != NULL) {
		struct redis_untold *next = untold->next;

		free(untold);
		untold = next;
	}
}

void
redis_untold_init(struct redis_untolds *untolds)
{
	*untolds = (struct redis_untolds){ .head = NULL };
	untolds->tail = &untolds->head;
}

void
redis_untold_fini(struct redis_untolds *untolds)
{
	untold_free(untolds->head);
	untold_free(untolds->said);
}

bool
redis_untold_say(struct redis_untolds *untolds, struct redis_say *say)
{
	struct redis_untold **at = &untolds->head, *untold;
	const char           *tenant;

	untold_free(untolds->said);
	untolds->said = NULL;
	if (untolds->head == NULL)
		return false;
	tenant = untolds->head->key.tenant;
	redis_say_script(say);
	say_head(say, &untolds->head->key, GO_ON);
	while ((untold = *at) != NULL) {
		if (strcmp(untold->key.tenant, tenant) != 0) {
			at = &untold->next;
			continue;
		}
		redis_say_text(say, untold->graph);
		redis_say_text(say, untold->after);
		redis_say_text(say, untold->last);
		*at = untold->next;
		untold->next = untolds->said;
		untolds->said = untold;
	}
	untolds->tail = at;
	return true;
}

/* ---- reading ---- */

static bool
say_read(struct redis_say *say, const struct redis_ask *ask)
{
	redis_say_text(say, "1");
	redis_say_tenant_key(say, &ask->op->key, "events");
	redis_say_number(say, ask->op->seq);
	redis_say_number(say, STORE_TOLD_PAGE_MAX);
	return true;
}

/* Of "graph T:D:G events 13-17", the text that belongs to a name. */
static const char *
field_of(const struct redis_value *pairs, const char *name)
{
	for (size_t i = 0; i + 1 < pairs->n; i += 2) {
		if (strcmp(redis_value_at(pairs, i).text, name) == 0)
			return redis_value_at(pairs, i + 1).text;
	}
	return "";
}

static bool
hear_read(struct store_op *op, const struct redis_value *value)
{
	struct redis_value list = redis_value_at(value, 2);
	size_t             n = list.kind == REDIS_KIND_LIST ? list.n : 0;
	struct store_item *items;

	if (!redis_hear_status(op, value))
		return false;
	items = xcalloc(n, sizeof(*items));
	for (size_t i = 0; i < n; i++) {
		struct redis_value entry = redis_value_at(&list, i);
		struct redis_value pairs = redis_value_at(&entry, 1);

		items[i].number = strtoull(redis_value_at(&entry, 0).text, NULL, 10);
		items[i].name = field_of(&pairs, "graph");
		items[i].text = field_of(&pairs, "events");
	}
	store_op_set_items(op, items, n);
	op->seq_out = (uint64_t)redis_value_at(value, 1).number;
	free(items);
	return false;
}

const struct redis_step redis_told_read = { REDIS_SCRIPT_TOLD, say_read, hear_read };

/* ---- forgetting ---- */

static bool
say_forget(struct redis_say *say, const struct redis_ask *ask)
{
	const struct store_op *op = ask->op;
	struct store_key       key = op->key;

	if (op->items_n == 0)
		return false;
	redis_say_text(say, "HDEL");
	redis_say_tenant_key(say, &key, "told");
	for (size_t i = 0; i < op->items_n; i++) {
		must(store_key_set(&key, key.tenant, key.deployment, op->items_out[i].name));
		redis_say_index_member(say, &key);
	}
	return true;
}

const struct redis_step redis_told_forget = { REDIS_SCRIPTS_N, say_forget, redis_hear_nothing };
