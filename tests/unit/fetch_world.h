/* SPDX-License-Identifier: Apache-2.0
 *
 * fetch_world.h - for tests: a fetcher and a scripted server on loopback, in one loop.
 *
 * The script says what the server does when it has read its n-th request, over all connections.
 * Nothing sleeps; a test that hangs fails.
 */
#ifndef TESTS_FETCH_WORLD_H
#define TESTS_FETCH_WORLD_H

#include <stdbool.h>
#include <stddef.h>

#include "loop/loop_ev.h"
#include "net/fetch.h"
#include "util/str.h"

#define FETCH_CONNS_MAX 64
#define FETCH_URL_SIZE  64

#define OK_HELLO     "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
#define OK_EMPTY     "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define OK_THEN_DEAF "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"

struct fetch_step {
	const char *answer;  /* NULL: none */
	bool        hang_up; /* after the answer */
};

struct fetch_conn {
	struct watch         watch;
	struct fetch_server *server;
	int                  fd;
	struct str           in;
	const char          *out;
	size_t               out_len;
	bool                 hang_up;
};

struct fetch_server {
	struct loop_ev          *ev;
	struct watch             watch;
	int                      fd;
	char                     url[FETCH_URL_SIZE];
	unsigned                 port;
	const struct fetch_step *steps;
	size_t                   steps_n;
	struct fetch_conn        conns[FETCH_CONNS_MAX];
	size_t                   conns_n, requests_n, closed_n;
	struct str               last; /* the last request, whole */
	void (*on_request)(struct fetch_server *);
};

struct fetch_world {
	struct loop_ev     *ev;
	struct fetcher     *fetcher;
	struct fetch_server server;
	struct timer        guard;
	int                 pending, unasked;
	bool                timed_out;
};

extern struct fetch_world *fetch_world_now; /* of the test that runs */

void fetch_world_open(struct fetch_world *world, const struct fetch_step *steps, size_t steps_n);
void fetch_world_close(struct fetch_world *world);

/* Until something stops the loop. */
void fetch_world_run(struct fetch_world *world);

/* The usual done(): the last of those that are pending stops the loop. */
void fetch_world_done(struct fetch *fetch);

/* done() of a fetch that will be cancelled: fails. */
void fetch_world_never(struct fetch *fetch);

/* Starts it, and runs until it is done. */
void fetch_world_exchange(struct fetch_world *world, struct fetch *fetch);

/* One request without a body, to its end. */
void fetch_world_ask(struct fetch_world *world, struct fetch *fetch, const char *method);

/* The last request holds that text. */
bool fetch_world_saw(const struct fetch_world *world, const char *text);

/* A listening socket on loopback, and the URL of such a port. */
int  fetch_world_listen(unsigned *ret_port);
void fetch_world_url(char url[FETCH_URL_SIZE], const char *scheme, unsigned port);

#endif
