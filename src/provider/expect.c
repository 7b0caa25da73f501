/* SPDX-License-Identifier: Apache-2.0
 * expect.c - texts and values that are looked for in an answer. */
#include "provider/expect.h"

#include <string.h>

#include "util/json.h"

bool
expect_holds(
    struct json_object *expect, const char *text, struct json_object *json, struct str *why)
{
	const char         *contains = json_get_str(expect, "contains");
	struct json_object *values = json_get_object(expect, "json");

	if (contains != NULL && strstr(text, contains) == NULL) {
		str_addf(why, "\"%s\" does not stand in it", contains);
		return false;
	}
	if (values == NULL)
		return true;
	json_object_object_foreach (values, path, value) {
		struct json_object *there = json_path(json, path);

		if (json_same(there, value))
			continue;
		str_addf(why, "%s is %s there, and not ", path,
		    there != NULL ? json_text(there) : "nothing");
		str_add(why, json_text(value));
		return false;
	}
	return true;
}
