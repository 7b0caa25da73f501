/* SPDX-License-Identifier: Apache-2.0
 * judge_effect.c - calls that take effect. */
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "cloud.h"
#include "depot.h"
#include "judge.h"
#include "judging.h"
#include "util/json.h"
#include "world.h"

/* Of who asked; NULL when that is no execution of now. */
static struct version *
version_of(const struct world *world, const struct box *asked)
{
	struct version *version = client_find(world->client, asked->deployment, asked->graph);

	if (version == NULL || strcmp(version->ledger.execution, asked->execution) != 0)
		return NULL;
	return version;
}

/* Where a failure would be rolled back, nothing is begun any more once something has gone that nobody waits for. */
static void
judge_turn(struct world *world, const struct version *version, const struct box *asked)
{
	const struct ledger *ledger = &version->ledger;
	const struct graph  *graph = version->graphs[0];

	if (ledger->kind != EXECUTION_APPLY || ledger->on_failure != ON_FAILURE_ROLLBACK ||
	    ledger->undoing || ledger->forgot || ledger->blind ||
	    ledger->pages[asked->vertex].last == NODE_COMPLETED)
		return;
	for (uint32_t v = 0; v < graph->n; v++) {
		if (ledger->pages[v].taken && version_goes_last(version, v))
			world_judge(world, "goes", "%s has gone before %s was brought about",
			    name_of(version, v), name_of(version, asked->vertex));
	}
}

/* ---- create ---- */

/* Two of one node can be there at once only where they are found by different names, and marked by nothing else. */
static bool
may_be_beside(const struct box *asked, const struct box *box)
{
	return strcmp(box->type, asked->type) == 0 && strcmp(box->name, asked->name) != 0 &&
	       strcmp(box->type, "vault:box:kept") != 0;
}

/* A client has said that it is to stay for now, and that others go on. */
static bool
was_skipped(const struct version *version, const struct box *box)
{
	uint32_t vertex = version != NULL ? version_vertex_of(version, box) : VERTEX_NONE;

	return vertex != VERTEX_NONE && version->ledger.pages[vertex].last == NODE_SKIPPED;
}

static void
judge_alone(struct world *world, const struct version *version, const struct box *asked)
{
	const struct box *box = NULL;

	while ((box = cloud_next(world->cloud, asked->deployment, box)) != NULL) {
		if (strcmp(box->node, asked->node) == 0 &&
		    strcmp(box->region, asked->region) == 0 && !may_be_beside(asked, box) &&
		    !was_skipped(version, box))
			world_judge(world, "G2", "%s/%s %s is made beside %s of %s",
			    asked->deployment, asked->resource, asked->region, box->id, box->type);
	}
}

void
judge_create(struct world *world, const struct process *process, const struct box *asked)
{
	struct version   *version = version_of(world, asked);
	struct page      *page = version != NULL ? &version->ledger.pages[asked->vertex] : NULL;
	const struct box *box = cloud_find(world->cloud, asked, NULL);

	if (box != NULL)
		world_judge(world, "G2", "%s makes %s/%s %s again, which is %s", process->owner,
		    asked->deployment, asked->resource, asked->region, box->id);
	box = cloud_find_lingering(world->cloud, asked);
	if (box != NULL)
		world_judge(world, "G2", "%s makes %s/%s %s, while %s is still there",
		    process->owner, asked->deployment, asked->resource, asked->region, box->id);
	if (!depot_has_lost(world->depot))
		judge_alone(world, version, asked);
	if (page == NULL || page->changed)
		return;
	judge_turn(world, version, asked);
	if (page->made)
		world_judge(world, "G2", "execution %s makes %s/%s %s a second time",
		    asked->execution, asked->deployment, asked->resource, asked->region);
	page->made = true;
	page->replaced = page->taken;
}

/* ---- update ---- */

void
judge_update(struct world *world, const struct box *asked, const struct box *box)
{
	struct version *version = version_of(world, asked);
	struct page    *page = version != NULL ? &version->ledger.pages[asked->vertex] : NULL;
	const char     *link = json_get_str(box->properties, "link");
	const char     *hash = json_get_str(box->tags, "mgraph:spec-hash");

	if (page == NULL || page->made || page->changed)
		return;
	judge_turn(world, version, asked);
	page->changed = true;
	page->size = json_get_i64(box->properties, "size", -1);
	snprintf(page->link, sizeof(page->link), "%s", link != NULL ? link : "");
	snprintf(page->hash, sizeof(page->hash), "%s", hash != NULL ? hash : "");
}

/* ---- delete ---- */

static bool
goes(const struct version *version, uint32_t vertex)
{
	return version->ledger.kind == EXECUTION_DESTROY ||
	       version_operation(version, vertex) == SPEC_DELETE;
}

static bool
refers_to(const struct graph *graph, uint32_t vertex, uint32_t target)
{
	const struct spec_node *node = graph_node(graph, vertex);

	for (size_t i = 0; i < node->targets_n; i++) {
		if (graph_target(graph, vertex, node->targets[i]) == target)
			return true;
	}
	return false;
}

/* By what the spec says, not by how a graph orders it. In a destroy, what stays of a version and what is left of an
 * older one do not wait for each other. */
static void
judge_referrers(struct world *world, const struct version *version, uint32_t vertex)
{
	const struct graph *graph = version->graphs[0];
	bool                leaves = spec_node_is_leaving(graph_node(graph, vertex));

	for (uint32_t v = 0; v < graph->n; v++) {
		bool its = spec_node_is_leaving(graph_node(graph, v));

		if (!refers_to(graph, v, vertex) || !goes(version, v) || leaves != its ||
		    is_behind(version, v))
			continue;
		world_judge(world, "goes", "%s goes before %s, which refers to it",
		    name_of(version, vertex), name_of(version, v));
	}
}

void
judge_delete(struct world *world, const struct box *asked, const struct box *box)
{
	struct version *version = version_of(world, asked);
	bool            undoes = version != NULL && version->ledger.undoing;

	if (box_is_protected(box) && !undoes)
		world_judge(world, "goes", "%s is protected, and deleted", box->id);
	if (version == NULL || undoes)
		return;
	if (strcmp(box->execution, asked->execution) == 0)
		world_judge(world, "goes", "%s was made by execution %s, which deletes it", box->id,
		    box->execution);
	version->ledger.pages[asked->vertex].taken = true;
	if (!version->ledger.blind)
		judge_referrers(world, version, asked->vertex);
}
