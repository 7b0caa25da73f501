/* SPDX-License-Identifier: Apache-2.0
 * move_phases.c - from where things are and where they are to be to a graph of both: copies in between, and pauses. */
#include "plan/move.h"

#include <json-c/linkhash.h>
#include <stdlib.h>
#include <string.h>

#include "plan/change.h"
#include "plan/move_inside.h"
#include "plan/template.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define CREATE     0 /* before the first of the phases that can be paused before */
#define PHASE(p)   (1 + (unsigned)MOVE_##p)
#define ID_LEN_MAX 64
#define OLD        "old" /* in the properties of a copy in a type's file: what was, and what is to be */
#define NEW        "new"

/* A config that grows, and its graph. */
struct moving {
	const struct move  *move;
	struct json_object *config, *resources;
	struct spec        *spec;
	struct json_object *target; /* the resources that are there in the end */
	struct json_object *lasts;  /* by id: copies that are made right before the old ones go */
	unsigned           *phase;  /* per node of the spec */
};

/* False: it can't be built. Takes the config over. */
static bool
take(struct moving *m, struct json_object *config, struct problems *problems)
{
	if (config != m->config)
		json_object_put(m->config);
	m->config = config;
	m->resources = json_get_object(config, "resources");
	spec_unref(m->spec);
	m->spec = spec_build(m->move->registry, m->move->tenant, config, 0, problems);
	return m->spec != NULL;
}

/* What is only there on the way: it goes. */
static bool
goes(const struct moving *m, const struct spec_node *node)
{
	return node->operation == SPEC_DELETE && !json_has(m->target, node->resource_id);
}

/* By owner: those that go, or those that stay. The caller frees it. */
static struct lh_table *
index_owners(const struct moving *m, bool going)
{
	struct lh_table *index = lh_kchar_table_new((int)m->spec->nodes_n * 2 + 16, NULL);

	must(index != NULL);
	for (size_t i = 0; i < m->spec->nodes_n; i++) {
		const struct spec_node *node = &m->spec->nodes[i];

		if (going ? goes(m, node) : !spec_node_is_leaving(node))
			lh_table_insert(index, node->owner_id, node);
	}
	return index;
}

static void
wait_for(struct moving *m, const char *id, const char *on)
{
	struct json_object *json = json_get(m->resources, id);
	struct json_object *list = json_get_array(json, "depends_on");
	struct json_object *text = json_object_new_string(on);

	if (list == NULL) {
		list = json_object_new_array();
		json_set(json, "depends_on", list);
	}
	if (json_array_has(list, text))
		json_object_put(text);
	else
		json_object_array_add(list, text);
}

/* ---- copies ---- */

struct naming {
	const struct spec_node *old, *new;
};

static void
name_side(void *arg, struct reference_part *part)
{
	const struct naming *names = arg;
	const char          *id =
            strcmp(part->id, OLD) == 0 ? names->old->resource_id : names->new->resource_id;

	memcpy(part->id, id, strlen(id) + 1);
}

/* References to either of the two, and properties that the new one has: "{key_id}". */
static struct json_object *
fill_properties(struct json_object *how, const struct spec_node *old, const struct spec_node *new)
{
	struct naming       names = { old, new };
	struct json_object *properties = json_object_new_object();

	json_object_object_foreach (how, name, value) {
		struct template_part part;
		struct json_object  *its;

		if (!template_property(value, &part))
			its = reference_rename(value, name_side, &names);
		else
			its = json_object_get(json_path(new->properties, part.path));
		if (its != NULL)
			json_set(properties, name, its);
	}
	return properties;
}

/* From a region of the old one into where that moves. */
static struct json_object *
fill_copy(const struct moving *m, const struct spec_node *old, const struct spec_node *new,
    const char *region)
{
	struct json_object *how = json_get_object(json_get_object(new->type->file, "move"), "copy");
	struct json_object *copy = json_object_new_object();
	struct json_object *regions = json_object_new_array();
	struct json_object *properties =
	    fill_properties(json_get_object(how, "properties"), old, new);
	bool moves = str_eq(m->move->from_region, region);

	json_set_str(properties, json_get_str(how, "region"), region);
	json_set_str(copy, "type", json_get_str(how, "type"));
	json_set(copy, "properties", properties);
	json_set_bool(copy, "transient", true);
	json_object_array_add(regions, json_object_new_string(moves ? m->move->to_region : region));
	json_set(copy, "regions", regions);
	json_set_str(copy, "account", new->account);
	return copy;
}

/* "files--copy"; of an id that is too long, its beginning. */
static void
copy_key(const struct moving *m, const char *id, const char *what, struct str *out)
{
	for (unsigned n = 1; out->len == 0 || json_has(m->resources, out->data); n++) {
		str_clear(out);
		str_addf(out, "%.*s--%s", ID_LEN_MAX - 9, id, what);
		if (n > 1)
			str_addf(out, "-%u", n);
	}
}

/* Who uses the new one finds the data there; and what is copied in the end waits for who uses it. */
static void
join_users(struct moving *m, const struct spec_node *new, const char *first, const char *last)
{
	for (size_t i = 0; i < m->spec->edges_n; i++) {
		const struct spec_edge *edge = &m->spec->edges[i];
		const struct spec_node *user = &m->spec->nodes[edge->to];

		if (&m->spec->nodes[edge->from] != new || goes(m, user) ||
		    user->type->identity == IDENTITY_CHILD)
			continue;
		wait_for(m, user->resource_id, first);
		if (last != NULL)
			wait_for(m, last, user->resource_id);
	}
}

static void
put_copy(struct moving *m, const struct spec_node *old, const struct spec_node *new,
    const char *region, const char *what, struct str *key)
{
	copy_key(m, new->resource_id, what, key);
	json_set(m->resources, key->data, fill_copy(m, old, new, region));
	wait_for(m, key->data, new->resource_id);
	wait_for(m, old->resource_id, key->data);
}

/* What is copied does not keep the old one from being deleted. */
static void
let_go(struct moving *m, const struct spec_node *old)
{
	struct json_object *json = json_get(m->resources, old->resource_id);

	if (resource_type_can_be_emptied(old->type))
		json_set_bool(json_get_object(json, "properties"), RESOURCE_FORCE, true);
}

static void
add_copy(
    struct moving *m, const struct spec_node *old, const struct spec_node *new, const char *region)
{
	struct json_object *how = json_get_object(json_get_object(new->type->file, "move"), "copy");
	bool                again = json_get_bool(how, "again", false);
	struct str          first, last;

	str_init(&first, ID_LEN_MAX + 1);
	str_init(&last, ID_LEN_MAX + 1);
	put_copy(m, old, new, region, "copy", &first);
	if (again) {
		put_copy(m, old, new, region, "rest", &last);
		wait_for(m, last.data, first.data);
		json_set_bool(m->lasts, last.data, true);
	}
	join_users(m, new, first.data, again ? last.data : NULL);
	let_go(m, old);
	str_fini(&first);
	str_fini(&last);
}

static bool
add_copies(struct moving *m, struct problems *problems)
{
	struct lh_table *heirs = index_owners(m, false);
	void            *heir;

	for (size_t i = 0; i < m->spec->nodes_n; i++) {
		const struct spec_node *node = &m->spec->nodes[i];

		if (!goes(m, node) || !lh_table_lookup_ex(heirs, node->owner_id, &heir) ||
		    !move_copies(m->move, heir))
			continue;
		for (size_t r = 0; r < node->regions_n; r++)
			add_copy(m, node, heir, node->regions[r]);
	}
	lh_table_free(heirs);
	return take(m, m->config, problems);
}

/* ---- phases ---- */

static unsigned
own_phase(const struct moving *m, const bool *heirs, size_t at)
{
	const struct spec_node *node = &m->spec->nodes[at];
	bool                    uses = false;

	if (goes(m, node) || json_has(m->lasts, node->resource_id))
		return PHASE(DELETE);
	if (node->transient)
		return PHASE(COPY);
	for (size_t t = 0; t < node->targets_n; t++)
		uses = uses || heirs[node->targets[t]];
	if (heirs[at] || !uses)
		return CREATE;
	return node->operation == SPEC_VERIFY ? PHASE(VERIFY) : PHASE(CUT_OVER);
}

/* The checks of what moves are asked in their own phase, whatever they refer to. */
static void
add_checks(struct moving *m, const bool *heirs)
{
	for (size_t i = 0; i < m->spec->edges_n; i++) {
		const struct spec_edge *edge = &m->spec->edges[i];

		if (heirs[edge->from] &&
		    move_is_check_of(&m->spec->nodes[edge->to], &m->spec->nodes[edge->from]))
			m->phase[edge->to] = PHASE(VERIFY);
	}
}

/* Nobody is in an earlier phase than what it waits for. */
static void
find_phases(struct moving *m)
{
	struct graph    *graph = graph_create(m->spec, false);
	bool            *heirs = xcalloc(m->spec->nodes_n, sizeof(*heirs));
	struct lh_table *going = index_owners(m, true);

	for (size_t i = 0; i < m->spec->nodes_n; i++)
		heirs[i] = !spec_node_is_leaving(&m->spec->nodes[i]) &&
			   lh_table_lookup_ex(going, m->spec->nodes[i].owner_id, NULL);
	lh_table_free(going);
	m->phase = xcalloc(m->spec->nodes_n, sizeof(*m->phase));
	for (size_t i = 0; i < m->spec->nodes_n; i++)
		m->phase[i] = own_phase(m, heirs, i);
	add_checks(m, heirs);
	for (size_t i = 0; i < graph->n; i++) {
		uint32_t v = graph->order[i];

		for (uint32_t e = graph->out_at[v]; e < graph->out_at[v + 1]; e++) {
			unsigned *after = &m->phase[graph->vertices[graph->out[e]].node];

			if (*after < m->phase[graph->vertices[v].node])
				*after = m->phase[graph->vertices[v].node];
		}
	}
	free(heirs);
	graph_destroy(graph);
}

/* Of the last phase before this one, any. */
static const char *
one_before(const struct moving *m, unsigned phase)
{
	size_t best = m->spec->nodes_n;

	for (size_t i = 0; i < m->spec->nodes_n; i++) {
		if (m->phase[i] < phase &&
		    (best == m->spec->nodes_n || m->phase[i] > m->phase[best]))
			best = i;
	}
	return best < m->spec->nodes_n ? m->spec->nodes[best].resource_id : NULL;
}

static void
add_pause(struct json_object *edges, const char *from, const char *to)
{
	struct json_object *edge = json_object_new_object();

	json_set_str(edge, "from", from);
	json_set_str(edge, "to", to);
	json_set_str(edge, "type", "pause");
	json_set_bool(edge, "transient", true);
	json_object_array_add(edges, edge);
}

/* Nothing is deleted before all is done: that is a pause as well, if only for the moment that it takes to see that. */
static void
add_pauses(struct moving *m)
{
	struct json_object *edges = json_get_array(m->config, "edges");

	if (edges == NULL) {
		edges = json_object_new_array();
		json_set(m->config, "edges", edges);
	}
	for (size_t i = 0; i < m->spec->nodes_n; i++) {
		unsigned    phase = m->phase[i];
		const char *from;

		while (phase > CREATE && phase != PHASE(DELETE) && !m->move->pauses[phase - 1])
			phase--;
		from = phase > CREATE ? one_before(m, phase) : NULL;
		if (from != NULL)
			add_pause(edges, from, m->spec->nodes[i].resource_id);
	}
}

/* ---- the whole ---- */

static struct json_object *
changed(const struct moving *m)
{
	struct graph *base = graph_create((struct spec *)(uintptr_t)m->move->spec, false);
	struct change change = {
		.spec = m->spec,
		.base = base,
		.gone = m->move->gone,
		.prune = true,
	};
	struct json_object *config = change_config(&change);

	graph_destroy(base);
	must(config != NULL); /* something moves */
	return config;
}

struct json_object *
move_config(const struct move *move, struct json_object *target, struct problems *problems)
{
	struct moving m = {
		.move = move,
		.target = json_get_object(target, "resources"),
		.lasts = json_object_new_object(),
	};
	struct json_object *config = NULL;

	if (take(&m, json_object_get(target), problems) && take(&m, changed(&m), problems) &&
	    add_copies(&m, problems)) {
		find_phases(&m);
		add_pauses(&m);
		config = json_object_get(m.config);
	}
	json_object_put(m.config);
	json_object_put(m.lasts);
	spec_unref(m.spec);
	free(m.phase);
	return config;
}
