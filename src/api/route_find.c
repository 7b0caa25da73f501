/* SPDX-License-Identifier: Apache-2.0
 * route_find.c - how a request finds its row. The /deploy prefix may be left out. */
#include <stdio.h>
#include <string.h>

#include "api/routes.h"
#include "util/check.h"
#include "util/str.h"

#define PREFIX "/deploy"

bool
route_answers(const struct route *route, const char *content_type)
{
	size_t len = strcspn(content_type, ";");

	for (size_t i = 0; route->texts != NULL && route->texts[i] != NULL; i++) {
		if (strncmp(route->texts[i], content_type, len) == 0 &&
		    route->texts[i][len] == '\0')
			return true;
	}
	return route->answer != NULL && len == strlen(JSON_CONTENT_TYPE) &&
	       strncmp(content_type, JSON_CONTENT_TYPE, len) == 0;
}

/* Does `path` match the row's? The parameter is not empty and holds no slash. */
static bool
matches(const char *pattern, const char *path, char *parameter, size_t size)
{
	size_t fixed = strcspn(pattern, "{");

	parameter[0] = '\0';
	if (pattern[fixed] == '\0')
		return strcmp(pattern, path) == 0;
	if (strncmp(pattern, path, fixed) != 0 || path[fixed] == '\0' ||
	    strchr(path + fixed, '/') != NULL || strlen(path + fixed) >= size)
		return false;
	memcpy(parameter, path + fixed, strlen(path + fixed) + 1);
	return true;
}

static bool
matches_either(const char *pattern, const char *path, char *parameter, size_t size)
{
	return matches(pattern, path, parameter, size) ||
	       (str_starts(pattern, PREFIX "/") &&
		   matches(pattern + strlen(PREFIX), path, parameter, size));
}

/* Each is named once. */
static void
allow_add(char *allow, size_t size, const char *method)
{
	size_t len = strlen(allow);
	int    added = 0;

	if (strstr(allow, method) == NULL)
		added = snprintf(allow + len, size - len, "%s%s", len > 0 ? ", " : "", method);
	must((size_t)added < size - len);
}

const struct route *
route_find(const char *method, const char *path, char *parameter, size_t size, char *ret_allow,
    size_t allow_size)
{
	ret_allow[0] = '\0';
	for (size_t i = 0; i < routes_n; i++) {
		if (!matches_either(routes[i].path, path, parameter, size))
			continue;
		if (strcmp(routes[i].method, method) == 0)
			return &routes[i];
		allow_add(ret_allow, allow_size, routes[i].method);
		if (strcmp(routes[i].method, "GET") == 0)
			allow_add(ret_allow, allow_size, "HEAD");
	}
	if (ret_allow[0] != '\0')
		allow_add(ret_allow, allow_size, "OPTIONS");
	return NULL;
}
