/* SPDX-License-Identifier: Apache-2.0
 * redis_url.c - reads the URL of a Redis, strictly. */
#include "store/redis_url.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "util/check.h"
#include "util/mem.h"
#include "util/str.h"

#define PART_MAX     1024 /* of a user, a password */
#define SOCKET_BYTES sizeof(((struct sockaddr_un *)0)->sun_path)

/* After the scheme: what a form is made of, and whether it may have it. */
static const struct scheme_row {
	const char *prefix;
	int         port; /* unless told otherwise */
	bool        has_list, has_master, has_db;
} schemes[] = {
	[REDIS_SCHEME_UNIX] = { .prefix = "unix://" },
	[REDIS_SCHEME_SERVER] = { "redis://", 6379, .has_db = true },
	[REDIS_SCHEME_SENTINEL] = { "redis-sentinel://", 26379, true, true, true },
	[REDIS_SCHEME_CLUSTER] = { "redis-cluster://", 6379, .has_list = true },
};
_Static_assert(array_len(schemes) == REDIS_SCHEMES_N, "each scheme has its row");

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

/* "host:port" or, where a list may be, several with commas between them. */
static bool
addresses_parse(struct redis_url *url, const struct scheme_row *row, const char *text, size_t len)
{
	const char *end = text + len;

	for (size_t part; text <= end; text += part + 1) {
		const char *comma = memchr(text, ',', (size_t)(end - text));

		part = (size_t)((comma != NULL ? comma : end) - text);
		if (url->addresses_n == (row->has_list ? REDIS_URL_ADDRESSES_MAX : 1))
			return false;
		if (!redis_address_parse(
			&url->addresses[url->addresses_n++], text, part, row->port))
			return false;
	}
	return true;
}

/* Of the path, "name" up to the next slash; *rest is what follows it. Sentinel's own rule. */
static bool
master_parse(struct redis_url *url, const char *path, const char **rest)
{
	static const char chars[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t len = strspn(path, chars);

	if (len == 0 || len >= sizeof(url->master) || (path[len] != '\0' && path[len] != '/'))
		return false;
	memcpy(url->master, path, len);
	url->master[len] = '\0';
	*rest = path[len] == '/' ? path + len + 1 : path + len;
	return true;
}

static bool
db_parse(struct redis_url *url, const struct scheme_row *row, const char *text)
{
	uint64_t number;

	if (*text == '\0')
		return true;
	if (!row->has_db || !str_to_u64(text, &number) || number > REDIS_URL_DB_MAX)
		return false;
	url->db = (int)number;
	return true;
}

static bool
tcp_parse(struct redis_url *url, const struct scheme_row *row, const char *text)
{
	size_t      len = strcspn(text, "/");
	const char *path = text[len] == '/' ? text + len + 1 : "", *at = NULL;

	for (size_t i = 0; i < len; i++) /* the last one: old passwords hold '@' as it is */
		at = text[i] == '@' ? text + i : at;
	if (at != NULL && !user_parse(url, text, (size_t)(at - text)))
		return false;
	if (at != NULL) {
		len -= (size_t)(at + 1 - text);
		text = at + 1;
	}
	return addresses_parse(url, row, text, len) &&
	       (!row->has_master || master_parse(url, path, &path)) && db_parse(url, row, path);
}

static bool
unix_parse(struct redis_url *url, const char *path)
{
	if (path[0] == '\0' || strlen(path) >= SOCKET_BYTES)
		return false;
	memcpy(url->addresses[url->addresses_n++].host, path, strlen(path) + 1);
	return true;
}

static bool
scheme_parse(struct redis_url *url, const char *text)
{
	for (size_t i = 0; i < array_len(schemes); i++) {
		const struct scheme_row *row = &schemes[i];

		if (!str_starts(text, row->prefix))
			continue;
		url->scheme = (enum redis_scheme)i;
		text += strlen(row->prefix);
		return i == REDIS_SCHEME_UNIX ? unix_parse(url, text) : tcp_parse(url, row, text);
	}
	return false;
}

bool
redis_url_parse(struct redis_url *ret_url, const char *text, struct err *err)
{
	struct redis_url url = { 0 };

	if (!scheme_parse(
		&url, text)) { /* the text itself may hold a password: it is not repeated */
		redis_url_fini(&url);
		err_set(err, ERR_BAD_REQUEST,
		    "the Redis URL is none of redis://[:password@]host:port[/db], unix:///path, "
		    "redis-sentinel://[:password@]host:port[,host:port...]/name[/db] and "
		    "redis-cluster://[:password@]host:port[,host:port...] (a socket's path has at "
		    "most %zu bytes, a list at most %d hosts)",
		    SOCKET_BYTES - 1, REDIS_URL_ADDRESSES_MAX);
		return false;
	}
	*ret_url = url;
	return true;
}

void
redis_url_fini(struct redis_url *url)
{
	free(url->user);
	secret_destroy(url->password);
	*url = (struct redis_url){ 0 };
}
