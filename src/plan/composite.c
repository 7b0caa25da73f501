/* SPDX-License-Identifier: Apache-2.0
 * composite.c - resources of composite types give way to their parts. */
#include "plan/composite.h"

#include <stdlib.h>
#include <string.h>

#include "plan/template.h"
#include "util/breath.h"
#include "util/json.h"

/* ---- one resource ---- */

/* What a part takes over from the resource as it is. */
static void
copy_members(struct json_object *out, struct json_object *resource, bool global)
{
	static const char *const members[] = { "operation", "account", "tags", "timeout", "protect",
		"regions" };

	for (size_t i = 0; i < array_len(members) - (global ? 1 : 0); i++) {
		if (json_has(resource, members[i]))
			json_set(out, members[i], json_object_get(json_get(resource, members[i])));
	}
}

/* What was called otherwise had parts that were called otherwise. */
static void
name_formerly(struct json_object *out, struct json_object *resource, const char *part)
{
	const char *formerly = json_get_str(resource, "formerly");
	struct str  id;

	if (formerly == NULL || formerly[0] == '#')
		return;
	str_init(&id, CONFIG_POINTER_MAX);
	str_addf(&id, "%s-%s", formerly, part);
	json_set_str(out, "formerly", id.data);
	str_fini(&id);
}

/* The resource ids of other parts that it waits for. */
static struct json_object *
dependencies(const struct expansion *expansion, struct json_object *names)
{
	struct json_object *out = json_object_new_array();

	for (size_t i = 0; i < json_object_array_length(names); i++) {
		struct json_object *id = json_get(
		    expansion->parts, json_object_get_string(json_object_array_get_idx(names, i)));

		if (id != NULL)
			json_object_array_add(out, json_object_get(id));
	}
	return out;
}

static struct json_object *
make_part(struct config *config, struct expansion *expansion, const char *name)
{
	struct json_object         *part = json_get(expansion->type->resources, name);
	const struct resource_type *type =
	    registry_type(config->registry, json_get_str(part, "type"));
	struct json_object *out = json_object_new_object();
	struct json_object *names = json_get_array(part, "depends_on");

	must(type != NULL); /* plan_check_type() */
	json_set_str(out, "type", type->name);
	copy_members(out, expansion->resource, type->global);
	name_formerly(out, expansion->resource, name);
	if (!expansion->failed)
		json_set(out, "properties",
		    composite_fill(config, expansion, json_get(part, "properties")));
	if (names != NULL)
		json_set(out, "depends_on", dependencies(expansion, names));
	json_pack(out);
	return out;
}

static bool
can_be_named(struct config *config, const struct expansion *expansion, const char *id,
    struct json_object *posted, struct json_object *out)
{
	const char *pointer = config_at(config, "resources", expansion->id, NULL);

	if (strlen(id) > REFERENCE_ID_MAX)
		problems_add(config->problems, pointer, "bad_length",
		    "expands to '%s', which is too long an id for a resource", id);
	else if (json_has(posted, id) || json_has(out, id))
		problems_add(config->problems, pointer, "not_unique",
		    "expands to '%s', and there is a resource of that id already", id);
	else
		return true;
	return false;
}

/* Which parts there are, and what they are called. Where a property has a problem: all. */
static void
name_parts(struct config *config, struct expansion *expansion, struct json_object *posted,
    struct json_object *out)
{
	bool       known = !expansion->failed;
	struct str id;

	str_init(&id, CONFIG_POINTER_MAX);
	json_object_object_foreach (expansion->type->resources, name, part) {
		if (known && !composite_has(config, expansion, part))
			continue;
		str_clear(&id);
		str_addf(&id, "%s-%s", expansion->id, name);
		if (can_be_named(config, expansion, id.data, posted, out))
			json_set_str(expansion->parts, name, id.data);
		else
			expansion->failed = true;
	}
	str_fini(&id);
}

static void
add_parts(struct config *config, struct expansion *expansion, struct json_object *out)
{
	json_object_object_foreach (expansion->parts, name, id)
		json_set(out, json_object_get_string(id), make_part(config, expansion, name));
}

/* ---- what it was ---- */

static struct json_object *
outputs_of(const struct expansion *expansion)
{
	struct json_object *out = json_object_new_object();
	struct str          link;

	str_init(&link, CONFIG_POINTER_MAX);
	json_object_object_foreach (expansion->type->outputs, name, output) {
		const char *from = json_get_str(output, "from");
		size_t      len = strcspn(from, ".");
		const char *id;

		str_clear(&link);
		str_add_mem(&link, from, len);
		id = json_get_str(expansion->parts, link.data);
		str_clear(&link);
		str_addf(&link, "%s%s", id, from + len);
		if (id != NULL)
			json_set_str(out, name, link.data);
	}
	str_fini(&link);
	return out;
}

static struct json_object *
describe(const struct expansion *expansion)
{
	struct json_object *out = json_object_new_object(), *parts = json_object_new_array();
	struct json_object *waits = json_get(expansion->resource, "depends_on");

	json_object_object_foreach (expansion->parts, name, id) {
		(void)name;
		json_object_array_add(parts, json_object_get(id));
	}
	json_set_str(out, "type", expansion->type->name);
	json_set(out, "properties", json_object_get(expansion->properties));
	if (waits != NULL)
		json_set(out, "depends_on", json_object_get(waits));
	json_set(out, "parts", parts);
	json_set(out, "outputs", outputs_of(expansion));
	json_set_str(out, "reference", expansion->type->reference);
	json_pack(out);
	return out;
}

static bool
is_regional(const struct config *config, const struct resource_type *type)
{
	json_object_object_foreach (type->resources, name, part) {
		(void)name;
		if (!registry_type(config->registry, json_get_str(part, "type"))->global)
			return true;
	}
	return false;
}

/* ---- all of them ---- */

/* It takes over the properties of the node. */
static struct expansion *
begin(struct config *config, struct spec_node *node, struct json_object *resource)
{
	struct expansion *expansion = &config->expansions[config->expansions_n++];
	const char       *formerly = json_get_str(resource, "formerly");
	size_t            before = config->problems->n;

	*expansion = (struct expansion){
		.id = arena_strdup(config->arena, node->resource_id),
		.type = node->type,
		.resource = json_object_get(resource),
		.parts = json_object_new_object(),
	};
	config_merge_references(config, node, resource);
	config_check_properties(config, node, true);
	if (json_has(resource, "regions") && !is_regional(config, node->type))
		problems_add(config->problems,
		    config_at(config, "resources", node->resource_id, "regions", NULL),
		    "bad_region", "%s is global: it has no regions", node->type->name);
	if (formerly != NULL && formerly[0] == '#')
		problems_add(config->problems,
		    config_at(config, "resources", node->resource_id, "formerly", NULL),
		    "bad_pattern", "must be a resource id: its parts have node ids of their own");
	expansion->failed = config->problems->n > before || config->problems->truncated;
	expansion->properties = node->properties;
	node->properties = NULL;
	return expansion;
}

static struct json_object *
composites_of(struct config *config)
{
	struct json_object *composites = json_get_object(config->json, "composites");

	if (composites != NULL)
		return composites;
	composites = json_object_new_object();
	json_set(config->json, "composites", composites);
	return composites;
}

static void
expand(struct config *config, struct spec_node *node, struct json_object *resource,
    struct json_object *out)
{
	struct json_object *posted = json_get_object(config->json, "resources");
	struct json_object *composites = composites_of(config);
	struct expansion   *expansion = begin(config, node, resource);

	if (json_has(composites, node->resource_id)) {
		problems_add(config->problems,
		    config_at(config, "resources", node->resource_id, NULL), "not_unique",
		    "there is a composite of that id already");
		json_object_object_del(composites, node->resource_id);
	}
	name_parts(config, expansion, posted, out);
	add_parts(config, expansion, out);
	json_set(composites, expansion->id, describe(expansion));
}

bool
composite_expand(struct config *config)
{
	struct json_object *posted = json_get_object(config->json, "resources");
	struct json_object *out = json_object_new_object();
	size_t              i = 0;

	config->expansions = xcalloc(config->nodes_n, sizeof(*config->expansions));
	json_object_object_foreach (posted, id, resource) {
		struct spec_node *node = &config->nodes[i++];

		breathe();
		if (json_object_object_length(out) > SPEC_NODES_MAX)
			break;
		if (node->type != NULL && node->type->resources != NULL)
			expand(config, node, resource, out);
		else
			json_set(out, id, json_object_get(resource));
	}
	json_set(config->json, "resources", out);
	if (json_object_object_length(out) <= SPEC_NODES_MAX)
		return true;
	problems_add(config->problems, "/resources", "too_many",
	    "more than %d resources, with those of composites", SPEC_NODES_MAX);
	return false;
}

void
composite_forget(struct config *config)
{
	for (size_t i = 0; i < config->expansions_n; i++) {
		json_object_put(config->expansions[i].resource);
		json_object_put(config->expansions[i].properties);
		json_object_put(config->expansions[i].parts);
	}
	free(config->expansions);
}
