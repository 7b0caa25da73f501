/* SPDX-License-Identifier: Apache-2.0
 * peer.c - URLs, and the statuses of HTTP. */
#include "providers/sister/peer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider/protocol.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

#define ANSWER_MAX    (32 * 1024 * 1024)
#define SILENCE_MS    (4 * PROTOCOL_BEAT_MS)
#define RETRY_MOST_MS 600000
#define UNIX_BASE     "http://localhost"

/* ---- where it is ---- */

static bool
is_loopback(const char *host)
{
	static const char *const names[] = { "localhost", "[::1]" };
	size_t                   digits = strspn(host, "0123456789.");

	if (str_starts(host, "127.") && strchr(":/", host[digits]) != NULL) /* or at the end */
		return true;
	for (size_t i = 0; i < array_len(names); i++) {
		if (str_starts(host, names[i]) && strchr(":/", host[strlen(names[i])]) != NULL)
			return true;
	}
	return false;
}

/* False: it is no URL that can be meant. */
static bool
read_url(struct peer *peer, const char *url)
{
	size_t len = strlen(url);

	peer->place = xstrdup(url);
	if (str_starts(url, "unix:")) {
		peer->socket = xstrdup(url + strlen("unix:"));
		peer->base = xstrdup(UNIX_BASE);
		peer->is_private = true;
		return peer->socket[0] == '/';
	}
	while (len > 0 && url[len - 1] == '/')
		len--;
	peer->base = xstrndup(url, len);
	peer->is_private = str_starts(url, "https://") ||
			   (str_starts(url, "http://") && is_loopback(url + strlen("http://")));
	return (str_starts(url, "https://") || str_starts(url, "http://")) &&
	       len < PEER_URL_MAX / 2 && strpbrk(url, "@?# ") == NULL;
}

bool
peer_init(struct peer *peer, const struct sister_options *options, struct err *err)
{
	*peer = (struct peer){ .loop = options->loop, .fetcher = options->fetcher };
	peer->name = xstrdup(options->name);
	peer->ca = options->ca != NULL ? xstrdup(options->ca) : NULL;
	peer->key = options->key;
	if (read_url(peer, options->url))
		return true;
	err_set(err, ERR_INVALID_REQUEST,
	    "%s=%s: http://HOST, https://HOST or unix:/PATH is wanted", options->name,
	    options->url);
	return false;
}

void
peer_fini(struct peer *peer)
{
	secret_destroy(peer->key);
	free(peer->name);
	free(peer->place);
	free(peer->base);
	free(peer->socket);
	free(peer->ca);
}

void
peer_prepare(const struct peer *peer, struct fetch *fetch, char url[PEER_URL_MAX],
    const char *method, const char *path, void (*done)(struct fetch *))
{
	snprintf(url, PEER_URL_MAX, "%s%s", peer->base, path);
	fetch_init(fetch, method, url, done);
	fetch->body_max = ANSWER_MAX;
	fetch->silence_ms = SILENCE_MS;
	fetch->socket = peer->socket;
	fetch->ca = peer->ca;
	if (peer->key != NULL)
		fetch_header_add(fetch, "x-api-key", secret_open(peer->key));
}

/* ---- what an answer is taken for ---- */

void
peer_fail(const struct peer *peer, struct peer_failure *failure, enum op_result result,
    const char *code, const char *fmt, ...)
{
	char    why[PEER_WHY_SIZE];
	va_list args;

	va_start(args, fmt);
	str_vformat(why, sizeof(why), fmt, args);
	va_end(args);
	*failure = (struct peer_failure){ .result = result };
	snprintf(failure->code, sizeof(failure->code), "%s", code);
	snprintf(failure->message, sizeof(failure->message), "%s at %.128s: %.256s", peer->name,
	    peer->place, why);
}

/* Which statuses say for sure that nothing was done; any other leaves it open, or is for good. */
static const struct status_row {
	int            status;
	enum op_result result;
} statuses[] = {
	{ 400, OP_FAILED }, /* a protocol that we don't share */
	{ 401, OP_FAILED }, /* our API key: not the credentials */
	{ 403, OP_FAILED }, { 404, OP_FAILED }, { 405, OP_FAILED }, { 413, OP_INVALID },
	{ 415, OP_FAILED }, { 422, OP_FAILED }, { 429, OP_THROTTLED },
	{ 503, OP_TRANSIENT }, /* on its way out, before it has looked at the body */
};

void
peer_fail_later(const struct peer *peer, const struct fetch *fetch, struct peer_failure *failure)
{
	(void)fetch_retry_after(
	    fetch, loop_wall_ms(peer->loop), RETRY_MOST_MS, &failure->retry_after_ms);
}

/* A 5xx may come from a proxy between us, which has handed the question on: only our own problems are believed. */
static void
fail_by_status(const struct peer *peer, const struct fetch *fetch, struct peer_failure *failure)
{
	struct err          err;
	struct json_object *problem = json_read(fetch->body_in.data, fetch->body_in.len, &err);
	const char         *code = json_get_str(problem, "code");
	const char         *detail = json_get_str(problem, "detail");
	enum op_result      result = OP_UNKNOWN;

	for (size_t i = 0; i < array_len(statuses); i++) {
		if (statuses[i].status == fetch->status && (code != NULL || fetch->status < 500))
			result = statuses[i].result;
	}
	peer_fail(peer, failure, result, code != NULL ? code : "", "HTTP %d%s%.200s", fetch->status,
	    detail != NULL ? ": " : "", detail != NULL ? detail : "");
	peer_fail_later(peer, fetch, failure);
	json_object_put(problem);
}

void
peer_fail_unanswered(
    const struct peer *peer, const struct fetch *fetch, struct peer_failure *failure)
{
	if (fetch->result == FETCH_UNSENT)
		peer_fail(peer, failure, OP_TRANSIENT, "unreachable", "%s", fetch->error);
	else
		peer_fail(peer, failure, OP_UNKNOWN, "no_answer", "%s", fetch->error);
}

struct json_object *
peer_read(const struct peer *peer, const struct fetch *fetch, struct peer_failure *failure)
{
	struct json_object *json;
	struct err          err;

	if (fetch->result != FETCH_DONE) {
		peer_fail_unanswered(peer, fetch, failure);
		return NULL;
	}
	if (fetch->status != 200) {
		fail_by_status(peer, fetch, failure);
		return NULL;
	}
	json = json_read(fetch->body_in.data, fetch->body_in.len, &err);
	if (json == NULL)
		peer_fail(peer, failure, OP_UNKNOWN, "bad_answer", "%s", err.detail);
	return json;
}

void
peer_fail_op(const struct peer_failure *failure, struct op *op)
{
	op_answer(op, failure->result, "%s", failure->message);
	memcpy(op->code, failure->code, sizeof(op->code));
	op->retry_after_ms = failure->retry_after_ms;
}
