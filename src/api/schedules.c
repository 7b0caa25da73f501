/* SPDX-License-Identifier: Apache-2.0
 * schedules.c - each schedule has a timer; each run is an exchange that no client waits for, by the ways of any verify:
 *
 *   timer ─► last graph ─► does anybody run the deployment? ─► how it was found before ─► verify ─► record, and perhaps an event
 *
 * The credentials are lent to the run, and taken back from it. */
#include "api/schedules.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/admit.h"
#include "api/answer.h"
#include "api/credentials.h"
#include "api/exchange.h"
#include "api/load.h"
#include "api/routes.h"
#include "api/verified.h"
#include "plan/verify.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/rng.h"
#include "util/stamp.h"

#define OF_A_TENANT_MAX  100
#define SCHEDULE_LEAST_S 5
#define SCHEDULE_MOST_S  (7 * 86400)
#define US_PER_S         1000000
#define US_PER_MS        1000
#define JITTER_PART      10 /* a tenth of the interval, before or after */
#define STAMP_MAX        64
#define TAG_SIZE         19
#define WHY_MAX          512

struct schedule {
	struct schedules   *owner;
	struct schedule    *next, **at;
	char                tenant[STORE_TENANT_SIZE];
	char                key_id[KEY_ID_SIZE]; /* whose it is */
	char                deployment[STORE_DEPLOYMENT_SIZE];
	int64_t             every_s;
	bool                by_tags;
	char                tag[TAG_SIZE]; /* of what was asked for, an ETag */
	struct keyring      keyring;       /* but while a run has it */
	struct timer        timer;
	int64_t             next_ms;
	int64_t             runs;
	struct exchange    *run;          /* NULL: none is under way */
	struct json_object *before;       /* of the run: how it was found */
	uint64_t            seq;          /* of the run: the number of the last event */
	struct json_object *record;       /* of the last run that got to its end; NULL: none has */
	char                why[WHY_MAX]; /* the last one did not get there */
};

struct schedules {
	struct api      *api;
	struct schedule *first;
	struct rng       rng;
};

static struct loop *
loop_of(const struct schedules *schedules)
{
	return api_options_of(schedules->api)->loop;
}

/* ---- a run ---- */

struct run {
	struct exchange_part part;
	struct schedule     *schedule;
	struct json_object  *record, *event; /* what is kept, and told; owned */
	struct store_item    item;           /* of the event */
};

static void
fini_run(struct exchange_part *part)
{
	json_put(((struct run *)part)->record);
	json_put(((struct run *)part)->event);
}

static const struct exchange_part_type run_type = { sizeof(struct run), NULL, fini_run };

static struct run *
run_of(struct exchange *x)
{
	return exchange_part(x, &run_type);
}

static void
end_run(struct schedule *s, const char *why)
{
	struct exchange *x = s->run;

	s->run = NULL;
	s->runs++;
	snprintf(s->why, sizeof(s->why), "%s", why);
	json_put(s->before);
	s->before = NULL;
	keyring_take(&s->keyring, &x->start.keyring);
	exchange_end(x);
}

/* It was answered before it came to its end: that is why. The exchange ends by itself. */
static void
on_refused(struct exchange *x, struct json_object *problem)
{
	struct schedule *s = run_of(x)->schedule;
	const char      *detail = json_get_str(problem, "detail");

	s->run = NULL;
	s->runs++;
	snprintf(s->why, sizeof(s->why), "%s%s%s", json_get_str(problem, "title"),
	    detail != NULL ? ": " : "", detail != NULL ? detail : "");
	json_put(s->before);
	s->before = NULL;
	keyring_take(&s->keyring, &x->start.keyring);
}

static void
on_kept(struct exchange *x)
{
	struct schedule *s = run_of(x)->schedule;
	bool             has_event = x->op.events_n > 0;

	if (x->op.result == STORE_OK) {
		if (has_event)
			feed_announce(api_options_of(x->api)->feed, &x->key, x->op.seq + 1);
		json_put(s->record);
		s->record = json_object_get(run_of(x)->record);
	}
	end_run(
	    s, x->op.result == STORE_OK ? "" : "the deployment was changed while it was looked at");
}

static void
keep(struct exchange *x, struct json_object *record, struct json_object *event)
{
	struct run *run = run_of(x);

	run->record = record;
	run->event = event;
	run->item.text = event != NULL ? json_text(event) : NULL;
	exchange_ask_op(x,
	    &(struct store_op){
		.verb = STORE_VERIFIED_PUT,
		.text = json_text(record),
		.seq = run->schedule->seq,
		.events = &run->item,
		.events_n = event != NULL,
	    },
	    on_kept);
}

static void
on_ended(struct execution_watch *watch, struct execution *execution)
{
	struct exchange    *x = container_of(watch, struct exchange, watch);
	struct schedule    *s = run_of(x)->schedule;
	struct json_object *answer, *record, *event;

	execution_give_back(execution, &s->keyring);
	answer =
	    verify_to_json(x->graph, execution_actions(execution), execution_warnings(execution));
	record =
	    verified_record(answer, s->by_tags ? "tags" : "full", loop_wall_ms(loop_of(s->owner)));
	event = verified_event(answer, record, s->before, s->seq + 1);
	json_put(answer);
	keep(x, record, event);
}

static void
on_begun(struct execution_watch *watch, struct execution *execution, const struct err *err)
{
	(void)execution;
	if (err != NULL)
		reply_err(container_of(watch, struct exchange, watch), err);
}

static void
launch(struct exchange *x)
{
	struct schedule *s = run_of(x)->schedule;
	struct err       err;

	s->before = json_read(x->op.text_out, strlen(x->op.text_out), NULL);
	s->seq = x->op.seq_out;
	if (admit_execution(x, true, &err) != ERR_OK) {
		reply_err(x, &err);
		return;
	}
	x->graph = graph_create(x->spec, false);
	x->start.spec = spec_ref(x->spec);
	x->start.actor = x->key_id;
	keyring_take(&x->start.keyring, &s->keyring);
	if (engine_start(api_options_of(x->api)->engine, &x->start, &x->watch, &err) != ERR_OK)
		reply_err(x, &err);
}

static void
on_holder(struct exchange *x)
{
	if (x->op.result == STORE_OK)
		end_run(run_of(x)->schedule, "an execution of the deployment runs");
	else
		exchange_ask(x, STORE_VERIFIED_GET, NULL, launch);
}

static void
on_graph(struct exchange *x)
{
	exchange_ask(x, STORE_HOLDER, NULL, on_holder);
}

static void
begin_run(struct schedule *s)
{
	struct exchange *x = exchange_create(s->owner->api, NULL);
	struct err       err;

	s->run = x;
	run_of(x)->schedule = s;
	x->answered = on_refused;
	memcpy(x->tenant, s->tenant, sizeof(x->tenant));
	memcpy(x->key_id, s->key_id, sizeof(x->key_id));
	x->watch = (struct execution_watch){ .on_begun = on_begun, .on_ended = on_ended };
	x->start.kind = EXECUTION_VERIFY;
	x->start.by_tags = s->by_tags;
	x->start.mode = MODE_DRY_RUN;
	x->start.on_failure = ON_FAILURE_CONTINUE;
	if (!admit_tenant(x, s->tenant)) {
		err_set(&err, ERR_UNAUTHORIZED, "nobody has a key of tenant \"%s\" any more",
		    s->tenant);
		reply_err(x, &err);
		return;
	}
	load_last_spec(x, s->deployment, on_graph);
}

static void
arm(struct schedule *s, int64_t wait_us)
{
	struct loop *loop = loop_of(s->owner);

	s->next_ms = loop_wall_ms(loop) + wait_us / US_PER_MS;
	timer_arm(loop, &s->timer, wait_us);
}

/* Not all at once, though they may have been asked for at once. */
static void
on_timer(struct timer *timer)
{
	struct schedule *s = container_of(timer, struct schedule, timer);
	int64_t          every_us = s->every_s * US_PER_S, part = every_us / JITTER_PART;

	if (s->run == NULL)
		begin_run(s);
	arm(s, every_us - part + (int64_t)rng_below(&s->owner->rng, (uint64_t)part * 2 + 1));
}

/* ---- all of them ---- */

static void
schedule_end(struct schedule *s)
{
	struct exchange *x = s->run;

	timer_disarm(loop_of(s->owner), &s->timer);
	if (x != NULL) {
		s->run = NULL;
		exchange_end(x);
	}
	*s->at = s->next;
	if (s->next != NULL)
		s->next->at = s->at;
	keyring_fini(&s->keyring);
	json_put(s->before);
	json_put(s->record);
	free(s);
}

struct schedules *
schedules_create(struct api *api)
{
	struct schedules *schedules = xcalloc(1, sizeof(*schedules));

	schedules->api = api;
	rng_init(&schedules->rng, (uint64_t)loop_now_us(loop_of(schedules)));
	return schedules;
}

void
schedules_destroy(struct schedules *schedules)
{
	if (schedules == NULL)
		return;
	while (schedules->first != NULL)
		schedule_end(schedules->first);
	free(schedules);
}

static struct schedule *
find(const struct schedules *schedules, const char *tenant, const char *deployment)
{
	for (struct schedule *s = schedules->first; s != NULL; s = s->next) {
		if (str_eq(s->tenant, tenant) && str_eq(s->deployment, deployment))
			return s;
	}
	return NULL;
}

static size_t
count(const struct schedules *schedules, const char *tenant)
{
	size_t n = 0;

	for (const struct schedule *s = schedules->first; s != NULL; s = s->next)
		n += str_eq(s->tenant, tenant);
	return n;
}

/* ---- as the API shows them ---- */

static void
set_time(struct json_object *json, const char *name, int64_t ms)
{
	struct str text;

	str_init(&text, STAMP_MAX);
	stamp_add(&text, STAMP_RFC3339, ms);
	json_set_str(json, name, text.data);
	str_fini(&text);
}

static struct json_object *
show(const struct schedule *s)
{
	struct json_object *json = json_object_new_object();

	json_set_str(json, "deployment_id", s->deployment);
	json_set_i64(json, "every_seconds", s->every_s);
	json_set_str(json, "depth", s->by_tags ? "tags" : "full");
	json_set_str(json, "actor", s->key_id);
	json_set_bool(json, "running", s->run != NULL);
	set_time(json, "next_at", s->next_ms);
	json_set_i64(json, "runs", s->runs);
	if (s->why[0] != '\0')
		json_set_str(json, "reason", s->why);
	if (s->record != NULL)
		json_set(json, "verified", json_object_get(s->record));
	return json;
}

/* "90s", "5m", "1h", "1d", as the schema has it. */
static int64_t
read_every(struct json_object *body)
{
	static const struct {
		char    unit;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	const char *text = json_get_str(body, "every");
	char       *end;
	int64_t     n;

	if (text == NULL)
		return json_get_i64(body, "every_seconds", 0);
	n = strtoll(text, &end, 10);
	for (size_t i = 0; i < array_len(units); i++) {
		if (*end == units[i].unit)
			return n * units[i].seconds;
	}
	return 0;
}

/* Its tag is of what was asked for: that a run was made changes nothing of it. */
static void
reply_schedule(struct exchange *x, const struct schedule *s)
{
	memcpy(x->out.etag, s->tag, sizeof(s->tag));
	reply_json(x, 200, show(s));
}

/* The one of this deployment begins anew. */
static void
on_opened(struct exchange *x)
{
	struct schedules *schedules = api_schedules(x->api);
	struct schedule  *s = find(schedules, x->tenant, x->spec->deployment_id);
	struct err        err;

	if (!answer_may_change(x, s != NULL ? s->tag : NULL))
		return;
	if (s != NULL)
		schedule_end(s);
	if (count(schedules, x->tenant) == OF_A_TENANT_MAX) {
		err_set(&err, ERR_CONFLICT, "a tenant has at most %d schedules", OF_A_TENANT_MAX);
		reply_err(x, &err);
		return;
	}
	s = xcalloc(1, sizeof(*s));
	s->owner = schedules;
	s->next = schedules->first;
	s->at = &schedules->first;
	if (s->next != NULL)
		s->next->at = &s->next;
	schedules->first = s;
	memcpy(s->tenant, x->tenant, sizeof(s->tenant));
	memcpy(s->key_id, x->key_id, sizeof(s->key_id));
	snprintf(s->deployment, sizeof(s->deployment), "%s", x->spec->deployment_id);
	s->every_s = read_every(x->body);
	s->by_tags = str_eq(json_get_str(x->body, "depth"), "tags");
	keyring_take(&s->keyring, &x->start.keyring);
	snprintf(s->tag, sizeof(s->tag), "\"%016" PRIx64 "\"", rng_next(&schedules->rng));
	timer_init(&s->timer, on_timer);
	timer_set_lane(api_options_of(x->api)->loop, &s->timer, lane_of(x->tenant));
	arm(s, 0);
	reply_schedule(x, s);
}

static void
on_spec(struct exchange *x)
{
	credentials_open(
	    x, json_get_object(x->body, "credentials"), "/credentials", false, on_opened);
}

void
handle_schedule(struct exchange *x)
{
	const struct schedule *s =
	    find(api_schedules(x->api), x->tenant, json_get_str(x->body, "deployment_id"));
	int64_t every_s = read_every(x->body);
	char    why[80];

	if (!answer_may_change(x, s != NULL ? s->tag : NULL))
		return;
	if (every_s < SCHEDULE_LEAST_S || every_s > SCHEDULE_MOST_S) {
		snprintf(why, sizeof(why), "a schedule is due every %d seconds to %d days",
		    SCHEDULE_LEAST_S, SCHEDULE_MOST_S / 86400);
		reply_problem_at(x, "/every", "out_of_range", why);
		return;
	}
	load_last_spec(x, json_get_str(x->body, "deployment_id"), on_spec);
}

void
handle_schedules(struct exchange *x)
{
	struct json_object *json = json_object_new_object(), *list = json_object_new_array();

	for (struct schedule *s = api_schedules(x->api)->first; s != NULL; s = s->next) {
		if (str_eq(s->tenant, x->tenant))
			json_object_array_add(list, show(s));
	}
	json_set(json, "schedules", list);
	reply_json(x, 200, json);
}

/* Of the path; NULL: there is none, and that was answered. */
static struct schedule *
find_named(struct exchange *x)
{
	struct schedule *s = find(api_schedules(x->api), x->tenant, x->parameter);
	struct err       err;

	if (s == NULL) {
		err_set(&err, ERR_NOT_FOUND, "there is no schedule of \"%s\" in this process",
		    x->parameter);
		reply_err(x, &err);
	}
	return s;
}

void
handle_schedule_of(struct exchange *x)
{
	const struct schedule *s = find_named(x);

	if (s != NULL)
		reply_schedule(x, s);
}

void
handle_schedule_end(struct exchange *x)
{
	struct schedule    *s = find_named(x);
	struct json_object *json;

	if (s == NULL || !answer_may_change(x, s->tag))
		return;
	json = show(s);
	schedule_end(s);
	reply_json(x, 200, json);
}
