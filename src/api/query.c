/* SPDX-License-Identifier: Apache-2.0
 * query.c - holds a query to its route's table. */
#include "api/query.h"

#include <stdio.h>

#include "api/routes.h"
#include "util/str.h"

#define VALUE_SIZE 64 /* longer than any value of a list */
#define LIST_MAX   512

/* Which of its values it has; NULL: none of them. */
static const char *
value_of(const struct exchange *x, const struct route_query *query)
{
	char        buf[VALUE_SIZE];
	const char *text = http_query(x->request, query->name, buf, sizeof(buf));

	if (text == NULL)
		return query->values[0];
	for (size_t i = 0; query->values[i] != NULL; i++) {
		if (str_eq(query->values[i], text))
			return query->values[i];
	}
	return NULL;
}

static void
add_problem(struct problems *problems, const struct route_query *query)
{
	struct str list;
	char       pointer[VALUE_SIZE];

	str_init(&list, LIST_MAX);
	for (size_t i = 0; query->values[i] != NULL; i++)
		str_addf(&list, "%s%s", i > 0 ? ", " : "", query->values[i]);
	snprintf(pointer, sizeof(pointer), "/query/%s", query->name);
	problems_add(problems, pointer, "not_in_enum", "must be one of %s", list.data);
	str_fini(&list);
}

bool
query_is_good(struct exchange *x)
{
	struct problems problems;
	bool            good;

	problems_init(&problems);
	for (const struct route_query *query = x->route->queries;
	     query != NULL && query->name != NULL; query++) {
		if (query->values != NULL && value_of(x, query) == NULL)
			add_problem(&problems, query);
	}
	good = problems.n == 0;
	if (!good)
		reply_problems(x, ERR_INVALID_REQUEST, &problems);
	problems_fini(&problems);
	return good;
}

const char *
query_value(const struct exchange *x, const char *name)
{
	const struct route_query *query = x->route->queries;

	while (!str_eq(query->name, name))
		query++;
	return value_of(x, query);
}
