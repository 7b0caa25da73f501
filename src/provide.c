/* SPDX-License-Identifier: Apache-2.0
 * provide.c - drivers and a port, and nothing else: no store, no engine, no folder of its own. */
#include "provide.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/keys.h"
#include "drivers.h"
#include "host/host.h"
#include "http/http.h"
#include "http/problem.h"
#include "loop/loop_ev.h"
#include "process.h"
#include "provide_options.h"
#include "sealing.h"
#include "share.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/secret.h"

#define DRAIN_LOOK_US 20000
#define DRAIN_MAX_US  10000000 /* for questions that are under way to be answered */

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
	struct timer           drain;
	int64_t                drain_until_us;
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
	const struct drivers_options options = {
		.share = world->share,
		.aws_endpoint = world->options.aws_endpoint,
		.github_endpoint = world->options.github_endpoint,
		.local_root = world->options.local_root,
		.exec_allow = world->options.exec_allow,
		.http_allow = world->options.http_allow,
		.net_allow = world->options.net_allow,
		.types = world->options.types,
		.key = world->sealing_key,
	};
	enum err_code code = drivers_init(&world->drivers, world->ev, &options, err);
	char         *names = xstrdup(world->options.drivers.data), *at = names, *name;

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
	world->http =
	    http_create(world->ev, &http_defaults, host_handle, problem_refuse, world->host);
	return http_listen(world->http, world->options.listen, &world->url, err);
}

static enum err_code
build(struct world *world, struct err *err)
{
	world->share = share_find(world->options.share);
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
	loop_ev_destroy(world->ev);
	free(world->share);
	free(world->url);
}

/* ---- running ---- */

static void
on_drain(struct timer *timer)
{
	struct world *world = container_of(timer, struct world, drain);

	if (host_asked_n(world->host) == 0 || loop_now_us(loop_of(world)) >= world->drain_until_us)
		loop_ev_stop(world->ev);
	else
		timer_arm(loop_of(world), &world->drain, DRAIN_LOOK_US);
}

static void
on_stop_signal(void *arg, int signo)
{
	struct world *world = arg;

	log_info("stopping", "signal=%d asked=%zu", signo, host_asked_n(world->host));
	if (world->drain_until_us != 0) { /* the second one */
		loop_ev_stop(world->ev);
		return;
	}
	http_stop_listening(world->http);
	world->drain_until_us = loop_now_us(loop_of(world)) + DRAIN_MAX_US;
	timer_arm(loop_of(world), &world->drain, 0);
}

static bool
run(struct world *world)
{
	struct err err;

	timer_init(&world->drain, on_drain);
	if (build(world, &err) != ERR_OK) {
		fprintf(stderr, "mgraph-deploy provider: %s\n", err.detail);
		return false;
	}
	loop_ev_on_signal(world->ev, SIGTERM, on_stop_signal, world);
	loop_ev_on_signal(world->ev, SIGINT, on_stop_signal, world);
	printf("listening on %s\n", world->url);
	fflush(stdout);
	loop_ev_run(world->ev);
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
