/* SPDX-License-Identifier: Apache-2.0
 * config_resource.c - one resource of a config: operation, properties with references, tags,
 * regions. */
#include "plan/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/checks.h"
#include "plan/reference.h"
#include "provider/provider.h"
#include "provider/unseal.h"
#include "util/json.h"
#include "util/json_schema.h"
#include "util/near.h"

static const char *const operation_names[] = {
	[SPEC_ENSURE] = "ensure",
	[SPEC_CREATE] = "create",
	[SPEC_UPDATE] = "update",
	[SPEC_DELETE] = "delete",
	[SPEC_VERIFY] = "verify",
	[SPEC_ADOPT] = "adopt",
	[SPEC_LEAVE] = "leave",
};
_Static_assert(array_len(operation_names) == SPEC_OPERATIONS_N, "each operation has a name");

const char *
spec_operation_name(enum spec_operation operation)
{
	must(operation < SPEC_OPERATIONS_N);
	return operation_names[operation];
}

bool
spec_node_is_leaving(const struct spec_node *node)
{
	return node->operation == SPEC_DELETE || node->operation == SPEC_LEAVE;
}

static void
read_operation(struct spec_node *node, struct json_object *resource)
{
	const char *name = json_get_str(resource, "operation");

	for (unsigned i = 0; name != NULL && i < SPEC_OPERATIONS_N; i++) {
		if (strcmp(operation_names[i], name) == 0)
			node->operation = (enum spec_operation)i;
	}
}

/* ---- `references`, merged into the properties ---- */

/* The property that a key of `references` means: itself, or what is before its "_from". */
static const char *
property_of(const struct resource_type *type, const char *key, char *buf, size_t size)
{
	struct json_object *known = json_get_object(type->properties, "properties");
	size_t              len = strlen(key);

	if (json_has(known, key) || resource_type_takes_any(type))
		return key;
	if (!str_ends(key, CONFIG_FROM_SUFFIX) || len >= size)
		return NULL;
	snprintf(buf, size, "%.*s", (int)(len - strlen(CONFIG_FROM_SUFFIX)), key);
	return json_has(known, buf) ? buf : NULL;
}

static void
say_unknown_property(struct config *config, const struct spec_node *node, const char *key)
{
	struct json_object *known = json_get_object(node->type->properties, "properties");
	char                buf[NEAR_TEXT_SIZE];
	struct near         near;

	near_init(&near, key);
	json_object_object_foreach (known, name, schema) {
		(void)schema;
		near_offer(&near, name);
	}
	problems_add(config->problems,
	    config_at(config, "resources", node->resource_id, "references", key, NULL),
	    "unknown_property", "%s has no property '%.128s'%s", node->type->name, key,
	    near_text(&near, buf));
}

static void
merge_reference(
    struct config *config, struct spec_node *node, const char *key, struct json_object *value)
{
	char        buf[256];
	const char *property = property_of(node->type, key, buf, sizeof(buf));
	struct str  text;

	if (property == NULL) {
		say_unknown_property(config, node, key);
		return;
	}
	if (!json_object_is_type(value, json_type_string))
		return;
	if (json_has(node->properties, property)) {
		problems_add(config->problems,
		    config_at(config, "resources", node->resource_id, "references", key, NULL),
		    "not_unique", "'%.128s' has a value already", property);
		return;
	}
	str_init(&text, REFERENCE_ID_MAX + REFERENCE_OUTPUT_MAX + 2);
	str_addf(&text, "@%s", json_object_get_string(value));
	json_set_str(node->properties, property, text.data);
	str_fini(&text);
}

void
config_merge_references(struct config *config, struct spec_node *node, struct json_object *resource)
{
	struct json_object *properties = json_get_object(resource, "properties");
	struct json_object *references = json_get_object(resource, "references");

	if (properties == NULL)
		node->properties = json_object_new_object();
	else if (references == NULL)
		node->properties = json_object_get(properties);
	else
		node->properties = json_copy(properties);
	if (references == NULL)
		return;
	json_object_object_foreach (references, key, value)
		merge_reference(config, node, key, value);
}

/* ---- what the type says of them ---- */

bool
config_is_unknown(struct json_object *value)
{
	return spec_is_reference(value) || is_sealed(value);
}

static struct json_object *
look_never(void *arg, const struct reference_part *part)
{
	(void)arg;
	(void)part;
	return NULL;
}

/* What it is found by must be there; of the rest, what is there must fit. */
static void
check_found_by(struct config *config, const struct spec_node *node, struct json_object *plain)
{
	struct json_object *schemas = json_get_object(node->type->properties, "properties");
	struct json_object *required = json_get_array(node->type->properties, "required");
	struct json_object *names = resource_type_identity_properties(node->type);

	json_object_object_foreach (plain, key, value) {
		struct json_object *schema = json_get(schemas, key);

		if (schema != NULL)
			json_schema_validate(schema, value,
			    config_at(
				config, "resources", node->resource_id, "properties", key, NULL),
			    config_is_unknown, config->problems);
	}
	for (size_t i = 0; names != NULL && i < json_object_array_length(names); i++) {
		struct json_object *name = json_object_array_get_idx(names, i);

		if (json_array_has(required, name) &&
		    !json_has(plain, json_object_get_string(name)))
			problems_add(config->problems,
			    config_at(config, "resources", node->resource_id, "properties", NULL),
			    "missing_property", "'%s' is required: it is found by that",
			    json_object_get_string(name));
	}
}

/* Of what is only looked for, nobody has to know all. A check is asked. */
static bool
is_only_looked_for(const struct spec_node *node)
{
	return spec_node_is_leaving(node) ||
	       (node->operation == SPEC_VERIFY && node->check_of == NULL);
}

void
config_check_properties(struct config *config, struct spec_node *node, bool escaped)
{
	struct provider    *provider = node->type->resources == NULL
					   ? registry_provider(config->registry, node->type->provider)
					   : NULL;
	struct json_object *plain = json_object_get(node->properties);
	size_t              before = config->problems->n, missing = 0;
	const char         *pointer;

	if (escaped) {
		json_object_put(plain);
		plain = reference_replace(node->properties, look_never, NULL, &missing);
	}
	if (is_only_looked_for(node)) {
		check_found_by(config, node, plain);
		json_object_put(plain);
		return;
	}
	pointer = config_at(config, "resources", node->resource_id, "properties", NULL);
	json_schema_validate(
	    node->type->properties, plain, pointer, config_is_unknown, config->problems);
	if (config->problems->n == before && provider != NULL && provider->validate != NULL)
		provider->validate(provider, node->type, plain, pointer, config->problems);
	json_object_put(plain);
}

/* ---- tags and regions ---- */

/* The resource's own go before those of the deployment. */
static void
merge_tags(struct config *config, struct spec_node *node, struct json_object *resource)
{
	struct json_object *all = json_get_object(config->json, "tags");
	struct json_object *own = json_get_object(resource, "tags");

	if (all == NULL || own == NULL) {
		node->tags = json_object_get(own != NULL ? own : all);
		return;
	}
	node->tags = json_object_new_object();
	json_object_object_foreach (all, key, value)
		json_set(node->tags, key, json_object_get(value));
	json_object_object_foreach (own, own_key, own_value)
		json_set(node->tags, own_key, json_object_get(own_value));
	if (json_object_object_length(node->tags) > CONFIG_TAGS_MAX)
		problems_add(config->problems,
		    config_at(config, "resources", node->resource_id, "tags", NULL), "bad_length",
		    "more than %d tags, with those of the deployment", CONFIG_TAGS_MAX);
}

static const struct config_target *
target_of(const struct config *config, const struct spec_node *node)
{
	for (size_t i = 0; i < config->targets_n; i++) {
		if (strcmp(config->targets[i].provider, node->type->provider) == 0)
			return &config->targets[i];
	}
	return NULL;
}

static bool
is_targeted(const struct config_target *target, const char *region)
{
	for (size_t i = 0; i < target->regions_n; i++) {
		if (strcmp(target->regions[i], region) == 0)
			return true;
	}
	return target->regions_n == 0;
}

static void
narrow_regions(struct config *config, struct spec_node *node, struct json_object *regions)
{
	const struct config_target *target = target_of(config, node);
	size_t                      n = json_object_array_length(regions);

	if (n > SPEC_REGIONS_MAX)
		n = SPEC_REGIONS_MAX; /* the schema has said so */
	node->regions = arena_alloc(config->arena, n * sizeof(*node->regions));
	for (size_t i = 0; i < n; i++) {
		const char *region = json_object_get_string(json_object_array_get_idx(regions, i));
		char        index[24];

		if (region == NULL)
			continue;
		node->regions[node->regions_n++] = region;
		if (target == NULL || is_targeted(target, region) || spec_node_is_leaving(node))
			continue;
		snprintf(index, sizeof(index), "%zu", i);
		problems_add(config->problems,
		    config_at(config, "resources", node->resource_id, "regions", index, NULL),
		    "bad_region", "'%.64s' is not among the regions of the targets", region);
	}
}

static void
read_regions(struct config *config, struct spec_node *node, struct json_object *resource)
{
	const struct config_target *target = target_of(config, node);
	struct json_object         *own = json_get_array(resource, "regions");

	if (node->type->global) {
		if (own != NULL)
			problems_add(config->problems,
			    config_at(config, "resources", node->resource_id, "regions", NULL),
			    "bad_region", "%s is global: it has no regions", node->type->name);
		return;
	}
	if (own != NULL) {
		narrow_regions(config, node, own);
	} else if (target != NULL && target->regions_n > 0) {
		node->regions = target->regions;
		node->regions_n = target->regions_n;
	} else {
		problems_add(config->problems,
		    config_at(config, "resources", node->resource_id, NULL), "missing_region",
		    "%s needs a region: name some for '%s' in targets", node->type->name,
		    node->type->provider);
	}
}

static void
read_account(struct config *config, struct spec_node *node, struct json_object *resource)
{
	const struct config_target *target = target_of(config, node);
	const char                 *own = json_get_str(resource, "account");

	node->account = own != NULL ? own : target != NULL ? target->account : "";
}

void
config_read_resource(struct config *config, size_t index, struct json_object *resource)
{
	struct spec_node *node = &config->nodes[index];
	bool              escaped;

	must(node->type != NULL);
	read_operation(node, resource);
	checks_read(config, node, resource);
	node->timeout_s = json_get_i64(resource, "timeout", 0);
	node->formerly = json_get_str(resource, "formerly");
	node->protect = json_get_bool(resource, "protect", false);
	node->hashes = json_get_object(resource, "hash");
	node->transient = json_get_bool(resource, "transient", false);
	node->ignore = json_get_array(resource, "ignore");
	config_merge_references(config, node, resource);
	escaped = config_scan_references(config, index, resource);
	config_check_properties(config, node, escaped);
	merge_tags(config, node, resource);
	read_regions(config, node, resource);
	read_account(config, node, resource);
}
