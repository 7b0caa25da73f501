/* SPDX-License-Identifier: Apache-2.0
 * waiter.c - the five matchers of AWS's waiters. */
#include "interpreter/waiter.h"

#include <string.h>

#include "interpreter/paths.h"
#include "util/json.h"
#include "util/str.h"

static bool
match_path(struct json_object *acceptor, const struct call *call)
{
	const char         *path = json_get_str(acceptor, "argument");
	struct json_object *value;
	bool                same;

	if (path == NULL || !path_is_plain(path))
		return false;
	value = path_find(call->out, path);
	same = json_same(value, json_get(acceptor, "expected"));
	json_object_put(value);
	return same;
}

/* How many of the projected values are as expected, and of how many. */
static size_t
count_same(struct json_object *acceptor, const struct call *call, size_t *ret_n)
{
	const char         *path = json_get_str(acceptor, "argument");
	struct json_object *values =
	    path != NULL && path_is_plain(path) ? path_find(call->out, path) : NULL;
	size_t n =
	    json_object_is_type(values, json_type_array) ? json_object_array_length(values) : 0;
	size_t same = 0;

	for (size_t i = 0; i < n; i++)
		same +=
		    json_same(json_object_array_get_idx(values, i), json_get(acceptor, "expected"));
	json_object_put(values);
	*ret_n = n;
	return same;
}

static bool
match_path_all(struct json_object *acceptor, const struct call *call)
{
	size_t n;

	return count_same(acceptor, call, &n) == n && n > 0;
}

static bool
match_path_any(struct json_object *acceptor, const struct call *call)
{
	size_t n;

	return count_same(acceptor, call, &n) > 0;
}

static bool
match_error(struct json_object *acceptor, const struct call *call)
{
	struct json_object *expected = json_get(acceptor, "expected");

	/* A boolean asks whether there was any error at all. */
	if (json_object_is_type(expected, json_type_boolean))
		return (call->result != OP_OK) == json_object_get_boolean(expected);
	return call->result != OP_OK && str_eq(call->code, json_object_get_string(expected));
}

static bool
match_status(struct json_object *acceptor, const struct call *call)
{
	return call->status == json_get_i64(acceptor, "expected", -1);
}

static const struct {
	const char *name;
	bool (*match)(struct json_object *acceptor, const struct call *call);
} matchers[] = {
	{ "path", match_path },
	{ "pathAll", match_path_all },
	{ "pathAny", match_path_any },
	{ "error", match_error },
	{ "status", match_status },
};

static const struct {
	const char       *state;
	enum wait_verdict wait;
} states[] = {
	{ "success", WAIT_READY },
	{ "retry", WAIT_AGAIN },
	{ "failure", WAIT_FAILED },
};

static bool
acceptor_fits(struct json_object *acceptor, const struct call *call)
{
	const char *matcher = json_get_str(acceptor, "matcher");

	for (size_t i = 0; i < array_len(matchers); i++) {
		if (str_eq(matchers[i].name, matcher))
			return matchers[i].match(acceptor, call);
	}
	return false;
}

enum wait_verdict
waiter_judge(struct json_object *waiter, const struct call *call)
{
	struct json_object *acceptors = json_get_array(waiter, "acceptors");
	size_t              n = acceptors != NULL ? json_object_array_length(acceptors) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *acceptor = json_object_array_get_idx(acceptors, i);

		if (!acceptor_fits(acceptor, call))
			continue;
		for (size_t k = 0; k < array_len(states); k++) {
			if (str_eq(states[k].state, json_get_str(acceptor, "state")))
				return states[k].wait;
		}
	}
	return call->result == OP_OK ? WAIT_AGAIN : WAIT_ERROR;
}
