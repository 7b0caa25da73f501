/* SPDX-License-Identifier: Apache-2.0
 * provide_options.c - its table. */
#include "provide_options.h"

#include "drivers.h"
#include "util/check.h"

static const struct option_row rows[] = {
	{ "listen", "HOST:PORT", "where to listen, or unix:PATH; port 0 picks a free one",
	    offsetof(struct provide_options, listen), NULL, "127.0.0.1:10027" },
	{ "drivers", "NAME,...", "which drivers to serve", offsetof(struct provide_options, names),
	    NULL, "aws" },
	{ "key-file", "FILE", /* MGRAPH_DEPLOY_KEY is a client's, and no file */
	    "the API key that is asked for; without it only loopback or a unix socket is listened "
	    "on",
	    offsetof(struct provide_options, key), NULL, NULL },
	{ "sealing-key", "FILE",
	    "the private key that clients seal secrets for, 64 hex digits; without it that of "
	    "SERVICE__AUTH__PRIVATE_KEY, else a new one at each start",
	    offsetof(struct provide_options, sealing_key), NULL, NULL },
	DRIVERS_OPTION_ROWS(struct provide_options),
	{ "local-root", "DIR", "what local:* resources are confined to",
	    offsetof(struct provide_options, drivers.local_root), NULL, NULL },
	{ "verbose", NULL, "log each request", offsetof(struct provide_options, verbose), NULL,
	    NULL },
};

static const struct option_table table = { "provider",
	"Serve drivers to orchestrators that run elsewhere (mgraph-deploy serve --provider).", rows,
	array_len(rows) };

enum options_verdict
provide_options_read(struct provide_options *options, int argc, char **argv)
{
	*options = (struct provide_options){ 0 };
	return options_read(&table, options, argc, argv);
}

void
provide_options_fini(struct provide_options *options)
{
	options_fini(&table, options);
}
