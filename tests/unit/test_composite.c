/* SPDX-License-Identifier: Apache-2.0
 * test_composite.c - resources that expand into a subgraph: what they become, and where their problems are told. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan/graph.h"
#include "plan/plan.h"
#include "provider/provider.h"
#include "tests/unit/plan_fixture.h"
#include "util/json.h"
#include "util/pattern.h"
#include "util/str.h"

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

#define SERVICE(more) "{'type':'test:fn:service'," more "}"
#define API           "'api':" SERVICE("'properties':{'name':'app'}")
#define VPC           "{'type':'test:net:vpc'}"

static struct json_object *
properties_of(const struct spec *spec, const char *resource_id)
{
	return spec->nodes[fixture_node(spec, resource_id)].properties;
}

static void
expect_properties(const struct spec *spec, const char *resource_id, const char *text)
{
	struct json_object *want = fixture_json(text), *is = properties_of(spec, resource_id);

	ck_assert_msg(json_same(want, is), "%s: %s", resource_id, json_text(is));
	json_object_put(want);
}

static bool
waits(const struct spec *spec, const char *to, const char *from)
{
	for (size_t i = 0; i < spec->edges_n; i++) {
		if (spec->edges[i].from == fixture_node(spec, from) &&
		    spec->edges[i].to == fixture_node(spec, to))
			return true;
	}
	return false;
}

/* ---- what it becomes ---- */

START_TEST(a_composite_gives_way_to_its_parts)
{
	struct spec *spec = fixture_spec(registry, "{'x':" VPC "," API ",'y':" VPC "}");
	const struct spec_composite *composite = &spec->composites[0];

	ck_assert_uint_eq(spec->nodes_n, 4); /* net and open are not asked for */
	ck_assert_str_eq(spec->nodes[0].resource_id, "x");
	ck_assert_str_eq(spec->nodes[1].resource_id, "api-role");
	ck_assert_str_eq(spec->nodes[2].resource_id, "api-function");
	ck_assert_str_eq(spec->nodes[3].resource_id, "y");
	expect_properties(
	    spec, "api-role", "{'role_name':'app-role','policy':{'of':['app'],'note':'@@{name}'}}");
	expect_properties(spec, "api-function",
	    "{'name':'app','role':'@api-role','memory':256,"
	    "'environment':{'BOTH':'app/@{api-role.name}'}}");
	ck_assert(waits(spec, "api-function", "api-role"));
	ck_assert_uint_eq(spec->edges_n, 1);
	ck_assert_uint_eq(spec->composites_n, 1);
	ck_assert_str_eq(composite->resource_id, "api");
	ck_assert_uint_eq(composite->parts_n, 2);
	ck_assert_ptr_eq(spec->nodes[1].composite, composite);
	ck_assert_str_eq(spec_node_composite(&spec->nodes[2]), "api");
	ck_assert_ptr_null(spec_node_composite(&spec->nodes[0]));
	spec_unref(spec);
}
END_TEST

START_TEST(a_part_is_the_same_resource_as_one_written_out)
{
	struct spec *spec = fixture_spec(registry, "{" API "}");
	struct spec *plain = fixture_spec(registry,
	    "{'api-function':{'type':'test:fn:function','properties':{'name':'app','role':'@api-"
	    "role',"
	    "'memory':256,'environment':{'BOTH':'app/@{api-role.name}'}}},"
	    "'api-role':{'type':'test:iam:role','properties':{'role_name':'app-role',"
	    "'policy':{'of':['app'],'note':'@@{name}'}}}}");

	for (size_t i = 0; i < plain->nodes_n; i++) {
		const struct spec_node *a = &plain->nodes[i];
		const struct spec_node *b = &spec->nodes[fixture_node(spec, a->resource_id)];

		ck_assert_str_eq(a->node_id, b->node_id);
		ck_assert_str_eq(a->edge_id, b->edge_id);
		ck_assert_str_eq(a->hash, b->hash);
	}
	spec_unref(spec);
	spec_unref(plain);
}
END_TEST

START_TEST(parts_are_there_when_their_properties_say_so)
{
	struct spec *spec = fixture_spec(registry,
	    "{'api':" SERVICE("'properties':{'name':'app','net':{'cidr':'10','kind':'open'},"
			      "'policy':{'a':1},'function':{'memory':512,'layers':['l']}}") "}");

	ck_assert_uint_eq(spec->nodes_n, 4);
	expect_properties(spec, "api-net", "{'cidr':'10'}");
	expect_properties(spec, "api-open", "{'peer':'@api-function.arn'}");
	expect_properties(spec, "api-role",
	    "{'role_name':'app-role','policy':{'of':['app',{'a':1}],'note':'@@{name}'}}");
	expect_properties(spec,
	    "api-function", /* what is given by name goes over what the type says */
	    "{'name':'app','role':'@api-role','memory':512,'layers':['l'],"
	    "'environment':{'NET':'@api-net.id','BOTH':'app/@{api-role.name}'}}");
	ck_assert(waits(spec, "api-function", "api-net"));
	spec_unref(spec);
	spec =
	    fixture_spec(registry, "{'api':" SERVICE("'properties':{'name':'app','net':{}}") "}");
	ck_assert_uint_eq(spec->nodes_n, 3); /* closed, by default */
	spec_unref(spec);
}
END_TEST

START_TEST(values_keep_their_meaning_within_longer_texts)
{
	static const struct {
		const char *name, *whole, *within;
	} rows[] = {
		{ "@x.id", "@x.id", "@{x.id}-role" },
		{ "@@a", "@@a", "@@a-role" }, /* a plain "@a" in front */
		{ "b@{x.id}", "b@{x.id}", "b@{x.id}-role" },
		{ "b@@{c", "b@@{c", "b@@{c-role" },
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		struct str   resources;
		struct spec *spec;

		str_init(&resources, 1000);
		str_addf(&resources,
		    "{'x':" VPC ",'api':{'type':'test:fn:service','properties':{'name':'%s',"
		    "'function':{'name':'f'}}}}",
		    rows[i].name);
		spec = fixture_spec(registry, resources.data);
		ck_assert_str_eq(
		    json_get_str(properties_of(spec, "api-role"), "role_name"), rows[i].within);
		ck_assert_str_eq(json_object_get_string(
				     json_path(properties_of(spec, "api-role"), "policy.of.0")),
		    rows[i].whole);
		spec_unref(spec);
		str_fini(&resources);
	}
}
END_TEST

START_TEST(references_of_a_composite_are_its_properties)
{
	struct spec *spec = fixture_spec(registry,
	    "{'x':" VPC ",'api':" SERVICE("'references':{'name_from':'x.arn'},'properties':"
					  "{'function':{'name':'f'}}") "}");

	ck_assert_str_eq(
	    json_get_str(properties_of(spec, "api-role"), "role_name"), "@{x.arn}-role");
	ck_assert(waits(spec, "api-role", "x"));
	spec_unref(spec);
}
END_TEST

START_TEST(what_is_said_of_the_whole_is_said_of_each_part)
{
	struct json_object *config = fixture_config(
	    "{'api':" SERVICE("'operation':'adopt','timeout':60,'tags':{'a':'b'},'regions':"
			      "['us-east-1'],'properties':{'name':'app'}") "}");
	struct problems problems;
	struct spec    *spec;

	problems_init(&problems);
	spec = spec_build(registry, "tenant", config, 0, &problems);
	ck_assert_msg(spec != NULL, "%s", problems.n > 0 ? problems.items[0].detail : "?");
	for (size_t i = 0; i < spec->nodes_n; i++) {
		const struct spec_node *node = &spec->nodes[i];

		ck_assert_int_eq(node->operation, SPEC_ADOPT);
		ck_assert_int_eq(node->timeout_s, 60);
		ck_assert_str_eq(json_get_str(node->tags, "a"), "b");
		ck_assert_uint_eq(node->regions_n, node->type->global ? 0 : 1);
	}
	spec_unref(spec);
	problems_fini(&problems);
	json_object_put(config);
}
END_TEST

/* ---- from outside ---- */

static struct json_object *
look(void *arg, size_t target, const char *output)
{
	const struct spec *spec = arg;
	static char        text[200];

	static struct json_object *last;

	json_object_put(last);
	snprintf(text, sizeof(text), "<%s.%s>", spec->nodes[target].resource_id, output);
	last = json_object_new_string(text);
	return last;
}

START_TEST(an_output_of_the_whole_is_that_of_a_part)
{
	struct spec        *spec = fixture_spec(registry,
		   "{'api':" SERVICE(
		       "'properties':{'name':'app','net':{}}") ",'x':{'type':'test:fn:function',"
								      "'properties':{'name':'x','environment':{'"
								      "A':'@api','B':'@api.net','C':'u=@{api.url."
								      "host}'},"
								      "'code':'@api-role.name'},'references':{'"
								      "role':'api.role'}}}");
	struct json_object *resolved, *want;
	size_t              missing;

	resolved = spec_resolve(spec, fixture_node(spec, "x"), look, spec, &missing);
	want =
	    fixture_json("{'name':'x','environment':{'A':'<api-function.arn>','B':'<api-net.id>',"
			 "'C':'u=<api-function.url.host>'},'code':'<api-role.name>','role':"
			 "'<api-role.arn>'}");
	ck_assert_uint_eq(missing, 0);
	ck_assert_msg(json_same(resolved, want), "%s", json_text(resolved));
	ck_assert(waits(spec, "x", "api-function"));
	ck_assert(waits(spec, "x", "api-net"));
	ck_assert(waits(spec, "x", "api-role"));
	json_object_put(resolved);
	json_object_put(want);
	spec_unref(spec);
}
END_TEST

START_TEST(who_waits_for_it_waits_for_its_last_parts_and_its_first_wait_for_others)
{
	struct json_object *config = fixture_config("{'x':" VPC ",'api':" SERVICE(
	    "'depends_on':['x'],'properties':{'name':'app','net':"
	    "{'kind':'open'}}") ",'y':{'type':'test:net:vpc',"
				"'depends_on':['api']},'other':" SERVICE(
				    "'depends_on':['api'],'properties':{'name':'b'}") "}");
	struct problems     problems;
	struct spec        *spec;
	size_t              pauses = 0;

	json_set(config, "edges", fixture_json("[{'from':'api','to':'other','type':'pause'}]"));
	problems_init(&problems);
	spec = spec_build(registry, "tenant", config, 0, &problems);
	ck_assert_msg(spec != NULL, "%s", problems.n > 0 ? problems.items[0].detail : "?");
	/* role, net -> function -> open */
	ck_assert(waits(spec, "api-role", "x") && waits(spec, "api-net", "x"));
	ck_assert(!waits(spec, "api-function", "x") && !waits(spec, "api-open", "x"));
	ck_assert(waits(spec, "y", "api-open") && !waits(spec, "y", "api-function"));
	ck_assert(waits(spec, "other-role", "api-open"));
	ck_assert(!waits(spec, "other-function", "api-open"));
	for (size_t i = 0; i < spec->edges_n; i++)
		pauses += spec->edges[i].type == EDGE_PAUSE;
	ck_assert_uint_eq(pauses, 1);
	spec_unref(spec);
	problems_fini(&problems);
	json_object_put(config);
}
END_TEST

/* ---- in both graphs ---- */

START_TEST(the_spec_graph_shows_the_whole_and_its_parts_and_comes_back)
{
	struct spec *spec =
	    fixture_spec(registry, "{'x':{'type':'test:net:vpc','depends_on':['api']}," API "}");
	struct json_object          *mgraph = spec_to_mgraph(spec), *again;
	struct json_object          *nodes = json_path(mgraph, "graph.model.data.nodes");
	struct json_object          *edges = json_path(mgraph, "graph.model.data.edges");
	const struct spec_composite *composite = &spec->composites[0];
	struct json_object          *node = json_get(nodes, composite->node_id);
	struct spec                 *back;
	struct err                   err = { 0 };

	ck_assert_int_eq(json_object_object_length(nodes), 1 + 1 + 3);
	ck_assert_str_eq(json_get_str(json_get(node, "node_data"), "key"), "api");
	ck_assert_ptr_nonnull(strstr(
	    json_get_str(json_get(node, "node_data"), "value"), "\"type\":\"test:fn:service\""));
	ck_assert_str_eq(
	    json_get_str(json_path(json_get(edges, composite->edge_id), "edge_label"), "predicate"),
	    "contains");
	for (size_t i = 0; i < composite->parts_n; i++) {
		struct json_object *edge = json_get(edges, composite->parts[i].edge_id);

		ck_assert_str_eq(json_get_str(edge, "from_node_id"), composite->node_id);
		ck_assert_str_eq(json_get_str(edge, "to_node_id"),
		    spec->nodes[composite->parts[i].node].node_id);
		ck_assert_str_eq(
		    json_get_str(json_get(edge, "edge_label"), "predicate"), "expands_to");
	}
	again = json_read(json_text(mgraph), strlen(json_text(mgraph)), &err);
	back = spec_from_mgraph(registry, "tenant", again, &err);
	ck_assert_msg(back != NULL, "%s", err.detail);
	ck_assert_str_eq(back->graph_id, spec->graph_id);
	ck_assert(json_same(back->config, spec->config));
	ck_assert_str_eq(back->composites[0].node_id, composite->node_id);
	ck_assert_str_eq(spec_node_composite(&back->nodes[fixture_node(back, "api-role")]), "api");
	spec_unref(back);
	json_object_put(again);
	json_object_put(mgraph);
	spec_unref(spec);
}
END_TEST

START_TEST(a_plan_says_of_each_part_whose_it_is)
{
	struct spec        *spec = fixture_spec(registry, "{'x':" VPC "," API "}");
	struct graph       *graph = graph_create(spec, false);
	struct json_object *plan = plan_to_json(graph, NULL, NULL);
	struct json_object *operations = json_get_array(plan, "operations");
	size_t              parts = 0;

	for (size_t i = 0; i < json_object_array_length(operations); i++) {
		struct json_object *operation = json_object_array_get_idx(operations, i);
		const char         *composite = json_get_str(operation, "composite");

		ck_assert(str_eq(composite, "api") ==
			  str_starts(json_get_str(operation, "resource_id"), "api-"));
		parts += composite != NULL;
	}
	ck_assert_uint_eq(parts, 2);
	for (size_t v = 0; v < graph->n; v++)
		ck_assert(
		    graph_is_named(graph, v, "api") == (graph_node(graph, v)->composite != NULL));
	json_object_put(plan);
	graph_destroy(graph);
	spec_unref(spec);
}
END_TEST

START_TEST(resources_can_be_grouped_by_hand)
{
	struct json_object *config = fixture_config(
	    "{'a':" VPC
	    ",'b':{'type':'test:net:vpc','depends_on':['a']},'c':{'type':'test:net:vpc',"
	    "'properties':{'peer':'@both.id'},'depends_on':['both']}}");
	struct problems problems;
	struct spec    *spec;

	json_set(config, "composites",
	    fixture_json("{'both':{'parts':['a','b'],'outputs':{'id':'a.id'}}}"));
	problems_init(&problems);
	spec = spec_build(registry, "tenant", config, 0, &problems);
	ck_assert_msg(spec != NULL, "%s", problems.n > 0 ? problems.items[0].detail : "?");
	ck_assert(waits(spec, "c", "b") && waits(spec, "c", "a")); /* b is last; a is referred to */
	spec_unref(spec);
	problems_fini(&problems);
	json_object_put(config);
}
END_TEST

/* ---- problems ---- */

#define HEAD        "{'deployment_id':'app','targets':[{'provider':'test','regions':['us-east-1']}],"
#define WITH(x)     HEAD "'resources':{" x "}}"
#define PROPS(x)    WITH("'api':" SERVICE("'properties':{" x "}"))
#define REFERS(x)   WITH(API ",'x':{'type':'test:fn:function','properties':{'name':'x'," x "}}")
#define GROUP(x)    HEAD "'resources':{" API ",'a':" VPC "},'composites':{" x "}}"
#define AT_PROPS(x) "/resources/api/properties" x

static const struct row {
	const char *config, *pointer, *code, *says;
} rows[] = {
	{ PROPS("'size':1"), AT_PROPS(""), "missing_property", "" },
	{ PROPS("'name':'app','sise':1"), AT_PROPS("/sise"), "unknown_property", "" },
	{ PROPS("'name':'app','size':'x'"), AT_PROPS("/size"), "wrong_type", "" },
	/* what only a part knows is told at the composite's place */
	{ PROPS("'name':'App'"), AT_PROPS("/name"), "bad_pattern", "of its 'api-function': " },
	{ PROPS("'name':'app','size':1"), AT_PROPS("/size"), "out_of_range",
	    "of its 'api-function': " },
	{ PROPS("'name':'app','function':{'memory':1}"), AT_PROPS("/function/memory"),
	    "out_of_range", "of its 'api-function': " },
	{ PROPS("'name':'app','function':{'memry':1}"), AT_PROPS("/function/memry"),
	    "unknown_property", "did you mean 'memory'" },
	{ PROPS("'name':'app','function':{'environment':{'A':'@nope'}}"),
	    AT_PROPS("/function/environment/A"), "dangling_reference", "'nope'" },
	{ PROPS("'name':'app','function':{'environment':{'A':'@api.arn'}}"),
	    AT_PROPS("/function/environment/A"), "self_reference", "" },
	{ PROPS("'name':'a@{nope.x}'"), AT_PROPS("/name"), "dangling_reference", "" },
	{ PROPS("'name':'a@{b','function':{'name':'f'}"), AT_PROPS("/name"), "bad_reference",
	    "of its 'api-role': " },
	{ PROPS("'name':'taken'"), AT_PROPS(""), "taken", "of its 'api-function': " },
	{ WITH("'api':" SERVICE("'references':{'name':'nope'},'properties':{}")),
	    "/resources/api/references/name", "dangling_reference", "" },
	/* parts are made from it */
	{ PROPS("'name':'app','net':'@x.y'"), AT_PROPS("/net"), "bad_reference", "written out" },
	{ PROPS("'name':'app','net':{'kind':'@x.y'}"), AT_PROPS("/net/kind"), "bad_reference",
	    "written out" },
	{ PROPS("'name':'app','function':'@x.y'"), AT_PROPS("/function"), "bad_reference",
	    "written out" },
	{ WITH("'api':" SERVICE("'properties':{'name':'app'}") ",'api-role':" VPC),
	    "/resources/api", "not_unique", "'api-role'" },
	{ WITH("'a':" SERVICE("'properties':{'name':'app'}") ",'a-role':" SERVICE(
	      "'properties':{'name':'app'}")),
	    "/resources/a", "not_unique", "'a-role'" },
	{ WITH("'a234567890123456789012345678901234567890123456789012345678901234':" SERVICE(
	      "'properties':{'name':'app'}")),
	    "/resources/a234567890123456789012345678901234567890123456789012345678901234",
	    "bad_length", "too long" },
	{ WITH("'api':" SERVICE("'depends_on':['y'],'properties':{'name':'app'}")),
	    "/resources/api/depends_on/0", "dangling_reference", "" },
	{ WITH("'api':" SERVICE("'depends_on':['api'],'properties':{'name':'app'}")),
	    "/resources/api/depends_on/0", "self_reference", "" },
	{ WITH("'api':" SERVICE("'depends_on':['api-role'],'properties':{'name':'app'}")),
	    "/resources/api/depends_on/0", "self_reference", "" },
	{ WITH("'api':" SERVICE("'regions':['eu-west-1'],'properties':{'name':'app'}")),
	    "/resources/api/regions/0", "bad_region", "of its 'api-function': " },
	{ "{'deployment_id':'app','resources':{" API "}}", "/resources/api", "missing_region", "" },
	{ WITH("'api':" SERVICE(
	      "'depends_on':['x'],'properties':{'name':'app'}") ",'x':{'type':"
								"'test:net:vpc','depends_on':['api'"
								"]}"),
	    "/resources/api", "cycle", "api-role -> x" },
	/* who refers to it */
	{ REFERS("'code':'@api.nope'"), "/resources/x/properties/code", "unknown_output",
	    "'api' (test:fn:service)" },
	{ REFERS("'code':'@api.net'"), "/resources/x/properties/code", "unknown_output",
	    "as it is configured" },
	{ REFERS("'code':'@apj.arn'"), "/resources/x/properties/code", "dangling_reference",
	    "did you mean 'api'" },
	/* groups */
	{ GROUP("'g':{'parts':['b']}"), "/composites/g/parts/0", "dangling_reference", "" },
	{ GROUP("'g':{'parts':['a']},'h':{'parts':['a']}"), "/composites/h/parts/0", "not_unique",
	    "" },
	{ GROUP("'g':{'parts':['a']},'h':{'parts':['g']}"), "/composites/h/parts/0", "not_unique",
	    "" },
	{ GROUP("'a':{'parts':['a']}"), "/composites/a", "not_unique", "" },
	{ GROUP("'api':{'parts':['a']}"), "/resources/api", "not_unique", "" },
	{ GROUP("'g':{'parts':['a'],'outputs':{'x':'a.nope'}}"), "/composites/g/outputs/x",
	    "unknown_output", "" },
	{ GROUP("'g':{'parts':['a'],'outputs':{'x':'api-role.arn'}}"), "/composites/g/outputs/x",
	    "unknown_output", "" },
	{ GROUP("'g':{'parts':['a'],'outputs':{'x':'a'}}"), "/composites/g/outputs/x",
	    "bad_reference", "" },
	{ GROUP("'g':{'parts':['a'],'depends_on':['a']}"), "/composites/g/depends_on/0",
	    "self_reference", "" },
};

START_TEST(a_problem_is_told_where_the_config_has_it)
{
	const struct row   *row = &rows[_i];
	struct json_object *config = fixture_json(row->config);
	struct problems     problems;
	const char         *detail;

	problems_init(&problems);
	ck_assert_ptr_null(spec_build(registry, "tenant", config, 0, &problems));
	ck_assert_msg(fixture_has(&problems, row->pointer, row->code), "%s: %s: %s",
	    problems.items[0].pointer, problems.items[0].code, problems.items[0].detail);
	detail = fixture_detail(&problems, row->pointer);
	ck_assert_msg(strstr(detail, row->says) != NULL, "%s", detail);
	for (size_t i = 1; i < problems.n; i++)
		ck_assert_msg(
		    strcmp(problems.items[i].pointer, problems.items[i - 1].pointer) != 0 ||
			strcmp(problems.items[i].detail, problems.items[i - 1].detail) != 0,
		    "told twice: %s", problems.items[i].pointer);
	problems_fini(&problems);
	json_object_put(config);
}
END_TEST

START_TEST(a_problem_of_the_whole_makes_none_for_who_refers_to_it)
{
	struct json_object *config = fixture_config("{'api':" SERVICE(
	    "'properties':{'size':1}") ",'x':{'type':'test:fn:function','depends_on':"
				       "['api','api-role'],'properties':{'name':'x','code':'@api."
				       "net'}}}");
	struct problems     problems;

	problems_init(&problems);
	ck_assert_ptr_null(spec_build(registry, "tenant", config, 0, &problems));
	ck_assert_uint_eq(problems.n, 1);
	ck_assert_str_eq(problems.items[0].pointer, AT_PROPS(""));
	problems_fini(&problems);
	json_object_put(config);
}
END_TEST

/* ---- files ---- */

#define FILE_HEAD "{'type':'other:a:b','title':'t','reference':'id'"
#define SCHEMA                                                                               \
	",'properties':{'type':'object','additionalProperties':false,'properties':{'name':{" \
	"'type':'string'},'net':{'type':'object','properties':{'cidr':{}}}}}"
#define OUT             ",'outputs':{'id':{'from':'net.id'}}"
#define NET             "'net':{'type':'test:net:vpc','properties':{}}"
#define TYPE(resources) FILE_HEAD SCHEMA OUT ",'resources':{" resources "}}"
#define PART(more)      TYPE(NET ",'p':{'type':'test:net:vpc'," more "}")

static const struct file {
	const char *file, *says;
} files[] = {
	{ TYPE(NET), NULL }, /* nobody needs a provider `other` */
	{ FILE_HEAD SCHEMA OUT ",'resources':[]}", "'resources' must be an object" },
	{ FILE_HEAD SCHEMA OUT ",'resources':{}}", "/resources" },
	{ FILE_HEAD SCHEMA OUT ",'seconds':3,'resources':{" NET "}}", "/seconds" },
	{ FILE_HEAD SCHEMA OUT ",'identity':{'class':'tagged'},'resources':{" NET "}}",
	    "/identity" },
	{ FILE_HEAD SCHEMA ",'outputs':{'id':{}},'resources':{" NET "}}", "/outputs/id" },
	{ FILE_HEAD SCHEMA ",'outputs':{'id':{'from':'net.x'}},'resources':{" NET "}}",
	    "no 'net.x'" },
	{ FILE_HEAD SCHEMA ",'outputs':{'id':{'from':'x.id'}},'resources':{" NET "}}",
	    "no 'x.id'" },
	{ TYPE(NET ",'P':{'type':'test:net:vpc','properties':{}}"), "/resources/P" },
	{ TYPE(NET ",'p':{'properties':{}}"), "/resources/p" },
	{ PART("'properties':{},'tags':{}"), "/resources/p/tags" },
	{ PART("'properties':{'cidr':'{nope}'}"), "no property 'nope'" },
	{ PART("'properties':{'cidr':'a{net.nope}'}"), "no property 'net.nope'" },
	{ PART("'properties':{'x':'{name}'}"), "test:net:vpc has no property 'x'" },
	{ PART("'properties':{'cidr':'@x.id'}"), "no resource 'x'" },
	{ PART("'properties':{'cidr':'@net.x'}"), "test:net:vpc has no output 'x'" },
	{ PART("'properties':{'cidr':'a@{net'}"), "not a reference" },
	{ PART("'properties':{'*':'@net.id'}"), "\"*\"" },
	{ PART("'properties':{'*':{'cidr':'x'}}"), "\"*\"" },
	{ PART("'properties':{'cidr':'@p.id'}"), "p -> p" },
	{ PART("'properties':{},'depends_on':['x']"), "no resource 'x'" },
	{ PART("'properties':{},'when':['x']"), "no property 'x'" },
	{ PART("'properties':{},'if':{'text':'{x}','is':['a']}"), "no property 'x'" },
	{ PART("'properties':{},'if':{'text':'x{name}','is':['a']}"), "/resources/p/if/text" },
	{ PART("'properties':{},'if':{'text':'{name}'}"), "/resources/p/if" },
	{ PART("'depends_on':['q'],'properties':{}},'q':{'type':'test:net:vpc','properties':{"
	       "'cidr':'@p.id'}"),
	    "p -> q -> p" },
	{ TYPE(NET ",'p':{'type':'test:fn:service','properties':{}}"), "is a composite itself" },
	{ TYPE(NET ",'p':{'type':'test:no:such','properties':{}}"),
	    "no resource type 'test:no:such'" },
};

START_TEST(a_file_that_is_not_sound_is_refused)
{
	const struct file  *row = &files[_i];
	char                folder[] = "/tmp/mgraph-types-XXXXXX", path[64];
	struct json_object *json = fixture_json(row->file);
	struct err          err = { 0 };
	enum err_code       code;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/a.json", folder);
	ck_assert_int_eq(json_object_to_file(path, json), 0);
	code = registry_load(registry, folder, &err);
	ck_assert_msg((code == ERR_OK) == (row->says == NULL), "%s", err.detail);
	if (row->says != NULL)
		ck_assert_msg(strstr(err.detail, row->says) != NULL, "%s", err.detail);
	ck_assert_int_eq(remove(path), 0);
	ck_assert_int_eq(rmdir(folder), 0);
	json_object_put(json);
}
END_TEST

Suite *suite_composite(void);

Suite *
suite_composite(void)
{
	Suite *suite = suite_create("composite");
	TCase *tcase = tcase_create("composite");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_composite_gives_way_to_its_parts);
	tcase_add_test(tcase, a_part_is_the_same_resource_as_one_written_out);
	tcase_add_test(tcase, parts_are_there_when_their_properties_say_so);
	tcase_add_test(tcase, values_keep_their_meaning_within_longer_texts);
	tcase_add_test(tcase, references_of_a_composite_are_its_properties);
	tcase_add_test(tcase, what_is_said_of_the_whole_is_said_of_each_part);
	tcase_add_test(tcase, an_output_of_the_whole_is_that_of_a_part);
	tcase_add_test(
	    tcase, who_waits_for_it_waits_for_its_last_parts_and_its_first_wait_for_others);
	tcase_add_test(tcase, the_spec_graph_shows_the_whole_and_its_parts_and_comes_back);
	tcase_add_test(tcase, a_plan_says_of_each_part_whose_it_is);
	tcase_add_test(tcase, resources_can_be_grouped_by_hand);
	tcase_add_loop_test(
	    tcase, a_problem_is_told_where_the_config_has_it, 0, (int)array_len(rows));
	tcase_add_test(tcase, a_problem_of_the_whole_makes_none_for_who_refers_to_it);
	tcase_add_loop_test(tcase, a_file_that_is_not_sound_is_refused, 0, (int)array_len(files));
	suite_add_tcase(suite, tcase);
	return suite;
}
