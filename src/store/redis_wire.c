/* SPDX-License-Identifier: Apache-2.0
 * redis_wire.c - hiredis on our loop; the only file that includes it.
 *
 * Facts of hiredis 0.14 that this file is built around: it writes with write(2), so SIGPIPE must be
 * ignored; a failed connect calls the connect callback only; a context frees itself after its
 * disconnect callback; its output buffer has no limit, so who sends must limit what is in flight;
 * %s in its formats stops at a NUL and splits at spaces, so only argument vectors are used. */
#include "store/redis_wire.h"

#include <fcntl.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <signal.h>

#include "util/check.h"

/* ---- answers ---- */

static struct redis_value
value_of(const redisReply *reply)
{
	struct redis_value value = { .kind = REDIS_KIND_NIL, .text = "", .impl = reply };

	switch (reply->type) {
	case REDIS_REPLY_INTEGER:
		value.kind = REDIS_KIND_NUMBER;
		value.number = reply->integer;
		break;
	case REDIS_REPLY_ARRAY:
		value.kind = REDIS_KIND_LIST;
		value.n = reply->elements;
		break;
	case REDIS_REPLY_ERROR:
		value.kind = REDIS_KIND_ERROR;
		value.text = reply->str;
		break;
	case REDIS_REPLY_STRING:
	case REDIS_REPLY_STATUS:
		value.kind = REDIS_KIND_TEXT;
		value.text = reply->str;
		break;
	default: /* a nil; hiredis 0.14 knows no other */ break;
	}
	return value;
}

struct redis_value
redis_value_at(const struct redis_value *list, size_t i)
{
	const redisReply *reply = list->impl;

	if (list->kind != REDIS_KIND_LIST || i >= list->n)
		return (struct redis_value){ .kind = REDIS_KIND_NIL, .text = "" };
	return value_of(reply->element[i]);
}

static void
on_reply(redisAsyncContext *context, void *reply, void *token)
{
	struct redis_wire *wire = context->data;
	struct redis_value value;

	if (reply != NULL)
		value = value_of(reply);
	wire->user->heard(wire->arg, token, reply != NULL ? &value : NULL);
}

/* ---- the watch: hiredis says what it waits for, the loop says when it is there ---- */

static void
watch_want(struct redis_wire *wire, int wanted)
{
	if (wanted == wire->wanted)
		return;
	wire->wanted = wanted;
	watch_set(wire->ev, &wire->watch, wire->fd, wanted);
}

static void
on_add_read(void *arg)
{
	struct redis_wire *wire = arg;

	watch_want(wire, wire->wanted | WATCH_READ);
}

static void
on_del_read(void *arg)
{
	struct redis_wire *wire = arg;

	watch_want(wire, wire->wanted & ~WATCH_READ);
}

static void
on_add_write(void *arg)
{
	struct redis_wire *wire = arg;

	watch_want(wire, wire->wanted | WATCH_WRITE);
}

static void
on_del_write(void *arg)
{
	struct redis_wire *wire = arg;

	watch_want(wire, wire->wanted & ~WATCH_WRITE);
}

static void
on_cleanup(void *arg)
{
	struct redis_wire *wire = arg;

	watch_want(wire, 0);
}

static void
on_ready(struct watch *watch, int what)
{
	struct redis_wire *wire = container_of(watch, struct redis_wire, watch);

	if (what & WATCH_READ) {
		wire->heard_us = loop_now_us(loop_ev_loop(wire->ev));
		redisAsyncHandleRead(wire->context);
	}
	if ((what & WATCH_WRITE) && wire->context != NULL) /* reading may have been the end of it */
		redisAsyncHandleWrite(wire->context);
}

/* ---- the end ---- */

/* The context is gone, or is going by itself. */
static void
wire_lost(struct redis_wire *wire, const char *why)
{
	wire->context = NULL;
	wire->user->lost(wire->arg, wire->leaving != NULL ? wire->leaving : why);
}

static void
on_disconnect(const redisAsyncContext *context, int status)
{
	wire_lost(context->data, status == REDIS_OK ? "disconnected" : context->errstr);
}

static void
on_connect(const redisAsyncContext *context, int status)
{
	struct redis_wire *wire = context->data;

	if (status == REDIS_OK)
		wire->user->connected(wire->arg);
	else
		wire_lost(wire, context->c.errstr[0] != '\0' ? context->c.errstr : "no answer");
}

/* What is due is answered with NULL on the way. */
void
redis_wire_break(struct redis_wire *wire, const char *why)
{
	redisAsyncContext *context = wire->context;

	must(context != NULL);
	wire->leaving = why;
	redisAsyncFree(context);
	if (wire->context != NULL) /* it had never connected: nothing called back */
		wire_lost(wire, why);
	wire->leaving = NULL;
}

/* ---- the beginning ---- */

static void
hooks_set(struct redis_wire *wire)
{
	redisAsyncContext *context = wire->context;

	wire->fd = context->c.fd;
	context->data = wire;
	context->ev.data = wire;
	context->ev.addRead = on_add_read;
	context->ev.delRead = on_del_read;
	context->ev.addWrite = on_add_write;
	context->ev.delWrite = on_del_write;
	context->ev.cleanup = on_cleanup;
	redisAsyncSetDisconnectCallback(context, on_disconnect);
	redisAsyncSetConnectCallback(context, on_connect); /* this one starts to wait */
}

bool
redis_wire_connect(struct redis_wire *wire, const struct redis_address *address)
{
	redisAsyncContext *context;

	must(wire->context == NULL);
	context = address->port == 0 ? redisAsyncConnectUnix(address->host)
				     : redisAsyncConnect(address->host, address->port);
	must(context != NULL);
	if (context->err != 0) {
		wire_lost(wire, context->errstr);
		redisAsyncFree(context);
		return false;
	}
	wire->context = context;
	wire->heard_us = loop_now_us(loop_ev_loop(wire->ev));
	fcntl(context->c.fd, F_SETFD, FD_CLOEXEC); /* not for the commands we start */
	if (address->port != 0)
		redisEnableKeepAlive(&context->c);
	hooks_set(wire);
	return true;
}

void
redis_wire_send(struct redis_wire *wire, const struct redis_say *say, void *token)
{
	must(redisAsyncCommandArgv(
		 wire->context, on_reply, token, (int)say->n, say->argv, say->lens) == REDIS_OK);
}

/* hiredis writes to sockets whose other end may be gone. */
static void
sigpipe_ignore(void)
{
	struct sigaction old;

	must(sigaction(SIGPIPE, NULL, &old) == 0);
	if (old.sa_handler == SIG_DFL)
		signal(SIGPIPE, SIG_IGN);
}

void
redis_wire_init(
    struct redis_wire *wire, struct loop_ev *ev, const struct redis_wire_user *user, void *arg)
{
	sigpipe_ignore();
	wire->ev = ev;
	wire->user = user;
	wire->arg = arg;
	wire->watch.ready = on_ready;
}
