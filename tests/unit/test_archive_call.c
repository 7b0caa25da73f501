/* SPDX-License-Identifier: Apache-2.0
 * test_archive_call.c - what an answer of a sister service means: 200 proves nothing, and no error is told on whole. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "archive/cache.h"
#include "tests/unit/fetch_world.h"
#include "util/check.h"

static struct fetch_world world;

static void
on_done(struct cache_call *call)
{
	(void)call;
	loop_ev_stop(world.ev);
}

static char answer[4096];

static const struct fetch_step *
answer_with(const char *status, const char *body)
{
	static struct fetch_step step;

	snprintf(answer, sizeof(answer), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", status,
	    strlen(body), body);
	step = (struct fetch_step){ .answer = answer };
	return &step;
}

static const struct row {
	const char        *status, *body;
	cache_expect      *expect;
	enum cache_verdict verdict;
	const char        *error; /* in it */
} rows[] = {
	{ "200 OK", "{\"cache_id\":\"a\"}", cache_expect_stored, CACHE_OK, "" },
	{ "200 OK", "{}", cache_expect_stored, CACHE_REFUSED, "not that it has done it" },
	{ "200 OK", "<html>", cache_expect_json, CACHE_REFUSED, "not that it has done it" },
	{ "200 OK", "", cache_expect_json, CACHE_REFUSED, "not that it has done it" },
	{ "200 OK", "{\"updated_content\":true}", cache_expect_updated, CACHE_OK, "" },
	{ "200 OK", "{\"updated_content\":false}", cache_expect_updated, CACHE_REFUSED, "" },
	{ "200 OK", "{\"status\":\"not_found\",\"message\":\"m\"}", cache_expect_updated,
	    CACHE_REFUSED, "" },
	{ "200 OK", "{\"exists\":true}", cache_expect_exists, CACHE_OK, "" },
	{ "200 OK", "{\"exists\":false}", cache_expect_exists, CACHE_REFUSED, "" },
	{ "201 Created", "{\"cache_id\":\"a\"}", cache_expect_stored, CACHE_REFUSED, "201" },
	{ "400 Bad Request", "{\"detail\":[{\"msg\":\"SECRET\"}]}", cache_expect_json,
	    CACHE_REFUSED, "the Cache Service has answered 400" },
	{ "400 Bad Request", "{\"detail\":\"SECRET\"}", cache_expect_json, CACHE_REFUSED, "400" },
	{ "401 Unauthorized",
	    "{\"data\":null,\"error\":null,\"message\":\"SECRET\",\"status\":\"error\"}",
	    cache_expect_json, CACHE_TROUBLE, "401" },
	{ "404 Not Found", "{\"detail\":{\"error_type\":\"NOT_FOUND\",\"cache_id\":\"SECRET\"}}",
	    cache_expect_json, CACHE_ABSENT, "404 NOT_FOUND" },
	{ "429 Too Many Requests", "", cache_expect_json, CACHE_TROUBLE, "429" },
	{ "500 Internal Server Error", "{\"detail\":{\"error_type\":\"UPDATE_FAILED\"}}",
	    cache_expect_updated, CACHE_ABSENT, "500 UPDATE_FAILED" },
	{ "500 Internal Server Error",
	    "{\"detail\":\"d\",\"error\":\"e\",\"stack_trace\":\"SECRET\"}", cache_expect_json,
	    CACHE_REFUSED, "500" },
	{ "500 Internal Server Error", "{\"detail\":{\"error_type\":\"SECRET in /a\"}}",
	    cache_expect_json, CACHE_REFUSED, "500" },
	{ "503 Service Unavailable", "", cache_expect_json, CACHE_TROUBLE, "503" },
	{ "302 Found", "", cache_expect_json, CACHE_REFUSED, "302" },
};

static struct sister sister;

static void
open_world(const struct fetch_step *steps, size_t n)
{
	char url[64];

	fetch_world_open(&world, steps, n);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/", world.server.port);
	sister_init(&sister, world.fetcher, "Cache Service", url, "x-key", "the-key");
}

static void
close_world(struct cache_call *call)
{
	cache_call_fini(call);
	sister_fini(&sister);
	fetch_world_close(&world);
}

START_TEST(an_answer_is_judged_by_what_it_has)
{
	const struct row *row = &rows[_i];
	struct cache_call call = { 0 };

	open_world(answer_with(row->status, row->body), 1);
	cache_call_init(&call, &sister, NULL);
	str_add(&call.url, "/ns/update/id/json");
	cache_post(&call, "{}", 2, row->expect, on_done);
	fetch_world_run(&world);
	ck_assert_int_eq(call.verdict, row->verdict);
	ck_assert_msg(strstr(call.error, row->error) != NULL, "%s", call.error);
	ck_assert_int_eq(call.json != NULL, row->verdict == CACHE_OK);
	ck_assert_ptr_null(strstr(call.error, "SECRET"));
	ck_assert_ptr_null(strstr(call.error, "the-key"));
	ck_assert(fetch_world_saw(&world, "POST /ns/update/id/json HTTP/1.1\r\n"));
	ck_assert(fetch_world_saw(&world, "x-key: the-key\r\n"));
	close_world(&call);
}
END_TEST

static const struct child_row {
	const char        *name, *body;
	enum cache_verdict verdict;
} child_rows[] = {
	{ "spec", "{\"data_key\":\"\",\"file_id\":\"spec\"}", CACHE_OK },
	{ "nodes/e1/a_us-east-1", "{\"data_key\":\"nodes/e1\",\"file_id\":\"a_us-east-1\"}",
	    CACHE_OK },
	{ "spec.json", "{\"data_key\":\"\",\"file_id\":\"spec_json\"}", CACHE_REFUSED },
	{ "nodes/e1/a", "{\"data_key\":\"nodes\",\"file_id\":\"a\"}", CACHE_REFUSED },
	{ "spec", "{}", CACHE_REFUSED },
};

START_TEST(a_child_must_have_kept_its_name)
{
	const struct child_row *row = &child_rows[_i];
	struct cache_call       call = { 0 };

	open_world(answer_with("200 OK", row->body), 1);
	cache_call_init(&call, &sister, NULL);
	cache_put_child(&call, "ns", "id", row->name, "{}", 2, on_done);
	fetch_world_run(&world);
	ck_assert_int_eq(call.verdict, row->verdict);
	close_world(&call);
}
END_TEST

START_TEST(a_service_that_is_not_there_is_trouble_and_a_call_can_be_given_up)
{
	static const struct fetch_step silent[] = { { .hang_up = true }, { .answer = NULL } };
	struct cache_call              call = { 0 };

	open_world(silent, array_len(silent));
	cache_call_init(&call, &sister, NULL);
	cache_get(&call, cache_expect_json, on_done);
	fetch_world_run(&world);
	ck_assert_int_eq(call.verdict, CACHE_TROUBLE);
	ck_assert_ptr_nonnull(strstr(call.error, "can't be reached"));
	cache_call_init(&call, &sister, NULL);
	cache_get(&call, cache_expect_json, on_done);
	ck_assert(call.busy);
	close_world(&call);
	ck_assert(!call.busy);
}
END_TEST

Suite *suite_archive_call(void);

Suite *
suite_archive_call(void)
{
	Suite *suite = suite_create("archive_call");
	TCase *tcase = tcase_create("archive_call");

	tcase_add_loop_test(tcase, an_answer_is_judged_by_what_it_has, 0, array_len(rows));
	tcase_add_loop_test(tcase, a_child_must_have_kept_its_name, 0, array_len(child_rows));
	tcase_add_test(tcase, a_service_that_is_not_there_is_trouble_and_a_call_can_be_given_up);
	suite_add_tcase(suite, tcase);
	return suite;
}
