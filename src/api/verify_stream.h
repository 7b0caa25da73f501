/* SPDX-License-Identifier: Apache-2.0
 *
 * verify_stream.h - the answer of a verify as Server-Sent Events: each resource as soon as its verdict is known, then the rest.
 */
#ifndef API_VERIFY_STREAM_H
#define API_VERIFY_STREAM_H

#include "api/exchange.h"

/* Did the client ask for that? */
bool verify_stream_is_wanted(const struct exchange *x);

/* For x->watch: on_begun (without an error), on_node and on_ended. The last one ends the exchange once all was taken. */
void verify_stream_start(struct exchange *x);
void verify_stream_node(
    struct execution_watch *watch, const struct execution *execution, uint32_t vertex);
void verify_stream_end(struct exchange *x, struct execution *execution);

#endif
