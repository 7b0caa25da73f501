/* SPDX-License-Identifier: Apache-2.0
 * redis_once.c - a record, and beside it who is at it, whom Redis forgets when nothing is heard of him. */
#include "store/redis_once.h"

static void
say_holder(struct redis_say *say, const struct redis_ask *ask)
{
	redis_say_text(say, "2");
	redis_say_once_keys(say, &ask->op->key, ask->op->once);
	redis_say_text(say, ask->owner);
	redis_say_text(say, ask->op->holder);
	redis_say_text(say, ask->lease_ms);
}

static bool
say_take(struct redis_say *say, const struct redis_ask *ask)
{
	say_holder(say, ask);
	redis_say_text(say, ask->op->text);
	redis_say_number(say, STORE_ONCE_S);
	return true;
}

static bool
hear_take(struct store_op *op, const struct redis_value *value)
{
	struct redis_value record = redis_value_at(value, 1);

	if (redis_hear_status(op, value) && record.text[0] != '\0')
		store_op_set_text(op, record.text);
	return false;
}

static bool
say_put(struct redis_say *say, const struct redis_ask *ask)
{
	static const char *const hows[] = {
		[STORE_ONCE_HOLD] = "hold",
		[STORE_ONCE_NOTE] = "note",
		[STORE_ONCE_DONE] = "done",
		[STORE_ONCE_LEAVE] = "leave",
		[STORE_ONCE_DROP] = "drop",
	};

	_Static_assert(array_len(hows) == STORE_ONCES_N, "each has its word");
	say_holder(say, ask);
	redis_say_text(say, hows[ask->op->how]);
	redis_say_text(say, ask->op->text != NULL ? ask->op->text : "");
	redis_say_number(say, STORE_ONCE_S);
	return true;
}

const struct redis_step redis_once_take = { REDIS_SCRIPT_ONCE_TAKE, say_take, hear_take };
const struct redis_step redis_once_put = { REDIS_SCRIPT_ONCE_PUT, say_put, redis_hear_status };
