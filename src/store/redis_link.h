/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_link.h - one pipelined connection to a Redis: it connects, greets, and mends itself.
 *
 * It is up when its greeting found the other end fit. Commands are answered in order, each once;
 * when the connection is lost all that are due are answered with NULL. An answer that does not come
 * breaks the connection, so none is waited for longer than some seconds. What is in flight is for
 * the user to limit.
 */
#ifndef STORE_REDIS_LINK_H
#define STORE_REDIS_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/redis_address.h"
#include "store/redis_say.h"
#include "store/redis_url.h"
#include "store/redis_value.h"

#define REDIS_WHY_SIZE           256
#define REDIS_GREETING_STEPS_MAX 32

struct loop_ev;
struct redis_link;

/* What a connection says first, and what it makes of the answers. */
struct redis_greeting_kind {
	size_t size; /* of what it hears; zeroed for each connection */
	int    steps_n;
	/* Puts the step's command together; false when this URL needs none. */
	bool (*say)(const struct redis_url *url, int step, struct redis_say *say);
	/* A step that subscribes is heard again and again. */
	void (*hear)(
	    void *heard, const struct redis_url *url, int step, const struct redis_value *value);
	/* All is heard: true, or why this one won't do. */
	bool (*judge)(const void *heard, const struct redis_url *url, char ret_why[REDIS_WHY_SIZE]);
	void (*log)(
	    const void *heard, const char *name); /* that it is up; NULL: not worth a line */
	const char *down;                         /* the event in the log when it is not */
};

/* Who waits for an answer. */
struct redis_hearer {
	/*
	 * NULL when it was lost. To record it only: no function of the link may be called from here
	 * but redis_link_leave().
	 */
	void (*heard)(struct redis_hearer *hearer, const struct redis_value *value);
};

struct redis_link_options {
	const struct redis_greeting_kind *greeting;
	const struct redis_url           *url; /* user, password, database; borrowed */
	/*
	 * How long it may be silent while it is made or an answer is due. The time in which our own
	 * loop did not turn is not held against it.
	 */
	int64_t patience_ms;
	/* It came up or went down, or its greeting has heard something new. From a task. */
	void (*changed)(void *arg);
	void *arg;
};

/* What becomes of a command that goes this way now. */
enum redis_way {
	REDIS_WAY_OPEN,
	REDIS_WAY_COMING, /* it has not failed yet: wait */
	REDIS_WAY_SHUT
};

/* It connects when it is told where to. */
struct redis_link *redis_link_create(struct loop_ev *ev, const struct redis_link_options *options);

/* What is due is answered with NULL on the way. */
void redis_link_destroy(struct redis_link *link);

/*
 * Where to connect to from now on; a connection that there is, is broken, and its user is not told.
 * After a failure it rests a little first, as ever. NULL, of a link that is down: nowhere for now.
 */
void redis_link_aim(struct redis_link *link, const struct redis_address *address);

/* As redis_link_aim(), at once: that it failed elsewhere says nothing about this place. */
void redis_link_move(struct redis_link *link, const struct redis_address *address);

const struct redis_address *redis_link_address(const struct redis_link *link); /* NULL: none */

enum redis_way redis_link_way(const struct redis_link *link);
const char    *redis_link_why(const struct redis_link *link);     /* it is down; "" when it is up */
const void    *redis_link_heard(const struct redis_link *link);   /* by its greeting */
bool           redis_link_is_idle(const struct redis_link *link); /* no answer is due */
uint64_t redis_link_connection(const struct redis_link *link);    /* no two have the same number */

/* Only while it is open, from a task. The command is copied. */
void
redis_link_send(struct redis_link *link, const struct redis_say *say, struct redis_hearer *hearer);

/* The other end can't serve us for now: break the connection soon, and try again later. */
void redis_link_leave(struct redis_link *link, const char *why);

#endif
