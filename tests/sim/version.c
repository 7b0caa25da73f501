/* SPDX-License-Identifier: Apache-2.0
 * version.c - configs, specs and graphs of a deployment; one version for each graph id. */
#include "version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "plan/change.h"
#include "plan/saved.h"
#include "process.h"
#include "util/json.h"
#include "util/mem.h"
#include "world.h"

/* What was added to a config is no more a problem than what was posted. */
static struct spec *
build(const char *tenant, struct json_object *config)
{
	struct problems problems;
	struct spec    *spec;

	problems_init(&problems);
	spec = spec_build(sites_registry(), tenant, config, 0, &problems);
	for (size_t i = 0; i < problems.n; i++)
		fprintf(stderr, "%s: %s\n", problems.items[i].pointer, problems.items[i].detail);
	if (spec == NULL)
		fprintf(stderr, "%s\n", json_text(config));
	must(spec != NULL);
	problems_fini(&problems);
	json_object_put(config);
	return spec;
}

/* Puts the config, if there is one. */
static struct spec *
rebuild(struct spec *spec, struct json_object *config)
{
	struct spec *rebuilt;

	if (config == NULL)
		return spec;
	rebuilt = build(spec->tenant, config);
	spec_unref(spec);
	return rebuilt;
}

static struct spec *
change(struct spec *spec, const struct base *base, bool prune)
{
	struct change change = {
		.base = base->version->graphs[0],
		.gone = base->gone,
		.prune = prune,
	};

	spec = rebuild(spec, change_names(spec, base->version->spec, prune));
	change.spec = spec;
	return rebuild(spec, change_config(&change));
}

static struct version *
version_make(struct deployment *deployment, struct spec *spec)
{
	struct version     *version = xcalloc(1, sizeof(*version));
	struct json_object *mgraph = spec_to_mgraph(spec);

	version->deployment = deployment;
	memcpy(version->resources, deployment->resources, sizeof(version->resources));
	for (size_t i = 0; i < deployment->n; i++) {
		if (deployment->resources[i].want != WANT_DROPPED)
			version->posted[version->posted_n++] = i;
	}
	version->passes_ends = deployment->passes_ends;
	version->spec = spec;
	version->text = xstrdup(json_text(mgraph));
	version->graphs[0] = graph_create(spec, false);
	version->graphs[1] = graph_create(spec, true);
	must(version->graphs[0]->n <= VERTICES_MAX);
	json_object_put(mgraph);
	version->next = deployment->versions;
	deployment->versions = version;
	return version;
}

struct version *
version_next(struct deployment *deployment, const struct base *base, bool prune)
{
	struct version *version = deployment->versions;
	struct spec    *spec = build(deployment->tenant,
	       deployment_config(deployment, base != NULL ? base->version->spec : NULL));

	if (base != NULL)
		spec = change(spec, base, prune);
	while (version != NULL && strcmp(version->spec->graph_id, spec->graph_id) != 0)
		version = version->next;
	if (version != NULL)
		spec_unref(spec);
	else
		version = version_make(deployment, spec);
	if (base != NULL)
		judge_version(deployment->world, version, base, prune);
	return version;
}

static void
version_free(struct version *version)
{
	for (size_t i = 0; i < version->plans_n; i++)
		json_object_put(version->plans[i]);
	graph_destroy(version->graphs[0]);
	graph_destroy(version->graphs[1]);
	spec_unref(version->spec);
	free(version->text);
	free(version);
}

void
versions_free(struct deployment *deployment)
{
	while (deployment->versions != NULL) {
		struct version *version = deployment->versions;

		deployment->versions = version->next;
		version_free(version);
	}
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

/* ---- what there is to say of one ---- */

bool
version_is_locked(const struct version *version)
{
	for (size_t i = 0; i < version->spec->nodes_n; i++) {
		if (strcmp(version->spec->nodes[i].type->provider, "vault") == 0)
			return true;
	}
	return false;
}

const struct resource *
version_resource(const struct version *version, uint32_t vertex)
{
	size_t node = version->graphs[0]->vertices[vertex].node;

	return node < version->posted_n ? &version->resources[version->posted[node]] : NULL;
}

enum spec_operation
version_operation(const struct version *version, uint32_t vertex)
{
	return graph_node(version->graphs[0], vertex)->operation;
}

bool
version_goes_last(const struct version *version, uint32_t vertex)
{
	const struct graph *graph = version->graphs[0];
	bool                last = version_operation(version, vertex) == SPEC_DELETE;

	for (uint32_t i = graph->out_at[vertex]; last && i < graph->out_at[vertex + 1]; i++)
		last = version_goes_last(version, graph->out[i]);
	return last;
}

bool
version_cleans_up(const struct version *version)
{
	for (uint32_t v = 0; v < version->graphs[0]->n; v++) {
		if (version->ledger.pages[v].started && version_goes_last(version, v))
			return true;
	}
	return false;
}

bool
version_is_behind_end(const struct version *version, uint32_t vertex)
{
	const struct graph *graph = version->graphs[0];
	bool                behind[VERTICES_MAX] = { false };

	for (size_t i = 0; i < graph->stops_n; i++)
		behind[graph->stops[i].to] |= graph->stops[i].type == EDGE_END;
	for (size_t i = 0; i < graph->n; i++) {
		uint32_t v = graph->order[i];

		for (uint32_t e = graph->out_at[v]; e < graph->out_at[v + 1] && behind[v]; e++)
			behind[graph->out[e]] = true;
	}
	return behind[vertex];
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

struct box
version_box(const struct version *version, uint32_t vertex)
{
	const struct graph     *graph = version->graphs[0];
	const struct spec_node *node = graph_node(graph, vertex);
	const char             *name = json_get_str(node->properties, "name");
	struct box              box = { .type = node->type->name };

	snprintf(box.deployment, sizeof(box.deployment), "%s", version->deployment->id);
	snprintf(box.node, sizeof(box.node), "%s", node->owner_id);
	snprintf(box.region, sizeof(box.region), "%s", graph_region(graph, vertex));
	snprintf(box.name, sizeof(box.name), "%s", name != NULL ? name : "");
	return box;
}

uint32_t
version_vertex_of(const struct version *version, const struct box *box)
{
	for (uint32_t v = 0; v < version->graphs[0]->n; v++) {
		struct box its = version_box(version, v);

		if (box_is_like(&its, box))
			return v;
	}
	return VERTEX_NONE;
}
