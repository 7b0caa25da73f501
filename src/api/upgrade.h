/* SPDX-License-Identifier: Apache-2.0
 *
 * upgrade.h - a request that asks for a WebSocket: whose it is, and how it is refused.
 *
 * A page can set no header of it, but name protocols: it offers "mgraph-events", and its key as
 * "mgraph-key.<the key in base64url, without padding>". The first is what is chosen, so the key is never said back; and it
 * is in no URL, which others keep. Nor does a page see the answer of a handshake that fails: who has offered the protocol is
 * let in, and told why by the close frame.
 */
#ifndef API_UPGRADE_H
#define API_UPGRADE_H

#include "api/exchange.h"

#define UPGRADE_PROTOCOL   "mgraph-events"
#define UPGRADE_KEY_PREFIX "mgraph-key."
#define UPGRADE_KEY_SIZE   512

bool upgrade_is_wanted(const struct exchange *x); /* and its route has WebSockets */

/* The key among the protocols, into buf; NULL: none. To be wiped. */
const char *upgrade_key(const struct exchange *x, char buf[UPGRADE_KEY_SIZE]);

/* False: the handshake is wrong, and that was answered. */
MUSTCHECK bool upgrade_is_good(struct exchange *x);

void upgrade_start(struct exchange *x);

/* Whoever asked is not shown an answer: it is to be told by a close frame. */
bool upgrade_hides_answers(const struct exchange *x);
void upgrade_tell(struct http_request *request, int status, struct json_object *problem);

#endif
