/* SPDX-License-Identifier: Apache-2.0
 * judge_cloud.c - what is in the cloud at an execution's end. */
#include <string.h>

#include "cloud.h"
#include "judge.h"
#include "judging.h"
#include "said.h"
#include "util/json.h"
#include "util/str.h"
#include "world.h"

static const char *
id_of(const struct world *world, const struct version *version, uint32_t vertex)
{
	const struct box *box = box_of(world, version, vertex);

	return box != NULL ? box->id : "nothing";
}

static const char *
link_of(const struct box *box)
{
	const char *link = json_get_str(box->properties, "link");

	return link != NULL ? link : "";
}

static void
judge_box(struct world *world, const struct version *version, uint32_t vertex,
    const struct box *box, const char *law)
{
	const struct graph    *graph = version->graphs[0];
	const struct resource *resource = version_resource(version, graph, vertex);

	if (json_get_i64(box->properties, "size", -1) != resource->size)
		world_judge(world, law, "%s is not of size %d but %s", box->id, resource->size,
		    json_text(box->properties));
	if (resource->link >= 0 && strcmp(link_of(box), id_of(world, version,
							    (uint32_t)graph_target(graph, vertex,
								(size_t)resource->link))) != 0)
		world_judge(world, law, "%s is linked to \"%s\", not to %s", box->id, link_of(box),
		    version->resources[resource->link].id);
	if (!str_eq(json_get_str(box->tags, "mgraph:spec-hash"), graph_node(graph, vertex)->hash))
		world_judge(world, law, "%s has tags of another version: %s", box->id,
		    json_text(box->tags));
	if (cloud_find(world->cloud, version->deployment->id, resource->id,
		graph_region(graph, vertex), box) != NULL)
		world_judge(
		    world, law, "%s/%s is there twice", version->deployment->id, resource->id);
}

void
judge_cloud(struct world *world, const struct version *version, bool destroyed, const char *law)
{
	for (uint32_t v = 0; v < version->graphs[0]->n; v++) {
		const struct box *box = box_of(world, version, v);

		if (version->ledger.pages[v].state != NODE_COMPLETED)
			continue;
		if (box != NULL && destroyed)
			world_judge(world, law, "%s is left", box->id);
		else if (box == NULL && !destroyed)
			world_judge(world, law, "%s/%s is not there", version->deployment->id,
			    name_of(version, v));
		else if (box != NULL)
			judge_box(world, version, v, box, law);
	}
}

void
judge_rolled_back(struct world *world, const struct version *version)
{
	for (uint32_t v = 0; v < version->graphs[0]->n; v++) {
		const struct page *page = &version->ledger.pages[v];
		const struct box  *box = box_of(world, version, v);

		if (page->made && box != NULL)
			world_judge(world, "G3", "%s was made, and is not rolled back", box->id);
		if (page->changed && box != NULL &&
		    (json_get_i64(box->properties, "size", -1) != page->size ||
			strcmp(link_of(box), page->link) != 0))
			world_judge(world, "G3", "%s was changed, and is not rolled back: %s",
			    box->id, json_text(box->properties));
	}
}

/* Where there were no credentials, nobody could look: it is said to be under way as it was. */
static bool
is_in_doubt(const struct version *version, const char *record)
{
	enum node_state state = said_state(record);

	return said_is(record, "doubtful", "true") ||
	       (deployment_is_locked(version->deployment) &&
		   (state == NODE_INTENDING || state == NODE_CALLING));
}

void
judge_known(struct world *world, const struct version *version)
{
	for (uint32_t v = 0; v < version->graphs[0]->n; v++) {
		const struct box *box = box_of(world, version, v);
		const char       *record = record_of(world, version, v);

		if (!version->ledger.pages[v].made || box == NULL)
			continue;
		if (record == NULL ||
		    (!said_is(record, "arn", box->id) && !is_in_doubt(version, record)))
			world_judge(world, "G4", "%s was made, and is stored as: %s", box->id,
			    record != NULL ? record : "nothing");
	}
}
