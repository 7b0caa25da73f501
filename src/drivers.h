/* SPDX-License-Identifier: Apache-2.0
 *
 * drivers.h - what the service and a provider process stand on alike: drivers, what they fetch with, and their types.
 */
#ifndef DRIVERS_H
#define DRIVERS_H

#include <stdbool.h>

#include "provider/registry.h"
#include "remotes.h"
#include "util/err.h"

struct loop_ev;
struct sealed_key;

/* The rows of options.h for all but the key and the local root, of a struct with a member `drivers`. */
#define DRIVERS_OPTION_ROWS(of)                                                                  \
	{ "aws-endpoint", "URL", "instead of AWS's own endpoints (an emulator)",                 \
		offsetof(of, drivers.aws_endpoint), "AWS_ENDPOINT_URL", NULL },                  \
	    { "github-endpoint", "URL", "instead of GitHub's own endpoint",                      \
		    offsetof(of, drivers.github_endpoint), "GITHUB_API_URL", NULL },             \
	    { "types", "DIR", "one more folder of resource types", offsetof(of, drivers.types),  \
		    NULL, NULL },                                                                \
	    { "share", "DIR", "the folder of schemas and service models",                        \
		    offsetof(of, drivers.share), NULL, NULL },                                   \
	    { "exec-allow", "LIST",                                                              \
		    "programs that exec:command resources may run: paths, names found on PATH, " \
		    "or *; none if not given",                                                   \
		    offsetof(of, drivers.exec_allow), NULL, NULL },                              \
	    { "http-allow", "LIST",                                                              \
		    "what http:request resources may ask: beginnings of URLs, hosts, or *; "     \
		    "nothing if not given",                                                      \
		    offsetof(of, drivers.http_allow), NULL, NULL },                              \
	{                                                                                        \
		"net-allow", "LIST",                                                             \
		    "what net:port checks may connect to: tcp://HOST:PORT, hosts, or *; "        \
		    "nothing if not given",                                                      \
		    offsetof(of, drivers.net_allow), NULL, NULL                                  \
	}

struct drivers_options {
	const char              *share;           /* schemas and service models */
	const char              *aws_endpoint;    /* NULL: AWS's own */
	const char              *github_endpoint; /* NULL: GitHub's own */
	const char              *local_root;
	const char              *exec_allow; /* programs; NULL: none */
	const char              *http_allow; /* URLs; NULL: none */
	const char              *net_allow;  /* hosts and ports; NULL: none */
	const char              *types;      /* one more folder of them; NULL: none */
	const struct sealed_key *key;        /* opens what is sealed; NULL: nothing does */
};

struct drivers {
	struct loop_ev        *ev;
	struct drivers_options options;
	struct fetcher        *fetcher;
	struct aws_caller     *aws;
	struct github_caller  *github;
	struct registry       *registry;
};

/* No driver yet. All that the options name is borrowed. drivers_fini() is for any end, also that of a failure. */
MUSTCHECK enum err_code drivers_init(struct drivers *drivers, struct loop_ev *ev,
    const struct drivers_options *options, struct err *err);
void                    drivers_fini(struct drivers *drivers);

const char *drivers_name(size_t i); /* of all that there are; NULL: the end */
/* Has it use for a key, with these options? */
bool drivers_unseal(const struct drivers_options *options, const char *name);

/* Each with the types that come with the program; or with those that it has over there. */
MUSTCHECK enum err_code drivers_add(struct drivers *drivers, const char *name, struct err *err);
MUSTCHECK enum err_code
drivers_add_remote(struct drivers *drivers, const struct remote *remote, struct err *err);

/* The one more folder, after all drivers are there. */
MUSTCHECK enum err_code drivers_load_types(struct drivers *drivers, struct err *err);

#endif
