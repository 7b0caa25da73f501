/* SPDX-License-Identifier: Apache-2.0
 * test_graph.c - regions, who waits for whom, and how long the way still is. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "plan/graph.h"
#include "tests/unit/plan_fixture.h"
#include "util/json.h"

static struct registry *registry;

static void
set_up(void)
{
	registry = fixture_registry();
}

static void
tear_down(void)
{
	fixture_end(registry);
}

/* role (global, 8 s) -> fn (two regions, 5 s) -> done (global, 8 s); fn -> net (one region, 1 s).
 * */
static struct spec *
world(void)
{
	struct json_object *config = fixture_json(
	    "{'deployment_id':'app',"
	    "'targets':[{'provider':'test','regions':['us-east-1','eu-west-1']}],"
	    "'resources':{'role':{'type':'test:iam:role','properties':{'role_name':'n'}},"
	    "'fn':{'type':'test:fn:function','properties':{'name':'f','role':'@role'}},"
	    "'done':{'type':'test:iam:role','properties':{'role_name':'@fn.name'}},"
	    "'net':{'type':'test:net:vpc','regions':['eu-west-1'],'depends_on':['fn']},"
	    "'peer':{'type':'test:net:vpc','properties':{'peer':'@net'}}},"
	    "'edges':[{'from':'role','to':'fn','type':'pause'}]}");
	struct problems problems;
	struct spec    *spec;

	problems_init(&problems);
	spec = spec_build(registry, "tenant", config, 0, &problems);
	ck_assert_msg(spec != NULL, "%s", problems.n > 0 ? problems.items[0].detail : "?");
	problems_fini(&problems);
	json_object_put(config);
	return spec;
}

static size_t
vertex_of(const struct graph *graph, const char *id, const char *region)
{
	for (size_t v = 0; v < graph->n; v++) {
		if (strcmp(graph_node(graph, v)->resource_id, id) == 0 &&
		    strcmp(graph_region(graph, v), region) == 0)
			return v;
	}
	ck_abort_msg("no vertex %s@%s", id, region);
}

static bool
joins(const struct graph *graph, const char *from, const char *from_region, const char *to,
    const char *to_region)
{
	size_t a = vertex_of(graph, from, from_region), b = vertex_of(graph, to, to_region), n = 0;

	for (uint32_t e = graph->out_at[a]; e < graph->out_at[a + 1]; e++)
		n += graph->out[e] == b;
	ck_assert_uint_le(n, 1);
	return n == 1;
}

START_TEST(a_global_node_is_there_once_and_a_regional_one_per_region)
{
	struct spec    *spec = world();
	struct graph   *graph = graph_create(spec, false);
	struct identity east, west;

	spec_unref(spec); /* the graph holds it */
	ck_assert_uint_eq(graph->n, 7);
	ck_assert_uint_eq(graph->first[5], 7);
	ck_assert_uint_eq(graph->first[1], vertex_of(graph, "fn", "us-east-1"));
	east = graph_identity(graph, vertex_of(graph, "fn", "us-east-1"));
	west = graph_identity(graph, vertex_of(graph, "fn", "eu-west-1"));
	ck_assert(east.primary);
	ck_assert(!west.primary);
	ck_assert_str_eq(east.node_id, west.node_id);
	ck_assert_str_eq(west.region, "eu-west-1");
	ck_assert_str_eq(west.resource_id, "fn");
	ck_assert_str_eq(west.deployment_id, "app");
	ck_assert(graph_identity(graph, vertex_of(graph, "net", "eu-west-1")).primary);
	ck_assert(graph_identity(graph, vertex_of(graph, "role", "")).primary);
	graph_destroy(graph);
	graph_destroy(NULL);
}
END_TEST

START_TEST(edges_join_the_same_region_and_all_copies_where_one_side_is_global)
{
	struct spec  *spec = world();
	struct graph *graph = graph_create(spec, false);

	ck_assert(joins(graph, "role", "", "fn", "us-east-1"));
	ck_assert(joins(graph, "role", "", "fn", "eu-west-1"));
	ck_assert(joins(graph, "fn", "us-east-1", "done", ""));
	ck_assert(joins(graph, "fn", "eu-west-1", "done", ""));
	ck_assert(joins(graph, "fn", "eu-west-1", "net", "eu-west-1"));
	ck_assert(!joins(graph, "fn", "us-east-1", "net", "eu-west-1"));
	ck_assert(joins(graph, "net", "eu-west-1", "peer", "eu-west-1"));
	ck_assert(joins(graph, "net", "eu-west-1", "peer", "us-east-1")); /* there is no other */
	ck_assert_uint_eq(graph->out_at[graph->n], 7);
	ck_assert_uint_eq(graph->in_n[vertex_of(graph, "fn", "us-east-1")], 1);
	ck_assert_uint_eq(graph->in_n[vertex_of(graph, "done", "")], 2);
	graph_destroy(graph);
	spec_unref(spec);
}
END_TEST

START_TEST(a_reference_means_the_copy_in_the_same_region_or_the_first)
{
	struct spec  *spec = world();
	struct graph *graph = graph_create(spec, false);
	size_t        fn = fixture_node(spec, "fn"), role = fixture_node(spec, "role"),
	       net = fixture_node(spec, "net");

	ck_assert_uint_eq(graph_target(graph, vertex_of(graph, "fn", "eu-west-1"), role),
	    vertex_of(graph, "role", ""));
	ck_assert_uint_eq(graph_target(graph, vertex_of(graph, "done", ""), fn),
	    vertex_of(graph, "fn", "us-east-1"));
	ck_assert_uint_eq(graph_target(graph, vertex_of(graph, "net", "eu-west-1"), fn),
	    vertex_of(graph, "fn", "eu-west-1"));
	ck_assert_uint_eq(graph_target(graph, vertex_of(graph, "peer", "us-east-1"), net),
	    vertex_of(graph, "net", "eu-west-1"));
	graph_destroy(graph);
	spec_unref(spec);
}
END_TEST

static const struct weight {
	const char *id, *region;
	bool        reverse;
	uint32_t    level;
	double      behind;
} weights[] = {
	{ "role", "", false, 0, 21 },
	{ "fn", "us-east-1", false, 1, 13 },
	{ "done", "", false, 2, 8 },
	{ "net", "eu-west-1", false, 2, 2 },
	{ "peer", "us-east-1", false, 3, 1 },
	{ "peer", "us-east-1", true, 0, 15 },
	{ "net", "eu-west-1", true, 1, 14 },
	{ "fn", "eu-west-1", true, 2, 13 },
	{ "fn", "us-east-1", true, 1, 13 },
	{ "done", "", true, 0, 21 },
	{ "role", "", true, 3, 8 },
};

START_TEST(levels_and_the_way_behind_are_of_the_longest_way)
{
	const struct weight *row = &weights[_i];
	struct spec         *spec = world();
	struct graph        *graph = graph_create(spec, row->reverse);
	const struct vertex *vertex = &graph->vertices[vertex_of(graph, row->id, row->region)];

	ck_assert_uint_eq(graph->levels, 4);
	ck_assert_uint_eq(vertex->level, row->level);
	ck_assert_double_eq(vertex->behind, row->behind);
	graph_destroy(graph);
	spec_unref(spec);
}
END_TEST

START_TEST(reverse_turns_every_edge)
{
	struct spec  *spec = world();
	struct graph *graph = graph_create(spec, true);

	ck_assert(joins(graph, "fn", "us-east-1", "role", ""));
	ck_assert(joins(graph, "done", "", "fn", "eu-west-1"));
	ck_assert(!joins(graph, "role", "", "fn", "us-east-1"));
	ck_assert(joins(graph, "peer", "us-east-1", "net", "eu-west-1"));
	graph_destroy(graph);
	spec_unref(spec);
}
END_TEST

START_TEST(a_vertex_has_three_names)
{
	struct spec  *spec = world();
	struct graph *graph = graph_create(spec, false);
	size_t        role = vertex_of(graph, "role", ""), fn = vertex_of(graph, "fn", "eu-west-1");
	const char   *node_id = graph_node(graph, fn)->node_id;
	char          both[64];

	snprintf(both, sizeof(both), "%s@eu-west-1", node_id);
	ck_assert(graph_is_named(graph, fn, "fn") && graph_is_named(graph, fn, "fn@eu-west-1"));
	ck_assert(graph_is_named(graph, fn, node_id) && graph_is_named(graph, fn, both));
	ck_assert(graph_is_named(graph, role, "role"));
	ck_assert(!graph_is_named(graph, fn, "fn@us-east-1") && !graph_is_named(graph, fn, "fn@"));
	ck_assert(!graph_is_named(graph, fn, "f") && !graph_is_named(graph, fn, "fnn"));
	ck_assert(!graph_is_named(graph, fn, "") && !graph_is_named(graph, fn, "@eu-west-1"));
	ck_assert(!graph_is_named(graph, role, "role@eu-west-1"));
	graph_destroy(graph);
	spec_unref(spec);
}
END_TEST

Suite *suite_graph(void);

Suite *
suite_graph(void)
{
	Suite *suite = suite_create("graph");
	TCase *tcase = tcase_create("graph");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_global_node_is_there_once_and_a_regional_one_per_region);
	tcase_add_test(tcase, edges_join_the_same_region_and_all_copies_where_one_side_is_global);
	tcase_add_test(tcase, a_reference_means_the_copy_in_the_same_region_or_the_first);
	tcase_add_loop_test(
	    tcase, levels_and_the_way_behind_are_of_the_longest_way, 0, (int)array_len(weights));
	tcase_add_test(tcase, reverse_turns_every_edge);
	tcase_add_test(tcase, a_vertex_has_three_names);
	suite_add_tcase(suite, tcase);
	return suite;
}
