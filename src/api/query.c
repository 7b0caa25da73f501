/* SPDX-License-Identifier: Apache-2.0
 * query.c - holds a query to its route's table. */
#include "api/query.h"

#include <stdio.h>

#include "api/routes.h"
#include "util/str.h"

#define VALUE_SIZE  64 /* longer than any value of a list */
#define LIST_MAX    512
#define QUERIES_MAX 8

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

/* "limit, cursor" */
static void
list_names(const struct exchange *x, struct str *list)
{
	for (const struct route_query *query = x->route->queries;
	     query != NULL && query->name != NULL; query++)
		str_addf(list, "%s%s", list->len > 0 ? ", " : "", query->name);
}

/* QUERIES_MAX: the route has none of that name. */
static size_t
place_of(const struct exchange *x, const char *name)
{
	const struct route_query *queries = x->route->queries;

	for (size_t i = 0; queries != NULL && queries[i].name != NULL; i++) {
		must(i < QUERIES_MAX);
		if (str_eq(queries[i].name, name))
			return i;
	}
	return QUERIES_MAX;
}

static bool
refuse_name(struct exchange *x, const char *name, bool is_known)
{
	struct str list;
	struct err err;

	str_init(&list, LIST_MAX);
	list_names(x, &list);
	if (is_known)
		err_set(&err, ERR_BAD_REQUEST, "the parameter \"%s\" is there twice", name);
	else
		err_set(&err, ERR_BAD_REQUEST, "there is no parameter \"%.64s\" here: %s%s", name,
		    list.len > 0 ? "there are " : "there are none", list.data);
	str_fini(&list);
	reply_err(x, &err);
	return false;
}

/* One that is misspelt, or said twice, would go unseen. What is public may be asked with anything: pages and probes are. */
static bool
names_are_good(struct exchange *x)
{
	bool        seen[QUERIES_MAX] = { 0 };
	char        name[VALUE_SIZE];
	const char *at = NULL;

	while (
	    !x->route->is_public && http_query_next(x->request, &at, name, sizeof(name)) != NULL) {
		size_t place = place_of(x, name);

		if (place == QUERIES_MAX || seen[place])
			return refuse_name(x, name, place < QUERIES_MAX);
		seen[place] = true;
	}
	return true;
}

bool
query_is_good(struct exchange *x)
{
	struct problems problems;
	bool            good;

	if (!names_are_good(x))
		return false;
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
