/* SPDX-License-Identifier: Apache-2.0
 * watcher.c - two manners of telling the same: an event with its id, now and then a sign of life, and the end. What is
 * said around an event is short, and made for each client; its text is the feed's, handed on as it is. */
#include "api/watcher.h"

#include <stdio.h>
#include <string.h>

#include "api/admit.h"
#include "api/traffic.h"
#include "api/upgrade.h"
#include "http/sse.h"
#include "util/check.h"

#define HEARTBEAT_US 15000000
#define RETRY_MS     1000
#define EDGE_SIZE    64 /* what is said before an event */

struct manner {
	/* False: only the head was asked for, and the exchange is over. */
	bool (*start)(struct exchange *x, void (*room)(void *arg));
	bool (*tell)(
	    struct exchange *x, uint64_t seq, const char *json); /* is there room for more? */
	void (*live)(struct exchange *x);
	void (*end)(struct http_request *request, enum websocket_code code, const char *reason);
};

struct watching {
	struct exchange_part part;
	struct feed_reader   reader;
	const struct manner *manner;
};

/* ---- Server-Sent Events ---- */

static void
sse_say(struct exchange *x, void (*say)(struct str *text))
{
	struct str text;

	str_init(&text, EDGE_SIZE);
	say(&text);
	http_stream_write(x->request, text.data, text.len);
	str_fini(&text);
}

static void
say_retry(struct str *text)
{
	sse_retry(text, RETRY_MS);
}

static void
say_live(struct str *text)
{
	sse_comment(text, "still here");
}

static bool
sse_start(struct exchange *x, void (*room)(void *arg))
{
	if (!reply_stream(x, room))
		return false;
	sse_say(x, say_retry);
	return true;
}

/* An event is one line of JSON. */
static bool
sse_tell(struct exchange *x, uint64_t seq, const char *json)
{
	char             edge[EDGE_SIZE];
	struct http_part parts[] = {
		{ edge, (size_t)snprintf(
			    edge, sizeof(edge), "id: %llu-0\ndata: ", (unsigned long long)seq) },
		{ json, strlen(json) },
		{ "\n\n", 2 },
	};

	return http_stream_write_parts(x->request, parts, array_len(parts));
}

static void
sse_live(struct exchange *x)
{
	sse_say(x, say_live);
}

static void
sse_end(struct http_request *request, enum websocket_code code, const char *reason)
{
	(void)code;
	(void)reason;
	http_stream_end(request);
}

/* ---- a WebSocket ---- */

static bool
socket_start(struct exchange *x, void (*room)(void *arg))
{
	reply_websocket(x, room);
	return true;
}

/* The event, with its id as its first member. */
static bool
socket_tell(struct exchange *x, uint64_t seq, const char *json)
{
	char             edge[EDGE_SIZE];
	struct http_part parts[] = {
		{ edge, (size_t)snprintf(
			    edge, sizeof(edge), "{\"id\":\"%llu-0\",", (unsigned long long)seq) },
		{ json + 1, strlen(json) - 1 },
	};

	must(json[0] == '{');
	return http_stream_write_parts(x->request, parts, array_len(parts));
}

static void
socket_live(struct exchange *x)
{
	http_websocket_ping(x->request);
}

static const struct manner by_events = { sse_start, sse_tell, sse_live, sse_end };
static const struct manner by_socket = { socket_start, socket_tell, socket_live,
	http_websocket_end };

/* ---- what both have in common ---- */

static struct loop *
loop_of(struct exchange *x)
{
	return api_options_of(x->api)->loop;
}

static void
forget(struct exchange_part *part)
{
	struct watching *watching = (struct watching *)part;

	if (watching->reader.topic == NULL)
		return;
	traffic_streams(api_traffic(part->x->api), -1);
	feed_unfollow(&watching->reader);
}

static const struct exchange_part_type watching_type = { sizeof(struct watching), forget, NULL };

static bool
on_event(struct feed_reader *reader, uint64_t seq, const char *json)
{
	struct watching *watching = container_of(reader, struct watching, reader);
	struct exchange *x = watching->part.x;

	if (!x->has_room)
		return false;
	x->has_room = watching->manner->tell(x, seq, json);
	timer_arm(loop_of(x), &x->timer, HEARTBEAT_US);
	return true;
}

static void
on_room(void *arg)
{
	struct exchange *x = arg;
	struct watching *watching = exchange_part(x, &watching_type);

	x->has_room = true;
	feed_resume(&watching->reader);
}

static void
on_heartbeat(struct timer *timer)
{
	struct exchange *x = container_of(timer, struct exchange, timer);
	struct watching *watching = exchange_part(x, &watching_type);

	watching->manner->live(x);
	timer_arm(loop_of(x), &x->timer, HEARTBEAT_US);
}

/* The key is not good any more: who comes again with it is told so. */
static void
on_seat_lost(struct seat *seat)
{
	watcher_end(container_of(seat, struct exchange, seat), WEBSOCKET_POLICY,
	    "unauthorized: the key is not good any more");
}

void
watcher_follow(struct exchange *x, uint64_t seq)
{
	struct watching *watching;

	if (!admit_seat(x, on_seat_lost))
		return;
	store_op_fini(&x->op);
	watching = exchange_part(x, &watching_type);
	watching->manner = upgrade_is_wanted(x) ? &by_socket : &by_events;
	if (!watching->manner->start(x, on_room))
		return;
	exchange_timer_init(x, on_heartbeat);
	timer_arm(loop_of(x), &x->timer, HEARTBEAT_US);
	watching->reader.on_event = on_event;
	traffic_streams(api_traffic(x->api), 1);
	feed_follow(api_options_of(x->api)->feed, &watching->reader, &x->key, seq);
}

void
watcher_end(struct exchange *x, enum websocket_code code, const char *reason)
{
	const struct watching *watching = exchange_part(x, &watching_type);
	const struct manner   *manner = watching->manner;

	manner->end(reply_stream_take(x), code, reason);
}

void
watchers_end(struct api *api, enum websocket_code code, const char *reason)
{
	const struct watching *watching;
	struct exchange       *next;

	for (struct exchange *x = LIST_FIRST(api_exchanges(api)); x != NULL; x = next) {
		next = LIST_NEXT(x, entry);
		watching = exchange_part_if_any(x, &watching_type);
		if (watching != NULL && watching->reader.topic != NULL)
			watcher_end(x, code, reason);
	}
}
