/* SPDX-License-Identifier: Apache-2.0
 * change_names.c - which node of a new config is which of the last one: by what it says, by what it was once said to be, or
 * by what it is found by. */
#include <json-c/linkhash.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/change_inside.h"
#include "plan/id_set.h"
#include "util/breath.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define SEED_MAX 4096

/* Of a node of the new spec. */
struct naming_node {
	char        owner[OBJ_ID_SIZE];
	const char *formerly; /* to be said; NULL: nothing */
	char        fresh[1 + OBJ_ID_SIZE];
	bool        is_known; /* its owner is its own, come what may */
};

struct naming {
	const struct spec  *spec, *base;
	struct naming_node *nodes;
	struct lh_table    *held;    /* owner id -> the node of the new spec that has it */
	struct lh_table    *leaving; /* owner id -> one that goes, or is left */
	struct change_index olds, news;
};

static bool
has(struct lh_table *table, const char *owner)
{
	return lh_table_lookup_ex(table, owner, NULL);
}

/* What goes may share it with what takes its place. */
static void
know(struct naming *n, const struct spec_node *node)
{
	struct naming_node *its = &n->nodes[node - n->spec->nodes];
	struct lh_table    *table = spec_node_is_leaving(node) ? n->leaving : n->held;

	its->is_known = true;
	if (!has(table, its->owner))
		lh_table_insert(table, its->owner, node);
}

static const char *
owner_now(void *arg, size_t target)
{
	const struct naming *n = arg;

	return n->nodes[target].owner;
}

/* It was given another name once, and no longer says so; also when it was dropped since, and comes back. */
static bool
inherits(const struct spec_node *old, const struct spec_node *new)
{
	return old->formerly != NULL && new->formerly == NULL;
}

static void
begin(struct naming *n)
{
	struct lh_table *olds = lh_kchar_table_new((int)n->base->nodes_n * 2 + 16, NULL);

	must(olds != NULL);
	for (size_t i = 0; i < n->base->nodes_n; i++)
		lh_table_insert(olds, n->base->nodes[i].resource_id, &n->base->nodes[i]);
	for (size_t i = 0; i < n->spec->nodes_n; i++) {
		const struct spec_node *node = &n->spec->nodes[i], *old;
		void                   *found = NULL;

		breathe();
		memcpy(n->nodes[i].owner, node->owner_id, OBJ_ID_SIZE);
		if (lh_table_lookup_ex(olds, node->resource_id, &found) &&
		    inherits(old = found, node)) {
			memcpy(n->nodes[i].owner, old->owner_id, OBJ_ID_SIZE);
			n->nodes[i].formerly = old->formerly;
		}
		if (node->formerly != NULL || spec_node_is_leaving(node))
			know(n, node);
	}
	lh_table_free(olds);
}

/* ---- by what they are found by ---- */

/* From tags: what has none is called after what it hangs on. */
static bool
may_be_another(const struct spec_node *old)
{
	return old->operation != SPEC_DELETE &&
	       !(old->hashes != NULL && old->type->identity == IDENTITY_CHILD);
}

/* The old one that is found by the same, beside it: its own, or one that nobody has. */
static const struct spec_node *
find_old(const struct naming *n, size_t node, bool own)
{
	const struct spec_node *old = change_index_first(&n->olds, n->news.texts[node]);

	for (; old != NULL; old = change_index_next(&n->olds, old)) {
		bool is_own = strcmp(old->owner_id, n->nodes[node].owner) == 0;

		if (is_own == own && change_is_beside(old, &n->spec->nodes[node]) &&
		    (own || (may_be_another(old) && !has(n->held, old->owner_id) &&
				!has(n->leaving, old->owner_id))))
			break;
	}
	return old;
}

static void
take(struct naming *n, size_t node, const struct spec_node *old)
{
	struct naming_node *its = &n->nodes[node];

	memcpy(its->owner, old->owner_id, OBJ_ID_SIZE);
	its->formerly = old->formerly != NULL ? old->formerly : old->resource_id;
	if (strcmp(its->owner, n->spec->nodes[node].owner_id) == 0)
		its->formerly = NULL; /* it is its own again */
	know(n, &n->spec->nodes[node]);
}

/* What they refer to may have got another owner: true, once more. */
static bool
match(struct naming *n)
{
	bool any = false;

	change_index_init(&n->news, n->spec, change_identity, owner_now, n);
	for (size_t i = 0; i < n->spec->nodes_n; i++) {
		if (!n->nodes[i].is_known && find_old(n, i, true) != NULL)
			know(n, &n->spec->nodes[i]);
	}
	for (size_t i = 0; i < n->spec->nodes_n; i++) {
		const struct spec_node *old = n->nodes[i].is_known ? NULL : find_old(n, i, false);

		breathe();
		if (old != NULL)
			take(n, i, old);
		any = any || old != NULL;
	}
	return any;
}

/* ---- those that are called as another one was ---- */

static bool
is_of_base(const struct naming *n, const char *owner)
{
	for (size_t i = 0; i < n->base->nodes_n; i++) {
		if (strcmp(n->base->nodes[i].owner_id, owner) == 0)
			return true;
	}
	return false;
}

static void
renew(struct naming *n, struct naming_node *its, const struct spec_node *node)
{
	struct str seed;
	char       count[16];

	str_init(&seed, SEED_MAX);
	its->fresh[0] = '#';
	for (unsigned i = 2;; i++) {
		snprintf(count, sizeof(count), "%u", i);
		id_seed(&seed,
		    (const char *const[]){
			n->spec->tenant, n->spec->deployment_id, node->resource_id, count },
		    4);
		obj_id_from(seed.data, seed.len, its->owner);
		if (!has(n->held, its->owner) && !has(n->leaving, its->owner) &&
		    !is_of_base(n, its->owner))
			break;
	}
	str_fini(&seed);
	memcpy(its->fresh + 1, its->owner, OBJ_ID_SIZE);
	its->formerly = its->fresh;
}

/* Those first that were said to be another. */
static void
settle(struct naming *n)
{
	for (int own = 0; own <= 1; own++) {
		for (size_t i = 0; i < n->spec->nodes_n; i++) {
			const struct spec_node *node = &n->spec->nodes[i];
			struct naming_node     *its = &n->nodes[i];

			if (its->is_known || (its->formerly == NULL) != (own == 1))
				continue;
			if (has(n->held, its->owner))
				renew(n, its, node);
			know(n, node);
		}
	}
}

/* ---- all of it ---- */

static void
set_member(struct json_object **config, const struct spec *spec, const char *id, const char *member,
    const char *text)
{
	if (*config == NULL)
		*config = json_copy(spec->config);
	json_set_str(json_get(json_get_object(*config, "resources"), id), member, text);
}

/* One that stays is found by the same. */
static bool
is_anothers(const struct naming *n, size_t node)
{
	const struct spec_node *other = change_index_first(&n->news, n->news.texts[node]);

	while (other != NULL &&
	       (spec_node_is_leaving(other) || !change_is_beside(other, &n->spec->nodes[node])))
		other = change_index_next(&n->news, other);
	return other != NULL;
}

/* What is to become of one that is left, or is to go; NULL: what it says. */
static const char *
operation_of(const struct naming *n, size_t node, bool prune)
{
	const struct spec_node *its = &n->spec->nodes[node];

	if (prune && its->operation == SPEC_LEAVE && !is_anothers(n, node))
		return "delete";
	return its->operation == SPEC_DELETE && !resource_type_says_whose(its->type) &&
		       is_anothers(n, node)
		   ? "leave"
		   : NULL;
}

struct json_object *
change_names(const struct spec *spec, const struct spec *base, bool prune)
{
	struct naming       n = { .spec = spec, .base = base };
	struct json_object *config = NULL;

	n.nodes = xcalloc(spec->nodes_n, sizeof(*n.nodes));
	n.held = lh_kchar_table_new((int)spec->nodes_n * 2 + 16, NULL);
	n.leaving = lh_kchar_table_new((int)spec->nodes_n * 2 + 16, NULL);
	must(n.held != NULL && n.leaving != NULL);
	begin(&n);
	change_index_init(&n.olds, base, change_identity, NULL, NULL);
	while (match(&n))
		change_index_fini(&n.news);
	settle(&n);
	for (size_t i = 0; i < spec->nodes_n; i++) {
		const char *id = spec->nodes[i].resource_id;
		const char *operation = operation_of(&n, i, prune);

		if (n.nodes[i].formerly != NULL)
			set_member(&config, spec, id, "formerly", n.nodes[i].formerly);
		if (operation != NULL)
			set_member(&config, spec, id, "operation", operation);
	}
	change_index_fini(&n.news);
	change_index_fini(&n.olds);
	lh_table_free(n.held);
	lh_table_free(n.leaving);
	free(n.nodes);
	return config;
}
