/* SPDX-License-Identifier: Apache-2.0
 * names.c - from an option that may be given again and again to a member of a request. */
#include "cli/names.h"

#include "cli/cli.h"
#include "util/json.h"
#include "util/str.h"

#define ALL "all"

void
names_add(struct json_object *body, const char *member, const struct cli_list *names)
{
	struct json_object *list;

	if (names->n == 0)
		return;
	list = json_object_new_array();
	for (size_t i = 0; i < names->n; i++)
		json_object_array_add(list, json_object_new_string(names->items[i]));
	json_set(body, member, list);
}

void
names_add_or_all(struct json_object *body, const char *member, const struct cli_list *names)
{
	for (size_t i = 0; i < names->n; i++) {
		if (str_eq(names->items[i], ALL)) {
			json_set_bool(body, member, true);
			return;
		}
	}
	names_add(body, member, names);
}
