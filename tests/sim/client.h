/* SPDX-License-Identifier: Apache-2.0
 *
 * client.h - who asks for executions, steers them, and pulls plugs: actions at random moments, from one table.
 */
#ifndef SIM_CLIENT_H
#define SIM_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

struct client;
struct process;
struct version;
struct world;

struct client *client_create(struct world *world);
void           client_destroy(struct client *client);

/* The process is about to drop: nothing more is heard of what was asked there. */
void client_lose(struct client *client, const struct process *process);

/* The version of a graph; it must be one. */
struct version *client_version(struct client *client, const struct store_key *key);

/* NULL: it is none. */
struct version *
client_find(const struct client *client, const char *deployment, const char *graph_id);

/* All of them, one after another, from NULL to NULL. */
struct version *client_next_version(const struct client *client, const struct version *version);

/* Goes on until it has done what it does at random moments. */
void client_act(struct client *client);

/* When faults have ended: what was left is brought to its end, and what is asked for now ends well. */
void client_finish(struct client *client);

#endif
