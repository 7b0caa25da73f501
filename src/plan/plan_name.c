/* SPDX-License-Identifier: Apache-2.0
 * plan_name.c - what a resource will be called, as its provider says. */
#include <string.h>

#include "plan/plan_inside.h"

#define NAME_SIZE 512

/* One that moves may have its name only where the old one lets go of it: there may be two that it can have. */
static bool
name_of(const struct planning *p, size_t vertex, struct json_object *properties, bool primary,
    char *buf, size_t size)
{
	const struct spec_node *node = graph_node(p->graph, vertex);
	struct identity         identity = graph_identity(p->graph, vertex);
	struct provider *provider = registry_provider(p->options->registry, node->type->provider);

	identity.primary = primary;
	return provider != NULL && provider->physical_name != NULL &&
	       provider->physical_name(provider, node->type, &identity, properties, buf, size);
}

bool
plan_name(const struct planning *p, size_t vertex, char *buf, size_t size)
{
	struct plan_action  action = plan_action_of(p, vertex);
	struct json_object *properties =
	    action.desired != NULL ? action.desired : graph_node(p->graph, vertex)->properties;
	bool primary = graph_identity(p->graph, vertex).primary;
	char other[NAME_SIZE];

	if (p->options->registry == NULL || !plan_act_creates(action.act) ||
	    !name_of(p, vertex, properties, primary, buf, size))
		return false;
	return action.act != PLAN_MOVE ||
	       (name_of(p, vertex, properties, !primary, other, sizeof(other)) &&
		   strcmp(buf, other) == 0);
}
