/* SPDX-License-Identifier: Apache-2.0
 * events.c - a graph's events as Server-Sent Events. The feed is pulled: while the client has no room, it is
 * not asked for more, and nothing gathers here. Of the graph itself nothing is loaded: watchers are many. */
#include <stdio.h>
#include <string.h>

#include "api/admit.h"
#include "api/load.h"
#include "api/routes.h"
#include "api/traffic.h"
#include "http/sse.h"
#include "util/check.h"

#define EVENT_MAX    (4 * 1024 * 1024)
#define HEARTBEAT_US 15000000
#define RETRY_MS     1000
#define ID_TAIL      "-0" /* the rest of a Redis stream id */

static struct loop *
loop_of(struct exchange *x)
{
	return api_options_of(x->api)->loop;
}

/* False: the client has no room for more until on_room(). */
static bool
send(struct exchange *x, struct str *text)
{
	bool room = http_stream_write(x->request, text->data, text->len);

	timer_arm(loop_of(x), &x->timer, HEARTBEAT_US);
	str_fini(text);
	return room;
}

static bool
on_event(struct feed_reader *reader, uint64_t seq, const char *json)
{
	struct exchange *x = container_of(reader, struct exchange, reader);
	struct str       text;
	char             id[32];

	if (!x->has_room)
		return false;
	str_init(&text, EVENT_MAX);
	snprintf(id, sizeof(id), "%llu" ID_TAIL, (unsigned long long)seq);
	sse_event(&text, id, NULL, json, strlen(json));
	x->has_room = send(x, &text);
	return true;
}

static void
on_room(void *arg)
{
	struct exchange *x = arg;

	x->has_room = true;
	feed_resume(&x->reader);
}

static void
on_heartbeat(struct timer *timer)
{
	struct exchange *x = container_of(timer, struct exchange, timer);
	struct str       text;

	str_init(&text, 64);
	sse_comment(&text, "still here");
	send(x, &text);
}

/* The key is not good any more: who comes again with it is told so. */
static void
on_seat_lost(struct seat *seat)
{
	reply_stream_end(container_of(seat, struct exchange, seat));
}

static void
follow(struct exchange *x, uint64_t seq)
{
	struct str text;

	if (!admit_seat(x, on_seat_lost))
		return;
	store_op_fini(&x->op);
	if (!reply_stream(x, on_room))
		return;
	timer_init(&x->timer, on_heartbeat);
	str_init(&text, 64);
	sse_retry(&text, RETRY_MS);
	send(x, &text);
	x->reader.on_event = on_event;
	traffic_streams(api_traffic(x->api), 1);
	feed_follow(api_options_of(x->api)->feed, &x->reader, &x->key, seq);
}

/* Without a place to go on from: the last execution, from its first event. */
static void
follow_execution(struct exchange *x)
{
	follow(x, x->op.seq_out);
}

/* "<seq>-0", as in the ids of events; or the number alone. */
static bool
read_id(const char *text, uint64_t *ret_seq)
{
	char   number[24];
	size_t len = strcspn(text, "-");

	if (len >= sizeof(number) || (text[len] != '\0' && strcmp(text + len, ID_TAIL) != 0))
		return false;
	memcpy(number, text, len);
	number[len] = '\0';
	return str_to_u64(number, ret_seq);
}

static void
on_known(struct exchange *x)
{
	const char *id = http_header_in(x->request, "last-event-id");
	char        after[32];
	uint64_t    seq;
	struct err  err;

	if (id == NULL)
		id = http_query(x->request, "after", after, sizeof(after));
	if (id == NULL) {
		load_seq(x, follow_execution);
	} else if (read_id(id, &seq)) {
		follow(x, seq);
	} else {
		err_set(
		    &err, ERR_BAD_REQUEST, "\"%.40s\" is no event id: they look like \"12-0\"", id);
		reply_err(x, &err);
	}
}

void
handle_events(struct exchange *x)
{
	load_key(x, x->parameter, on_known);
}
