/* SPDX-License-Identifier: Apache-2.0
 * run_pick.c - of a list in the answers of a call, the one element that is the resource.
 *
 * What the cloud names itself is found by what is on it: the service's own filter looks for our tags, and of what it
 * lists, what is on its way out does not count. */
#include "interpreter/run.h"

#include <stdio.h>
#include <strings.h>

#include "interpreter/paths.h"
#include "util/domain.h"
#include "util/json.h"
#include "util/str.h"

#define TEXT_BYTES_MAX 4096

/* Is the template one property, of which the schema says that? */
static bool
says(const struct run *run, const char *template, const char *annotation)
{
	struct ref  ref = { 0 };
	const char *rest = *template == '{' ? ref_parse(&run->scope, template, &ref) : NULL;

	json_object_put(ref.value);
	return rest != NULL && *rest == '\0' && json_get_bool(ref.schema, annotation, false);
}

/* Is the text of a value that of a template, or does it begin so, where that ends with a star? What the config leaves
 * out is not looked at. */
static bool
is_as_wanted(const struct run *run, struct json_object *value, const char *template)
{
	const char *found = value != NULL ? json_object_get_string(value) : NULL;
	struct str  text;
	bool        same;

	str_init(&text, TEXT_BYTES_MAX);
	if (!fill_text(&run->scope, template, &text)) {
		same = true;
	} else if (str_ends(template, "*")) {
		str_cut(&text, text.len - 1);
		same = found != NULL && str_starts(found, text.data);
	} else if (says(run, template, "x-domain")) {
		same = found != NULL && domain_same(found, text.data);
	} else if (says(run, template, "x-caseless")) {
		same = found != NULL && strcasecmp(found, text.data) == 0;
	} else {
		same = str_eq(found, text.data);
	}
	str_fini(&text);
	return same;
}

/* One template, or one of several. */
static bool
is_one_of(const struct run *run, struct json_object *value, struct json_object *templates)
{
	if (json_object_is_type(templates, json_type_string))
		return is_as_wanted(run, value, json_object_get_string(templates));
	for (size_t i = 0; i < json_object_array_length(templates); i++) {
		if (is_as_wanted(run, value,
			json_object_get_string(json_object_array_get_idx(templates, i))))
			return true;
	}
	return false;
}

static bool
is_where(const struct run *run, struct json_object *where, struct json_object *item)
{
	bool same = true;

	json_object_object_foreach (where, path, templates) {
		struct json_object *value = path_find(item, path);

		same = same && is_one_of(run, value, templates);
		json_object_put(value);
	}
	return same;
}

static bool
is_hit(const struct run *run, struct json_object *pick, struct json_object *item)
{
	struct json_object *unless = json_get(pick, "unless");
	struct json_object *where = json_get_object(pick, "where");

	if (json_object_is_type(unless, json_type_object) && found_fits(unless, item))
		return false;
	if (json_object_is_type(unless, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(unless); i++) {
			if (found_fits(json_object_array_get_idx(unless, i), item))
				return false;
		}
	}
	return where == NULL || is_where(run, where, item);
}

/* What is no list is the only element there is; a text with nothing in it is none. */
static bool
is_only_one(struct json_object *list)
{
	return json_object_is_type(list, json_type_object) ||
	       (json_object_is_type(list, json_type_string) &&
		   json_object_get_string_len(list) > 0);
}

/* Two names may lead to the same element: that is one. */
static void
add_hit(struct run *run, struct json_object *pick, struct json_object *item)
{
	if (is_hit(run, pick, item) && !json_array_has(run->hits, item))
		json_object_array_add(run->hits, json_object_get(item));
}

static void
add_hits(struct run *run, struct json_object *pick)
{
	struct json_object *list = path_find(run->call.out, json_get_str(pick, "from"));
	size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;

	if (run->hits == NULL)
		run->hits = json_object_new_array();
	if (is_only_one(list))
		add_hit(run, pick, list);
	for (size_t i = 0; i < n; i++)
		add_hit(run, pick, json_object_array_get_idx(list, i));
	json_object_put(list);
}

void
run_pick_judge(struct run *run, enum meaning *ret_means, enum op_result *ret_result)
{
	struct call        *call = &run->call;
	struct json_object *pick = run_step(run)->pick;
	bool                first = json_get_bool(pick, "first", false);
	bool                last = json_get_bool(pick, "last", false);
	size_t              n;

	n = run->hits != NULL ? json_object_array_length(run->hits) : 0;
	if (run->mode == MODE_LIST) { /* all of them are wanted */
		*ret_means = MEANS_OK;
		return;
	}
	if (n == 1 || (n > 1 && (first || last))) {
		json_object_put(call->out);
		call->out = json_object_get(json_object_array_get_idx(run->hits, last ? n - 1 : 0));
		*ret_means = MEANS_OK;
		return;
	}
	*ret_means = n == 0 ? MEANS_GONE : MEANS_ERROR;
	*ret_result = n == 0 ? OP_NOT_FOUND : OP_AMBIGUOUS;
	if (n == 0)
		(void)meaning_named(json_get_str(pick, "none"), ret_means, ret_result);
	snprintf(call->message, sizeof(call->message),
	    n == 0 ? "%zu are this node" : "%zu of them claim to be this node", n);
}

bool
run_pick(struct run *run, enum meaning *ret_means, enum op_result *ret_result)
{
	struct json_object *pick = run_step(run)->pick;
	bool                enough;

	add_hits(run, pick);
	enough = json_get_bool(pick, "first", false) && json_object_array_length(run->hits) > 0;
	if (run->call.result == OP_OK && !enough && run_ask_next_page(run))
		return false;
	if (run->items == NULL) {
		run_pick_judge(run, ret_means, ret_result);
		return true;
	}
	run->item_at++;
	run_next(run);
	return false;
}
