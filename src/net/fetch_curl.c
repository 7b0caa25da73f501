/* SPDX-License-Identifier: Apache-2.0
 * fetch_curl.c - all fetches on curl's multi socket interface, from their start to their end.
 *
 * curl tells which descriptors and which timer it wants; loop_ev provides both. curl's callbacks
 * only record facts in the xfer (see xfer.c) and wake tasks:
 *
 *   descriptor, timer ─► socket_action ─► on_header, on_body ─► xfer task: on_data()
 *                              └────────► drain task: the result ─► xfer task: done()
 *
 * So on_data() and done() run in a task, where a fetch may be started, cancelled and released.
 */
#include "net/fetch.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "loop/loop_ev.h"
#include "net/xfer.h"
#include "util/check.h"
#include "util/mem.h"
#include "util/secret.h"

#define IDLE_CONNS_MAX 256L
#define US_PER_MS      1000

_Static_assert(sizeof(((struct fetch *)0)->error) >= XFER_ERROR_SIZE, "it is copied whole");

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

/* ---- the end of a transfer ---- */

/* Takes the transfer from curl. Never inside one of curl's callbacks. */
static void
xfer_detach(struct xfer *xfer)
{
	if (xfer->easy != NULL)
		curl_multi_remove_handle(xfer->fetcher->multi, xfer->easy);
	xfer_release(xfer);
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
on_drain(struct task *task)
{
	struct fetcher *fetcher = container_of(task, struct fetcher, drain);
	CURLMsg        *msg;
	int             left;

	while ((msg = curl_multi_info_read(fetcher->multi, &left)) != NULL) {
		struct xfer *xfer = NULL;
		CURLcode     code = msg->data.result;

		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &xfer);
		must(xfer != NULL && xfer->fetch != NULL);
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
	str_init(&xfer->pending, XFER_PENDING_MAX);
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
	xfer->made = -1;
	xfer->loop = fetcher->loop;
	xfer->fetch = fetch;
	xfer->repeatable = str_eq(fetch->method, "GET") || str_eq(fetch->method, "HEAD");
	str_init(&xfer->pending, XFER_PENDING_MAX);
	task_init(&xfer->task, on_xfer);
	task_set_lane(fetcher->loop, &xfer->task, lane_here(fetcher->loop));
	xfer->next = fetcher->xfers;
	xfer->link = &fetcher->xfers;
	if (xfer->next != NULL)
		xfer->next->link = &xfer->next;
	fetcher->xfers = xfer;
	if (xfer_prepare(xfer))
		must(curl_multi_add_handle(fetcher->multi, xfer->easy) == CURLM_OK);
	else
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
	/* What curl sends goes through its memory, tokens and all: it wipes what it lets go. */
	must(curl_global_init_mem(CURL_GLOBAL_DEFAULT, xmalloc, secret_free, secret_realloc,
		 xstrdup, xcalloc) == CURLE_OK);
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
