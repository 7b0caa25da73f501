/* SPDX-License-Identifier: Apache-2.0
 * words.c - what the parts of a type file have in common: known words, conditions, names. */
#include "interpreter/words.h"

#include <string.h>

#include "util/json.h"

enum err_code
words_check(struct json_object *json, const struct word *words, size_t n, const char *where,
    struct err *err)
{
	json_object_object_foreach (json, key, value) {
		size_t i;

		if (str_starts(key, "x-"))
			continue;
		for (i = 0; i < n && strcmp(words[i].name, key) != 0; i++)
			;
		if (i == n)
			return err_set(
			    err, ERR_INVALID_CONFIG, "%s: unknown word \"%s\"", where, key);
		if ((words[i].types & (1u << json_object_get_type(value))) == 0)
			return err_set(err, ERR_INVALID_CONFIG,
			    "%s: \"%s\" is of the wrong JSON type", where, key);
	}
	return ERR_OK;
}

static const struct word condition_words[] = {
	{ "text", WORD(string) },
	{ "is", WORD(array) },
	{ "isnt", WORD(array) },
};

enum err_code
words_condition(struct json_object *json, const char *where, struct condition *ret, struct err *err)
{
	enum err_code code;

	if (json == NULL)
		return ERR_OK;
	code = WORDS_CHECK(json, condition_words, where, err);
	if (code != ERR_OK)
		return code;
	ret->text = json_get_str(json, "text");
	ret->is = json_get_array(json, "is");
	ret->isnt = json_get_array(json, "isnt");
	if (ret->text == NULL || (ret->is == NULL) == (ret->isnt == NULL))
		return err_set(err, ERR_INVALID_CONFIG,
		    "%s: a condition has \"text\" and one of \"is\", \"isnt\"", where);
	return ERR_OK;
}

enum err_code
words_names(
    const struct call_type *type, struct json_object *names, const char *where, struct err *err)
{
	size_t n = names != NULL ? json_object_array_length(names) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *name = json_object_array_get_idx(names, i);

		if (str_eq(json_object_get_string(name), WHEN_TAGS) ||
		    str_eq(json_object_get_string(name), WHEN_ANY))
			continue;
		if (!json_object_is_type(name, json_type_string) ||
		    call_type_property(type, json_object_get_string(name)) == NULL)
			return err_set(err, ERR_INVALID_CONFIG, "%s: %s is no property", where,
			    json_text(name));
	}
	return ERR_OK;
}
