/* SPDX-License-Identifier: Apache-2.0
 * fetch_curl.c - fetches on curl's multi socket interface; the only file that includes curl.h.
 *
 * curl tells which descriptors and which timer it wants; loop_ev provides both. curl's callbacks
 * only record facts in the xfer and wake tasks:
 *
 *   descriptor, timer ─► socket_action ─► on_header, on_body ─► xfer task: on_data()
 *                              └────────► drain task: the result ─► xfer task: done()
 *
 * So on_data() and done() run in a task, where a fetch may be started, cancelled and released.
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
#include "net/fetch.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop/loop_ev.h"
#include "net/header_lines.h"
#include "util/check.h"
#include "util/mem.h"
#include "util/secret.h"

#define CONNECT_TIMEOUT_MS   10000
#define IDLE_CONNS_MAX       256L
#define HEADER_OUT_MAX       (64 * 1024)
#define STREAM_PENDING_MAX   (64 * 1024) /* a stream is paused past this, until on_data() had it */
#define KEEPALIVE_IDLE_S     60L
#define KEEPALIVE_INTERVAL_S 15L
#define US_PER_MS            1000
#define FETCH_AGENT          "mgraph-deploy"

_Static_assert(STREAM_PENDING_MAX >= 2 * CURL_MAX_WRITE_SIZE, "a piece must fit in the queue");
_Static_assert(sizeof(((struct fetch *)0)->error) >= CURL_ERROR_SIZE, "curl's error text must fit");

struct fetcher {
	struct loop_ev *ev;
	struct loop    *loop;
	CURLM          *multi;
	struct timer    timer;
	struct task     drain;
	struct xfer    *xfers;
	struct sock    *socks;
};

/* A descriptor of curl's. */
struct sock {
	struct watch    watch;
	int             fd;
	struct fetcher *fetcher;
	struct sock    *next, **link;
};

/* A fetch in flight. */
struct xfer {
	struct fetcher    *fetcher;
	struct fetch      *fetch; /* NULL: cancelled or done, waits to be freed */
	struct xfer       *next, **link;
	struct task        task;
	CURL              *easy; /* NULL: ended, the result is in */
	struct curl_slist *headers;
	struct str         pending;  /* of a stream: not handed to on_data() yet */
	int                attempts; /* times that the request was about to be written */
	bool               repeatable, refused, paused, too_large, in_headers;
	enum fetch_result  result;
	char               error[CURL_ERROR_SIZE];
};

/* ---- what curl calls: descriptors and its timer ---- */

static void
sock_free(void *ptr)
{
	free(ptr);
}

static void
sock_end(struct sock *sock)
{
	watch_set(sock->watch.ev, &sock->watch, sock->fd, 0);
	*sock->link = sock->next;
	if (sock->next != NULL)
		sock->next->link = sock->link;
	loop_bury(sock->fetcher->loop, sock_free, sock);
}

static void
on_sock_ready(struct watch *watch, int what)
{
	struct sock    *sock = container_of(watch, struct sock, watch);
	struct fetcher *fetcher = sock->fetcher;
	int             running, mask = 0;

	mask |= what & WATCH_READ ? CURL_CSELECT_IN : 0;
	mask |= what & WATCH_WRITE ? CURL_CSELECT_OUT : 0;
	curl_multi_socket_action(fetcher->multi, sock->fd, mask, &running);
	task_wake(fetcher->loop, &fetcher->drain);
}

static struct sock *
sock_create(struct fetcher *fetcher, int fd)
{
	struct sock *sock = xcalloc(1, sizeof(*sock));

	sock->fetcher = fetcher;
	sock->fd = fd;
	sock->watch.ready = on_sock_ready;
	sock->watch.ev = fetcher->ev;
	sock->next = fetcher->socks;
	sock->link = &fetcher->socks;
	if (sock->next != NULL)
		sock->next->link = &sock->next;
	fetcher->socks = sock;
	curl_multi_assign(fetcher->multi, fd, sock);
	return sock;
}

static int
on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *assigned)
{
	struct fetcher *fetcher = arg;
	struct sock    *sock = assigned;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (sock != NULL)
			sock_end(sock);
		curl_multi_assign(fetcher->multi, fd, NULL);
		return 0;
	}
	if (sock == NULL)
		sock = sock_create(fetcher, fd);
	watch_set(fetcher->ev, &sock->watch, fd,
	    (what & CURL_POLL_IN ? WATCH_READ : 0) | (what & CURL_POLL_OUT ? WATCH_WRITE : 0));
	return 0;
}

/* A delay of 0 means the next turn, not this one: timers may not keep a turn from ending. */
static int
on_curl_timer(CURLM *multi, long delay_ms, void *arg)
{
	struct fetcher *fetcher = arg;

	(void)multi;
	if (delay_ms < 0)
		timer_disarm(fetcher->loop, &fetcher->timer);
	else
		timer_arm(fetcher->loop, &fetcher->timer,
		    delay_ms > 0 ? (int64_t)delay_ms * US_PER_MS : 1);
	return 0;
}

static void
on_timer(struct timer *timer)
{
	struct fetcher *fetcher = container_of(timer, struct fetcher, timer);
	int             running;

	curl_multi_socket_action(fetcher->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	task_wake(fetcher->loop, &fetcher->drain);
}

/* ---- what curl calls: one transfer's facts ---- */

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
	must(len <= STREAM_PENDING_MAX);
	if (xfer->pending.len + len > STREAM_PENDING_MAX) {
		xfer->paused = true; /* curl keeps this piece and brings it again */
		return CURL_WRITEFUNC_PAUSE;
	}
	str_add_mem(&xfer->pending, data, len);
	task_wake(xfer->fetcher->loop, &xfer->task);
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

/* ---- the end of a transfer ---- */

static void
headers_free(struct curl_slist *headers)
{
	for (struct curl_slist *at = headers; at != NULL; at = at->next)
		secret_wipe(at->data, strlen(at->data)); /* tokens and signatures */
	curl_slist_free_all(headers);
}

/* Takes the transfer from curl. Never inside one of curl's callbacks. */
static void
xfer_detach(struct xfer *xfer)
{
	if (xfer->easy != NULL) {
		curl_multi_remove_handle(xfer->fetcher->multi, xfer->easy);
		curl_easy_cleanup(xfer->easy);
		xfer->easy = NULL;
	}
	headers_free(xfer->headers);
	xfer->headers = NULL;
}

static void
xfer_free(void *ptr)
{
	struct xfer *xfer = ptr;

	str_fini(&xfer->pending);
	free(xfer);
}

/* The fetch is its caller's again; the xfer lives to the end of the turn, for whoever is in it. */
static void
xfer_end(struct xfer *xfer)
{
	xfer_detach(xfer);
	task_cancel(xfer->fetcher->loop, &xfer->task);
	*xfer->link = xfer->next;
	if (xfer->next != NULL)
		xfer->next->link = xfer->link;
	xfer->fetch->impl = NULL;
	xfer->fetch = NULL;
	loop_bury(xfer->fetcher->loop, xfer_free, xfer);
}

static void
xfer_fail(struct xfer *xfer, enum fetch_result result, const char *error)
{
	size_t len = strnlen(error, sizeof(xfer->error) - 1);

	xfer->result = result;
	memmove(xfer->error, error, len);
	xfer->error[len] = '\0';
}

static void
xfer_judge(struct xfer *xfer, CURLcode code)
{
	const char *text = xfer->error[0] != '\0' ? xfer->error : curl_easy_strerror(code);

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

static void
on_drain(struct task *task)
{
	struct fetcher *fetcher = container_of(task, struct fetcher, drain);
	CURLMsg        *msg;
	int             left;

	while ((msg = curl_multi_info_read(fetcher->multi, &left)) != NULL) {
		struct xfer *xfer = NULL;
		CURLcode     code = msg->data.result;
		long         status = 0;

		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &xfer);
		curl_easy_getinfo(msg->easy_handle, CURLINFO_RESPONSE_CODE, &status);
		must(xfer != NULL && xfer->fetch != NULL);
		xfer->fetch->status = (int)status;
		xfer_judge(xfer, code);
		xfer_detach(xfer);
		task_wake(fetcher->loop, &xfer->task);
	}
}

/* on_data() may cancel the fetch, or start others: the piece is out of the xfer by then. */
static void
xfer_deliver(struct xfer *xfer)
{
	struct str piece = xfer->pending;

	if (piece.len == 0)
		return;
	str_init(&xfer->pending, STREAM_PENDING_MAX);
	xfer->fetch->on_data(xfer->fetch, piece.data, piece.len);
	str_fini(&piece);
}

static void
xfer_finish(struct xfer *xfer)
{
	struct fetch *fetch = xfer->fetch;

	fetch->result = xfer->result;
	memcpy(fetch->error, xfer->error, sizeof(xfer->error));
	xfer_end(xfer);
	fetch->done(fetch);
}

static void
on_xfer(struct task *task)
{
	struct xfer *xfer = container_of(task, struct xfer, task);

	xfer_deliver(xfer);
	if (xfer->fetch == NULL)
		return;
	if (xfer->result != FETCH_PENDING) {
		xfer_finish(xfer);
	} else if (xfer->paused) {
		xfer->paused = false;
		curl_easy_pause(xfer->easy, CURLPAUSE_CONT);
		task_wake(xfer->fetcher->loop, &xfer->fetcher->drain);
	}
}

/* ---- the start of a transfer ---- */

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
	easy_set(easy, CURLOPT_TCP_KEEPALIVE, 1L); /* tells a stream whose peer is gone */
	easy_set(easy, CURLOPT_TCP_KEEPIDLE, KEEPALIVE_IDLE_S);
	easy_set(easy, CURLOPT_TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S);
}

static void
easy_set_callbacks(struct xfer *xfer)
{
	easy_set(xfer->easy, CURLOPT_PRIVATE, xfer);
	easy_set(xfer->easy, CURLOPT_ERRORBUFFER, xfer->error);
	easy_set(xfer->easy, CURLOPT_PREREQFUNCTION, on_prereq);
	easy_set(xfer->easy, CURLOPT_PREREQDATA, xfer);
	easy_set(xfer->easy, CURLOPT_HEADERFUNCTION, on_header);
	easy_set(xfer->easy, CURLOPT_HEADERDATA, xfer);
	easy_set(xfer->easy, CURLOPT_WRITEFUNCTION, on_body);
	easy_set(xfer->easy, CURLOPT_WRITEDATA, xfer);
}

/* A problem is recorded as the result, and told by done() from the task like any other. */
static void
xfer_begin(struct xfer *xfer)
{
	if (!headers_set(xfer)) {
		xfer_fail(xfer, FETCH_UNSENT, "a header of the request is malformed");
		return;
	}
	if (curl_easy_setopt(xfer->easy, CURLOPT_URL, xfer->fetch->url) != CURLE_OK) {
		xfer_fail(xfer, FETCH_UNSENT, "the URL is malformed");
		return;
	}
	easy_set_request(xfer->easy, xfer->fetch);
	easy_set_policy(xfer->easy, xfer->fetch);
	easy_set_callbacks(xfer);
	easy_set(xfer->easy, CURLOPT_HTTPHEADER, xfer->headers);
	must(curl_multi_add_handle(xfer->fetcher->multi, xfer->easy) == CURLM_OK);
}

static void
fetch_clear(struct fetch *fetch)
{
	fetch->result = FETCH_PENDING;
	fetch->status = 0;
	fetch->error[0] = '\0';
	str_clear(&fetch->body_in);
	str_clear(&fetch->headers_in);
	fetch->body_in.max = fetch->body_max;
}

void
fetch_start(struct fetcher *fetcher, struct fetch *fetch)
{
	struct xfer *xfer = xcalloc(1, sizeof(*xfer));

	must(fetch->impl == NULL);
	must(fetch->timeout_ms >= 0);
	fetch_clear(fetch);
	fetch->impl = xfer;
	xfer->fetcher = fetcher;
	xfer->fetch = fetch;
	xfer->repeatable = str_eq(fetch->method, "GET") || str_eq(fetch->method, "HEAD");
	str_init(&xfer->pending, STREAM_PENDING_MAX);
	task_init(&xfer->task, on_xfer);
	xfer->next = fetcher->xfers;
	xfer->link = &fetcher->xfers;
	if (xfer->next != NULL)
		xfer->next->link = &xfer->next;
	fetcher->xfers = xfer;
	xfer->easy = curl_easy_init();
	must(xfer->easy != NULL);
	xfer_begin(xfer);
	if (xfer->result != FETCH_PENDING)
		task_wake(fetcher->loop, &xfer->task);
}

void
fetch_cancel(struct fetcher *fetcher, struct fetch *fetch)
{
	struct xfer *xfer = fetch->impl;

	if (xfer == NULL)
		return;
	must(xfer->fetcher == fetcher && xfer->fetch == fetch);
	xfer_end(xfer);
}

/* ---- the fetcher ---- */

#define multi_set(multi, option, value) must(curl_multi_setopt(multi, option, value) == CURLM_OK)

struct fetcher *
fetcher_create(struct loop_ev *ev)
{
	struct fetcher *fetcher = xcalloc(1, sizeof(*fetcher));

	signal(SIGPIPE, SIG_IGN); /* with NOSIGNAL, curl leaves this to us */
	must(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
	fetcher->ev = ev;
	fetcher->loop = loop_ev_loop(ev);
	timer_init(&fetcher->timer, on_timer);
	task_init(&fetcher->drain, on_drain);
	fetcher->multi = curl_multi_init();
	must(fetcher->multi != NULL);
	multi_set(fetcher->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
	multi_set(fetcher->multi, CURLMOPT_SOCKETDATA, fetcher);
	multi_set(fetcher->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
	multi_set(fetcher->multi, CURLMOPT_TIMERDATA, fetcher);
	multi_set(fetcher->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
	multi_set(fetcher->multi, CURLMOPT_MAXCONNECTS, IDLE_CONNS_MAX);
	return fetcher;
}

void
fetcher_destroy(struct fetcher *fetcher)
{
	if (fetcher == NULL)
		return;
	while (fetcher->xfers != NULL)
		xfer_end(fetcher->xfers);
	must(curl_multi_cleanup(fetcher->multi) == CURLM_OK);
	while (fetcher->socks != NULL)
		sock_end(fetcher->socks);
	timer_disarm(fetcher->loop, &fetcher->timer);
	task_cancel(fetcher->loop, &fetcher->drain);
	free(fetcher);
	curl_global_cleanup();
}
