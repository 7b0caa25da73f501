/* SPDX-License-Identifier: Apache-2.0
 * host_ask.c - a question: read, with the credentials that came with it opened, asked of its driver, and answered. */
#include <string.h>

#include "host/host_inside.h"
#include "http/fields.h"
#include "http/problem.h"
#include "util/check.h"
#include "util/credential_name.h"
#include "util/json.h"

#define US_PER_MS  1000
#define ANSWER_MAX (32 * 1024 * 1024)

/* Enough that whoever waits for bytes sees them come, and a proxy in between. */
#define BEAT "                                                               \n"

void
visit_answer(struct visit *visit)
{
	struct str out;

	visit->asks = false;
	str_init(&out, ANSWER_MAX);
	visit->question->add_answer(&out, visit);
	must(!out.overflow);
	visit_reply(visit, out.data, out.len);
	str_fini(&out);
}

/* ---- from the body to the driver ---- */

static void
on_beat(struct timer *timer)
{
	static const struct http_header header = { "Content-Type", "application/json" };
	struct visit                   *visit = container_of(timer, struct visit, beat);

	if (!visit->streams)
		http_stream_start(visit->request, 200, &header, 1);
	visit->streams = true;
	(void)http_stream_write(visit->request, BEAT, strlen(BEAT));
	timer_arm(
	    visit->host->options.loop, &visit->beat, visit->host->options.beat_ms * US_PER_MS);
}

static enum err_code
read_body(struct visit *visit, struct err *err)
{
	const char *fault = field_json_fault(http_header_in(visit->request, "content-type"),
	    http_header_in(visit->request, "content-encoding"));
	const char *name, *text;
	size_t      len;

	if (fault != NULL)
		return err_set(err, ERR_UNSUPPORTED_MEDIA, "%s", fault);
	if (http_body_check(visit->request, err) != ERR_OK)
		return err->code;
	text = http_body(visit->request, &len);
	visit->body = json_read(text, len, err);
	http_wipe_body(visit->request);
	if (visit->body == NULL)
		return err->code;
	name = json_get_str(visit->body, "provider");
	visit->provider =
	    name != NULL ? registry_provider(visit->host->options.registry, name) : NULL;
	if (visit->provider == NULL)
		return err_set(err, ERR_NOT_FOUND, "there is no provider '%.64s' here",
		    name != NULL ? name : "");
	if (!visit->question->is_known(visit->provider))
		return err_set(err, ERR_NOT_FOUND, "the provider '%s' can't be asked for %s",
		    visit->provider->name, visit->question->path);
	if (credentials_hold_plain(json_get(visit->body, "credentials")) &&
	    !http_is_local(visit->request))
		return err_set(err, ERR_PLAINTEXT_CREDENTIALS, "seal them, or use TLS");
	return ERR_OK;
}

/* False: they can't be used, and what was asked is answered with that. */
static bool
open_credentials(struct visit *visit)
{
	struct json_object *json = json_get(visit->body, "credentials");
	const char         *account = json_get_str(visit->body, "account");
	struct problems     problems;

	if (!visit->question->needs_account || !visit->provider->needs_credentials)
		return true;
	problems_init(&problems);
	visit->opened = opened_get(
	    visit->host->opened, visit->provider, json, account != NULL ? account : "", &problems);
	json_wipe(json);
	if (visit->opened == NULL) {
		must(problems.n > 0);
		visit->question->refuse(visit, &problems.items[0]);
	}
	problems_fini(&problems);
	return visit->opened != NULL;
}

static void
begin(struct visit *visit)
{
	struct host *host = visit->host;

	visit->next = host->first;
	visit->link = &host->first;
	if (visit->next != NULL)
		visit->next->link = &visit->next;
	host->first = visit;
	host->asked_n++;
	visit->asks = true;
	timer_init(&visit->beat, on_beat);
	timer_arm(host->options.loop, &visit->beat, host->options.beat_ms * US_PER_MS);
	visit->question->start(visit);
}

void
visit_ask(struct visit *visit)
{
	struct problems problems;
	struct err      err;
	bool            good;

	if (visit->host->asked_n >= visit->host->options.asked_max) {
		err_set(&err, ERR_TOO_MANY, "%zu questions are under way", visit->host->asked_n);
		visit_refuse(visit, &err);
		return;
	}
	if (read_body(visit, &err) != ERR_OK) {
		visit_refuse(visit, &err);
		return;
	}
	problems_init(&problems);
	good = visit->question->read(visit, json_get_object(visit->body, "ask"), &problems);
	if (!good)
		visit_refuse_all(visit, ERR_INVALID_REQUEST, &problems);
	else if (open_credentials(visit))
		begin(visit);
	else
		visit_answer(visit);
	problems_fini(&problems);
}

void
visit_forget(struct visit *visit)
{
	if (visit->asks)
		visit->question->cancel(visit);
	visit->asks = false;
	timer_disarm(visit->host->options.loop, &visit->beat);
	if (visit->link != NULL) {
		*visit->link = visit->next;
		if (visit->next != NULL)
			visit->next->link = visit->link;
		visit->host->asked_n--;
	}
	if (visit->question != NULL)
		visit->question->fini(visit);
	opened_put(visit->opened);
}
