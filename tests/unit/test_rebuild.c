/* SPDX-License-Identifier: Apache-2.0
 * test_rebuild.c - from things that were found to a config that says them. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "discover/rebuild.h"
#include "tests/unit/aws_world.h"
#include "util/json.h"
#include "util/str.h"

#define ITEMS_MAX 8
#define QUEUE     "aws:sqs:queue"
#define OURS(id, node)                                                                         \
	"{'mgraph:resource-id':'" id "','mgraph:node-id':'" node "','mgraph:deploy-id':'dep'," \
	"'mgraph:graph-id':'11111111','mgraph:spec-hash':'0123456789abcdef','team':'web'}"

static struct discovered items[ITEMS_MAX];
static size_t            items_n;
static struct rebuilding r;

static void
setup(void)
{
	const char *root = getenv("srcdir");
	char        folder[4096];
	struct err  err = { 0 };

	snprintf(folder, sizeof(folder), "%s/schemas", root != NULL ? root : ".");
	ck_assert_msg(plan_setup(folder, &err) == ERR_OK, "%s", err.detail);
	items_n = 0;
	r = (struct rebuilding){ .tenant = "tenant",
		.deployment_id = "dep",
		.items = items,
		.warnings = json_object_new_array() };
}

static void
teardown(void)
{
	for (size_t i = 0; i < items_n; i++) {
		json_object_put(items[i].wanted);
		json_object_put(items[i].tags);
		json_object_put(items[i].found);
	}
	json_object_put(r.config);
	json_object_put(r.resources);
	json_object_put(r.warnings);
	spec_unref(r.spec);
	plan_teardown();
}

static struct discovered *
add(const char *type, const char *region, const char *wanted, const char *tags, const char *found)
{
	struct discovered *item = &items[items_n++];

	ck_assert_uint_le(items_n, ITEMS_MAX);
	*item = (struct discovered){
		.type = aws_world_type(aws, type),
		.wanted = aws_json(wanted),
		.tags = tags != NULL ? aws_json(tags) : NULL,
		.found = found != NULL ? aws_json(found) : NULL,
		.parent = DISCOVERED_NO_PARENT,
	};
	snprintf(item->region, sizeof(item->region), "%s", region);
	return item;
}

static void
run(void)
{
	r.registry = aws_world_registry(aws);
	r.n = items_n;
	ck_assert_msg(rebuild(&r), "%s", json_text(r.warnings));
}

static struct json_object *
resource(const char *key)
{
	return json_get(json_get_object(r.config, "resources"), key);
}

/* The properties of a resource, as JSON with single quotes. */
static void
ck_properties(const char *key, const char *wants)
{
	struct json_object *want = aws_json(wants), *have = json_get(resource(key), "properties");

	ck_assert_msg(json_same(have, want), "%s: %s", key, json_text(have));
	json_object_put(want);
}

static bool
is_warned_of(const char *what)
{
	return strstr(json_text(r.warnings), what) != NULL;
}

START_TEST(a_value_that_another_gives_is_a_reference)
{
	add(QUEUE, "eu-west-1", "{'queue_name':'dead'}", OURS("dead", "aaaaaaaa"),
	    "{'id':'dead','properties':{},'outputs':{'arn':'arn:aws:sqs:eu-west-1:1:dead',"
	    "'name':'dead'}}");
	add(QUEUE, "eu-west-1", "{'queue_name':'jobs'}", OURS("jobs", "bbbbbbbb"),
	    "{'id':'jobs','properties':{'redrive_policy':{'maxReceiveCount':3,"
	    "'deadLetterTargetArn':'arn:aws:sqs:eu-west-1:1:dead'}},'outputs':{}}");
	run();
	ck_properties("jobs", "{'queue_name':'jobs','redrive_policy':{'maxReceiveCount':3,"
			      "'deadLetterTargetArn':'@dead.arn'}}");
	ck_assert_str_eq(json_get_str(json_get_object(resource("jobs"), "tags"), "team"), "web");
	ck_assert_int_eq(json_object_object_length(json_get(resource("jobs"), "tags")), 1);
}
END_TEST

START_TEST(two_never_refer_to_each_other)
{
	add(QUEUE, "eu-west-1", "{'queue_name':'a'}", OURS("a", "aaaaaaaa"),
	    "{'id':'a','properties':{'redrive_policy':{'deadLetterTargetArn':"
	    "'arn:aws:sqs:eu-west-1:1:b','maxReceiveCount':3}},"
	    "'outputs':{'arn':'arn:aws:sqs:eu-west-1:1:a'}}");
	add(QUEUE, "eu-west-1", "{'queue_name':'b'}", OURS("b", "bbbbbbbb"),
	    "{'id':'b','properties':{'redrive_policy':{'deadLetterTargetArn':"
	    "'arn:aws:sqs:eu-west-1:1:a','maxReceiveCount':3}},"
	    "'outputs':{'arn':'arn:aws:sqs:eu-west-1:1:b'}}");
	run();
	ck_properties("a", "{'queue_name':'a','redrive_policy':{'deadLetterTargetArn':'@b.arn',"
			   "'maxReceiveCount':3}}");
	ck_properties("b", "{'queue_name':'b','redrive_policy':{'deadLetterTargetArn':"
			   "'arn:aws:sqs:eu-west-1:1:a','maxReceiveCount':3}}");
}
END_TEST

START_TEST(what_looks_like_a_reference_and_is_none_is_escaped)
{
	add("aws:sns:topic", "eu-west-1", "{'name':'news'}", OURS("news", "aaaaaaaa"),
	    "{'id':'news','properties':{'display_name':'@news'},'outputs':{}}");
	run();
	ck_properties("news", "{'name':'news','display_name':'@@news'}");
}
END_TEST

START_TEST(what_does_not_fit_its_type_is_left_out)
{
	add(QUEUE, "eu-west-1", "{'queue_name':'jobs'}", OURS("jobs", "aaaaaaaa"),
	    "{'id':'jobs','properties':{'visibility_timeout':99999999,'policy':''},'outputs':{}}");
	run();
	ck_properties("jobs", "{'queue_name':'jobs'}");
	ck_assert(is_warned_of("visibility_timeout of jobs is left out"));
	ck_assert(!is_warned_of("policy")); /* nothing is no loss */
	ck_assert_ptr_null(json_get(resource("jobs"), "operation"));
}
END_TEST

START_TEST(what_is_secret_is_not_told)
{
	add("aws:ssm:parameter", "eu-west-1", "{'name':'token'}", OURS("token", "aaaaaaaa"),
	    "{'id':'token','properties':{'type':'SecureString','value':'hunter2'},'outputs':{}}");
	add(QUEUE, "eu-west-1", "{'queue_name':'jobs'}",
	    "{'mgraph:resource-id':'jobs','mgraph:node-id':'bbbbbbbb','mgraph:digest':'x'}",
	    "{'id':'jobs','properties':{'visibility_timeout':77},'outputs':{}}");
	run();
	ck_properties("token", "{'name':'token','type':'SecureString'}");
	ck_properties("jobs", "{'queue_name':'jobs'}");
	ck_assert_str_eq(json_get_str(resource("token"), "operation"), "verify");
	ck_assert_str_eq(json_get_str(resource("jobs"), "operation"), "verify");
	ck_assert(is_warned_of("jobs (aws:sqs:queue in eu-west-1) is only looked at"));
	ck_assert_ptr_null(strstr(json_text(r.config), "hunter2"));
}
END_TEST

START_TEST(in_several_regions_it_is_one_resource_and_the_plain_name_comes_first)
{
	add("aws:s3:bucket", "us-east-1", "{'bucket_name':'files'}", OURS("files", "aaaaaaaa"),
	    "{'id':'files-aaaaaaaa-us-east-1','properties':{'versioning':'Enabled'},'outputs':{}}");
	add("aws:s3:bucket", "eu-west-1", "{'bucket_name':'files'}", OURS("files", "aaaaaaaa"),
	    "{'id':'files-aaaaaaaa','properties':{'versioning':'Enabled'},'outputs':{}}");
	add("aws:s3:bucket", "eu-west-2", "{'bucket_name':'files'}", OURS("files", "aaaaaaaa"),
	    "{'id':'files-aaaaaaaa-eu-west-2','properties':{'versioning':'Suspended'},"
	    "'outputs':{}}");
	run();
	ck_assert_str_eq(json_text(json_get(resource("files"), "regions")),
	    "[\"eu-west-1\",\"us-east-1\",\"eu-west-2\"]");
	ck_assert(is_warned_of("files is not the same in eu-west-2"));
}
END_TEST

#define LONG_ID "a23456789-123456789-123456789-123456789-123456789-123456789-1234"

START_TEST(of_two_of_one_name_the_one_that_others_refer_to_is_kept)
{
	add(QUEUE, "eu-west-1", "{'queue_name':'one'}", OURS(LONG_ID, "aaaaaaaa"),
	    "{'id':'one','properties':{},'outputs':{'arn':'arn:aws:sqs:eu-west-1:1:one'}}");
	add(QUEUE, "eu-west-1", "{'queue_name':'two'}", OURS(LONG_ID, "aaaaaaaa"),
	    "{'id':'two','properties':{},'outputs':{'arn':'arn:aws:sqs:eu-west-1:1:two'}}");
	add(QUEUE, "eu-west-1", "{'queue_name':'other'}", OURS("other", "bbbbbbbb"),
	    "{'id':'other','properties':{'redrive_policy':{'maxReceiveCount':3,"
	    "'deadLetterTargetArn':'arn:aws:sqs:eu-west-1:1:two'}},'outputs':{}}");
	run();
	ck_properties(LONG_ID, "{'queue_name':'two'}");
	ck_properties("a23456789-123456789-123456789-123456789-123456789-123456789--old",
	    "{'queue_name':'one'}");
	ck_assert_str_eq(
	    json_get_str(
		resource("a23456789-123456789-123456789-123456789-123456789-123456789--old"),
		"operation"),
	    "delete");
	ck_assert_ptr_null(json_get(resource(LONG_ID), "operation"));
}
END_TEST

START_TEST(children_are_called_after_what_they_hang_on)
{
	struct discovered *child;

	add("aws:iam:role", "", "{'role_name':'app'}", OURS("role", "aaaaaaaa"),
	    "{'id':'app','properties':{'assume_role_policy':{'Version':'2012-10-17'}},"
	    "'outputs':{'name':'app','arn':'arn:aws:iam::1:role/app'}}");
	child = add("aws:iam:role_policy_attachment", "",
	    "{'role_name':'app','policy_arn':'arn:aws:iam::aws:policy/service-role/Basic'}", NULL,
	    "{'id':'x','properties':{},'outputs':{}}");
	child->parent = 0;
	child = add("aws:iam:role_policy_attachment", "",
	    "{'role_name':'app','policy_arn':'arn:aws:iam::1:policy/Basic'}", NULL,
	    "{'id':'y','properties':{},'outputs':{}}");
	child->parent = 0;
	run();
	ck_properties("role-Basic", "{'role_name':'@role.name',"
				    "'policy_arn':'arn:aws:iam::aws:policy/service-role/Basic'}");
	ck_properties("role-Basic-2",
	    "{'role_name':'@role.name','policy_arn':'arn:aws:iam::1:policy/Basic'}");
}
END_TEST

START_TEST(the_hash_is_the_one_of_the_tags_until_something_is_changed)
{
	struct problems problems;
	struct spec    *spec;

	add(QUEUE, "eu-west-1", "{'queue_name':'jobs'}", OURS("jobs", "aaaaaaaa"),
	    "{'id':'jobs','properties':{'visibility_timeout':77},'outputs':{}}");
	run();
	ck_assert_str_eq(r.spec->nodes[0].hash, "0123456789abcdef");
	json_set_i64(json_get(resource("jobs"), "properties"), "visibility_timeout", 78);
	problems_init(&problems);
	spec = spec_build(r.registry, r.tenant, r.config, 0, &problems);
	ck_assert_ptr_nonnull(spec);
	ck_assert_str_ne(spec->nodes[0].hash, "0123456789abcdef");
	spec_unref(spec);
	problems_fini(&problems);
}
END_TEST

Suite *suite_rebuild(void);

Suite *
suite_rebuild(void)
{
	Suite *suite = suite_create("rebuild");
	TCase *tcase = aws_world_case("rebuild");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_value_that_another_gives_is_a_reference);
	tcase_add_test(tcase, two_never_refer_to_each_other);
	tcase_add_test(tcase, what_looks_like_a_reference_and_is_none_is_escaped);
	tcase_add_test(tcase, what_does_not_fit_its_type_is_left_out);
	tcase_add_test(tcase, what_is_secret_is_not_told);
	tcase_add_test(tcase, in_several_regions_it_is_one_resource_and_the_plain_name_comes_first);
	tcase_add_test(tcase, of_two_of_one_name_the_one_that_others_refer_to_is_kept);
	tcase_add_test(tcase, children_are_called_after_what_they_hang_on);
	tcase_add_test(tcase, the_hash_is_the_one_of_the_tags_until_something_is_changed);
	suite_add_tcase(suite, tcase);
	return suite;
}
