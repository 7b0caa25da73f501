/* SPDX-License-Identifier: Apache-2.0
 *
 * client_inside.h - the inside of a client: what it does at random moments (client.c), and at the end (finish.c).
 */
#ifndef SIM_CLIENT_INSIDE_H
#define SIM_CLIENT_INSIDE_H

#include "client.h"
#include "loop/loop.h"
#include "request.h"
#include "version.h"

#define DEPLOYMENTS_MAX 2

struct execution;

struct client {
	struct world     *world;
	struct deployment deployments[DEPLOYMENTS_MAX];
	size_t            deployments_n;
	struct request   *requests;
	struct timer      timer;
	unsigned          actions_left;
};

struct request *client_ask(struct client *client, struct process *process, struct version *version,
    const struct wish *wish);

/* The version whose execution the deployment has not finished; NULL: there is none. */
struct version *client_unfinished(const struct client *client, const struct deployment *deployment);

/* What it is now, against what was applied last; and the newest version that was run. */
struct version *client_next(struct client *client, struct deployment *deployment, bool prune);
struct version *client_last(struct client *client, struct deployment *deployment);

/* Its execution in some process that serves; NULL: none runs it. */
struct execution *client_running(
    const struct client *client, const struct version *version, struct process **ret_process);

/* NULL when the one that was drawn does not serve. */
struct process *client_draw_process(const struct client *client);

#endif
