/* SPDX-License-Identifier: Apache-2.0
 * test_tenant.c - tenants: their limits, their token buckets, their seats, and how long they are kept. */
#include <check.h>
#include <string.h>

#include "api/tenant.h"
#include "util/check.h"
#include "util/json.h"

#define S 1000000

static struct tenants tenants;

static struct tenant *
tenant_with(int64_t rate, int64_t burst)
{
	struct tenant *tenant = tenants_add(&tenants, "acme");

	tenant->is_known = true;
	tenant->limits = limits_none;
	tenant->limits.values[LIMIT_REQUESTS] = rate;
	tenant->limits.values[LIMIT_BURST] = burst;
	return tenant;
}

static void
setup(void)
{
	LIST_INIT(&tenants);
}

static void
teardown(void)
{
	struct tenant *tenant;

	LIST_FOREACH(tenant, &tenants, entry)
	tenant->is_known = false;
	tenants_sweep(&tenants);
	ck_assert(LIST_EMPTY(&tenants));
}

static int
taken(struct tenant *tenant, int64_t now_us, int tries)
{
	int n = 0;

	while (tries-- > 0)
		n += tenant_take_request(tenant, now_us);
	return n;
}

START_TEST(a_bucket_gives_its_burst_and_then_its_rate)
{
	struct tenant *tenant = tenant_with(2, 5);

	ck_assert_int_eq(taken(tenant, 10 * S, 100), 5);
	ck_assert_int_eq(taken(tenant, 10 * S + S / 2 - 1, 100), 0);
	ck_assert_int_eq(taken(tenant, 10 * S + S / 2, 100), 1);
	ck_assert_int_eq(taken(tenant, 12 * S, 100), 3);
	ck_assert_int_eq(taken(tenant, 1000 * S, 100), 5); /* it gathers no more than that */
}
END_TEST

START_TEST(a_burst_that_is_not_said_is_two_seconds)
{
	ck_assert_int_eq(taken(tenant_with(3, 0), S, 100), 6);
}
END_TEST

START_TEST(what_is_left_and_when_there_is_more_is_told)
{
	struct tenant *tenant = tenant_with(2, 4);
	struct rate    rate;

	ck_assert_int_eq(taken(tenant, S, 3), 3);
	ck_assert(tenant_rate(tenant, S, &rate));
	ck_assert_int_eq(rate.quota, 4);
	ck_assert_int_eq(rate.window_s, 2);
	ck_assert_int_eq(rate.left, 1);
	ck_assert_int_eq(rate.reset_s, 2);
	ck_assert_int_eq(rate.wait_s, 0);
	ck_assert_int_eq(taken(tenant, S, 1), 1);
	ck_assert(tenant_rate(tenant, S, &rate));
	ck_assert_int_eq(rate.wait_s, 1);
	tenant->limits.values[LIMIT_REQUESTS] = LIMIT_NONE;
	ck_assert(!tenant_rate(tenant, S, &rate));
	ck_assert_int_eq(taken(tenant, S, 1000), 1000);
}
END_TEST

START_TEST(seats_are_as_many_as_there_may_be)
{
	struct tenant *tenant = tenant_with(0, 0);
	struct seat    one = { 0 }, two = { 0 }, three = { 0 };

	tenant->limits.values[LIMIT_WATCHERS] = 2;
	ck_assert(seat_take(&one, tenant));
	ck_assert(seat_take(&two, tenant));
	ck_assert(!seat_take(&three, tenant));
	seat_leave(&three); /* harmless */
	seat_leave(&one);
	seat_leave(&one);
	ck_assert(seat_take(&three, tenant));
	ck_assert_uint_eq(tenant->seats_n, 2);
	seat_leave(&two);
	seat_leave(&three);
}
END_TEST

START_TEST(a_tenant_is_kept_while_it_is_known_or_asks)
{
	struct tenant *tenant = tenant_with(0, 0);
	struct seat    seat = { 0 };

	tenant_ref(tenant);
	ck_assert(seat_take(&seat, tenant));
	tenant->is_known = false;
	tenants_sweep(&tenants);
	ck_assert_ptr_eq(tenants_find(&tenants, "acme"), tenant);
	tenant_release(tenant);
	ck_assert_ptr_eq(tenants_find(&tenants, "acme"), tenant);
	seat_leave(&seat);
	ck_assert_ptr_null(tenants_find(&tenants, "acme"));
	ck_assert_ptr_null(tenant_ref(NULL));
	tenant_release(NULL);
}
END_TEST

START_TEST(limits_are_read_and_laid_over_each_other)
{
	struct limits       limits = limits_usual, more = limits_unsaid;
	struct json_object *json;
	struct err          err;

	ck_assert_int_eq(limits_read_text(&more, "nodes=5,watchers=0", &err), ERR_OK);
	json = limits_json(&more);
	ck_assert_str_eq(json_text(json), "{\"nodes\":5,\"watchers\":0}");
	json_object_put(json);
	limits_lay_over(&limits, &more);
	ck_assert_int_eq(limits.values[LIMIT_NODES], 5);
	ck_assert_int_eq(limits.values[LIMIT_WATCHERS], LIMIT_NONE);
	ck_assert_int_eq(limits.values[LIMIT_REQUESTS], limits_usual.values[LIMIT_REQUESTS]);
}
END_TEST

START_TEST(a_limit_that_is_none_is_refused)
{
	static const char *const texts[] = { "", "nodes", "nodes=", "nodes=-1", "nodes=1.5",
		"node=1", "nodes=1,", "nodes=99999999999", "=1" };

	for (size_t i = 0; i < array_len(texts); i++) {
		struct limits limits = limits_none;
		struct err    err;

		ck_assert_msg(
		    limits_read_text(&limits, texts[i], &err) != ERR_OK, "was read: %s", texts[i]);
	}
}
END_TEST

Suite *suite_tenant(void);

Suite *
suite_tenant(void)
{
	Suite *suite = suite_create("tenant");
	TCase *tcase = tcase_create("tenant");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_bucket_gives_its_burst_and_then_its_rate);
	tcase_add_test(tcase, a_burst_that_is_not_said_is_two_seconds);
	tcase_add_test(tcase, what_is_left_and_when_there_is_more_is_told);
	tcase_add_test(tcase, seats_are_as_many_as_there_may_be);
	tcase_add_test(tcase, a_tenant_is_kept_while_it_is_known_or_asks);
	tcase_add_test(tcase, limits_are_read_and_laid_over_each_other);
	tcase_add_test(tcase, a_limit_that_is_none_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
