/* SPDX-License-Identifier: Apache-2.0
 * metrics.c - families, their series by the text of their labels, and how they are written. */
#include "util/metrics.h"

#include <inttypes.h>
#include <json-c/linkhash.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/check.h"
#include "util/mem.h"

#define FILLS_MAX  8
#define LABELS_LEN 1024
#define WHOLE_MOST 1e15 /* written with all their digits */

/* Upper bounds in seconds: a call on the host, one to a cloud, one that is slow, what takes its time. */
static const double bounds[] = { 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
	10, 30, 60 };

struct series {
	struct series *next;
	char          *labels; /* as they are written: `a="b",c="d"` */
	double         value;  /* of a histogram: the sum */
	uint64_t       n, in[array_len(bounds)];
};

struct metric {
	struct metrics          *of;
	struct metric           *next;
	const struct metric_row *row;
	struct lh_table         *by_labels;
	struct series           *first, **last;
	size_t                   n;
};

struct metrics {
	struct metric *first, **last;
	struct metric *dropped;
	struct {
		void (*fill)(void *arg);
		void *arg;
	} fills[FILLS_MAX];
	size_t fills_n;
};

static const struct metric_row dropped_row = { METRIC_COUNTER,
	"mgraph_deploy_metrics_dropped_total", "What was told of too many series, by family.",
	{ "family" } };

struct metrics *
metrics_create(void)
{
	struct metrics *metrics = xcalloc(1, sizeof(*metrics));

	metrics->last = &metrics->first;
	metrics->dropped = metrics_add(metrics, &dropped_row);
	return metrics;
}

static void
metric_destroy(struct metric *metric)
{
	struct series *series;

	while ((series = metric->first) != NULL) {
		metric->first = series->next;
		free(series->labels);
		free(series);
	}
	lh_table_free(metric->by_labels);
	free(metric);
}

void
metrics_destroy(struct metrics *metrics)
{
	struct metric *metric;

	if (metrics == NULL)
		return;
	while ((metric = metrics->first) != NULL) {
		metrics->first = metric->next;
		metric_destroy(metric);
	}
	free(metrics);
}

void
metrics_on_read(struct metrics *metrics, void (*fill)(void *arg), void *arg)
{
	if (metrics == NULL)
		return;
	must(metrics->fills_n < FILLS_MAX);
	metrics->fills[metrics->fills_n].fill = fill;
	metrics->fills[metrics->fills_n++].arg = arg;
}

/* ---- series ---- */

static void
add_escaped(struct str *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			str_add(out, "\\n");
		else if (*text == '"' || *text == '\\')
			str_addf(out, "\\%c", *text);
		else
			str_add_char(out, *text);
	}
}

static void
add_labels(const struct metric *metric, const char *const *values, struct str *out)
{
	for (size_t i = 0; i < METRIC_LABELS_MAX && metric->row->labels[i] != NULL; i++) {
		str_addf(out, "%s%s=\"", i > 0 ? "," : "", metric->row->labels[i]);
		add_escaped(out, values[i] != NULL ? values[i] : "");
		str_add_char(out, '"');
	}
}

static struct series *
series_make(struct metric *metric, const char *labels)
{
	struct series *series;

	if (metric->n >= METRIC_SERIES_MAX) {
		metric_add(metric->of->dropped, (const char *const[]){ metric->row->name }, 1);
		return NULL;
	}
	series = xcalloc(1, sizeof(*series));
	series->labels = xstrdup(labels);
	must(lh_table_insert(metric->by_labels, series->labels, series) == 0);
	*metric->last = series;
	metric->last = &series->next;
	metric->n++;
	return series;
}

/* NULL: there is none, and no room for it. */
static struct series *
series_of(struct metric *metric, const char *const *values)
{
	struct str labels;
	void      *series = NULL;

	if (metric == NULL)
		return NULL;
	str_init(&labels, LABELS_LEN);
	add_labels(metric, values, &labels);
	if (!lh_table_lookup_ex(metric->by_labels, labels.data, &series))
		series = series_make(metric, labels.data);
	str_fini(&labels);
	return series;
}

struct metric *
metrics_add(struct metrics *metrics, const struct metric_row *row)
{
	struct metric *metric;

	if (metrics == NULL)
		return NULL;
	metric = xcalloc(1, sizeof(*metric));
	metric->of = metrics;
	metric->row = row;
	metric->by_labels = lh_kchar_table_new(16, NULL);
	must(metric->by_labels != NULL);
	metric->last = &metric->first;
	*metrics->last = metric;
	metrics->last = &metric->next;
	if (row->labels[0] == NULL) /* it is there, and 0, before anything was told */
		(void)series_of(metric, NULL);
	return metric;
}

void
metric_add(struct metric *metric, const char *const *values, double by)
{
	struct series *series = series_of(metric, values);

	if (series != NULL)
		series->value += by;
}

void
metric_set(struct metric *metric, const char *const *values, double value)
{
	struct series *series = series_of(metric, values);

	if (series != NULL)
		series->value = value;
}

void
metric_observe(struct metric *metric, const char *const *values, double seconds)
{
	struct series *series = series_of(metric, values);

	if (series == NULL)
		return;
	must(metric->row->kind == METRIC_HISTOGRAM);
	series->value += seconds;
	series->n++;
	for (size_t i = 0; i < array_len(bounds); i++)
		series->in[i] += seconds <= bounds[i];
}

/* ---- writing ---- */

static void
write_line(struct str *out, const char *name, const char *suffix, const char *labels, double value)
{
	str_addf(out, "%s%s", name, suffix);
	if (labels[0] != '\0')
		str_addf(out, "{%s}", labels);
	if (value > -WHOLE_MOST && value < WHOLE_MOST && value == (double)(int64_t)value)
		str_addf(out, " %.0f\n", value);
	else
		str_addf(out, " %.15g\n", value);
}

static void
write_bucket(struct str *out, const char *name, const char *labels, const char *bound, uint64_t n)
{
	str_addf(out, "%s_bucket{%s%sle=\"%s\"} %" PRIu64 "\n", name, labels,
	    labels[0] != '\0' ? "," : "", bound, n);
}

static void
write_histogram(struct str *out, const char *name, const struct series *series)
{
	char bound[32];

	for (size_t i = 0; i < array_len(bounds); i++) {
		snprintf(bound, sizeof(bound), "%g", bounds[i]);
		write_bucket(out, name, series->labels, bound, series->in[i]);
	}
	write_bucket(out, name, series->labels, "+Inf", series->n);
	write_line(out, name, "_sum", series->labels, series->value);
	write_line(out, name, "_count", series->labels, (double)series->n);
}

void
metrics_write(struct metrics *metrics, struct str *out)
{
	static const char *const kinds[] = { [METRIC_COUNTER] = "counter",
		[METRIC_GAUGE] = "gauge",
		[METRIC_HISTOGRAM] = "histogram" };

	for (size_t i = 0; i < metrics->fills_n; i++)
		metrics->fills[i].fill(metrics->fills[i].arg);
	for (const struct metric *m = metrics->first; m != NULL; m = m->next) {
		const char *name = m->row->name;

		str_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, m->row->help, name,
		    kinds[m->row->kind]);
		for (const struct series *series = m->first; series != NULL;
		     series = series->next) {
			if (m->row->kind == METRIC_HISTOGRAM)
				write_histogram(out, name, series);
			else
				write_line(out, name, "", series->labels, series->value);
		}
	}
}
