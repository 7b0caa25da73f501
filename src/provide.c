/* SPDX-License-Identifier: Apache-2.0
 * provide.c - drivers and a port, and nothing else: no store, no engine, no folder of its own. */
#include "provide.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/keys.h"
#include "drain.h"
#include "drivers.h"
#include "host/host.h"
#include "http/http.h"
#include "http/problem.h"
#include "loop/loop_ev.h"
#include "notify.h"
#include "process.h"
#include "provide_options.h"
#include "sealing.h"
#include "share.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/secret.h"

struct world {
	struct provide_options options;
	char                  *share;
	struct loop_ev        *ev;
	struct drivers         drivers;
	struct sealed_key     *sealing_key;
	struct secret         *key;
	struct host           *host;
	struct http_server    *http;
	char                  *url;
	struct drain           drain;
	struct notify         *notify;
};

static struct loop *
loop_of(struct world *world)
{
	return loop_ev_loop(world->ev);
}

/* ---- building ---- */

static enum err_code
build_drivers(struct world *world, struct err *err)
{
	struct drivers_options options = world->options.drivers;
	enum err_code          code;
	char                  *names = xstrdup(world->options.names.data), *at = names, *name;

	options.share = world->share;
	options.key = world->sealing_key;
	code = drivers_init(&world->drivers, world->ev, &options, err);
	while (code == ERR_OK && (name = strsep(&at, ",")) != NULL)
		code = drivers_add(&world->drivers, name, err);
	free(names);
	return code == ERR_OK ? drivers_load_types(&world->drivers, err) : code;
}

static enum err_code
build_host(struct world *world, struct err *err)
{
	struct host_options options = {
		.loop = loop_of(world),
		.registry = world->drivers.registry,
		.version = PACKAGE_VERSION,
	};

	if (world->options.key != NULL) {
		world->key = keys_read_one(world->options.key, err);
		if (world->key == NULL)
			return err->code;
	} else if (!process_is_loopback(world->options.listen)) {
		return err_set(err, ERR_INTERNAL,
		    "--listen %s: without --key only loopback is listened on",
		    world->options.listen);
	}
	options.key = world->key;
	world->host = host_create(&options);
	world->http = http_create(
	    world->ev, &http_defaults, host_body_wanted, host_handle, problem_refuse, world->host);
	return http_listen(world->http, world->options.listen, &world->url, err);
}

static enum err_code
build(struct world *world, struct err *err)
{
	world->share = share_find(world->options.drivers.share);
	if (world->share == NULL)
		return err_set(err, ERR_INTERNAL,
		    "the folder of schemas and service models was not found: set --share");
	world->sealing_key = sealing_key_open(world->options.sealing_key, err);
	if (world->sealing_key == NULL)
		return err->code;
	world->ev = loop_ev_create();
	if (build_drivers(world, err) != ERR_OK)
		return err->code;
	return build_host(world, err);
}

static void
take_down(struct world *world)
{
	http_destroy(world->http);
	host_destroy(world->host);
	secret_destroy(world->key);
	drivers_fini(&world->drivers);
	sealed_key_destroy(world->sealing_key);
	notify_destroy(world->notify);
	loop_ev_destroy(world->ev);
	free(world->share);
	free(world->url);
}

/* ---- running ---- */

static size_t
asked_n(void *arg)
{
	struct world *world = arg;

	return host_asked_n(world->host);
}

static void
begin_to_drain(void *arg)
{
	struct world *world = arg;

	notify_stopping(world->notify);
	http_stop_listening(world->http);
}

static bool
run(struct world *world)
{
	const struct drain_options draining = { asked_n, begin_to_drain, NULL, world };
	struct err                 err;

	if (build(world, &err) != ERR_OK) {
		fprintf(stderr, "mgraph-deploy provider: %s\n", err.detail);
		return false;
	}
	drain_init(&world->drain, world->ev, &draining);
	printf("listening on %s\n", world->url);
	fflush(stdout);
	world->notify = notify_ready(loop_of(world), world->url);
	drain_run(&world->drain, NULL);
	return true;
}

int
provide_main(int argc, char **argv)
{
	struct world         world = { 0 };
	enum options_verdict verdict = provide_options_read(&world.options, argc, argv);
	bool                 good = verdict == OPTIONS_HELPED;

	if (verdict == OPTIONS_GO && process_setup("provider", world.options.verbose)) {
		good = run(&world);
		take_down(&world);
	}
	provide_options_fini(&world.options);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
