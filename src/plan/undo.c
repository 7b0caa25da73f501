/* SPDX-License-Identifier: Apache-2.0
 * undo.c - looks for what stands in the way of an undo, by the act. */
#include "plan/undo.h"

#include <string.h>

#include "plan/equal.h"
#include "provider/unseal.h"
#include "util/json.h"

#define NAME_MAX_LEN 256

/* ---- create ---- */

/* {"why": text, "unless"?: properties; with one of them given it can be undone after all} */
static bool
create_is_final(const struct spec_node *node, struct str *why)
{
	struct json_object *create = json_get_object(node->type->irreversible, "create");
	struct json_object *unless = json_get_array(create, "unless");

	if (create == NULL)
		return false;
	for (size_t i = 0; unless != NULL && i < json_object_array_length(unless); i++) {
		if (json_has(node->properties,
			json_object_get_string(json_object_array_get_idx(unless, i))))
			return false;
	}
	str_add(why, json_get_str(create, "why"));
	return true;
}

/* ---- update ---- */

static bool
says_so(const struct equal *equal, struct json_object *schema)
{
	return equal_says(equal, schema, "x-irreversible") ||
	       equal_says(equal, schema, "writeOnly");
}

/* Is there something in the value that is not known as it was before? As deep as JSON is. */
static bool
holds_final(const struct equal *equal, struct json_object *schema, struct json_object *value)
{
	if (says_so(equal, schema) || is_sealed(value))
		return true;
	if (json_object_is_type(value, json_type_array)) {
		struct json_object *items = json_get(equal_schema(equal, schema), "items");

		for (size_t i = 0; i < json_object_array_length(value); i++) {
			if (holds_final(equal, items, json_object_array_get_idx(value, i)))
				return true;
		}
	} else if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach (value, key, member) {
			if (holds_final(equal, equal_member(equal, schema, key), member))
				return true;
		}
	}
	return false;
}

/* The top-level property that a path of a diff begins with. */
static void
name_of_path(const char *path, struct str *name)
{
	str_clear(name);
	if (path != NULL && *path == '/')
		str_add_mem(name, path + 1, strcspn(path + 1, "/"));
}

/* What is there only in part: nothing can be made of its properties as they were. */
static bool
is_missing(const struct spec_node *node, struct json_object *entry, const char *property)
{
	return !json_has(entry, "before") &&
	       json_array_has_text(json_get_array(node->type->properties, "required"), property);
}

static bool
update_is_final(const struct spec_node *node, struct json_object *diff, struct str *why)
{
	const struct equal equal = { .root = node->type->properties, .known = true };
	struct str         name;
	bool               is_final = false;

	str_init(&name, NAME_MAX_LEN);
	for (size_t i = 0; diff != NULL && i < json_object_array_length(diff) && !is_final; i++) {
		struct json_object *entry = json_object_array_get_idx(diff, i);

		name_of_path(json_get_str(entry, "path"), &name);
		is_final = is_missing(node, entry, name.data) ||
			   holds_final(&equal, equal_member(&equal, equal.root, name.data),
			       json_get(node->properties, name.data));
	}
	if (is_final)
		str_addf(why, "what \"%s\" was before can't be read back", name.data);
	str_fini(&name);
	return is_final;
}

bool
undo_is_impossible(
    const struct spec_node *node, enum plan_act act, struct json_object *diff, struct str *why)
{
	switch (act) {
	case PLAN_CREATE:
	case PLAN_MOVE: return create_is_final(node, why);
	case PLAN_UPDATE:
	case PLAN_ADOPT: return update_is_final(node, diff, why);
	case PLAN_DELETE: str_add(why, "what is deleted is gone"); return true;
	case PLAN_REPLACE: str_add(why, "what is replaced is gone"); return true;
	case PLAN_UNDECIDED:
	case PLAN_NO_OP:
	case PLAN_VERIFY:
	case PLAN_LEAVE:
	case PLAN_ACTS_N: break;
	}
	return false;
}
