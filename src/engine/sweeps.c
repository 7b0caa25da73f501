/* SPDX-License-Identifier: Apache-2.0
 * sweeps.c - a short list of questions, each asked by the first node that wants to know. */
#include "engine/sweeps.h"

#include <stdlib.h>
#include <string.h>

#include "engine/node_states.h"
#include "util/check.h"
#include "util/json.h"
#include "util/log.h"
#include "util/mem.h"

#define US_PER_MS   1000
#define WARNING_MAX 1024

struct question {
	struct sweeps   *sweeps;
	struct question *next;
	struct provider *provider;
	struct sweep     ask;
	struct timer     again;
	unsigned         tries[OP_RESULTS_N];
	struct json_object
	    *by_node; /* node id -> array of its hits; NULL: no answer, yet or at all */
	bool answered;
};

struct sweeps {
	struct execution   *execution;
	struct question    *questions;
	struct json_object *warnings;
	const char         *otherwise; /* what follows where a question is refused */
	size_t              asking_n;  /* questions that are not answered yet */
};

/* ---- the answer ---- */

static void
wake_all(struct execution *e)
{
	for (size_t v = 0; v < e->graph->n; v++) {
		if (e->nodes[v].state == NODE_RESOLVING)
			node_wake(&e->nodes[v]);
	}
	execution_wake(e);
}

static void
add_hit(struct json_object *by_node, struct json_object *hit)
{
	struct json_object *tags = json_get_object(hit, "tags");
	const char         *node_id = json_get_str(tags, IDENTITY_NODE_TAG);
	struct json_object *hits = json_get(by_node, node_id != NULL ? node_id : "");

	if (hits == NULL) {
		hits = json_object_new_array();
		json_set(by_node, node_id != NULL ? node_id : "", hits);
	}
	json_object_array_add(hits, json_object_get(hit));
}

static void
take_hits(struct question *q)
{
	q->by_node = json_object_new_object();
	for (size_t i = 0; i < json_object_array_length(q->ask.hits); i++)
		add_hit(q->by_node, json_object_array_get_idx(q->ask.hits, i));
}

static void
warn(struct question *q)
{
	struct str text;

	str_init(&text, WARNING_MAX);
	str_addf(&text, "what there is in %s of %s can't be asked for as a whole, so %s: %s%s%s",
	    *q->ask.region != '\0' ? q->ask.region : "all regions", q->provider->name,
	    q->sweeps->otherwise, q->ask.code, *q->ask.code != '\0' ? ": " : "", q->ask.message);
	log_warn("sweep", "graph=%s why=\"%s\"", q->sweeps->execution->key.graph, text.data);
	json_object_array_add(q->sweeps->warnings, json_string(text.data, text.len));
	str_fini(&text);
}

static void
on_answered(struct sweep *ask)
{
	struct question  *q = container_of(ask, struct question, ask);
	struct execution *e = q->sweeps->execution;

	if (ask->result != OP_OK && retry_is_worth_it(ask->result, q->tries[ask->result])) {
		timer_arm(execution_loop(e), &q->again,
		    US_PER_MS * retry_wait_ms(
				    e, ask->result, q->tries[ask->result]++, ask->retry_after_ms));
		return;
	}
	q->answered = true;
	q->sweeps->asking_n--;
	if (ask->result == OP_OK)
		take_hits(q);
	else
		warn(q);
	sweep_fini(ask);
	wake_all(e);
}

/* ---- the question ---- */

static void
ask(struct question *q)
{
	sweep_fini(&q->ask);
	q->ask.result = OP_PENDING;
	q->ask.retry_after_ms = 0;
	q->provider->start_sweep(q->provider, &q->ask);
}

static void
on_again(struct timer *timer)
{
	ask(container_of(timer, struct question, again));
}

static struct question *
question_create(struct sweeps *sweeps, struct provider *provider, const struct sweep *about)
{
	struct question *q = xcalloc(1, sizeof(*q));

	q->sweeps = sweeps;
	q->next = sweeps->questions;
	sweeps->questions = q;
	q->provider = provider;
	q->ask = *about;
	q->ask.done = on_answered;
	timer_init(&q->again, on_again);
	timer_set_lane(execution_loop(sweeps->execution), &q->again, sweeps->execution->task.lane);
	q->answered = provider->start_sweep == NULL;
	if (!q->answered) {
		sweeps->asking_n++;
		ask(q);
	}
	return q;
}

static struct question *
question_of(struct sweeps *sweeps, const struct node *node)
{
	const struct execution *e = sweeps->execution;
	const struct spec_node *spec = node_spec(node);
	struct provider        *provider = execution_provider(e, spec->type);
	struct sweep            about = {
			   .credentials = execution_credentials(e, spec),
			   .tenant = e->key.tenant,
			   .deployment_id = e->key.deployment,
			   .region = graph_region(e->graph, node_vertex(node)),
	};

	for (struct question *q = sweeps->questions; q != NULL; q = q->next) {
		if (q->provider == provider && q->ask.credentials == about.credentials &&
		    strcmp(q->ask.region, about.region) == 0)
			return q;
	}
	return question_create(sweeps, provider, &about);
}

bool
sweeps_are_answered(struct sweeps *sweeps, const struct node *node)
{
	return question_of(sweeps, node)->answered;
}

struct json_object *
sweeps_tags(struct sweeps *sweeps, const struct node *node)
{
	const struct identity *identity = &node->work->identity;
	struct json_object *hits = json_get(question_of(sweeps, node)->by_node, identity->node_id);
	struct json_object *tags;

	if (hits == NULL || json_object_array_length(hits) != 1)
		return NULL;
	tags = json_get_object(json_object_array_get_idx(hits, 0), "tags");
	return identity_owns(identity, tags) ? tags : NULL;
}

struct json_object *
sweeps_warnings(const struct sweeps *sweeps)
{
	return sweeps->warnings;
}

bool
sweeps_are_all_answered(struct sweeps *sweeps)
{
	const struct execution *e = sweeps->execution;

	for (size_t v = 0; v < e->graph->n; v++)
		(void)question_of(sweeps, &e->nodes[v]);
	return sweeps->asking_n == 0;
}

void
sweeps_each(const struct sweeps *sweeps, swept_fn *tell, void *arg)
{
	for (const struct question *q = sweeps->questions; q != NULL; q = q->next) {
		const struct swept swept = {
			.provider = q->provider,
			.account = keyring_account(&sweeps->execution->keyring, q->ask.credentials),
			.region = q->ask.region,
			.by_node = q->by_node,
		};

		tell(arg, &swept);
	}
}

/* ---- the whole ---- */

struct sweeps *
sweeps_create(struct execution *execution, const char *otherwise)
{
	struct sweeps *sweeps = xcalloc(1, sizeof(*sweeps));

	sweeps->execution = execution;
	sweeps->otherwise = otherwise;
	sweeps->warnings = json_object_new_array();
	return sweeps;
}

static void
question_destroy(struct question *q)
{
	if (!q->answered)
		q->provider->cancel_sweep(q->provider, &q->ask);
	sweep_fini(&q->ask);
	timer_disarm(execution_loop(q->sweeps->execution), &q->again);
	json_object_put(q->by_node);
	free(q);
}

void
sweeps_destroy(struct sweeps *sweeps)
{
	if (sweeps == NULL)
		return;
	while (sweeps->questions != NULL) {
		struct question *q = sweeps->questions;

		sweeps->questions = q->next;
		question_destroy(q);
	}
	json_object_put(sweeps->warnings);
	free(sweeps);
}
