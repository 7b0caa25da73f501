/* SPDX-License-Identifier: Apache-2.0
 *
 * serve_options.h - what `mgraph-deploy serve` was told: on its command line, else by MGRAPH_DEPLOY_<OPTION>.
 */
#ifndef SERVE_OPTIONS_H
#define SERVE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/engine.h"
#include "drivers.h"
#include "http/http.h"
#include "options.h"
#include "util/str.h"

struct serve_options {
	const char *listen;     /* HOST:PORT or unix:PATH */
	bool        reuse_port; /* others listen on the same one */
	const char *data;       /* folder for what must outlive the process */
	const char *redis;      /* URL; NULL: a private redis-server; "memory:" keeps nothing */
	const char *keys;       /* file of API keys; NULL: one is generated */
	struct str  limits;     /* of tenants, as limits.h has them */
	const char *
	    sealing_key; /* file of the private key that secrets are sealed for; NULL: see sealing.h */
	struct serve_sister {
		const char *url;       /* NULL: there is none */
		const char *key_name;  /* of the header that its API key goes into */
		const char *key_value; /* the key, or @FILE; NULL: none is sent */
		const char *base;      /* of its namespaces */
	} cache, graph;
	struct str  providers; /* those that are elsewhere, as remotes.h has them */
	const char *lease;     /* seconds; lease_ms is what it says */
	int64_t
	    lease_ms; /* how long an execution waits for its process before another takes it over */
	const char              *history_count, *history_days;
	struct retention_options retention; /* what they say */
	struct drivers_options
		    drivers; /* share NULL: found beside the program; local_root NULL: DATA/local */
	const char *cors_origins;
	const char *webhooks;      /* file of them, as serve_hooks.h has it; NULL: there are none */
	const char *webhook_allow; /* URLs that they may have; NULL: none */
	struct http_tls tls;       /* cert NULL: there is none */
	bool            verbose;
};

/* As options_read(). */
enum options_verdict serve_options_read(struct serve_options *options, int argc, char **argv);
void                 serve_options_fini(struct serve_options *options);

#endif
