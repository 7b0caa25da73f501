/* SPDX-License-Identifier: Apache-2.0
 * limits.c - limits as JSON and as text. */
#include "api/limits.h"

#include <stdlib.h>
#include <string.h>

#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define LIMIT_MOST  1000000000
#define LIMITS_TEXT 512

static const struct row {
	const char   *name;
	enum err_code code;
	const char   *what;
} rows[] = {
#define X(name, text, code, what, usual) [LIMIT_##name] = { text, ERR_##code, what },
	LIMITS(X)
#undef X
};
_Static_assert(array_len(rows) == LIMITS_N, "each limit has its row");

const struct limits limits_none = { { LIMIT_NONE } };
const struct limits limits_unsaid = { {
#define X(name, text, code, what, usual) LIMIT_UNSAID,
    LIMITS(X)
#undef X
} };
const struct limits limits_usual = { {
#define X(name, text, code, what, usual) usual,
    LIMITS(X)
#undef X
} };

const char *
limit_name(enum limit limit)
{
	must(limit < LIMITS_N);
	return rows[limit].name;
}

enum err_code
limit_code(enum limit limit)
{
	must(limit < LIMITS_N);
	return rows[limit].code;
}

const char *
limit_what(enum limit limit)
{
	must(limit < LIMITS_N);
	return rows[limit].what;
}

/* ---- reading ---- */

static enum err_code
set(struct limits *limits, const char *name, int64_t value, struct err *err)
{
	struct str names;

	for (size_t i = 0; i < LIMITS_N; i++) {
		if (!str_eq(rows[i].name, name))
			continue;
		if (value < 0 || value > LIMIT_MOST)
			return err_set(err, ERR_INVALID_REQUEST,
			    "%s: a whole number up to %d is wanted; 0 is no limit", name,
			    LIMIT_MOST);
		limits->values[i] = value;
		return ERR_OK;
	}
	str_init(&names, LIMITS_TEXT);
	for (size_t i = 0; i < LIMITS_N; i++)
		str_addf(&names, "%s%s", i > 0 ? ", " : "", rows[i].name);
	err_set(
	    err, ERR_INVALID_REQUEST, "there is no limit \"%s\"; there are %s", name, names.data);
	str_fini(&names);
	return ERR_INVALID_REQUEST;
}

enum err_code
limits_read(struct limits *limits, struct json_object *json, struct err *err)
{
	if (!json_object_is_type(json, json_type_object))
		return err_set(err, ERR_INVALID_REQUEST, "\"limits\" must be an object");
	json_object_object_foreach (json, name, value) {
		int64_t number = json_object_is_type(value, json_type_int)
				     ? json_object_get_int64(value)
				     : LIMIT_UNSAID;

		if (set(limits, name, number, err) != ERR_OK)
			return ERR_INVALID_REQUEST;
	}
	return ERR_OK;
}

enum err_code
limits_read_text(struct limits *limits, const char *text, struct err *err)
{
	char         *copy = xstrdup(text), *rest = copy, *item;
	enum err_code code = ERR_OK;

	while (code == ERR_OK && (item = strsep(&rest, ",")) != NULL) {
		char    *value = strchr(item, '=');
		uint64_t number = LIMIT_MOST + 1;

		if (value == NULL || !str_to_u64(value + 1, &number) || number > LIMIT_MOST) {
			code = err_set(err, ERR_INVALID_REQUEST,
			    "\"%s\": NAME=NUMBER is wanted, with a whole number up to %d", item,
			    LIMIT_MOST);
		} else {
			*value = '\0';
			code = set(limits, item, (int64_t)number, err);
		}
	}
	free(copy);
	return code;
}

/* ---- and back ---- */

struct json_object *
limits_json(const struct limits *limits)
{
	struct json_object *json = json_object_new_object();

	for (size_t i = 0; i < LIMITS_N; i++) {
		if (limits->values[i] != LIMIT_UNSAID)
			json_set_i64(json, rows[i].name, limits->values[i]);
	}
	return json;
}

void
limits_lay_over(struct limits *limits, const struct limits *more)
{
	for (size_t i = 0; i < LIMITS_N; i++) {
		if (more->values[i] != LIMIT_UNSAID)
			limits->values[i] = more->values[i];
	}
}
