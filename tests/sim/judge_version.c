/* SPDX-License-Identifier: Apache-2.0
 * judge_version.c - what a new version makes of the last one: by what was posted, and by nothing that plan/change.c says. */
#include <string.h>

#include "cloud.h"
#include "judge.h"
#include "version.h"
#include "world.h"

/* Something that was posted has its node, here. */
static bool
has_heir(const struct version *version, const struct box *old)
{
	for (uint32_t v = 0; v < version->graphs[0]->n; v++) {
		struct box box = version_box(version, v);

		if (version_resource(version, v) != NULL && strcmp(box.node, old->node) == 0 &&
		    strcmp(box.region, old->region) == 0 &&
		    version_operation(version, v) != SPEC_LEAVE)
			return true;
	}
	return false;
}

static size_t
count(const struct version *version, const struct box *like)
{
	size_t n = 0;

	for (uint32_t v = 0; v < version->graphs[0]->n; v++) {
		struct box box = version_box(version, v);

		n += box_is_like(&box, like);
	}
	return n;
}

static void
judge_kept(struct world *world, const struct version *version, const struct base *base,
    uint32_t vertex, bool prune)
{
	struct box          old = version_box(base->version, vertex);
	uint32_t            v = version_vertex_of(version, &old);
	enum spec_operation was = version_operation(base->version, vertex), wanted;

	if (v == VERTEX_NONE || count(version, &old) != 1) {
		world_judge(world, "change", "%s %s %s%s%s of %s is there %zu times in %s",
		    old.type, graph_node(base->version->graphs[0], vertex)->resource_id, old.region,
		    old.name[0] != '\0' ? " " : "", old.name, base->version->spec->graph_id,
		    count(version, &old), version->spec->graph_id);
		return;
	}
	if (version_resource(version, v) != NULL)
		return;
	wanted = prune || was == SPEC_DELETE || has_heir(version, &old) ? SPEC_DELETE : SPEC_LEAVE;
	if (version_operation(version, v) != wanted)
		world_judge(world, "change", "%s of %s: %s, not %s",
		    graph_node(version->graphs[0], v)->resource_id, version->spec->graph_id,
		    spec_operation_name(version_operation(version, v)),
		    spec_operation_name(wanted));
}

void
judge_version(
    struct world *world, const struct version *version, const struct base *base, bool prune)
{
	for (uint32_t v = 0; v < base->version->graphs[0]->n; v++) {
		if (!base->gone[v])
			judge_kept(world, version, base, v, prune);
	}
}
