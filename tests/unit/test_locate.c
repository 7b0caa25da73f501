/* SPDX-License-Identifier: Apache-2.0
 * test_locate.c - ids and names, read backwards. */
#include <check.h>
#include <string.h>

#include "provider/locate.h"
#include "tests/unit/aws_world.h"
#include "util/json.h"
#include "util/str.h"

#define NODE "c385a076"
#define ARN  "arn:aws:"

static const struct row {
	const char *id, *type, *region, *properties;
	bool        part; /* not all that it is found by is in the id */
} rows[] = {
	{ ARN "lambda:eu-west-1:123456789012:function:my-app", "aws:lambda:function", "eu-west-1",
	    "{'function_name':'my-app'}", false },
	{ ARN "s3:::files-" NODE, "aws:s3:bucket", "", "{'bucket_name':'files'}", false },
	{ ARN "s3:::files-" NODE "-eu-west-1", "aws:s3:bucket", "", "{'bucket_name':'files'}",
	    false },
	{ ARN "s3:::files", "aws:s3:bucket", "", "{'bucket_name':'files','name_suffix':false}",
	    false },
	{ ARN "kinesis:us-east-1:1:stream/in-" NODE, "aws:kinesis:stream", "us-east-1",
	    "{'stream_name':'in'}", false },
	{ ARN "iam::123456789012:policy/read", "aws:iam:policy", "",
	    "{'path':'/','policy_name':'read'}", false },
	{ ARN "iam::123456789012:policy/a/b/read", "aws:iam:policy", "",
	    "{'path':'/a/b/','policy_name':'read'}", false },
	{ ARN "sns:us-east-1:123456789012:news", "aws:sns:topic", "us-east-1", "{'name':'news'}",
	    false },
	{ ARN "sqs:us-east-1:123456789012:jobs.fifo", "aws:sqs:queue", "us-east-1",
	    "{'queue_name':'jobs.fifo'}", false },
	{ ARN "ec2:us-east-1:123456789012:vpc/vpc-0a1b", "aws:ec2:vpc", "us-east-1", "{}", false },
	{ ARN "elasticloadbalancing:us-east-1:1:loadbalancer/app/web/50dc",
	    "aws:elbv2:load_balancer", "us-east-1", "{'name':'web'}", false },
	{ ARN "elasticloadbalancing:us-east-1:1:listener/app/web/50dc/f2f7", "aws:elbv2:listener",
	    "us-east-1", "{}", true },
	{ ARN "events:us-east-1:1:rule/tick", "aws:events:rule", "us-east-1", "{'name':'tick'}",
	    false },
	{ ARN "events:us-east-1:1:rule/my-bus/tick", "aws:events:rule", "us-east-1",
	    "{'event_bus_name':'my-bus','name':'tick'}", false },
	{ ARN "secretsmanager:us-east-1:1:secret:app/db-password-AbCdEf",
	    "aws:secretsmanager:secret", "us-east-1", "{'name':'app/db-password'}", false },
	{ ARN "ecs:us-east-1:1:task-definition/web:7", "aws:ecs:task_definition", "us-east-1",
	    "{'family':'web'}", false },
	{ ARN "ecs:us-east-1:1:service/main/web", "aws:ecs:service", "us-east-1",
	    "{'cluster':'main','service_name':'web'}", false },
	{ ARN "logs:us-east-1:1:log-group:/aws/lambda/x:*", "aws:logs:group", "us-east-1",
	    "{'log_group_name':'/aws/lambda/x'}", false },
	{ ARN "route53:::hostedzone/Z1", "aws:route53:zone", "", "{}", true },
	{ ARN "apigateway:us-east-1::/restapis/a1/stages/live", "aws:apigateway:stage", "us-east-1",
	    "{'rest_api_id':'a1','stage_name':'live'}", false },
};

static void
ck_json(struct json_object *have, const char *wants)
{
	struct json_object *want = aws_json(wants);

	ck_assert_msg(json_same(have, want), "%s, not %s", json_text(have), wants);
	json_object_put(want);
}

START_TEST(an_id_says_the_type_and_what_it_is_found_by)
{
	const struct row *row = &rows[_i];
	struct located    found[LOCATE_MAX];
	size_t            n = locate_id(aws_world_registry(aws), "aws", row->id, NODE, found);

	ck_assert_msg(n > 0, "%s", row->id);
	ck_assert_str_eq(found[0].type->name, row->type);
	ck_assert_str_eq(found[0].region, row->region);
	ck_json(found[0].properties, row->properties);
	ck_assert(found[0].whole == !row->part);
	for (size_t i = 0; i < n; i++) {
		ck_assert_str_eq(found[i].type->name, row->type); /* no two types match one id */
		located_fini(&found[i]);
	}
}
END_TEST

static const char *const strangers[] = {
	"",
	"arn",
	"arn:aws:s3:::",
	"arn:aws:s3:::not/a/bucket",
	"arn:aws:sns:us-east-1:1:news:0b1c",            /* a subscription */
	"arn:aws:lambda:us-east-1:1:function:my-app:7", /* a version of one */
	"arn:aws:iam::1:policy/a/b/",
	"arn:aws:nothing:us-east-1:1:thing/x",
};

START_TEST(what_is_of_no_type_is_not_located)
{
	struct located found[LOCATE_MAX];

	ck_assert_uint_eq(locate_id(aws_world_registry(aws), "aws", strangers[_i], NODE, found), 0);
}
END_TEST

START_TEST(a_name_that_may_be_read_in_two_ways_has_both)
{
	struct located found[LOCATE_MAX];

	ck_assert_uint_eq(locate_id(aws_world_registry(aws), "aws",
			      "arn:aws:ssm:us-east-1:1:parameter/db", NODE, found),
	    2);
	ck_json(found[0].properties, "{'name':'/db'}");
	ck_json(found[1].properties, "{'name':'db'}");
	located_fini(&found[0]);
	located_fini(&found[1]);
}
END_TEST

START_TEST(another_nodes_name_is_a_plain_one)
{
	struct located found[LOCATE_MAX];

	ck_assert_uint_eq(
	    locate_id(aws_world_registry(aws), "aws", "arn:aws:s3:::files-0badcafe", NODE, found),
	    1);
	ck_json(found[0].properties, "{'bucket_name':'files-0badcafe','name_suffix':false}");
	located_fini(&found[0]);
	ck_assert_uint_eq(
	    locate_id(aws_world_registry(aws), "aws", "arn:aws:s3:::files-0badcafe", NULL, found),
	    1);
	ck_json(found[0].properties, "{'bucket_name':'files-0badcafe','name_suffix':false}");
	located_fini(&found[0]);
}
END_TEST

START_TEST(a_name_tells_whose_it_is)
{
	char                node[OBJ_ID_SIZE] = "";
	struct json_object *properties =
	    locate_name(aws_world_type(aws, "aws:cognito:user_pool"), "people-0badcafe", node);

	ck_json(properties, "{'pool_name':'people'}");
	ck_assert_str_eq(node, "0badcafe");
	json_object_put(properties);
	node[0] = '\0';
	properties = locate_name(
	    aws_world_type(aws, "aws:route53:zone"), "mgraph-deploy.0badcafe.1f2e.3", node);
	ck_json(properties, "{}");
	ck_assert_str_eq(node, "0badcafe");
	json_object_put(properties);
	node[0] = '\0';
	ck_assert_ptr_null(
	    locate_name(aws_world_type(aws, "aws:route53:zone"), "somebody else", node));
}
END_TEST

/* Each reference of a template, filled with a text that fits what it stands for. */
static void
fill(struct str *out, const char *template)
{
	for (const char *at = template; *at != '\0'; at++) {
		if (*at != '{') {
			str_add_char(out, *at);
			continue;
		}
		str_add(out, str_starts(at, "{+path}")      ? "/"
			     : str_starts(at, "{$account}") ? "123456789012"
			     : str_starts(at, "{$name}")    ? "abc-" NODE
							    : "abc");
		at = strchr(at, '}');
	}
}

static size_t
check_template(const struct resource_type *type, struct json_object *template)
{
	struct located found[LOCATE_MAX];
	struct str     id;
	size_t         n;

	str_init(&id, 1024);
	fill(&id, json_object_get_string(template));
	n = locate_id(aws_world_registry(aws), "aws", id.data, NODE, found);
	ck_assert_msg(n > 0, "%s: %s", type->name, id.data);
	for (size_t i = 0; i < n; i++) {
		ck_assert_msg(found[i].type == type, "%s is of %s and of %s", id.data, type->name,
		    found[i].type->name);
		located_fini(&found[i]);
	}
	str_fini(&id);
	return 1;
}

static bool
has_tags(const struct resource_type *type)
{
	struct json_object *steps = json_get_array(type->file, "read");

	for (size_t i = 0; steps != NULL && i < json_object_array_length(steps); i++) {
		if (json_has(json_object_array_get_idx(steps, i), "tags"))
			return true;
	}
	return false;
}

START_TEST(all_that_has_tags_is_located_by_its_id_or_listed)
{
	struct registry *registry = aws_world_registry(aws);
	size_t           templates = 0;

	for (size_t i = 0; i < registry_types_n(registry); i++) {
		const struct resource_type *type = registry_type_at(registry, i);
		struct json_object         *arn;

		if (!str_eq(type->provider, "aws") || type->kinds != NULL ||
		    type->resources != NULL || !has_tags(type))
			continue;
		arn = json_get(json_get_object(type->file, "identity"), "arn");
		ck_assert_msg(arn != NULL || json_has(type->file, "list"), "%s", type->name);
		if (json_object_is_type(arn, json_type_string))
			templates += check_template(type, arn);
		for (size_t t = 0;
		     json_object_is_type(arn, json_type_array) && t < json_object_array_length(arn);
		     t++)
			templates += check_template(type, json_object_array_get_idx(arn, t));
	}
	ck_assert_uint_gt(templates, 50);
}
END_TEST

Suite *suite_locate(void);

Suite *
suite_locate(void)
{
	Suite *suite = suite_create("locate");
	TCase *tcase = aws_world_case("locate");

	tcase_add_loop_test(tcase, an_id_says_the_type_and_what_it_is_found_by, 0, array_len(rows));
	tcase_add_loop_test(tcase, what_is_of_no_type_is_not_located, 0, array_len(strangers));
	tcase_add_test(tcase, a_name_that_may_be_read_in_two_ways_has_both);
	tcase_add_test(tcase, another_nodes_name_is_a_plain_one);
	tcase_add_test(tcase, a_name_tells_whose_it_is);
	tcase_add_test(tcase, all_that_has_tags_is_located_by_its_id_or_listed);
	suite_add_tcase(suite, tcase);
	return suite;
}
