/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_verbs.h - each verb of the store as Redis commands: how they are said, and how the answers
 * are heard. It knows no connection.
 *
 * A verb is one step or several, each one command on keys of one hash tag. What comes first must have happened first. In a cluster, where
 * they may lie on different servers, a step is said when the one before it is answered. Where there is one server, those that decide nothing
 * are said together with what follows them, up to the first script: as a transaction, which all of them happen in or none.
 */
#ifndef STORE_REDIS_VERBS_H
#define STORE_REDIS_VERBS_H

#include "store/redis_say.h"
#include "store/redis_scripts.h"
#include "store/redis_value.h"

struct redis_ask {
	const struct store_op *op;
	const char            *owner;
	const char            *lease_ms;
	bool                   archives;
};

struct redis_step {
	enum redis_script script; /* its EVALSHA and digest go before what `say` adds */
	/* False: this op needs no such step. */
	bool (*say)(struct redis_say *say, const struct redis_ask *ask);
	/*
	 * Never handed an error. True: the verb goes on with the next step, or with this one
	 * while op->pages is not all there (then it is not NULL); op->result may be set already. After the last one it is no longer STORE_PENDING.
	 */
	bool (*hear)(struct store_op *op, const struct redis_value *value);
};

/* Of a step that decides nothing: what follows is the same whatever it answers. */
bool redis_hear_nothing(struct store_op *op, const struct redis_value *value);

/* What all scripts answer: a status first. Sets the result, and says whether it was OK. */
bool redis_hear_status(struct store_op *op, const struct redis_value *value);

#define REDIS_STEPS_MAX 9

/* NULL: the verb has no more. */
const struct redis_step *redis_verb_step(enum store_verb verb, size_t i);

#endif
