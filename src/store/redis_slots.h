/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_slots.h - the 16,384 slots of a Redis Cluster: which one a key lies in, and which server
 * has it. It knows no connection.
 */
#ifndef STORE_REDIS_SLOTS_H
#define STORE_REDIS_SLOTS_H

#include <stdint.h>

#include "store/redis_address.h"
#include "store/redis_value.h"

#define REDIS_SLOTS_N          16384
#define REDIS_SLOT_SERVERS_MAX 256

/* Zeroed it is empty. Servers keep their places. */
struct redis_slots {
	struct redis_address servers[REDIS_SLOT_SERVERS_MAX];
	int                  servers_n, owned_n;
	uint16_t owners[REDIS_SLOTS_N]; /* one more than the server's place; 0: nobody */
};

/* Of the hash tag, if the key has one: {...}. */
unsigned redis_slot_of(const char *key);

/* What CLUSTER SLOTS answers. False: it is not such an answer, or there are too many servers. */
MUSTCHECK bool redis_slots_read(struct redis_slots *slots, const struct redis_value *value);

/* A node that does not know its own host is at the one that we have asked. */
void redis_slots_fill_in(struct redis_slots *slots, const struct redis_address *asked);

/* The place of the slot's server; -1: nobody has it. */
int redis_slots_owner(const struct redis_slots *slots, unsigned slot);

/* The place of a server, a new one if need be; -1: there are too many. */
int redis_slots_server(struct redis_slots *slots, const struct redis_address *address);

void redis_slots_give(struct redis_slots *slots, unsigned slot, int server);

/*
 * "MOVED 3999 127.0.0.1:6381" and "ASK ...": which slot, and where to. Without a host it is that of
 * `asked`. False: it is not such an error.
 */
MUSTCHECK bool redis_slots_redirect(const char *error, const struct redis_address *asked,
    unsigned *ret_slot, struct redis_address *ret_address);

#endif
