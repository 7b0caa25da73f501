/* SPDX-License-Identifier: Apache-2.0
 * redis_url.c - reads the URL of a Redis, strictly. */
#include "store/redis_url.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "util/mem.h"
#include "util/str.h"

#define PORT_DEFAULT 6379
#define PORT_MAX     65535
#define PART_MAX     1024 /* of a host, a user, a password */
#define SOCKET_BYTES sizeof(((struct sockaddr_un *)0)->sun_path)

/* Decodes %XX into out, which has room for len + 1 bytes. False: not well formed, or a NUL. */
static bool
percent_decode(char *out, const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		int high, low;

		if (text[i] != '%') {
			out[n++] = text[i];
			continue;
		}
		if (i + 2 >= len)
			return false;
		high = str_hex_value(text[i + 1]);
		low = str_hex_value(text[i + 2]);
		if (high < 0 || low < 0 || high + low == 0)
			return false;
		out[n++] = (char)(high * 16 + low);
		i += 2;
	}
	out[n] = '\0';
	return true;
}

/* "user:password", ":password" or, as old clients wrote it, "password". */
static bool
user_parse(struct redis_url *url, const char *text, size_t len)
{
	char        part[PART_MAX];
	const char *colon = memchr(text, ':', len), *secret = colon != NULL ? colon + 1 : text;
	size_t      secret_len = len - (size_t)(secret - text);
	bool        ok = false;

	if (len >= sizeof(part))
		return false;
	if (colon != NULL && colon != text) {
		if (!percent_decode(part, text, (size_t)(colon - text)))
			return false;
		url->user = xstrdup(part);
	}
	if (percent_decode(part, secret, secret_len)) {
		url->password = secret_create(part, strlen(part));
		ok = url->password != NULL;
	}
	secret_wipe(part, sizeof(part));
	return ok;
}

static bool
number_parse(const char *text, uint64_t max, int *ret_number)
{
	uint64_t number;

	if (!str_to_u64(text, &number) || number > max)
		return false;
	*ret_number = (int)number;
	return true;
}

/* "host", "host:port", "[::1]:port" */
static bool
host_parse(struct redis_url *url, const char *text, size_t len)
{
	char        host[PART_MAX];
	const char *start = text, *end, *port;

	if (len == 0 || len >= sizeof(host))
		return false;
	if (text[0] == '[') {
		start = text + 1;
		end = memchr(text, ']', len);
		port = end != NULL ? end + 1 : NULL;
	} else {
		end = memchr(text, ':', len);
		end = end != NULL ? end : text + len;
		port = end;
	}
	if (end == NULL || end == start || (port != text + len && *port != ':'))
		return false;
	url->host = xstrndup(start, (size_t)(end - start));
	url->port = PORT_DEFAULT;
	if (port == text + len)
		return true;
	memcpy(host, port + 1, len - (size_t)(port + 1 - text));
	host[len - (size_t)(port + 1 - text)] = '\0';
	return number_parse(host, PORT_MAX, &url->port) && url->port > 0;
}

static bool
tcp_parse(struct redis_url *url, const char *text)
{
	size_t      len = strcspn(text, "/");
	const char *db = text[len] == '/' ? text + len + 1 : "", *at = NULL;
	struct str  name;

	for (size_t i = 0; i < len; i++) /* the last one: old passwords hold '@' as it is */
		at = text[i] == '@' ? text + i : at;
	if (at != NULL && !user_parse(url, text, (size_t)(at - text)))
		return false;
	if (at != NULL) {
		len -= (size_t)(at + 1 - text);
		text = at + 1;
	}
	if (!host_parse(url, text, len))
		return false;
	if (*db != '\0' && !number_parse(db, REDIS_URL_DB_MAX, &url->db))
		return false;
	str_init(&name, PART_MAX * 2);
	str_addf(&name, strchr(url->host, ':') ? "redis://[%s]:%d/%d" : "redis://%s:%d/%d",
	    url->host, url->port, url->db);
	url->name = str_take(&name);
	return true;
}

static bool
unix_parse(struct redis_url *url, const char *text)
{
	struct str name;

	if (text[0] == '\0' || strlen(text) >= SOCKET_BYTES)
		return false;
	url->path = xstrdup(text);
	str_init(&name, PART_MAX);
	str_addf(&name, "unix://%s", text);
	url->name = str_take(&name);
	return true;
}

bool
redis_url_parse(struct redis_url *ret_url, const char *text, struct err *err)
{
	static const char unix_scheme[] = "unix://", tcp_scheme[] = "redis://";
	struct redis_url  url = { 0 };
	bool              ok = false;

	if (str_starts(text, unix_scheme))
		ok = unix_parse(&url, text + strlen(unix_scheme));
	else if (str_starts(text, tcp_scheme))
		ok = tcp_parse(&url, text + strlen(tcp_scheme));
	if (!ok) { /* the text itself may hold a password: it is not repeated */
		redis_url_fini(&url);
		err_set(err, ERR_BAD_REQUEST,
		    "the Redis URL is not redis://[:password@]host:port[/db] or unix:///path "
		    "(a socket's path has at most %zu bytes)",
		    SOCKET_BYTES - 1);
		return false;
	}
	*ret_url = url;
	return true;
}

void
redis_url_fini(struct redis_url *url)
{
	free(url->path);
	free(url->host);
	free(url->user);
	free(url->name);
	secret_destroy(url->password);
	*url = (struct redis_url){ 0 };
}
