/* SPDX-License-Identifier: Apache-2.0
 * redis_plans.c - a plan is one text, that Redis forgets by itself. */
#include "store/redis_plans.h"

static bool
say_put(struct redis_say *say, const struct redis_ask *ask)
{
	redis_say_text(say, "SET");
	redis_say_plan_key(say, &ask->op->key, ask->op->plan);
	redis_say_text(say, ask->op->text);
	redis_say_text(say, "EX");
	redis_say_number(say, STORE_PLAN_S);
	return true;
}

static bool
hear_put(struct store_op *op, const struct redis_value *value)
{
	(void)value;
	op->result = STORE_OK;
	return false;
}

static bool
say_get(struct redis_say *say, const struct redis_ask *ask)
{
	redis_say_text(say, "GET");
	redis_say_plan_key(say, &ask->op->key, ask->op->plan);
	return true;
}

static bool
hear_get(struct store_op *op, const struct redis_value *value)
{
	op->result = value->kind == REDIS_KIND_TEXT ? STORE_OK : STORE_ABSENT;
	if (op->result == STORE_OK)
		store_op_set_text(op, value->text);
	return false;
}

const struct redis_step redis_plan_put = { REDIS_SCRIPTS_N, say_put, hear_put };
const struct redis_step redis_plan_get = { REDIS_SCRIPTS_N, say_get, hear_get };
