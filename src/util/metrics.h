/* SPDX-License-Identifier: Apache-2.0
 *
 * metrics.h - numbers about the process for those who watch it, as Prometheus reads them (text exposition format 0.0.4,
 * https://prometheus.io/docs/instrumenting/exposition_formats/).
 *
 * A family has a name, and a series for each combination of its labels' values; past METRIC_SERIES_MAX of them what is
 * told is dropped, and that is counted: labels are for few values, never for what a client can choose. Without a registry
 * (NULL) all of it does nothing.
 */
#ifndef UTIL_METRICS_H
#define UTIL_METRICS_H

#include <stddef.h>

#include "util/str.h"

#define METRIC_LABELS_MAX 4
#define METRIC_SERIES_MAX 1000
#define METRICS_TYPE      "text/plain"
#define METRICS_FORMAT    METRICS_TYPE "; version=0.0.4; charset=utf-8"

struct metrics;
struct metric;

enum metric_kind {
	METRIC_COUNTER,  /* only grows; its name ends in _total */
	METRIC_GAUGE,    /* is what it is now */
	METRIC_HISTOGRAM /* of seconds */
};

/* Borrowed for good: names are literals. */
struct metric_row {
	enum metric_kind kind;
	const char      *name, *help;
	const char      *labels[METRIC_LABELS_MAX]; /* NULL: no more */
};

struct metrics *metrics_create(void);
void            metrics_destroy(struct metrics *metrics);

/* Owned by the registry; NULL without one. Families are told of in the order in which they were added. */
struct metric *metrics_add(struct metrics *metrics, const struct metric_row *row);

/* Called before each read: gauges that nobody keeps are set there. */
void metrics_on_read(struct metrics *metrics, void (*fill)(void *arg), void *arg);

/* Of the series with these values, as many as there are labels. */
void metric_add(struct metric *metric, const char *const *values, double by);
void metric_set(struct metric *metric, const char *const *values, double value);
void metric_observe(struct metric *metric, const char *const *values, double seconds);

/* All that is known, as text. */
void metrics_write(struct metrics *metrics, struct str *out);

#endif
