/* SPDX-License-Identifier: Apache-2.0
 * test_metrics.c - how series are kept apart, bounded and written. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "util/metrics.h"

static const struct metric_row asked = { METRIC_COUNTER, "asked_total", "Asked.",
	{ "who", "how" } };
static const struct metric_row there = { METRIC_GAUGE, "there", "There.", { NULL } };
static const struct metric_row took = { METRIC_HISTOGRAM, "took_seconds", "Took.", { "who" } };

static struct metrics *metrics;
static struct str      text;

static void
setup(void)
{
	metrics = metrics_create();
	str_init(&text, 1 << 20);
}

static void
teardown(void)
{
	metrics_destroy(metrics);
	str_fini(&text);
}

static void
is_told(const char *line)
{
	str_clear(&text);
	metrics_write(metrics, &text);
	ck_assert_msg(strstr(text.data, line) != NULL, "%s is not in %s", line, text.data);
}

START_TEST(each_combination_of_values_is_a_series)
{
	struct metric *metric = metrics_add(metrics, &asked);

	metric_add(metric, (const char *const[]){ "a", "b" }, 1);
	metric_add(metric, (const char *const[]){ "a", "b" }, 2);
	metric_add(metric, (const char *const[]){ "a", NULL }, 0.5);
	is_told("# HELP asked_total Asked.\n# TYPE asked_total counter\n"
		"asked_total{who=\"a\",how=\"b\"} 3\nasked_total{who=\"a\",how=\"\"} 0.5\n");
}
END_TEST

START_TEST(values_can_not_end_their_quotes)
{
	metric_add(metrics_add(metrics, &asked), (const char *const[]){ "a\"} 9\nx\\", "" }, 1);
	is_told("asked_total{who=\"a\\\"} 9\\nx\\\\\",how=\"\"} 1\n");
}
END_TEST

START_TEST(a_gauge_is_what_it_was_set_to_last)
{
	struct metric *metric = metrics_add(metrics, &there);

	metric_set(metric, NULL, 7);
	metric_add(metric, NULL, -2);
	is_told("# TYPE there gauge\nthere 5\n");
	metric_set(metric, NULL, 1795882558.301);
	is_told("there 1795882558.301\n");
}
END_TEST

START_TEST(a_histogram_counts_upwards)
{
	struct metric *metric = metrics_add(metrics, &took);

	metric_observe(metric, (const char *const[]){ "x" }, 0.003);
	metric_observe(metric, (const char *const[]){ "x" }, 0.01);
	metric_observe(metric, (const char *const[]){ "x" }, 100);
	is_told("took_seconds_bucket{who=\"x\",le=\"0.0025\"} 0\n"
		"took_seconds_bucket{who=\"x\",le=\"0.005\"} 1\n"
		"took_seconds_bucket{who=\"x\",le=\"0.01\"} 2\n");
	is_told("took_seconds_bucket{who=\"x\",le=\"60\"} 2\n"
		"took_seconds_bucket{who=\"x\",le=\"+Inf\"} 3\n"
		"took_seconds_sum{who=\"x\"} 100.013\ntook_seconds_count{who=\"x\"} 3\n");
}
END_TEST

START_TEST(there_are_only_so_many_series_and_what_is_dropped_is_counted)
{
	struct metric *metric = metrics_add(metrics, &took);
	char           who[16];

	for (unsigned i = 0; i < METRIC_SERIES_MAX + 5; i++) {
		snprintf(who, sizeof(who), "%u", i);
		metric_observe(metric, (const char *const[]){ who }, 1);
	}
	is_told("mgraph_deploy_metrics_dropped_total{family=\"took_seconds\"} 5\n");
}
END_TEST

static void
fill(void *arg)
{
	metric_set(arg, NULL, 3);
}

START_TEST(what_nobody_keeps_is_asked_for_when_it_is_read)
{
	metrics_on_read(metrics, fill, metrics_add(metrics, &there));
	is_told("there 3\n");
}
END_TEST

START_TEST(without_a_registry_nothing_is_kept)
{
	struct metric *metric = metrics_add(NULL, &asked);

	ck_assert_ptr_null(metric);
	metric_add(metric, (const char *const[]){ "a", "b" }, 1);
	metrics_on_read(NULL, fill, NULL);
}
END_TEST

Suite *suite_metrics(void);

Suite *
suite_metrics(void)
{
	Suite *suite = suite_create("metrics");
	TCase *tcase = tcase_create("metrics");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, each_combination_of_values_is_a_series);
	tcase_add_test(tcase, values_can_not_end_their_quotes);
	tcase_add_test(tcase, a_gauge_is_what_it_was_set_to_last);
	tcase_add_test(tcase, a_histogram_counts_upwards);
	tcase_add_test(tcase, there_are_only_so_many_series_and_what_is_dropped_is_counted);
	tcase_add_test(tcase, what_nobody_keeps_is_asked_for_when_it_is_read);
	tcase_add_test(tcase, without_a_registry_nothing_is_kept);
	suite_add_tcase(suite, tcase);
	return suite;
}
