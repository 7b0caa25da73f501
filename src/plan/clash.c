/* SPDX-License-Identifier: Apache-2.0
 * clash.c - which resources of a config are one and the same thing: each name is looked up once, each region of it once. */
#include "plan/clash.h"

#include <json-c/linkhash.h>
#include <string.h>

#include "plan/change_inside.h"
#include "util/breath.h"
#include "util/json.h"

#define CHAIN_SIZE 16 /* of a table of the regions in which one name is taken; it grows */

/* What people look for first: the name in plain text, where its parent is a reference. */
static const char *
name_property(const struct spec_node *node)
{
	struct json_object *names = resource_type_identity_properties(node->type);
	size_t              n = json_object_array_length(names);

	for (size_t i = 0; i < n; i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(names, i));

		if (json_has(node->properties, name) &&
		    !spec_is_reference(json_get(node->properties, name)))
			return name;
	}
	return json_object_get_string(json_object_array_get_idx(names, 0));
}

static void
say(struct config *config, const struct spec_node *node, const struct spec_node *first,
    const char *region, struct problems *problems)
{
	struct json_object *resource =
	    json_get(json_get_object(config->json, "resources"), node->resource_id);

	problems_add(problems,
	    config_property_at(config, node->resource_id, resource, name_property(node)),
	    "same_resource",
	    "it would be the same %s as '%.64s'%s%.64s: only one of them can have it",
	    node->type->name, first->resource_id, region[0] != '\0' ? ", in " : "", region);
}

/* The one that has the name in this region; NULL: from now on it is this. */
static const struct spec_node *
claim(struct lh_table *taken, const char *region, const struct spec_node *node)
{
	void *first = NULL;

	if (lh_table_lookup_ex(taken, region, &first))
		return first;
	must(lh_table_insert(taken, region, node) == 0);
	return NULL;
}

/* Those of one name; it is told once of each. */
static void
check_chain(struct config *config, const struct change_index *index, const struct spec_node *node,
    struct problems *problems)
{
	struct lh_table *taken = lh_kchar_table_new(CHAIN_SIZE, NULL);

	must(taken != NULL);
	for (; node != NULL; node = change_index_next(index, node)) {
		const struct spec_node *first =
		    node->regions_n == 0 ? claim(taken, "", node) : NULL;
		size_t i = 0;

		for (; first == NULL && i < node->regions_n; i++)
			first = claim(taken, node->regions[i], node);
		if (first != NULL && first != node)
			say(config, node, first, i > 0 ? node->regions[i - 1] : "", problems);
		breathe();
	}
	lh_table_free(taken);
}

void
clash_check(struct config *config, const struct spec *spec, struct problems *problems)
{
	struct change_index index;

	change_index_init(&index, spec, change_claim, NULL, NULL);
	for (size_t i = 0; i < spec->nodes_n; i++) {
		const struct spec_node *node = &spec->nodes[i];

		if (index.next[i] != NULL && change_index_first(&index, index.texts[i]) == node)
			check_chain(config, &index, node, problems);
	}
	change_index_fini(&index);
}
