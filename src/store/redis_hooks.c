/* SPDX-License-Identifier: Apache-2.0
 * redis_hooks.c - one script: taken, renewed and noted at once. */
#include "store/redis_hooks.h"

static bool
say_hook(struct redis_say *say, const struct redis_ask *ask)
{
	const struct store_op *op = ask->op;

	redis_say_text(say, "3");
	redis_say_hook_keys(say, &op->key, op->text);
	redis_say_tenant_key(say, &op->key, "events");
	redis_say_text(say, ask->owner);
	redis_say_number(say, STORE_HOOK_MS);
	redis_say_number(say, op->seq);
	return true;
}

static bool
hear_hook(struct store_op *op, const struct redis_value *value)
{
	if (redis_hear_status(op, value))
		op->seq_out = (uint64_t)redis_value_at(value, 1).number;
	return false;
}

const struct redis_step redis_hook = { REDIS_SCRIPT_HOOK, say_hook, hear_hook };
