/* SPDX-License-Identifier: Apache-2.0
 * run_pick.c - where AWS answers with a list, the one item that is meant. */
#include "providers/aws/run.h"

#include "providers/aws/paths.h"
#include "util/json.h"
#include "util/str.h"

/* Room for an ARN, a query string's worth of a pattern. */
#define VALUE_BYTES_MAX 4096

/* Does the item have all these values? A value that is not known is had by none. */
static bool
is_meant(const struct aws_scope *scope, struct json_object *where, struct json_object *item)
{
	json_object_object_foreach (where, path, template) {
		struct json_object *value = aws_path(item, path);
		struct str          wanted;
		bool                same;

		str_init(&wanted, VALUE_BYTES_MAX);
		same = aws_fill_text(scope, json_object_get_string(template), &wanted) &&
		       value != NULL && str_eq(json_object_get_string(value), wanted.data);
		str_fini(&wanted);
		json_object_put(value);
		if (!same)
			return false;
	}
	return true;
}

/* The first item that is meant, to be put by the caller. What is no list is the only item there is; a text without
 * anything in it is none. */
static struct json_object *
find_item(const struct aws_scope *scope, struct json_object *where, struct json_object *list)
{
	size_t n;

	if (!json_object_is_type(list, json_type_array)) {
		bool empty = json_object_is_type(list, json_type_string) &&
			     json_object_get_string_len(list) == 0;

		return !empty && is_meant(scope, where, list) ? json_object_get(list) : NULL;
	}
	n = json_object_array_length(list);
	for (size_t i = 0; i < n; i++) {
		struct json_object *item = json_object_array_get_idx(list, i);

		if (is_meant(scope, where, item))
			return json_object_get(item);
	}
	return NULL;
}

bool
run_pick(struct run *run, const struct aws_step *step)
{
	struct json_object *list = aws_path(run->call.out, json_get_str(step->pick, "from"));
	struct json_object *found =
	    find_item(&run->scope, json_get_object(step->pick, "where"), list);

	json_object_put(list);
	if (found == NULL)
		return false;
	json_object_put(run->call.out);
	run->call.out = found;
	return true;
}
