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

struct drivers_options {
	const char              *share;
	const char              *aws_endpoint;    /* NULL: AWS's own */
	const char              *github_endpoint; /* NULL: GitHub\'s own */
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
