/* SPDX-License-Identifier: Apache-2.0
 * change_keys.c - names for what goes: its own, if no other has it; all regions of a node that go alike share one. */
#include <json-c/linkhash.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/change_inside.h"
#include "util/json.h"
#include "util/mem.h"

#define ID_LEN_MAX 64 /* of a resource id */
#define OLD        "--old"

struct naming {
	struct changing    *c;
	struct json_object *config, *resources;
	bool               *reserved; /* of a node of the base: nobody but it has its own name */
};

static bool
is_taken(const struct naming *naming, const char *key)
{
	return json_has(naming->resources, key) ||
	       json_has(json_get_object(naming->config, "composites"), key);
}

/* How long it is without what was added here before. */
static int
stem_len(const char *id)
{
	const char *at = strstr(id, OLD), *next;

	while (at != NULL && (next = strstr(at + 1, OLD)) != NULL)
		at = next;
	if (at != NULL && at > id &&
	    at[strlen(OLD) + strspn(at + strlen(OLD), "-0123456789")] == '\0')
		return (int)(at - id);
	return (int)strlen(id);
}

/* "role--old", "role--old-2". */
static char *
free_key(const struct naming *naming, const char *id)
{
	char suffix[24] = OLD, key[ID_LEN_MAX + 1];
	int  len = stem_len(id);

	for (unsigned n = 2;; n++) {
		int most = ID_LEN_MAX - (int)strlen(suffix);

		snprintf(key, sizeof(key), "%.*s%s", len < most ? len : most, id, suffix);
		if (!is_taken(naming, key))
			return xstrdup(key);
		snprintf(suffix, sizeof(suffix), OLD "-%u", n);
	}
}

/* What was to go in the last version is called as it was there, so that the same once more makes the same graph. */
static void
reserve(struct naming *naming)
{
	const struct graph *base = naming->c->change->base;

	for (size_t v = 0; v < base->n; v++) {
		uint32_t    node = base->vertices[v].node;
		const char *id = base->spec->nodes[node].resource_id;

		if (!naming->c->vertices[v].goes || naming->reserved[node] || is_taken(naming, id))
			continue;
		naming->reserved[node] = true;
		json_set(naming->resources, id, json_object_new_object());
	}
}

/* Two regions of a node that go: for the same reason, and what they refer to is called the same. */
static bool
goes_alike(const struct changing *c, size_t v, size_t w)
{
	const struct graph         *base = c->change->base;
	const struct spec_node     *node = graph_node(base, v);
	const struct change_vertex *a = &c->vertices[v], *b = &c->vertices[w];

	if (!b->goes || a->replaced != b->replaced || a->first != b->first || a->twin != b->twin)
		return false;
	for (size_t i = 0; i < node->targets_n; i++) {
		if (c->vertices[graph_target(base, v, node->targets[i])].key !=
		    c->vertices[graph_target(base, w, node->targets[i])].key)
			return false;
	}
	return true;
}

/* As the object has it. */
static const char *
key_in(struct json_object *object, const char *key)
{
	return lh_entry_k(lh_table_lookup_entry(json_object_get_object(object), key));
}

static void
assign(struct naming *naming, size_t v)
{
	struct changing        *c = naming->c;
	const struct graph     *base = c->change->base;
	const struct spec_node *node = graph_node(base, v);
	bool                   *reserved = &naming->reserved[base->vertices[v].node];
	char *key = *reserved ? xstrdup(node->resource_id) : free_key(naming, node->resource_id);

	*reserved = false;
	if (!json_has(naming->resources, key))
		json_set(naming->resources, key, json_object_new_object());
	for (size_t o = base->first[base->vertices[v].node];
	     o < base->n && graph_node(base, o) == node; o++) {
		if (c->vertices[o].key == NULL && goes_alike(c, v, o))
			c->vertices[o].key = key_in(naming->resources, key);
	}
	free(key);
}

void
change_keys(struct changing *c, struct json_object *config)
{
	struct naming naming = { c, config, json_get_object(config, "resources"),
		xcalloc(c->change->base->spec->nodes_n, sizeof(bool)) };
	uint32_t     *order = change_order(c);

	reserve(&naming);
	for (size_t i = 0; i < c->change->base->n; i++) {
		if (c->vertices[order[i]].goes && c->vertices[order[i]].key == NULL)
			assign(&naming, order[i]);
	}
	free(order);
	free(naming.reserved);
}
