/* SPDX-License-Identifier: Apache-2.0
 * client.c - one call to the server at a time, on a loop of its own. */
#include "cli/client.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/render.h"
#include "cli/seal.h"
#include "cli/terminal.h"
#include "loop/loop_ev.h"
#include "util/check.h"
#include "util/json.h"
#include "util/secret.h"

#define CALL_TIMEOUT_MS    120000
#define URL_MAX            4096
#define US_PER_MS          1000
#define ONCE_BYTES         16
#define LOST_MAX           2
#define RETRY_AFTER_MAX_MS 60000 /* who is told to wait longer decides that alone */
#define UNIX_SCHEME        "unix:"
#define UNIX_BASE          "http://localhost"

/* Before each try but the first. */
static const int64_t retries_ms[] = { 200, 1000, 2000, 4000, 8000 };

/* A call, and whom to wake when it is over. */
struct call {
	struct fetch   fetch;
	struct client *client;
	struct sse    *events; /* what reads the answer; NULL: it is wanted as a whole */
	bool           is_repeatable;
	bool           is_unreadable;
};

static void
on_wait_over(struct timer *timer)
{
	client_stop(container_of(timer, struct client, wait));
}

void
client_open(struct client *client, const struct cli *cli)
{
	*client = (struct client){ .cli = cli };
	client->ev = loop_ev_create();
	client->fetcher = fetcher_create(client->ev);
	timer_init(&client->wait, on_wait_over);
}

void
client_close(struct client *client)
{
	timer_disarm(loop_ev_loop(client->ev), &client->wait);
	fetcher_destroy(client->fetcher);
	loop_ev_destroy(client->ev);
}

static void
on_interrupt(void *arg, int signo)
{
	struct client *client = arg;

	(void)signo;
	client->interrupted = true;
	client_stop(client);
}

void
client_catch_interrupt(struct client *client)
{
	loop_ev_on_signal(client->ev, SIGINT, on_interrupt, client);
	loop_ev_on_signal(client->ev, SIGTERM, on_interrupt, client);
}

void
client_run(struct client *client)
{
	if (!client->interrupted)
		loop_ev_run(client->ev);
}

void
client_stop(struct client *client)
{
	loop_ev_stop(client->ev);
}

void
client_wait(struct client *client, int64_t ms)
{
	timer_arm(loop_ev_loop(client->ev), &client->wait, ms * US_PER_MS);
	client_run(client);
	timer_disarm(loop_ev_loop(client->ev), &client->wait);
}

/* ---- calls ---- */

void
client_path(struct str *path, const char *prefix, const char *id)
{
	str_init(path, CLIENT_PATH_MAX);
	str_add(path, prefix);
	str_add_percent(path, id, strlen(id), NULL);
}

void
client_fetch_init(struct client *client, struct fetch *fetch, struct str *url, const char *method,
    const char *path, void (*done)(struct fetch *))
{
	const char *server = client->cli->server;
	bool        is_unix = str_starts(server, UNIX_SCHEME);
	const char *base = is_unix ? UNIX_BASE : server;
	size_t      len = strlen(base);

	while (len > 0 && base[len - 1] == '/')
		len--;
	str_init(url, URL_MAX);
	str_add_mem(url, base, len);
	str_add(url, path);
	fetch_init(fetch, method, url->data, done);
	fetch->socket = is_unix ? server + strlen(UNIX_SCHEME) : NULL;
	fetch->body_max = CLIENT_ANSWER_MAX;
	fetch->ca = client->cli->ca;
	fetch->cert = client->cli->cert;
	fetch->cert_key = client->cli->cert_key;
	if (client->cli->key != NULL)
		fetch_header_add(fetch, "x-api-key", client->cli->key);
	if (client->cli->actor != NULL)
		fetch_header_add(fetch, "x-actor", client->cli->actor);
}

static void
on_call_done(struct fetch *fetch)
{
	client_stop(container_of(fetch, struct call, fetch)->client);
}

static void
answer_take(struct answer *answer, struct fetch *fetch, int64_t wall_ms)
{
	struct err err;

	*answer = (struct answer){
		.result = fetch->result, .status = fetch->status, .unreachable = fetch->unreachable
	};
	(void)fetch_retry_after(fetch, wall_ms, INT64_MAX, &answer->retry_after_ms);
	memcpy(answer->error, fetch->error, sizeof(answer->error));
	answer->text = fetch->body_in;
	str_init(&fetch->body_in, CLIENT_ANSWER_MAX);
	if (answer->result == FETCH_DONE)
		answer->json = json_read(answer->text.data, answer->text.len, &err);
}

static void
on_call_data(struct fetch *fetch, const char *data, size_t len)
{
	struct call *call = container_of(fetch, struct call, fetch);

	if (sse_feed(call->events, data, len))
		return;
	call->is_unreadable = true;
	fetch_cancel(call->client->fetcher, fetch);
	client_stop(call->client);
}

/* As a whole, or as events: those may come for as long as they like, if only something does. */
static void
call_expect(struct call *call)
{
	if (call->events == NULL) {
		call->fetch.timeout_ms = CALL_TIMEOUT_MS;
		fetch_header_add(&call->fetch, "accept", "application/json, */*;q=0.1");
	} else {
		call->fetch.silence_ms = CALL_TIMEOUT_MS;
		call->fetch.on_data = on_call_data;
		fetch_header_add(&call->fetch, "accept", "text/event-stream");
	}
}

/* Its answer was lost, or is not there yet, or another server has it: the same may be asked again, and what was too much at any rate. A server
 * that was never reached is not waited for. */
static bool
is_worth_another(const struct call *call, const struct answer *answer, size_t tries)
{
	if (call->client->interrupted || tries == array_len(retries_ms))
		return false;
	if (str_eq(json_get_str(answer->json, "code"), "too_many_requests"))
		return answer->retry_after_ms <= RETRY_AFTER_MAX_MS;
	if (!call->is_repeatable)
		return false;
	return (answer->result == FETCH_BROKEN && tries < LOST_MAX) ||
	       (answer->result == FETCH_UNSENT && tries > 0) ||
	       str_eq(json_get_str(answer->json, "code"), "idempotency_in_progress") ||
	       str_eq(json_get_str(answer->json, "code"), "draining");
}

static void
call_once(struct client *client, struct call *call, struct answer *answer)
{
	if (!client->interrupted)
		fetch_start(client->fetcher, &call->fetch);
	client_run(client);
	fetch_cancel(client->fetcher, &call->fetch); /* after an interrupt */
	answer_take(answer, &call->fetch, loop_wall_ms(loop_ev_loop(client->ev)));
}

static int64_t
wait_ms(const struct answer *answer, size_t tries)
{
	int64_t told = answer->retry_after_ms < RETRY_AFTER_MAX_MS ? answer->retry_after_ms
								   : RETRY_AFTER_MAX_MS;

	return told > retries_ms[tries] ? told : retries_ms[tries];
}

static bool
call_run(struct client *client, struct call *call, struct answer *answer)
{
	int64_t ms;

	call->client = client;
	call_expect(call);
	call_once(client, call, answer);
	for (size_t tries = 0; is_worth_another(call, answer, tries); tries++) {
		if (answer->result != FETCH_DONE)
			fputs("The answer was lost; asking again.\n", stderr);
		ms = wait_ms(answer, tries);
		answer_fini(answer);
		client_wait(client, ms);
		call_once(client, call, answer);
	}
	if (call->is_unreadable) {
		answer->result = FETCH_TOO_LARGE;
		snprintf(answer->error, sizeof(answer->error), "an event is too long");
	}
	fetch_fini(&call->fetch);
	return answer->result == FETCH_DONE && answer->status >= 200 && answer->status <= 299;
}

static bool
ask(struct client *client, const char *method, const char *path, struct answer *answer)
{
	struct call call = { .events = NULL, .is_repeatable = str_eq(method, "GET") };
	struct str  url;
	bool        ok;

	client_fetch_init(client, &call.fetch, &url, method, path, on_call_done);
	ok = call_run(client, &call, answer);
	str_fini(&url);
	return ok;
}

bool
client_get_text(struct client *client, const char *path, struct answer *answer)
{
	return ask(client, "GET", path, answer);
}

bool
client_get(struct client *client, const char *path, struct answer *answer)
{
	return ask(client, "GET", path, answer) && answer->json != NULL;
}

bool
client_delete(struct client *client, const char *prefix, const char *id, struct answer *answer)
{
	struct str path;
	bool       good;

	client_path(&path, prefix, id);
	good = ask(client, "DELETE", path.data, answer) && answer->json != NULL;
	str_fini(&path);
	return good;
}

static bool
post(struct client *client, struct call *call, const char *path, struct json_object *body,
    bool async, struct answer *answer)
{
	char       once[2 * ONCE_BYTES + 1];
	struct str url;
	bool       ok;

	if (!seal_credentials(client, body, NULL, answer))
		return false;
	client_fetch_init(client, &call->fetch, &url, "POST", path, on_call_done);
	fetch_header_add(&call->fetch, "content-type", "application/json");
	secret_random_hex(once, ONCE_BYTES);
	fetch_header_add(&call->fetch, "idempotency-key", once);
	if (async)
		fetch_header_add(&call->fetch, "prefer", "respond-async");
	call->fetch.body = json_text_len(body, &call->fetch.body_len);
	ok = call_run(client, call, answer);
	str_fini(&url);
	return ok;
}

bool
client_post(struct client *client, const char *path, struct json_object *body, bool async,
    struct answer *answer)
{
	struct call call = { .events = NULL, .is_repeatable = true };

	return post(client, &call, path, body, async, answer) && answer->json != NULL;
}

bool
client_post_events(struct client *client, const char *path, struct json_object *body,
    sse_on_event *on_event, void *arg, struct answer *answer)
{
	struct sse  sse;
	struct call call = { .events = &sse };
	bool        ok;

	sse_init(&sse, on_event, arg);
	ok = post(client, &call, path, body, false, answer);
	sse_fini(&sse);
	return ok;
}

void
answer_fini(struct answer *answer)
{
	json_object_put(answer->json);
	str_fini(&answer->text);
}

/* ---- telling ---- */

static void
complain_of_network(struct client *client, const struct answer *answer, struct str *out)
{
	bool is_unix = str_starts(client->cli->server, UNIX_SCHEME);

	str_addf(out, "Error: %s: ", client->cli->server);
	render_text(out, answer->unreachable && is_unix ? "nobody listens there" : answer->error);
	str_add_char(out, '\n');
	if (answer->unreachable)
		str_add(out, "Is the server running there? `mgraph-deploy serve` starts one; "
			     "--server URL names another.\n");
	else if (answer->result != FETCH_UNSENT)
		str_add(out, "The request may have reached the server all the same.\n");
}

int
client_complain(struct client *client, const struct answer *answer)
{
	struct str out;

	str_init(&out, RENDER_MAX);
	if (answer->result == FETCH_PENDING)
		str_add(&out, "Interrupted.\n");
	else if (answer->result != FETCH_DONE)
		complain_of_network(client, answer, &out);
	else if (answer->json == NULL)
		str_addf(&out, "Error: %s answered %d, and no JSON: is it mgraph-deploy?\n",
		    client->cli->server, answer->status);
	else
		render_problem(&out, answer->json, answer->status, terminal_color(stderr));
	if (client->cli->json && answer->json != NULL)
		client_print(answer);
	fputs(out.data, stderr);
	str_fini(&out);
	return CLI_ERROR;
}

void
client_path_query(struct str *path, const char *name, const char *value)
{
	if (value == NULL)
		return;
	str_addf(path, "%c%s=", strchr(path->data, '?') != NULL ? '&' : '?', name);
	str_add_percent(path, value, strlen(value), NULL);
}

void
client_print(const struct answer *answer)
{
	fwrite(answer->text.data, 1, answer->text.len, stdout);
	if (!str_ends(answer->text.data, "\n"))
		putchar('\n');
}
