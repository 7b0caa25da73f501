/* SPDX-License-Identifier: Apache-2.0
 * count.c - how much there is of each deployment, by region. */
#include <stdio.h>

#include "discover/inside.h"
#include "plan/spec.h"
#include "util/json.h"

/* `listed`: the region that is in its id, for what has none there may be listed everywhere. Two of one node in one region
 * are one resource of the config. */
void
count_one(struct discovery *d, const struct resource_type *type, const char *region,
    const char *listed, struct json_object *tags)
{
	const char         *id = json_get_str(tags, IDENTITY_DEPLOYMENT_TAG);
	const char         *node_id = json_get_str(tags, IDENTITY_NODE_TAG);
	const char *const   names[] = { id, node_id, type->name, listed };
	struct json_object *deployment, *regions;

	if (id == NULL || node_id == NULL || !discovery_meets(d, names, array_len(names)))
		return;
	deployment = json_get_object(d->deployments, id);
	if (deployment == NULL) {
		deployment = json_object_new_object();
		json_set_str(deployment, "deployment_id", id);
		json_set_i64(deployment, "resources", 0);
		json_set(deployment, "regions", json_object_new_object());
		json_set_bool(deployment, "own", true);
		json_set(d->deployments, id, deployment);
	}
	regions = json_get_object(deployment, "regions");
	json_set_i64(deployment, "resources", json_get_i64(deployment, "resources", 0) + 1);
	json_set_i64(regions, region, json_get_i64(regions, region, 0) + 1);
	if (!spec_tags_are_of(d->tenant, tags))
		json_set_bool(deployment, "own", false);
}
