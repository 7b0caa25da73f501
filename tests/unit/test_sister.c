/* SPDX-License-Identifier: Apache-2.0
 * test_sister.c - a driver behind a host, as a sister has it: what is asked, what comes back, and what may go wrong on the way.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "host/opened.h"
#include "provider/protocol.h"
#include "tests/unit/plan_fixture.h"
#include "tests/unit/sister_world.h"
#include "util/json.h"

Suite *suite_sister(void);

#define FUNCTION "test:fn:function"

static const struct host_options usual = { 0 };

static const struct identity someone = {
	.tenant = "acme",
	.deployment_id = "site",
	.graph_id = "0a0a0a0a",
	.node_id = "1b1b1b1b",
	.edge_id = "2c2c2c2c",
	.resource_id = "one",
	.spec_hash = "0123456789abcdef",
	.region = "eu-west-1",
	.primary = true,
};

static struct credentials *credentials;
static size_t              done_n;

/* ---- asking ---- */

static bool
is_done(void)
{
	return done_n > 0;
}

static bool
has_begun(void)
{
	return sister_world.started_n > 0;
}

static bool
is_cancelled(void)
{
	return sister_world.cancelled_n > 0;
}

static void
on_op(struct op *op)
{
	ck_assert_ptr_null(op->impl);
	done_n++;
}

static struct credentials *
open_as(const char *text, const char *account, struct problems *problems)
{
	struct json_object *json = fixture_json(text);
	struct credentials *opened = sister_world.near->open(
	    sister_world.near, json, account, "/credentials/test", problems);

	json_object_put(json);
	return opened;
}

static struct credentials *
open_usual(const char *text, const char *account)
{
	struct problems     problems;
	struct credentials *opened;

	problems_init(&problems);
	opened = open_as(text, account, &problems);
	ck_assert_ptr_nonnull(opened);
	ck_assert_uint_eq(problems.n, 0);
	return opened;
}

static void
setup_with(const struct host_options *options)
{
	done_n = 0;
	sister_world_open(options);
	sister_world_meet(NULL, NULL);
	sister_world_until(sister_world_is_there);
	credentials = open_usual("{'secret': 's3cret'}", "audit");
}

static void
setup(void)
{
	setup_with(&usual);
}

static void
teardown(void)
{
	sister_world.near->close(credentials);
	sister_world_close();
}

static struct op
op_of(enum op_kind kind)
{
	return (struct op){
		.kind = kind,
		.after = OP_CREATE,
		.type = registry_type(sister_world.near_types, FUNCTION),
		.identity = &someone,
		.credentials = credentials,
		.token = "t0ken",
		.done = on_op,
	};
}

static void
begin(struct op *op)
{
	done_n = 0;
	sister_world.started_n = 0;
	op->result = OP_PENDING;
	sister_world.near->start(sister_world.near, op);
	ck_assert_uint_eq(done_n, 0);
}

static void
ask(struct op *op)
{
	begin(op);
	sister_world_until(is_done);
}

/* ---- the first contact ---- */

START_TEST(what_there_is_is_known_as_it_is_over_there)
{
	const struct resource_type *far = registry_type(sister_world.far_types, FUNCTION);
	const struct resource_type *near = registry_type(sister_world.near_types, FUNCTION);

	ck_assert_uint_eq(
	    registry_types_n(sister_world.near_types), registry_types_n(sister_world.far_types));
	ck_assert(json_same(near->file, far->file));
	ck_assert_ptr_nonnull(registry_type(sister_world.near_types, "test:fn:service"));
	ck_assert(sister_world.near->needs_credentials);
	ck_assert_uint_eq(sister_world.near->window_size, 7);
	ck_assert(sister_world.near->ask_whose != NULL);
	ck_assert(sister_world.near->start_sweep != NULL);
	ck_assert(sister_world.near->start_check != NULL);
	ck_assert_ptr_null(registry_away(sister_world.near_types, ""));
}
END_TEST

static bool
says_401(void)
{
	return strstr(sister_world.near->away(sister_world.near), "401") != NULL;
}

START_TEST(until_then_it_is_away_and_says_why)
{
	const char *why;

	sister_world.near->close(credentials);
	registry_destroy(sister_world.near_types);
	sister_world_meet(NULL, "this is another key");
	why = sister_world.near->away(sister_world.near);
	ck_assert_ptr_nonnull(strstr(why, "it has not answered yet"));
	sister_world_until(says_401);
	ck_assert_ptr_nonnull(strstr(why, sister_world.url));
	ck_assert_ptr_eq(registry_away(sister_world.near_types, "test:fn:function"), why);
	ck_assert_ptr_null(registry_away(sister_world.near_types, "testing:fn:function"));
	ck_assert_ptr_null(registry_away(sister_world.near_types, "tes"));
	credentials = open_usual("{}", "");
}
END_TEST

START_TEST(a_window_is_that_of_the_other_side_in_our_account_and_region)
{
	struct op op = op_of(OP_READ);
	char      first[128], then[128];

	sister_world.near->window(sister_world.near, &op, first, sizeof(first));
	ck_assert_ptr_nonnull(strstr(first, ":test:eu-west-1:w"));
	op.credentials = NULL;
	sister_world.near->window(sister_world.near, &op, then, sizeof(then));
	ck_assert_str_eq(then, ":test:eu-west-1:w");
	ck_assert_str_ne(first, then); /* nobody knows whose they are: they are nobody else's */
}
END_TEST

/* ---- ops ---- */

START_TEST(an_op_and_its_answer_are_the_same_on_both_sides)
{
	struct op  op = op_of(OP_UPDATE);
	struct str asked;

	op.desired = fixture_json("{'name': 'a', 'code': {'$sealed': 'Ym94'}}");
	op.changes = fixture_json("['name']");
	op.known = fixture_json("{'id': 'i', 'mine': [1]}");
	op.tags = fixture_json("{'team': 'web'}");
	op.adopt = true;
	op_answer(&sister_world.op, OP_OK, "done");
	snprintf(sister_world.op.request_id, sizeof(sister_world.op.request_id), "r-1");
	sister_world.op.found = fixture_json("{'id': 'i', 'outputs': {'arn': 'arn:a'}}");
	ask(&op);
	str_init(&asked, 65536);
	protocol_add_op(&asked, &op);
	ck_assert_str_eq(sister_world.asked.data, asked.data);
	str_fini(&asked);
	ck_assert_str_eq(sister_world.opened, "audit/s3cret");
	ck_assert_int_eq(op.result, OP_OK);
	ck_assert_str_eq(op.message, "done");
	ck_assert_str_eq(op.request_id, "r-1");
	ck_assert(json_same(op.found, sister_world.op.found));
	json_object_put(op.desired);
	json_object_put(op.changes);
	json_object_put(op.known);
	json_object_put(op.tags);
	op_fini(&op);
}
END_TEST

START_TEST(a_failure_of_the_op_is_that_of_the_op)
{
	struct op op = op_of(OP_CREATE);

	op_answer(&sister_world.op, OP_THROTTLED, "slow down");
	sister_world.op.retry_after_ms = 1500;
	sister_world.op.throttled = true;
	ask(&op);
	ck_assert_int_eq(op.result, OP_THROTTLED);
	ck_assert_int_eq(op.retry_after_ms, 1500);
	ck_assert(op.throttled);
	ck_assert_str_eq(op.message, "slow down");
}
END_TEST

START_TEST(how_long_to_wait_is_bounded)
{
	struct op op = op_of(OP_CREATE);

	op_answer(&sister_world.op, OP_THROTTLED, "%s", "");
	sister_world.op.retry_after_ms = INT64_MAX;
	ask(&op);
	ck_assert_int_eq(op.retry_after_ms, 600000);
	sister_world.op.retry_after_ms = -1;
	ask(&op);
	ck_assert_int_eq(op.retry_after_ms, 600000);
}
END_TEST

START_TEST(the_same_credentials_are_opened_once)
{
	struct credentials *usual_ones = credentials;
	struct op           op = op_of(OP_CREATE);

	op_answer(&sister_world.op, OP_OK, "%s", "");
	ask(&op);
	ask(&op);
	ck_assert_uint_eq(sister_world.opened_n, 1);
	op.credentials = open_usual("{'secret': 's3cret'}", "other");
	ask(&op);
	ck_assert_uint_eq(sister_world.opened_n, 2);
	ck_assert_str_eq(sister_world.opened, "other/s3cret");
	sister_world.near->close(op.credentials);
	op.credentials = usual_ones;
	ask(&op);
	ck_assert_uint_eq(sister_world.opened_n, 2);
}
END_TEST

START_TEST(credentials_that_the_driver_refuses_ask_for_others)
{
	struct op op = op_of(OP_CREATE);

	op.credentials = open_usual("{'key': 'k'}", "");
	ask(&op);
	ck_assert_uint_eq(sister_world.started_n, 0);
	ck_assert_int_eq(op.result, OP_EXPIRED);
	ck_assert_str_eq(op.code, "missing_property");
	ck_assert_ptr_nonnull(strstr(op.message, "a secret is needed"));
	sister_world.near->close(op.credentials);
}
END_TEST

START_TEST(whoever_cancels_has_it_cancelled_over_there)
{
	struct op op = op_of(OP_CREATE);

	sister_world.holds = true;
	begin(&op);
	sister_world_until(has_begun);
	ck_assert_uint_eq(host_asked_n(sister_world.host), 1);
	sister_world.near->cancel(sister_world.near, &op);
	sister_world_until(is_cancelled);
	ck_assert_uint_eq(done_n, 0);
	ck_assert_uint_eq(host_asked_n(sister_world.host), 0);
	op_fini(&op);
}
END_TEST

START_TEST(an_answer_that_takes_long_says_that_it_comes)
{
	static const struct host_options quick = { .beat_ms = 5 };
	struct op                        op;

	teardown();
	setup_with(&quick);
	op = op_of(OP_READ);
	op_answer(&sister_world.op, OP_ABSENT, "it took long");
	sister_world.takes_ms = 60;
	ask(&op);
	ck_assert_int_eq(op.result, OP_ABSENT);
	ck_assert_str_eq(op.message, "it took long");
	sister_world.holds = true;
	begin(&op);
	sister_world_until(has_begun);
	sister_world.near->cancel(sister_world.near, &op);
	sister_world_until(is_cancelled);
}
END_TEST

START_TEST(more_than_it_takes_at_once_are_throttled)
{
	static const struct host_options narrow = { .asked_max = 1 };
	struct op                        first, second;

	teardown();
	setup_with(&narrow);
	first = op_of(OP_CREATE);
	second = op_of(OP_CREATE);
	sister_world.holds = true;
	begin(&first);
	sister_world_until(has_begun);
	ask(&second);
	ck_assert_int_eq(second.result, OP_THROTTLED);
	ck_assert_int_eq(second.retry_after_ms, 1000);
	sister_world.near->cancel(sister_world.near, &first);
}
END_TEST

/* ---- the others ---- */

static void
on_whose(struct whose *whose)
{
	ck_assert_ptr_null(whose->impl);
	done_n++;
}

START_TEST(whose_they_are_is_asked_over_there)
{
	struct whose whose = { .credentials = credentials, .done = on_whose };
	struct op    op = op_of(OP_READ);
	char         window[128];

	sister_world.whose = (struct whose){ .result = OP_OK, .account = "123456789012" };
	sister_world.near->ask_whose(sister_world.near, &whose);
	sister_world_until(is_done);
	ck_assert_int_eq(whose.result, OP_OK);
	ck_assert_str_eq(whose.account, "123456789012");
	sister_world.near->window(sister_world.near, &op, window, sizeof(window));
	ck_assert_str_eq(window, "123456789012:test:eu-west-1:w");
}
END_TEST

START_TEST(nobodys_credentials_are_told_as_they_are)
{
	struct whose whose = { .done = on_whose };

	whose.credentials = open_usual("{'key': 'k'}", "");
	sister_world.near->ask_whose(sister_world.near, &whose);
	sister_world_until(is_done);
	ck_assert_int_eq(whose.result, OP_INVALID);
	ck_assert_str_eq(whose.code, "missing_property");
	ck_assert_str_eq(whose.message, "a secret is needed");
	sister_world.near->close(whose.credentials);
}
END_TEST

static void
on_sweep(struct sweep *sweep)
{
	ck_assert_ptr_null(sweep->impl);
	done_n++;
}

START_TEST(a_deployment_is_swept_over_there)
{
	struct sweep sweep = { .credentials = credentials,
		.deployment_id = "site",
		.region = "eu-west-1",
		.done = on_sweep };

	sister_world.sweep.result = OP_OK;
	sister_world.sweep.hits = fixture_json("[{'id': 'i', 'tags': {}}]");
	sister_world.near->start_sweep(sister_world.near, &sweep);
	sister_world_until(is_done);
	ck_assert_int_eq(sweep.result, OP_OK);
	ck_assert(json_same(sweep.hits, sister_world.sweep.hits));
	ck_assert_str_eq(
	    sister_world.asked.data, "{\"deployment_id\":\"site\",\"region\":\"eu-west-1\"}");
	sweep_fini(&sweep);
	sister_world.holds = true;
	sister_world.started_n = 0;
	sweep.result = OP_PENDING;
	sister_world.near->start_sweep(sister_world.near, &sweep);
	sister_world_until(has_begun);
	sister_world.near->cancel_sweep(sister_world.near, &sweep);
	sister_world_until(is_cancelled);
}
END_TEST

static void
on_check(struct check *check)
{
	ck_assert_ptr_null(check->impl);
	done_n++;
}

START_TEST(properties_are_checked_over_there)
{
	const struct resource_type *type = registry_type(sister_world.near_types, FUNCTION);
	struct check_item           items[] = {
			  { type, fixture_json("{'name': 'fine'}"), NULL, "/resources/a" },
			  { type, fixture_json("{'name': 'taken'}"), NULL, "/resources/b" },
	};
	struct check check = { .items = items, .items_n = 2, .done = on_check };

	sister_world.near->start_check(sister_world.near, &check);
	sister_world_until(is_done);
	ck_assert_int_eq(check.result, OP_OK);
	ck_assert_uint_eq(check.problems.n, 1);
	ck_assert(fixture_has(&check.problems, "/resources/b", "taken"));
	check_fini(&check);
	json_object_put(items[0].properties);
	json_object_put(items[1].properties);
}
END_TEST

/* ---- what is kept ---- */

START_TEST(what_nobody_uses_is_closed_after_a_while)
{
	struct loop         *loop = loop_create();
	struct opened_cache *cache = opened_cache_create(loop);
	struct json_object  *json = fixture_json("{'secret': 'x'}");
	struct problems      problems;
	struct opened       *first, *again;

	problems_init(&problems);
	first = opened_get(cache, sister_world.far, json, "", &problems);
	again = opened_get(cache, sister_world.far, json, "", &problems);
	ck_assert_ptr_eq(first, again);
	opened_put(first);
	loop_turn(loop, 10 * OPENED_IDLE_US, 0);
	ck_assert_uint_eq(opened_n(cache), 1); /* somebody uses it */
	opened_put(again);
	loop_turn(loop, 11 * OPENED_IDLE_US - 1, 0);
	ck_assert_uint_eq(opened_n(cache), 1);
	first = opened_get(cache, sister_world.far, json, "", &problems);
	ck_assert_ptr_eq(first, again);
	loop_turn(loop, 20 * OPENED_IDLE_US, 0);
	opened_put(first);
	loop_turn(loop, 21 * OPENED_IDLE_US, 0);
	ck_assert_uint_eq(opened_n(cache), 0);
	ck_assert_uint_eq(sister_world.closed_n, 1);
	json_object_put(json);
	opened_cache_destroy(cache);
	loop_destroy(loop);
}
END_TEST

Suite *
suite_sister(void)
{
	Suite *suite = suite_create("sister");
	TCase *tcase = tcase_create("sister");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, what_there_is_is_known_as_it_is_over_there);
	tcase_add_test(tcase, until_then_it_is_away_and_says_why);
	tcase_add_test(tcase, a_window_is_that_of_the_other_side_in_our_account_and_region);
	tcase_add_test(tcase, an_op_and_its_answer_are_the_same_on_both_sides);
	tcase_add_test(tcase, a_failure_of_the_op_is_that_of_the_op);
	tcase_add_test(tcase, how_long_to_wait_is_bounded);
	tcase_add_test(tcase, the_same_credentials_are_opened_once);
	tcase_add_test(tcase, credentials_that_the_driver_refuses_ask_for_others);
	tcase_add_test(tcase, whoever_cancels_has_it_cancelled_over_there);
	tcase_add_test(tcase, an_answer_that_takes_long_says_that_it_comes);
	tcase_add_test(tcase, more_than_it_takes_at_once_are_throttled);
	tcase_add_test(tcase, whose_they_are_is_asked_over_there);
	tcase_add_test(tcase, nobodys_credentials_are_told_as_they_are);
	tcase_add_test(tcase, a_deployment_is_swept_over_there);
	tcase_add_test(tcase, properties_are_checked_over_there);
	tcase_add_test(tcase, what_nobody_uses_is_closed_after_a_while);
	suite_add_tcase(suite, tcase);
	return suite;
}
