/* SPDX-License-Identifier: Apache-2.0
 * test_cli_tree.c - a graph as the terminal shows it. */
#include <check.h>
#include <stdio.h>

#include "cli/tree.h"
#include "plan/spec.h"
#include "plan/mgraph_document.h"
#include "tests/unit/json_of.h"
#include "tests/unit/plan_fixture.h"
#include "util/json.h"

#define TEXT_MAX (1024 * 1024)
#define WIDE     1000

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

/* Takes the document. */
static void
check_text(struct json_object *mgraph, size_t columns, bool color, const char *wanted)
{
	struct tree tree;
	struct err  err = { 0 };
	struct str  out;

	str_init(&out, TEXT_MAX);
	ck_assert_msg(tree_read(&tree, mgraph, &err), "%s", err.detail);
	render_tree(&out, &tree, columns, color);
	ck_assert_str_eq(out.data, wanted);
	str_fini(&out);
	tree_fini(&tree);
	json_object_put(mgraph);
}

static struct json_object *
mgraph_of(const char *config_text)
{
	struct json_object *config = fixture_json(config_text), *mgraph;
	struct problems     problems;
	struct spec        *spec;

	problems_init(&problems);
	spec = spec_build(registry, "tenant", config, 0, &problems);
	ck_assert_msg(spec != NULL, "%s", problems.n > 0 ? problems.items[0].detail : "?");
	problems_fini(&problems);
	mgraph = spec_to_mgraph(spec);
	spec_unref(spec);
	json_object_put(config);
	return mgraph;
}

#define ROLE "'type':'test:iam:role','properties':{'role_name':'x'}"

START_TEST(a_resource_is_below_one_that_it_waits_for_as_deep_as_its_layer)
{
	check_text(mgraph_of("{'deployment_id':'app','version':'v1','resources':{"
			     "'d':{" ROLE ",'depends_on':['a','b','c']},"
			     "'a':{" ROLE "},"
			     "'b':{" ROLE ",'depends_on':['a']},"
			     "'c':{" ROLE ",'depends_on':['a']},"
			     "'old':{" ROLE ",'operation':'delete'},"
			     "'e':{" ROLE ",'depends_on':['b']}},"
			     "'composites':{'pair':{'parts':['b','c']}}}"),
	    WIDE, false,
	    "app v1 (e3cc1aec)\n"
	    "├─ a (test:iam:role)\n"
	    "│  ├─ b (test:iam:role, of pair)\n"
	    "│  │  ├─ d (test:iam:role)  also after c\n"
	    "│  │  └─ e (test:iam:role)\n"
	    "│  └─ c (test:iam:role, of pair)\n"
	    "└─ old (test:iam:role)  delete\n"
	    "\n"
	    "6 resources in 3 layers\n");
}
END_TEST

START_TEST(what_is_held_says_so)
{
	check_text(mgraph_of("{'deployment_id':'app','resources':{"
			     "'a':{" ROLE "},"
			     "'b':{" ROLE ",'depends_on':['a']},"
			     "'c':{" ROLE ",'depends_on':['b']},"
			     "'d':{" ROLE "},"
			     "'e':{" ROLE "}},'edges':["
			     "{'from':'a','to':'c','type':'pause'},"
			     "{'from':'b','to':'c','type':'pause'},"
			     "{'from':'a','to':'d','type':'pause'},"
			     "{'from':'a','to':'e','type':'pause'},"
			     "{'from':'a','to':'e','type':'end'}]}"),
	    WIDE, false,
	    "app (5d428b60)\n"
	    "└─ a (test:iam:role)\n"
	    "   ├─ b (test:iam:role)\n"
	    "   │  └╌ c (test:iam:role)  held by a pause  also after a (pause)\n"
	    "   ├╌ d (test:iam:role)  held by a pause\n"
	    "   └╌ e (test:iam:role)  behind an end\n"
	    "\n"
	    "5 resources in 3 layers\n");
}
END_TEST

/* A document that is written by hand: nodes "0" and up, whose values are given, and edges "from to predicate". */
static struct json_object *
document(const char *root, const char *const *values, size_t n, const char *const (*edges)[3],
    size_t edges_n)
{
	struct mgraph       mgraph;
	struct json_object *content = json_of(root);
	char                id[32];

	mgraph_init(&mgraph, "0123abcd");
	mgraph_add_node(&mgraph, "root", "the root", content);
	json_object_put(content);
	for (size_t i = 0; i < n; i++) {
		content = json_of(values[i]);
		snprintf(id, sizeof(id), "%zu", i);
		mgraph_add_node(&mgraph, id, "key", content);
		json_object_put(content);
	}
	mgraph_add_edge(&mgraph, "contains", "root", "0", MGRAPH_CONTAINS);
	for (size_t i = 0; i < edges_n; i++) {
		snprintf(id, sizeof(id), "edge %zu", i);
		mgraph_add_edge(&mgraph, id, edges[i][0], edges[i][1], edges[i][2]);
	}
	return mgraph.whole;
}

#define OPERATION(id, more) "{\"type\":\"a:b:c\",\"resource_id\":\"" id "\"" more "}"

static const char header[] = "{\"execution_id\":\"e\",\"graph_id\":\"0000000a\",\"deployment_id\":"
			     "\"app\",\"version\":\"v2\",\"kind\":\"apply\",\"status\":\"failed\"}";

static const char *const operations[] = {
	OPERATION("role",
	    ",\"region\":\"\",\"operation\":\"create\",\"status\":\"completed\",\"duration_"
	    "seconds\":1.25"),
	OPERATION("fn",
	    ",\"region\":\"us-east-1\",\"operation\":\"update\",\"status\":\"failed\","
	    "\"duration_seconds\":3,\"error\":{\"type\":\"denied\",\"code\":\"No\\u001b[1m\"}"),
	OPERATION(
	    "fn", ",\"region\":\"eu-west-1\",\"operation\":\"update\",\"status\":\"running\""),
	OPERATION(
	    "same", ",\"operation\":\"no_op\",\"status\":\"completed\",\"duration_seconds\":0.1"),
	OPERATION("last", ",\"operation\":\"ensure\",\"status\":\"blocked\""),
	OPERATION("undone", ",\"operation\":\"create\",\"status\":\"rolled_back\""),
	"{\"graph_id\":\"0000000a\"}", /* no operation: the Spec Graph that is run */
};

static const char *const operation_edges[][3] = { { "0", "1", "pause" }, { "0", "2", "dependency" },
	{ "1", "4", "dependency" }, { "2", "4", "dependency" }, { "root", "6", "runs" } };

static struct json_object *
execution(void)
{
	return document(
	    header, operations, array_len(operations), operation_edges, array_len(operation_edges));
}

START_TEST(of_an_execution_each_operation_tells_what_became_of_it)
{
	check_text(execution(), WIDE, false,
	    "app v2 (0000000a)  apply failed\n"
	    "├─ role (a:b:c)  created in 1.2s\n"
	    "│  ├╌ fn [us-east-1] (a:b:c)  failed: No\\x1b[1m  held by a pause\n"
	    "│  │  └─ last (a:b:c)  blocked  also after fn [eu-west-1]\n"
	    "│  └─ fn [eu-west-1] (a:b:c)  updating…\n"
	    "├─ same (a:b:c)  unchanged\n"
	    "└─ undone (a:b:c)  rolled back\n"
	    "\n"
	    "6 operations in 3 layers: 2 completed, 1 running, 1 failed, 1 blocked, 1 rolled "
	    "back\n");
	check_text(execution(), WIDE, true,
	    "\033[1mapp v2\033[0m (0000000a)  apply \033[31mfailed\033[0m\n"
	    "├─ \033[32mrole\033[0m (a:b:c)  \033[32mcreated in 1.2s\033[0m\n"
	    "│  ├╌ \033[31mfn [us-east-1]\033[0m (a:b:c)  \033[31mfailed: No\\x1b[1m\033[0m  "
	    "\033[33mheld by a pause\033[0m\n"
	    "│  │  └─ \033[31mlast\033[0m (a:b:c)  \033[31mblocked\033[0m  also after fn "
	    "[eu-west-1]\n"
	    "│  └─ \033[36mfn [eu-west-1]\033[0m (a:b:c)  \033[36mupdating…\033[0m\n"
	    "├─ \033[32msame\033[0m (a:b:c)  \033[32munchanged\033[0m\n"
	    "└─ \033[2mundone\033[0m (a:b:c)  \033[2mrolled back\033[0m\n"
	    "\n"
	    "6 operations in 3 layers: 2 completed, 1 running, 1 failed, 1 blocked, 1 rolled "
	    "back\n");
}
END_TEST

/* A chain of n, and one that waits for all of it. */
static struct json_object *
chain(size_t n)
{
	struct str          text;
	struct json_object *mgraph;

	str_init(&text, TEXT_MAX);
	str_add(&text, "{'deployment_id':'app','resources':{");
	for (size_t i = 0; i < n; i++)
		str_addf(&text,
		    "'n%zu':{'type':'test:iam:role','properties':{'role_name':'%s%zu'}},", i,
		    i > 0 ? "@n" : "x", i > 0 ? i - 1 : 0);
	str_add(&text, "'top':{" ROLE "}}}");
	mgraph = mgraph_of(text.data);
	str_fini(&text);
	return mgraph;
}

START_TEST(what_is_too_deep_for_the_columns_goes_on_below)
{
	check_text(chain(6), 24, false,
	    "app (93fe31f0)\n"
	    "├─ n0 (test:iam:role)\n"
	    "│  └─ n1 (test:iam:role)\n"
	    "│     └─ n2 (test:iam:role)\n"
	    "│        └─ n3 (test:iam:role)  goes on below\n"
	    "└─ top (test:iam:role)\n"
	    "\n"
	    "n3 …\n"
	    "└─ n4 (test:iam:role)\n"
	    "   └─ n5 (test:iam:role)\n"
	    "\n"
	    "7 resources in 6 layers\n");
}
END_TEST

START_TEST(what_a_resource_waits_for_is_told_as_far_as_there_is_room)
{
	static const char *const values[] = { OPERATION("a", ""), OPERATION("bb", ""),
		OPERATION("ccc", ""), OPERATION("dddd", ""), OPERATION("x", "") };
	static const char *const edges[][3] = { { "0", "4", "dependency" },
		{ "1", "4", "dependency" }, { "2", "4", "dependency" },
		{ "3", "4", "dependency" } };

	check_text(document("{}", values, array_len(values), edges, array_len(edges)), 46, false,
	    " (0123abcd)\n"
	    "├─ a (a:b:c)\n"
	    "│  └─ x (a:b:c)  also after bb and 2 more\n"
	    "├─ bb (a:b:c)\n"
	    "├─ ccc (a:b:c)\n"
	    "└─ dddd (a:b:c)\n"
	    "\n"
	    "5 resources in 2 layers\n");
	check_text(document("{}", values, array_len(values), edges, array_len(edges)), 1, false,
	    " (0123abcd)\n"
	    "├─ a (a:b:c)\n"
	    "│  └─ x (a:b:c)  also after bb and 2 more\n"
	    "├─ bb (a:b:c)\n"
	    "├─ ccc (a:b:c)\n"
	    "└─ dddd (a:b:c)\n"
	    "\n"
	    "5 resources in 2 layers\n");
}
END_TEST

START_TEST(a_long_chain_and_a_circle_end)
{
	static const char *const values[] = { OPERATION("a", ""), OPERATION("b", "") };
	static const char *const edges[][3] = { { "0", "1", "dependency" },
		{ "1", "0", "dependency" } };
	struct tree              tree;
	struct json_object      *mgraph = chain(5000);
	struct err               err;

	ck_assert(tree_read(&tree, mgraph, &err));
	ck_assert_uint_eq(tree.n, 5001);
	ck_assert_uint_eq(tree.layers, 5000);
	tree_fini(&tree);
	json_object_put(mgraph);
	check_text(document("{}", values, array_len(values), edges, array_len(edges)), WIDE, false,
	    " (0123abcd)\n"
	    "├─ a (a:b:c)  also after b\n"
	    "└─ b (a:b:c)  also after a\n"
	    "\n"
	    "2 resources in 0 layers\n");
}
END_TEST

START_TEST(what_is_no_graph_is_refused)
{
	static const char *const texts[] = { "{}", "{\"graph\":{\"model\":{\"data\":{\"nodes\":{},"
						   "\"edges\":{}}}}}" };

	for (size_t i = 0; i < array_len(texts); i++) {
		struct json_object *mgraph = json_of(texts[i]);
		struct tree         tree;
		struct err          err = { 0 };

		ck_assert(!tree_read(&tree, mgraph, &err));
		ck_assert_str_ne(err.detail, "");
		tree_fini(&tree);
		json_object_put(mgraph);
	}
}
END_TEST

Suite *suite_cli_tree(void);

Suite *
suite_cli_tree(void)
{
	Suite *suite = suite_create("cli_tree");
	TCase *tcase = tcase_create("cli_tree");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_resource_is_below_one_that_it_waits_for_as_deep_as_its_layer);
	tcase_add_test(tcase, what_is_held_says_so);
	tcase_add_test(tcase, of_an_execution_each_operation_tells_what_became_of_it);
	tcase_add_test(tcase, what_is_too_deep_for_the_columns_goes_on_below);
	tcase_add_test(tcase, what_a_resource_waits_for_is_told_as_far_as_there_is_room);
	tcase_add_test(tcase, a_long_chain_and_a_circle_end);
	tcase_add_test(tcase, what_is_no_graph_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
