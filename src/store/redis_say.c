/* SPDX-License-Identifier: Apache-2.0
 * redis_say.c - argument vectors, and keys by their names. */
#include "store/redis_say.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/check.h"
#include "util/mem.h"

void
redis_say_clear(struct redis_say *say)
{
	say->n = 0;
	say->bytes = 0;
	say->key = NULL;
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
redis_say_script(struct redis_say *say)
{
	must(say->n == 0);
	redis_say_text(say, "");
	redis_say_text(say, "");
}

void
redis_say_script_is(struct redis_say *say, const char *how, const char *script)
{
	must(say->n > 2);
	must(say->lens[0] == 0);
	say->argv[0] = how;
	say->lens[0] = strlen(how);
	say->argv[1] = script;
	say->lens[1] = strlen(script);
	say->bytes += say->lens[0] + say->lens[1];
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

static const char *PRINTF_LIKE(2, 0) say_made(struct redis_say *say, const char *fmt, va_list args)
{
	char *text = say->keys[say->keys_n];
	int   len;

	must(say->keys_n < REDIS_SAY_KEYS);
	say->keys_n++;
	len = vsnprintf(text, REDIS_KEY_SIZE, fmt, args);
	must(len > 0 && len < REDIS_KEY_SIZE);
	redis_say_text(say, text);
	return text;
}

void
redis_say_made(struct redis_say *say, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say_made(say, fmt, args);
	va_end(args);
}

static void PRINTF_LIKE(2, 3) say_key(struct redis_say *say, const char *fmt, ...)
{
	const char *key;
	va_list     args;

	va_start(args, fmt);
	key = say_made(say, fmt, args);
	va_end(args);
	if (say->key == NULL)
		say->key = key;
}

void
redis_say_deployment_key(struct redis_say *say, const struct store_key *key, const char *what)
{
	say_key(say, "mg:{%s:%s}:%s", key->tenant, key->deployment, what);
}

void
redis_say_graph_key(struct redis_say *say, const struct store_key *key, const char *what)
{
	say_key(say, "mg:{%s:%s}:%s:%s", key->tenant, key->deployment, what, key->graph);
}

void
redis_say_past_key(struct redis_say *say, const struct store_key *key, const char *execution)
{
	say_key(say, "mg:{%s:%s}:past:%s:%s", key->tenant, key->deployment, key->graph, execution);
}

void
redis_say_plan_key(struct redis_say *say, const struct store_key *key, const char *plan)
{
	say_key(say, "mg:{%s:%s}:plan:%s:%s", key->tenant, key->deployment, key->graph, plan);
}

void
redis_say_tenant_key(struct redis_say *say, const struct store_key *key, const char *what)
{
	say_key(say, "mg:{%s}:%s", key->tenant, what);
}

void
redis_say_once_keys(struct redis_say *say, const struct store_key *key, const char *once)
{
	say_key(say, "mg:{%s}:once:%s", key->tenant, once);
	say_key(say, "mg:{%s}:once:%s:by", key->tenant, once);
}

void
redis_say_index_key(struct redis_say *say, const char *what)
{
	say_key(say, "mg:%s", what);
}

void
redis_say_index_member(struct redis_say *say, const struct store_key *key)
{
	redis_say_made(say, "%s:%s:%s", key->tenant, key->deployment, key->graph);
}
