/* SPDX-License-Identifier: Apache-2.0
 * store_world.c - sets up each kind of store for tests. */
#include "tests/unit/store_world.h"

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "store/redis_child.h"
#include "store/redis_slots.h"
#include "store/store_mem.h"
#include "store/store_redis.h"
#include "util/check.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/str.h"

#define WAIT_US      20000000
#define TICK_US      2000
#define LEASE_MS     60000
#define REPLY_SIZE   512
#define COMMAND_MAX  1024
#define TREE_FDS_MAX 16

char *
temp_dir_create(void)
{
	const char *tmp = getenv("TMPDIR");
	struct str  path;

	str_init(&path, COMMAND_MAX);
	str_addf(&path, "%s/mgraph-test-XXXXXX", tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(path.data));
	return str_take(&path);
}

static int
on_entry(const char *path, const struct stat *info, int flag, struct FTW *place)
{
	(void)info;
	(void)flag;
	(void)place;
	return remove(path);
}

void
temp_dir_remove(char *dir)
{
	nftw(dir, on_entry, TREE_FDS_MAX, FTW_DEPTH | FTW_PHYS);
	free(dir);
}

static void
on_died(void *arg)
{
	(void)arg;
	ck_abort_msg("the private redis-server can't be kept running");
}

static struct store *
redis_store_create(struct world *world, const char *owner)
{
	struct store_redis_options options = { world->url, owner, .lease_ms = LEASE_MS,
		.archives = true };
	struct err                 err = { 0 };
	struct store              *store = store_redis_create(world->ev, &options, &err);

	ck_assert_msg(store != NULL, "%s", err.detail);
	return store;
}

static void
loop_init(struct world *world, enum world_kind kind)
{
	*world = (struct world){ .kind = kind };
	log_set_level(LOG_ERROR);
	world->ev = loop_ev_create();
	world->loop = loop_ev_loop(world->ev);
}

static void
stores_init(struct world *world)
{
	world->store = redis_store_create(world, "alice");
	world->other = redis_store_create(world, "bob");
	world_wait_up(world, world->store);
	world_wait_up(world, world->other);
}

static void
mem_init(struct world *world)
{
	*world = (struct world){ .kind = WORLD_MEM };
	world->loop = loop_create();
	world->store = store_mem_create(world->loop, "alice");
	store_mem_archive(world->store);
	world->other = store_mem_peer(world->store, "bob");
}

static void
cluster_init(struct world *world)
{
	loop_init(world, WORLD_CLUSTER);
	fleet_flush(&world_fleet);
	world->url = fleet_url(&world_fleet, 0);
	stores_init(world);
}

void
store_world_init_at(struct world *world, char *dir)
{
	struct err err = { 0 };

	loop_init(world, WORLD_REDIS);
	world->dir = dir;
	world->child = redis_child_start(world->ev, dir, on_died, NULL, &world->url, &err);
	ck_assert_msg(world->child != NULL, "%s", err.detail);
	stores_init(world);
}

void
store_world_init(struct world *world, enum world_kind kind)
{
	switch (kind) {
	case WORLD_MEM: mem_init(world); break;
	case WORLD_REDIS: store_world_init_at(world, temp_dir_create()); break;
	case WORLD_CLUSTER: cluster_init(world); break;
	}
}

void
store_world_fini(struct world *world)
{
	store_destroy(world->store);
	store_destroy(world->other);
	if (world->kind == WORLD_MEM) {
		loop_destroy(world->loop);
		return;
	}
	if (world->kind == WORLD_REDIS) {
		redis_child_stop(world->child);
		temp_dir_remove(world->dir);
	}
	loop_ev_destroy(world->ev);
	free(world->url);
}

/* ---- turning the loop ---- */

struct tick {
	struct timer  timer;
	struct world *world;
	bool (*is_over)(const void *arg);
	const void *arg;
	int64_t     end_us;
};

static void
on_tick(struct timer *timer)
{
	struct tick *tick = container_of(timer, struct tick, timer);

	ck_assert_int_lt(loop_now_us(tick->world->loop), tick->end_us);
	if (tick->is_over(tick->arg))
		loop_ev_stop(tick->world->ev);
	else
		timer_arm(tick->world->loop, timer, TICK_US);
}

void
world_turn(struct world *world)
{
	world->now_us = loop_now_us(world->loop);
	loop_turn(world->loop, world->now_us, world->now_us / 1000);
}

void
world_wait_until(struct world *world, bool (*is_over)(const void *arg), const void *arg)
{
	struct tick tick = { .world = world, .is_over = is_over, .arg = arg };

	while (world->kind == WORLD_MEM && !is_over(arg)) {
		ck_assert_int_le(loop_next_due_us(world->loop), loop_now_us(world->loop));
		world_turn(world);
	}
	if (is_over(arg))
		return;
	tick.end_us = loop_now_us(world->loop) + WAIT_US;
	timer_init(&tick.timer, on_tick);
	timer_arm(world->loop, &tick.timer, 0);
	loop_ev_run(world->ev);
	timer_disarm(world->loop, &tick.timer);
	ck_assert(is_over(arg));
}

static bool
flag_is_set(const void *arg)
{
	return *(const bool *)arg;
}

void
world_wait(struct world *world, const bool *flag)
{
	world_wait_until(world, flag_is_set, flag);
}

static bool
store_came_up(const void *arg)
{
	return store_is_up(arg);
}

void
world_wait_up(struct world *world, struct store *store)
{
	world_wait_until(world, store_came_up, store);
}

static bool op_is_done;

static void
on_op_done(struct store_op *op)
{
	(void)op;
	ck_assert(!op_is_done);
	op_is_done = true;
}

void
world_op(struct world *world, struct store *store, struct store_op *op)
{
	op->done = on_op_done;
	op_is_done = false;
	store_start(store, op);
	ck_assert(!op_is_done);
	world_wait(world, &op_is_done);
	ck_assert_int_ne(op->result, STORE_PENDING);
}

/* ---- behind the store's back ---- */

struct redis_fleet world_fleet;

const char *
world_say(const struct world *world, const char *command)
{
	static char        reply[REPLY_SIZE];
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int                fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ssize_t            len;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", world->url + strlen("unix://"));
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(write(fd, command, strlen(command)), (ssize_t)strlen(command));
	ck_assert_int_eq(write(fd, "\r\n", 2), 2);
	len = read(fd, reply, sizeof(reply) - 1);
	ck_assert_int_gt(len, 0);
	close(fd);
	reply[len] = '\0';
	reply[strcspn(reply, "\r\n")] = '\0';
	return reply;
}

void
world_expire_lease(struct world *world, const struct store_key *key)
{
	struct str command;
	unsigned   slot;

	if (world->kind == WORLD_MEM) {
		world->now_us = loop_now_us(world->loop) + (int64_t)STORE_MEM_LEASE_MS * 1000;
		loop_turn(world->loop, world->now_us, world->now_us / 1000);
		return;
	}
	str_init(&command, COMMAND_MAX);
	str_addf(&command, "DEL mg:{%s:%s}:lease", key->tenant, key->deployment);
	slot = redis_slot_of(command.data);
	if (world->kind == WORLD_CLUSTER)
		ck_assert_str_eq(
		    fleet_say(&world_fleet, fleet_node_of(slot), "%s", command.data), "1");
	else
		ck_assert_str_eq(world_say(world, command.data), ":1");
	str_fini(&command);
}
