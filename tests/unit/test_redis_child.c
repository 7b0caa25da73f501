/* SPDX-License-Identifier: Apache-2.0
 * test_redis_child.c - the private redis-server: one for each folder, and what it does when it ends. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/redis_child.h"
#include "store/store_redis.h"
#include "tests/unit/store_world.h"
#include "util/check.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/str.h"

#define LEASE_MS  60000
#define LONG_NAME "a-rather-long-name-for-a-folder-of-deployment-data"
#define PATH_MAX_ 1024

static struct world world;

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

static bool
child_is_another(const void *arg)
{
	pid_t pid = redis_child_pid(world.child);

	return pid != 0 && pid != *(const pid_t *)arg;
}

static struct store *
store_at(const char *url)
{
	struct store_redis_options options = { url, "carol", .lease_ms = LEASE_MS };
	struct err                 err = { 0 };
	struct store              *store = store_redis_create(world.ev, &options, &err);

	ck_assert_msg(store != NULL, "%s", err.detail);
	return store;
}

static void
on_died(void *arg)
{
	(void)arg;
	ck_abort_msg("the private redis-server can't be kept running");
}

static struct redis_child *
child_at(struct loop_ev *ev, const char *dir, char **ret_url)
{
	struct err          err = { 0 };
	struct redis_child *child = redis_child_start(ev, dir, on_died, NULL, ret_url, &err);

	ck_assert_msg(child != NULL, "%s", err.detail);
	return child;
}

START_TEST(two_servers_never_run_on_one_folder)
{
	char               *url;
	struct redis_child *second;
	struct store       *store;
	pid_t               gone;
	struct store_op     held = { .verb = STORE_BEGIN, .key = key_of("0000000a") };

	store_world_init(&world, WORLD_REDIS);
	gone = redis_child_pid(world.child);
	second = child_at(world.ev, world.dir, &url);
	store = store_at(url);
	begin(key_of("0000000a"));
	ck_assert_int_eq(redis_child_pid(second), 0);
	ck_assert(!store_is_up(store)); /* nor is the first one's server taken for its own */
	redis_child_stop(world.child);
	world.child = second;
	world_wait_until(&world, child_is_another, &gone);
	world_wait_up(&world, store);
	store_destroy(world.store);
	world.store = store;
	world_op(&world, store, &held);
	ck_assert_int_eq(held.result, STORE_EXISTS); /* what the first one stored is there */
	ck_assert_str_eq(held.text_out, "alice 1");
	store_op_fini(&held);
	free(world.url);
	world.url = url;
	store_world_fini(&world);
}
END_TEST

/* Another process with a private Redis on `dir`, which is up when this returns. */
static pid_t
process_with_redis(char *dir)
{
	int   fds[2];
	char  byte;
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		store_world_init_at(&world, dir);
		begin(key_of("0000000a"));
		if (write(fds[1], "x", 1) == 1)
			loop_ev_run(world.ev);
		_exit(EXIT_FAILURE);
	}
	close(fds[1]);
	ck_assert_int_eq(read(fds[0], &byte, 1), 1);
	close(fds[0]);
	return pid;
}

START_TEST(a_successor_of_a_killed_process_waits_for_its_redis_and_finds_all)
{
	char *dir = temp_dir_create();
	pid_t pid = process_with_redis(dir);

	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	store_world_init_at(&world, dir);
	ck_assert_uint_eq(begin(key_of("0000000a")), 2);
	store_world_fini(&world);
}
END_TEST

START_TEST(a_folder_with_a_long_name_does_as_well)
{
	char       *top = temp_dir_create();
	struct str  dir;
	struct stat info;

	str_init(&dir, PATH_MAX_);
	str_addf(&dir, "%s/" LONG_NAME, top);
	ck_assert_int_eq(mkdir(dir.data, 0700), 0);
	str_add(&dir, "/" LONG_NAME " \"quoted\" ");
	store_world_init_at(&world, xstrdup(dir.data));
	begin(key_of("0000000a"));
	ck_assert(str_starts(world.url, "unix:///proc/self/fd/"));
	str_add(&dir, "/redis");
	ck_assert_int_eq(stat(dir.data, &info), 0);
	ck_assert_uint_eq(info.st_mode & 0777, 0700);
	str_add(&dir, "/redis.conf");
	ck_assert_int_eq(stat(dir.data, &info), 0);
	ck_assert_uint_eq(info.st_mode & 0777, 0600);
	store_world_fini(&world);
	str_fini(&dir);
	temp_dir_remove(top);
}
END_TEST

static void
on_died_for_good(void *arg)
{
	redis_child_stop(world.child);
	loop_ev_stop(world.ev);
	*(bool *)arg = true;
}

START_TEST(a_server_that_ends_again_and_again_is_given_up)
{
	static const char script[] = "#!/bin/sh\necho x >>runs\nexit 3\n";
	char             *dir = temp_dir_create();
	char              path[PATH_MAX_];
	bool              has_died = false;
	struct err        err = { 0 };
	struct stat       info;
	int               fd;

	snprintf(path, sizeof(path), "%s/redis-server", dir);
	fd = open(path, O_WRONLY | O_CREAT, 0700);
	ck_assert_int_eq(write(fd, script, sizeof(script) - 1), sizeof(script) - 1);
	close(fd);
	snprintf(path, sizeof(path), "%s:%s", dir, getenv("PATH"));
	setenv("PATH", path, 1);
	log_set_level(LOG_ERROR);
	world.ev = loop_ev_create();
	world.child =
	    redis_child_start(world.ev, dir, on_died_for_good, &has_died, &world.url, &err);
	ck_assert_ptr_nonnull(world.child);
	loop_ev_run(world.ev);
	ck_assert(has_died);
	snprintf(path, sizeof(path), "%s/redis/runs", dir);
	ck_assert_int_eq(stat(path, &info), 0);
	ck_assert_int_eq(info.st_size, 6 * 2); /* the first start, and five more */
	loop_ev_destroy(world.ev);
	free(world.url);
	temp_dir_remove(dir);
}
END_TEST

START_TEST(a_folder_that_cannot_be_used_is_told)
{
	struct loop_ev *ev = loop_ev_create();
	struct err      err = { 0 };
	char           *url;

	ck_assert_ptr_null(redis_child_start(ev, "/dev/null/data", on_died, NULL, &url, &err));
	ck_assert_int_eq(err.code, ERR_INTERNAL);
	ck_assert_str_eq(err.detail, "cannot create /dev/null/data: Not a directory");
	loop_ev_destroy(ev);
}
END_TEST

Suite *suite_redis_child(void);

Suite *
suite_redis_child(void)
{
	Suite *suite = suite_create("redis_child");
	TCase *tcase = tcase_create("redis_child");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, two_servers_never_run_on_one_folder);
	tcase_add_test(tcase, a_successor_of_a_killed_process_waits_for_its_redis_and_finds_all);
	tcase_add_test(tcase, a_folder_with_a_long_name_does_as_well);
	tcase_add_test(tcase, a_server_that_ends_again_and_again_is_given_up);
	tcase_add_test(tcase, a_folder_that_cannot_be_used_is_told);
	suite_add_tcase(suite, tcase);
	return suite;
}
