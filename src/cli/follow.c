/* SPDX-License-Identifier: Apache-2.0
 * follow.c - reads the event stream, resumes it where it broke, and feeds the view. */
#include "cli/follow.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/render.h"
#include "cli/sse.h"
#include "cli/terminal.h"
#include "cli/view.h"
#include "loop/loop_ev.h"
#include "util/check.h"
#include "util/json.h"

#define TRIES_MAX     10 /* in a row, without an event between them */
#define BACKOFF_MS    250
#define BACKOFF_MAX   8000
#define REDRAW_US     100000
#define ID_SIZE       (SSE_ID_MAX + 1)
#define HTTP_GIVE_UP  400 /* from here to 499 a repeat would be answered alike */
#define HTTP_TOO_MANY 429

struct follower {
	struct client   *client;
	const char      *graph_id, *execution_id;
	enum follow_show show;
	bool             until_paused, over, completed;
	struct view      view;
	struct sse       sse;
	struct fetch     stream;
	struct timer     redraw;
	char             last_id[ID_SIZE]; /* "" at first: from the beginning */
	int64_t          last_seq, answered_seq;
	int              tries;
};

bool
execution_is_over(struct json_object *execution)
{
	static const char *const ends[] = { "completed", "failed", "cancelled" };

	for (size_t i = 0; i < array_len(ends); i++) {
		if (str_eq(json_get_str(execution, "status"), ends[i]))
			return true;
	}
	return false;
}

static bool
is_completed(struct json_object *json)
{
	return str_eq(json_get_str(json, "status"), "completed");
}

bool
follow_status(struct client *client, const char *graph_id, struct answer *answer)
{
	struct str path;
	bool       ok;

	client_path(&path, "/deploy/status/", graph_id);
	client_path_query(&path, "execution", client->cli->execution_id);
	ok = client_get(client, path.data, answer);
	str_fini(&path);
	if (!ok)
		client_complain(client, answer);
	return ok;
}

/* ---- showing ---- */

static void
show_text(const struct str *text)
{
	fwrite(text->data, 1, text->len, stderr);
	fflush(stderr);
}

static void
show_now(struct follower *follower)
{
	size_t     columns, rows;
	struct str out;

	if (follower->show != FOLLOW_VIEW)
		return;
	str_init(&out, RENDER_MAX);
	terminal_size(stderr, &columns, &rows);
	view_draw(
	    &follower->view, &out, loop_wall_ms(loop_ev_loop(follower->client->ev)), columns, rows);
	show_text(&out);
	str_fini(&out);
}

static void
show_end(struct follower *follower)
{
	struct str out;

	if (follower->show != FOLLOW_VIEW)
		return;
	str_init(&out, RENDER_MAX);
	view_end(&follower->view, &out);
	show_text(&out);
	str_fini(&out);
}

/* A line of our own among the others. */
static void
show_note(struct follower *follower, const char *note)
{
	if (follower->show != FOLLOW_VIEW) {
		fprintf(stderr, "%s\n", note);
		return;
	}
	str_add(&follower->view.lines, note);
	str_add_char(&follower->view.lines, '\n');
	show_now(follower);
}

static void
on_redraw(struct timer *timer)
{
	struct follower *follower = container_of(timer, struct follower, redraw);

	show_now(follower);
	timer_arm(loop_ev_loop(follower->client->ev), timer, REDRAW_US);
}

/* ---- events ---- */

static bool
event_ends(const struct follower *follower, struct json_object *event)
{
	if (!str_eq(json_get_str(event, "type"), "execution"))
		return false;
	return execution_is_over(event) ||
	       (follower->until_paused && str_eq(json_get_str(event, "status"), "paused") &&
		   json_get_i64(event, "seq", 0) >= follower->answered_seq);
}

static void
event_take(struct follower *follower, struct json_object *event)
{
	int64_t     now = loop_wall_ms(loop_ev_loop(follower->client->ev));
	const char *of = json_get_str(event, "execution_id");

	if (of != NULL && follower->execution_id != NULL && !str_eq(of, follower->execution_id))
		return;
	if (follower->show == FOLLOW_NDJSON) {
		puts(json_text(event));
		fflush(stdout);
	} else {
		view_event(&follower->view, event, now);
	}
	if (event_ends(follower, event)) {
		follower->over = true;
		follower->completed = is_completed(event);
		client_stop(follower->client);
	}
}

/* What the server repeats after a resume, and what comes after the end, is passed over. */
static void
on_event(void *arg, const struct sse_event *told)
{
	struct follower    *follower = arg;
	struct json_object *event = json_read(told->data, strlen(told->data), NULL);
	int64_t             seq = json_get_i64(event, "seq", -1);

	snprintf(follower->last_id, sizeof(follower->last_id), "%s", told->id);
	if (event != NULL && !follower->over && (seq < 0 || seq > follower->last_seq)) {
		follower->tries = 0;
		if (seq >= 0)
			follower->last_seq = seq;
		event_take(follower, event);
	}
	json_object_put(event);
}

static void
on_stream_data(struct fetch *fetch, const char *data, size_t len)
{
	struct follower *follower = container_of(fetch, struct follower, stream);

	if (!sse_feed(&follower->sse, data, len)) {
		fetch_cancel(follower->client->fetcher, fetch);
		client_stop(follower->client);
	}
	if (follower->show == FOLLOW_VIEW && !follower->view.live)
		show_now(follower);
}

static void
on_stream_done(struct fetch *fetch)
{
	client_stop(container_of(fetch, struct follower, stream)->client);
}

/* One connection, until it is lost or there is nothing left to wait for. */
static void
stream_once(struct follower *follower)
{
	struct client *client = follower->client;
	struct str     path, url;

	client_path(&path, "/deploy/events/", follower->graph_id);
	client_fetch_init(client, &follower->stream, &url, "GET", path.data, on_stream_done);
	fetch_header_add(&follower->stream, "accept", "text/event-stream");
	if (follower->last_id[0] != '\0')
		fetch_header_add(&follower->stream, "last-event-id", follower->last_id);
	follower->stream.on_data = on_stream_data;
	sse_restart(&follower->sse);
	fetch_start(client->fetcher, &follower->stream);
	client_run(client);
	fetch_cancel(client->fetcher, &follower->stream);
	str_fini(&path);
	str_fini(&url);
}

/* ---- over lost connections ---- */

/* A refusal that a repeat would not change: no such graph, no key. */
static bool
is_refused(const struct fetch *stream)
{
	return stream->result == FETCH_DONE && stream->status >= HTTP_GIVE_UP &&
	       stream->status < HTTP_GIVE_UP + 100 && stream->status != HTTP_TOO_MANY;
}

static void
complain_of_refusal(struct follower *follower)
{
	struct fetch       *stream = &follower->stream;
	struct json_object *problem = json_read(stream->body_in.data, stream->body_in.len, NULL);
	struct str          out;

	show_end(follower);
	str_init(&out, RENDER_MAX);
	render_problem(&out, problem, stream->status, terminal_color(stderr));
	show_text(&out);
	str_fini(&out);
	json_object_put(problem);
}

/* The execution may have ended where no event could tell. */
static bool
is_over_by_status(struct follower *follower)
{
	struct answer answer;
	struct str    path;
	bool          over;

	client_path(&path, "/deploy/status/", follower->graph_id);
	over = client_get(follower->client, path.data, &answer) && execution_is_over(answer.json) &&
	       str_eq(json_get_str(answer.json, "execution_id"), follower->execution_id);
	follower->completed = over && is_completed(answer.json);
	answer_fini(&answer);
	str_fini(&path);
	return over;
}

/* False: given up. */
static bool
wait_to_reconnect(struct follower *follower)
{
	int64_t delay = (int64_t)BACKOFF_MS << follower->tries;
	char    note[128];

	if (++follower->tries > TRIES_MAX)
		return false;
	if (delay > BACKOFF_MAX)
		delay = BACKOFF_MAX;
	snprintf(note, sizeof(note), "The event stream was lost; trying again (%d of %d).",
	    follower->tries, TRIES_MAX);
	show_note(follower, note);
	client_wait(follower->client, delay);
	return true;
}

static enum follow_end
say_where(struct follower *follower, enum follow_end end, const char *why)
{
	show_end(follower);
	fprintf(stderr,
	    "%s\n"
	    "  mgraph-deploy watch %s     watches it again\n"
	    "  mgraph-deploy cancel %s    ends it\n",
	    why, follower->graph_id, follower->graph_id);
	return end;
}

static enum follow_end
follow_run(struct follower *follower)
{
	struct client *client = follower->client;

	for (;;) {
		stream_once(follower);
		if (follower->over)
			break;
		if (client->interrupted)
			return say_where(follower, FOLLOW_INTERRUPTED,
			    "Stopped watching. The deployment goes on in the server.");
		if (is_refused(&follower->stream)) {
			complain_of_refusal(follower);
			return FOLLOW_LOST;
		}
		fetch_fini(&follower->stream);
		if (is_over_by_status(follower))
			break;
		if (!client->interrupted && !wait_to_reconnect(follower))
			return say_where(follower, FOLLOW_LOST,
			    "The event stream is lost. The deployment goes on if the server does, "
			    "or when it is there again.");
	}
	show_end(follower);
	return follower->completed ? FOLLOW_COMPLETED : FOLLOW_FAILED;
}

static void
follower_open(
    struct follower *follower, struct client *client, struct json_object *execution, int64_t after)
{
	bool live = terminal_live(stderr);

	if (after < 0)
		after = json_get_i64(execution, "events_after", -1);
	follower->answered_seq = json_get_i64(execution, "last_event", 0);

	follower->client = client;
	follower->graph_id = json_get_str(execution, "graph_id");
	follower->execution_id = json_get_str(execution, "execution_id");
	follower->last_seq = after;
	if (after >= 0)
		snprintf(follower->last_id, sizeof(follower->last_id), "%" PRId64 "-0", after);
	sse_init(&follower->sse, on_event, follower);
	view_init(&follower->view, live, terminal_color(stderr));
	view_seed(&follower->view, execution);
	fetch_init(&follower->stream, "GET", "", on_stream_done);
	timer_init(&follower->redraw, on_redraw);
	if (live && follower->show == FOLLOW_VIEW)
		timer_arm(loop_ev_loop(client->ev), &follower->redraw, 0);
}

enum follow_end
follow_execution(struct client *client, struct json_object *execution, enum follow_show show,
    bool until_paused, int64_t after)
{
	struct follower follower = { .show = show, .until_paused = until_paused };
	enum follow_end end;

	if (json_get_str(execution, "graph_id") == NULL) {
		fprintf(stderr, "Error: the server's answer has no graph_id\n");
		return FOLLOW_LOST;
	}
	follower_open(&follower, client, execution, after);
	end = follow_run(&follower);
	timer_disarm(loop_ev_loop(client->ev), &follower.redraw);
	fetch_fini(&follower.stream);
	sse_fini(&follower.sse);
	view_fini(&follower.view);
	return end;
}
