/* SPDX-License-Identifier: Apache-2.0
 * plan_name.c - what a resource will be called, as its provider says. */
#include <string.h>

#include "plan/plan_inside.h"

#define NAME_SIZE 512

/* There may be two that it can have: one for where it is first, and one for the other regions. */
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

/* By itself, in the region that was its first when it was applied last: it has it as long as it is there. */
static bool
is_held(const struct planning *p, size_t vertex, const char *name)
{
	const struct spec_node *base = plan_base_anywhere(p, vertex);
	char                    its[NAME_SIZE];

	return base != NULL && base->regions_n > 0 &&
	       strcmp(base->regions[0], graph_region(p->graph, vertex)) != 0 &&
	       name_of(p, vertex, base->properties, true, its, sizeof(its)) &&
	       strcmp(its, name) == 0;
}

/* One that moves may have its name only where the old one lets go of it. */
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
	if (action.act == PLAN_MOVE)
		return name_of(p, vertex, properties, !primary, other, sizeof(other)) &&
		       strcmp(buf, other) == 0;
	return !primary || !is_held(p, vertex, buf) ||
	       name_of(p, vertex, properties, false, buf, size);
}
