/* SPDX-License-Identifier: Apache-2.0
 * test_protocol.c - all that is in a question or an answer is there on the other side; what can't be right is not taken. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "provider/protocol.h"
#include "tests/unit/plan_fixture.h"
#include "util/json.h"

Suite *suite_protocol(void);

#define TEXT_MAX 65536

static struct registry *registry;
static struct problems  problems;
static struct str       text;

static void
setup(void)
{
	registry = fixture_registry();
	problems_init(&problems);
	str_init(&text, TEXT_MAX);
}

static void
teardown(void)
{
	str_fini(&text);
	problems_fini(&problems);
	fixture_end(registry);
}

/* What was written, as the other side reads it. */
static struct json_object *
across(void)
{
	struct err          err = { 0 };
	struct json_object *json = json_read(text.data, text.len, &err);

	ck_assert_msg(json != NULL, "%s in %s", err.detail, text.data);
	ck_assert(!text.overflow);
	str_clear(&text);
	return json;
}

static void
expect_json(struct json_object *is, struct json_object *was)
{
	ck_assert_msg(json_same(is, was), "%s, not %s", json_text(is), json_text(was));
}

/* ---- ops ---- */

static const struct identity someone = {
	.tenant = "acme",
	.deployment_id = "site",
	.graph_id = "0a0a0a0a",
	.node_id = "1b1b1b1b",
	.edge_id = "2c2c2c2c",
	.resource_id = "fn \"one\"\n\xc3\xa4",
	.spec_hash = "0123456789abcdef",
	.region = "eu-west-1",
	.primary = true,
};

static void
expect_identity(const struct identity *is)
{
	ck_assert_str_eq(is->tenant, someone.tenant);
	ck_assert_str_eq(is->deployment_id, someone.deployment_id);
	ck_assert_str_eq(is->graph_id, someone.graph_id);
	ck_assert_str_eq(is->node_id, someone.node_id);
	ck_assert_str_eq(is->edge_id, someone.edge_id);
	ck_assert_str_eq(is->resource_id, someone.resource_id);
	ck_assert_str_eq(is->spec_hash, someone.spec_hash);
	ck_assert_str_eq(is->region, someone.region);
	ck_assert(is->primary);
}

static struct op
whole_op(void)
{
	return (struct op){
		.kind = OP_SETTLE,
		.after = OP_DELETE,
		.type = registry_type(registry, "test:fn:function"),
		.identity = &someone,
		.desired =
		    fixture_json("{'name': 'a', 'ratio': 1.0, 'code': {'$sealed': 'Ym94'}, "
				 "'big': 9223372036854775807, 'none': null, 'list': [1, [true]]}"),
		.changes = fixture_json("['name', 'ratio']"),
		.known = fixture_json("{'id': 'i', 'own': {'deep': []}}"),
		.tags = fixture_json("{'team': 'web'}"),
		.token = "0123",
		.restores = true,
		.adopt = true,
		.undo = true,
		.kept = fixture_json("{'since': 'then'}"),
	};
}

static void
put_op(struct op *op)
{
	json_object_put(op->desired);
	json_object_put(op->changes);
	json_object_put(op->known);
	json_object_put(op->tags);
	json_object_put(op->kept);
	op_fini(op);
}

START_TEST(all_of_an_op_crosses)
{
	struct op            op = whole_op(), there = { 0 };
	struct identity      identity = { 0 };
	struct resource_type kind;
	struct json_object  *json;

	protocol_add_op(&text, &op);
	json = across();
	ck_assert(protocol_read_op(json, registry, &there, &identity, &kind, &problems));
	ck_assert_int_eq(there.kind, OP_SETTLE);
	ck_assert_int_eq(there.after, OP_DELETE);
	ck_assert_ptr_eq(there.type, op.type);
	ck_assert_ptr_eq(there.identity, &identity);
	expect_identity(&identity);
	expect_json(there.desired, op.desired);
	ck_assert_str_eq(json_text(there.desired), json_text(op.desired)); /* 1.0 is not 1 */
	expect_json(there.changes, op.changes);
	expect_json(there.known, op.known);
	expect_json(there.tags, op.tags);
	ck_assert_str_eq(there.token, op.token);
	ck_assert(there.restores && there.adopt && there.undo);
	expect_json(there.kept, op.kept);
	json_object_put(json);
	put_op(&op);
}
END_TEST

START_TEST(what_is_not_there_is_not_there_on_the_other_side)
{
	struct identity nobody = { "", "", "", "", "", "", "", "", false, false, false };
	struct op op = { .type = registry_type(registry, "test:iam:role"), .identity = &nobody };
	struct op there = { 0 };
	struct identity      identity = someone;
	struct resource_type kind;
	struct json_object  *json;

	identity.primary = false;
	protocol_add_op(&text, &op);
	json = across();
	ck_assert(protocol_read_op(json, registry, &there, &identity, &kind, &problems));
	ck_assert_int_eq(there.kind, OP_READ);
	ck_assert_ptr_null(there.desired);
	ck_assert_ptr_null(there.changes);
	ck_assert_ptr_null(there.known);
	ck_assert_ptr_null(there.tags);
	ck_assert_ptr_null(there.token);
	ck_assert(!there.restores && !there.adopt && !there.undo);
	ck_assert_ptr_null(there.kept);
	ck_assert_str_eq(identity.region, "");
	json_object_put(json);
}
END_TEST

START_TEST(all_of_its_answer_crosses_whatever_it_is)
{
	for (int result = OP_OK; result < OP_RESULTS_N; result++) {
		struct op op = { .retry_after_ms = 1500, .throttled = true, .over = true };
		struct op there = { .kind = OP_SETTLE };
		struct json_object *json;

		if (result == OP_TIMEOUT || result == OP_STALE) /* are the engine's own */
			continue;
		op_answer(&op, (enum op_result)result, "no \"luck\"");
		snprintf(op.code, sizeof(op.code), "EntityAlreadyExists");
		snprintf(op.request_id, sizeof(op.request_id), "r-1");
		op.found =
		    fixture_json("{'id': 'i', 'properties': {'name': 'a'}, 'outputs': {'arn': "
				 "'arn:x'}, 'tags': {}, 'fixed': ['/a'], 'mine': 7}");
		protocol_add_op_answer(&text, &op);
		json = across();
		ck_assert(protocol_read_op_answer(json, &there));
		json_object_put(json);
		ck_assert_int_eq(there.result, result);
		ck_assert_int_eq(there.retry_after_ms, 1500);
		ck_assert(there.throttled && there.over);
		ck_assert_str_eq(there.code, op.code);
		ck_assert_str_eq(there.message, op.message);
		ck_assert_str_eq(there.request_id, op.request_id);
		expect_json(there.found, op.found);
		op_fini(&op);
		op_fini(&there);
	}
}
END_TEST

START_TEST(an_answer_that_would_mislead_the_engine_is_none)
{
	static const char *const wrong[] = {
		"{}",
		"[]",
		"{'result': 'pending'}",
		"{'result': 'timeout'}",
		"{'result': 'fine'}",
		"{'result': 7}",
		"{'result': 'ok'}", /* of a read: nothing was found? */
		"{'result': 'ok', 'found': []}",
		"{'result': 'absent', 'over': 'yes'}",
		"{'result': 'absent', 'retry_after_ms': '1'}",
		"{'result': 'absent', 'message': {}}",
	};

	for (size_t i = 0; i < array_len(wrong); i++) {
		struct json_object *json = fixture_json(wrong[i]);
		struct op           op = { .kind = OP_READ };

		ck_assert_msg(!protocol_read_op_answer(json, &op), "%s", wrong[i]);
		op_fini(&op);
		json_object_put(json);
	}
}
END_TEST

START_TEST(what_was_found_must_be_readable_where_it_is_kept)
{
	struct json_object *json = fixture_json("{'result': 'ok'}"),
			   *deep = json_object_new_object();
	struct op op = { .kind = OP_CREATE };

	for (int depth = 1; depth < JSON_DEPTH_MAX; depth++) {
		struct json_object *outer = json_object_new_object();

		json_set(outer, "d", deep);
		deep = outer;
	}
	json_set(json, "found", deep);
	ck_assert(!protocol_read_op_answer(json, &op));
	op_fini(&op);
	json_object_put(json);
}
END_TEST

START_TEST(text_that_does_not_fit_is_cut_between_characters)
{
	struct json_object *json = fixture_json("{'result': 'failed'}");
	struct op           op = { .kind = OP_CREATE };
	struct str          longer;

	str_init(&longer, TEXT_MAX);
	str_add(&longer, "x");
	for (size_t i = 0; i < sizeof(op.message); i++)
		str_add(&longer, "\xc3\xa4");
	json_set_str(json, "message", longer.data);
	ck_assert(protocol_read_op_answer(json, &op));
	ck_assert_uint_eq(strlen(op.message), sizeof(op.message) - 1);
	json_set_str(json, "code", longer.data);
	ck_assert(protocol_read_op_answer(json, &op));
	ck_assert_uint_eq(strlen(op.code), sizeof(op.code) - 1);
	str_fini(&longer);
	json_object_put(json);
}
END_TEST

START_TEST(all_that_is_wrong_with_a_question_is_told)
{
	struct json_object *json = fixture_json(
	    "{'type': 'test:fn:nothing', 'kind': 'make', 'desired': [], 'token': 7, 'identity': "
	    "{'tenant': 1, 'primary': 'yes', 'deployment_id': 'd', 'graph_id': 'g', 'node_id': "
	    "'n', "
	    "'edge_id': 'e', 'resource_id': 'r', 'spec_hash': 'h'}}");
	struct op            op = { 0 };
	struct identity      identity;
	struct resource_type kind;

	ck_assert(!protocol_read_op(json, registry, &op, &identity, &kind, &problems));
	ck_assert(fixture_has(&problems, "/ask/type", "unknown_type"));
	ck_assert(fixture_has(&problems, "/ask/kind", "wrong_type"));
	ck_assert(fixture_has(&problems, "/ask/after", "missing_property"));
	ck_assert(fixture_has(&problems, "/ask/desired", "wrong_type"));
	ck_assert(fixture_has(&problems, "/ask/token", "wrong_type"));
	ck_assert(fixture_has(&problems, "/ask/identity/tenant", "wrong_type"));
	ck_assert(fixture_has(&problems, "/ask/identity/primary", "wrong_type"));
	ck_assert(fixture_has(&problems, "/ask/identity/region", "missing_property"));
	ck_assert_uint_eq(problems.n, 8);
	json_object_put(json);
}
END_TEST

START_TEST(nothing_is_no_question)
{
	struct op             op = { 0 };
	struct sweep          sweep = { 0 };
	struct identity       identity;
	struct resource_type  kind;
	struct protocol_items items = { 0 };

	ck_assert(!protocol_read_op(NULL, registry, &op, &identity, &kind, &problems));
	ck_assert(!protocol_read_sweep(NULL, &sweep, &problems));
	ck_assert(!protocol_read_check(NULL, registry, &items, &problems));
}
END_TEST

/* ---- the others ---- */

START_TEST(all_of_a_whose_crosses)
{
	struct whose whose = {
		.result = OP_DENIED, .account = "123456789012", .code = "c", .message = "m"
	};
	struct whose        there = { 0 };
	struct json_object *json;

	protocol_add_whose_answer(&text, &whose);
	json = across();
	ck_assert(protocol_read_whose_answer(json, &there));
	ck_assert_int_eq(there.result, OP_DENIED);
	ck_assert_str_eq(there.account, "123456789012");
	ck_assert_str_eq(there.code, "c");
	ck_assert_str_eq(there.message, "m");
	json_object_put(json);
}
END_TEST

START_TEST(all_of_a_sweep_crosses)
{
	struct sweep        sweep = { .deployment_id = "site",
		       .region = "",
		       .result = OP_OK,
		       .retry_after_ms = 7,
		       .code = "c",
		       .message = "m" };
	struct sweep        there = { 0 };
	struct json_object *json;

	protocol_add_sweep(&text, &sweep);
	json = across();
	ck_assert(protocol_read_sweep(json, &there, &problems));
	ck_assert_str_eq(there.deployment_id, "site");
	ck_assert_str_eq(there.region, "");
	json_object_put(json);
	sweep.hits = fixture_json("[{'id': 'i', 'tags': {'a': 'b'}}]");
	protocol_add_sweep_answer(&text, &sweep);
	json = across();
	ck_assert(protocol_read_sweep_answer(json, &there));
	json_object_put(json);
	ck_assert_int_eq(there.result, OP_OK);
	ck_assert_int_eq(there.retry_after_ms, 7);
	ck_assert_str_eq(there.code, "c");
	ck_assert_str_eq(there.message, "m");
	expect_json(there.hits, sweep.hits);
	sweep_fini(&there);
	json = fixture_json("{'result': 'ok'}");
	ck_assert(!protocol_read_sweep_answer(json, &there)); /* all of them? there are none said */
	json_object_put(json);
	sweep_fini(&sweep);
}
END_TEST

START_TEST(all_of_an_errand_crosses)
{
	struct errand errand = {
		.name = "secrets/create", .result = OP_OK, .code = "c", .message = "m"
	};
	struct errand       there = { 0 };
	struct json_object *json;

	errand.params = fixture_json("{'owner': 'o', 'value': {'$sealed': 'Ym94'}}");
	errand.answer = fixture_json("{'created': true}");
	errand.rate = fixture_json("{'limit': 5000}");
	protocol_add_errand(&text, &errand);
	json = across();
	ck_assert(protocol_read_errand(json, &there, &problems));
	ck_assert_str_eq(there.name, "secrets/create");
	expect_json(there.params, errand.params);
	json_object_put(json);
	protocol_add_errand_answer(&text, &errand);
	json = across();
	ck_assert(protocol_read_errand_answer(json, &there));
	json_object_put(json);
	ck_assert_int_eq(there.result, OP_OK);
	ck_assert_str_eq(there.code, "c");
	ck_assert_str_eq(there.message, "m");
	expect_json(there.answer, errand.answer);
	expect_json(there.rate, errand.rate);
	json_object_put(errand.params);
	errand_fini(&errand);
	errand_fini(&there);
}
END_TEST

START_TEST(all_of_a_check_crosses)
{
	const struct check_item items[] = {
		{ registry_type(registry, "test:fn:function"), fixture_json("{'name': 'a'}"),
		    fixture_json("{'team': 'web'}"), "/a" },
		{ registry_type(registry, "test:iam:role"), fixture_json("{}"), NULL, "/b~1" },
	};
	struct check check = {
		.items = items, .items_n = 2, .result = OP_OK, .code = "c", .message = "m"
	};
	struct check          there = { 0 };
	struct protocol_items read = { 0 };
	struct json_object   *json;

	protocol_add_check(&text, &check);
	json = across();
	ck_assert(protocol_read_check(json, registry, &read, &problems));
	ck_assert_uint_eq(read.n, 2);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_ptr_eq(read.items[i].type, items[i].type);
		expect_json(read.items[i].properties, items[i].properties);
		ck_assert(json_same(read.items[i].tags, items[i].tags));
		ck_assert_str_eq(read.items[i].pointer, items[i].pointer);
		json_object_put(items[i].properties);
		json_object_put(items[i].tags);
	}
	protocol_items_fini(&read);
	json_object_put(json);
	problems_add(&check.problems, "/a", "taken", "the name is \"taken\"");
	check.problems.truncated = true;
	protocol_add_check_answer(&text, &check);
	json = across();
	ck_assert(protocol_read_check_answer(json, &there));
	ck_assert_int_eq(there.result, OP_OK);
	ck_assert_str_eq(there.code, "c");
	ck_assert_str_eq(there.message, "m");
	ck_assert_uint_eq(there.problems.n, 1);
	ck_assert_str_eq(fixture_detail(&there.problems, "/a"), "the name is \"taken\"");
	ck_assert(there.problems.truncated);
	json_object_put(json);
	check_fini(&check);
	check_fini(&there);
}
END_TEST

Suite *
suite_protocol(void)
{
	Suite *suite = suite_create("protocol");
	TCase *tcase = tcase_create("protocol");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, all_of_an_op_crosses);
	tcase_add_test(tcase, what_is_not_there_is_not_there_on_the_other_side);
	tcase_add_test(tcase, all_of_its_answer_crosses_whatever_it_is);
	tcase_add_test(tcase, an_answer_that_would_mislead_the_engine_is_none);
	tcase_add_test(tcase, what_was_found_must_be_readable_where_it_is_kept);
	tcase_add_test(tcase, text_that_does_not_fit_is_cut_between_characters);
	tcase_add_test(tcase, all_that_is_wrong_with_a_question_is_told);
	tcase_add_test(tcase, nothing_is_no_question);
	tcase_add_test(tcase, all_of_a_whose_crosses);
	tcase_add_test(tcase, all_of_a_sweep_crosses);
	tcase_add_test(tcase, all_of_an_errand_crosses);
	tcase_add_test(tcase, all_of_a_check_crosses);
	suite_add_tcase(suite, tcase);
	return suite;
}
