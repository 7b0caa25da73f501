/* SPDX-License-Identifier: Apache-2.0
 * question.c - one question to the other process, and what its answer means, or that there is none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "providers/sister/inside.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

#define PATH_SIZE 64
#define BODY_MAX  (16 * 1024 * 1024)

/* ---- the question ---- */

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

	struct json_object *answer = peer_read(&question->sister->peer, fetch, &question->failure);

	question->good = answer != NULL && question->kind->read(answer, question->of);
	if (answer != NULL && !question->good)
		peer_fail(&question->sister->peer, &question->failure, OP_UNKNOWN, "bad_answer",
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
	str_init(&question->body, BODY_MAX);
	str_add(&question->body, "{\"provider\":");
	json_add_string(&question->body, sister->peer.name);
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
	char          path[PATH_SIZE];

	str_add_char(&question->body, '}');
	snprintf(path, sizeof(path), PROTOCOL_ROOT "/%s", question->kind->path);
	peer_prepare(&question->sister->peer, fetch, question->url, "POST", path, on_fetched);
	fetch_header_add(fetch, "content-type", "application/json");
	fetch_trace(fetch, question->trace);
	fetch->body = question->body.data;
	fetch->body_len = question->body.len;
	fetch_start(question->sister->peer.fetcher, fetch);
}

void
sister_question_forget(struct sister_question *question)
{
	fetch_cancel(question->sister->peer.fetcher, &question->fetch);
	question_end(question);
}
