/* SPDX-License-Identifier: Apache-2.0
 * serve.c - builds the world bottom-up, runs it, and takes it down in reverse. It knows every name. */
#include "serve.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "api/api.h"
#include "api/keys.h"
#include "data_dir.h"
#include "engine/engine.h"
#include "feed/feed.h"
#include "http/http.h"
#include "loop/loop_ev.h"
#include "net/fetch.h"
#include "plan/config.h"
#include "providers/aws/aws.h"
#include "providers/aws/call.h"
#include "providers/github/call.h"
#include "providers/github/github.h"
#include "providers/local/local.h"
#include "serve_archive.h"
#include "serve_options.h"
#include "share.h"
#include "store/redis_child.h"
#include "store/store_mem.h"
#include "store/store_redis.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/secret.h"
#include "util/str.h"

#define READY_LOOK_US  1000
#define READY_MAX_US   2000000 /* a store that is not there by then may come later */
#define DRAIN_LOOK_US  20000
#define DRAIN_GRACE_US 8000000 /* for calls that are under way to be answered, and recorded */
#define DRAIN_MAX_US   10000000

struct world {
	struct serve_options  options;
	struct data_dir       data;
	char                 *share;
	struct loop_ev       *ev;
	struct redis_child   *redis;
	struct store         *store;
	struct feed          *feed;
	struct fetcher       *fetcher;
	struct aws_caller    *aws;
	struct github_caller *github;
	struct registry      *registry;
	struct engine        *engine;
	struct archive       *archive;
	struct keys          *keys;
	struct api           *api;
	struct http_server   *http;
	char                 *url;
	struct timer          ready;
	int64_t               ready_until_us;
	struct timer          drain;
	int64_t               drain_until_us;
	bool                  failed;
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
build_providers(struct world *world, struct err *err)
{
	char                     *models = NULL, *root = NULL;
	struct provider          *local;
	struct aws_caller_options aws = { .endpoint = world->options.aws_endpoint };
	struct str                path;

	str_init(&path, 4096);
	str_addf(&path, "%s/aws", world->share);
	models = str_take(&path);
	aws.models_dir = models;
	world->registry = registry_create(plan_check_type);
	world->fetcher = fetcher_create(world->ev);
	world->aws = aws_caller_create(loop_of(world), world->fetcher, &aws);
	free(models);
	registry_add_provider(world->registry, aws_provider_create(loop_of(world), world->aws));
	world->github =
	    github_caller_create(loop_of(world), world->fetcher, world->options.github_endpoint);
	registry_add_provider(
	    world->registry, github_provider_create(loop_of(world), world->github, NULL));
	root = world->options.local_root != NULL ? xstrdup(world->options.local_root)
						 : data_dir_path(&world->data, "local");
	local = local_create(world->ev, root, world->options.local_commands);
	if (local == NULL)
		err_set(err, ERR_INTERNAL, "--local-root %s: %s", root, strerror(errno));
	else
		registry_add_provider(world->registry, local);
	free(root);
	return local != NULL ? ERR_OK : err->code;
}

static enum err_code
load_types(struct world *world, struct err *err)
{
	static const char *const folders[] = { "aws", "github", "local" };
	struct str               path;
	enum err_code            code;

	str_init(&path, 4096);
	str_addf(&path, "%s/schemas", world->share);
	code = plan_setup(path.data, err);
	for (size_t i = 0; code == ERR_OK && i < array_len(folders); i++) {
		str_clear(&path);
		str_addf(&path, "%s/schemas/%s", world->share, folders[i]);
		code = registry_list(world->registry, path.data, err);
	}
	if (code == ERR_OK && world->options.types != NULL)
		code = registry_load(world->registry, world->options.types, err);
	str_fini(&path);
	return code;
}

static enum err_code
build_engine(struct world *world, struct err *err)
{
	struct engine_options options = {
		.loop = loop_of(world),
		.store = world->store,
		.registry = world->registry,
		.lease_ms = world->options.lease_ms,
		.owner = world->data.owner,
		.recover_ms = world->options.lease_ms / 2,
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
		.fetcher = world->fetcher,
		.registry = world->registry,
	};

	return serve_archive(&world->options, &options, &world->archive, err);
}

static enum err_code
build_keys(struct world *world, struct err *err)
{
	char *path;

	if (world->options.keys != NULL) {
		world->keys = keys_load(world->options.keys, err);
	} else {
		path = data_dir_path(&world->data, "key");
		world->keys = keys_generate(path, err);
		free(path);
	}
	return world->keys != NULL ? ERR_OK : err->code;
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
		.registry = world->registry,
		.keys = world->keys,
		.share_dir = world->share,
		.version = PACKAGE_VERSION,
	};

	str_init(&schemas, 4096);
	str_addf(&schemas, "%s/schemas", world->share);
	options.schemas_dir = schemas.data;
	world->api = api_create(&options, err);
	str_fini(&schemas);
	return world->api != NULL ? ERR_OK : err->code;
}

/* A generated key is for a first run on one's own machine. */
static bool
is_loopback(const char *address)
{
	return str_starts(address, "127.") || str_starts(address, "[::1]:") ||
	       str_starts(address, "localhost:") || str_starts(address, "unix:");
}

static enum err_code
build_http(struct world *world, struct err *err)
{
	if (world->options.keys == NULL && !is_loopback(world->options.listen))
		return err_set(err, ERR_INTERNAL,
		    "--listen %s: without --keys only loopback is listened on",
		    world->options.listen);
	world->http = http_create(world->ev, &http_defaults, api_handle, api_refuse, world->api);
	return http_listen(world->http, world->options.listen, &world->url, err);
}

static enum err_code
build(struct world *world, struct err *err)
{
	static enum err_code (*const steps[])(struct world *, struct err *) = {
		build_store,
		build_providers,
		load_types,
		build_engine,
		build_archive,
		build_keys,
		build_api,
		build_http,
	};
	enum err_code code = data_dir_open(&world->data, world->options.data, err);

	world->share = share_find(world->options.share);
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
	keys_destroy(world->keys);
	archive_destroy(world->archive);
	engine_destroy(world->engine);
	if (world->feed != NULL)
		feed_destroy(world->feed);
	if (world->registry != NULL)
		registry_destroy(world->registry);
	if (world->aws != NULL)
		aws_caller_destroy(world->aws);
	github_caller_destroy(world->github);
	if (world->fetcher != NULL)
		fetcher_destroy(world->fetcher);
	store_destroy(world->store);
	redis_child_stop(world->redis);
	loop_ev_destroy(world->ev);
	free(world->share);
	free(world->url);
	data_dir_close(&world->data);
	plan_teardown();
}

/* ---- running ---- */

/* What runs is left in order, for another process or for this one's next life. */
static void
on_drain(struct timer *timer)
{
	struct world *world = container_of(timer, struct world, drain);

	if (engine_running_n(world->engine) == 0 ||
	    loop_now_us(loop_of(world)) >= world->drain_until_us)
		loop_ev_stop(world->ev);
	else
		timer_arm(loop_of(world), &world->drain, DRAIN_LOOK_US);
}

static void
on_stop_signal(void *arg, int signo)
{
	struct world *world = arg;

	log_info("stopping", "signal=%d running=%zu", signo, engine_running_n(world->engine));
	if (world->drain_until_us != 0) { /* the second one */
		loop_ev_stop(world->ev);
		return;
	}
	http_stop_listening(world->http);
	engine_drain(world->engine, DRAIN_GRACE_US);
	world->drain_until_us = loop_now_us(loop_of(world)) + DRAIN_MAX_US;
	timer_arm(loop_of(world), &world->drain, 0);
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

/* Says that it is ready once the store is there, which a private one is in a moment. */
static void
on_ready(struct timer *timer)
{
	struct world *world = container_of(timer, struct world, ready);

	if (!store_is_up(world->store) && loop_now_us(loop_of(world)) < world->ready_until_us) {
		timer_arm(loop_of(world), &world->ready, READY_LOOK_US);
		return;
	}
	printf("listening on %s\n", world->url);
	fflush(stdout);
}

static void
raise_limits(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	signal(SIGPIPE, SIG_IGN);
	umask(077);
}

int
serve_main(int argc, char **argv)
{
	struct world       world = { .data = { .lock = -1 } };
	struct err         err;
	enum serve_verdict verdict = serve_options_read(&world.options, argc, argv);

	if (verdict != SERVE_GO)
		return verdict == SERVE_HELPED ? EXIT_SUCCESS : EXIT_FAILURE;
	if (!secret_setup()) {
		fputs("mgraph-deploy serve: secrets can't be protected here\n", stderr);
		return EXIT_FAILURE;
	}
	raise_limits();
	log_set_level(world.options.verbose ? LOG_DEBUG : LOG_INFO);
	timer_init(&world.drain, on_drain);
	if (build(&world, &err) != ERR_OK) {
		fprintf(stderr, "mgraph-deploy serve: %s\n", err.detail);
		world.failed = true;
	} else {
		loop_ev_on_signal(world.ev, SIGTERM, on_stop_signal, &world);
		loop_ev_on_signal(world.ev, SIGINT, on_stop_signal, &world);
		if (world.options.keys == NULL)
			print_key(&world);
		timer_init(&world.ready, on_ready);
		world.ready_until_us = loop_now_us(loop_of(&world)) + READY_MAX_US;
		timer_arm(loop_of(&world), &world.ready, 0);
		loop_ev_run(world.ev);
	}
	take_down(&world);
	return world.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
