/* SPDX-License-Identifier: Apache-2.0
 * listener.c - parse, make a socket, bind it. */
#include "http/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/str.h"

#define URL_MAX 256

union address {
	struct sockaddr     any;
	struct sockaddr_in  in;
	struct sockaddr_in6 in6;
	struct sockaddr_un  un;
};

/* ---- the address ---- */

/* "@NAME" is in Linux's abstract namespace: there is no file. */
static socklen_t
parse_abstract(const char *name, union address *address)
{
	size_t len = strlen(name);

	if (len == 0 || len >= sizeof(address->un.sun_path))
		return 0;
	address->un.sun_family = AF_UNIX;
	memcpy(address->un.sun_path + 1, name, len);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + len);
}

static socklen_t
parse_unix(const char *path, union address *address)
{
	if (path[0] == '@')
		return parse_abstract(path + 1, address);
	if (path[0] != '/' || strlen(path) >= sizeof(address->un.sun_path))
		return 0;
	address->un.sun_family = AF_UNIX;
	memcpy(address->un.sun_path, path, strlen(path) + 1);
	return sizeof(address->un);
}

static socklen_t
parse_inet(const char *text, union address *address)
{
	const char *colon = strrchr(text, ':');
	char        host[INET6_ADDRSTRLEN + 2];
	size_t      len = colon == NULL ? 0 : (size_t)(colon - text);
	uint64_t    port;

	if (len == 0 || len >= sizeof(host) || !str_to_u64(colon + 1, &port) || port > 65535)
		return 0;
	memcpy(host, text, len);
	host[len] = '\0';
	if (host[0] != '[') {
		address->in.sin_family = AF_INET;
		address->in.sin_port = htons((uint16_t)port);
		return inet_pton(AF_INET, host, &address->in.sin_addr) == 1 ? sizeof(address->in)
									    : 0;
	}
	if (host[len - 1] != ']')
		return 0;
	host[len - 1] = '\0';
	address->in6.sin6_family = AF_INET6;
	address->in6.sin6_port = htons((uint16_t)port);
	return inet_pton(AF_INET6, host + 1, &address->in6.sin6_addr) == 1 ? sizeof(address->in6)
									   : 0;
}

static socklen_t
parse_address(const char *text, union address *address)
{
	memset(address, 0, sizeof(*address));
	if (str_starts(text, "unix:"))
		return parse_unix(text + strlen("unix:"), address);
	return parse_inet(text, address);
}

/* ---- the socket ---- */

/* Small replies leave at once, and a peer that vanished is found out: accepted sockets inherit both. */
static void
set_options(int fd, int family, bool shares)
{
	static const struct {
		int  family, level, name;
		bool if_shared;
	} options[] = {
		{ AF_UNSPEC, SOL_SOCKET, SO_REUSEADDR, false },
		{ AF_UNSPEC, SOL_SOCKET, SO_REUSEPORT, true },
		{ AF_UNSPEC, SOL_SOCKET, SO_KEEPALIVE, false },
		{ AF_UNSPEC, IPPROTO_TCP, TCP_NODELAY, false },
		{ AF_INET6, IPPROTO_IPV6, IPV6_V6ONLY, false },
	};
	int on = 1;

	for (size_t i = 0; family != AF_UNIX && i < array_len(options); i++) {
		if ((options[i].family == AF_UNSPEC || options[i].family == family) &&
		    (shares || !options[i].if_shared))
			must(setsockopt(fd, options[i].level, options[i].name, &on, sizeof(on)) ==
			     0);
	}
}

/* Was the file left behind by a process that is no more? Then it is gone afterwards. */
static bool
remove_stale(const union address *address, socklen_t len)
{
	struct stat file;
	int         fd;
	bool        refused;

	if (lstat(address->un.sun_path, &file) != 0 || !S_ISSOCK(file.st_mode))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	refused = connect(fd, &address->any, len) != 0 && errno == ECONNREFUSED;
	close(fd);
	return refused && unlink(address->un.sun_path) == 0;
}

static bool
has_file(const union address *address)
{
	return address->any.sa_family == AF_UNIX && address->un.sun_path[0] != '\0';
}

static bool
bind_to(int fd, const union address *address, socklen_t len)
{
	if (bind(fd, &address->any, len) == 0)
		return true;
	if (errno != EADDRINUSE || !has_file(address))
		return false;
	if (remove_stale(address, len))
		return bind(fd, &address->any, len) == 0;
	errno = EADDRINUSE;
	return false;
}

static char *
url_of(int fd, const char *text, const union address *address)
{
	union address real = { .any.sa_family = AF_UNSPEC };
	socklen_t     len = sizeof(real);
	char          host[INET6_ADDRSTRLEN];
	struct str    url;

	str_init(&url, URL_MAX);
	must(getsockname(fd, &real.any, &len) == 0);
	if (address->any.sa_family == AF_UNIX)
		str_add(&url, text);
	else if (address->any.sa_family == AF_INET)
		str_addf(&url, "http://%s:%d",
		    inet_ntop(AF_INET, &real.in.sin_addr, host, sizeof(host)),
		    ntohs(real.in.sin_port));
	else
		str_addf(&url, "http://[%s]:%d",
		    inet_ntop(AF_INET6, &real.in6.sin6_addr, host, sizeof(host)),
		    ntohs(real.in6.sin6_port));
	return str_take(&url);
}

enum err_code
listener_open(const char *address_text, bool shares, struct listener *ret_listener, struct err *err)
{
	union address address;
	socklen_t     len = parse_address(address_text, &address);
	int           fd;

	if (len == 0)
		return err_set(err, ERR_BAD_REQUEST,
		    "%s is not an address to listen on: 127.0.0.1:8080, [::1]:8080, unix:/path or "
		    "unix:@name",
		    address_text);
	fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_set(
		    err, ERR_INTERNAL, "no socket for %s: %s", address_text, strerror(errno));
	set_options(fd, address.any.sa_family, shares);
	if (!bind_to(fd, &address, len)) {
		enum err_code code = errno == EADDRINUSE ? ERR_CONFLICT : ERR_INTERNAL;

		err_set(err, code, "can't listen on %s: %s", address_text, strerror(errno));
		close(fd);
		return code;
	}
	*ret_listener = (struct listener){ .fd = fd, .url = url_of(fd, address_text, &address) };
	if (has_file(&address))
		ret_listener->path = xstrdup(address.un.sun_path);
	return ERR_OK;
}

void
listener_fini(struct listener *listener)
{
	if (listener->path != NULL)
		unlink(listener->path);
	free(listener->path);
	free(listener->url);
	*listener = (struct listener){ .fd = -1 };
}
