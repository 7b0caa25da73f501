/* SPDX-License-Identifier: Apache-2.0
 * change_entries.c - what goes, written as resources of the new config: one for all regions of a node that go alike. */
#include "plan/change_inside.h"

#include <json-c/linkhash.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/reference.h"
#include "util/json.h"
#include "util/mem.h"

#define POINTER_MAX 8192

struct writing {
	struct changing    *c;
	struct json_object *config, *resources;
	size_t              vertex; /* the first one of what is written */
};

/* ---- references ---- */

struct looking {
	const struct spec_node *target;
	bool                    found;
};

static void
on_reference(void *arg, const struct reference_part *part, const char *pointer)
{
	struct looking *looking = arg;
	const char     *composite = spec_node_composite(looking->target);

	(void)pointer;
	if (part->kind == REFERENCE_LINK)
		looking->found = looking->found ||
				 strcmp(part->id, looking->target->resource_id) == 0 ||
				 (composite != NULL && strcmp(part->id, composite) == 0);
}

bool
change_refers(const struct spec *spec, size_t target, struct json_object *value)
{
	struct looking looking = { &spec->nodes[target], false };
	struct str     pointer;

	str_init(&pointer, POINTER_MAX);
	reference_each(value, &pointer, on_reference, &looking);
	str_fini(&pointer);
	return looking.found;
}

/* ---- an entry ---- */

/* Where the same is in the new config. */
static const char *
name_of(void *arg, size_t target)
{
	const struct writing   *w = arg;
	const struct graph     *base = w->c->change->base;
	const struct spec_node *node = &base->spec->nodes[target];
	size_t                  vertex = graph_target(base, w->vertex, target);
	const struct spec_node *heir = change_heir(w->c, vertex);

	if (w->c->vertices[vertex].key != NULL)
		return w->c->vertices[vertex].key;
	return heir != NULL ? heir->resource_id : node->resource_id;
}

static void
add_once(struct json_object *list, const char *id)
{
	struct json_object *text = json_object_new_string(id);

	if (json_array_has(list, text))
		json_object_put(text);
	else
		json_object_array_add(list, text);
}

/* Those that hang on it now, and will not when they have had their turn. */
static void
add_linked(const struct writing *w, const struct change_links *links, size_t vertex,
    struct json_object *list)
{
	for (uint32_t i = links->at[vertex]; i < links->at[vertex + 1]; i++) {
		const struct change_vertex *other = &w->c->vertices[links->to[i]];
		const struct spec_node     *heir = change_heir(w->c, links->to[i]);

		if (!other->goes && !other->gone && heir != NULL && !spec_node_is_leaving(heir))
			add_once(list, heir->resource_id);
	}
}

/* What it waited for already, in the version that was to delete it. */
static void
add_kept(const struct writing *w, struct json_object *old, struct json_object *list)
{
	struct json_object *kept = json_get_array(old, "depends_on");

	for (size_t i = 0; kept != NULL && i < json_object_array_length(kept); i++) {
		const char *id = json_object_get_string(json_object_array_get_idx(kept, i));

		if (json_has(json_get_object(w->c->change->spec->config, "resources"), id))
			add_once(list, id);
	}
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(json_object_get_string(*(struct json_object *const *)a),
	    json_object_get_string(*(struct json_object *const *)b));
}

static struct json_object *
waits_for(const struct writing *w, struct json_object *old)
{
	const struct changing  *c = w->c;
	const struct graph     *base = c->change->base;
	const struct spec_node *node = graph_node(base, w->vertex);
	const struct spec_node *heir = change_heir(c, w->vertex);
	struct json_object     *list = json_object_new_array();

	if (heir != NULL && !spec_node_is_leaving(heir))
		add_once(list, heir->resource_id);
	for (size_t v = w->vertex; v < base->n && graph_node(base, v) == node; v++) {
		if (c->vertices[v].key != c->vertices[w->vertex].key)
			continue;
		add_linked(w, &c->referrers, v, list);
		add_linked(w, &c->waiters, v, list);
	}
	if (node->operation == SPEC_DELETE)
		add_kept(w, old, list);
	json_object_array_sort(list, by_text);
	return list;
}

static struct json_object *
regions_of(const struct writing *w)
{
	const struct changing *c = w->c;
	const struct graph    *base = c->change->base;
	struct json_object    *list = json_object_new_array();

	for (size_t v = w->vertex;
	     v < base->n && graph_node(base, v) == graph_node(base, w->vertex); v++) {
		if (c->vertices[v].key == c->vertices[w->vertex].key)
			json_object_array_add(list, json_object_new_string(graph_region(base, v)));
	}
	return list;
}

/* Under another id it says whose it is. */
static void
set_formerly(struct json_object *entry, const struct spec_node *node, const char *key)
{
	char owner[1 + OBJ_ID_SIZE];

	if (node->formerly != NULL) {
		json_set_str(entry, "formerly", node->formerly);
	} else if (strcmp(node->resource_id, key) != 0) {
		snprintf(owner, sizeof(owner), "#%s", node->owner_id);
		json_set_str(entry, "formerly", owner);
	}
}

/* Does a value name something that has gone, and nothing has taken its place? */
static bool
is_lost(const struct writing *w, struct json_object *value)
{
	const struct graph     *base = w->c->change->base;
	const struct spec_node *node = graph_node(base, w->vertex);

	for (size_t t = 0; t < node->targets_n; t++) {
		size_t vertex = graph_target(base, w->vertex, node->targets[t]);

		if (w->c->vertices[vertex].key == NULL && change_heir(w->c, vertex) == NULL &&
		    change_refers(base->spec, node->targets[t], value))
			return true;
	}
	return false;
}

/* What it is found by is there: else it would have gone as well. */
static struct json_object *
properties_of(struct writing *w)
{
	const struct graph *base = w->c->change->base;
	struct json_object *properties =
	    spec_rename(base->spec, base->vertices[w->vertex].node, name_of, w);

	json_object_object_foreach (graph_node(base, w->vertex)->properties, key, value) {
		if (is_lost(w, value))
			json_object_object_del(properties, key);
	}
	return properties;
}

static void
write_entry(struct writing *w)
{
	const struct changing      *c = w->c;
	const struct graph         *base = c->change->base;
	const struct change_vertex *vertex = &c->vertices[w->vertex];
	const struct spec_node     *node = graph_node(base, w->vertex);
	struct json_object         *entry = json_get(w->resources, vertex->key);
	struct json_object         *old =
	    json_get(json_get_object(base->spec->config, "resources"), node->resource_id);
	bool deletes = node->operation == SPEC_DELETE || vertex->replaced || c->change->prune;

	json_set_str(entry, "type", node->type->name);
	json_set_str(entry, "operation", deletes ? "delete" : "leave");
	set_formerly(entry, node, vertex->key);
	json_set(entry, "properties", properties_of(w));
	if (deletes && !vertex->first)
		json_set(entry, "depends_on", waits_for(w, old));
	if (node->protect)
		json_set_bool(entry, "protect", true);
	if (node->timeout_s > 0)
		json_set_i64(entry, "timeout", node->timeout_s);
	if (!node->type->global)
		json_set(entry, "regions", regions_of(w));
	json_set_str(entry, "account", node->account);
}

static size_t
posted_n(const struct writing *w, const char *id)
{
	struct json_object *posted = json_get_array(
	    json_get(json_get_object(w->c->change->spec->config, "resources"), id), "depends_on");

	return posted != NULL ? json_object_array_length(posted) : 0;
}

/* The last one, to its place by its name among those that were added: the order does not hang on how the base came about. */
static void
sink(struct json_object *list, size_t first)
{
	for (size_t i = json_object_array_length(list) - 1; i > first; i--) {
		struct json_object *one = json_object_array_get_idx(list, i - 1);
		struct json_object *other = json_object_array_get_idx(list, i);

		if (by_text(&one, &other) <= 0)
			break;
		json_object_get(one);
		json_object_array_put_idx(list, i - 1, json_object_get(other));
		json_object_array_put_idx(list, i, one);
	}
}

static void
hold(struct writing *w, const struct spec_node *node)
{
	struct json_object *json = json_get(w->resources, node->resource_id);
	struct json_object *list = json_get_array(json, "depends_on");

	if (list == NULL) {
		list = json_object_new_array();
		json_set(json, "depends_on", list);
	}
	add_once(list, w->c->vertices[w->vertex].key);
	sink(list, posted_n(w, node->resource_id));
}

/* The ones that take its place wait until it is gone. */
static void
hold_heirs(struct writing *w)
{
	const struct change_vertex *vertex = &w->c->vertices[w->vertex];
	const struct spec_node     *heir = change_heir(w->c, w->vertex);

	if (!vertex->first)
		return;
	if (vertex->replaced && !spec_node_is_leaving(heir))
		hold(w, heir);
	if (vertex->twin != NULL)
		hold(w, vertex->twin);
}

struct json_object *
change_entries(struct changing *c)
{
	struct writing w = { .c = c, .config = json_copy(c->change->spec->config) };

	w.resources = json_get_object(w.config, "resources");
	change_keys(c, w.config);
	for (; w.vertex < c->change->base->n; w.vertex++) {
		const char *key = c->vertices[w.vertex].key;

		if (key == NULL || json_object_object_length(json_get(w.resources, key)) > 0)
			continue;
		write_entry(&w);
		hold_heirs(&w);
	}
	return w.config;
}
