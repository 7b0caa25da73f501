/* SPDX-License-Identifier: Apache-2.0
 *
 * discover.h - what there is of a deployment, or which deployments there are, from tags alone.
 *
 *   sweep: all that has the tags, region by region ─┐
 *   list: what no index has, of each type ──────────┴─► read: is it still there, and what is it like? ─► what hangs on it
 *
 * Nothing is believed that was not read: an index may have what is gone. What is found is rebuild.h's to make a config of.
 */
#ifndef DISCOVER_DISCOVER_H
#define DISCOVER_DISCOVER_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "discover/asks.h"
#include "engine/keyring.h"
#include "loop/loop.h"
#include "provider/locate.h"
#include "provider/registry.h"

#define DISCOVERED_NO_PARENT SIZE_MAX
#define ENTRY_ID_SIZE        65

/* One thing that was found. */
struct discovered {
	const struct resource_type *type;
	char                        resource_id[ENTRY_ID_SIZE]; /* "": its tags say it */
	char                        account[SPEC_ACCOUNT_SIZE]; /* the name of its credentials */
	char                        region[LOCATE_REGION_SIZE]; /* "": it is global */
	struct json_object         *wanted;                     /* what it was found by */
	struct json_object         *tags;                       /* NULL: it can have none */
	struct json_object
	      *found;  /* as it was read; NULL: it was not to be read, but for its tags */
	size_t parent; /* what it hangs on, which comes before it */
};

/* The caller's memory until done(), or discovery_cancel(). */
struct discovery {
	/* what is asked; borrowed */
	struct loop           *loop;
	const struct registry *registry;
	const struct keyring  *keyring; /* whose accounts are looked through */
	const char            *tenant;
	const char            *deployment_id; /* NULL: which deployments are there? */
	struct json_object    *regions; /* an array of names; NULL: all that each account has */
	const char            *region;  /* where those can't be asked; may be NULL */
	void (*done)(struct discovery *discovery);

	/* what came */
	struct discovered  *items; /* of one deployment */
	size_t              n;
	struct json_object *missing; /* of an import: id -> why it could not be read */
	struct json_object
	    *deployments; /* of all: id -> {resources, regions: {region: number}, own} */
	struct json_object *warnings; /* an array of texts */

	/* its own */
	struct asks         asks;
	struct json_object *seen;      /* ids that were met, as members */
	struct json_object *unknown;   /* hits of no type that is known, by node id */
	bool                imports;   /* what is read may be anybody's */
	size_t              strangers; /* things of another tenant's deployment of that name */
};

void discovery_start(struct discovery *discovery);

/* The same for things that nobody manages: `wanted` has by id {type, properties, region, account}, or {arn, account}. Where no
 * region is named it is the first of `regions`. */
void discovery_import(struct discovery *discovery, struct json_object *wanted);
void discovery_cancel(
    struct discovery *discovery); /* done() does not come any more; harmless when it has */
void discovery_fini(struct discovery *discovery); /* what came */

#endif
