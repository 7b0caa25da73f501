/* SPDX-License-Identifier: Apache-2.0
 * config_target.c - where the resources of each provider go: the config's targets, and the default
 * region of its credentials, which becomes a target of the copy, so that the copy says it all. */
#include "plan/config.h"

#include <stdio.h>
#include <string.h>

#include "provider/provider.h"
#include "util/json.h"
#include "util/near.h"
#include "util/pattern.h"

#define REGION_PATTERN "^[a-z]{2}(-[a-z]+)+-\\d+$"

static struct config_target *
find_target(struct config *config, const char *provider)
{
	for (size_t i = 0; i < config->targets_n; i++) {
		if (strcmp(config->targets[i].provider, provider) == 0)
			return &config->targets[i];
	}
	return NULL;
}

static void
take_regions(struct config *config, struct config_target *target, struct json_object *regions)
{
	size_t n = regions != NULL ? json_object_array_length(regions) : 0;

	if (n > SPEC_REGIONS_MAX)
		n = SPEC_REGIONS_MAX; /* the schema has said so */
	target->regions = arena_alloc(config->arena, n * sizeof(*target->regions));
	for (size_t i = 0; i < n; i++) {
		struct json_object *region = json_object_array_get_idx(regions, i);

		if (json_object_is_type(region, json_type_string))
			target->regions[target->regions_n++] = json_object_get_string(region);
	}
}

static void
read_target(struct config *config, struct json_object *json, size_t i)
{
	const char           *provider = json_get_str(json, "provider");
	char                  index[24];
	const char           *pointer;
	struct config_target *target;

	if (provider == NULL || config->targets_n == CONFIG_TARGETS_MAX)
		return;
	snprintf(index, sizeof(index), "%zu", i);
	pointer = config_at(config, "targets", index, "provider", NULL);
	if (find_target(config, provider) != NULL) {
		problems_add(config->problems, pointer, "not_unique",
		    "there is a target for '%.64s' already", provider);
		return;
	}
	if (registry_provider(config->registry, provider) == NULL)
		problems_add(config->problems, pointer, "unknown_provider",
		    "there is no provider '%.64s'", provider);
	target = &config->targets[config->targets_n++];
	target->provider = provider;
	target->account = json_has(json, "account") ? json_get_str(json, "account") : "";
	take_regions(config, target, json_get_array(json, "regions"));
}

/* A regional resource that nothing in the config gives a region. */
static bool
wants_default(struct config *config, const char *provider)
{
	struct json_object *resources = json_get_object(config->json, "resources");

	for (size_t i = 0; i < config->nodes_n; i++) {
		const struct spec_node *node = &config->nodes[i];

		if (node->type == NULL || node->type->global ||
		    strcmp(node->type->provider, provider) != 0)
			continue;
		if (!json_has(json_get(resources, node->resource_id), "regions"))
			return true;
	}
	return false;
}

/* Into the copy: the target's regions, in a target of its own when there is none. */
static void
set_default(struct config *config, const char *provider, const char *region)
{
	struct json_object   *targets = json_get_array(config->json, "targets");
	struct json_object   *json = NULL, *regions = json_object_new_array();
	struct config_target *target = find_target(config, provider);

	json_object_array_add(regions, json_object_new_string(region));
	if (targets == NULL) {
		targets = json_object_new_array();
		json_set(config->json, "targets", targets);
	}
	for (size_t i = 0; i < json_object_array_length(targets); i++) {
		json = json_object_array_get_idx(targets, i);
		if (target != NULL && json_get_str(json, "provider") == target->provider)
			break;
		json = NULL;
	}
	if (json == NULL) {
		json = json_object_new_object();
		json_set_str(json, "provider", provider);
		json_object_array_add(targets, json);
		target = &config->targets[config->targets_n++];
		*target = (struct config_target){ .provider = json_get_str(json, "provider"),
			.account = "" };
	}
	json_set(json, "regions", regions);
	take_regions(config, target, regions);
}

/* ---- is it a region? ---- */

static void
check_region(struct config *config, struct problems *problems, const char *provider,
    const char *region, const char *pointer)
{
	struct provider *driver = registry_provider(config->registry, provider);
	char             buf[NEAR_TEXT_SIZE];
	struct near      near;

	near_init(&near, region);
	if (driver != NULL && driver->region != NULL &&
	    driver->region(driver, region, &near) == REGION_NONE)
		problems_add(problems, pointer, "bad_region", "'%.64s' can't be a region of %s%s",
		    region, provider, near_text(&near, buf));
}

static void
check_list(struct config *config, struct problems *problems, const char *provider,
    struct json_object *regions, const char *pointer)
{
	struct str at;

	str_init(&at, CONFIG_POINTER_MAX);
	str_add(&at, pointer);
	for (size_t i = 0; regions != NULL && i < json_object_array_length(regions); i++) {
		size_t len = at.len;

		json_pointer_add_index(&at, i);
		check_region(config, problems, provider,
		    json_object_get_string(json_object_array_get_idx(regions, i)), at.data);
		str_cut(&at, len);
	}
	str_fini(&at);
}

/* The targets' own are told there. */
static void
check_node(struct config *config, const struct spec_node *node, struct problems *problems)
{
	struct config_target *target = find_target(config, node->type->provider);
	struct json_object   *resource =
	    json_get(json_get_object(config->json, "resources"), node->resource_id);

	if (!spec_node_is_leaving(node) && (target == NULL || target->regions_n == 0))
		check_list(config, problems, node->type->provider,
		    json_get_array(resource, "regions"),
		    config_at(config, "resources", node->resource_id, "regions", NULL));
}

void
config_check_regions(struct config *config, struct problems *problems)
{
	struct json_object *targets = json_get_array(config->json, "targets");
	char                index[24];

	for (size_t i = 0; targets != NULL && i < json_object_array_length(targets); i++) {
		struct json_object *target = json_object_array_get_idx(targets, i);

		snprintf(index, sizeof(index), "%zu", i);
		check_list(config, problems, json_get_str(target, "provider"),
		    json_get_array(target, "regions"),
		    config_at(config, "targets", index, "regions", NULL));
	}
	for (size_t i = 0; i < config->nodes_n; i++)
		check_node(config, &config->nodes[i], problems);
}

/* ---- the default region ---- */

static void
read_default(struct config *config, const char *provider, struct json_object *credentials)
{
	const char           *region = json_get_str(credentials, "region");
	struct config_target *target = find_target(config, provider);
	const char           *pointer;

	if (region == NULL || (target != NULL && target->regions_n > 0) ||
	    (target == NULL && config->targets_n == CONFIG_TARGETS_MAX) ||
	    !wants_default(config, provider))
		return;
	pointer = config_at(config, "credentials", provider, "region", NULL);
	if (pattern_match(REGION_PATTERN, region, strlen(region)) != PATTERN_MATCH) {
		problems_add(
		    config->problems, pointer, "bad_pattern", "is not the name of a region");
		return;
	}
	check_region(config, config->problems, provider, region, pointer);
	set_default(config, provider, region); /* once told, it is not missing beside */
}

void
config_read_targets(struct config *config, struct json_object *posted)
{
	struct json_object *targets = json_get_array(config->json, "targets");
	struct json_object *credentials = json_get_object(posted, "credentials");

	for (size_t i = 0; targets != NULL && i < json_object_array_length(targets); i++)
		read_target(config, json_object_array_get_idx(targets, i), i);
	if (credentials == NULL)
		return;
	json_object_object_foreach (credentials, provider, given) {
		if (registry_provider(config->registry, provider) != NULL)
			read_default(config, provider, given);
	}
}
