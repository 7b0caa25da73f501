/* SPDX-License-Identifier: Apache-2.0
 * test_archive.c - the documents of the archive, and where they lie. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "archive/entry.h"
#include "archive/execution_graph.h"
#include "archive/marker.h"
#include "archive/places.h"
#include "engine/view.h"
#include "plan/mgraph_document.h"
#include "tests/unit/json_of.h"
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

/* ---- the Execution Graph ---- */

/* A global role, and a function of two regions that waits for it behind a pause. */
static struct graph *
graph_of_two_regions(void)
{
	struct json_object *config = fixture_json(
	    "{'deployment_id':'app','targets':[{'provider':'test','regions':['us-east-1','eu-west-"
	    "1']}],"
	    "'resources':{'role':{'type':'test:iam:role','properties':{'role_name':'n'}},"
	    "'net':{'type':'test:net:vpc','depends_on':['role']}},"
	    "'edges':[{'from':'role','to':'net','type':'pause'}]}");
	struct problems problems;
	struct spec    *spec;
	struct graph   *graph;

	problems_init(&problems);
	spec = spec_build(registry, "tenant", config, 0, &problems);
	ck_assert_msg(spec != NULL, "%s", problems.n > 0 ? problems.items[0].detail : "?");
	problems_fini(&problems);
	json_object_put(config);
	graph = graph_create(spec, false);
	spec_unref(spec);
	return graph;
}

static const char header[] = "{\"graph_id\":\"0000000a\",\"execution_id\":\"e1\",\"deployment_id\":"
			     "\"app\",\"kind\":\"apply\","
			     "\"status\":\"paused\",\"version\":\"v1\",\"actor\":\"me\",\"events_"
			     "after\":0,\"last_event\":7}";

static struct json_object *
view_of(const struct graph *graph, const char *field, const char *record)
{
	struct store_item   items[] = { { .name = "", .text = header },
		  { .name = field, .text = record } };
	struct err          err;
	struct json_object *view = view_execution(graph, items, array_len(items), &err);

	ck_assert_msg(view != NULL, "%s", err.detail);
	return view;
}

/* As it stands when the role is made, and the rest waits. */
static struct json_object *
view_of_role(const struct graph *graph)
{
	char field[32], record[512];

	snprintf(field, sizeof(field), "%s@", graph->spec->nodes[0].node_id);
	snprintf(record, sizeof(record),
	    "{\"node_id\":\"%s\",\"resource_id\":\"role\",\"region\":\"\",\"type\":\"test:iam:"
	    "role\","
	    "\"operation\":\"create\",\"status\":\"completed\",\"phase\":\"completed\",\"attempt\":"
	    "1,"
	    "\"started_at\":\"2026-11-24T02:17:16.042Z\",\"completed_at\":\"2026-11-24T02:17:17."
	    "042Z\","
	    "\"outputs\":{\"arn\":\"a/r\\\"n\"},\"before\":{\"x\":1},\"acted\":true}",
	    graph->spec->nodes[0].node_id);
	return view_of(graph, field, record);
}

static size_t
count(struct json_object *edges, const char *predicate)
{
	size_t n = 0;

	json_object_object_foreach (edges, id, edge) {
		ck_assert_str_eq(id, json_get_str(edge, "edge_id"));
		ck_assert_uint_eq(strlen(id), 8);
		n += str_eq(json_get_str(json_get(edge, "edge_label"), "predicate"), predicate);
	}
	return n;
}

START_TEST(an_execution_becomes_a_graph_of_its_own)
{
	struct graph       *graph = graph_of_two_regions();
	struct json_object *view = view_of_role(graph), *mgraph = execution_to_mgraph(graph, view);
	struct json_object *data = mgraph_data(mgraph), *nodes = json_get(data, "nodes");
	struct json_object *edges = json_get(data, "edges");
	char                id[OBJ_ID_SIZE], again[OBJ_ID_SIZE];

	ck_assert_uint_eq(graph->n, 3);
	execution_graph_id(graph->spec->graph_id, "e1", id);
	execution_graph_id(graph->spec->graph_id, "e2", again);
	ck_assert_str_eq(json_get_str(data, "graph_id"), id);
	ck_assert_str_ne(id, again);
	ck_assert_str_ne(id, graph->spec->graph_id);
	ck_assert_uint_eq(strspn(id, "0123456789abcdef"), 8);
	ck_assert_int_eq(json_object_object_length(nodes), 3 + 2);
	ck_assert_uint_eq(count(edges, "contains"), 3);
	ck_assert_uint_eq(count(edges, "pause"), 2); /* it is no mere dependency */
	ck_assert_uint_eq(count(edges, "dependency"), 0);
	ck_assert_uint_eq(count(edges, "runs"), 1);
	ck_assert_ptr_null(strstr(json_text(mgraph), "before"));
	ck_assert_ptr_null(strstr(json_text(mgraph), "acted"));
	json_object_put(mgraph);
	json_object_put(view);
	graph_destroy(graph);
}
END_TEST

START_TEST(an_execution_comes_back_from_its_graph_as_it_was)
{
	struct graph           *graph = graph_of_two_regions();
	struct json_object     *view = view_of_role(graph), *back;
	struct json_object     *mgraph = execution_to_mgraph(graph, view), *read;
	struct execution_fields fields;
	struct err              err;

	read = json_read(json_text(mgraph), strlen(json_text(mgraph)), &err);
	ck_assert(execution_graph_read(&fields, read, &err));
	ck_assert_uint_eq(fields.n, 4);
	back = view_execution(graph, fields.items, fields.n, &err);
	ck_assert_msg(json_same(back, view), "%s\n%s", json_text(back), json_text(view));
	execution_fields_fini(&fields);
	json_object_put(back);
	json_object_put(read);
	json_object_put(mgraph);
	json_object_put(view);
	graph_destroy(graph);
}
END_TEST

START_TEST(what_is_no_execution_graph_is_refused)
{
	static const char *const texts[] = { "{}", "{\"graph\":{\"model\":{\"data\":{}}}}",
		"{\"graph\":{\"model\":{\"data\":{\"nodes\":{},\"edges\":{\"1\":{\"from_node_id\":"
		"\"a\","
		"\"edge_label\":{\"predicate\":\"contains\"}}}}}}}",
		"{\"graph\":{\"model\":{\"data\":{\"nodes\":{\"a\":{\"node_data\":{\"key\":\"x\","
		"\"value\":"
		"\"[]\"}}},\"edges\":{\"1\":{\"from_node_id\":\"a\",\"edge_label\":{\"predicate\":"
		"\"contains\"}}}}}}}" };
	struct execution_fields  fields;
	struct err               err;

	for (size_t i = 0; i < array_len(texts); i++) {
		struct json_object *json = json_of(texts[i]);

		ck_assert_msg(!execution_graph_read(&fields, json, &err), "%s", texts[i]);
		json_object_put(json);
	}
}
END_TEST

/* ---- the entry ---- */

START_TEST(an_entry_of_a_newer_format_is_refused_and_an_older_one_is_written_anew)
{
	struct json_object *entry = json_of("{\"tenant\":\"acme\",\"graph_id\":\"0000000a\","
					    "\"deployment_id\":\"app\",\"executions\":[]}");
	struct err          err;

	ck_assert_int_eq(
	    entry_check(entry, "acme", "0000000a", &err), ERR_OK); /* the first had none */
	entry_confirm(entry, 12, NULL, 1795000000000);
	ck_assert_int_eq(json_get_i64(entry, "format", 0), STORE_FORMAT);
	json_set_i64(entry, "format", STORE_FORMAT + 1);
	ck_assert_int_eq(entry_check(entry, "acme", "0000000a", &err), ERR_ARCHIVE_DOWN);
	ck_assert_ptr_nonnull(strstr(err.detail, "format 2"));
	ck_assert_ptr_nonnull(strstr(err.detail, "knows 1"));
	json_object_put(entry);
}
END_TEST

START_TEST(an_entry_keeps_earlier_executions_and_says_up_to_where_it_is)
{
	struct store_key    key;
	struct json_object *entry, *list;
	struct json_object *one =
	    json_of("{\"execution_id\":\"e1\",\"status\":\"running\",\"operations\":[]}");
	struct json_object *ended = json_of("{\"execution_id\":\"e1\",\"status\":\"failed\"}");
	struct json_object *two = json_of("{\"execution_id\":\"e2\",\"status\":\"completed\"}");
	struct err          err;

	ck_assert(store_key_set(&key, "acme", "app", "0000000a"));
	entry = entry_create(&key, "v1");
	ck_assert_int_eq(entry_check(entry, "acme", "0000000a", &err), ERR_OK);
	ck_assert_int_eq(entry_check(entry, "other", "0000000a", &err), ERR_NOT_FOUND);
	ck_assert_int_eq(entry_check(entry, "acme", "0000000b", &err), ERR_NOT_FOUND);
	ck_assert_int_eq(entry_check(NULL, "acme", "0000000a", &err), ERR_NOT_FOUND);
	ck_assert(!entry_has_spec(entry));
	ck_assert_ptr_null(entry_last_execution(entry));
	entry_put_execution(entry, one, "0000000c");
	entry_put_execution(entry, ended, "0000000c");
	entry_confirm(entry, 12, "graphs-acme", 1795000000000);
	ck_assert(entry_has_spec(entry));
	ck_assert_uint_eq(entry_event(entry, "e1"), 12);
	ck_assert_uint_eq(entry_event(entry, "e2"), 0);
	entry_put_execution(entry, two, "0000000d");
	list = json_get_array(entry, "executions");
	ck_assert_uint_eq(json_object_array_length(list), 2);
	ck_assert_str_eq(entry_last_execution(entry), "e2");
	ck_assert_str_eq(json_get_str(json_object_array_get_idx(list, 1), "status"), "failed");
	ck_assert_str_eq(
	    json_get_str(json_object_array_get_idx(list, 1), "execution_graph_id"), "0000000c");
	ck_assert(!json_has(json_object_array_get_idx(list, 1), "operations"));
	json_object_put(entry);
	json_object_put(one);
	json_object_put(ended);
	json_object_put(two);
}
END_TEST

START_TEST(an_entry_does_not_grow_for_ever)
{
	struct store_key    key;
	struct json_object *entry, *view = json_object_new_object();
	char                id[16];

	ck_assert(store_key_set(&key, "acme", "app", "0000000a"));
	entry = entry_create(&key, "v1");
	for (int i = 0; i < 2 * ENTRY_EXECUTIONS_MAX; i++) {
		snprintf(id, sizeof(id), "e%d", i);
		json_set_str(view, "execution_id", id);
		entry_put_execution(entry, view, "0000000c");
	}
	ck_assert_str_eq(entry_last_execution(entry), id);
	ck_assert_uint_eq(
	    json_object_array_length(json_get_array(entry, "executions")), ENTRY_EXECUTIONS_MAX);
	json_object_put(view);
	json_object_put(entry);
}
END_TEST

/* ---- places ---- */

START_TEST(a_place_is_named_by_characters_that_the_service_keeps)
{
	struct store_key key;
	struct str       text;
	char             ns[PLACES_NAMESPACE_SIZE], hash[PLACES_HASH_SIZE];

	ck_assert(places_is_base("deploy-service_2"));
	ck_assert(!places_is_base(""));
	ck_assert(!places_is_base("a/b"));
	ck_assert(!places_is_base("a.b"));
	ck_assert(
	    !places_is_base("0123456789012345678901234567890123456789012345678901234567890123"));
	places_namespace("deploy-service", "acme", ns);
	ck_assert_str_eq(ns, "deploy-service-acme");
	places_hash("0a1b2c3d", hash); /* as the Cache Service has computed it */
	ck_assert_str_eq(hash, "2510026a8dfd31fd");
	ck_assert(store_key_set(&key, "acme", "My.app_1-x", "0a1b2c3d"));
	str_init(&text, 256);
	places_entry(&key, &text);
	ck_assert_str_eq(text.data, "deploys/My.app_1-x/0a1b2c3d");
	str_clear(&text);
	places_node("11112222", "us-east-1", &text);
	ck_assert_str_eq(text.data, "11112222_us-east-1");
	str_clear(&text);
	places_node("11112222", "", &text);
	ck_assert_str_eq(text.data, "11112222");
	str_fini(&text);
}
END_TEST

/* ---- the marker ---- */

static void
expect_shown(const char *marker_text, uint64_t last_event, const char *expected)
{
	struct store_op     answer = { .text_out = (char *)(uintptr_t)marker_text,
		    .seq_out = last_event };
	struct marker       marker;
	struct json_object *shown, *wanted = json_of(expected);

	marker_read(&marker, answer.text_out);
	shown = marker_show(&marker, answer.seq_out);
	ck_assert_msg(json_same(shown, wanted), "%s", json_text(shown));
	json_object_put(shown);
	json_object_put(wanted);
}

START_TEST(a_marker_says_how_far_behind_the_archive_is)
{
	struct marker marker = {
		.execution = "e1", .event = 5, .at_ms = 1795000000000, .tries = 2
	};
	struct str text;

	expect_shown("", 3, "{\"state\":\"behind\",\"pending\":3}");
	expect_shown("", 0, "{\"state\":\"behind\",\"pending\":0}");
	expect_shown("garbage", 3, "{\"state\":\"behind\",\"pending\":3}");
	str_init(&text, 1024);
	marker_write(&marker, &text);
	expect_shown(text.data, 5,
	    "{\"state\":\"current\",\"pending\":0,\"last_archived_at\":\"2026-11-18T11:06:40."
	    "000Z\"}");
	expect_shown(text.data, 7,
	    "{\"state\":\"behind\",\"pending\":2,\"last_archived_at\":\"2026-11-18T11:06:40."
	    "000Z\"}");
	snprintf(marker.error, sizeof(marker.error), "it is \"down\"");
	str_clear(&text);
	marker_write(&marker, &text);
	expect_shown(text.data, 7,
	    "{\"state\":\"failing\",\"pending\":2,\"error\":\"it is \\\"down\\\"\","
	    "\"last_archived_at\":\"2026-11-18T11:06:40.000Z\"}");
	str_fini(&text);
}
END_TEST

Suite *suite_archive(void);

Suite *
suite_archive(void)
{
	Suite *suite = suite_create("archive");
	TCase *tcase = tcase_create("archive");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_execution_becomes_a_graph_of_its_own);
	tcase_add_test(tcase, an_execution_comes_back_from_its_graph_as_it_was);
	tcase_add_test(tcase, what_is_no_execution_graph_is_refused);
	tcase_add_test(
	    tcase, an_entry_of_a_newer_format_is_refused_and_an_older_one_is_written_anew);
	tcase_add_test(tcase, an_entry_keeps_earlier_executions_and_says_up_to_where_it_is);
	tcase_add_test(tcase, an_entry_does_not_grow_for_ever);
	tcase_add_test(tcase, a_place_is_named_by_characters_that_the_service_keeps);
	tcase_add_test(tcase, a_marker_says_how_far_behind_the_archive_is);
	suite_add_tcase(suite, tcase);
	return suite;
}
