/* SPDX-License-Identifier: Apache-2.0
 *
 * http_world.h - for tests: our HTTP server and raw clients of it, on one loop in one process.
 *
 * Nothing sleeps: whoever waits turns the loop until it has what it waits for, or fails the test.
 * The handler answers by path: see http_world.c. Of a body to /few 8 bytes are wanted, of one to /none nothing.
 */
#ifndef TESTS_HTTP_WORLD_H
#define TESTS_HTTP_WORLD_H

#include <stdbool.h>

#include "http/http.h"
#include "loop/loop_ev.h"
#include "util/str.h"

struct world {
	struct loop_ev      *ev;
	struct http_server  *server;
	char                *url;
	struct http_request *held; /* of /hold or /stream, until it ends or its client goes */
	size_t               asked_n, handled_n, closed_n, room_n;
	bool                 local; /* http_is_local() of the last request */
	bool                 in_handler;
	struct watch         turn;
	int                  ready_fd;
	bool (*met)(void *arg);
	void   *met_arg;
	int64_t give_up_us;
	bool    is_met;
};

struct client {
	int        fd;
	struct str out; /* not sent yet */
	struct str in;  /* all that came */
	bool       eof; /* no more will come */
};

void http_world_init(struct world *world, const struct http_options *options);
void world_listen(struct world *world, const char *address); /* sets url */
void http_world_fini(struct world *world);

extern const struct http_options world_quick; /* timeouts of 40 ms */
extern const struct http_options world_calm;  /* no timeouts; three connections at most */

/* Turns the loop until met(arg) is true; false after 5 s. */
bool world_until(struct world *world, bool (*met)(void *arg), void *arg);
void world_settle(struct world *world);           /* some turns: what was sent has been seen */
void world_pass(struct world *world, int64_t us); /* turns for that long, come what may */

void client_init(struct client *client, const struct world *world); /* connects */
void client_fini(struct client *client);                            /* closes */
void client_reset(struct client *client);                           /* closes with RST */

void client_send(struct client *client, const char *text);
void client_send_mem(struct client *client, const void *mem, size_t len);

/* Waits until `text` has come n times, or all has come; each fails the test after 5 s. */
void client_await(struct world *world, struct client *client, const char *text, size_t n);
void client_await_eof(struct world *world, struct client *client);
void client_await_sent(struct world *world, struct client *client);

/* Connects, sends, and waits until the handler holds the request. */
void world_hold(struct world *world, struct client *client, const char *request);

bool world_is_held(void *world);   /* the handler holds a request */
bool world_is_closed(void *world); /* on_close was called */

size_t count_of(const char *in, const char *text);

/* Sends the text on a new connection and returns all that comes until the server closes. */
char *world_ask(struct world *world, const char *text);

#endif
