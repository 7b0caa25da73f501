/* SPDX-License-Identifier: Apache-2.0
 * test_sister_faults.c - answers that are none, by a server that says what it is told to: what each is taken for. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "provider/provider.h"
#include "provider/registry.h"
#include "providers/sister/sister.h"
#include "tests/unit/fetch_world.h"
#include "tests/unit/plan_fixture.h"
#include "util/check.h"
#include "util/json.h"
#include "util/secret.h"

Suite *suite_sister_faults(void);

#define URL_SIZE  64
#define TEXT_SIZE 1024
#define STEPS_N   3
#define TYPE      "test:fn:thing"
#define PROVIDERS                                                                       \
	"{\"protocol\":1,\"providers\":[{\"name\":\"test\",\"needs_credentials\":true," \
	"\"window_size\":3}]}"
#define TYPES                                                                                    \
	"{\"types\":[{\"type\":\"" TYPE "\",\"window\":\"w\",\"file\":{\"type\":\"" TYPE         \
	"\",\"title\":\"Thing\",\"identity\":{\"class\":\"named\"},\"reference\":\"arn\","       \
	"\"properties\":{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}," \
	"\"outputs\":{\"arn\":{}}}}]}"

static struct fetch_world world;
static struct fetch_step  steps[STEPS_N];
static char               texts[STEPS_N][TEXT_SIZE];
static struct registry   *registry;
static struct provider   *sister;

static void
answer_with(size_t step, const char *status, const char *headers, const char *body)
{
	snprintf(texts[step], TEXT_SIZE, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n%s", status,
	    headers, strlen(body), body);
	steps[step] = (struct fetch_step){ .answer = texts[step] };
}

static void
stop_when_there(struct timer *timer)
{
	if (sister->away(sister) == NULL)
		loop_ev_stop(world.ev);
	else
		timer_arm(loop_ev_loop(world.ev), timer, 1000);
}

static void
setup(void)
{
	struct timer          look;
	struct err            err = { 0 };
	char                  url[URL_SIZE];
	struct sister_options options = { .name = "test", .url = url };

	answer_with(0, "200 OK", "", PROVIDERS);
	answer_with(1, "200 OK", "", TYPES);
	fetch_world_open(&world, steps, STEPS_N);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/", world.server.port);
	registry = registry_create(NULL);
	options.loop = loop_ev_loop(world.ev);
	options.fetcher = world.fetcher;
	options.registry = registry;
	sister = sister_create(&options, &err);
	ck_assert_msg(sister != NULL, "%s", err.detail);
	registry_add_provider(registry, sister);
	timer_init(&look, stop_when_there);
	timer_arm(loop_ev_loop(world.ev), &look, 0);
	fetch_world_run(&world);
	ck_assert_uint_eq(world.server.requests_n, 2);
}

static void
teardown(void)
{
	registry_destroy(registry);
	fetch_world_close(&world);
}

static void
on_done(struct op *op)
{
	(void)op;
	loop_ev_stop(world.ev);
}

static void
ask(struct op *op, enum op_kind kind)
{
	static const struct identity someone = { "t", "d", "g", "n", "e", "r", "h", "", true, false,
		false };
	struct json_object          *json = fixture_json("{'pat': 'p'}");
	struct problems              problems;

	problems_init(&problems);
	*op = (struct op){ .kind = kind, .identity = &someone, .done = on_done };
	op->type = registry_type(registry, TYPE);
	op->credentials = sister->open(sister, json, "", "", &problems);
	ck_assert_ptr_nonnull(op->credentials);
	json_object_put(json);
	sister->start(sister, op);
	fetch_world_run(&world);
	sister->close(op->credentials);
}

/* ---- what an answer is taken for ---- */

static const struct fault {
	const char    *status, *headers, *body;
	enum op_result result;
	int64_t        retry_after_ms;
	const char    *code;
} faults[] = {
	{ "401 Unauthorized", "", "{\"code\":\"unauthorized\"}", OP_FAILED, 0, "unauthorized" },
	{ "404 Not Found", "", "<html>", OP_FAILED, 0, "" },
	{ "422 Unprocessable", "", "{\"code\":\"invalid_request\",\"detail\":\"1 problem\"}",
	    OP_FAILED, 0, "invalid_request" },
	{ "413 Too Large", "", "{}", OP_INVALID, 0, "" },
	{ "429 Too Many", "Retry-After: 2\r\n", "", OP_THROTTLED, 2000, "" },
	{ "429 Too Many", "Retry-After: 99999999\r\n", "", OP_THROTTLED, 600000, "" },
	{ "503 Unavailable", "", "{\"code\":\"draining\"}", OP_TRANSIENT, 0, "draining" },
	/* A proxy's own, which may have handed it on. */
	{ "503 Unavailable", "", "<html>", OP_UNKNOWN, 0, "" },
	{ "502 Bad Gateway", "", "<html>", OP_UNKNOWN, 0, "" },
	{ "500 Oh", "", "{\"code\":\"internal\"}", OP_UNKNOWN, 0, "internal" },
	{ "302 Found", "Location: http://127.0.0.1:1/\r\n", "", OP_UNKNOWN, 0, "" },
	{ "200 OK", "", "<html>", OP_UNKNOWN, 0, "bad_answer" },
	{ "200 OK", "", "{\"result\":\"pending\"}", OP_UNKNOWN, 0, "bad_answer" },
	{ "200 OK", "", "{\"result\":\"ok\"}", OP_UNKNOWN, 0, "bad_answer" },
	{ "200 OK", "", "{\"result\":\"ok\",\"found\":{},\"over\":1}", OP_UNKNOWN, 0,
	    "bad_answer" },
	{ "200 OK", "", " \n {\"result\":\"absent\",\"new\":1}", OP_ABSENT, 0, "" },
};

START_TEST(an_answer_is_taken_for_what_it_surely_is)
{
	const struct fault *fault = &faults[_i];
	struct op           op;

	answer_with(2, fault->status, fault->headers, fault->body);
	ask(&op, OP_READ);
	ck_assert_msg(op.result == fault->result, "%s %s: %s", fault->status, fault->body,
	    op_result_name(op.result));
	ck_assert_int_eq(op.retry_after_ms, fault->retry_after_ms);
	ck_assert_str_eq(op.code, fault->code);
	ck_assert_ptr_null(op.found);
	op_fini(&op);
}
END_TEST

START_TEST(a_question_that_was_sent_may_have_been_done)
{
	struct op op;

	steps[2] = (struct fetch_step){ .hang_up = true };
	ask(&op, OP_CREATE);
	ck_assert_int_eq(op.result, OP_UNKNOWN);
	ck_assert_str_eq(op.code, "no_answer");
	op_fini(&op);
}
END_TEST

START_TEST(half_an_answer_is_none)
{
	struct op op;

	steps[2] = (struct fetch_step){
		.answer = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"result\":\"ok\"}",
		.hang_up = true
	};
	ask(&op, OP_CREATE);
	ck_assert_int_eq(op.result, OP_UNKNOWN);
	op_fini(&op);
}
END_TEST

/* The connections that are kept are of the server that is no more. */
START_TEST(a_question_that_could_not_be_sent_has_done_nothing)
{
	struct err            err = { 0 };
	struct registry      *other = registry_create(NULL);
	struct sister_options options = { .name = "gone",
		.loop = loop_ev_loop(world.ev),
		.fetcher = world.fetcher,
		.registry = other,
		.url = "unix:/nonexistent/socket" };
	struct provider      *gone = sister_create(&options, &err);
	struct resource_type  type = *registry_type(registry, TYPE);
	struct identity identity = { "t", "d", "g", "n", "e", "r", "h", "", true, false, false };
	struct op op = { .kind = OP_CREATE, .type = &type, .identity = &identity, .done = on_done };

	ck_assert_ptr_nonnull(gone);
	registry_add_provider(other, gone);
	gone->start(gone, &op);
	fetch_world_run(&world);
	ck_assert_int_eq(op.result, OP_TRANSIENT);
	ck_assert_str_eq(op.code, "unreachable");
	ck_assert_ptr_nonnull(strstr(op.message, "gone at unix:/nonexistent/socket: "));
	op_fini(&op);
	registry_destroy(other);
}
END_TEST

START_TEST(what_can_not_be_is_not_there)
{
	ck_assert(sister->ask_whose == NULL);
	ck_assert(sister->start_sweep == NULL);
	ck_assert(sister->start_check == NULL);
	ck_assert(sister->needs_credentials);
}
END_TEST

/* ---- where it may be ---- */

static const struct place {
	const char *url;
	bool        may_be, is_private;
} places[] = {
	{ "https://deploy.example", true, true },
	{ "https://deploy.example:8443/path/", true, true },
	{ "http://127.0.0.1:1", true, true },
	{ "http://[::1]:1", true, true },
	{ "http://localhost", true, true },
	{ "unix:/run/p.sock", true, true },
	{ "http://deploy.example", true, false },
	{ "http://127.deploy.example", true, false },
	{ "http://localhost.example", true, false },
	{ "http://10.0.0.1:1", true, false },
	{ "unix:p.sock", false, false },
	{ "ftp://deploy.example", false, false },
	{ "deploy.example", false, false },
	{ "https://user:pass@deploy.example", false, false },
	{ "https://deploy.example/?a=b", false, false },
};

/* What is sealed may go anywhere; what is plain, where nobody listens. */
START_TEST(plain_credentials_are_not_sent_where_others_read_them)
{
	const struct place   *place = &places[_i];
	struct err            err = { 0 };
	struct registry      *other = registry_create(NULL);
	struct sister_options options = { .name = "other",
		.loop = loop_ev_loop(world.ev),
		.fetcher = world.fetcher,
		.registry = other,
		.url = place->url };
	struct provider      *provider = sister_create(&options, &err);
	struct json_object *plain = fixture_json("{'accounts': {'a': {'secret_access_key': 's'}}}");
	struct json_object *sealed = fixture_json("{'encrypted_pat': 'Ym94'}");
	struct problems     problems;

	ck_assert_int_eq(provider != NULL, place->may_be);
	problems_init(&problems);
	if (provider != NULL) {
		struct credentials *opened = provider->open(provider, plain, "", "/c", &problems);

		registry_add_provider(other, provider);
		ck_assert_int_eq(opened != NULL, place->is_private);
		ck_assert_int_eq(
		    fixture_has(&problems, "/c", "plaintext_credentials"), !place->is_private);
		if (opened != NULL)
			provider->close(opened);
		opened = provider->open(provider, sealed, "", "/c", &problems);
		ck_assert_ptr_nonnull(opened);
		provider->close(opened);
		ck_assert_ptr_null(provider->open(provider, NULL, "", "/c", &problems));
		ck_assert(fixture_has(&problems, "/c", "missing_credentials"));
	}
	problems_fini(&problems);
	json_object_put(plain);
	json_object_put(sealed);
	registry_destroy(other);
}
END_TEST

Suite *
suite_sister_faults(void)
{
	Suite *suite = suite_create("sister_faults");
	TCase *tcase = tcase_create("sister_faults");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(
	    tcase, an_answer_is_taken_for_what_it_surely_is, 0, (int)array_len(faults));
	tcase_add_test(tcase, a_question_that_was_sent_may_have_been_done);
	tcase_add_test(tcase, half_an_answer_is_none);
	tcase_add_test(tcase, a_question_that_could_not_be_sent_has_done_nothing);
	tcase_add_test(tcase, what_can_not_be_is_not_there);
	tcase_add_loop_test(tcase, plain_credentials_are_not_sent_where_others_read_them, 0,
	    (int)array_len(places));
	suite_add_tcase(suite, tcase);
	return suite;
}
