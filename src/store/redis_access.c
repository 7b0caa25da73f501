/* SPDX-License-Identifier: Apache-2.0
 * redis_access.c - keys and tenants are one hash with a number of its last change: who knows that number need not read it. */
#include "store/redis_access.h"

#include <inttypes.h>
#include <stdlib.h>

#include "store/redis_reads.h"

#define KEY "access"

static bool
say_look(struct redis_say *say, const struct redis_ask *ask)
{
	(void)ask;
	redis_say_text(say, "HGET");
	redis_say_index_key(say, KEY);
	redis_say_text(say, "@");
	return true;
}

static bool
hear_look(struct store_op *op, const struct redis_value *value)
{
	op->seq_out = value->kind == REDIS_KIND_TEXT ? strtoull(value->text, NULL, 10) : 0;
	op->result = STORE_OK;
	return op->seq_out != op->seq;
}

static bool
say_get(struct redis_say *say, const struct redis_ask *ask)
{
	(void)ask;
	redis_say_text(say, "HGETALL");
	redis_say_index_key(say, KEY);
	return true;
}

/* Its number is as old as the rest: between the two, there may have been another change. */
static bool
hear_get(struct store_op *op, const struct redis_value *value)
{
	op->seq_out = 0;
	redis_hear_fields(op, value);
	op->result = STORE_OK;
	return false;
}

static bool
say_put(struct redis_say *say, const struct redis_ask *ask)
{
	const struct store_op *op = ask->op;
	size_t                 n = 0;

	for (size_t i = 0; i < op->fields_n; i++)
		n += op->fields[i].text != NULL;
	redis_say_text(say, "1");
	redis_say_index_key(say, KEY);
	redis_say_number(say, op->seq);
	redis_say_number(say, n);
	for (size_t i = 0; i < op->fields_n; i++) {
		if (op->fields[i].text == NULL)
			continue;
		redis_say_text(say, op->fields[i].name);
		redis_say_text(say, op->fields[i].text);
	}
	for (size_t i = 0; i < op->fields_n; i++) {
		if (op->fields[i].text == NULL)
			redis_say_text(say, op->fields[i].name);
	}
	return true;
}

const struct redis_step redis_access_look = { REDIS_SCRIPTS_N, say_look, hear_look };
const struct redis_step redis_access_get = { REDIS_SCRIPTS_N, say_get, hear_get };
const struct redis_step redis_access_put = { REDIS_SCRIPT_ACCESS_PUT, say_put, redis_hear_status };
