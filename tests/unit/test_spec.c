/* SPDX-License-Identifier: Apache-2.0
 * test_spec.c - ids that last, and the way to MGraph JSON and back. */
#include <check.h>
#include <string.h>

#include "tests/unit/plan_fixture.h"
#include "util/json.h"
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

#define ROLE "'role':{'type':'test:iam:role','properties':{'role_name':'n'}}"
#define NET  "'net':{'type':'test:net:vpc','tags':{'a':'b'}}"
#define FN                                                                                        \
	"'fn':{'type':'test:fn:function','operation':'adopt','depends_on':['role'],'properties':" \
	"{'name':'f','environment':{'NET':'@net'}},'references':{'role':'role','runtime':'net."   \
	"arn'}}"
#define ALL "{" ROLE "," NET "," FN "}"

static struct spec *
build(struct json_object *config, const char *tenant, unsigned salt)
{
	struct problems problems;
	struct spec    *spec;

	problems_init(&problems);
	spec = spec_build(registry, tenant, config, salt, &problems);
	ck_assert_msg(spec != NULL, "%s", problems.n > 0 ? problems.items[0].detail : "?");
	problems_fini(&problems);
	return spec;
}

static bool
has_edge(const struct spec *spec, const char *from, const char *to, enum spec_edge_type type)
{
	size_t n = 0;

	for (size_t i = 0; i < spec->edges_n; i++) {
		const struct spec_edge *edge = &spec->edges[i];

		n += edge->from == fixture_node(spec, from) && edge->to == fixture_node(spec, to) &&
		     edge->type == type;
	}
	ck_assert_uint_le(n, 1); /* no two alike */
	return n == 1;
}

START_TEST(a_config_becomes_nodes_and_edges)
{
	struct spec            *spec = fixture_spec(registry, ALL);
	const struct spec_node *fn = &spec->nodes[2];

	ck_assert_str_eq(spec->tenant, "tenant");
	ck_assert_str_eq(spec->deployment_id, "app");
	ck_assert_str_eq(spec->version, "");
	ck_assert_uint_eq(spec->nodes_n, 3);
	ck_assert_str_eq(fn->resource_id, "fn");
	ck_assert_str_eq(fn->type->name, "test:fn:function");
	ck_assert_int_eq(fn->operation, SPEC_ADOPT);
	ck_assert_int_eq(spec->nodes[0].operation, SPEC_ENSURE);
	ck_assert_str_eq(json_get_str(fn->properties, "role"), "@role");
	ck_assert_str_eq(json_get_str(fn->properties, "runtime"), "@net.arn");
	ck_assert_uint_eq(fn->targets_n, 2);
	ck_assert_uint_eq(fn->targets[0], 0);
	ck_assert_uint_eq(fn->targets[1], 1);
	ck_assert_uint_eq(spec->edges_n, 2); /* depends_on says again what a reference says */
	ck_assert(has_edge(spec, "role", "fn", EDGE_DEPENDENCY));
	ck_assert(has_edge(spec, "net", "fn", EDGE_DEPENDENCY));
	ck_assert_str_eq(spec_operation_name(SPEC_VERIFY), "verify");
	spec_unref(spec);
}
END_TEST

START_TEST(x_from_means_x_unless_there_is_an_x_from)
{
	struct spec *spec = fixture_spec(registry,
	    "{" NET ",'r':{'type':'test:iam:role','properties':{'role_name':'n'},"
	    "'references':{'value_from':'net.arn','trust_from':'net'}}}");

	ck_assert_str_eq(json_get_str(spec->nodes[1].properties, "value"), "@net.arn");
	ck_assert_str_eq(json_get_str(spec->nodes[1].properties, "trust_from"), "@net");
	ck_assert(!json_has(spec->nodes[1].properties, "value_from"));
	spec_unref(spec);
}
END_TEST

START_TEST(edges_of_every_type_are_kept_once_each)
{
	struct json_object *config = fixture_config("{" ROLE "," NET "}");
	struct spec        *spec;

	json_set(config, "edges",
	    fixture_json("[{'from':'role','to':'net','type':'pause'},{'from':'role','to':'net'},"
			 "{'from':'role','to':'net','type':'end'}]"));
	json_set(json_path(config, "resources.net"), "depends_on", fixture_json("['role']"));
	spec = build(config, "tenant", 0);
	ck_assert_uint_eq(spec->edges_n, 3);
	ck_assert(has_edge(spec, "role", "net", EDGE_PAUSE));
	ck_assert(has_edge(spec, "role", "net", EDGE_END));
	ck_assert(has_edge(spec, "role", "net", EDGE_DEPENDENCY));
	ck_assert_str_ne(spec->edges[0].edge_id, spec->edges[1].edge_id);
	spec_unref(spec);
	json_object_put(config);
}
END_TEST

static bool
is_obj_id(const char *id)
{
	return strlen(id) == 8 && strspn(id, "0123456789abcdef") == 8;
}

START_TEST(ids_depend_on_what_they_name_and_on_nothing_else)
{
	struct spec *a = fixture_spec(registry, ALL);
	struct spec *b = fixture_spec(registry, "{" FN "," NET "," ROLE "}");
	struct spec *c =
	    fixture_spec(registry, "{'fn':{'type':'test:net:vpc'},'more':{'type':'test:net:vpc'}}");

	ck_assert(is_obj_id(a->graph_id));
	ck_assert_str_eq(a->graph_id, b->graph_id); /* order says nothing */
	ck_assert_str_ne(a->graph_id, c->graph_id);
	for (size_t i = 0; i < a->nodes_n; i++) {
		const struct spec_node *x = &a->nodes[i];
		const struct spec_node *y = &b->nodes[fixture_node(b, x->resource_id)];

		ck_assert(is_obj_id(x->node_id));
		ck_assert(is_obj_id(x->edge_id));
		ck_assert_uint_eq(strspn(x->hash, "0123456789abcdef"), 16);
		ck_assert_str_eq(x->node_id, y->node_id);
		ck_assert_str_eq(x->edge_id, y->edge_id);
		ck_assert_str_eq(x->hash, y->hash);
	}
	ck_assert_str_eq(a->nodes[2].node_id, c->nodes[0].node_id); /* over versions and types */
	ck_assert_str_ne(a->nodes[2].hash, c->nodes[0].hash);
	spec_unref(a);
	spec_unref(b);
	spec_unref(c);
}
END_TEST

START_TEST(tenant_deployment_version_and_salt_make_other_graphs)
{
	struct json_object *config = fixture_config(ALL);
	struct spec        *base = build(config, "tenant", 0), *tenant = build(config, "other", 0),
		    *salted = build(config, "tenant", 1), *version, *deployment;

	json_set_str(config, "version", "v2");
	version = build(config, "tenant", 0);
	json_set_str(config, "deployment_id", "app2");
	deployment = build(config, "tenant", 0);
	ck_assert_str_ne(base->graph_id, tenant->graph_id);
	ck_assert_str_ne(base->nodes[0].node_id, tenant->nodes[0].node_id);
	ck_assert_str_ne(base->graph_id, salted->graph_id);
	ck_assert_str_eq(base->nodes[0].node_id, salted->nodes[0].node_id);
	ck_assert_str_ne(base->graph_id, version->graph_id);
	ck_assert_str_eq(base->nodes[0].node_id, version->nodes[0].node_id);
	ck_assert_str_ne(version->nodes[0].node_id, deployment->nodes[0].node_id);
	ck_assert_str_eq(version->version, "v2");
	spec_unref(base);
	spec_unref(tenant);
	spec_unref(salted);
	spec_unref(version);
	spec_unref(deployment);
	json_object_put(config);
}
END_TEST

START_TEST(the_hash_tells_properties_references_and_tags_apart)
{
	static const char *const others[] = {
		"{" ROLE "," NET ",'x':{'type':'test:net:vpc','properties':{'cidr':'2'}}}",
		"{" ROLE "," NET
		",'x':{'type':'test:net:vpc','properties':{'cidr':'1'},'tags':{'a':'b'}}}",
		"{" ROLE "," NET ",'x':{'type':'test:net:vpc','properties':{'cidr':'1'},"
		"'references':{'peer':'net'}}}",
	};
	struct spec *base = fixture_spec(
	    registry, "{" ROLE "," NET ",'x':{'type':'test:net:vpc','properties':{'cidr':'1'}}}");

	for (size_t i = 0; i < array_len(others); i++) {
		struct spec *other = fixture_spec(registry, others[i]);

		ck_assert_str_ne(base->nodes[2].hash, other->nodes[2].hash);
		ck_assert_str_eq(base->nodes[0].hash, other->nodes[0].hash);
		spec_unref(other);
	}
	spec_unref(base);
}
END_TEST

/* SHA-256 of "tenant", "app" and these two resource ids begins alike, with 51971e9e. */
#define TWINS(a, b) "{'" a "':{'type':'test:net:vpc'},'" b "':{'type':'test:net:vpc'}}"

START_TEST(ids_that_meet_are_told_apart_whatever_the_order)
{
	struct spec *spec = fixture_spec(registry, TWINS("r27367", "r70852"));
	struct spec *turned = fixture_spec(registry, TWINS("r70852", "r27367"));
	struct spec *alone = fixture_spec(registry, "{'r70852':{'type':'test:net:vpc'}}");

	ck_assert_str_eq(alone->nodes[0].node_id, "51971e9e");
	ck_assert_str_eq(spec->nodes[0].node_id, "51971e9e");
	ck_assert_str_ne(spec->nodes[1].node_id, "51971e9e");
	ck_assert(is_obj_id(spec->nodes[1].node_id));
	ck_assert_str_eq(turned->nodes[0].node_id, spec->nodes[1].node_id);
	ck_assert_str_eq(turned->nodes[1].node_id, "51971e9e");
	ck_assert_str_ne(spec->nodes[0].edge_id, spec->nodes[1].edge_id);
	spec_unref(spec);
	spec_unref(turned);
	spec_unref(alone);
}
END_TEST

START_TEST(a_graph_comes_back_from_mgraph_json_as_it_was)
{
	struct json_object *config = fixture_config(ALL), *mgraph, *again;
	struct spec        *spec, *back;
	struct err          err = { 0 };

	json_set_str(config, "version", "v1");
	json_set(config, "tags", fixture_json("{'team':'x'}"));
	json_set(config, "edges", fixture_json("[{'from':'role','to':'net','type':'pause'}]"));
	json_set(config, "credentials", fixture_json("{'test':{'key':'SECRET'}}"));
	spec = build(config, "tenant", 3);
	mgraph = spec_to_mgraph(spec);
	ck_assert_ptr_null(strstr(json_text(mgraph), "SECRET"));
	again = json_read(json_text(mgraph), strlen(json_text(mgraph)), &err);
	ck_assert_ptr_nonnull(again);
	back = spec_from_mgraph(registry, "tenant", again, &err);
	ck_assert_msg(back != NULL, "%s", err.detail);
	ck_assert_str_eq(back->graph_id, spec->graph_id);
	ck_assert_uint_eq(back->salt, 3);
	ck_assert(json_same(back->config, spec->config));
	ck_assert_str_eq(back->nodes[2].resource_id, "fn");
	ck_assert_str_eq(back->nodes[2].hash, spec->nodes[2].hash);
	ck_assert_str_eq(back->edges[0].edge_id, spec->edges[0].edge_id);
	spec_unref(back);

	ck_assert_ptr_null(spec_from_mgraph(registry, "other", again, &err));
	ck_assert_int_eq(err.code, ERR_CONFLICT);
	spec_unref(spec);
	json_object_put(mgraph);
	json_object_put(again);
	json_object_put(config);
}
END_TEST

START_TEST(the_mgraph_json_has_the_shape_that_mgraph_loads)
{
	struct spec        *spec = fixture_spec(registry, ALL);
	struct json_object *mgraph = spec_to_mgraph(spec);
	struct json_object *nodes = json_path(mgraph, "graph.model.data.nodes");
	struct json_object *edges = json_path(mgraph, "graph.model.data.edges");
	struct json_object *node = json_get(nodes, spec->nodes[0].node_id);
	struct json_object *edge = json_get(edges, spec->nodes[0].edge_id);

	ck_assert_int_eq(json_object_object_length(nodes), 4);
	ck_assert_int_eq(json_object_object_length(edges), 3 + 2);
	ck_assert_str_eq(
	    json_get_str(json_path(mgraph, "graph.model.data"), "graph_id"), spec->graph_id);
	ck_assert_str_eq(json_get_str(node, "node_id"), spec->nodes[0].node_id);
	ck_assert_str_eq(json_get_str(node, "node_type"),
	    "mgraph_db.mgraph.schemas.Schema__MGraph__Node__Value.Schema__MGraph__Node__Value");
	ck_assert_str_eq(json_get_str(json_get(node, "node_data"), "key"), "role");
	ck_assert_str_eq(json_get_str(json_get(node, "node_data"), "value_type"), "builtins.str");
	ck_assert_str_eq(json_get_str(json_get(node, "node_data"), "value"),
	    "{\"type\":\"test:iam:role\",\"properties\":{\"role_name\":\"n\"}}");
	ck_assert_str_eq(json_get_str(edge, "edge_id"), spec->nodes[0].edge_id);
	ck_assert_str_eq(json_get_str(edge, "to_node_id"), spec->nodes[0].node_id);
	ck_assert_str_eq(json_get_str(json_get(edge, "edge_label"), "predicate"), "contains");
	json_object_put(mgraph);
	spec_unref(spec);
}
END_TEST

/* One change to a right document each. */
static const struct broken {
	const char *path, *key, *value;
} broken[] = {
	{ "graph.model", "data", "{}" },
	{ "graph.model.data", "graph_id", "'00000000'" },
	{ "graph.model.data", "nodes", "[]" },
	{ "graph.model.data", "nodes", "{}" },
	{ "graph.model.data", "edges", "{}" },
	{ "graph.model.data.nodes.NODE", "node_data", "{}" },
	{ "graph.model.data.nodes.NODE.node_data", "key", "'other'" },
	{ "graph.model.data.nodes.NODE.node_data", "value", "'{'" },
	{ "graph.model.data.nodes.NODE.node_data", "value", "'[]'" },
	{ "graph.model.data.nodes.NODE.node_data", "value", "1" },
	{ "graph.model.data.nodes", "00000000", "{}" },
};

START_TEST(mgraph_json_that_was_tampered_with_is_refused)
{
	const struct broken *row = &broken[_i];
	struct spec         *spec = fixture_spec(registry, "{" NET "}");
	struct json_object  *mgraph = spec_to_mgraph(spec), *at, *list;
	const char          *mark = strstr(row->path, "NODE");
	struct str           path, value;
	struct err           err = { 0 };

	str_init(&path, 1000);
	str_init(&value, 1000);
	str_addf(&path, "%.*s%s%s", mark != NULL ? (int)(mark - row->path) : 1000, row->path,
	    mark != NULL ? spec->nodes[0].node_id : "", mark != NULL ? mark + 4 : "");
	str_addf(&value, "[%s]", row->value);
	at = json_path(mgraph, path.data);
	ck_assert_ptr_nonnull(at);
	list = fixture_json(value.data);
	json_set(at, row->key, json_object_get(json_object_array_get_idx(list, 0)));
	ck_assert_ptr_null(spec_from_mgraph(registry, "tenant", mgraph, &err));
	ck_assert_str_ne(err.detail, "");
	str_fini(&path);
	str_fini(&value);
	json_object_put(list);
	json_object_put(mgraph);
	spec_unref(spec);
}
END_TEST

START_TEST(a_spec_lives_as_long_as_someone_holds_it)
{
	struct spec *spec = fixture_spec(registry, ALL);

	ck_assert_ptr_eq(spec_ref(spec), spec);
	spec_unref(spec);
	ck_assert_str_eq(spec->deployment_id, "app");
	spec_unref(spec);
	spec_unref(NULL);
}
END_TEST

Suite *suite_spec(void);

Suite *
suite_spec(void)
{
	Suite *suite = suite_create("spec");
	TCase *tcase = tcase_create("spec");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_config_becomes_nodes_and_edges);
	tcase_add_test(tcase, x_from_means_x_unless_there_is_an_x_from);
	tcase_add_test(tcase, edges_of_every_type_are_kept_once_each);
	tcase_add_test(tcase, ids_depend_on_what_they_name_and_on_nothing_else);
	tcase_add_test(tcase, tenant_deployment_version_and_salt_make_other_graphs);
	tcase_add_test(tcase, the_hash_tells_properties_references_and_tags_apart);
	tcase_add_test(tcase, ids_that_meet_are_told_apart_whatever_the_order);
	tcase_add_test(tcase, a_graph_comes_back_from_mgraph_json_as_it_was);
	tcase_add_test(tcase, the_mgraph_json_has_the_shape_that_mgraph_loads);
	tcase_add_loop_test(
	    tcase, mgraph_json_that_was_tampered_with_is_refused, 0, (int)array_len(broken));
	tcase_add_test(tcase, a_spec_lives_as_long_as_someone_holds_it);
	suite_add_tcase(suite, tcase);
	return suite;
}
