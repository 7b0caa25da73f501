/* SPDX-License-Identifier: Apache-2.0
 * scope.c - scopes by their names. */
#include "api/scope.h"

#include "util/check.h"
#include "util/json.h"

static const struct {
	enum scope  scope;
	const char *name;
} rows[] = {
#define X(name, bit, text) { SCOPE_##name, text },
	SCOPES(X)
#undef X
};

const char *
scope_name(enum scope scope)
{
	for (size_t i = 0; i < array_len(rows); i++) {
		if (rows[i].scope == scope)
			return rows[i].name;
	}
	must(!"there is no such scope");
	return NULL;
}

static unsigned
scope_from(struct json_object *name)
{
	for (size_t i = 0; i < array_len(rows); i++) {
		if (json_object_is_type(name, json_type_string) &&
		    str_eq(json_object_get_string(name), rows[i].name))
			return rows[i].scope;
	}
	return 0;
}

bool
scopes_read(struct json_object *list, unsigned *ret_scopes)
{
	*ret_scopes = 0;
	if (!json_object_is_type(list, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		unsigned scope = scope_from(json_object_array_get_idx(list, i));

		if (scope == 0)
			return false;
		*ret_scopes |= scope;
	}
	return *ret_scopes != 0;
}

struct json_object *
scopes_json(unsigned scopes)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < array_len(rows); i++) {
		if (scopes & rows[i].scope)
			json_object_array_add(list, json_object_new_string(rows[i].name));
	}
	return list;
}

void
scopes_add(struct str *out, unsigned scopes)
{
	const char *separator = "";

	for (size_t i = 0; i < array_len(rows); i++) {
		if (!(scopes & rows[i].scope))
			continue;
		str_addf(out, "%s%s", separator, rows[i].name);
		separator = ", ";
	}
}
