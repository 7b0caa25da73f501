/* SPDX-License-Identifier: Apache-2.0
 * sister_world.c - the driver that is told, and the two processes that are one here. */
#include "tests/unit/sister_world.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/problem.h"
#include "provider/protocol.h"
#include "providers/sister/sister.h"
#include "tests/unit/plan_fixture.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

#define ASKED_MAX 65536
#define GUARD_US  10000000
#define LOOK_US   1000
#define US_PER_MS 1000

struct sister_world sister_world;

struct credentials {
	char *text;
};

/* ---- the driver ---- */

static void
answer_op(struct op *op)
{
	const struct op *answer = &sister_world.op;

	op->impl = NULL;
	op->result = answer->result;
	op->retry_after_ms = answer->retry_after_ms;
	op->throttled = answer->throttled;
	op->over = answer->over;
	op->found = json_copy(answer->found);
	memcpy(op->code, answer->code, sizeof(op->code));
	memcpy(op->message, answer->message, sizeof(op->message));
	memcpy(op->request_id, answer->request_id, sizeof(op->request_id));
	op->done(op);
}

static void
on_answer(struct timer *timer)
{
	struct op    *op = sister_world.asked_op;
	struct whose *whose = sister_world.asked_whose;
	struct sweep *sweep = sister_world.asked_sweep;

	(void)timer;
	sister_world.asked_op = NULL;
	sister_world.asked_whose = NULL;
	sister_world.asked_sweep = NULL;
	if (op != NULL)
		answer_op(op);
	if (whose != NULL) {
		whose->result = sister_world.whose.result;
		memcpy(whose->account, sister_world.whose.account, sizeof(whose->account));
		whose->done(whose);
	}
	if (sweep != NULL) {
		sweep->result = sister_world.sweep.result;
		sweep->hits = json_copy(sister_world.sweep.hits);
		sweep->done(sweep);
	}
}

static void
begin(void)
{
	int64_t us = sister_world.takes_ms * US_PER_MS;

	sister_world.started_n++;
	if (!sister_world.holds)
		timer_arm(loop_ev_loop(sister_world.ev), &sister_world.answer, us > 0 ? us : 1);
}

static void
start(struct provider *provider, struct op *op)
{
	(void)provider;
	ck_assert((op->credentials != NULL) == provider->needs_credentials);
	str_clear(&sister_world.asked);
	protocol_add_op(&sister_world.asked, op);
	sister_world.asked_op = op;
	begin();
}

static void
ask_whose(struct provider *provider, struct whose *whose)
{
	(void)provider;
	sister_world.asked_whose = whose;
	begin();
}

static void
start_sweep(struct provider *provider, struct sweep *sweep)
{
	(void)provider;
	str_clear(&sister_world.asked);
	protocol_add_sweep(&sister_world.asked, sweep);
	sister_world.asked_sweep = sweep;
	begin();
}

static void
cancelled(void)
{
	timer_disarm(loop_ev_loop(sister_world.ev), &sister_world.answer);
	sister_world.cancelled_n++;
}

static void
cancel(struct provider *provider, struct op *op)
{
	(void)provider;
	(void)op;
	cancelled();
}

static void
cancel_whose(struct provider *provider, struct whose *whose)
{
	(void)provider;
	(void)whose;
	cancelled();
}

static void
cancel_sweep(struct provider *provider, struct sweep *sweep)
{
	(void)provider;
	(void)sweep;
	cancelled();
}

static struct credentials *
open_credentials(struct provider *provider, struct json_object *json, const char *account,
    const char *pointer, struct problems *problems)
{
	const char         *secret = json_get_str(json, "secret");
	struct credentials *credentials;

	(void)provider;
	if (secret == NULL) {
		problems_add(problems, pointer, "missing_property", "a secret is needed");
		return NULL;
	}
	sister_world.opened_n++;
	snprintf(sister_world.opened, sizeof(sister_world.opened), "%s/%s", account, secret);
	credentials = xcalloc(1, sizeof(*credentials));
	credentials->text = xstrdup(secret);
	return credentials;
}

static void
close_credentials(struct credentials *credentials)
{
	sister_world.closed_n++;
	free(credentials->text);
	free(credentials);
}

static void
window(struct provider *provider, const struct op *op, char *buf, size_t size)
{
	(void)provider;
	ck_assert_ptr_null(op->credentials);
	snprintf(buf, size, "test:%s:w", op->identity->region);
}

static void
make_driver(void)
{
	struct provider *far = registry_provider(sister_world.far_types, "test");

	far->needs_credentials = true;
	far->open = open_credentials;
	far->close = close_credentials;
	far->ask_whose = ask_whose;
	far->cancel_whose = cancel_whose;
	far->start_sweep = start_sweep;
	far->cancel_sweep = cancel_sweep;
	far->window = window;
	far->window_size = 7;
	far->start = start;
	far->cancel = cancel;
	sister_world.far = far;
}

/* ---- the world ---- */

static void
on_guard(struct timer *timer)
{
	(void)timer;
	ck_abort_msg("it did not come to that in time");
}

static void
on_look(struct timer *timer)
{
	if (sister_world.met())
		loop_ev_stop(sister_world.ev);
	else
		timer_arm(loop_ev_loop(sister_world.ev), timer, LOOK_US);
}

void
sister_world_until(bool (*met)(void))
{
	struct loop *loop = loop_ev_loop(sister_world.ev);

	sister_world.met = met;
	timer_arm(loop, &sister_world.guard, GUARD_US);
	timer_arm(loop, &sister_world.look, LOOK_US);
	loop_ev_run(sister_world.ev);
	timer_disarm(loop, &sister_world.guard);
}

bool
sister_world_is_there(void)
{
	return sister_world.near->away(sister_world.near) == NULL;
}

void
sister_world_open(const struct host_options *options)
{
	struct host_options all = *options;
	struct err          err = { 0 };

	sister_world = (struct sister_world){ 0 };
	sister_world.ev = loop_ev_create();
	sister_world.fetcher = fetcher_create(sister_world.ev);
	sister_world.far_types = fixture_registry();
	sister_world.key = secret_create(SISTER_KEY, strlen(SISTER_KEY));
	str_init(&sister_world.asked, ASKED_MAX);
	timer_init(&sister_world.guard, on_guard);
	timer_init(&sister_world.look, on_look);
	timer_init(&sister_world.answer, on_answer);
	make_driver();
	all.loop = loop_ev_loop(sister_world.ev);
	all.registry = sister_world.far_types;
	all.key = sister_world.key;
	all.version = "1";
	sister_world.host = host_create(&all);
	sister_world.http = http_create(sister_world.ev, &http_defaults, host_body_wanted,
	    host_handle, problem_refuse, sister_world.host);
	ck_assert_msg(
	    http_listen(sister_world.http, "127.0.0.1:0", &sister_world.url, &err) == ERR_OK, "%s",
	    err.detail);
}

void
sister_world_meet(const char *url, const char *key)
{
	struct err            err = { 0 };
	struct sister_options options = {
		.loop = loop_ev_loop(sister_world.ev),
		.fetcher = sister_world.fetcher,
		.name = "test",
		.url = url != NULL ? url : sister_world.url,
	};

	if (key == NULL)
		key = SISTER_KEY;
	sister_world.near_types = registry_create(plan_check_type);
	options.registry = sister_world.near_types;
	options.key = secret_create(key, strlen(key));
	sister_world.near = sister_create(&options, &err);
	ck_assert_msg(sister_world.near != NULL, "%s", err.detail);
	registry_add_provider(sister_world.near_types, sister_world.near);
}

void
sister_world_close(void)
{
	struct loop *loop = loop_ev_loop(sister_world.ev);

	registry_destroy(sister_world.near_types);
	http_destroy(sister_world.http);
	host_destroy(sister_world.host);
	ck_assert_uint_eq(sister_world.opened_n, sister_world.closed_n);
	fetcher_destroy(sister_world.fetcher);
	secret_destroy(sister_world.key);
	timer_disarm(loop, &sister_world.answer);
	json_object_put(sister_world.op.found);
	json_object_put(sister_world.sweep.hits);
	str_fini(&sister_world.asked);
	free(sister_world.url);
	loop_ev_destroy(sister_world.ev);
	fixture_end(sister_world.far_types);
}
