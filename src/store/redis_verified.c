/* SPDX-License-Identifier: Apache-2.0
 * redis_verified.c - how a deployment was last found, beside the execution that may change it. */
#include "store/redis_verified.h"

static void
say_keys(struct redis_say *say, const struct store_key *key)
{
	redis_say_text(say, "3");
	redis_say_deployment_key(say, key, "unfinished");
	redis_say_deployment_key(say, key, "verified");
	redis_say_graph_key(say, key, "events");
}

static bool
say_get(struct redis_say *say, const struct redis_ask *ask)
{
	say_keys(say, &ask->op->key);
	return true;
}

static bool
hear_get(struct store_op *op, const struct redis_value *value)
{
	if (!redis_hear_status(op, value))
		return false;
	store_op_set_text(op, redis_value_at(value, 1).text);
	op->seq_out = (uint64_t)redis_value_at(value, 2).number;
	return false;
}

const struct redis_step redis_verified_get = { REDIS_SCRIPT_VERIFIED_GET, say_get, hear_get };

static bool
say_put(struct redis_say *say, const struct redis_ask *ask)
{
	const struct store_op *op = ask->op;

	say_keys(say, &op->key);
	redis_say_text(say, op->text);
	redis_say_made(say, "mg:events:%s", op->key.tenant);
	redis_say_number(say, op->seq);
	redis_say_text(say, op->events_n > 0 ? op->events[0].text : "");
	return true;
}

const struct redis_step redis_verified_put = { REDIS_SCRIPT_VERIFIED_PUT, say_put,
	redis_hear_status };
