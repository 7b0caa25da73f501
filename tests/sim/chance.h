/* SPDX-License-Identifier: Apache-2.0
 *
 * chance.h - what may go wrong in a world, and how often.
 *
 * The rates are drawn from the seed like all else: half of them are zero in any world, and in some worlds all
 * are. So each fault is also seen alone, and there are worlds in which nothing may fail.
 */
#ifndef SIM_CHANCE_H
#define SIM_CHANCE_H

#include <stdbool.h>

#include "util/rng.h"

/* name, the most it may be in a thousand */
#define CHANCES(X)                                                                        \
	/* of a call to the cloud */                                                      \
	X(THROTTLED, 300)                                                                 \
	X(TRANSIENT, 150)                                                                 \
	X(LOST_REQUEST, 150)                                                              \
	X(LOST_REPLY, 250)                                                                \
	X(NOT_FOUND, 100) /* something it needs is not to be seen yet */                  \
	X(DENIED, 30)                                                                     \
	X(SLOW, 200)                                                                      \
	X(NEVER, 30)      /* it is not answered until its driver gives up on it */        \
	X(DOUBLED, 150)   /* it arrives twice */                                          \
	X(STALE, 500)     /* what it did is not to be seen at once */                     \
	X(UNSETTLED, 500) /* what it made is not usable at once */                        \
	X(LINGERING, 500) /* what it deleted is there for a while */                      \
	/* of an op of the store */                                                       \
	X(STORE_SLOW, 200)                                                                \
	X(STORE_REFUSED, 100)                                                             \
	X(STORE_BREAK, 60)  /* the connection breaks: all that is under way is unknown */ \
	X(STORE_GHOST, 500) /* what was unknown when it broke arrives later */            \
	/* of an action of the client's */                                                \
	X(CRASH, 1000)                                                                    \
	X(STOP, 1000)                                                                     \
	X(PARTITION, 1000) /* a process and the store do not see each other */            \
	X(DRAIN, 1000)                                                                    \
	X(EXPIRY, 600)   /* credentials hold for a while only */                          \
	X(OUTAGE, 1000)  /* no process sees the store */                                  \
	X(FAILOVER, 300) /* and it has lost the last writes */                            \
	X(DAWDLE, 500)   /* between looking what there is and beginning */

enum chance {
#define X(name, most) CHANCE_##name,
	CHANCES(X)
#undef X
	    CHANCES_N
};

struct chances {
	unsigned per_mille[CHANCES_N];
	unsigned hits[CHANCES_N];
};

void        chances_draw(struct chances *chances, struct rng *rng);
void        chances_stop(struct chances *chances); /* from now on nothing goes wrong */
bool        chance_hits(struct chances *chances, enum chance chance, struct rng *rng);
const char *chance_name(enum chance chance);

#endif
