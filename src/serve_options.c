/* SPDX-License-Identifier: Apache-2.0
 * serve_options.c - one table for the command line, the environment and --help. */
#include "serve_options.h"

#include <ctype.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/check.h"

#define ENV_PREFIX     "MGRAPH_DEPLOY_"
#define NAME_MAX_BYTES 64
#define LEASE_LEAST    1
#define LEASE_MOST     3600

static const struct row {
	const char *name, *argument, *help;
	size_t      offset;
	const char *also; /* an environment variable of others that is honoured as well */
	const char *otherwise;
} rows[] = {
	{ "listen", "HOST:PORT", "where to listen, or unix:PATH; port 0 picks a free one",
	    offsetof(struct serve_options, listen), NULL, "127.0.0.1:10026" },
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
	{ "aws-endpoint", "URL", "instead of AWS's own endpoints (an emulator)",
	    offsetof(struct serve_options, aws_endpoint), "AWS_ENDPOINT_URL", NULL },
	{ "github-endpoint", "URL", "instead of GitHub's own endpoint",
	    offsetof(struct serve_options, github_endpoint), "GITHUB_API_URL", NULL },
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
	{ "types", "DIR", "one more folder of resource types",
	    offsetof(struct serve_options, types), NULL, NULL },
	{ "share", "DIR", "the folder of schemas and service models",
	    offsetof(struct serve_options, share), NULL, NULL },
	{ "local-root", "DIR", "what local:* resources are confined to; DATA/local if not given",
	    offsetof(struct serve_options, local_root), NULL, NULL },
	{ "local-commands", NULL, "allow local:command resources to run programs",
	    offsetof(struct serve_options, local_commands), NULL, NULL },
	{ "lease", "SECONDS",
	    "how long an execution waits for a process that is not heard of before another one "
	    "takes it over",
	    offsetof(struct serve_options, lease), NULL, "10" },
	{ "verbose", NULL, "log each request", offsetof(struct serve_options, verbose), NULL,
	    NULL },
};

static void
set(struct serve_options *options, const struct row *row, const char *value)
{
	void *member = (char *)options + row->offset;

	if (row->argument != NULL)
		*(const char **)member = value;
	else
		*(bool *)member = value != NULL && strcmp(value, "0") != 0;
}

static const char *
from_environment(const struct row *row)
{
	char        name[NAME_MAX_BYTES] = ENV_PREFIX;
	size_t      at = strlen(name);
	const char *value;

	for (const char *c = row->name; *c != '\0'; c++) {
		must(at < sizeof(name) - 1);
		name[at++] = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
	}
	name[at] = '\0';
	value = getenv(name);
	if (value == NULL && row->also != NULL)
		value = getenv(row->also);
	return value != NULL && value[0] != '\0' ? value : NULL;
}

static void
help(void)
{
	puts("Usage: mgraph-deploy serve [OPTION]...\n"
	     "Run the service. Each option can also be set by " ENV_PREFIX "<OPTION>.\n");
	for (size_t i = 0; i < array_len(rows); i++) {
		char left[64];

		snprintf(left, sizeof(left), "--%s%s%s", rows[i].name,
		    rows[i].argument != NULL ? " " : "",
		    rows[i].argument != NULL ? rows[i].argument : "");
		printf("  %-24s %s", left, rows[i].help);
		if (rows[i].otherwise != NULL)
			printf(" [%s]", rows[i].otherwise);
		putchar('\n');
	}
}

static bool
read_lease(struct serve_options *options)
{
	char *end;
	long  seconds = strtol(options->lease, &end, 10);

	options->lease_ms = seconds * 1000;
	if (*end == '\0' && seconds >= LEASE_LEAST && seconds <= LEASE_MOST)
		return true;
	fprintf(stderr, "mgraph-deploy serve: --lease %s: a whole number from %d to %d is wanted\n",
	    options->lease, LEASE_LEAST, LEASE_MOST);
	return false;
}

enum serve_verdict
serve_options_read(struct serve_options *options, int argc, char **argv)
{
	struct option longs[array_len(rows) + 2] = { { 0 } };
	int           at, c;

	*options = (struct serve_options){ 0 };
	for (size_t i = 0; i < array_len(rows); i++) {
		const char *value = from_environment(&rows[i]);

		set(options, &rows[i], value != NULL ? value : rows[i].otherwise);
		longs[i] = (struct option){ rows[i].name,
			rows[i].argument != NULL ? required_argument : no_argument, NULL, 0 };
	}
	longs[array_len(rows)] = (struct option){ "help", no_argument, NULL, 'h' };
	while ((c = getopt_long(argc, argv, "h", longs, &at)) != -1) {
		if (c == 'h') {
			help();
			return SERVE_HELPED;
		}
		if (c != 0)
			return SERVE_MISUSED; /* getopt has said why */
		set(options, &rows[at], rows[at].argument != NULL ? optarg : "1");
	}
	if (optind < argc) {
		fprintf(stderr, "mgraph-deploy serve: unexpected \"%s\"\n", argv[optind]);
		return SERVE_MISUSED;
	}
	return read_lease(options) ? SERVE_GO : SERVE_MISUSED;
}
