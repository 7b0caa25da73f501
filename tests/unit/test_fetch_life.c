/* SPDX-License-Identifier: Apache-2.0
 * test_fetch_life.c - fetches over time: kept connections, no request sent twice, cancels, many. */
#include <check.h>

#include "tests/unit/fetch_world.h"
#include "util/check.h"

/* ---- kept connections ---- */

static const char *const once_methods[] = { "POST", "PUT", "PATCH", "DELETE" };

START_TEST(a_request_that_the_server_read_is_never_repeated_behind_our_back)
{
	static const struct fetch_step steps[] = { { OK_HELLO, false }, { NULL, true },
		{ OK_HELLO, false }, { OK_HELLO, false } };
	struct fetch_world             world;
	struct fetch                   fetch;

	fetch_world_open(&world, steps, array_len(steps));
	fetch_world_ask(&world, &fetch, once_methods[_i]);
	ck_assert_int_eq(fetch.result, FETCH_DONE);
	fetch_fini(&fetch);
	fetch_world_ask(&world, &fetch, once_methods[_i]); /* on the connection that was kept */
	ck_assert_int_eq(fetch.result, FETCH_BROKEN);
	ck_assert_str_eq(fetch.error, "the connection was closed before an answer came");
	ck_assert_uint_eq(world.server.requests_n, 2);
	fetch_fini(&fetch);
	fetch_world_ask(&world, &fetch, once_methods[_i]); /* and the next one is fine */
	ck_assert_int_eq(fetch.result, FETCH_DONE);
	ck_assert_uint_eq(world.server.requests_n, 3);
	fetch_fini(&fetch);
	fetch_world_close(&world);
}
END_TEST

START_TEST(a_get_may_be_repeated_on_a_new_connection)
{
	static const struct fetch_step steps[] = { { OK_HELLO, false }, { NULL, true },
		{ OK_HELLO, false } };
	struct fetch_world             world;
	struct fetch                   fetch;

	fetch_world_open(&world, steps, array_len(steps));
	fetch_world_ask(&world, &fetch, "GET");
	fetch_fini(&fetch);
	fetch_world_ask(&world, &fetch, "GET");
	ck_assert_int_eq(fetch.result, FETCH_DONE);
	ck_assert_uint_eq(world.server.requests_n, 3);
	ck_assert_uint_eq(world.server.conns_n, 2);
	fetch_fini(&fetch);
	fetch_world_close(&world);
}
END_TEST

START_TEST(a_kept_connection_that_the_server_closed_since_is_noticed)
{
	static const struct fetch_step steps[] = { { OK_HELLO, true }, { OK_HELLO, false },
		{ OK_HELLO, false } };
	struct fetch_world             world;
	struct fetch                   fetch;

	fetch_world_open(&world, steps, array_len(steps));
	for (size_t i = 0; i < 3; i++) {
		fetch_world_ask(&world, &fetch, "POST");
		ck_assert_int_eq(fetch.result, FETCH_DONE);
		ck_assert_uint_eq(world.server.requests_n, i + 1);
		fetch_fini(&fetch);
	}
	ck_assert_uint_eq(world.server.conns_n, 2); /* the third used the second's */
	fetch_world_close(&world);
}
END_TEST

/* ---- cancels ---- */

static void
stop_at_request(struct fetch_server *server)
{
	loop_ev_stop(server->ev);
}

START_TEST(after_a_cancel_in_flight_nothing_is_called)
{
	static const struct fetch_step steps[] = { { OK_THEN_DEAF, false }, { OK_HELLO, false } };
	struct fetch_world             world;
	struct fetch                   fetch, other;

	fetch_world_open(&world, steps, array_len(steps));
	fetch_init(&fetch, "POST", world.server.url, fetch_world_never);
	fetch_cancel(world.fetcher, &fetch); /* not in flight */
	world.server.on_request = stop_at_request;
	fetch_start(world.fetcher, &fetch);
	fetch_world_run(&world);
	ck_assert_uint_eq(world.server.requests_n, 1);
	fetch_cancel(world.fetcher, &fetch);
	ck_assert_ptr_null(fetch.impl);
	fetch_cancel(world.fetcher, &fetch);
	fetch_fini(&fetch);

	world.server.on_request = NULL;
	fetch_world_ask(&world, &other, "POST");
	ck_assert_int_eq(other.result, FETCH_DONE);
	ck_assert_uint_eq(world.server.conns_n, 2); /* the first can't be used again */
	fetch_fini(&other);
	fetch_world_close(&world);
}
END_TEST

START_TEST(a_cancel_before_the_first_turn_sends_nothing)
{
	static const struct fetch_step steps[] = { { OK_HELLO, false } };
	struct fetch_world             world;
	struct fetch                   fetch, other;

	fetch_world_open(&world, steps, array_len(steps));
	fetch_init(&fetch, "POST", world.server.url, fetch_world_never);
	fetch_start(world.fetcher, &fetch);
	fetch_cancel(world.fetcher, &fetch);
	fetch_fini(&fetch);
	fetch_init(&fetch, "GET", "http://", fetch_world_never); /* its result waits in a task */
	fetch_start(world.fetcher, &fetch);
	fetch_cancel(world.fetcher, &fetch);
	fetch_fini(&fetch);
	fetch_world_ask(&world, &other, "GET");
	ck_assert_uint_eq(world.server.requests_n, 1);
	fetch_fini(&other);
	fetch_world_close(&world);
}
END_TEST

START_TEST(destroying_the_fetcher_cancels_what_is_in_flight)
{
	struct fetch_world world;
	struct fetch       fetches[3];

	fetch_world_open(&world, NULL, 0);
	world.server.on_request = stop_at_request;
	for (size_t i = 0; i < array_len(fetches); i++) {
		fetch_init(&fetches[i], "GET", world.server.url, fetch_world_never);
		fetch_start(world.fetcher, &fetches[i]);
	}
	fetch_world_run(&world);
	fetch_world_close(&world);
	for (size_t i = 0; i < array_len(fetches); i++) {
		ck_assert_ptr_null(fetches[i].impl);
		fetch_fini(&fetches[i]);
	}
}
END_TEST

/* ---- many ---- */

static void
ask_again(struct fetch *fetch)
{
	ck_assert_int_eq(fetch->result, FETCH_DONE);
	ck_assert_str_eq(fetch->body_in.data, "hello");
	if (--fetch_world_now->pending == 0)
		loop_ev_stop(fetch_world_now->ev);
	if (fetch_world_now->unasked > 0) {
		fetch_world_now->unasked--;
		fetch_start(
		    fetch_world_now->fetcher, fetch); /* the same fetch, from its own done() */
	}
}

START_TEST(many_fetches_share_kept_connections)
{
	enum { AT_ONCE = 16, ALL = 400 };
	struct fetch_step  steps[ALL];
	struct fetch_world world;
	struct fetch       fetches[AT_ONCE];

	for (size_t i = 0; i < ALL; i++)
		steps[i] = (struct fetch_step){ OK_HELLO, false };
	fetch_world_open(&world, steps, ALL);
	world.pending = ALL;
	world.unasked = ALL - AT_ONCE;
	for (size_t i = 0; i < AT_ONCE; i++) {
		fetch_init(&fetches[i], "POST", world.server.url, ask_again);
		fetch_start(world.fetcher, &fetches[i]);
	}
	fetch_world_run(&world);
	ck_assert_uint_eq(world.server.requests_n, ALL);
	ck_assert_uint_le(world.server.conns_n, AT_ONCE);
	for (size_t i = 0; i < AT_ONCE; i++)
		fetch_fini(&fetches[i]);
	fetch_world_close(&world);
}
END_TEST

Suite *suite_fetch_life(void);

Suite *
suite_fetch_life(void)
{
	Suite *suite = suite_create("fetch_life");
	TCase *tcase = tcase_create("fetch_life");

	tcase_add_loop_test(tcase, a_request_that_the_server_read_is_never_repeated_behind_our_back,
	    0, (int)array_len(once_methods));
	tcase_add_test(tcase, a_get_may_be_repeated_on_a_new_connection);
	tcase_add_test(tcase, a_kept_connection_that_the_server_closed_since_is_noticed);
	tcase_add_test(tcase, after_a_cancel_in_flight_nothing_is_called);
	tcase_add_test(tcase, a_cancel_before_the_first_turn_sends_nothing);
	tcase_add_test(tcase, destroying_the_fetcher_cancels_what_is_in_flight);
	tcase_add_test(tcase, many_fetches_share_kept_connections);
	suite_add_tcase(suite, tcase);
	return suite;
}
