/* SPDX-License-Identifier: Apache-2.0
 * deployment.c - draws graphs, changes them, and makes configs of them. */
#include "deployment.h"

#include <stdio.h>
#include <string.h>

#include "cloud.h"
#include "util/json.h"
#include "util/str.h"
#include "version.h"
#include "world.h"

#define SIZES        3 /* so few that a change may lead back to an earlier version */
#define GRADES       2
#define NAMES        2
#define CHANGES_MOST 3

static const struct box_type {
	const char *name, *provider;
	bool        named;
	int         other; /* what it may be instead */
} types[] = {
	{ "sim:box:named", "sim", true, 2 },
	{ "sim:box:global", "sim", true, 1 },
	{ "vault:box:kept", "vault", true, 0 },
	{ "sim:box:tokened", "sim", false, 4 },
	{ "sim:box:loose", "sim", false, 3 },
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
		.guarded = deployment->turns && draw(world, 4) == 0,
	};
	snprintf(resource->id, sizeof(resource->id), "r%zu", i);
	if (resource->needs != 0 && draw(world, 3) != 0)
		resource->link = draw_bit(world, resource->needs);
	resource->rooted =
	    resource->link >= 0 && deployment->turns && draw(world, 3) == 0 && !resource->guarded;
	if (resource->needs != 0 && stops && draw(world, 2) == 0)
		resource->pauses = 1u << draw_bit(world, resource->needs);
	if (resource->needs != 0 && stops && draw(world, 6) == 0)
		resource->ends = (1u << draw_bit(world, resource->needs)) & ~resource->pauses;
	resource->protect = resource->guarded && draw(world, 2) == 0;
}

void
deployment_init(struct deployment *deployment, struct world *world, size_t at)
{
	bool stops = draw(world, 3) == 0;

	*deployment = (struct deployment){ .world = world, .turns = draw(world, 3) != 0 };
	deployment->regrades = deployment->turns && draw(world, 4) == 0;
	snprintf(deployment->id, sizeof(deployment->id), "d%zu", at);
	deployment->tenant = at > 0 && world->seed / 4 % 2 == 0 ? "neighbour" : "tenant";
	deployment->n = 1 + draw(world, RESOURCES_MAX);
	deployment->regions_n = deployment->regions_most = draw(world, 4) == 0 ? 2 : 1;
	for (size_t i = 0; i < deployment->n; i++)
		resource_draw(deployment, i, stops);
}

void
deployment_fini(struct deployment *deployment)
{
	versions_free(deployment);
}

/* ---- changes ---- */

static void
change_size(struct deployment *deployment, struct resource *resource)
{
	resource->size = (int)draw(deployment->world, SIZES);
}

static void
change_link(struct deployment *deployment, struct resource *resource)
{
	if (resource->link >= 0)
		resource->link = draw_bit(deployment->world, resource->needs);
	else
		change_size(deployment, resource);
}

static void
change_grade(struct deployment *deployment, struct resource *resource)
{
	resource->grade = (int)draw(deployment->world, GRADES);
}

static void
change_name(struct deployment *deployment, struct resource *resource)
{
	if (!resource->guarded)
		resource->name = (int)draw(deployment->world, NAMES);
}

static void
change_type(struct deployment *deployment, struct resource *resource)
{
	(void)deployment;
	if (!resource->guarded)
		resource->type = &types[resource->type->other];
}

static void
change_id(struct deployment *deployment, struct resource *resource)
{
	(void)deployment;
	resource->renamed = !resource->renamed;
}

static void
change_protect(struct deployment *deployment, struct resource *resource)
{
	(void)deployment;
	resource->protect = resource->guarded && !resource->protect;
}

static void
change_regions(struct deployment *deployment, struct resource *resource)
{
	(void)resource;
	deployment->regions_n = 1 + draw(deployment->world, deployment->regions_most);
}

/* A config names something. */
static void
change_want(struct deployment *deployment, struct resource *resource)
{
	static const enum want wants[] = { WANT_THERE, WANT_THERE, WANT_DROPPED, WANT_DROPPED,
		WANT_DELETE, WANT_LEAVE };
	size_t                 named = 0;

	resource->want = wants[draw(deployment->world, array_len(wants))];
	for (size_t i = 0; i < deployment->n; i++)
		named += deployment->resources[i].want != WANT_DROPPED;
	if (named == 0)
		resource->want = WANT_THERE;
}

static void (*const changes[])(struct deployment *deployment, struct resource *resource) = {
	change_size,
	change_link, /* all that does not turn ends here */
	change_size,
	change_link,
	change_grade,
	change_grade,
	change_grade,
	change_grade,
	change_name,
	change_name,
	change_type,
	change_id,
	change_protect,
	change_regions,
	change_want,
	change_want,
	change_want,
	change_want,
};
#define CHANGES_PLAIN 2

void
deployment_change(struct deployment *deployment)
{
	struct world *world = deployment->world;
	uint64_t      n = deployment->turns ? 1 + draw(world, CHANGES_MOST) : 1;

	for (size_t i = 0; i < deployment->n && deployment->regrades; i++)
		change_grade(deployment, &deployment->resources[i]);
	for (; n > 0; n--)
		changes[draw(world, deployment->turns ? array_len(changes) : CHANGES_PLAIN)](
		    deployment, &deployment->resources[draw(world, deployment->n)]);
}

/* One that is to stay as it is, if there is one. */
static void
take_box(struct resource *resource, const struct box *box)
{
	resource->want = WANT_THERE;
	if (box != NULL)
		resource->grade = (int)json_get_i64(box->properties, "grade", 0);
}

bool
deployment_release(struct deployment *deployment)
{
	bool any = false;

	for (size_t i = 0; i < deployment->n; i++) {
		struct resource *resource = &deployment->resources[i];
		char             node[OBJ_ID_SIZE];

		if (!resource->guarded)
			continue;
		any = true;
		spec_node_id(deployment->tenant, deployment->id, resource->id, node);
		take_box(
		    resource, cloud_find_protected(deployment->world->cloud, deployment->id, node));
	}
	deployment_expose(deployment);
	deployment->passes_ends = any;
	if (any)
		deployment->regions_n = deployment->regions_most;
	return any;
}

void
deployment_expose(struct deployment *deployment)
{
	for (size_t i = 0; i < deployment->n; i++)
		deployment->resources[i].protect = false;
	deployment->passes_ends = false;
}

/* ---- configs ---- */

int
deployment_link(const struct resource resources[RESOURCES_MAX], size_t i)
{
	int link = resources[i].link;

	if (link < 0 || resources[link].want == WANT_DROPPED)
		return -1;
	return resources[i].want != WANT_THERE || resources[link].want == WANT_THERE ? link : -1;
}

void
deployment_name_box(const struct deployment *deployment, size_t i, char name[48])
{
	const struct resource *resource = &deployment->resources[i];

	name[0] = '\0';
	if (resource->type->named)
		snprintf(name, 48, "%s-%s%s", deployment->id, resource->id,
		    resource->name > 0 ? "-b" : "");
}

static const char *
id_of(const struct resource *resource, char id[32])
{
	snprintf(id, 32, "%s%s", resource->id, resource->renamed ? "x" : "");
	return id;
}

static struct json_object *
properties_of(const struct deployment *deployment, size_t i)
{
	const struct resource *resource = &deployment->resources[i];
	struct json_object    *properties = json_object_new_object();
	int                    link = deployment_link(deployment->resources, i);
	char                   name[48], id[32], text[64];

	json_set_i64(properties, "size", resource->size);
	json_set_i64(properties, "grade", resource->grade);
	deployment_name_box(deployment, i, name);
	if (name[0] != '\0')
		json_set_str(properties, "name", name);
	if (link >= 0) {
		snprintf(text, sizeof(text), "@%s.arn", id_of(&deployment->resources[link], id));
		json_set_str(properties, resource->rooted ? "root" : "link", text);
	}
	return properties;
}

/* Of those that come, those that come; of those that go, those that go. */
static bool
waits_for(const struct deployment *deployment, size_t i, size_t first)
{
	const struct resource *one = &deployment->resources[i];
	const struct resource *other = &deployment->resources[first];

	return other->want != WANT_DROPPED &&
	       (one->want == WANT_THERE) == (other->want == WANT_THERE);
}

static struct json_object *
needs_of(const struct deployment *deployment, size_t i)
{
	const struct resource *resource = &deployment->resources[i];
	unsigned               plain = resource->needs & ~(resource->pauses | resource->ends);
	struct json_object    *needs = json_object_new_array();
	char                   id[32];

	for (size_t k = 0; plain >> k != 0; k++) {
		if ((plain & 1u << k) && waits_for(deployment, i, k))
			json_object_array_add(
			    needs, json_object_new_string(id_of(&deployment->resources[k], id)));
	}
	return needs;
}

/* Once a version has said what it was called before, the next ones need not. */
static bool
says_formerly(
    const struct deployment *deployment, const struct resource *resource, const struct spec *last)
{
	char id[32];

	id_of(resource, id);
	for (size_t i = 0; last != NULL && i < last->nodes_n; i++) {
		const struct spec_node *node = &last->nodes[i];

		if (strcmp(node->resource_id, id) == 0 && node->formerly != NULL)
			return draw(deployment->world, 2) == 0;
	}
	return true;
}

static struct json_object *
resource_config(const struct deployment *deployment, size_t i, const struct spec *last)
{
	static const char *const operations[] = { NULL, "delete", "leave" };
	const struct resource   *resource = &deployment->resources[i];
	struct json_object      *json = json_object_new_object();

	json_set_str(json, "type", resource->type->name);
	if (operations[resource->want] != NULL)
		json_set_str(json, "operation", operations[resource->want]);
	if (resource->renamed && says_formerly(deployment, resource, last))
		json_set_str(json, "formerly", resource->id);
	json_set(json, "properties", properties_of(deployment, i));
	json_set(json, "depends_on", needs_of(deployment, i));
	if (resource->protect)
		json_set_bool(json, "protect", true);
	if (resource->timeout_s > 0)
		json_set_i64(json, "timeout", resource->timeout_s);
	return json;
}

static void
add_edges(struct json_object *edges, const struct deployment *deployment, size_t to, unsigned from,
    const char *type)
{
	char id[32];

	for (size_t i = 0; from >> i != 0; i++) {
		struct json_object *edge;

		if (!(from & 1u << i) || deployment->resources[i].want != WANT_THERE ||
		    deployment->resources[to].want != WANT_THERE)
			continue;
		edge = json_object_new_object();
		json_set_str(edge, "from", id_of(&deployment->resources[i], id));
		json_set_str(edge, "to", id_of(&deployment->resources[to], id));
		json_set_str(edge, "type", type);
		json_object_array_add(edges, edge);
	}
}

static bool
uses(const struct deployment *deployment, const char *provider)
{
	for (size_t i = 0; i < deployment->n; i++) {
		if (deployment->resources[i].want != WANT_DROPPED &&
		    str_eq(deployment->resources[i].type->provider, provider))
			return true;
	}
	return false;
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

struct json_object *
deployment_config(const struct deployment *deployment, const struct spec *last)
{
	struct json_object *json = json_object_new_object();
	struct json_object *targets = json_object_new_array();
	struct json_object *resources = json_object_new_object();
	struct json_object *edges = json_object_new_array();
	char                id[32];

	if (uses(deployment, "sim"))
		add_target(targets, deployment, "sim");
	if (uses(deployment, "vault"))
		add_target(targets, deployment, "vault");
	for (size_t i = 0; i < deployment->n; i++) {
		const struct resource *resource = &deployment->resources[i];

		if (resource->want == WANT_DROPPED)
			continue;
		json_set(resources, id_of(resource, id), resource_config(deployment, i, last));
		add_edges(edges, deployment, i, resource->pauses, "pause");
		if (!deployment->passes_ends)
			add_edges(edges, deployment, i, resource->ends, "end");
	}
	json_set_str(json, "deployment_id", deployment->id);
	json_set_str(json, "version", "v");
	json_set(json, "targets", targets);
	json_set(json, "resources", resources);
	json_set(json, "edges", edges);
	return json;
}
