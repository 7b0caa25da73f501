/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_sender.h - puts the next steps of a call together, and sends those that go together.
 */
#ifndef STORE_REDIS_SENDER_H
#define STORE_REDIS_SENDER_H

#include "store/redis_calls.h"
#include "store/redis_verbs.h"

struct redis_sender {
	struct redis_say says[2],
	    *say; /* what is put together; the other one may be for what goes before it */
	struct redis_say asking, multi, exec;
	bool             joins; /* all keys lie on one server */
	bool             archives;
	char            *owner;
	char             lease_ms[REDIS_NUMBER_SIZE];
};

void redis_sender_init(struct redis_sender *sender, const char *owner, int64_t lease_ms);
void redis_sender_fini(struct redis_sender *sender);

/* Puts the call's next step together, in sender->say, and says which; NULL: it has no more. */
const struct redis_step *redis_sender_say(struct redis_sender *sender, struct redis_call *call);

/* Sends it on the call's link, with what goes with it, and notes which those were, and their bytes. */
void redis_sender_send(
    struct redis_sender *sender, struct redis_call *call, const struct redis_step *step);

#endif
