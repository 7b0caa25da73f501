/* SPDX-License-Identifier: Apache-2.0
 * test_routes.c - the route table, and how a request finds its row. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/refusals.h"
#include "api/routes.h"
#include "util/check.h"
#include "util/str.h"

#define PARAMETER_SIZE 16

static char parameter[PARAMETER_SIZE], allow[ALLOW_SIZE];

static const struct route *
find(const char *method, const char *path)
{
	return route_find(method, path, parameter, sizeof(parameter), allow, sizeof(allow));
}

START_TEST(a_request_finds_its_row_with_and_without_the_prefix)
{
	static const struct {
		const char *method, *path, *row, *parameter;
	} rows[] = {
		{ "POST", "/deploy/plan", "/deploy/plan", "" },
		{ "POST", "/plan", "/deploy/plan", "" },
		{ "POST", "/apply", "/deploy/apply", "" },
		{ "POST", "/deploy/destroy", "/deploy/destroy", "" },
		{ "POST", "/deploy/verify", "/deploy/verify", "" },
		{ "POST", "/verify", "/deploy/verify", "" },
		{ "POST", "/deploy/continue", "/deploy/continue", "" },
		{ "POST", "/continue", "/deploy/continue", "" },
		{ "GET", "/", "/", "" },
		{ "GET", "/assets/page-01.js", "/assets/{file}", "page-01.js" },
		{ "POST", "/pause", "/deploy/pause", "" },
		{ "POST", "/cancel", "/deploy/cancel", "" },
		{ "GET", "/deploy/status/0123abcd", "/deploy/status/{graph_id}", "0123abcd" },
		{ "GET", "/status/0123abcd", "/deploy/status/{graph_id}", "0123abcd" },
		{ "GET", "/graph/x", "/deploy/graph/{graph_id}", "x" },
		{ "GET", "/events/x", "/deploy/events/{graph_id}", "x" },
		{ "GET", "/types", "/deploy/types", "" },
		{ "GET", "/types/local:null", "/deploy/types/{type}", "local:null" },
		{ "GET", "/deploy/types/%41 ?", "/deploy/types/{type}", "%41 ?" },
		{ "GET", "/status/..", "/deploy/status/{graph_id}", ".." },
		{ "GET", "/status/123456789012345", "/deploy/status/{graph_id}",
		    "123456789012345" },
		{ "GET", "/public-keys", "/public-keys", "" },
		{ "GET", "/public-keys/aws", "/public-keys/{provider}", "aws" },
		{ "GET", "/healthz", "/healthz", "" },
		{ "GET", "/info/status", "/info/status", "" },
		{ "GET", "/openapi.json", "/openapi.json", "" },
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		const struct route *route = find(rows[i].method, rows[i].path);

		ck_assert_msg(route != NULL, "%s", rows[i].path);
		ck_assert_str_eq(route->method, rows[i].method);
		ck_assert_str_eq(route->path, rows[i].row);
		ck_assert_str_eq(parameter, rows[i].parameter);
	}
}
END_TEST

START_TEST(a_path_that_is_unknown_has_no_row_and_allows_nothing)
{
	static const char *const paths[] = {
		"",
		"*",
		"plan",
		"/plan/",
		"//plan",
		"/Plan",
		"/deploy",
		"/deploy/",
		"/deploy/deploy/plan",
		"/deploy/healthz",
		"/deploy/info/status",
		"/status",
		"/status/",
		"/status/a/b",
		"/status/a/",
		"/status//a",
		"/deploy/status/../plan",
		"/status/{graph_id}x/",
		"/status/1234567890123456", /* one more than there is room for */
		"/types/",
		"/openapi.jsonx",
		"/openapi",
	};

	for (size_t i = 0; i < array_len(paths); i++) {
		ck_assert_msg(find("GET", paths[i]) == NULL, "%s", paths[i]);
		ck_assert_str_eq(allow, "");
		ck_assert_ptr_null(find("POST", paths[i]));
		ck_assert_str_eq(allow, "");
	}
}
END_TEST

START_TEST(a_method_that_a_path_does_not_take_is_told_those_that_it_does)
{
	static const struct {
		const char *method, *path, *allow;
	} rows[] = {
		{ "GET", "/deploy/plan", "POST, OPTIONS" },
		{ "GET", "/plan", "POST, OPTIONS" },
		{ "post", "/plan", "POST, OPTIONS" },
		{ "PUT", "/deploy/apply", "POST, OPTIONS" },
		{ "GET", "/cancel", "POST, OPTIONS" },
		{ "POST", "/status/0123abcd", "GET, HEAD, OPTIONS" },
		{ "DELETE", "/deploy/types", "GET, HEAD, OPTIONS" },
		{ "", "/healthz", "GET, HEAD, OPTIONS" },
		{ "OPTIONS", "/schedules", "POST, GET, HEAD, OPTIONS" },
		{ "OPTIONS", "/schedules/x", "GET, HEAD, DELETE, OPTIONS" },
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		ck_assert_ptr_null(find(rows[i].method, rows[i].path));
		ck_assert_str_eq(allow, rows[i].allow);
	}
}
END_TEST

START_TEST(every_row_can_be_reached_by_its_own_path)
{
	for (size_t i = 0; i < routes_n; i++) {
		struct str path;

		str_init(&path, 200);
		str_add_mem(&path, routes[i].path, strcspn(routes[i].path, "{"));
		if (strchr(routes[i].path, '{') != NULL)
			str_add(&path, "x");
		ck_assert_ptr_eq(find(routes[i].method, path.data), &routes[i]);
		str_fini(&path);
	}
}
END_TEST

static void
check_schema(const struct route *route, const char *name)
{
	char path[1024];

	if (name == NULL)
		return;
	snprintf(path, sizeof(path), "%s/schemas/api/%s.json", TEST_SRCDIR, name);
	ck_assert_msg(access(path, R_OK) == 0, "%s %s: no %s", route->method, route->path, path);
}

static void
check_queries(const struct route *route)
{
	for (const struct route_query *query = route->queries; query != NULL && query->name != NULL;
	     query++) {
		ck_assert_ptr_nonnull(query->description);
		ck_assert(query->values == NULL || query->values[0] != NULL);
	}
}

START_TEST(every_row_is_whole_and_its_schemas_are_there)
{
	for (size_t i = 0; i < routes_n; i++) {
		const struct route *route = &routes[i];
		bool                is_post = strcmp(route->method, "POST") == 0;

		ck_assert(is_post || strcmp(route->method, "GET") == 0 ||
			  strcmp(route->method, "DELETE") == 0);
		ck_assert_int_eq(route->path[0], '/');
		ck_assert(route->handle != NULL);
		ck_assert_ptr_nonnull(route->summary);
		ck_assert_int_eq(route->body != NULL, is_post);
		ck_assert(route->answer != NULL || route->texts != NULL);
		ck_assert_int_eq(route_answers(route, JSON_CONTENT_TYPE), route->answer != NULL);
		ck_assert(!route->has_etag || strcmp(route->method, "GET") == 0);
		ck_assert(route->once == ONCE_NOT || is_post);
		ck_assert(!route->is_public || !str_starts(route->path, "/deploy/"));
		ck_assert_msg(
		    route->is_public || route->scope != 0, "%s asks for no scope", route->path);
		ck_assert(!route->is_public || route->scope == 0);
		ck_assert(!str_starts(route->path, "/admin/") || route->scope == SCOPE_ADMIN);
		ck_assert(route->audit == NULL || route->scope != SCOPE_READ);
		check_schema(route, route->body);
		check_schema(route, route->answer);
		check_schema(route, route->other);
		ck_assert(!route->has_websocket || route->event != NULL);
		check_queries(route);
	}
	check_schema(&routes[0], "problem");
}
END_TEST

START_TEST(a_row_says_which_content_types_its_answers_have)
{
	const struct route *graph = find("GET", "/deploy/graph/0123abcd");

	ck_assert(route_answers(graph, "application/json"));
	ck_assert(route_answers(graph, "text/vnd.graphviz; charset=utf-8"));
	ck_assert(!route_answers(graph, "text/vnd.graph"));
	ck_assert(!route_answers(graph, "text/event-stream"));
	ck_assert(route_answers(find("POST", "/deploy/verify"), "text/event-stream"));
	ck_assert(!route_answers(find("GET", "/deploy/events/0123abcd"), "application/json"));
}
END_TEST

START_TEST(what_a_route_may_be_refused_with_follows_from_its_row)
{
	static const struct {
		const char   *method, *path;
		enum err_code code;
		bool          may;
	} rows[] = {
		{ "GET", "/healthz", ERR_INTERNAL, true },
		{ "GET", "/healthz", ERR_HEADERS_TOO_LARGE, true },
		{ "GET", "/healthz", ERR_UNAUTHORIZED, false },
		{ "GET", "/healthz", ERR_STORE_DOWN, false },
		{ "GET", "/readyz", ERR_STORE_DOWN, true },
		{ "GET", "/metrics", ERR_OPERATORS_ONLY, true },
		{ "GET", "/deploy/types", ERR_UNAUTHORIZED, true },
		{ "GET", "/deploy/types", ERR_OPERATORS_ONLY, false },
		{ "GET", "/deploy/types", ERR_INVALID_REQUEST, false },
		{ "GET", "/deploy/graph/x", ERR_INVALID_REQUEST, true },
		{ "GET", "/deploy/graph/x", ERR_BAD_JSON, false },
		{ "POST", "/deploy/plan", ERR_BAD_JSON, true },
		{ "POST", "/deploy/plan", ERR_KEY_REUSED, false },
		{ "POST", "/deploy/apply", ERR_KEY_REUSED, true },
		{ "POST", "/deploy/apply", ERR_STALE_PLAN, true },
		{ "POST", "/deploy/continue", ERR_IN_DOUBT, true },
		{ "POST", "/deploy/pause", ERR_IN_DOUBT, false },
		{ "POST", "/deploy/schedules", ERR_PRECONDITION, true },
		{ "POST", "/deploy/destroy", ERR_PRECONDITION, false },
	};
	bool may[ERR_N];

	for (size_t i = 0; i < array_len(rows); i++) {
		refusals_of(find(rows[i].method, rows[i].path), may);
		ck_assert_msg(may[rows[i].code] == rows[i].may, "%s %s: %s", rows[i].method,
		    rows[i].path, err_name(rows[i].code));
		ck_assert(!may[ERR_OK]);
	}
}
END_TEST

START_TEST(no_two_rows_are_the_same)
{
	for (size_t i = 0; i < routes_n; i++) {
		for (size_t k = 0; k < i; k++)
			ck_assert(strcmp(routes[i].path, routes[k].path) != 0 ||
				  strcmp(routes[i].method, routes[k].method) != 0);
	}
}
END_TEST

Suite *suite_routes(void);

Suite *
suite_routes(void)
{
	Suite *suite = suite_create("routes");
	TCase *tcase = tcase_create("routes");

	tcase_add_test(tcase, a_request_finds_its_row_with_and_without_the_prefix);
	tcase_add_test(tcase, a_path_that_is_unknown_has_no_row_and_allows_nothing);
	tcase_add_test(tcase, a_method_that_a_path_does_not_take_is_told_those_that_it_does);
	tcase_add_test(tcase, every_row_can_be_reached_by_its_own_path);
	tcase_add_test(tcase, every_row_is_whole_and_its_schemas_are_there);
	tcase_add_test(tcase, a_row_says_which_content_types_its_answers_have);
	tcase_add_test(tcase, what_a_route_may_be_refused_with_follows_from_its_row);
	tcase_add_test(tcase, no_two_rows_are_the_same);
	suite_add_tcase(suite, tcase);
	return suite;
}
