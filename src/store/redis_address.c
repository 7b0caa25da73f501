/* SPDX-License-Identifier: Apache-2.0
 * redis_address.c - addresses as text. */
#include "store/redis_address.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "util/str.h"

#define PORT_MAX  65535
#define PORT_SIZE 8

bool
redis_address_set(struct redis_address *ret_address, const char *host, const char *port)
{
	uint64_t number;

	if (host[0] == '\0' || strlen(host) >= sizeof(ret_address->host))
		return false;
	if (!str_to_u64(port, &number) || number == 0 || number > PORT_MAX)
		return false;
	*ret_address = (struct redis_address){ .port = (int)number };
	memcpy(ret_address->host, host, strlen(host) + 1);
	return true;
}

bool
redis_address_parse(
    struct redis_address *ret_address, const char *text, size_t len, int port_default)
{
	char        host[REDIS_HOST_SIZE], port[PORT_SIZE];
	bool        is_bracketed = len > 0 && text[0] == '[';
	const char *start = is_bracketed ? text + 1 : text, *rest = text + len;
	const char *end = memchr(text, is_bracketed ? ']' : ':', len);

	if (is_bracketed && end == NULL)
		return false;
	if (end == NULL)
		end = rest;
	if ((size_t)(end - start) >= sizeof(host))
		return false;
	snprintf(host, sizeof(host), "%.*s", (int)(end - start), start);
	snprintf(port, sizeof(port), "%d", port_default);
	end += is_bracketed;
	if (end == rest)
		return redis_address_set(ret_address, host, port);
	if (*end != ':' || (size_t)(rest - end) > sizeof(port))
		return false;
	snprintf(port, sizeof(port), "%.*s", (int)(rest - end - 1), end + 1);
	return redis_address_set(ret_address, host, port);
}

bool
redis_address_equal(const struct redis_address *a, const struct redis_address *b)
{
	return a->port == b->port && strcmp(a->host, b->host) == 0;
}

const char *
redis_address_name(const struct redis_address *address, char out[REDIS_ADDRESS_NAME_SIZE])
{
	bool is_ipv6 = strchr(address->host, ':') != NULL;

	if (address->port == 0)
		snprintf(out, REDIS_ADDRESS_NAME_SIZE, "%s", address->host);
	else
		snprintf(out, REDIS_ADDRESS_NAME_SIZE, "%s%s%s:%d", is_ipv6 ? "[" : "",
		    address->host, is_ipv6 ? "]" : "", address->port);
	return out;
}
