/* SPDX-License-Identifier: Apache-2.0
 * question.c - one question to the other process, and what its answer means, or that there is none. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "providers/sister/inside.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

#define BODY_MAX     (16 * 1024 * 1024)
#define ANSWER_MAX   (32 * 1024 * 1024)
#define SILENCE_MS   (4 * PROTOCOL_BEAT_MS)
#define MS_PER_S     1000
#define RETRY_MOST_S 600

void
sister_fail(const struct sister *sister, struct sister_failure *failure, enum op_result result,
    const char *code, const char *fmt, ...)
{
	char    why[SISTER_WHY_SIZE];
	va_list args;

	va_start(args, fmt);
	str_vformat(why, sizeof(why), fmt, args);
	va_end(args);
	*failure = (struct sister_failure){ .result = result };
	snprintf(failure->code, sizeof(failure->code), "%s", code);
	snprintf(failure->message, sizeof(failure->message), "%s at %.128s: %.256s", sister->name,
	    sister->place, why);
}

/* ---- the answer ---- */

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

static int64_t
retry_after_ms(const struct fetch *fetch)
{
	char     text[16];
	uint64_t seconds;

	if (fetch_header_in(fetch, "retry-after", text, sizeof(text)) == NULL ||
	    !str_to_u64(text, &seconds))
		return 0;
	return (int64_t)(seconds < RETRY_MOST_S ? seconds : RETRY_MOST_S) * MS_PER_S;
}

/* A 5xx may come from a proxy between us, which has handed the question on: only our own problems are believed. */
static void
fail_by_status(
    const struct sister *sister, const struct fetch *fetch, struct sister_failure *failure)
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
	sister_fail(sister, failure, result, code != NULL ? code : "", "HTTP %d%s%.200s",
	    fetch->status, detail != NULL ? ": " : "", detail != NULL ? detail : "");
	failure->retry_after_ms = retry_after_ms(fetch);
	json_object_put(problem);
}

struct json_object *
sister_read(const struct sister *sister, const struct fetch *fetch, struct sister_failure *failure)
{
	struct json_object *json;
	struct err          err;

	if (fetch->result == FETCH_UNSENT) {
		sister_fail(sister, failure, OP_TRANSIENT, "unreachable", "%s", fetch->error);
		return NULL;
	}
	if (fetch->result != FETCH_DONE) {
		sister_fail(sister, failure, OP_UNKNOWN, "no_answer", "%s", fetch->error);
		return NULL;
	}
	if (fetch->status != 200) {
		fail_by_status(sister, fetch, failure);
		return NULL;
	}
	json = json_read(fetch->body_in.data, fetch->body_in.len, &err);
	if (json == NULL)
		sister_fail(sister, failure, OP_UNKNOWN, "bad_answer", "%s", err.detail);
	return json;
}

/* ---- the question ---- */

void
sister_prepare(const struct sister *sister, struct fetch *fetch, const char *method,
    const char *url, void (*done)(struct fetch *))
{
	fetch_init(fetch, method, url, done);
	fetch->body_max = ANSWER_MAX;
	fetch->silence_ms = SILENCE_MS;
	fetch->socket = sister->socket;
	fetch->ca = sister->ca;
	if (sister->key != NULL)
		fetch_header_add(fetch, "x-api-key", secret_open(sister->key));
}

static void
question_end(struct sister_question *question)
{
	fetch_fini(&question->fetch);
	secret_wipe(question->body.data, question->body.len);
	str_fini(&question->body);
	free(question);
}

static void
on_fetched(struct fetch *fetch)
{
	struct sister_question *question = container_of(fetch, struct sister_question, fetch);

	struct json_object *answer = sister_read(question->sister, fetch, &question->failure);

	question->good = answer != NULL && question->kind->read(answer, question->of);
	if (answer != NULL && !question->good)
		sister_fail(question->sister, &question->failure, OP_UNKNOWN, "bad_answer",
		    "its answer is not what it should be");
	question->kind->answered(question);
	json_object_put(answer);
	question_end(question);
}

struct sister_question *
sister_question_create(struct sister *sister, const struct sister_kind *kind,
    const struct credentials *credentials, void *of)
{
	struct sister_question *question = xcalloc(1, sizeof(*question));

	question->sister = sister;
	question->of = of;
	question->kind = kind;
	snprintf(question->url, sizeof(question->url), "%s" PROTOCOL_ROOT "/%s", sister->base,
	    kind->path);
	str_init(&question->body, BODY_MAX);
	str_add(&question->body, "{\"provider\":");
	json_add_string(&question->body, sister->name);
	if (credentials != NULL) {
		str_add(&question->body, ",\"account\":");
		json_add_string(&question->body, credentials->account);
		str_add(&question->body, ",\"credentials\":");
		str_add(&question->body, secret_open(credentials->json));
	}
	str_add(&question->body, ",\"ask\":");
	return question;
}

void
sister_question_send(struct sister_question *question)
{
	struct fetch *fetch = &question->fetch;

	str_add_char(&question->body, '}');
	sister_prepare(question->sister, fetch, "POST", question->url, on_fetched);
	fetch_header_add(fetch, "content-type", "application/json");
	fetch->body = question->body.data;
	fetch->body_len = question->body.len;
	fetch_start(question->sister->fetcher, fetch);
}

void
sister_question_forget(struct sister_question *question)
{
	fetch_cancel(question->sister->fetcher, &question->fetch);
	question_end(question);
}
