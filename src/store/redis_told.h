/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_told.h - what all graphs of a tenant have told, in one order: an index over their streams, in the tenant's slot.
 */
#ifndef STORE_REDIS_TOLD_H
#define STORE_REDIS_TOLD_H

#include "store/redis_verbs.h"

#define REDIS_TOLD_CHANNEL "mg:told" /* "T:D:G SEQ NUMBER" for each entry, of all tenants */

/* Of a begin: it may be that Redis has lost events since; then those that come take their numbers. */
extern const struct redis_step redis_tell_begun;
extern const struct redis_step redis_tell_first; /* before it is over: after that nobody would */
extern const struct redis_step redis_tell_event;
extern const struct redis_step redis_told_read;
extern const struct redis_step redis_told_forget; /* of the graphs that went */

/* What appends have stored that are answered, and nobody waits to be told. Gathered, it is one command for all. */
struct redis_untold;
struct redis_untolds {
	struct redis_untold *head, **tail;
	struct redis_untold *said; /* the last time: its texts are borrowed */
};

void redis_untold_init(struct redis_untolds *untolds);
void redis_untold_fini(struct redis_untolds *untolds);
void redis_untold_add(struct redis_untolds *untolds, const struct store_op *op); /* answered */

/* A call of REDIS_SCRIPT_TELL for all of one tenant. False: there is nothing. */
MUSTCHECK bool redis_untold_say(struct redis_untolds *untolds, struct redis_say *say);

#endif
