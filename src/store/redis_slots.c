/* SPDX-License-Identifier: Apache-2.0
 * redis_slots.c - slots, and what servers say about them. */
#include "store/redis_slots.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/check.h"

#define CRC16_POLYNOMIAL 0x1021 /* CRC-16/XMODEM, as the cluster specification says */
#define CRC16_TOP_BIT    0x8000
#define PORT_SIZE        8
#define UNKNOWN_HOST     "?" /* as Redis itself writes it; or it writes nothing */

static unsigned
crc16(const char *bytes, size_t len)
{
	unsigned crc = 0;

	for (size_t i = 0; i < len; i++) {
		crc ^= (unsigned)(unsigned char)bytes[i] << 8;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc << 1) ^ (crc & CRC16_TOP_BIT ? CRC16_POLYNOMIAL : 0);
	}
	return crc & UINT16_MAX;
}

/* An empty tag is none. */
unsigned
redis_slot_of(const char *key)
{
	const char *open = strchr(key, '{'), *close = open != NULL ? strchr(open, '}') : NULL;

	if (close != NULL && close != open + 1)
		return crc16(open + 1, (size_t)(close - open - 1)) % REDIS_SLOTS_N;
	return crc16(key, strlen(key)) % REDIS_SLOTS_N;
}

int
redis_slots_owner(const struct redis_slots *slots, unsigned slot)
{
	must(slot < REDIS_SLOTS_N);
	return slots->owners[slot] - 1;
}

int
redis_slots_server(struct redis_slots *slots, const struct redis_address *address)
{
	int i = 0;

	while (i < slots->servers_n && !redis_address_equal(&slots->servers[i], address))
		i++;
	if (i == REDIS_SLOT_SERVERS_MAX)
		return -1;
	if (i == slots->servers_n)
		slots->servers[slots->servers_n++] = *address;
	return i;
}

void
redis_slots_give(struct redis_slots *slots, unsigned slot, int server)
{
	must(slot < REDIS_SLOTS_N);
	must(server >= 0);
	must(server < slots->servers_n);
	slots->owned_n += slots->owners[slot] == 0;
	slots->owners[slot] = (uint16_t)(server + 1);
}

static const char *
host_or_unknown(const char *host)
{
	return host[0] != '\0' ? host : UNKNOWN_HOST;
}

static void
address_fill_in(struct redis_address *address, const struct redis_address *asked)
{
	if (strcmp(address->host, UNKNOWN_HOST) == 0)
		memcpy(address->host, asked->host, sizeof(address->host));
}

void
redis_slots_fill_in(struct redis_slots *slots, const struct redis_address *asked)
{
	for (int i = 0; i < slots->servers_n; i++)
		address_fill_in(&slots->servers[i], asked);
}

/* A list: first slot, last slot, the primary, its replicas. A server: host, port, id ... */
static bool
range_read(struct redis_slots *slots, const struct redis_value *range)
{
	struct redis_value   first = redis_value_at(range, 0), last = redis_value_at(range, 1);
	struct redis_value   primary = redis_value_at(range, 2);
	struct redis_value   host = redis_value_at(&primary, 0), port = redis_value_at(&primary, 1);
	struct redis_address address;
	char                 digits[PORT_SIZE];
	int                  server;

	if (first.kind != REDIS_KIND_NUMBER || last.kind != REDIS_KIND_NUMBER || first.number < 0 ||
	    last.number >= REDIS_SLOTS_N)
		return false;
	snprintf(digits, sizeof(digits), "%u", (unsigned)port.number & UINT16_MAX);
	if (!redis_address_set(&address, host_or_unknown(host.text), digits))
		return false;
	server = redis_slots_server(slots, &address);
	for (int64_t slot = first.number; server >= 0 && slot <= last.number; slot++)
		redis_slots_give(slots, (unsigned)slot, server);
	return server >= 0;
}

bool
redis_slots_read(struct redis_slots *slots, const struct redis_value *value)
{
	memset(slots, 0, sizeof(*slots));
	if (value->kind != REDIS_KIND_LIST)
		return false;
	for (size_t i = 0; i < value->n; i++) {
		struct redis_value range = redis_value_at(value, i);

		if (!range_read(slots, &range))
			return false;
	}
	return true;
}

bool
redis_slots_redirect(const char *error, const struct redis_address *asked, unsigned *ret_slot,
    struct redis_address *ret_address)
{
	const char   *number = strchr(error, ' '), *colon = strrchr(error, ':');
	char          host[REDIS_HOST_SIZE], *at;
	unsigned long slot;

	if (number == NULL || colon == NULL)
		return false;
	slot = strtoul(number + 1, &at, 10);
	if (at == number + 1 || *at != ' ' || slot >= REDIS_SLOTS_N || colon < at + 1 ||
	    (size_t)(colon - at) > sizeof(host))
		return false;
	snprintf(host, sizeof(host), "%.*s", (int)(colon - at - 1), at + 1);
	if (!redis_address_set(ret_address, host_or_unknown(host), colon + 1))
		return false;
	address_fill_in(ret_address, asked);
	*ret_slot = (unsigned)slot;
	return true;
}
