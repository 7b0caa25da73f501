/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_address.h - where one server listens: a host and a port, or the path of a unix socket.
 */
#ifndef STORE_REDIS_ADDRESS_H
#define STORE_REDIS_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/check.h"

#define REDIS_HOST_SIZE         256
#define REDIS_ADDRESS_NAME_SIZE (REDIS_HOST_SIZE + 16)

struct redis_address {
	char host[REDIS_HOST_SIZE]; /* of a unix socket: its path */
	int  port;                  /* 0: a unix socket */
};

/* As people write it, and strictly: "host", "host:port", "[::1]:port". */
MUSTCHECK bool redis_address_parse(
    struct redis_address *ret_address, const char *text, size_t len, int port_default);

/* As servers write it, without brackets: "::1" and 6379. False: no address. */
MUSTCHECK bool
redis_address_set(struct redis_address *ret_address, const char *host, const char *port);

bool redis_address_equal(const struct redis_address *a, const struct redis_address *b);

/* For people: "host:port", "[::1]:port" or the path. */
const char *
redis_address_name(const struct redis_address *address, char out[REDIS_ADDRESS_NAME_SIZE]);

#endif
