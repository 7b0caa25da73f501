/* SPDX-License-Identifier: Apache-2.0
 * pass_on.c - who holds it? ─► asked ─► its answer. */
#include "api/pass_on.h"

#include <stdio.h>
#include <string.h>

#include "api/routes.h"
#include "net/fetch.h"
#include "util/check.h"
#include "util/json.h"

/* Says that a request was passed on, and where its client is. */
#define HEADER "x-mgraph-deploy-passed-on"
#define LOCAL  "local"
#define REMOTE "remote"

#define URL_SIZE    64
#define OWNER_SIZE  41
#define ANSWER_MAX  (256 << 20)
#define PATIENCE_MS (11LL * 60 * 1000) /* longer than anybody may wait for an answer */

struct passing {
	struct exchange_part part;
	struct fetch         fetch;
	char                 socket[PASS_ON_SOCKET_SIZE], url[URL_SIZE];
	exchange_step       *otherwise;
};

static void
forget_passing(struct exchange_part *part)
{
	struct passing *passing = container_of(part, struct passing, part);

	fetch_cancel(api_options_of(part->x->api)->fetcher, &passing->fetch);
}

static void
fini_passing(struct exchange_part *part)
{
	fetch_fini(&container_of(part, struct passing, part)->fetch);
}

static const struct exchange_part_type passing_type = { sizeof(struct passing), forget_passing,
	fini_passing };

void
pass_on_socket(const char *owner, char buf[PASS_ON_SOCKET_SIZE])
{
	snprintf(buf, PASS_ON_SOCKET_SIZE, "@mgraph-deploy-%.40s", owner);
}

bool
pass_on_is_local(const struct http_request *request)
{
	return http_is_local(request) && !str_eq(http_header_in(request, HEADER), REMOTE);
}

static void
on_answer(struct fetch *fetch)
{
	struct passing     *passing = container_of(fetch, struct passing, fetch);
	struct exchange    *x = passing->part.x;
	struct json_object *answer = NULL;
	char                location[64];
	struct err          err;

	if (fetch->result == FETCH_UNSENT) {
		passing->otherwise(x);
		return;
	}
	if (fetch->result == FETCH_DONE)
		answer = json_read(fetch->body_in.data, fetch->body_in.len, &err);
	if (answer == NULL) {
		err_set(&err, ERR_BUSY,
		    "the process that runs the execution has not answered: its status tells what "
		    "became of it");
		reply_err(x, &err);
		return;
	}
	reply_passed_on(x, fetch->status,
	    fetch_header_in(fetch, "location", location, sizeof(location)), answer);
}

static void
add_header(struct passing *passing, const char *name)
{
	const char *value = http_header_in(passing->part.x->request, name);

	if (value != NULL)
		fetch_header_add(&passing->fetch, name, value);
}

static void
ask(struct exchange *x, struct passing *passing)
{
	static const char *const headers[] = { "x-api-key", "authorization", "prefer" };
	struct fetch            *fetch = &passing->fetch;
	size_t                   len;

	snprintf(passing->url, sizeof(passing->url), "http://localhost%s", x->route->path);
	fetch_init(fetch, "POST", passing->url, on_answer);
	fetch->socket = passing->socket;
	fetch->timeout_ms = PATIENCE_MS;
	fetch->body_max = ANSWER_MAX;
	fetch->body = json_text_len(x->body, &len);
	fetch->body_len = len;
	fetch_header_add(fetch, "content-type", JSON_CONTENT_TYPE);
	fetch_header_add(fetch, "x-request-id", http_request_id(x->request));
	fetch_header_add(fetch, HEADER, x->is_local ? LOCAL : REMOTE);
	for (size_t i = 0; i < array_len(headers); i++)
		add_header(passing, headers[i]);
	fetch_trace(fetch, x->trace);
	fetch_start(api_options_of(x->api)->fetcher, fetch);
}

static void
on_holder(struct exchange *x)
{
	struct passing *passing = exchange_part_if_any(x, &passing_type);
	const char     *own = api_options_of(x->api)->owner;
	char            owner[OWNER_SIZE];

	if (x->request == NULL || x->op.result != STORE_OK ||
	    sscanf(x->op.text_out, "%40s", owner) != 1 || str_eq(owner, own)) {
		passing->otherwise(x);
		return;
	}
	pass_on_socket(owner, passing->socket);
	ask(x, passing);
}

void
pass_on(struct exchange *x, exchange_step *otherwise)
{
	struct passing *passing;

	if (x->request == NULL || http_header_in(x->request, HEADER) != NULL) {
		otherwise(x);
		return;
	}
	passing = exchange_part(x, &passing_type);
	passing->otherwise = otherwise;
	exchange_ask(x, STORE_HOLDER, NULL, on_holder);
}
