/* SPDX-License-Identifier: Apache-2.0
 * serve.c - builds the world bottom-up, runs it, and takes it down in reverse. It knows every name. */
#include "serve.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/api.h"
#include "api/pass_on.h"
#include "data_dir.h"
#include "drain.h"
#include "drivers.h"
#include "engine/engine.h"
#include "feed/feed.h"
#include "http/http.h"
#include "loop/loop_ev.h"
#include "notify.h"
#include "process.h"
#include "remotes.h"
#include "sealing.h"
#include "serve_access.h"
#include "serve_archive.h"
#include "serve_hooks.h"
#include "serve_options.h"
#include "serve_tls.h"
#include "share.h"
#include "store/redis_child.h"
#include "store/store_mem.h"
#include "store/store_redis.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/metrics.h"
#include "util/secret.h"
#include "util/str.h"
#include "vitals.h"

#define READY_LOOK_US  1000
#define READY_MAX_US   2000000 /* a store that is not there by then may come later */
#define PLANNED_MS     600000
#define DRAIN_GRACE_US 8000000 /* for calls that are under way to be answered, and recorded */

_Static_assert(DRAIN_GRACE_US < DRAIN_MAX_US, "what was answered is still to be recorded");

struct world {
	struct serve_options options;
	struct data_dir      data;
	char                *share;
	struct loop_ev      *ev;
	struct redis_child  *redis;
	struct store        *store;
	struct feed         *feed;
	struct remotes       remotes;
	struct drivers       drivers;
	struct sealed_key   *sealing_key; /* NULL: nothing sealed is opened here */
	char                *local_root;
	struct engine       *engine;
	struct archive      *archive;
	struct serve_hooks   hooks;
	struct access       *access;
	struct api          *api;
	struct http_server  *http;
	struct serve_tls     tls;
	char                *url;
	struct timer         ready;
	int64_t              ready_until_us;
	struct drain         drain;
	struct metrics      *metrics;
	struct vitals       *vitals;
	struct notify       *notify;
	bool                 failed;
};

static struct loop *
loop_of(struct world *world)
{
	return loop_ev_loop(world->ev);
}

/* ---- building ---- */

static void
on_redis_died(void *arg)
{
	struct world *world = arg;

	log_error("redis.child", "why=\"the private redis-server can't be kept running\"");
	world->failed = true;
	loop_ev_stop(world->ev);
}

static enum err_code
read_remotes(struct world *world, struct err *err)
{
	return remotes_read(&world->remotes, world->options.providers.data, err);
}

static bool
unseals(const struct world *world)
{
	const char *name;

	for (size_t i = 0; (name = drivers_name(i)) != NULL; i++) {
		if (drivers_unseal(&world->options.drivers, name) &&
		    remotes_find(&world->remotes, name) == NULL)
			return true;
	}
	return false;
}

/* Before any other process is started: it may be in the environment. Where all that could use it is elsewhere, there is
 * none here. */
static enum err_code
build_sealing_key(struct world *world, struct err *err)
{
	if (unseals(world)) {
		world->sealing_key = sealing_key_open(world->options.sealing_key, err);
		return world->sealing_key != NULL ? ERR_OK : err->code;
	}
	sealing_key_forget();
	if (world->options.sealing_key == NULL)
		return ERR_OK;
	return err_set(err, ERR_INVALID_REQUEST,
	    "--sealing-key %s: nothing here opens what is sealed: give it to the provider "
	    "processes",
	    world->options.sealing_key);
}

static enum err_code
build_store(struct world *world, struct err *err)
{
	char                      *url = NULL;
	struct store_redis_options options = {
		.url = world->options.redis,
		.owner = world->data.owner,
		.lease_ms = world->options.lease_ms,
		.archives = world->options.cache.url != NULL,
	};

	if (str_eq(options.url, "memory:")) {
		world->store = store_mem_create(loop_of(world), world->data.owner);
		if (options.archives)
			store_mem_archive(world->store);
		return ERR_OK;
	}
	if (options.url == NULL) {
		world->redis =
		    redis_child_start(world->ev, world->data.path, on_redis_died, world, &url, err);
		if (world->redis == NULL)
			return err->code;
		options.url = url;
	}
	world->store = store_redis_create(world->ev, &options, err);
	free(url);
	return world->store != NULL ? ERR_OK : err->code;
}

static enum err_code
add_providers(struct world *world, struct err *err)
{
	enum err_code code = ERR_OK;
	const char   *name;

	for (size_t i = 0; code == ERR_OK && (name = drivers_name(i)) != NULL; i++) {
		if (remotes_find(&world->remotes, name) == NULL)
			code = drivers_add(&world->drivers, name, err);
	}
	for (size_t i = 0; code == ERR_OK && i < world->remotes.n; i++)
		code = drivers_add_remote(&world->drivers, &world->remotes.items[i], err);
	return code == ERR_OK ? drivers_load_types(&world->drivers, err) : code;
}

static enum err_code
build_drivers(struct world *world, struct err *err)
{
	struct drivers_options options = world->options.drivers;

	options.share = world->share;
	options.key = world->sealing_key;
	world->local_root = options.local_root != NULL ? xstrdup(options.local_root)
						       : data_dir_path(&world->data, "local");
	options.local_root = world->local_root;
	if (drivers_init(&world->drivers, world->ev, &options, err) != ERR_OK)
		return err->code;
	return add_providers(world, err);
}

static enum err_code
build_metrics(struct world *world, struct err *err)
{
	(void)err;
	world->metrics = metrics_create();
	world->vitals = vitals_create(world->metrics, loop_of(world), PACKAGE_VERSION);
	return ERR_OK;
}

static enum err_code
build_engine(struct world *world, struct err *err)
{
	struct engine_options options = {
		.loop = loop_of(world),
		.store = world->store,
		.registry = world->drivers.registry,
		.lease_ms = world->options.lease_ms,
		.owner = world->data.owner,
		.recover_ms = world->options.lease_ms / 2,
		.retention = world->options.retention,
		.planned_ms = PLANNED_MS,
		.metrics = world->metrics,
	};
	char seed[2 * sizeof(options.seed) + 1];

	(void)err;
	secret_random_hex(seed, sizeof(options.seed));
	options.seed = strtoull(seed, NULL, 16);
	world->feed = feed_create(loop_of(world), world->store);
	options.feed = world->feed;
	world->engine = engine_create(&options);
	return ERR_OK;
}

static enum err_code
build_archive(struct world *world, struct err *err)
{
	struct archive_options options = {
		.loop = loop_of(world),
		.store = world->store,
		.fetcher = world->drivers.fetcher,
		.registry = world->drivers.registry,
	};

	return serve_archive(&world->options, &options, &world->archive, err);
}

static enum err_code
build_hooks(struct world *world, struct err *err)
{
	struct hooks_options options = {
		.loop = loop_of(world),
		.store = world->store,
		.feed = world->feed,
		.fetcher = world->drivers.fetcher,
		.metrics = world->metrics,
	};

	return serve_hooks(&world->hooks, &world->options, world->ev, &options, err);
}

static enum err_code
build_access(struct world *world, struct err *err)
{
	world->access = serve_access(&world->options, &world->data, world->ev, world->store, err);
	return world->access != NULL ? ERR_OK : err->code;
}

static enum err_code
build_api(struct world *world, struct err *err)
{
	struct str         schemas;
	struct api_options options = {
		.loop = loop_of(world),
		.engine = world->engine,
		.store = world->store,
		.feed = world->feed,
		.archive = world->archive,
		.registry = world->drivers.registry,
		.access = world->access,
		.fetcher = world->drivers.fetcher,
		.owner = world->data.owner,
		.share_dir = world->share,
		.cors_origins = world->options.cors_origins,
		.lease_ms = world->options.lease_ms,
		.version = PACKAGE_VERSION,
		.metrics = world->metrics,
	};

	str_init(&schemas, 4096);
	str_addf(&schemas, "%s/schemas", world->share);
	options.schemas_dir = schemas.data;
	world->api = api_create(&options, err);
	str_fini(&schemas);
	return world->api != NULL ? ERR_OK : err->code;
}

/* For the others of its Redis on this host. One in memory, or its own, is nobody else's. */
static enum err_code
listen_for_others(struct world *world, struct err *err)
{
	char socket[PASS_ON_SOCKET_SIZE], address[PASS_ON_SOCKET_SIZE + sizeof("unix:")];

	if (world->options.redis == NULL || str_eq(world->options.redis, "memory:"))
		return ERR_OK;
	pass_on_socket(world->data.owner, socket);
	snprintf(address, sizeof(address), "unix:%s", socket);
	return http_listen(world->http, address, NULL, err);
}

static enum err_code
build_http(struct world *world, struct err *err)
{
	struct http_options options = http_defaults;

	/* A generated key is for a first run on one's own machine. */
	if (world->options.keys == NULL && !process_is_loopback(world->options.listen))
		return err_set(err, ERR_INTERNAL,
		    "--listen %s: without --keys only loopback is listened on",
		    world->options.listen);
	options.shares_port = world->options.reuse_port;
	world->http =
	    http_create(world->ev, &options, api_body_wanted, api_handle, api_refuse, world->api);
	if (serve_tls(&world->tls, &world->options, world->ev, world->http, err) != ERR_OK)
		return err->code;
	return http_listen(world->http, world->options.listen, &world->url, err);
}

static enum err_code
build(struct world *world, struct err *err)
{
	static enum err_code (*const steps[])(struct world *, struct err *) = {
		read_remotes,
		build_sealing_key,
		build_store,
		build_drivers,
		build_metrics,
		build_engine,
		build_archive,
		build_hooks,
		build_access,
		build_api,
		build_http,
		listen_for_others,
	};
	enum err_code code = data_dir_open(&world->data, world->options.data, err);

	world->share = share_find(world->options.drivers.share);
	if (code == ERR_OK && world->share == NULL)
		code = err_set(err, ERR_INTERNAL,
		    "the folder of schemas and service models was not "
		    "found: set --share");
	if (code == ERR_OK)
		world->ev = loop_ev_create();
	for (size_t i = 0; code == ERR_OK && i < array_len(steps); i++)
		code = steps[i](world, err);
	return code;
}

static void
take_down(struct world *world)
{
	http_destroy(world->http);
	api_destroy(world->api);
	access_destroy(world->access);
	hooks_destroy(world->hooks.hooks);
	archive_destroy(world->archive);
	engine_destroy(world->engine);
	if (world->feed != NULL)
		feed_destroy(world->feed);
	notify_destroy(world->notify);
	vitals_destroy(world->vitals);
	metrics_destroy(world->metrics);
	drivers_fini(&world->drivers);
	sealed_key_destroy(world->sealing_key);
	store_destroy(world->store);
	redis_child_stop(world->redis);
	loop_ev_destroy(world->ev);
	free(world->share);
	free(world->url);
	free(world->local_root);
	remotes_fini(&world->remotes);
	data_dir_close(&world->data);
}

/* ---- running ---- */

static size_t
running_n(void *arg)
{
	struct world *world = arg;

	return engine_running_n(world->engine);
}

/* What runs is left in order, for another process or for this one's next life. */
static void
begin_to_drain(void *arg)
{
	struct world *world = arg;

	notify_stopping(world->notify);
	http_stop_listening(world->http);
	engine_drain(world->engine, DRAIN_GRACE_US);
}

static size_t
say_goodbye(void *arg)
{
	struct world *world = arg;

	api_farewell(world->api);
	return http_open_n(world->http);
}

static void
print_key(const struct world *world)
{
	char *path = data_dir_path(&world->data, "key");
	FILE *file = fopen(path, "r");
	char  key[256];

	if (file != NULL && fgets(key, sizeof(key), file) != NULL)
		fprintf(stderr, "API key (also in %s): %s", path, key);
	if (file != NULL)
		fclose(file);
	secret_wipe(key, sizeof(key));
	free(path);
}

/* Says that it is ready once the store is there and its keys are known, which with a private one is in a moment. */
static void
on_ready(struct timer *timer)
{
	struct world *world = container_of(timer, struct world, ready);

	if (!access_is_whole(world->access) &&
	    loop_now_us(loop_of(world)) < world->ready_until_us) {
		timer_arm(loop_of(world), &world->ready, READY_LOOK_US);
		return;
	}
	printf("listening on %s\n", world->url);
	fflush(stdout);
	world->notify = notify_ready(loop_of(world), world->url);
}

static void
run(struct world *world)
{
	const struct drain_options draining = { running_n, begin_to_drain, say_goodbye, world };
	struct err                 err;

	if (build(world, &err) != ERR_OK) {
		fprintf(stderr, "mgraph-deploy serve: %s\n", err.detail);
		world->failed = true;
		return;
	}
	drain_init(&world->drain, world->ev, &draining);
	if (world->options.keys == NULL)
		print_key(world);
	timer_init(&world->ready, on_ready);
	world->ready_until_us = loop_now_us(loop_of(world)) + READY_MAX_US;
	timer_arm(loop_of(world), &world->ready, 0);
	drain_run(&world->drain, &world->failed);
}

int
serve_main(int argc, char **argv)
{
	struct world         world = { .data = { .lock = -1 } };
	enum options_verdict verdict = serve_options_read(&world.options, argc, argv);

	world.failed = verdict == OPTIONS_MISUSED;
	if (verdict == OPTIONS_GO && process_setup("serve", world.options.verbose)) {
		run(&world);
		take_down(&world);
	} else if (verdict == OPTIONS_GO) {
		world.failed = true;
	}
	serve_options_fini(&world.options);
	return world.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
