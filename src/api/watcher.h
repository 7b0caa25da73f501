/* SPDX-License-Identifier: Apache-2.0
 *
 * watcher.h - events of the feed on their way to one client: Server-Sent Events, or a WebSocket when it has asked for one.
 *
 * The feed is pulled: while the client has no room it is not asked for more, and nothing gathers here.
 */
#ifndef API_WATCHER_H
#define API_WATCHER_H

#include "api/exchange.h"

/* The events of x->key after `seq`, from now on until the client goes. */
void watcher_follow(struct exchange *x, uint64_t seq);

/* The server has no more to tell: ends the exchange. */
void watcher_end(struct exchange *x, enum websocket_code code, const char *reason);
void watchers_end(struct api *api, enum websocket_code code, const char *reason); /* all of them */

#endif
