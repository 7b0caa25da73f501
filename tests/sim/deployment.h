/* SPDX-License-Identifier: Apache-2.0
 *
 * deployment.h - what a world's client deploys: a small graph, drawn, and its versions.
 *
 * Resources keep their names, types, needs, pauses and ends; a change draws other sizes and links. The same sizes and
 * links are the same version, as they are the same graph id.
 */
#ifndef SIM_DEPLOYMENT_H
#define SIM_DEPLOYMENT_H

#include "ledger.h"
#include "plan/graph.h"

#define TENANT        "tenant"
#define RESOURCES_MAX 5
#define REGIONS_MAX   2

struct box_type;
struct world;

struct resource {
	char                   id[24];
	const struct box_type *type;
	unsigned               needs;        /* a bit for each resource before it */
	unsigned               pauses, ends; /* of these: with an edge that is a pause, or an end */
	int link; /* a resource that it needs; -1: none, and there never is one */
	int size;
	int timeout_s; /* 0: none */
};

#define PLANS_MAX 4

struct version {
	struct version     *next;
	struct deployment  *deployment;
	struct resource     resources[RESOURCES_MAX];
	struct spec        *spec;
	char               *text;             /* as it is stored */
	struct graph       *graphs[2];        /* apply, destroy */
	struct json_object *plans[PLANS_MAX]; /* of dry runs (plan/saved.h) */
	size_t              plans_n;
	struct ledger       ledger;
};

struct deployment {
	struct world   *world;
	char            id[24];
	struct resource resources[RESOURCES_MAX];
	size_t          n, regions_n;
	struct version *versions;
	struct version *last; /* that a client has asked for; NULL: none yet */
};

void deployment_init(struct deployment *deployment, struct world *world, size_t at);
void deployment_fini(struct deployment *deployment);
void deployment_change(struct deployment *deployment);

/* It is only to be had with credentials: some box of it lies in the vault. */
bool deployment_is_locked(const struct deployment *deployment);

/* What it is now, as a version. */
struct version *deployment_version(struct deployment *deployment);

/* The resource of a vertex, in one of the version's graphs. */
const struct resource *
version_resource(const struct version *version, const struct graph *graph, uint32_t vertex);

/* An end keeps an apply from it. */
bool version_is_behind_end(const struct version *version, const struct resource *resource);

/* One more that an apply can be held to; past the most, it is forgotten. Taken over. */
void                version_add_plan(struct version *version, struct json_object *plan);
struct json_object *version_plan(const struct version *version, const char *plan_id);

/* VERTEX_NONE when there is none. */
uint32_t version_vertex(const struct version *version, const char *node_id, const char *region);

#endif
