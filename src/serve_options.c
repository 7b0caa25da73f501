/* SPDX-License-Identifier: Apache-2.0
 * serve_options.c - its table. */
#include "serve_options.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "util/check.h"

#define LEASE_LEAST   1
#define LEASE_MOST    3600
#define HISTORY_LEAST 10 /* a begin that comes late finds in the history that it was over */
#define HISTORY_MOST  1000000
#define DAYS_MOST     36500
#define MS_PER_DAY    86400000

static const struct option_row rows[] = {
	{ "listen", "HOST:PORT", "where to listen, or unix:PATH; port 0 picks a free one",
	    offsetof(struct serve_options, listen), NULL, "127.0.0.1:10026" },
	{ "reuse-port", NULL,
	    "share the port with other processes of this user that say so too: the kernel spreads "
	    "connections over them; each has its own --data, and all of them one --redis",
	    offsetof(struct serve_options, reuse_port), NULL, NULL },
	{ "data", "DIR", "what must outlive the process", offsetof(struct serve_options, data),
	    NULL, "mgraph-deploy-data" },
	{ "redis", "URL",
	    "redis://[:password@]host:port[/db], unix:///path, "
	    "redis-sentinel://[:password@]host:port[,...]/name[/db] or "
	    "redis-cluster://[:password@]host:port[,...]; without it a private redis-server is "
	    "started under --data",
	    offsetof(struct serve_options, redis), NULL, NULL },
	{ "keys", "FILE",
	    "API keys; without it one is generated and kept in DATA/key, and only loopback is "
	    "listened on",
	    offsetof(struct serve_options, keys), NULL, NULL },
	{ "limit", "NAME=N...",
	    "how much a tenant may have of which nothing else is said; 0 is no limit: "
	    "requests_per_second, requests_burst, executions_running, executions_paused, nodes, "
	    "body_bytes, watchers",
	    offsetof(struct serve_options, limits), NULL, NULL },
	{ "sealing-key", "FILE",
	    "the private key that clients seal secrets for, 64 hex digits, for all servers of a "
	    "fleet; without it that of SERVICE__AUTH__PRIVATE_KEY, else a new one at each start",
	    offsetof(struct serve_options, sealing_key), NULL, NULL },
	DRIVERS_OPTION_ROWS(struct serve_options),
	{ "cache-url", "URL", "the Cache Service where deployments are archived",
	    offsetof(struct serve_options, cache.url), "URL__TARGET_SERVER__CACHE_SERVICE", NULL },
	{ "cache-key-name", "NAME", "the header that its API key goes into",
	    offsetof(struct serve_options, cache.key_name),
	    "AUTH__TARGET_SERVER__CACHE_SERVICE__KEY_NAME", "x-api-key" },
	{ "cache-key-value", "KEY|@FILE",
	    "its API key; everybody on this machine sees a command line: better name a file that "
	    "holds it, or use the environment",
	    offsetof(struct serve_options, cache.key_value),
	    "AUTH__TARGET_SERVER__CACHE_SERVICE__KEY_VALUE", NULL },
	{ "cache-namespace", "NAME", "there, a tenant's namespace is NAME-TENANT",
	    offsetof(struct serve_options, cache.base), NULL, "deploy-service" },
	{ "graph-url", "URL",
	    "the Graph Service where both graphs of a deployment are published, through the Cache "
	    "Service",
	    offsetof(struct serve_options, graph.url), "URL__TARGET_SERVER__GRAPH_SERVICE", NULL },
	{ "graph-key-name", "NAME", "the header that its API key goes into",
	    offsetof(struct serve_options, graph.key_name),
	    "AUTH__TARGET_SERVER__GRAPH_SERVICE__KEY_NAME", "x-api-key" },
	{ "graph-key-value", "KEY|@FILE",
	    "its API key; everybody on this machine sees a command line: better name a file that "
	    "holds it, or use the environment",
	    offsetof(struct serve_options, graph.key_value),
	    "AUTH__TARGET_SERVER__GRAPH_SERVICE__KEY_VALUE", NULL },
	{ "graph-namespace", "NAME", "there, a tenant's namespace is NAME-TENANT",
	    offsetof(struct serve_options, graph.base), NULL, "graph-service" },
	{ "local-root", "DIR", "what local:* resources are confined to; DATA/local if not given",
	    offsetof(struct serve_options, drivers.local_root), NULL, NULL },
	{ "lease", "SECONDS",
	    "how long an execution waits for a process that is not heard of before another one "
	    "takes it over",
	    offsetof(struct serve_options, lease), NULL, "10" },
	{ "history-count", "N",
	    "how many executions of a deployment are kept: 10 or more, or 0 for all",
	    offsetof(struct serve_options, history_count), NULL, "1000" },
	{ "history-days", "N",
	    "how long they are kept; 0 for ever, but for those that are too many",
	    offsetof(struct serve_options, history_days), NULL, "0" },
	{ "provider", "NAME=URL[,key=FILE]...",
	    "a provider whose driver is in another process (mgraph-deploy provider), at http://, "
	    "https:// or unix:PATH",
	    offsetof(struct serve_options, providers), NULL, NULL },
	{ "tls-cert", "FILE",
	    "a certificate (PEM) with what it is signed by: HTTPS; read again on SIGHUP",
	    offsetof(struct serve_options, tls.cert), NULL, NULL },
	{ "tls-key", "FILE", "its key (PEM)", offsetof(struct serve_options, tls.key), NULL, NULL },
	{ "tls-client-ca", "FILE",
	    "who signs certificates that clients must have; without it they need none",
	    offsetof(struct serve_options, tls.client_ca), NULL, NULL },
	{ "cors-origins", "LIST",
	    "origins whose pages may ask (https://deploy.example), with commas, or *; without it "
	    "none",
	    offsetof(struct serve_options, cors_origins), NULL, NULL },
	{ "webhooks", "FILE",
	    "who is told of executions and of what verifies find, by signed requests: tenants, "
	    "URLs and secrets; read again on SIGHUP",
	    offsetof(struct serve_options, webhooks), NULL, NULL },
	{ "webhook-allow", "LIST",
	    "where webhooks may go: hosts (*.example.com) and beginnings of URLs, with commas, or "
	    "*; without it nowhere",
	    offsetof(struct serve_options, webhook_allow), NULL, NULL },
	{ "verbose", NULL, "log each request", offsetof(struct serve_options, verbose), NULL,
	    NULL },
};

static const struct option_table table = { "serve", "Run the service.", rows, array_len(rows) };

/* False: it is none of these numbers, and that was said. 0 may be one of its own. */
static bool
read_number(
    const char *name, const char *text, bool or_0, int64_t least, int64_t most, int64_t *ret)
{
	char *end;

	*ret = strtol(text, &end, 10);
	if (*end == '\0' && end != text && ((*ret >= least && *ret <= most) || (or_0 && *ret == 0)))
		return true;
	fprintf(stderr,
	    "mgraph-deploy serve: --%s %s: a whole number from %" PRId64 " to %" PRId64
	    "%s is wanted\n",
	    name, text, least, most, or_0 ? ", or 0," : "");
	return false;
}

static bool
read_numbers(struct serve_options *options)
{
	int64_t seconds, count, days;

	if (!read_number("lease", options->lease, false, LEASE_LEAST, LEASE_MOST, &seconds) ||
	    !read_number("history-count", options->history_count, true, HISTORY_LEAST, HISTORY_MOST,
		&count) ||
	    !read_number("history-days", options->history_days, true, 1, DAYS_MOST, &days))
		return false;
	options->lease_ms = seconds * 1000;
	options->retention = (struct retention_options){ (uint64_t)count, days * MS_PER_DAY };
	return true;
}

/* As a browser says it: https://HOST or https://HOST:PORT, or null. */
static bool
is_origin(const char *text, size_t len)
{
	const char *host = memmem(text, len, "://", 3);

	if (len == strlen("null") && strncmp(text, "null", len) == 0)
		return true;
	return host != NULL && host != text && host + 3 < text + len &&
	       memchr(host + 3, '/', (size_t)(text + len - (host + 3))) == NULL;
}

/* False: one of them could never be an origin, and that was said. */
static bool
check_origins(const char *list)
{
	for (const char *at = list; at != NULL && *at != '\0'; at += strspn(at, " ,")) {
		size_t len = strcspn(at, " ,");

		if (len > 0 && !(len == 1 && *at == '*') && !is_origin(at, len)) {
			fprintf(stderr,
			    "mgraph-deploy serve: --cors-origins %.*s: https://HOST or "
			    "https://HOST:PORT is wanted, with nothing behind it, or *\n",
			    (int)len, at);
			return false;
		}
		at += len;
	}
	return true;
}

enum options_verdict
serve_options_read(struct serve_options *options, int argc, char **argv)
{
	enum options_verdict verdict;

	*options = (struct serve_options){ 0 };
	verdict = options_read(&table, options, argc, argv);
	if (verdict == OPTIONS_GO &&
	    (!read_numbers(options) || !check_origins(options->cors_origins)))
		verdict = OPTIONS_MISUSED;
	return verdict;
}

void
serve_options_fini(struct serve_options *options)
{
	options_fini(&table, options);
}
