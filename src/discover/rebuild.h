/* SPDX-License-Identifier: Apache-2.0
 *
 * rebuild.h - from what was found to a config that says all of it. Pure.
 *
 * Each resource has its id from its tags, its properties as they were read but for defaults and secrets, its regions, and
 * references where a value is what another one gives. What is there twice of one resource is one to keep and others to delete.
 * An apply of the config changes nothing.
 */
#ifndef DISCOVER_REBUILD_H
#define DISCOVER_REBUILD_H

#include <json-c/json.h>

#include "discover/discover.h"
#include "plan/spec.h"

struct rebuilding {
	/* asked; borrowed */
	const struct registry   *registry;
	const char              *tenant;
	const char              *deployment_id;
	const struct discovered *items;
	size_t                   n;
	bool                     adopts;   /* they are nobody's yet: the config takes them over */
	struct json_object      *warnings; /* an array, to which texts are added */

	/* came; owned by the caller */
	struct json_object *config;
	struct spec        *spec;
	struct json_object *resources; /* an array: of each what it is, and its outputs */
};

/* False: there is no config that says it; the warnings tell why. */
MUSTCHECK bool rebuild(struct rebuilding *r);

#endif
