/* SPDX-License-Identifier: Apache-2.0
 * deployment.c - draws graphs, and makes configs and specs of them. */
#include "deployment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"
#include "world.h"

#define SIZES 3 /* so few that a change may lead back to an earlier version */

static const struct box_type {
	const char *name;
	bool        named, global;
} types[] = {
	{ "sim:box:named", true, false },
	{ "sim:box:global", true, true },
	{ "sim:box:tokened", false, false },
	{ "sim:box:loose", false, false },
};

static const char *const regions[REGIONS_MAX] = { "eu-west-1", "us-east-1" };

/* One of the bits that are set. */
static int
draw_bit(struct world *world, unsigned bits)
{
	int at = (int)draw(world, (uint64_t)__builtin_popcount(bits));

	for (int i = 0;; i++) {
		if ((bits & 1u << i) && at-- == 0)
			return i;
	}
}

static void
resource_draw(struct deployment *deployment, size_t i)
{
	struct world          *world = deployment->world;
	struct resource       *resource = &deployment->resources[i];
	const struct box_type *type = &types[draw(world, array_len(types))];

	*resource = (struct resource){
		.type = type->name,
		.named = type->named,
		.global = type->global,
		.needs = i > 0 ? (unsigned)(draw(world, 1u << i) & draw(world, 1u << i)) : 0,
		.link = -1,
		.size = (int)draw(world, SIZES),
	};
	snprintf(resource->id, sizeof(resource->id), "r%zu", i);
	if (resource->needs != 0 && draw(world, 3) != 0)
		resource->link = draw_bit(world, resource->needs);
}

void
deployment_init(struct deployment *deployment, struct world *world, size_t at)
{
	*deployment = (struct deployment){ .world = world };
	snprintf(deployment->id, sizeof(deployment->id), "d%zu", at);
	deployment->n = 1 + draw(world, RESOURCES_MAX);
	deployment->regions_n = draw(world, 4) == 0 ? 2 : 1;
	for (size_t i = 0; i < deployment->n; i++)
		resource_draw(deployment, i);
}

static void
version_free(struct version *version)
{
	graph_destroy(version->graphs[0]);
	graph_destroy(version->graphs[1]);
	spec_unref(version->spec);
	free(version->text);
	free(version);
}

void
deployment_fini(struct deployment *deployment)
{
	while (deployment->versions != NULL) {
		struct version *version = deployment->versions;

		deployment->versions = version->next;
		version_free(version);
	}
}

void
deployment_change(struct deployment *deployment)
{
	struct world    *world = deployment->world;
	struct resource *resource = &deployment->resources[draw(world, deployment->n)];

	if (resource->link >= 0 && draw(world, 2) == 0)
		resource->link = draw_bit(world, resource->needs);
	else
		resource->size = (int)draw(world, SIZES);
}

/* ---- configs ---- */

static struct json_object *
resource_config(const struct deployment *deployment, const struct resource *resource)
{
	struct json_object *json = json_object_new_object();
	struct json_object *properties = json_object_new_object();
	struct json_object *needs = json_object_new_array();
	char                text[64];

	json_set_i64(properties, "size", resource->size);
	if (resource->named) {
		snprintf(text, sizeof(text), "%s-%s", deployment->id, resource->id);
		json_set_str(properties, "name", text);
	}
	if (resource->link >= 0) {
		snprintf(text, sizeof(text), "@%s.arn", deployment->resources[resource->link].id);
		json_set_str(properties, "link", text);
	}
	for (int i = 0; resource->needs >> i != 0; i++) {
		if (resource->needs & 1u << i)
			json_object_array_add(
			    needs, json_object_new_string(deployment->resources[i].id));
	}
	json_set_str(json, "type", resource->type);
	json_set(json, "properties", properties);
	json_set(json, "depends_on", needs);
	return json;
}

static struct json_object *
deployment_config(const struct deployment *deployment)
{
	struct json_object *json = json_object_new_object();
	struct json_object *target = json_object_new_object();
	struct json_object *targets = json_object_new_array();
	struct json_object *places = json_object_new_array();
	struct json_object *resources = json_object_new_object();

	for (size_t i = 0; i < deployment->regions_n; i++)
		json_object_array_add(places, json_object_new_string(regions[i]));
	for (size_t i = 0; i < deployment->n; i++)
		json_set(resources, deployment->resources[i].id,
		    resource_config(deployment, &deployment->resources[i]));
	json_set_str(target, "provider", "sim");
	json_set(target, "regions", places);
	json_object_array_add(targets, target);
	json_set_str(json, "deployment_id", deployment->id);
	json_set_str(json, "version", "v");
	json_set(json, "targets", targets);
	json_set(json, "resources", resources);
	return json;
}

static struct spec *
build(struct json_object *config)
{
	const struct registry *registry = sites_registry();
	struct problems        problems;
	struct spec           *spec;

	problems_init(&problems);
	spec = spec_build(registry, TENANT, config, 0, &problems);
	for (size_t i = 0; i < problems.n; i++)
		fprintf(stderr, "%s: %s\n", problems.items[i].pointer, problems.items[i].detail);
	must(spec != NULL);
	problems_fini(&problems);
	return spec;
}

/* ---- versions ---- */

static bool
is_version(const struct deployment *deployment, const struct version *version)
{
	for (size_t i = 0; i < deployment->n; i++) {
		if (version->resources[i].size != deployment->resources[i].size ||
		    version->resources[i].link != deployment->resources[i].link)
			return false;
	}
	return true;
}

static struct version *
version_make(struct deployment *deployment)
{
	struct version     *version = xcalloc(1, sizeof(*version));
	struct json_object *config = deployment_config(deployment), *mgraph;

	version->deployment = deployment;
	memcpy(version->resources, deployment->resources, sizeof(version->resources));
	version->spec = build(config);
	mgraph = spec_to_mgraph(version->spec);
	version->text = xstrdup(json_text(mgraph));
	version->graphs[0] = graph_create(version->spec, false);
	version->graphs[1] = graph_create(version->spec, true);
	must(version->graphs[0]->n <= VERTICES_MAX);
	json_object_put(mgraph);
	json_object_put(config);
	version->next = deployment->versions;
	deployment->versions = version;
	return version;
}

struct version *
deployment_version(struct deployment *deployment)
{
	struct version *version = deployment->versions;

	while (version != NULL && !is_version(deployment, version))
		version = version->next;
	deployment->last = version != NULL ? version : version_make(deployment);
	return deployment->last;
}

const struct resource *
version_resource(const struct version *version, const struct graph *graph, uint32_t vertex)
{
	return &version->resources[graph->vertices[vertex].node];
}

uint32_t
version_vertex(const struct version *version, const char *node_id, const char *region)
{
	const struct graph *graph = version->graphs[0];

	for (uint32_t v = 0; v < graph->n; v++) {
		if (strcmp(graph_node(graph, v)->node_id, node_id) == 0 &&
		    strcmp(graph_region(graph, v), region) == 0)
			return v;
	}
	return VERTEX_NONE;
}
