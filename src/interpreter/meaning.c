/* SPDX-License-Identifier: Apache-2.0
 * meaning.c - looks an error up in the step's table, then in the type's. */
#include "interpreter/meaning.h"

#include <stdio.h>
#include <string.h>

#include "util/json.h"
#include "util/str.h"

static const struct {
	const char  *name;
	enum meaning means;
} words[] = {
	{ "gone", MEANS_GONE },
	{ "fine", MEANS_FINE },
	{ "exists", MEANS_EXISTS },
	{ "elsewhere", MEANS_ELSEWHERE },
};

bool
meaning_named(const char *name, enum meaning *ret_means, enum op_result *ret_result)
{
	for (size_t i = 0; i < array_len(words); i++) {
		if (str_eq(words[i].name, name)) {
			*ret_means = words[i].means;
			return true;
		}
	}
	for (int r = OP_NOT_YET; r < OP_RESULTS_N; r++) {
		if (str_eq(op_result_name((enum op_result)r), name)) {
			*ret_means = MEANS_ERROR;
			*ret_result = (enum op_result)r;
			return true;
		}
	}
	return false;
}

enum err_code
meaning_check(struct json_object *table, const char *where, struct err *err)
{
	if (table == NULL)
		return ERR_OK;
	json_object_object_foreach (table, name, codes) {
		enum meaning   means;
		enum op_result result;

		if (!meaning_named(name, &means, &result))
			return err_set(
			    err, ERR_INVALID_CONFIG, "%s: errors can't mean \"%s\"", where, name);
		if (!json_object_is_type(codes, json_type_array))
			return err_set(
			    err, ERR_INVALID_CONFIG, "%s: errors.%s is no array", where, name);
	}
	return ERR_OK;
}

/* "Code", "Code: part of the message", or the HTTP status. */
static bool
code_matches(const char *pattern, const struct call *call)
{
	const char *colon = strchr(pattern, ':');
	size_t      len = colon != NULL ? (size_t)(colon - pattern) : strlen(pattern);
	char        status[16];

	snprintf(status, sizeof(status), "%d", call->status);
	if (strcmp(pattern, status) == 0)
		return true;
	if (strlen(call->code) != len || strncmp(call->code, pattern, len) != 0)
		return false;
	return colon == NULL || strstr(call->message, colon + 1 + strspn(colon + 1, " ")) != NULL;
}

static bool
table_find(struct json_object *table, const struct call *call, enum meaning *ret_means,
    enum op_result *ret_result)
{
	if (table == NULL)
		return false;
	json_object_object_foreach (table, name, codes) {
		for (size_t i = 0; i < json_object_array_length(codes); i++) {
			const char *code =
			    json_object_get_string(json_object_array_get_idx(codes, i));

			if (code != NULL && code_matches(code, call))
				return meaning_named(name, ret_means, ret_result);
		}
	}
	return false;
}

enum meaning
meaning_of(const struct call_type *type, const struct step *step, const struct call *call,
    enum op_result *ret_result)
{
	enum meaning means = MEANS_ERROR;

	*ret_result = call->result;
	if (call->result == OP_OK)
		return MEANS_OK;
	if (!table_find(step->errors, call, &means, ret_result))
		(void)table_find(type->errors, call, &means, ret_result);
	return means;
}
