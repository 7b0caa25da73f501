/* SPDX-License-Identifier: Apache-2.0
 * redis_archive.c - marks what is to be archived, after it is stored.
 *
 * Between the two a process may end. Then the execution is unfinished, and who takes it up begins it, which
 * marks it again. So only the end of one is marked before it: after that nobody would. */
#include "store/redis_archive.h"

#include "util/check.h"

#define TEXT_OF(number)    TEXT_OF_IT(number)
#define TEXT_OF_IT(number) #number

static bool
say_mark_first(struct redis_say *say, const struct redis_ask *ask)
{
	if (!ask->archives)
		return false;
	redis_say_text(say, "ZADD");
	redis_say_index_key(say, "unarchived");
	redis_say_number(say, (uint64_t)ask->op->now_ms);
	redis_say_index_member(say, &ask->op->key);
	return true;
}

static bool
say_mark(struct redis_say *say, const struct redis_ask *ask)
{
	return ask->op->result == STORE_OK && say_mark_first(say, ask);
}

static bool
say_mark_put(struct redis_say *say, const struct redis_ask *ask)
{
	return ask->op->age_ms == 0 && say_mark(say, ask);
}

static bool
say_mark_header(struct redis_say *say, const struct redis_ask *ask)
{
	for (size_t i = 0; i < ask->op->fields_n; i++) {
		if (ask->op->fields[i].name[0] == '\0')
			return say_mark(say, ask);
	}
	return false;
}

static bool
say_mark_event(struct redis_say *say, const struct redis_ask *ask)
{
	return ask->op->events_n > 0 && say_mark(say, ask);
}

const struct redis_step redis_archive_mark_first = { REDIS_SCRIPTS_N, say_mark_first,
	redis_hear_nothing };
const struct redis_step redis_archive_mark = { REDIS_SCRIPTS_N, say_mark, redis_hear_nothing };
const struct redis_step redis_archive_mark_put = { REDIS_SCRIPTS_N, say_mark_put,
	redis_hear_nothing };
const struct redis_step redis_archive_mark_event = { REDIS_SCRIPTS_N, say_mark_event,
	redis_hear_nothing };
const struct redis_step redis_archive_mark_header = { REDIS_SCRIPTS_N, say_mark_header,
	redis_hear_nothing };

/* What is not there any more can't be archived. */
static bool
say_unmark(struct redis_say *say, const struct redis_ask *ask)
{
	struct store_key key = ask->op->key;

	if (!ask->archives || ask->op->items_n == 0)
		return false;
	redis_say_text(say, "ZREM");
	redis_say_index_key(say, "unarchived");
	for (size_t i = 0; i < ask->op->items_n; i++) {
		must(store_key_set(&key, key.tenant, key.deployment, ask->op->items_out[i].name));
		redis_say_index_member(say, &key);
	}
	return true;
}

const struct redis_step redis_archive_unmark = { REDIS_SCRIPTS_N, say_unmark, redis_hear_nothing };

/* ---- scripts ---- */

static void
say_keys(struct redis_say *say, const struct store_key *key)
{
	redis_say_text(say, "3");
	redis_say_graph_key(say, key, "archived");
	redis_say_graph_key(say, key, "events");
	redis_say_graph_key(say, key, "archiving");
}

static bool
say_get(struct redis_say *say, const struct redis_ask *ask)
{
	say_keys(say, &ask->op->key);
	return true;
}

static bool
say_take(struct redis_say *say, const struct redis_ask *ask)
{
	say_keys(say, &ask->op->key);
	redis_say_text(say, ask->owner);
	redis_say_text(say, TEXT_OF(STORE_ARCHIVER_MS));
	return true;
}

static bool
hear_marker(struct store_op *op, const struct redis_value *value)
{
	if (!redis_hear_status(op, value))
		return false;
	store_op_set_text(op, redis_value_at(value, 1).text);
	op->seq_out = (uint64_t)redis_value_at(value, 2).number;
	return false;
}

const struct redis_step redis_archive_get = { REDIS_SCRIPT_ARCHIVE_GET, say_get, hear_marker };
const struct redis_step redis_archive_take = { REDIS_SCRIPT_ARCHIVE_TAKE, say_take, hear_marker };

static bool
say_put(struct redis_say *say, const struct redis_ask *ask)
{
	say_keys(say, &ask->op->key);
	redis_say_text(say, ask->owner);
	redis_say_text(say, ask->op->text);
	return true;
}

const struct redis_step redis_archive_put = { REDIS_SCRIPT_ARCHIVE_PUT, say_put,
	redis_hear_status };

static bool
say_settle(struct redis_say *say, const struct redis_ask *ask)
{
	redis_say_text(say, "1");
	redis_say_index_key(say, "unarchived");
	redis_say_index_member(say, &ask->op->key);
	redis_say_number(say, ask->op->seq);
	redis_say_number(say, (uint64_t)ask->op->now_ms);
	return true;
}

const struct redis_step redis_archive_settle = { REDIS_SCRIPT_ARCHIVE_SETTLE, say_settle,
	redis_hear_status };
