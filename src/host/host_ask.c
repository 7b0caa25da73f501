/* SPDX-License-Identifier: Apache-2.0
 * host_ask.c - a question: read, with the credentials that came with it opened, asked of its driver, and answered. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "host/host_inside.h"
#include "http/problem.h"
#include "util/check.h"
#include "util/json.h"

#define US_PER_MS  1000
#define ANSWER_MAX (32 * 1024 * 1024)

/* Enough that whoever waits for bytes sees them come, and a proxy in between. */
#define BEAT "                                                               \n"

static void
answer(struct visit *visit)
{
	struct str out;

	visit->asks = false;
	str_init(&out, ANSWER_MAX);
	visit->question->add_answer(&out, visit);
	must(!out.overflow);
	visit_reply(visit, out.data, out.len);
	str_fini(&out);
}

/* ---- ops ---- */

static bool
any(const struct provider *provider)
{
	(void)provider;
	return true;
}

static bool
op_read(struct visit *visit, struct json_object *json, struct problems *problems)
{
	bool good = protocol_read_op(json, visit->host->options.registry, &visit->op,
	    &visit->identity, &visit->kind, problems);

	if (!good || str_eq(visit->op.type->provider, visit->provider->name))
		return good;
	problems_add(
	    problems, "/ask/type", "unknown_type", "it is not one of '%s'", visit->provider->name);
	return false;
}

static void
on_op_done(struct op *op)
{
	answer(container_of(op, struct visit, op));
}

static void
op_start(struct visit *visit)
{
	if (visit->opened != NULL)
		visit->op.credentials = opened_credentials(visit->opened);
	visit->op.done = on_op_done;
	visit->provider->start(visit->provider, &visit->op);
}

static void
op_cancel(struct visit *visit)
{
	visit->provider->cancel(visit->provider, &visit->op);
}

/* Whoever can bring better ones is to be asked for them. */
static void
op_refuse(struct visit *visit, const struct problem *problem)
{
	op_answer(&visit->op, OP_EXPIRED, "%s: %s", problem->pointer, problem->detail);
	snprintf(visit->op.code, sizeof(visit->op.code), "%s", problem->code);
}

static void
op_add_answer(struct str *out, const struct visit *visit)
{
	protocol_add_op_answer(out, &visit->op);
}

static void
op_end(struct visit *visit)
{
	op_fini(&visit->op);
}

/* ---- whose ---- */

static bool
has_whose(const struct provider *provider)
{
	return provider->ask_whose != NULL;
}

static bool
whose_read(struct visit *visit, struct json_object *json, struct problems *problems)
{
	(void)visit;
	(void)json;
	(void)problems;
	return true;
}

static void
on_whose_done(struct whose *whose)
{
	answer(container_of(whose, struct visit, whose));
}

static void
whose_start(struct visit *visit)
{
	if (visit->opened != NULL)
		visit->whose.credentials = opened_credentials(visit->opened);
	visit->whose.done = on_whose_done;
	visit->provider->ask_whose(visit->provider, &visit->whose);
}

static void
whose_cancel(struct visit *visit)
{
	visit->provider->cancel_whose(visit->provider, &visit->whose);
}

static void
whose_refuse(struct visit *visit, const struct problem *problem)
{
	visit->whose.result = OP_INVALID;
	snprintf(visit->whose.code, sizeof(visit->whose.code), "%s", problem->code);
	snprintf(visit->whose.message, sizeof(visit->whose.message), "%s%s%s", problem->pointer,
	    problem->pointer[0] != '\0' ? ": " : "", problem->detail);
}

static void
whose_add_answer(struct str *out, const struct visit *visit)
{
	protocol_add_whose_answer(out, &visit->whose);
}

static void
whose_end(struct visit *visit)
{
	(void)visit;
}

/* ---- sweeps ---- */

static bool
has_sweeps(const struct provider *provider)
{
	return provider->start_sweep != NULL;
}

static bool
sweep_read(struct visit *visit, struct json_object *json, struct problems *problems)
{
	return protocol_read_sweep(json, &visit->sweep, problems);
}

static void
on_sweep_done(struct sweep *sweep)
{
	answer(container_of(sweep, struct visit, sweep));
}

static void
sweep_start(struct visit *visit)
{
	if (visit->opened != NULL)
		visit->sweep.credentials = opened_credentials(visit->opened);
	visit->sweep.done = on_sweep_done;
	visit->provider->start_sweep(visit->provider, &visit->sweep);
}

static void
sweep_cancel(struct visit *visit)
{
	visit->provider->cancel_sweep(visit->provider, &visit->sweep);
}

static void
sweep_refuse(struct visit *visit, const struct problem *problem)
{
	visit->sweep.result = OP_EXPIRED;
	snprintf(visit->sweep.code, sizeof(visit->sweep.code), "%s", problem->code);
	snprintf(visit->sweep.message, sizeof(visit->sweep.message), "%s", problem->detail);
}

static void
sweep_add_answer(struct str *out, const struct visit *visit)
{
	protocol_add_sweep_answer(out, &visit->sweep);
}

static void
sweep_end(struct visit *visit)
{
	sweep_fini(&visit->sweep);
}

/* ---- checks: answered at once ---- */

static bool
has_validate(const struct provider *provider)
{
	return provider->validate != NULL;
}

static bool
check_read(struct visit *visit, struct json_object *json, struct problems *problems)
{
	return protocol_read_check(json, visit->host->options.registry, &visit->items, problems);
}

static void
check_start(struct visit *visit)
{
	struct check *check = &visit->check;

	problems_init(&check->problems);
	for (size_t i = 0; i < visit->items.n; i++) {
		const struct check_item *item = &visit->items.items[i];

		visit->provider->validate(
		    visit->provider, item->type, item->properties, item->pointer, &check->problems);
	}
	check->result = OP_OK;
	answer(visit);
}

static void
check_cancel(struct visit *visit)
{
	(void)visit;
}

static void
check_add_answer(struct str *out, const struct visit *visit)
{
	protocol_add_check_answer(out, &visit->check);
}

static void
check_end(struct visit *visit)
{
	protocol_items_fini(&visit->items);
	check_fini(&visit->check);
}

/* ---- the table ---- */

static const struct question questions[] = {
	{ PROTOCOL_OPS, true, any, op_read, op_start, op_cancel, op_refuse, op_add_answer, op_end },
	{ PROTOCOL_WHOSE, true, has_whose, whose_read, whose_start, whose_cancel, whose_refuse,
	    whose_add_answer, whose_end },
	{ PROTOCOL_SWEEPS, true, has_sweeps, sweep_read, sweep_start, sweep_cancel, sweep_refuse,
	    sweep_add_answer, sweep_end },
	{ PROTOCOL_VALIDATE, false, has_validate, check_read, check_start, check_cancel, NULL,
	    check_add_answer, check_end },
};

const struct question *
question_find(const char *path)
{
	for (size_t i = 0; i < array_len(questions); i++) {
		if (str_eq(questions[i].path, path))
			return &questions[i];
	}
	return NULL;
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
	const char *content_type = http_header_in(visit->request, "content-type"), *text;
	const char *name;
	size_t      len;

	if (content_type != NULL && strncasecmp(content_type, "application/json", 16) != 0)
		return err_set(err, ERR_UNSUPPORTED_MEDIA, "a question is application/json");
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
		answer(visit);
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
