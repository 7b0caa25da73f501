/* SPDX-License-Identifier: Apache-2.0
 * xfer.c - one transfer on a curl handle of its own: the request as curl's options, the facts of the
 * answer, and what became of it.
 *
 * Sending once. When nothing was received on a connection that was kept alive, curl 7.88 takes the
 * request for a victim of a race with the server's idle timeout, and sends it again on a new
 * connection, up to five times, whatever its method, even when the server has read all of it
 * (Curl_retry_request() in its lib/transfer.c). No option forbids that. But before every attempt,
 * the repeated ones as well, it asks CURLOPT_PREREQFUNCTION: when the connection is ready, and not
 * a byte of the request is written. So on_prereq() counts the attempts, and refuses the second
 * unless the method is GET or HEAD; and a fetch that failed with no attempt was never sent.
 * CURLOPT_FRESH_CONNECT would do as well, at the price of TCP and TLS handshakes for every POST.
 */
#include "net/xfer.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "net/header_lines.h"
#include "util/check.h"
#include "util/secret.h"

#define CONNECT_TIMEOUT_MS   10000
#define HEADER_OUT_MAX       (64 * 1024)
#define KEEPALIVE_IDLE_S     60L
#define KEEPALIVE_INTERVAL_S 15L
#define MS_PER_S             1000
#define FETCH_AGENT          "mgraph-deploy"

_Static_assert(XFER_PENDING_MAX >= 2 * CURL_MAX_WRITE_SIZE, "a piece must fit in the queue");
_Static_assert(XFER_ERROR_SIZE >= CURL_ERROR_SIZE, "curl's error text must fit");

/* ---- what curl calls: the facts ---- */

static bool
is_abstract(const struct fetch *fetch)
{
	return fetch->socket != NULL && fetch->socket[0] == '@';
}

/* One that is used again was looked at when it was made. */
static bool
is_of_our_user(int made)
{
	struct ucred peer;
	socklen_t    len = sizeof(peer);

	return made < 0 || (getsockopt(made, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
			       peer.uid == geteuid());
}

static int
on_socket(void *arg, curl_socket_t fd, curlsocktype purpose)
{
	(void)purpose;
	((struct xfer *)arg)->made = fd;
	return CURL_SOCKOPT_OK;
}

static int
on_prereq(void *arg, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
	struct xfer *xfer = arg;

	(void)remote_ip;
	(void)local_ip;
	(void)remote_port;
	(void)local_port;
	if (xfer->attempts > 0 && !xfer->repeatable) {
		xfer->refused = true;
		return CURL_PREREQFUNC_ABORT;
	}
	if (is_abstract(xfer->fetch) && !is_of_our_user(xfer->made))
		return CURL_PREREQFUNC_ABORT; /* it was never sent */
	xfer->attempts++;
	return CURL_PREREQFUNC_OK;
}

static size_t
on_header(char *line, size_t size, size_t n, void *arg)
{
	struct xfer *xfer = arg;
	struct str  *out = &xfer->fetch->headers_in;

	header_lines_add(out, &xfer->in_headers, line, size * n);
	if (out->overflow)
		xfer->too_large = true;
	return out->overflow ? 0 : size * n;
}

static size_t
stream_add(struct xfer *xfer, const char *data, size_t len)
{
	must(len <= XFER_PENDING_MAX);
	if (xfer->pending.len + len > XFER_PENDING_MAX) {
		xfer->paused = true; /* curl keeps this piece and brings it again */
		return CURL_WRITEFUNC_PAUSE;
	}
	str_add_mem(&xfer->pending, data, len);
	task_wake(xfer->loop, &xfer->task);
	return len;
}

static size_t
on_body(char *data, size_t size, size_t n, void *arg)
{
	struct xfer  *xfer = arg;
	struct fetch *fetch = xfer->fetch;
	long          status = 0;

	curl_easy_getinfo(xfer->easy, CURLINFO_RESPONSE_CODE, &status);
	fetch->status = (int)status;
	if (fetch->on_data != NULL && status >= 200 && status <= 299)
		return stream_add(xfer, data, size * n);
	str_add_mem(&fetch->body_in, data, size * n);
	if (fetch->body_in.overflow)
		xfer->too_large = true;
	return fetch->body_in.overflow ? 0 : size * n;
}

/* ---- the result ---- */

static void
xfer_fail(struct xfer *xfer, enum fetch_result result, const char *error)
{
	size_t len = strnlen(error, sizeof(xfer->error) - 1);

	xfer->result = result;
	memmove(xfer->error, error, len);
	xfer->error[len] = '\0';
}

void
xfer_judge(struct xfer *xfer, int code)
{
	const char *text = xfer->error;
	long        status = 0;

	if (*text == '\0')
		text = curl_easy_strerror((CURLcode)code);
	curl_easy_getinfo(xfer->easy, CURLINFO_RESPONSE_CODE, &status);
	xfer->fetch->status = (int)status;
	xfer->fetch->unreachable =
	    code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT;
	if (xfer->too_large)
		xfer_fail(xfer, FETCH_TOO_LARGE, "the answer is too large");
	else if (code == CURLE_OK)
		xfer->result = FETCH_DONE;
	else if (xfer->attempts == 0)
		xfer_fail(xfer, FETCH_UNSENT, text);
	else if (xfer->refused)
		xfer_fail(xfer, FETCH_BROKEN, "the connection was closed before an answer came");
	else if (code == CURLE_OPERATION_TIMEDOUT)
		xfer_fail(xfer, FETCH_TIMEOUT, text);
	else
		xfer_fail(xfer, FETCH_BROKEN, text);
}

/* ---- the request ---- */

static bool
has_header(const struct fetch *fetch, const char *name)
{
	for (size_t i = 0; i < fetch->headers_n; i++) {
		if (curl_strequal(fetch->headers[i].name, name))
			return true;
	}
	return false;
}

static void
slist_add(struct xfer *xfer, const char *line)
{
	struct curl_slist *longer = curl_slist_append(xfer->headers, line);

	must(longer != NULL);
	xfer->headers = longer;
}

/* What curl would add by itself is taken out, so that what was signed is what is sent. */
static void
headers_plain(struct xfer *xfer)
{
	static const char *const unwanted[] = { "Expect", "Accept", "Content-Type" };

	for (size_t i = 0; i < array_len(unwanted); i++) {
		char line[32];

		if (has_header(xfer->fetch, unwanted[i]))
			continue;
		snprintf(line, sizeof(line), "%s:", unwanted[i]);
		slist_add(xfer, line);
	}
}

/* False: a header holds a line break, and would forge another one; or it is too long. */
static bool
headers_set(struct xfer *xfer)
{
	const struct fetch *fetch = xfer->fetch;
	struct str          line;
	bool                ok = true;

	str_init(&line, HEADER_OUT_MAX);
	for (size_t i = 0; i < fetch->headers_n && ok; i++) {
		const struct fetch_header *header = &fetch->headers[i];

		str_clear(&line);
		str_add(&line, header->name);
		str_add(&line, *header->value == '\0' ? ";" : ": "); /* curl's way to say "empty" */
		str_add(&line, header->value);
		ok = !line.overflow && line.data[strcspn(line.data, "\r\n")] == '\0';
		if (ok)
			slist_add(xfer, line.data);
		secret_wipe(line.data, line.len);
	}
	str_fini(&line);
	headers_plain(xfer);
	return ok;
}

/* 169.254.0.0/16 and fe80::/10, also as IPv6 has the first. */
static bool
is_of_the_link(const struct curl_sockaddr *address)
{
	const struct sockaddr_in  *v4 = (const void *)&address->addr;
	const struct sockaddr_in6 *v6 = (const void *)&address->addr;
	const uint8_t             *at =
            address->family == AF_INET ? (const uint8_t *)&v4->sin_addr : v6->sin6_addr.s6_addr;

	if (address->family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr))
		return true;
	if (address->family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
		at += 12;
	else if (address->family != AF_INET)
		return false;
	return at[0] == 169 && at[1] == 254;
}

static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	(void)arg;
	(void)purpose;
	if (is_of_the_link(address))
		return CURL_SOCKET_BAD;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

#define easy_set(easy, option, value) must(curl_easy_setopt(easy, option, value) == CURLE_OK)

/* POST with CUSTOMREQUEST is any method with a body, which curl borrows by its pointer. */
static void
easy_set_request(CURL *easy, const struct fetch *fetch)
{
	static const char *const with_length[] = { "POST", "PUT",
		"PATCH" }; /* even a length of 0 */
	bool                     body = fetch->body_len > 0;

	for (size_t i = 0; i < array_len(with_length); i++)
		body = body || str_eq(fetch->method, with_length[i]);
	if (str_eq(fetch->method, "HEAD")) {
		must(fetch->body_len == 0);
		easy_set(easy, CURLOPT_NOBODY, 1L);
		return;
	}
	if (body) {
		easy_set(easy, CURLOPT_POST, 1L);
		easy_set(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)fetch->body_len);
		easy_set(easy, CURLOPT_POSTFIELDS, fetch->body_len > 0 ? fetch->body : "");
	}
	easy_set(easy, CURLOPT_CUSTOMREQUEST, fetch->method);
}

/* QUICK_EXIT: without it, a transfer that ends while its name is looked up joins that thread. */
static void
easy_set_policy(CURL *easy, const struct fetch *fetch)
{
	easy_set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	easy_set(easy, CURLOPT_FOLLOWLOCATION, 0L);
	easy_set(easy, CURLOPT_PATH_AS_IS, 1L);
	easy_set(easy, CURLOPT_NOSIGNAL, 1L);
	easy_set(easy, CURLOPT_QUICK_EXIT, 1L);
	easy_set(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
	easy_set(easy, CURLOPT_PIPEWAIT, 1L);
	easy_set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	easy_set(easy, CURLOPT_USERAGENT, FETCH_AGENT); /* GitHub refuses requests without one */
	easy_set(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
	easy_set(easy, CURLOPT_TIMEOUT_MS, (long)fetch->timeout_ms);
	easy_set(easy, CURLOPT_CONNECT_ONLY, fetch->only_connects ? 1L : 0L);
	if (fetch->only_connects)
		easy_set(easy, CURLOPT_NOPROXY, "*"); /* a proxy takes any connection */
	easy_set(easy, CURLOPT_LOW_SPEED_LIMIT, fetch->silence_ms > 0 ? 1L : 0L);
	easy_set(easy, CURLOPT_LOW_SPEED_TIME, (long)(fetch->silence_ms / MS_PER_S));
	if (is_abstract(fetch))
		easy_set(easy, CURLOPT_ABSTRACT_UNIX_SOCKET, fetch->socket + 1);
	else
		easy_set(easy, CURLOPT_UNIX_SOCKET_PATH, fetch->socket);
	easy_set(easy, CURLOPT_OPENSOCKETFUNCTION, fetch->refuses_link ? open_socket : NULL);
	if (fetch->ca != NULL)
		easy_set(easy, CURLOPT_CAINFO, fetch->ca);
	easy_set(easy, CURLOPT_SSLCERT, fetch->cert);
	easy_set(easy, CURLOPT_SSLKEY, fetch->cert_key);
	easy_set(easy, CURLOPT_TCP_KEEPALIVE, 1L); /* tells a stream whose peer is gone */
	easy_set(easy, CURLOPT_TCP_KEEPIDLE, KEEPALIVE_IDLE_S);
	easy_set(easy, CURLOPT_TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S);
}

static void
easy_set_callbacks(struct xfer *xfer)
{
	easy_set(xfer->easy, CURLOPT_PRIVATE, xfer);
	easy_set(xfer->easy, CURLOPT_ERRORBUFFER, xfer->error);
	easy_set(xfer->easy, CURLOPT_SOCKOPTFUNCTION, on_socket);
	easy_set(xfer->easy, CURLOPT_SOCKOPTDATA, xfer);
	easy_set(xfer->easy, CURLOPT_PREREQFUNCTION, on_prereq);
	easy_set(xfer->easy, CURLOPT_PREREQDATA, xfer);
	easy_set(xfer->easy, CURLOPT_HEADERFUNCTION, on_header);
	easy_set(xfer->easy, CURLOPT_HEADERDATA, xfer);
	easy_set(xfer->easy, CURLOPT_WRITEFUNCTION, on_body);
	easy_set(xfer->easy, CURLOPT_WRITEDATA, xfer);
}

/* A problem is recorded as the result, and told by done() from the task like any other. */
bool
xfer_prepare(struct xfer *xfer)
{
	xfer->easy = curl_easy_init();
	must(xfer->easy != NULL);
	if (!headers_set(xfer)) {
		xfer_fail(xfer, FETCH_UNSENT, "a header of the request is malformed");
		return false;
	}
	if (curl_easy_setopt(xfer->easy, CURLOPT_URL, xfer->fetch->url) != CURLE_OK) {
		xfer_fail(xfer, FETCH_UNSENT, "the URL is malformed");
		return false;
	}
	easy_set_request(xfer->easy, xfer->fetch);
	easy_set_policy(xfer->easy, xfer->fetch);
	easy_set_callbacks(xfer);
	easy_set(xfer->easy, CURLOPT_HTTPHEADER, xfer->headers);
	return true;
}

/* ---- the end ---- */

static void
headers_free(struct curl_slist *headers)
{
	for (struct curl_slist *at = headers; at != NULL; at = at->next)
		secret_wipe(at->data, strlen(at->data)); /* tokens and signatures */
	curl_slist_free_all(headers);
}

void
xfer_release(struct xfer *xfer)
{
	curl_easy_cleanup(xfer->easy); /* NULL is fine */
	xfer->easy = NULL;
	headers_free(xfer->headers);
	xfer->headers = NULL;
}
