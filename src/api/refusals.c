/* SPDX-License-Identifier: Apache-2.0
 * refusals.c - what those routes may be refused with that are alike. */
#include "api/refusals.h"

#include <string.h>

#include "api/routes.h"
#include "http/problem.h"

static bool
is_any(const struct route *route)
{
	(void)route;
	return true;
}

static bool
needs_key(const struct route *route)
{
	return !route->is_public;
}

static bool
is_for_operators(const struct route *route)
{
	return route->is_operators;
}

static bool
has_body(const struct route *route)
{
	return route->body != NULL;
}

static bool
has_choice(const struct route *route)
{
	const struct route_query *query = route->queries;

	while (query != NULL && query->name != NULL && query->values == NULL)
		query++;
	return query != NULL && query->name != NULL;
}

static bool
is_done_once(const struct route *route)
{
	return route->once != ONCE_NOT;
}

/* It can't be told what became of it, or the process died that had it, and it comes to another graph now. */
static bool
may_be_in_doubt(const struct route *route)
{
	return route->once == ONCE_IN_DOUBT || route->once == ONCE_EXECUTION;
}

static bool
has_match(const struct route *route)
{
	return route->has_match;
}

#define CODES_MAX 4

static const struct {
	bool (*is_so)(const struct route *route);
	enum err_code codes[CODES_MAX + 1];
} rules[] = {
	{ is_any, { ERR_INTERNAL } },
	{ needs_key, { ERR_UNAUTHORIZED, ERR_MISSING_SCOPE, ERR_TOO_MANY, ERR_STORE_DOWN } },
	{ is_for_operators, { ERR_OPERATORS_ONLY } },
	{ has_body, { ERR_BAD_JSON, ERR_UNSUPPORTED_MEDIA, ERR_INVALID_REQUEST, ERR_NO_ROOM } },
	{ has_choice, { ERR_INVALID_REQUEST } },
	{ is_done_once, { ERR_KEY_IN_USE, ERR_KEY_REUSED } },
	{ may_be_in_doubt, { ERR_IN_DOUBT } },
	{ has_match, { ERR_PRECONDITION } },
};

static void
add_all(bool may[ERR_N], const enum err_code *codes)
{
	for (; *codes != ERR_OK; codes++)
		may[*codes] = true;
}

void
refusals_of(const struct route *route, bool ret_may[ERR_N])
{
	memset(ret_may, 0, ERR_N * sizeof(*ret_may));
	for (size_t i = 0; i < problem_refusals_n; i++)
		ret_may[problem_refusals[i]] = true;
	for (size_t i = 0; i < array_len(rules); i++) {
		if (rules[i].is_so(route))
			add_all(ret_may, rules[i].codes);
	}
	if (route->problems != NULL)
		add_all(ret_may, route->problems);
}
