/* SPDX-License-Identifier: Apache-2.0
 * hooks.c - each webhook a small machine of its own.
 *
 *   away ──take──► here: follows ──event──► sending ──2xx──► follows, and notes how far it has come
 *     ▲              │      ▲                 │ no, or no answer
 *     │              │      │                 ▼
 *     │              │      └─ given up ─── waiting ──► sending
 *     └── another has it, or that can't be known ┘
 *
 * Whose it is is asked of the store every third of the time that it is kept for its owner, and with it is noted how far it
 * has come. While that is not answered for as long, another may have it: then nothing is sent any more. */
#include "hooks/hooks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "hooks/message.h"
#include "hooks/sign.h"
#include "net/fetch.h"
#include "util/check.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/metrics.h"
#include "util/secret.h"

#define TAKE_US        (STORE_HOOK_MS * 1000 / 3)
#define TAKE_SOON_US   1000000
#define TIMEOUT_MS     15000
#define ANSWER_MAX     (64 * 1024) /* what it says is not looked at */
#define SIGNATURES_MAX 256
#define TIMESTAMP_SIZE 24
#define LOG_QUOTE_SIZE 320
#define US_PER_S       1000000

/* Before each try but the first. */
static const int64_t delays_us[] = { 1 * US_PER_S, 5 * US_PER_S, 30 * US_PER_S, 120 * US_PER_S,
	600LL * US_PER_S, 1800LL * US_PER_S, 3600LL * US_PER_S };

struct hook {
	LIST_ENTRY(hook) entry;
	struct hooks      *hooks;
	struct hook_config config;
	struct store_op    op; /* whose is it? */
	bool               is_asking, is_here;
	bool               is_to_be_noted; /* it has come further since it was asked */
	int64_t            asked_us, sure_until_us;
	struct timer       take;
	struct feed_reader reader;
	uint64_t           told; /* up to this number of the tenant's */
	struct message     message;
	uint64_t           number; /* of the message */
	size_t             tries;
	struct fetch       fetch;
	bool               is_sending;
	char               timestamp[TIMESTAMP_SIZE];
	struct str         signatures;
	struct timer       retry;
};

struct hooks {
	struct hooks_options options;
	LIST_HEAD(, hook) items;
	struct metric *served, *messages;
};

static const struct metric_row served_row = { METRIC_GAUGE, "mgraph_deploy_webhooks",
	"Webhooks that this process serves now.", { NULL } };
static const struct metric_row messages_row = { METRIC_COUNTER,
	"mgraph_deploy_webhook_messages_total", "What became of messages that were sent.",
	{ "result" } };

static void hook_take(struct hook *hook);
static void on_answered(struct fetch *fetch);

static struct loop *
loop_of(const struct hook *hook)
{
	return hook->hooks->options.loop;
}

/* ---- sending ---- */

static void
hook_send(struct hook *hook)
{
	struct fetch *fetch = &hook->fetch;

	snprintf(hook->timestamp, sizeof(hook->timestamp), "%" PRId64,
	    loop_wall_ms(loop_of(hook)) / 1000);
	str_clear(&hook->signatures);
	for (size_t i = 0; i < HOOK_SECRETS_MAX && hook->config.secrets[i] != NULL; i++)
		sign_add(&hook->signatures, hook->config.secrets[i], hook->message.id,
		    hook->timestamp, hook->message.body);
	fetch_init(fetch, "POST", hook->config.url, on_answered);
	fetch->timeout_ms = TIMEOUT_MS;
	fetch->body_max = ANSWER_MAX;
	fetch->refuses_link = hook->config.refuses_link;
	fetch_header_add(fetch, "Content-Type", "application/json");
	fetch_header_add(fetch, "webhook-id", hook->message.id);
	fetch_header_add(fetch, "webhook-timestamp", hook->timestamp);
	fetch_header_add(fetch, "webhook-signature", hook->signatures.data);
	fetch->body = hook->message.body;
	fetch->body_len = strlen(hook->message.body);
	hook->is_sending = true;
	fetch_start(hook->hooks->options.fetcher, fetch);
}

static void
hook_count(struct hook *hook, const char *result)
{
	metric_add(hook->hooks->messages, &result, 1);
}

/* It was delivered, or given up: on to the next. */
static void
hook_go_on(struct hook *hook)
{
	hook->told = hook->number;
	message_fini(&hook->message);
	hook->is_to_be_noted = true;
	hook_take(hook);
	feed_resume(&hook->reader);
}

static void
hook_failed(struct hook *hook)
{
	char why[LOG_QUOTE_SIZE];
	bool is_over = hook->tries == array_len(delays_us);

	log_warn(is_over ? "webhook.given_up" : "webhook.failed",
	    "tenant=%s webhook=%s message=%s tries=%zu status=%d why=%s", hook->config.tenant,
	    hook->config.id, hook->message.id, hook->tries + 1, hook->fetch.status,
	    log_quote(why, sizeof(why), hook->fetch.error));
	hook_count(hook, is_over ? "given_up" : "failed");
	if (is_over)
		hook_go_on(hook);
	else
		timer_arm(loop_of(hook), &hook->retry, delays_us[hook->tries++]);
}

static void
on_answered(struct fetch *fetch)
{
	struct hook *hook = container_of(fetch, struct hook, fetch);
	bool         is_good = fetch->result == FETCH_DONE && fetch->status / 100 == 2;

	hook->is_sending = false;
	if (is_good) {
		hook_count(hook, "delivered");
		hook_go_on(hook);
	} else {
		hook_failed(hook);
	}
	fetch_fini(fetch);
}

static void
on_retry(struct timer *timer)
{
	hook_send(container_of(timer, struct hook, retry));
}

static bool
on_event(struct feed_reader *reader, uint64_t number, const char *json)
{
	struct hook *hook = container_of(reader, struct hook, reader);

	if (hook->message.body != NULL)
		return false; /* one at a time */
	if (!message_make(&hook->message, &hook->config, json)) {
		hook->told = number;
		return true;
	}
	hook->number = number;
	hook->tries = 0;
	hook_send(hook);
	return true;
}

/* ---- whose it is ---- */

static void
hook_leave(struct hook *hook)
{
	if (!hook->is_here)
		return;
	hook->is_here = false;
	feed_unfollow(&hook->reader);
	timer_disarm(loop_of(hook), &hook->retry);
	if (hook->is_sending) {
		fetch_cancel(hook->hooks->options.fetcher, &hook->fetch);
		fetch_fini(&hook->fetch);
	}
	hook->is_sending = false;
	message_fini(&hook->message);
}

static void
hook_come(struct hook *hook, uint64_t told)
{
	struct store_key key = { 0 };

	if (hook->is_here)
		return;
	hook->is_here = true;
	hook->told = told;
	memcpy(key.tenant, hook->config.tenant, sizeof(key.tenant));
	feed_follow(hook->hooks->options.feed, &hook->reader, &key, told);
}

/* In nobody's lane, whatever its tenant's is busy with: nothing of a webhook breathes. */
static void
on_taken(struct store_op *op)
{
	struct hook *hook = container_of(op, struct hook, op);

	hook->is_asking = false;
	if (op->result == STORE_OK) {
		hook->sure_until_us = hook->asked_us + STORE_HOOK_MS * 1000;
		hook_come(hook, op->seq_out);
	} else if (op->result == STORE_EXISTS ||
		   loop_now_us(loop_of(hook)) >= hook->sure_until_us) {
		hook_leave(hook);
	}
	timer_arm(loop_of(hook), &hook->take, op->result == STORE_OK ? TAKE_US : TAKE_SOON_US);
	store_op_fini(op);
	if (hook->is_to_be_noted)
		hook_take(hook);
}

static void
hook_take(struct hook *hook)
{
	if (hook->is_asking)
		return;
	hook->is_asking = true;
	hook->is_to_be_noted = false;
	hook->asked_us = loop_now_us(loop_of(hook));
	hook->op = (struct store_op){
		.verb = STORE_HOOK,
		.text = hook->config.id,
		.seq = hook->is_here ? hook->told : 0,
		.at_once = true,
		.done = on_taken,
	};
	memcpy(hook->op.key.tenant, hook->config.tenant, sizeof(hook->op.key.tenant));
	store_start(hook->hooks->options.store, &hook->op);
}

static void
on_take(struct timer *timer)
{
	hook_take(container_of(timer, struct hook, take));
}

/* ---- public ---- */

void
hook_config_fini(struct hook_config *config)
{
	for (size_t i = 0; i < HOOK_SECRETS_MAX; i++)
		secret_destroy(config->secrets[i]);
	free(config->url);
	*config = (struct hook_config){ .url = NULL };
}

static bool
is_same_secret(const struct secret *a, const struct secret *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return secret_len(a) == secret_len(b) &&
	       secret_equal(secret_open(a), secret_open(b), secret_len(a));
}

static bool
is_same(const struct hook_config *a, const struct hook_config *b)
{
	for (size_t i = 0; i < HOOK_SECRETS_MAX; i++) {
		if (!is_same_secret(a->secrets[i], b->secrets[i]))
			return false;
	}
	return str_eq(a->id, b->id) && str_eq(a->tenant, b->tenant) && str_eq(a->url, b->url) &&
	       a->types_n == b->types_n && a->refuses_link == b->refuses_link &&
	       memcmp(a->types, b->types, sizeof(a->types)) == 0;
}

static void
hook_create(struct hooks *hooks, const struct hook_config *config)
{
	struct hook *hook = xcalloc(1, sizeof(*hook));

	hook->hooks = hooks;
	hook->config = *config;
	hook->reader.on_event = on_event;
	str_init(&hook->signatures, SIGNATURES_MAX);
	timer_init(&hook->take, on_take);
	timer_init(&hook->retry, on_retry);
	timer_arm(hooks->options.loop, &hook->take, 0);
	LIST_INSERT_HEAD(&hooks->items, hook, entry);
}

static void
hook_destroy(struct hook *hook)
{
	LIST_REMOVE(hook, entry);
	hook_leave(hook);
	if (hook->is_asking)
		store_forget(hook->hooks->options.store, &hook->op);
	store_op_fini(&hook->op);
	timer_disarm(loop_of(hook), &hook->take);
	str_fini(&hook->signatures);
	hook_config_fini(&hook->config);
	free(hook);
}

static void
count_served(void *arg)
{
	struct hooks *hooks = arg;
	struct hook  *hook;
	double        n = 0;

	LIST_FOREACH(hook, &hooks->items, entry)
	n += hook->is_here;
	metric_set(hooks->served, NULL, n);
}

struct hooks *
hooks_create(const struct hooks_options *options)
{
	struct hooks *hooks = xcalloc(1, sizeof(*hooks));

	hooks->options = *options;
	LIST_INIT(&hooks->items);
	hooks->served = metrics_add(options->metrics, &served_row);
	hooks->messages = metrics_add(options->metrics, &messages_row);
	metrics_on_read(options->metrics, count_served, hooks);
	return hooks;
}

/* Is it among them? Then that one is taken out. */
static bool
take_same(const struct hook *hook, struct hook_config *configs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (configs[i].url != NULL && is_same(&hook->config, &configs[i])) {
			hook_config_fini(&configs[i]);
			return true;
		}
	}
	return false;
}

void
hooks_set(struct hooks *hooks, struct hook_config *configs, size_t n)
{
	struct hook *hook, *next;

	for (hook = LIST_FIRST(&hooks->items); hook != NULL; hook = next) {
		next = LIST_NEXT(hook, entry);
		if (!take_same(hook, configs, n))
			hook_destroy(hook);
	}
	for (size_t i = 0; i < n; i++) {
		if (configs[i].url != NULL)
			hook_create(hooks, &configs[i]);
	}
}

void
hooks_destroy(struct hooks *hooks)
{
	if (hooks == NULL)
		return;
	hooks_set(hooks, NULL, 0);
	free(hooks);
}
