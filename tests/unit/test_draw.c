/* SPDX-License-Identifier: Apache-2.0
 * test_draw.c - graphs as Graphviz and Mermaid are told them. */
#include <check.h>
#include <string.h>

#include "plan/draw.h"
#include "tests/unit/plan_fixture.h"
#include "util/json.h"

#define TEXT_MAX 65536

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

/* A role, and a function of two regions that waits for it twice: as what it refers to, and behind a pause. A group of
 * two, of which one is to go, and what is behind an end. */
static struct spec *
world(void)
{
	struct json_object *config = fixture_json(
	    "{'deployment_id':'app','version':'v1 <&>','targets':["
	    "{'provider':'test','regions':['us-east-1','eu-west-1']}],'resources':{"
	    "'role':{'type':'test:iam:role','properties':{'role_name':'n'}},"
	    "'fn':{'type':'test:fn:function','properties':{'name':'f','role':'@role'}},"
	    "'end':{'type':'test:iam:role','properties':{'role_name':'@fn.name'}},"
	    "'subgraph':{'type':'test:iam:role','properties':{'role_name':'x'},"
	    "'operation':'delete'},"
	    "'after':{'type':'test:iam:role','properties':{'role_name':'y'}}},"
	    "'composites':{'group':{'parts':['end','subgraph'],'type':'test:made:up'}},"
	    "'edges':[{'from':'role','to':'fn','type':'pause'},"
	    "{'from':'group','to':'after','type':'end'}]}");
	struct problems problems;
	struct spec    *spec;

	problems_init(&problems);
	spec = spec_build(registry, "tenant", config, 0, &problems);
	ck_assert_msg(spec != NULL, "%s", problems.n > 0 ? problems.items[0].detail : "?");
	problems_fini(&problems);
	json_object_put(config);
	return spec;
}

/* The role is made, the function fails in one region, and all else never came to its turn. */
static struct json_object *
outcome(void)
{
	return fixture_json("{'kind':'apply','status':'failed','operations':["
			    "{'operation':'create','status':'completed','duration_seconds':65.0},"
			    "{'operation':'update','status':'failed','duration_seconds':0.25},"
			    "{'operation':'ensure','status':'running'},"
			    "{'operation':'ensure','status':'blocked'},"
			    "{'operation':'delete','status':'rolled_back'},"
			    "{'operation':'ensure','status':'strange'}]}");
}

static const char spec_dot[] =
    "digraph \"e7af9d96\" {\n"
    "\tgraph [labelloc=\"t\", label=\"app v1 <&amp;> (e7af9d96)\"];\n"
    "\tnode [shape=\"box\", style=\"rounded,filled\", fillcolor=\"#ffffff\", color=\"#616161\"];\n"
    "\tedge [color=\"#616161\"];\n"
    "\t\"3070edd8\" [label=\"role\\ntest:iam:role\"];\n"
    "\t\"aa575714\" [label=\"fn\\ntest:fn:function\"];\n"
    "\t\"cb4c51da\" [label=\"after\\ntest:iam:role\"];\n"
    "\tsubgraph \"cluster_63c8685c\" {\n"
    "\t\tstyle=\"rounded\"; color=\"#9e9e9e\"; label=\"group\\ntest:made:up\";\n"
    "\t\t\"cb044b31\" [label=\"end\\ntest:iam:role\"];\n"
    "\t\t\"5fc99d23\" [label=\"subgraph\\ntest:iam:role\\ndelete\"];\n"
    "\t}\n"
    "\t\"cb044b31\" -> \"cb4c51da\" [label=\"end\", style=\"bold\", color=\"#c62828\"];\n"
    "\t\"aa575714\" -> \"cb044b31\";\n"
    "\t\"3070edd8\" -> \"aa575714\" [label=\"pause\", style=\"dashed\", color=\"#e65100\"];\n"
    "\t\"5fc99d23\" -> \"cb4c51da\" [label=\"end\", style=\"bold\", color=\"#c62828\"];\n"
    "}\n";
static const char spec_mermaid[] = "---\n"
				   "title: \"app v1 <&> (e7af9d96)\"\n"
				   "---\n"
				   "flowchart TD\n"
				   "\t3070edd8[\"role<br/>test:iam:role\"]\n"
				   "\taa575714[\"fn<br/>test:fn:function\"]\n"
				   "\tcb4c51da[\"after<br/>test:iam:role\"]\n"
				   "\tsubgraph 63c8685c[\"group<br/>test:made:up\"]\n"
				   "\t\tcb044b31[\"end<br/>test:iam:role\"]\n"
				   "\t\t5fc99d23[\"subgraph<br/>test:iam:role<br/>delete\"]\n"
				   "\tend\n"
				   "\tcb044b31 == \"end\" ==> cb4c51da\n"
				   "\taa575714 --> cb044b31\n"
				   "\t3070edd8 -. \"pause\" .-> aa575714\n"
				   "\t5fc99d23 == \"end\" ==> cb4c51da\n";
static const char execution_dot[] =
    "digraph \"e7af9d96\" {\n"
    "\tgraph [labelloc=\"t\", label=\"app v1 <&amp;> (e7af9d96): apply failed\"];\n"
    "\tnode [shape=\"box\", style=\"rounded,filled\", fillcolor=\"#ffffff\", color=\"#616161\"];\n"
    "\tedge [color=\"#616161\"];\n"
    "\t\"3070edd8\" [label=\"role\\ntest:iam:role\\ncreate: completed in 1m05s\", "
    "fillcolor=\"#c8e6c9\", color=\"#2e7d32\"];\n"
    "\t\"aa575714@us-east-1\" [label=\"fn [us-east-1]\\ntest:fn:function\\nupdate: failed in "
    "0.2s\", fillcolor=\"#ffcdd2\", color=\"#c62828\"];\n"
    "\t\"aa575714@eu-west-1\" [label=\"fn [eu-west-1]\\ntest:fn:function\\nrunning\", "
    "fillcolor=\"#bbdefb\", color=\"#1565c0\"];\n"
    "\t\"cb4c51da\" [label=\"after\\ntest:iam:role\\nstrange\"];\n"
    "\tsubgraph \"cluster_63c8685c\" {\n"
    "\t\tstyle=\"rounded\"; color=\"#9e9e9e\"; label=\"group\\ntest:made:up\";\n"
    "\t\t\"cb044b31\" [label=\"end\\ntest:iam:role\\nblocked\", fillcolor=\"#ffe0b2\", "
    "color=\"#e65100\"];\n"
    "\t\t\"5fc99d23\" [label=\"subgraph\\ntest:iam:role\\ndelete: rolled_back\", "
    "fillcolor=\"#e1bee7\", color=\"#6a1b9a\"];\n"
    "\t}\n"
    "\t\"3070edd8\" -> \"aa575714@us-east-1\" [label=\"pause\", style=\"dashed\", "
    "color=\"#e65100\"];\n"
    "\t\"3070edd8\" -> \"aa575714@eu-west-1\" [label=\"pause\", style=\"dashed\", "
    "color=\"#e65100\"];\n"
    "\t\"aa575714@us-east-1\" -> \"cb044b31\";\n"
    "\t\"aa575714@eu-west-1\" -> \"cb044b31\";\n"
    "\t\"cb044b31\" -> \"cb4c51da\" [label=\"end\", style=\"bold\", color=\"#c62828\"];\n"
    "\t\"5fc99d23\" -> \"cb4c51da\" [label=\"end\", style=\"bold\", color=\"#c62828\"];\n"
    "}\n";
static const char execution_mermaid[] =
    "---\n"
    "title: \"app v1 <&> (e7af9d96): apply failed\"\n"
    "---\n"
    "flowchart TD\n"
    "\t3070edd8[\"role<br/>test:iam:role<br/>create: completed in 1m05s\"]:::completed\n"
    "\taa575714_us-east-1[\"fn [us-east-1]<br/>test:fn:function<br/>update: failed in "
    "0.2s\"]:::failed\n"
    "\taa575714_eu-west-1[\"fn [eu-west-1]<br/>test:fn:function<br/>running\"]:::running\n"
    "\tcb4c51da[\"after<br/>test:iam:role<br/>strange\"]\n"
    "\tsubgraph 63c8685c[\"group<br/>test:made:up\"]\n"
    "\t\tcb044b31[\"end<br/>test:iam:role<br/>blocked\"]:::blocked\n"
    "\t\t5fc99d23[\"subgraph<br/>test:iam:role<br/>delete: rolled_back\"]:::rolled_back\n"
    "\tend\n"
    "\t3070edd8 -. \"pause\" .-> aa575714_us-east-1\n"
    "\t3070edd8 -. \"pause\" .-> aa575714_eu-west-1\n"
    "\taa575714_us-east-1 --> cb044b31\n"
    "\taa575714_eu-west-1 --> cb044b31\n"
    "\tcb044b31 == \"end\" ==> cb4c51da\n"
    "\t5fc99d23 == \"end\" ==> cb4c51da\n"
    "\tclassDef running fill:#bbdefb,stroke:#1565c0,color:#212121\n"
    "\tclassDef completed fill:#c8e6c9,stroke:#2e7d32,color:#212121\n"
    "\tclassDef failed fill:#ffcdd2,stroke:#c62828,color:#212121\n"
    "\tclassDef blocked fill:#ffe0b2,stroke:#e65100,color:#212121\n"
    "\tclassDef rolled_back fill:#e1bee7,stroke:#6a1b9a,color:#212121\n";

static const struct drawing_case {
	const struct draw_pen *pen;
	const char            *spec, *execution;
} drawing_cases[] = {
	{ &draw_dot, spec_dot, execution_dot },
	{ &draw_mermaid, spec_mermaid, execution_mermaid },
};

START_TEST(a_spec_graph_is_drawn)
{
	const struct drawing_case *row = &drawing_cases[_i];
	struct spec               *spec = world();
	struct str                 out;

	str_init(&out, TEXT_MAX);
	draw_spec(row->pen, spec, &out);
	ck_assert_str_eq(out.data, row->spec);
	str_fini(&out);
	spec_unref(spec);
}
END_TEST

START_TEST(an_execution_is_drawn_by_region_and_status)
{
	const struct drawing_case *row = &drawing_cases[_i];
	struct json_object        *execution = outcome();
	struct spec               *spec = world();
	struct graph              *graph = graph_create(spec, false);
	struct str                 out;

	str_init(&out, TEXT_MAX);
	draw_execution(row->pen, graph, execution, &out);
	ck_assert_str_eq(out.data, row->execution);
	str_fini(&out);
	json_object_put(execution);
	graph_destroy(graph);
	spec_unref(spec);
}
END_TEST

struct edges {
	const struct graph *graph;
	struct str          text;
};

static void
add_edge(void *arg, uint32_t from, uint32_t to, enum spec_edge_type type)
{
	struct edges *edges = arg;

	str_addf(&edges->text, "%s%s>%s%s %s\n", graph_node(edges->graph, from)->resource_id,
	    graph_region(edges->graph, from), graph_node(edges->graph, to)->resource_id,
	    graph_region(edges->graph, to), spec_edge_type_name(type));
}

static void
check_edges(bool reverse, const char *wanted)
{
	struct spec *spec = world();
	struct edges edges = { .graph = graph_create(spec, reverse) };

	str_init(&edges.text, TEXT_MAX);
	graph_each_edge(edges.graph, add_edge, &edges);
	ck_assert_str_eq(edges.text.data, wanted);
	str_fini(&edges.text);
	graph_destroy((struct graph *)(uintptr_t)edges.graph);
	spec_unref(spec);
}

START_TEST(each_edge_of_a_graph_comes_once_and_of_two_the_strictest)
{
	check_edges(false, "role>fnus-east-1 pause\nrole>fneu-west-1 pause\n"
			   "fnus-east-1>end dependency\nfneu-west-1>end dependency\n"
			   "end>after end\nsubgraph>after end\n");
}
END_TEST

START_TEST(on_the_way_back_nothing_is_held)
{
	check_edges(true, "fnus-east-1>role dependency\nfneu-west-1>role dependency\n"
			  "end>fnus-east-1 dependency\nend>fneu-west-1 dependency\n"
			  "after>end dependency\nafter>subgraph dependency\n");
}
END_TEST

/* ---- text ---- */

static const struct draw_escape marks[] = { { '\n', "/" }, { '\\', "\\\\" }, { 'a', "<a>" },
	{ 0, NULL } };

static const struct text_case {
	const char *text, *out;
} text_cases[] = {
	{ "", "" },
	{ "plain b", "pl<a>in b" },
	{ "b\nc", "b/c" },
	{ "a\\", "<a>\\\\" },
	{ "\x01\t\r\x7f", "\\\\x01\\\\x09\\\\x0d\\\\x7f" },
	{ "\xc2\x85\xc2\xa0", "\\\\x85\xc2\xa0" },
	{ "\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd", "\\\\xfffe\\\\xffff\xef\xbf\xbd" },
	{ "\xe2\x82\xac", "\xe2\x82\xac" },
};

START_TEST(text_is_escaped_and_what_can_not_be_shown_is_told)
{
	struct str out;

	str_init(&out, TEXT_MAX);
	draw_text(&out, text_cases[_i].text, marks);
	ck_assert_str_eq(out.data, text_cases[_i].out);
	str_fini(&out);
}
END_TEST

/* Whatever a label holds, it ends where it was to end. */
static const struct label_case {
	const struct draw_pen *pen;
	const char            *label, *line;
} label_cases[] = {
	{ &draw_dot, "a\"];\n\\N &lt; #35;",
	    "\t\"n\" [label=\"a\\\"];\\n\\\\N &amp;lt; #35;\"];\n" },
	{ &draw_mermaid, "a\"];\n\\n <b> &lt; #35; %%{x}%% `$$",
	    "\tn[\"a#quot;];<br/>#92;n #lt;b#gt; #amp;lt; #35;35; "
	    "#37;#37;#123;x#125;#37;#37; #96;#36;#36;\"]\n" },
};

START_TEST(a_label_can_hold_anything)
{
	struct draw_node node = { .node_id = "n", .region = "", .label = label_cases[_i].label };
	struct str       out;

	str_init(&out, TEXT_MAX);
	label_cases[_i].pen->node(&out, &node, false);
	ck_assert_str_eq(out.data, label_cases[_i].line);
	str_fini(&out);
}
END_TEST

Suite *suite_draw(void);

Suite *
suite_draw(void)
{
	Suite *suite = suite_create("draw");
	TCase *tcase = tcase_create("draw");
	int    drawings_n = (int)array_len(drawing_cases);

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_spec_graph_is_drawn, 0, drawings_n);
	tcase_add_loop_test(tcase, an_execution_is_drawn_by_region_and_status, 0, drawings_n);
	tcase_add_test(tcase, each_edge_of_a_graph_comes_once_and_of_two_the_strictest);
	tcase_add_test(tcase, on_the_way_back_nothing_is_held);
	tcase_add_loop_test(tcase, text_is_escaped_and_what_can_not_be_shown_is_told, 0,
	    (int)array_len(text_cases));
	tcase_add_loop_test(tcase, a_label_can_hold_anything, 0, (int)array_len(label_cases));
	suite_add_tcase(suite, tcase);
	return suite;
}
