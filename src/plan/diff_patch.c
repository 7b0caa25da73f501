/* SPDX-License-Identifier: Apache-2.0
 * diff_patch.c - each entry of a diff is one operation, or a path that has none. */
#include "plan/diff_patch.h"

#include "provider/unseal.h"
#include "util/json.h"

static struct json_object *
operation_of(struct json_object *entry)
{
	struct json_object *json = json_object_new_object();
	bool                before = json_has(entry, "before"), after = json_has(entry, "after");

	json_set_str(json, "op", !before ? "add" : after ? "replace" : "remove");
	json_set_str(json, "path", json_get_str(entry, "path"));
	if (after)
		json_set(json, "value", json_object_get(json_get(entry, "after")));
	return json;
}

void
diff_patch_make(struct diff_patch *patch, struct json_object *diff)
{
	*patch = (struct diff_patch){
		.list = json_object_new_array(),
		.unknown = json_object_new_array(),
		.sensitive = json_object_new_array(),
	};
	for (size_t i = 0; i < json_object_array_length(diff); i++) {
		struct json_object *entry = json_object_array_get_idx(diff, i);
		struct json_object *path = json_get(entry, "path");

		if (json_get_bool(entry, "sensitive", false) ||
		    holds_sealed(json_get(entry, "after")))
			json_object_array_add(patch->sensitive, json_object_get(path));
		else if (json_get_bool(entry, "after_unknown", false))
			json_object_array_add(patch->unknown, json_object_get(path));
		else
			json_object_array_add(patch->list, operation_of(entry));
	}
}
