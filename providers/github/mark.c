/* SPDX-License-Identifier: Apache-2.0
 * mark.c - the steps are the same for all types, but for where the variable is.
 *
 * A create makes the resource first: what fails leaves no mark behind. A delete removes the mark first: what is cut short there is
 * seen by its name. */
#include "providers/github/mark.h"

#include <string.h>

#include "util/check.h"
#include "util/json.h"
#include "util/str.h"

#define PATH_BYTES_MAX 256
#define NAME           "MGRAPH_{$node_id}"

/* What a step adds to its call, as JSON. One who has not seen the variable may yet find it there. */
static const struct part {
	const char *list, *call;
	bool        of_all; /* beside the others, of which there may be many: not of the one */
	bool        first;
	const char *words;
} parts[] = {
	{ "read", "GET", false, false,
	    "{\"tags\":\"value\",\"note\":{\"mark\":\"name\"},\"errors\":{\"fine\":[\"404\"]}}" },
	{ "tag", "POST", true, false,
	    "{\"params\":{\"value\":\"{$tags}\"},\"note\":{\"marked\":\"\"},"
	    "\"if\":{\"text\":\"{noted.mark}\",\"is\":[\"\"]},\"errors\":{\"fine\":[\"409\"]}}" },
	{ "tag", "PATCH", false, false,
	    "{\"params\":{\"value\":\"{$tags}\"},"
	    "\"if\":{\"text\":\"{noted.marked}\",\"is\":[\"\"]}}" },
	{ "delete", "DELETE", false, true, "{\"errors\":{\"fine\":[\"404\"]}}" },
};

static struct json_object *
make_step(const struct part *part, const char *where)
{
	struct json_object *step = json_read(part->words, strlen(part->words), NULL);
	struct json_object *params = json_get_object(step, "params");
	struct str          call;

	must(step != NULL);
	if (params == NULL)
		json_set(step, "params", params = json_object_new_object());
	json_set_str(params, "name", NAME);
	if (part->of_all && str_starts(where, "/orgs/"))
		json_set_str(params, "visibility", "private");
	str_init(&call, PATH_BYTES_MAX);
	str_addf(
	    &call, "%s %s/actions/variables%s", part->call, where, part->of_all ? "" : "/{name}");
	json_set_str(step, "call", call.data);
	str_fini(&call);
	return step;
}

static void
add(struct json_object *file, const struct part *part, struct json_object *step)
{
	struct json_object *list = json_get_array(file, part->list);
	struct json_object *longer = json_object_new_array();
	size_t              n = list != NULL ? json_object_array_length(list) : 0;

	if (part->first)
		json_object_array_add(longer, json_object_get(step));
	for (size_t i = 0; i < n; i++)
		json_object_array_add(longer, json_object_get(json_object_array_get_idx(list, i)));
	if (!part->first)
		json_object_array_add(longer, json_object_get(step));
	json_object_put(step);
	json_set(file, part->list, longer);
}

void
mark_expand(struct json_object *file)
{
	const char         *where = json_get_str(file, "marks");
	struct json_object *create = json_get_array(file, "create");

	if (where == NULL || create == NULL)
		return;
	for (size_t i = 0; i < array_len(parts); i++)
		add(file, &parts[i], make_step(&parts[i], where));
	json_object_array_add(create, json_object_new_string("tag"));
}
