/* SPDX-License-Identifier: Apache-2.0
 *
 * deployment.h - what a world's client deploys: a small graph, drawn, and how it changes.
 *
 * Resources keep their needs, pauses and ends. A change draws other sizes and links; where a deployment turns, also other grades
 * (which only a new box can have), names, types and ids, what is dropped, protected, to be deleted or to be left, and how many
 * regions there are.
 */
#ifndef SIM_DEPLOYMENT_H
#define SIM_DEPLOYMENT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "plan/spec.h"

#define RESOURCES_MAX 5
#define REGIONS_MAX   2

struct box_type;
struct version;
struct world;

/* Whether, and how, the config names a resource. */
enum want { WANT_THERE, WANT_DELETE, WANT_LEAVE, WANT_DROPPED };

struct resource {
	char                   id[24];
	const struct box_type *type;
	unsigned               needs;        /* a bit for each resource before it */
	unsigned               pauses, ends; /* of these: with an edge that is a pause, or an end */
	int  link;      /* a resource that it needs; -1: none, and there never is one */
	bool rooted;    /* by a property that only a new one can have otherwise */
	int  timeout_s; /* 0: none */
	bool guarded;   /* it may be protected; so nothing but its grade wants a new one */
	/* what changes */
	int       size, grade;
	int       name;    /* of a named one: which of its names */
	bool      renamed; /* it is called otherwise, and was formerly called by its id */
	bool      protect;
	enum want want;
};

struct deployment {
	struct world   *world;
	char            id[24];
	const char     *tenant;
	struct resource resources[RESOURCES_MAX];
	size_t          n, regions_n, regions_most;
	bool            turns;       /* it changes in more than sizes and links */
	bool            regrades;    /* much in it is replaced */
	bool            passes_ends; /* for now, there are none */
	struct version *versions;
};

void deployment_init(struct deployment *deployment, struct world *world, size_t at);
void deployment_fini(struct deployment *deployment);
void deployment_change(struct deployment *deployment);

/* Nothing is protected: all that may have been is there, as its boxes are, and reached. False: nothing ever was. */
bool deployment_release(struct deployment *deployment);
/* From now on it protects nothing, and has its ends again. */
void deployment_expose(struct deployment *deployment);

/* What it is now, as a client posts it, which knows what the last version was; NULL: there was none. */
struct json_object *deployment_config(const struct deployment *deployment, const struct spec *last);

/* Of a resource of it that is there, the name of its box; "" when it has none. */
void deployment_name_box(const struct deployment *deployment, size_t resource, char name[48]);

/* The one that it is linked to, if that is there; -1: none. */
int deployment_link(const struct resource resources[RESOURCES_MAX], size_t resource);

#endif
