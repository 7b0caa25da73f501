/* SPDX-License-Identifier: Apache-2.0
 *
 * message.h - what a webhook says of an event.
 */
#ifndef HOOKS_MESSAGE_H
#define HOOKS_MESSAGE_H

#include "hooks/hooks.h"

#define MESSAGE_ID_SIZE (STORE_ID_SIZE + STORE_EXECUTION_SIZE + 24)

struct message {
	char id
	    [MESSAGE_ID_SIZE]; /* the same whenever it is sent: graph, execution and number of the event */
	char *body;            /* JSON; owned; NULL: there is none */
};

/* False: the webhook says nothing of this event. */
MUSTCHECK bool
     message_make(struct message *message, const struct hook_config *config, const char *json);
void message_fini(struct message *message);

#endif
