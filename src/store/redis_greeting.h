/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_greeting.h - what a new connection says to a Redis first, and whether that Redis will do.
 *
 * It must take our password, be no replica, and never evict: what is evicted is an execution
 * that is forgotten. The scripts are loaded on the way.
 */
#ifndef STORE_REDIS_GREETING_H
#define STORE_REDIS_GREETING_H

#include "store/redis_say.h"
#include "store/redis_scripts.h"
#include "store/redis_url.h"
#include "store/redis_value.h"

enum redis_greeting_step {
	GREETING_AUTH,
	GREETING_SELECT,
	GREETING_POLICY,
	GREETING_INFO,
	GREETING_SCRIPTS, /* the first of them */
	GREETING_STEPS_N = GREETING_SCRIPTS + REDIS_SCRIPTS_N
};

#define REDIS_WHY_SIZE    256
#define REDIS_SHA_SIZE    41
#define REDIS_POLICY_SIZE 64

/* Zeroed before each greeting. */
struct redis_greeting {
	int  due; /* answers */
	char refused[REDIS_WHY_SIZE];
	char policy[REDIS_POLICY_SIZE];
	char fsync[REDIS_POLICY_SIZE]; /* "" where it is not told */
	char sha[REDIS_SCRIPTS_N][REDIS_SHA_SIZE];
	bool is_replica, has_aof;
};

/* Puts the step's command together; false when this URL needs none. */
MUSTCHECK bool redis_greeting_say(
    struct redis_greeting *greeting, const struct redis_url *url, int step, struct redis_say *say);

void
redis_greeting_hear(struct redis_greeting *greeting, int step, const struct redis_value *value);

/* When all is heard: true, or why this Redis won't do. */
MUSTCHECK bool
redis_greeting_judge(const struct redis_greeting *greeting, char ret_why[REDIS_WHY_SIZE]);

#endif
