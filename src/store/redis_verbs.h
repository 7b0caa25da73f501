/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_verbs.h - each verb of the store as Redis commands: how it is said, and how the answers are
 * heard. It knows no connection.
 *
 * A verb has one command or several; those of one verb are sent together and answered in order. The
 * last one may be a script: its EVALSHA and digest are put before what `say` adds.
 */
#ifndef STORE_REDIS_VERBS_H
#define STORE_REDIS_VERBS_H

#include "store/redis_scripts.h"
#include "store/store.h"

#define REDIS_KEY_SIZE    256
#define REDIS_SAY_KEYS    6
#define REDIS_SAY_NUMBERS 8
#define REDIS_NUMBER_SIZE 24

/* One command being put together. Text is borrowed; keys and numbers lie in here. */
struct redis_say {
	const char **argv;
	size_t      *lens;
	size_t       n, cap;
	size_t       bytes;
	char         keys[REDIS_SAY_KEYS][REDIS_KEY_SIZE];
	char         numbers[REDIS_SAY_NUMBERS][REDIS_NUMBER_SIZE];
	size_t       keys_n, numbers_n;
};

void redis_say_clear(struct redis_say *say);
void redis_say_fini(struct redis_say *say);
void redis_say_text(struct redis_say *say, const char *text);
void redis_say_number(struct redis_say *say, uint64_t number);

/* An answer, or a part of one. */
enum redis_kind {
	REDIS_KIND_NIL,
	REDIS_KIND_NUMBER,
	REDIS_KIND_TEXT,
	REDIS_KIND_LIST,
	REDIS_KIND_ERROR
};

struct redis_value {
	enum redis_kind kind;
	int64_t         number;
	const char     *text; /* of a text or an error; never NULL */
	size_t          n;    /* of a list */
	const void     *impl;
};

/* Implemented where the connection is. Past the end it is nil. */
struct redis_value redis_value_at(const struct redis_value *list, size_t i);

struct redis_ask {
	const struct store_op *op;
	const char            *owner;
	const char            *lease_ms;
};

struct redis_verb {
	int               steps;
	enum redis_script script; /* of the last step; REDIS_SCRIPTS_N: an ordinary command */
	void (*say)(struct redis_say *say, const struct redis_ask *ask, int step);
	/* Never handed an error. After the last step op->result is no longer STORE_PENDING. */
	void (*hear)(struct store_op *op, int step, const struct redis_value *value);
};

const struct redis_verb *redis_verb_of(enum store_verb verb);

#endif
