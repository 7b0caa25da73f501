/* SPDX-License-Identifier: Apache-2.0
 *
 * version.h - the versions of a deployment: what a client posts, against what was applied last, as src/api/base.c does it.
 */
#ifndef SIM_VERSION_H
#define SIM_VERSION_H

#include "deployment.h"
#include "ledger.h"
#include "plan/graph.h"

#define PLANS_MAX 4

struct version {
	struct version    *next;
	struct deployment *deployment;
	struct resource    resources[RESOURCES_MAX]; /* as it was posted */
	size_t        posted[RESOURCES_MAX]; /* of the first nodes of the spec: which resource */
	size_t        posted_n;
	bool          passes_ends; /* it was posted without them */
	struct spec  *spec;
	char         *text;                   /* as it is stored */
	struct graph *graphs[2];              /* apply, destroy */
	struct json_object *plans[PLANS_MAX]; /* of dry runs (plan/saved.h) */
	size_t              plans_n;
	struct ledger       ledger;
	char newest[2 * OBJ_ID_SIZE]; /* the last execution there was when it was asked for */
};

/* What was applied last, and what of it was to go, and has gone. */
struct base {
	struct version *version;
	bool            gone[VERTICES_MAX];
};

/* What a deployment is now; `base` NULL: nothing of it is known. */
struct version *version_next(struct deployment *deployment, const struct base *base, bool prune);
void            versions_free(struct deployment *deployment);

/* One more that an apply can be held to; past the most, it is forgotten. Taken over. */
void                version_add_plan(struct version *version, struct json_object *plan);
struct json_object *version_plan(const struct version *version, const char *plan_id);

/* It is only to be had with credentials: some box of it lies in the vault. */
bool version_is_locked(const struct version *version);

/* The resource of a vertex, in one of the version's graphs; NULL: it was added to what was posted. */
const struct resource *version_resource(const struct version *version, uint32_t vertex);
enum spec_operation    version_operation(const struct version *version, uint32_t vertex);

/* It is to go, and nothing waits for that but what is to go as well. */
bool version_goes_last(const struct version *version, uint32_t vertex);
/* With some of those it has begun: maybe there is nothing to go back to any more. */
bool version_cleans_up(const struct version *version);

/* An end keeps an apply from it. */
bool version_is_behind_end(const struct version *version, uint32_t vertex);

/* VERTEX_NONE when there is none. */
uint32_t version_vertex(const struct version *version, const char *node_id, const char *region);

/* How a box of this vertex is told from others: the members that cloud_find() compares. */
struct box version_box(const struct version *version, uint32_t vertex);

/* The vertex whose box it is; VERTEX_NONE: it is of none. */
uint32_t version_vertex_of(const struct version *version, const struct box *box);

#endif
