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
text_of(struct json_object *json, const char *name)
{
	const char *text = json_get_str(json, name);

	return text != NULL ? text : "";
}

static void
judge_link(struct world *world, const struct version *version, uint32_t vertex,
    const struct box *box, const char *law)
{
	const struct graph    *graph = version->graphs[0];
	const struct resource *resource = version_resource(version, vertex);
	int                    link =
	    deployment_link(version->resources, version->posted[graph->vertices[vertex].node]);
	const char *name = resource->rooted ? "root" : "link", *id;
	size_t      node = 0;

	if (link < 0)
		return;
	while (version->posted[node] != (size_t)link)
		node++;
	id = id_of(world, version, (uint32_t)graph_target(graph, vertex, node));
	if (strcmp(text_of(box->properties, name), id) != 0)
		world_judge(world, law, "%s has the %s \"%s\", not %s", box->id, name,
		    text_of(box->properties, name), id);
}

static void
judge_tags(struct world *world, const struct version *version, uint32_t vertex,
    const struct box *box, const char *law)
{
	const struct spec_node *node = graph_node(version->graphs[0], vertex);

	if (!str_eq(json_get_str(box->tags, "mgraph:spec-hash"), node->hash) ||
	    !str_eq(json_get_str(box->tags, "mgraph:resource-id"), node->resource_id) ||
	    box_is_protected(box) != node->protect)
		world_judge(world, law, "%s has tags of another version: %s", box->id,
		    json_text(box->tags));
}

static void
judge_box(struct world *world, const struct version *version, uint32_t vertex,
    const struct box *box, const char *law)
{
	const struct resource *resource = version_resource(version, vertex);
	struct box             like = version_box(version, vertex);

	must(resource != NULL);
	if (json_get_i64(box->properties, "size", -1) != resource->size ||
	    json_get_i64(box->properties, "grade", -1) != resource->grade)
		world_judge(world, law, "%s is not of size %d and grade %d but %s", box->id,
		    resource->size, resource->grade, json_text(box->properties));
	judge_link(world, version, vertex, box, law);
	judge_tags(world, version, vertex, box, law);
	if (cloud_find(world->cloud, &like, box) != NULL)
		world_judge(world, law, "%s/%s is there twice", version->deployment->id,
		    name_of(version, vertex));
}

void
judge_cloud(struct world *world, const struct version *version, bool destroyed, const char *law)
{
	for (uint32_t v = 0; v < version->graphs[0]->n; v++) {
		const struct box   *box = box_of(world, version, v);
		enum spec_operation operation = version_operation(version, v);
		bool                goes = destroyed || operation == SPEC_DELETE;

		if (version->ledger.pages[v].state != NODE_COMPLETED ||
		    (operation == SPEC_LEAVE && !destroyed))
			continue;
		if (box != NULL && goes)
			world_judge(world, law, "%s is left", box->id);
		else if (box == NULL && !goes)
			world_judge(world, law, "%s/%s is not there", version->deployment->id,
			    name_of(version, v));
		else if (box != NULL)
			judge_box(world, version, v, box, law);
	}
}

void
judge_known_of(struct world *world, const struct version *version, bool exactly)
{
	const struct box *box = NULL;

	while ((box = cloud_next(world->cloud, version->deployment->id, box)) != NULL) {
		uint32_t vertex = version_vertex_of(version, box);

		if (vertex == VERTEX_NONE)
			world_judge(world, "change", "%s %s of %s is there, and forgotten",
			    box->type, box->id, box->resource);
		else if (exactly && spec_node_is_leaving(graph_node(version->graphs[0], vertex)))
			world_judge(world, "change", "%s %s of %s is there, and not wanted",
			    box->type, box->id, box->resource);
	}
}

/* A link that there was not before is nothing that could be set back. */
static bool
is_linked_as_before(const struct box *box, const struct page *page)
{
	return page->link[0] == '\0' || strcmp(text_of(box->properties, "link"), page->link) == 0;
}

void
judge_rolled_back(struct world *world, const struct version *version)
{
	for (uint32_t v = 0; v < version->graphs[0]->n; v++) {
		const struct page *page = &version->ledger.pages[v];
		const struct box  *box = box_of(world, version, v);

		if (page->replaced && box == NULL)
			world_judge(world, "G3", "%s was replaced, and is rolled back to nothing",
			    name_of(version, v));
		if (page->made && !page->replaced && box != NULL)
			world_judge(world, "G3", "%s was made, and is not rolled back", box->id);
		if (page->changed && box != NULL &&
		    (json_get_i64(box->properties, "size", -1) != page->size ||
			!is_linked_as_before(box, page)))
			world_judge(world, "G3", "%s was changed, and is not rolled back: %s",
			    box->id, json_text(box->properties));
		else if (page->changed && box != NULL &&
			 !str_eq(json_get_str(box->tags, "mgraph:spec-hash"), page->hash))
			world_judge(world, "G3", "%s has not the tags that it had before: %s",
			    box->id, json_text(box->tags));
	}
}

/* Where there were no credentials, nobody could look: it is said to be under way as it was. */
static bool
is_in_doubt(const struct version *version, const char *record)
{
	enum node_state state = said_state(record);

	return said_is(record, "doubtful", "true") ||
	       (version_is_locked(version) && (state == NODE_INTENDING || state == NODE_CALLING));
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
