/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_format.h - which format what is stored in a Redis has, and whether this version may touch it.
 *
 * It is one number for all of it, at mg:format; STORE_FORMAT says what each means. It is looked at whenever a way has opened, and
 * then once a second. Where it is newer than this version knows, no way is open. Where it is older, this version raises it
 * and waits until all others have seen that: they read and write nothing that they have not looked at a moment ago.
 */
#ifndef STORE_REDIS_FORMAT_H
#define STORE_REDIS_FORMAT_H

#include "store/redis_route.h"

struct loop;
struct redis_format;

struct redis_format_options {
	uint64_t known; /* what this version reads and writes */
	/* What it has to say has changed. From a task. */
	void (*changed)(void *arg);
	void *arg;
};

/* The route is borrowed. */
struct redis_format *redis_format_create(
    struct loop *loop, struct redis_route *route, const struct redis_format_options *options);

/* After the route's links, which may owe it an answer. */
void redis_format_destroy(struct redis_format *format);

/* Ways have opened, or shut. */
void redis_format_ways_changed(struct redis_format *format);

/* For all that is not shut for other reasons. */
enum redis_way redis_format_way(const struct redis_format *format);
const char *redis_format_why(const struct redis_format *format); /* it is not open; "" when it is */

#endif
