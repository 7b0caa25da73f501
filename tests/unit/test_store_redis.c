/* SPDX-License-Identifier: Apache-2.0
 * test_store_redis.c - the connection to Redis when things go wrong. */
#include <arpa/inet.h>
#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/redis_child.h"
#include "store/store_redis.h"
#include "tests/unit/redis_fleet.h"
#include "tests/unit/store_world.h"
#include "util/check.h"

#define OPS_MANY   400
#define OPS_HALF   200
#define SILENCE_US 6000000
#define FAR_MS     60000
#define PATH_MAX_  1024

static struct world world;

static void
setup(void)
{
	store_world_init(&world, WORLD_REDIS);
}

static void
teardown(void)
{
	store_world_fini(&world);
}

static struct store_key
key_of(const char *graph)
{
	struct store_key key;

	ck_assert(store_key_set(&key, "acme", "app", graph));
	return key;
}

static uint64_t
begin(struct store_key key)
{
	struct store_op op = { .verb = STORE_BEGIN, .key = key, .text = "{}", .execution = "e1" };

	world_op(&world, world.store, &op);
	ck_assert_int_eq(op.result, STORE_OK);
	return op.fence_out;
}

static size_t
events_stored(struct store_key key)
{
	struct store_op op = { .verb = STORE_EVENTS, .key = key };
	size_t          n;

	world_op(&world, world.store, &op);
	ck_assert_int_eq(op.result, STORE_OK);
	for (n = 0; n < op.items_n; n++) {
		ck_assert_uint_eq(op.items_out[n].number, n + 1);
		ck_assert_uint_eq(strtoull(op.items_out[n].text, NULL, 10), n + 1);
	}
	store_op_fini(&op);
	return n;
}

static struct write {
	struct store_op   op;
	struct store_item event;
	char              text[16];
} writes[OPS_MANY];
static int  answers, results[STORE_RESULTS_N];
static bool all_answered, stop_halfway;

static void
on_written(struct store_op *op)
{
	results[op->result]++;
	all_answered = ++answers == OPS_MANY;
	if (answers == OPS_HALF && stop_halfway)
		loop_ev_stop(world.ev);
}

static void
write_all(struct store_key key, uint64_t fence)
{
	answers = 0;
	all_answered = false;
	memset(results, 0, sizeof(results));
	for (int i = 0; i < OPS_MANY; i++) {
		snprintf(writes[i].text, sizeof(writes[i].text), "%d", i + 1);
		writes[i].event.text = writes[i].text;
		writes[i].op = (struct store_op){ .verb = STORE_APPEND,
			.key = key,
			.fence = fence,
			.seq = (uint64_t)i,
			.events = &writes[i].event,
			.events_n = 1,
			.done = on_written };
		store_start(world.store, &writes[i].op);
	}
}

static void
child_kill(int signo)
{
	ck_assert_int_gt(redis_child_pid(world.child), 0);
	ck_assert_int_eq(kill(redis_child_pid(world.child), signo), 0);
}

static bool
child_is_another(const void *arg)
{
	pid_t pid = redis_child_pid(world.child);

	return pid != 0 && pid != *(const pid_t *)arg;
}

/* Killed before anything is sent, after it is sent, in the middle of the answers. */
START_TEST(a_redis_killed_and_restarted_has_lost_nothing_that_was_answered)
{
	struct store_key key = key_of("0000000a");
	uint64_t         fence = begin(key);
	pid_t            pid = redis_child_pid(world.child);

	write_all(key, fence);
	if (_i == 1)
		world_turn(&world);
	stop_halfway = _i == 2;
	if (stop_halfway)
		loop_ev_run(world.ev);
	stop_halfway = false;
	child_kill(SIGKILL);
	world_wait(&world, &all_answered);
	ck_assert_int_eq(
	    results[STORE_OK] + results[STORE_UNKNOWN] + results[STORE_DOWN], OPS_MANY);
	ck_assert_int_gt(results[STORE_UNKNOWN] + results[STORE_DOWN] + (_i == 2), 0);
	world_wait_until(&world, child_is_another, &pid);
	world_wait_up(&world, world.store);
	ck_assert_uint_ge(events_stored(key), (size_t)results[STORE_OK]);
	write_all(key, fence); /* all of them again, as after an unknown outcome */
	world_wait(&world, &all_answered);
	ck_assert_int_eq(results[STORE_OK], OPS_MANY);
	ck_assert_uint_eq(events_stored(key), OPS_MANY);
}
END_TEST

START_TEST(a_script_that_redis_forgot_is_sent_again)
{
	struct store_key key = key_of("0000000a");
	uint64_t         fence = begin(key);

	ck_assert_str_eq(world_say(&world, "SCRIPT FLUSH"), "+OK");
	write_all(key, fence);
	world_wait(&world, &all_answered);
	ck_assert_int_eq(results[STORE_OK], OPS_MANY);
	ck_assert_str_eq(writes[0].op.error, "");
	ck_assert_uint_eq(events_stored(key), OPS_MANY);
	ck_assert_str_eq(world_say(&world, "SCRIPT FLUSH"), "+OK");
	ck_assert_uint_eq(begin(key), fence + 1);
}
END_TEST

/* Said together with others; the first script in it is not known any more. */
START_TEST(what_is_refused_is_not_done_in_part)
{
	struct store_key key = key_of("0000000a");
	struct store_op  op = { .verb = STORE_BEGIN, .key = key, .text = "{}", .execution = "e1" };

	ck_assert_str_eq(world_say(&world, "CONFIG SET maxmemory 1"), "+OK");
	world_op(&world, world.store, &op);
	ck_assert_int_eq(op.result, STORE_FAILED);
	ck_assert_msg(strstr(op.error, "OOM") != NULL, "%s", op.error);
	ck_assert_str_eq(world_say(&world, "CONFIG SET maxmemory 0"), "+OK");
	ck_assert_str_eq(world_say(&world, "EXISTS mg:unfinished mg:{acme}:graphs"), ":0");
	ck_assert_str_eq(world_say(&world, "SCRIPT FLUSH"), "+OK");
	ck_assert_uint_eq(begin(key), 1);
	ck_assert_str_eq(world_say(&world, "ZCARD mg:unfinished"), ":1");
}
END_TEST

static bool op_is_done;

static void
on_done(struct store_op *op)
{
	(void)op;
	op_is_done = true;
}

static void
turn_to(int64_t now_us)
{
	do
		loop_turn(world.loop, now_us, 0);
	while (loop_next_due_us(world.loop) == 0);
}

/* The clock is turned by hand: nobody waits. */
START_TEST(an_answer_that_does_not_come_is_unknown_and_breaks_the_connection)
{
	struct store_op op = { .verb = STORE_FIND, .key = key_of("0000000a"), .done = on_done };
	int64_t         now = loop_now_us(world.loop);

	child_kill(SIGSTOP);
	store_start(world.store, &op);
	turn_to(now);
	turn_to(now + SILENCE_US / 2);
	ck_assert(!op_is_done);
	turn_to(now + SILENCE_US); /* it may have been us who were away */
	ck_assert(!op_is_done);
	turn_to(now + 2 * SILENCE_US);
	ck_assert(op_is_done);
	ck_assert_int_eq(op.result, STORE_UNKNOWN);
	ck_assert(!store_is_up(world.store));
	ck_assert_str_eq(store_why(world.store), "a command was not answered in time");
	child_kill(SIGCONT);
}
END_TEST

#define PATIENCE_MS 200

static void
on_long_task(struct task *task)
{
	(void)task;
	poll(NULL, 0, PATIENCE_MS * 3 / 2);
}

/* The turn in which a command is sent is long: it is written only after it should be answered. */
START_TEST(a_turn_of_our_own_that_is_long_breaks_no_connection)
{
	struct store_op op = { .verb = STORE_FIND, .key = key_of("0000000a"), .done = on_done };
	struct store_redis_options options = { world.url, "carol", .lease_ms = FAR_MS,
		.patience_ms = PATIENCE_MS };
	struct err                 err = { 0 };
	struct store              *store = store_redis_create(world.ev, &options, &err);
	struct task                task;

	world_wait_up(&world, store);
	task_init(&task, on_long_task);
	store_start(store, &op);
	task_wake(world.loop, &task);
	world_wait(&world, &op_is_done);
	ck_assert_int_eq(op.result, STORE_ABSENT);
	store_destroy(store);
}
END_TEST

static const char *why_part;

static bool
why_is_told(const void *arg)
{
	ck_assert(!store_is_up(arg));
	return strstr(store_why(arg), why_part) != NULL;
}

static void
wait_why(struct store *store, const char *part)
{
	why_part = part;
	world_wait_until(&world, why_is_told, store);
}

static struct store *
store_at(const char *url)
{
	struct store_redis_options options = { url, "carol", .lease_ms = FAR_MS };
	struct err                 err = { 0 };
	struct store              *store = store_redis_create(world.ev, &options, &err);

	ck_assert_msg(store != NULL, "%s", err.detail);
	return store;
}

#define FIELDS_MANY STORE_BATCH_MAX

static void
write_fields(struct store_key key, uint64_t fence, const char *text)
{
	static struct store_item fields[FIELDS_MANY];
	static char              names[FIELDS_MANY][8];
	struct store_op op = { .verb = STORE_APPEND, .key = key, .fence = fence, .fields = fields };

	for (size_t i = 0; i < FIELDS_MANY; i++) {
		snprintf(names[i], sizeof(names[i]), "%zu", i);
		fields[i] = (struct store_item){ .name = names[i], .text = text };
	}
	op.fields_n = FIELDS_MANY;
	world_op(&world, world.store, &op);
	ck_assert_int_eq(op.result, STORE_OK);
}

static bool
has_pages(const void *arg)
{
	return ((const struct store_op *)arg)->pages != NULL;
}

/* In the midst of it. */
static void
begin_to_read(struct store_op *op)
{
	op_is_done = false;
	op->done = on_done;
	store_start(world.store, op);
	world_wait_until(&world, has_pages, op);
	ck_assert(!op_is_done);
}

static void
all_are(const struct store_op *op, const char *text)
{
	ck_assert_int_eq(op->result, STORE_OK);
	ck_assert_uint_eq(op->items_n, FIELDS_MANY + 1);
	ck_assert_str_eq(op->items_out[0].name, "");
	for (size_t i = 1; i < op->items_n; i++)
		ck_assert_str_eq(op->items_out[i].text, text);
}

/* The first page said whose it is. */
START_TEST(what_is_read_in_pages_is_of_one_execution_though_another_begins)
{
	struct store_key key = key_of("0000000a");
	struct store_op  op = { .verb = STORE_GET_EXEC, .key = key };
	struct store_op  next = { .key = key, .text = "{}", .execution = "e2" };

	next.fence = begin(key);
	write_fields(key, next.fence, "first");
	next.verb = STORE_FINISH;
	world_op(&world, world.store, &next);
	begin_to_read(&op);
	next.verb = STORE_BEGIN;
	world_op(&world, world.store, &next);
	ck_assert_int_eq(next.result, STORE_OK);
	world_wait(&world, &op_is_done);
	all_are(&op, "first");
	store_op_fini(&op);
}
END_TEST

START_TEST(pages_of_a_redis_that_was_killed_are_not_joined_with_those_of_the_next)
{
	struct store_key key = key_of("0000000a");
	struct store_op  op = { .verb = STORE_GET_EXEC, .key = key };
	uint64_t         fence = begin(key);

	write_fields(key, fence, "same");
	begin_to_read(&op);
	child_kill(SIGKILL);
	world_wait(&world, &op_is_done);
	ck_assert_int_eq(op.result, STORE_UNKNOWN);
	ck_assert_ptr_null(op.pages);
	world_wait_up(&world, world.store);
	world_op(&world, world.store, &op);
	all_are(&op, "same");
	begin_to_read(&op);
	store_forget(world.store, &op);
	store_op_fini(&op);
}
END_TEST

START_TEST(a_redis_that_may_evict_is_refused)
{
	struct store *store;

	ck_assert_str_eq(world_say(&world, "CONFIG SET maxmemory-policy allkeys-lru"), "+OK");
	store = store_at(world.url);
	wait_why(store, "maxmemory-policy is allkeys-lru; it must be noeviction");
	ck_assert_str_eq(world_say(&world, "CONFIG SET maxmemory-policy noeviction"), "+OK");
	world_wait_up(&world, store);
	ck_assert_str_eq(store_why(store), "");
	store_destroy(store);
}
END_TEST

START_TEST(the_policy_is_known_where_config_is_not_allowed)
{
	struct store *store;

	ck_assert_str_eq(world_say(&world, "ACL SETUSER default -config"), "+OK");
	store = store_at(world.url);
	world_wait_up(&world, store);
	store_destroy(store);
}
END_TEST

START_TEST(a_replica_is_refused)
{
	struct store *store;

	ck_assert_str_eq(world_say(&world, "REPLICAOF 127.0.0.1 1"), "+OK");
	store = store_at(world.url);
	wait_why(store, "replica");
	store_destroy(store);
}
END_TEST

START_TEST(a_redis_that_became_a_replica_is_left)
{
	struct store_op op = {
		.verb = STORE_BEGIN, .key = key_of("0000000a"), .text = "{}", .execution = "e1"
	};

	ck_assert_str_eq(world_say(&world, "REPLICAOF 127.0.0.1 1"), "+OK");
	world_op(&world, world.store, &op);
	ck_assert_int_eq(op.result, STORE_DOWN);
	ck_assert(!store_is_up(world.store));
	ck_assert_str_eq(world_say(&world, "REPLICAOF NO ONE"), "+OK");
	world_wait_up(&world, world.store);
	world_op(&world, world.store, &op);
	ck_assert_int_eq(op.result, STORE_OK);
}
END_TEST

START_TEST(a_full_redis_fails_a_write_whole_and_still_reads)
{
	struct store_key  key = key_of("0000000a");
	struct store_op   op = { .verb = STORE_APPEND, .key = key, .fence = begin(key) };
	struct store_item event = { .text = "1" };

	ck_assert_str_eq(world_say(&world, "CONFIG SET maxmemory 1"), "+OK");
	op.events = &event;
	op.events_n = 1;
	world_op(&world, world.store, &op);
	ck_assert_int_eq(op.result, STORE_FAILED);
	ck_assert_msg(strstr(op.error, "OOM") != NULL, "%s", op.error);
	ck_assert_uint_eq(events_stored(key), 0);
	ck_assert_str_eq(world_say(&world, "CONFIG SET maxmemory 0"), "+OK");
	world_op(&world, world.store, &op);
	ck_assert_int_eq(op.result, STORE_OK);
	ck_assert_uint_eq(events_stored(key), 1);
}
END_TEST

/* min-replicas-to-write: it would be lost with its primary. */
START_TEST(a_write_that_no_replica_would_have_is_put_off_and_then_refused)
{
	struct store_redis_options options = { world.url, "carol", .lease_ms = FAR_MS,
		.patience_ms = PATIENCE_MS };
	struct store_op            op = {
			   .verb = STORE_BEGIN, .key = key_of("0000000a"), .text = "{}", .execution = "e1"
	};
	struct err    err = { 0 };
	struct store *store = store_redis_create(world.ev, &options, &err);

	world_wait_up(&world, store);
	ck_assert_str_eq(world_say(&world, "CONFIG SET min-replicas-to-write 1"), "+OK");
	world_op(&world, store, &op);
	ck_assert_int_eq(op.result, STORE_DOWN);
	ck_assert_msg(strstr(op.error, "NOREPLICAS") != NULL, "%s", op.error);
	ck_assert(store_is_up(store));
	ck_assert_str_eq(world_say(&world, "CONFIG SET min-replicas-to-write 0"), "+OK");
	world_op(&world, store, &op);
	ck_assert_int_eq(op.result, STORE_OK);
	store_op_fini(&op);
	store_destroy(store);
}
END_TEST

static void
on_unwanted(struct store_op *op)
{
	(void)op;
	ck_abort_msg("a store that is gone has answered");
}

START_TEST(a_store_destroyed_with_ops_in_flight_answers_none)
{
	struct store_op sent = {
		.verb = STORE_FIND, .key = key_of("0000000a"), .done = on_unwanted
	};
	struct store_op waiting = sent;
	struct store   *store = store_at(world.url);

	world_wait_up(&world, store);
	store_start(store, &sent);
	world_turn(&world);
	store_start(store, &waiting);
	store_destroy(store);
	begin(key_of("0000000a"));
}
END_TEST

START_TEST(while_nobody_listens_ops_are_answered_down)
{
	static const char *const urls[] = { "unix:///nonexistent/redis.sock", "redis://127.0.0.1:1",
		"redis://[::1]:1/3" };
	struct store            *store = store_at(urls[_i]);
	struct store_op          op = { .verb = STORE_FIND, .key = key_of("0000000a") };

	ck_assert_str_eq(store_why(store), "not connected yet");
	for (int i = 0; i < 3; i++) {
		world_op(&world, store, &op);
		ck_assert_int_eq(op.result, STORE_DOWN);
	}
	wait_why(store, _i == 0 ? "No such file" : "onnect");
	store_destroy(store);
}
END_TEST

START_TEST(a_password_is_sent_over_tcp_and_a_wrong_one_is_told)
{
	char          text[PATH_MAX_];
	int           port = port_free();
	struct store *good, *bad;

	snprintf(text, sizeof(text), "CONFIG SET port %d", port);
	ck_assert_str_eq(world_say(&world, text), "+OK");
	ck_assert_str_eq(world_say(&world, "CONFIG SET requirepass p@ss"), "+OK");
	snprintf(text, sizeof(text), "redis://:p%%40ss@127.0.0.1:%d/0", port);
	good = store_at(text);
	snprintf(text, sizeof(text), "redis://:wrong@127.0.0.1:%d", port);
	bad = store_at(text);
	world_wait_up(&world, good);
	wait_why(bad, "WRONGPASS");
	ck_assert_ptr_null(strstr(store_why(bad), "wrong@"));
	store_destroy(good);
	store_destroy(bad);
}
END_TEST

Suite *suite_store_redis(void);

Suite *
suite_store_redis(void)
{
	Suite *suite = suite_create("store_redis");
	TCase *link = tcase_create("link");

	tcase_set_timeout(link, 60);
	tcase_add_checked_fixture(link, setup, teardown);
	tcase_add_loop_test(
	    link, a_redis_killed_and_restarted_has_lost_nothing_that_was_answered, 0, 3);
	tcase_add_test(link, a_script_that_redis_forgot_is_sent_again);
	tcase_add_test(link, what_is_refused_is_not_done_in_part);
	tcase_add_test(link, what_is_read_in_pages_is_of_one_execution_though_another_begins);
	tcase_add_test(
	    link, pages_of_a_redis_that_was_killed_are_not_joined_with_those_of_the_next);
	tcase_add_test(link, an_answer_that_does_not_come_is_unknown_and_breaks_the_connection);
	tcase_add_test(link, a_turn_of_our_own_that_is_long_breaks_no_connection);
	tcase_add_test(link, a_redis_that_may_evict_is_refused);
	tcase_add_test(link, the_policy_is_known_where_config_is_not_allowed);
	tcase_add_test(link, a_replica_is_refused);
	tcase_add_test(link, a_redis_that_became_a_replica_is_left);
	tcase_add_test(link, a_full_redis_fails_a_write_whole_and_still_reads);
	tcase_add_test(link, a_write_that_no_replica_would_have_is_put_off_and_then_refused);
	tcase_add_test(link, a_store_destroyed_with_ops_in_flight_answers_none);
	tcase_add_loop_test(link, while_nobody_listens_ops_are_answered_down, 0, 3);
	tcase_add_test(link, a_password_is_sent_over_tcp_and_a_wrong_one_is_told);
	suite_add_tcase(suite, link);
	return suite;
}
