/* SPDX-License-Identifier: Apache-2.0
 * change.c - goes over what there is, vertex by vertex: what stays where it is, and what becomes of the rest.
 *
 * What goes keeps its place in the order: it waits for what referred to it and stays, and for what takes its place; of two that
 * go, the one that refers to the other goes first (config_edge.c). Where the old one must be gone before the new one
 * is made, it waits for nobody, and neither does what must be gone before it. */
#include "plan/change.h"

#include <json-c/linkhash.h>
#include <stdlib.h>
#include <string.h>

#include "plan/change_inside.h"
#include "util/breath.h"
#include "util/json.h"
#include "util/mem.h"

/* ---- what is the same ---- */

static bool
has_moved(const struct changing *c, const struct spec_node *old, const struct spec_node *new)
{
	struct json_object *was = change_plain(c->change->base->spec, old);
	struct json_object *is = change_plain(c->change->spec, new);
	bool                moved = change_elsewhere(old, was, is) != NULL;

	json_object_put(was);
	json_object_put(is);
	return moved;
}

/* From tags: what has none is called after what it hangs on. */
static bool
has_no_name_of_ours(const struct spec_node *old)
{
	return old->hashes != NULL && old->type->identity == IDENTITY_CHILD;
}

/* The config may well have it under its own name. */
static bool
is_known_otherwise(struct changing *c, const struct spec_node *old)
{
	const struct spec  *spec = c->change->spec;
	struct json_object *was = change_plain(c->change->base->spec, old);
	bool                known = false;

	if (c->plain == NULL)
		c->plain = xcalloc(spec->nodes_n, sizeof(*c->plain));
	for (size_t i = 0; i < spec->nodes_n && !known; i++) {
		if (!change_is_same_type(old, &spec->nodes[i]))
			continue;
		if (c->plain[i] == NULL)
			c->plain[i] = change_plain(spec, &spec->nodes[i]);
		known = change_elsewhere(old, was, c->plain[i]) == NULL;
	}
	json_object_put(was);
	return known;
}

static bool
has_gone(const struct change_vertex *vertex)
{
	return vertex->gone;
}

static bool
is_going(const struct change_vertex *vertex)
{
	return vertex->goes;
}

static bool
is_first(const struct change_vertex *vertex)
{
	return vertex->first;
}

/* Is what it is found by so? Then so is it. */
static bool
is_found_by(const struct changing *c, size_t vertex, bool (*is_so)(const struct change_vertex *))
{
	const struct graph     *base = c->change->base;
	const struct spec_node *node = graph_node(base, vertex);
	struct json_object     *names = resource_type_identity_properties(node->type);

	if (node->targets_n == 0 || !resource_type_is_found_by_properties(node->type))
		return false;
	for (size_t i = 0; names != NULL && i < json_object_array_length(names); i++) {
		struct json_object *value = json_get(
		    node->properties, json_object_get_string(json_object_array_get_idx(names, i)));

		for (size_t t = 0; value != NULL && t < node->targets_n; t++) {
			if (is_so(&c->vertices[graph_target(base, vertex, node->targets[t])]) &&
			    change_refers(base->spec, node->targets[t], value))
				return true;
		}
	}
	return false;
}

static bool
has_region(const struct spec_node *node, const char *region)
{
	if (region[0] == '\0' || node->regions_n == 0)
		return region[0] == '\0' && node->regions_n == 0;
	for (size_t i = 0; i < node->regions_n; i++) {
		if (strcmp(node->regions[i], region) == 0)
			return true;
	}
	return false;
}

/* Two of one node can't be told apart, or not be there at once. */
static bool
must_go_first(const struct spec_node *old, const struct spec_node *new)
{
	if (spec_node_is_leaving(new))
		return false;
	return !change_is_same_type(old, new) || old->protect ||
	       resource_type_is_one_at_a_time(old->type);
}

static bool
has_place(const struct changing *c, size_t v, const struct spec_node *new)
{
	const struct spec_node *old = graph_node(c->change->base, v);

	return has_region(new, graph_region(c->change->base, v)) &&
	       strcmp(new->account, old->account) == 0;
}

static bool
is_another(const struct changing *c, const struct spec_node *old, const struct spec_node *new)
{
	return !change_is_same_type(old, new) ||
	       (resource_type_is_found_by_properties(old->type) && has_moved(c, old, new));
}

/* The config has it already, as what goes: it is a stored graph that is run once more. */
static bool
is_carried(const struct changing *c, size_t v)
{
	const struct spec      *spec = c->change->spec;
	const struct spec_node *old = graph_node(c->change->base, v);

	for (size_t i = 0; spec_node_is_leaving(old) && i < spec->nodes_n; i++) {
		const struct spec_node *new = &spec->nodes[i];

		if (spec_node_is_leaving(new) && strcmp(new->resource_id, old->resource_id) == 0)
			return strcmp(new->owner_id, old->owner_id) == 0 && has_place(c, v, new) &&
			       !is_another(c, old, new);
	}
	return false;
}

/* Another one of the config that is found by the same, here. */
static const struct spec_node *
find_twin(struct changing *c, size_t v)
{
	const struct spec      *base = c->change->base->spec;
	const struct spec_node *old = graph_node(c->change->base, v), *twin;
	char                   *text = change_identity(base, old, NULL, NULL);

	if (text != NULL && c->index.first == NULL)
		change_index_init(&c->index, c->change->spec, change_identity, NULL, NULL);
	for (twin = change_index_first(&c->index, text);
	     twin != NULL && (spec_node_is_leaving(twin) || !has_place(c, v, twin));)
		twin = change_index_next(&c->index, twin);
	free(text);
	return twin;
}

static bool
is_to_go(const struct changing *c, size_t v)
{
	return c->vertices[v].replaced || c->change->prune ||
	       graph_node(c->change->base, v)->operation == SPEC_DELETE;
}

/* Of what goes. Where nothing says whose it is, it is what its twin is, and stays. Else it makes room for that. */
static void
heed_twin(struct changing *c, size_t v)
{
	const struct spec_node *old = graph_node(c->change->base, v);
	struct change_vertex   *vertex = &c->vertices[v];

	vertex->twin = find_twin(c, v);
	if (vertex->twin == NULL)
		return;
	if (resource_type_says_whose(old->type))
		vertex->first = vertex->first || is_to_go(c, v);
	else
		vertex->goes = vertex->replaced = vertex->first = false;
}

static void
judge(struct changing *c, size_t v)
{
	const struct spec_node *old = graph_node(c->change->base, v);
	struct change_vertex   *vertex = &c->vertices[v];
	const struct spec_node *new = change_heir(c, v);
	bool is_there, is_other;

	if (vertex->gone || is_carried(c, v) ||
	    (new == NULL &&has_no_name_of_ours(old) && is_known_otherwise(c, old)))
		return;
	is_there = new != NULL &&has_place(c, v, new);
	is_other = is_there && is_another(c, old, new);
	vertex->goes = !is_there || is_other;
	vertex->replaced = is_other && new->operation != SPEC_LEAVE; /* that takes no place */
	vertex->first = vertex->replaced && must_go_first(old, new);
	if (vertex->goes)
		heed_twin(c, v);
}

/* ---- what hangs on it ---- */

static bool
takes_gone(struct changing *c, size_t v)
{
	struct change_vertex *vertex = &c->vertices[v];

	if (vertex->gone || !is_found_by(c, v, has_gone))
		return false;
	vertex->gone = true;
	return true;
}

static bool
takes_going(struct changing *c, size_t v)
{
	const struct spec_node *old = graph_node(c->change->base, v);
	const struct spec_node *new = change_heir(c, v);
	struct change_vertex *vertex = &c->vertices[v];

	if (vertex->gone || vertex->goes || !is_found_by(c, v, is_going))
		return false;
	vertex->goes = true;
	vertex->replaced = new != NULL &&new->operation != SPEC_LEAVE;
	vertex->first = vertex->replaced && must_go_first(old, new);
	return true;
}

/* What refers to what goes first goes before it. */
static bool
takes_first(struct changing *c, size_t v)
{
	struct change_vertex *vertex = &c->vertices[v];

	if (!vertex->goes || vertex->first)
		return false;
	vertex->first = true;
	return true;
}

static void
judge_all(struct changing *c)
{
	const struct graph *base = c->change->base;

	for (size_t v = 0; v < base->n; v++) {
		const struct spec_node *node = graph_node(base, v);

		c->vertices[v].gone = node->transient || node->check_of != NULL ||
				      (c->change->gone != NULL && c->change->gone[v]);
	}
	change_spread(c, has_gone, takes_gone);
	for (size_t v = 0; v < base->n; v++) {
		judge(c, v);
		breathe();
	}
	change_spread(c, is_going, takes_going);
	change_spread(c, is_first, takes_first);
}

/* ---- all of it ---- */

const struct spec_node *
change_heir(const struct changing *c, size_t vertex)
{
	const struct spec_node *old = graph_node(c->change->base, vertex);
	void                   *heir = NULL;

	return lh_table_lookup_ex(c->heirs, old->owner_id, &heir) ? heir : c->vertices[vertex].twin;
}

/* Of two of one node, the one that stays. */
static void
index_heirs(struct changing *c)
{
	const struct spec *spec = c->change->spec;

	c->heirs = lh_kchar_table_new((int)spec->nodes_n * 2 + 16, NULL);
	must(c->heirs != NULL);
	for (int leaving = 0; leaving <= 1; leaving++) {
		for (size_t i = 0; i < spec->nodes_n; i++) {
			const struct spec_node *node = &spec->nodes[i];

			breathe();
			if (spec_node_is_leaving(node) == (leaving == 1) &&
			    !lh_table_lookup_ex(c->heirs, node->owner_id, NULL))
				lh_table_insert(c->heirs, node->owner_id, node);
		}
	}
}

struct json_object *
change_config(const struct change *change)
{
	struct changing     c = { .change = change };
	struct json_object *config = NULL;
	bool                any = false;

	must(!change->base->is_reversed);
	c.vertices = xcalloc(change->base->n, sizeof(*c.vertices));
	index_heirs(&c);
	change_links_init(&c);
	judge_all(&c);
	for (size_t v = 0; v < change->base->n; v++)
		any = any || c.vertices[v].goes;
	if (any)
		config = change_entries(&c);
	for (size_t i = 0; c.plain != NULL && i < change->spec->nodes_n; i++)
		json_object_put(c.plain[i]);
	free(c.plain);
	change_index_fini(&c.index);
	lh_table_free(c.heirs);
	change_links_fini(&c);
	free(c.vertices);
	return config;
}
