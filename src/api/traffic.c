/* SPDX-License-Identifier: Apache-2.0
 * traffic.c - a counter, a histogram and a gauge. */
#include "api/traffic.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/exchange.h"
#include "api/routes.h"
#include "util/mem.h"
#include "util/metrics.h"

#define US_PER_SECOND 1e6

struct traffic {
	struct metric *requests, *seconds, *streams;
};

static const struct metric_row requests_row = { METRIC_COUNTER, "mgraph_deploy_http_requests_total",
	"Requests, by route and status; of 0: the client went away before it was answered.",
	{ "method", "route", "status" } };
static const struct metric_row seconds_row = { METRIC_HISTOGRAM,
	"mgraph_deploy_http_request_duration_seconds",
	"From a request to its answer, with what a client has asked to be waited for; of streams, "
	"to their end.",
	{ "method", "route" } };
static const struct metric_row streams_row = { METRIC_GAUGE, "mgraph_deploy_streams",
	"Clients that follow events.", { NULL } };

struct traffic *
traffic_create(struct metrics *metrics)
{
	struct traffic *traffic;

	if (metrics == NULL)
		return NULL;
	traffic = xcalloc(1, sizeof(*traffic));
	traffic->requests = metrics_add(metrics, &requests_row);
	traffic->seconds = metrics_add(metrics, &seconds_row);
	traffic->streams = metrics_add(metrics, &streams_row);
	return traffic;
}

void
traffic_destroy(struct traffic *traffic)
{
	free(traffic);
}

void
traffic_ended(const struct traffic *traffic, const struct exchange *x)
{
	int64_t     now_us = loop_now_us(api_options_of(x->api)->loop);
	char        status[16];
	const char *labels[3];

	if (traffic == NULL || x->began_us == 0)
		return;
	snprintf(status, sizeof(status), "%d", x->status);
	labels[0] = x->route != NULL ? x->route->method : "other";
	labels[1] = x->route != NULL ? x->route->path : "other";
	labels[2] = status;
	metric_add(traffic->requests, labels, 1);
	metric_observe(traffic->seconds, labels, (double)(now_us - x->began_us) / US_PER_SECOND);
}

void
traffic_refused(const struct traffic *traffic, int status)
{
	char        text[16];
	const char *labels[] = { "other", "other", text };

	snprintf(text, sizeof(text), "%d", status);
	if (traffic != NULL)
		metric_add(traffic->requests, labels, 1);
}

void
traffic_streams(const struct traffic *traffic, int by)
{
	if (traffic != NULL)
		metric_add(traffic->streams, NULL, by);
}
