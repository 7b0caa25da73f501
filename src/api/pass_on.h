/* SPDX-License-Identifier: Apache-2.0
 *
 * pass_on.h - what is told an execution that another process on this host runs: that one is asked.
 *
 * Only the process that runs an execution has its credentials, and they never go through the store. So the request itself
 * goes there: by a socket of the abstract namespace that is named after the owner of leases, with the client's own key, and only to a
 * process of the same user. What that one answers is answered.
 */
#ifndef API_PASS_ON_H
#define API_PASS_ON_H

#include "api/exchange.h"

#define PASS_ON_SOCKET_SIZE 64

/* Where the process of this owner listens, for others of the host: "@NAME". */
void pass_on_socket(const char *owner, char buf[PASS_ON_SOCKET_SIZE]);

/* Whether the client of another process is on this host: what was passed on comes by a connection that is. */
bool pass_on_is_local(const struct http_request *request);

/* To who holds the lease of x->key's deployment. `otherwise`: nobody does, nobody that can be reached from here, or it was passed on to
 * us. */
void pass_on(struct exchange *x, exchange_step *otherwise);

#endif
