/* SPDX-License-Identifier: Apache-2.0
 *
 * listener.h - an address as text becomes a bound socket: IPv4, IPv6 or a unix socket.
 */
#ifndef HTTP_LISTENER_H
#define HTTP_LISTENER_H

#include <stdbool.h>

#include "util/err.h"

struct listener {
	int   fd;   /* bound, non-blocking; not listening yet */
	char *url;  /* "http://127.0.0.1:8080", with the real port; owned */
	char *path; /* of the unix socket, else NULL; owned */
};

/*
 * "127.0.0.1:8080", "[::1]:0", "unix:/path", "unix:@name" (abstract: there is no file). A socket file that is there is removed only if it is a
 * socket and nobody answers on it. A port that is shared (SO_REUSEPORT) can be listened on by others of the same
 * user, who share it too; the kernel gives each connection to one of them.
 */
MUSTCHECK enum err_code
listener_open(const char *address, bool shares, struct listener *ret_listener, struct err *err);

/* Frees the texts, and removes the socket file. The descriptor is whoever listens' to close. */
void listener_fini(struct listener *listener);

#endif
