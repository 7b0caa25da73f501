/* SPDX-License-Identifier: Apache-2.0
 * http.c - the server: ports that are listened on, and how many connections they may bring. */
#include "http/http.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "http/server.h"
#include "http/tls.h"
#include "loop/loop_ev.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/str.h"

#define URL_MAX         256
#define ACCEPT_PAUSE_US (100 * 1000) /* after accept() failed, as with no descriptor left */
#define CLOSE_LOOK_US   1000
#define CLOSE_LOOKS_MAX 100

const struct http_options http_defaults = {
	.body_max = 16 * 1024 * 1024,
	.bodies_max = 256 * 1024 * 1024,
	.head_max = 32 * 1024,
	.connections_max = 20000,
	.head_timeout_ms = 15 * 1000,
	.body_timeout_ms = 60 * 1000,
	.idle_timeout_ms = 60 * 1000,
};

void
server_accept_update(struct http_server *server)
{
	bool accept =
	    server->accept_error == 0 && server->conns_n < server->options.connections_max;

	for (size_t i = 0; i < server->listening_n; i++)
		wire_port_accept(server->listening[i].port, accept);
}

/* ---- accepting ---- */

static void *
on_accepted(void *arg, struct wire *wire)
{
	return conn_create(arg, wire);
}

static void
on_accept_failed(void *arg, int error)
{
	struct http_server *server = arg;

	server->accept_error = error;
	task_wake(server->loop, &server->accept_task);
}

static void
on_stirred(void *arg)
{
	conn_stirred(arg);
}

static const struct wire_owner owner = { on_accepted, on_accept_failed, on_stirred };

static void
accept_pause(struct task *task)
{
	struct http_server *server = container_of(task, struct http_server, accept_task);

	log_warn("http.accept", "error=%d connections=%zu", server->accept_error, server->conns_n);
	server_accept_update(server);
	timer_arm(server->loop, &server->accept_timer, ACCEPT_PAUSE_US);
}

static void
accept_resume(struct timer *timer)
{
	struct http_server *server = container_of(timer, struct http_server, accept_timer);

	server->accept_error = 0;
	server_accept_update(server);
}

/* ---- the end of listening ---- */

static void
server_close_ports(struct http_server *server)
{
	for (size_t i = 0; i < server->listening_n; i++) {
		wire_port_close(server->listening[i].port);
		listener_fini(&server->listening[i].listener);
	}
}

static bool
someone_waits(const struct http_server *server)
{
	for (size_t i = 0; i < server->listening_n; i++) {
		struct pollfd look = { server->listening[i].listener.fd, POLLIN, 0 };

		if (look.fd >= 0 && poll(&look, 1, 0) > 0)
			return true;
	}
	return false;
}

/* The kernel resets what waits in the queue of a socket that is closed, so that is done when it is seen to be empty. */
static void
on_close_time(struct timer *timer)
{
	struct http_server *server = container_of(timer, struct http_server, close_timer);

	if (server->close_tries++ < CLOSE_LOOKS_MAX && someone_waits(server))
		timer_arm(server->loop, timer, CLOSE_LOOK_US);
	else
		server_close_ports(server);
}

/* ---- the server ---- */

struct http_server *
http_create(struct loop_ev *ev, const struct http_options *options, http_body_wanted *wanted,
    http_handler *handle, http_refuser *refuse, void *arg)
{
	struct http_server *server = xcalloc(1, sizeof(*server));

	signal(SIGPIPE, SIG_IGN); /* a client that went must not end the process */
	must(options->connections_max > 0 && options->bodies_max >= options->body_max);
	must(options->head_timeout_ms > 0 && options->body_timeout_ms > 0 &&
	     options->idle_timeout_ms > 0);
	server->ev = ev;
	server->loop = loop_ev_loop(ev);
	server->options = *options;
	server->wanted = wanted;
	server->handle = handle;
	server->refuse = refuse;
	server->arg = arg;
	server->date_s = -1;
	LIST_INIT(&server->conns);
	task_init(&server->accept_task, accept_pause);
	timer_init(&server->accept_timer, accept_resume);
	timer_init(&server->close_timer, on_close_time);
	return server;
}

void
http_destroy(struct http_server *server)
{
	if (server == NULL)
		return;
	server_close_ports(server);
	while (!LIST_EMPTY(&server->conns))
		conn_gone(LIST_FIRST(&server->conns));
	for (size_t i = 0; i < server->listening_n; i++)
		wire_port_destroy(server->listening[i].port);
	task_cancel(server->loop, &server->accept_task);
	timer_disarm(server->loop, &server->accept_timer);
	timer_disarm(server->loop, &server->close_timer);
	tls_free(server->tls);
	free(server);
}

static bool
speaks_tls(const struct http_server *server, const struct listening *listening)
{
	return server->tls != NULL && listening->listener.path == NULL;
}

/* "https" for "http" */
static char *
url_of(const struct http_server *server, const struct listening *listening)
{
	const char *url = listening->listener.url;
	struct str  text;

	str_init(&text, URL_MAX);
	str_addf(&text, "%s%s", speaks_tls(server, listening) ? "https" : "",
	    url + (speaks_tls(server, listening) ? strlen("http") : 0));
	return str_take(&text);
}

enum err_code
http_listen(struct http_server *server, const char *address, char **ret_url, struct err *err)
{
	struct listening *listening = &server->listening[server->listening_n];
	enum err_code     code;

	must(server->listening_n < LISTENERS_MAX && !server->stopped);
	code = listener_open(address, server->options.shares_port, &listening->listener, err);
	if (code != ERR_OK)
		return code;
	listening->port = wire_port_open(server->ev, listening->listener.fd, &owner, server);
	if (listening->port == NULL) {
		listener_fini(&listening->listener);
		return err_set(err, ERR_CONFLICT, "can't listen on %s", address);
	}
	if (speaks_tls(server, listening))
		wire_port_use_tls(listening->port, server->tls);
	server->listening_n++;
	if (ret_url != NULL)
		*ret_url = url_of(server, listening);
	return ERR_OK;
}

enum err_code
http_use_tls(struct http_server *server, const struct http_tls *files, struct err *err)
{
	struct ssl_ctx_st *context = tls_load(files, err);

	if (context == NULL)
		return err->code;
	tls_free(server->tls);
	server->tls = context;
	for (size_t i = 0; i < server->listening_n; i++) {
		if (speaks_tls(server, &server->listening[i]))
			wire_port_use_tls(server->listening[i].port, context);
	}
	return ERR_OK;
}

size_t
http_open_n(const struct http_server *server)
{
	return server->conns_n + (timer_is_armed(&server->close_timer) ? 1 : 0);
}

void
http_stop_listening(struct http_server *server)
{
	struct conn *conn;

	server->stopped = true;
	timer_arm(server->loop, &server->close_timer, 0);
	LIST_FOREACH(conn, &server->conns, entry)
	conn_hurry(conn);
}
