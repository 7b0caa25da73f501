/* SPDX-License-Identifier: Apache-2.0
 * telemetry.c - calls of providers by what came of them, executions by how they ended, and what is there now. */
#include "engine/telemetry.h"

#include <stdlib.h>

#include "engine/execution.h"
#include "util/mem.h"
#include "util/metrics.h"

#define US_PER_SECOND 1e6

struct telemetry {
	struct engine *engine;
	struct metric *ops, *ops_seconds, *ended, *there, *store_up;
};

static const struct metric_row ops_row = { METRIC_COUNTER, "mgraph_deploy_operations_total",
	"Operations that providers have answered, by kind and by what came of them.",
	{ "provider", "operation", "result" } };
static const struct metric_row ops_seconds_row = { METRIC_HISTOGRAM,
	"mgraph_deploy_operation_duration_seconds", "How long providers take to answer.",
	{ "provider", "operation" } };
static const struct metric_row ended_row = { METRIC_COUNTER, "mgraph_deploy_executions_total",
	"Executions that have come to an end in this process.", { "kind", "status" } };
static const struct metric_row there_row = { METRIC_GAUGE, "mgraph_deploy_live_executions",
	"Executions that this process holds, by how they are.", { "status" } };
static const struct metric_row store_up_row = { METRIC_GAUGE, "mgraph_deploy_store_up",
	"1 while the store is connected, else 0.", { NULL } };

static void
fill(void *arg)
{
	struct telemetry *t = arg;
	size_t            n[STATUSES_N] = { 0 };

	for (const struct execution *e = t->engine->executions; e != NULL; e = e->next)
		n[e->status]++;
	for (unsigned status = 0; status < STATUSES_N; status++)
		metric_set(t->there,
		    (const char *const[]){ execution_status_name((enum execution_status)status) },
		    (double)n[status]);
	metric_set(t->store_up, NULL, store_is_up(t->engine->options.store));
}

struct telemetry *
telemetry_create(struct engine *engine)
{
	struct metrics   *metrics = engine->options.metrics;
	struct telemetry *t;

	if (metrics == NULL)
		return NULL;
	t = xcalloc(1, sizeof(*t));
	t->engine = engine;
	t->ops = metrics_add(metrics, &ops_row);
	t->ops_seconds = metrics_add(metrics, &ops_seconds_row);
	t->ended = metrics_add(metrics, &ended_row);
	t->there = metrics_add(metrics, &there_row);
	t->store_up = metrics_add(metrics, &store_up_row);
	metrics_on_read(metrics, fill, t);
	return t;
}

void
telemetry_destroy(struct telemetry *telemetry)
{
	free(telemetry);
}

void
telemetry_op(const struct telemetry *telemetry, const struct op *op, int64_t took_us)
{
	const char *labels[] = { op->type->provider, op_kind_name(op->kind),
		op_result_name(op->result) };

	if (telemetry == NULL)
		return;
	metric_add(telemetry->ops, labels, 1);
	metric_observe(telemetry->ops_seconds, labels, (double)took_us / US_PER_SECOND);
}

void
telemetry_ended(const struct telemetry *telemetry, const struct execution *execution)
{
	if (telemetry == NULL || execution->mode == MODE_DRY_RUN)
		return;
	metric_add(telemetry->ended,
	    (const char *const[]){
		execution_kind_name(execution->kind), execution_status_name(execution->status) },
	    1);
}
