/* SPDX-License-Identifier: Apache-2.0
 * hangs.c - by the names of types, and by what both have of the properties that the one is found by. */
#include "plan/hangs.h"

#include "plan/config.h"
#include "util/breath.h"
#include "util/json.h"

/* It is called otherwise, in plain text. */
static bool
is_another(const struct spec_node *maker, const struct spec_node *node)
{
	struct json_object *names = resource_type_identity_properties(maker->type);

	for (size_t i = 0; names != NULL && i < json_object_array_length(names); i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(names, i));
		struct json_object *its = json_get(maker->properties, name);
		struct json_object *wanted = json_get(node->properties, name);

		if (its != NULL && wanted != NULL && !config_is_unknown(its) &&
		    !config_is_unknown(wanted) && !json_same(its, wanted))
			return true;
	}
	return false;
}

bool
hangs_may_come(const struct spec *spec, const struct spec_node *node)
{
	struct json_object *types = json_get_array(node->type->file, "hangs_on");

	for (size_t i = 0; types != NULL && i < spec->nodes_n; i++) {
		const struct spec_node *maker = &spec->nodes[i];

		breathe();
		if (maker != node && !spec_node_is_leaving(maker) &&
		    maker->operation != SPEC_VERIFY &&
		    json_array_has_text(types, maker->type->name) && !is_another(maker, node))
			return true;
	}
	return types == NULL;
}
