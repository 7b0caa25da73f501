/* SPDX-License-Identifier: Apache-2.0
 *
 * host.h - serves the drivers of this process to other orchestrators, over the provider protocol (provider/protocol.h).
 *
 * Credentials come with each question and are opened here. Opened ones are kept a little while (opened.h), so that the next
 * question with the same ones finds what the driver has learned of them. A question whose client goes away is cancelled.
 */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include "http/http.h"
#include "loop/loop.h"
#include "provider/registry.h"
#include "util/secret.h"

struct host;

struct host_options {
	struct loop *loop;
	const struct registry
	    *registry;                /* borrowed; its drivers and their types are what is served */
	const struct secret *key;     /* borrowed; NULL: none is asked for */
	const char          *version; /* of this program */
	size_t  asked_max; /* questions at once; more are told to come back. 0: a thousand */
	int64_t beat_ms;   /* 0: PROTOCOL_BEAT_MS */
};

struct host *host_create(const struct host_options *options);
void host_destroy(struct host *host); /* cancels what is under way; the server is gone by then */

/* For http_create(), with the host as its arg: a question of who has the key is read, and no other. */
size_t host_body_wanted(void *host, const struct http_request *request);
void   host_handle(void *host, struct http_request *request);

size_t host_asked_n(const struct host *host); /* how many questions are under way */

#endif
