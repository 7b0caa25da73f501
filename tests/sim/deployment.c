/* SPDX-License-Identifier: Apache-2.0
 * deployment.c - draws graphs, and makes configs and specs of them. */
#include "deployment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/saved.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"
#include "world.h"

#define SIZES 3 /* so few that a change may lead back to an earlier version */

static const struct box_type {
	const char *name, *provider;
	bool        named, global;
} types[] = {
	{ "sim:box:named", "sim", true, false },
	{ "sim:box:global", "sim", true, true },
	{ "vault:box:kept", "vault", true, false },
	{ "sim:box:tokened", "sim", false, false },
	{ "sim:box:loose", "sim", false, false },
};
#define TYPES_NAMED 3 /* the first so many */

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

/* Where the store may forget what was begun, nothing but its name tells a box that is on its way. */
static const struct box_type *
draw_type(struct world *world)
{
	bool forgets = world->chances.per_mille[CHANCE_FAILOVER] > 0;

	return &types[draw(world, forgets ? TYPES_NAMED : array_len(types))];
}

static void
resource_draw(struct deployment *deployment, size_t i, bool stops)
{
	struct world    *world = deployment->world;
	struct resource *resource = &deployment->resources[i];

	*resource = (struct resource){
		.type = draw_type(world),
		.needs = i > 0 ? (unsigned)(draw(world, 1u << i) & draw(world, 1u << i)) : 0,
		.link = -1,
		.size = (int)draw(world, SIZES),
		.timeout_s = draw(world, 6) == 0 ? (int)draw_between(world, 30, 90) : 0,
	};
	snprintf(resource->id, sizeof(resource->id), "r%zu", i);
	if (resource->needs != 0 && draw(world, 3) != 0)
		resource->link = draw_bit(world, resource->needs);
	if (resource->needs != 0 && stops && draw(world, 2) == 0)
		resource->pauses = 1u << draw_bit(world, resource->needs);
	if (resource->needs != 0 && stops && draw(world, 6) == 0)
		resource->ends = (1u << draw_bit(world, resource->needs)) & ~resource->pauses;
}

void
deployment_init(struct deployment *deployment, struct world *world, size_t at)
{
	bool stops = draw(world, 3) == 0;

	*deployment = (struct deployment){ .world = world };
	snprintf(deployment->id, sizeof(deployment->id), "d%zu", at);
	deployment->n = 1 + draw(world, RESOURCES_MAX);
	deployment->regions_n = draw(world, 4) == 0 ? 2 : 1;
	for (size_t i = 0; i < deployment->n; i++)
		resource_draw(deployment, i, stops);
}

static bool
uses(const struct deployment *deployment, const char *provider)
{
	for (size_t i = 0; i < deployment->n; i++) {
		if (str_eq(deployment->resources[i].type->provider, provider))
			return true;
	}
	return false;
}

bool
deployment_is_locked(const struct deployment *deployment)
{
	return uses(deployment, "vault");
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
		for (size_t i = 0; i < version->plans_n; i++)
			json_object_put(version->plans[i]);
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
	unsigned            plain = resource->needs & ~(resource->pauses | resource->ends);
	char                text[64];

	json_set_i64(properties, "size", resource->size);
	if (resource->type->named) {
		snprintf(text, sizeof(text), "%s-%s", deployment->id, resource->id);
		json_set_str(properties, "name", text);
	}
	if (resource->link >= 0) {
		snprintf(text, sizeof(text), "@%s.arn", deployment->resources[resource->link].id);
		json_set_str(properties, "link", text);
	}
	for (int i = 0; plain >> i != 0; i++) {
		if (plain & 1u << i)
			json_object_array_add(
			    needs, json_object_new_string(deployment->resources[i].id));
	}
	json_set_str(json, "type", resource->type->name);
	json_set(json, "properties", properties);
	json_set(json, "depends_on", needs);
	if (resource->timeout_s > 0)
		json_set_i64(json, "timeout", resource->timeout_s);
	return json;
}

static void
add_edges(struct json_object *edges, const struct deployment *deployment,
    const struct resource *resource, unsigned from, const char *type)
{
	for (int i = 0; from >> i != 0; i++) {
		struct json_object *edge;

		if (!(from & 1u << i))
			continue;
		edge = json_object_new_object();
		json_set_str(edge, "from", deployment->resources[i].id);
		json_set_str(edge, "to", resource->id);
		json_set_str(edge, "type", type);
		json_object_array_add(edges, edge);
	}
}

static void
add_target(struct json_object *targets, const struct deployment *deployment, const char *provider)
{
	struct json_object *target = json_object_new_object();
	struct json_object *places = json_object_new_array();

	for (size_t i = 0; i < deployment->regions_n; i++)
		json_object_array_add(places, json_object_new_string(regions[i]));
	json_set_str(target, "provider", provider);
	json_set(target, "regions", places);
	json_object_array_add(targets, target);
}

static struct json_object *
deployment_config(const struct deployment *deployment)
{
	struct json_object *json = json_object_new_object();
	struct json_object *targets = json_object_new_array();
	struct json_object *resources = json_object_new_object();
	struct json_object *edges = json_object_new_array();

	if (uses(deployment, "sim"))
		add_target(targets, deployment, "sim");
	if (uses(deployment, "vault"))
		add_target(targets, deployment, "vault");
	for (size_t i = 0; i < deployment->n; i++) {
		const struct resource *resource = &deployment->resources[i];

		json_set(resources, resource->id, resource_config(deployment, resource));
		add_edges(edges, deployment, resource, resource->pauses, "pause");
		add_edges(edges, deployment, resource, resource->ends, "end");
	}
	json_set_str(json, "deployment_id", deployment->id);
	json_set_str(json, "version", "v");
	json_set(json, "targets", targets);
	json_set(json, "resources", resources);
	json_set(json, "edges", edges);
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

/* ---- plans ---- */

void
version_add_plan(struct version *version, struct json_object *plan)
{
	if (version->plans_n == PLANS_MAX || version_plan(version, saved_id(plan)) != NULL)
		json_object_put(plan);
	else
		version->plans[version->plans_n++] = plan;
}

struct json_object *
version_plan(const struct version *version, const char *plan_id)
{
	for (size_t i = 0; i < version->plans_n; i++) {
		if (str_eq(saved_id(version->plans[i]), plan_id))
			return version->plans[i];
	}
	return NULL;
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

bool
version_is_behind_end(const struct version *version, const struct resource *resource)
{
	unsigned behind = 0; /* what a resource needs comes before it */

	for (unsigned i = 0; i < version->deployment->n; i++) {
		const struct resource *its = &version->resources[i];

		if (its->ends != 0 || (its->needs & behind) != 0)
			behind |= 1u << i;
		if (its == resource)
			return (behind & 1u << i) != 0;
	}
	must(!"a resource of another version");
	return false;
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
