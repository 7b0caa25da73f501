/* SPDX-License-Identifier: Apache-2.0
 * plan_name.c - what a resource will be called, as its provider says. */
#include "plan/plan_inside.h"

bool
plan_name(const struct planning *p, size_t vertex, char *buf, size_t size)
{
	const struct spec_node *node = graph_node(p->graph, vertex);
	struct plan_action      action = plan_action_of(p, vertex);
	struct json_object *properties = action.desired != NULL ? action.desired : node->properties;
	struct identity     identity = graph_identity(p->graph, vertex);
	struct provider    *provider = NULL;

	if (p->options->registry != NULL && plan_act_creates(action.act))
		provider = registry_provider(p->options->registry, node->type->provider);
	return provider != NULL && provider->physical_name != NULL &&
	       provider->physical_name(provider, node->type, &identity, properties, buf, size);
}
