/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_say.h - one command for Redis being put together, and the names of our keys.
 *
 * Text is borrowed until the command is sent; keys and numbers lie in here.
 */
#ifndef STORE_REDIS_SAY_H
#define STORE_REDIS_SAY_H

#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

#define REDIS_KEY_SIZE    256
#define REDIS_SAY_KEYS    64
#define REDIS_SAY_NUMBERS 8
#define REDIS_NUMBER_SIZE 24

struct redis_say {
	const char **argv;
	size_t      *lens;
	size_t       n, cap;
	size_t       bytes;
	const char  *key; /* the first of its keys, which all lie in one slot; NULL: it has none */
	char         keys[REDIS_SAY_KEYS][REDIS_KEY_SIZE];
	char         numbers[REDIS_SAY_NUMBERS][REDIS_NUMBER_SIZE];
	size_t       keys_n, numbers_n;
};

void redis_say_clear(struct redis_say *say);
void redis_say_fini(struct redis_say *say);
void redis_say_text(struct redis_say *say, const char *text);
void redis_say_number(struct redis_say *say, uint64_t number);

/* The first words of a script's call, to be filled in when it is known who will hear it. */
void redis_say_script(struct redis_say *say);
void redis_say_script_is(struct redis_say *say, const char *how, const char *script);

/* Text that is made here: a key, or something as short. */
void redis_say_made(struct redis_say *say, const char *fmt, ...) PRINTF_LIKE(2, 3);

void redis_say_deployment_key(
    struct redis_say *say, const struct store_key *key, const char *what); /* mg:{T:D}:what */
void redis_say_graph_key(
    struct redis_say *say, const struct store_key *key, const char *what); /* mg:{T:D}:what:G */
void redis_say_past_key(struct redis_say *say, const struct store_key *key,
    const char *execution); /* mg:{T:D}:past:G:E */
void redis_say_plan_key(
    struct redis_say *say, const struct store_key *key, const char *plan); /* mg:{T:D}:plan:G:P */
void redis_say_tenant_key(
    struct redis_say *say, const struct store_key *key, const char *what); /* mg:{T}:what */
void redis_say_once_keys(struct redis_say *say, const struct store_key *key,
    const char *once); /* mg:{T}:once:N and mg:{T}:once:N:by */
void redis_say_index_key(struct redis_say *say, const char *what); /* mg:what, of all tenants */

/* "T:D:G": what an index has for a graph. */
void redis_say_index_member(struct redis_say *say, const struct store_key *key);

#endif
