/* SPDX-License-Identifier: Apache-2.0
 * wait.c - from an execution under way to the answer with it. What is answered is what is stored. */
#include "api/wait.h"

#include <stdio.h>

#include "api/audit.h"
#include "api/load.h"
#include "http/fields.h"
#include "util/check.h"
#include "util/json.h"

#define WAIT_DEFAULT_S 30
#define WAIT_MAX_S     600
#define US_PER_S       1000000

struct waiting {
	struct exchange_part part;
	int64_t              seconds;
	bool                 is_async;
	bool                 is_told; /* that it has begun, or goes on */
	void (*tells)(struct exchange *x, struct json_object *execution);
};

static const struct exchange_part_type waiting_type = { sizeof(struct waiting), NULL, NULL };

static struct waiting *
waiting_of(struct exchange *x)
{
	return exchange_part(x, &waiting_type);
}

/* Nothing more comes by itself. */
static bool
is_at_rest(const char *status)
{
	static const char *const rests[] = { "paused", "completed", "failed", "cancelled" };

	for (size_t i = 0; i < array_len(rests); i++) {
		if (str_eq(status, rests[i]))
			return true;
	}
	return false;
}

void
wait_reply(struct exchange *x, struct json_object *execution)
{
	int  status = is_at_rest(json_get_str(execution, "status")) ? 200 : 202;
	char location[64];

	snprintf(location, sizeof(location), "/deploy/status/%s", x->key.graph);
	reply_json_at(x, status, location, execution);
}

static void
answer(struct exchange *x)
{
	execution_unwatch(&x->watch);
	timer_disarm(api_options_of(x->api)->loop, &x->timer);
	x->from_archive =
	    false;           /* wherever the graph came from, what it does now is in the store */
	if (x->next == NULL) /* else it is being loaded already */
		load_execution(x, waiting_of(x)->tells);
}

static void
on_waited(struct timer *timer)
{
	answer(container_of(timer, struct exchange, timer));
}

/* ---- what the engine tells ---- */

static void
told(struct exchange *x)
{
	struct waiting *waiting = waiting_of(x);

	waiting->is_told = true;
	if (waiting->is_async)
		answer(x);
}

void
wait_begun(struct execution_watch *watch, struct execution *execution, const struct err *err)
{
	struct exchange *x = container_of(watch, struct exchange, watch);

	(void)execution;
	if (err == NULL)
		audit_done(x, "begun");
	if (err != NULL)
		reply_err(x, err);
	else
		told(x);
}

static void
on_steered(struct execution_watch *watch, struct execution *execution)
{
	struct exchange *x = container_of(watch, struct exchange, watch);

	(void)execution;
	audit_done(x, "begun");
	told(x);
}

static void
on_at_rest(struct execution_watch *watch, struct execution *execution)
{
	(void)execution;
	answer(container_of(watch, struct exchange, watch));
}

/* ---- the client ---- */

void
wait_hasten(struct exchange *x)
{
	struct waiting *waiting = waiting_of(x);

	waiting->is_async = true;
	if (waiting->is_told && timer_is_armed(&x->timer))
		timer_arm(api_options_of(x->api)->loop, &x->timer, 0);
}

/* Digits, of which too many are the most that anybody may wait. False: it is no number. */
static bool
read_seconds(const char *text, size_t len, int64_t *ret_seconds)
{
	int64_t seconds = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		seconds = seconds * 10 + (text[i] - '0');
		if (seconds > WAIT_MAX_S)
			seconds = WAIT_MAX_S;
	}
	*ret_seconds = seconds;
	return len > 0;
}

/* wait=N, or respond-async. What is not understood is not preferred. */
static int64_t
preferred_seconds(const char *prefer)
{
	const char *value;
	size_t      len;
	int64_t     seconds;

	if (field_prefers(prefer, "wait", &value, &len) && read_seconds(value, len, &seconds))
		return seconds;
	if (field_prefers(prefer, "respond-async", &value, &len) && len == 0)
		return 0;
	return WAIT_DEFAULT_S;
}

static void
read_prefer(struct exchange *x)
{
	struct waiting *waiting = waiting_of(x);

	waiting->seconds =
	    x->request != NULL ? preferred_seconds(http_header_in(x->request, "prefer")) : 0;
	waiting->is_async = waiting->seconds == 0;
}

void
wait_init(struct exchange *x)
{
	exchange_timer_init(x, on_waited);
	read_prefer(x);
	waiting_of(x)->tells = wait_reply;
	x->watch = (struct execution_watch){
		.on_begun = wait_begun,
		.on_steered = on_steered,
		.on_paused = on_at_rest,
		.on_ended = on_at_rest,
	};
}

void
wait_to_tell(struct exchange *x, void (*tells)(struct exchange *x, struct json_object *execution))
{
	waiting_of(x)->is_async = false;
	waiting_of(x)->tells = tells;
}

void
wait_begin(struct exchange *x)
{
	struct waiting *waiting = waiting_of(x);

	if (!waiting->is_async)
		timer_arm(api_options_of(x->api)->loop, &x->timer, waiting->seconds * US_PER_S);
}
