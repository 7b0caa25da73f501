/* SPDX-License-Identifier: Apache-2.0
 * test_aws_cloudcontrol.c - any type by its registry's schema: how it is found, what of it is compared, by which patch
 * it is changed, and what becomes of a request that fails. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/aws_world.h"
#include "util/json.h"
#include "util/str.h"

#define KIND   "A1::B1::C1"
#define TYPE   "aws:cloudcontrol:" KIND
#define WHAT   "'TypeName':'" KIND "'"
#define ARN    "arn:aws:b1:us-east-1:1:c1/"
#define TAGGED "'Tags':" AWS_WORLD_TAG_LIST
#define TAG_PROPERTY                                                                            \
	"'Tags':{'type':'array','insertionOrder':false,'items':{'type':'object','properties':{" \
	"'Key':{},'Value':{}}}}"
#define BY_TAGS                                                                                    \
	"{'TagFilters':[{'Key':'mgraph:node-id','Values':['bbbbbbbb']},{'Key':'mgraph:deploy-id'," \
	"'Values':['dep']}]}"

/* A structure, a map, a document, a list, a set of structures, and what is never read back. */
#define SCHEMA                                                                                     \
	"{'properties':{'Id':{},'Name':{'type':'string'},'Size':{'type':'integer'},'Arn':{}"       \
	"," TAG_PROPERTY ",'Net':{'$ref':'#/definitions/"                                          \
	"Net'},'Map':{'type':'object','patternProperties':{'.*':{}}},"                             \
	"'Doc':{'type':['object','string']},'List':{'type':'array','items':{'type':'string'}},"    \
	"'Set':{'type':'array','insertionOrder':false,'items':{'$ref':'#/definitions/Net'}},"      \
	"'Secret':{'type':'string'}},'definitions':{'Net':{'type':'object','properties':{'Host':{" \
	"},"                                                                                       \
	"'Port':{},'Key':{}}}},'primaryIdentifier':['/properties/Id'],"                            \
	"'createOnlyProperties':['/properties/Name','/properties/Net/Host'],"                      \
	"'readOnlyProperties':['/properties/Arn','/properties/Id'],"                               \
	"'writeOnlyProperties':['/properties/Secret','/properties/Net/Key','/properties/Set/*/"    \
	"Key']}"

static char   texts[8][8192];
static size_t texts_n;

static void
setup(void)
{
	texts_n = 0;
}

/* A JSON text within JSON, as a string: between what is before it and the braces that are open then. */
static const char *
with_text(const char *before, const char *json, const char *after)
{
	struct json_object *value = aws_json(json);
	char               *out = texts[texts_n++ % array_len(texts)];
	struct str          text;

	str_init(&text, sizeof(texts[0]) - 1);
	str_add(&text, before);
	json_add_string(&text, json_text(value));
	str_add(&text, after);
	ck_assert(!text.overflow);
	memcpy(out, text.data, text.len + 1);
	str_fini(&text);
	json_object_put(value);
	return out;
}

static struct aws_line
describe(const char *schema)
{
	return (struct aws_line){ .operation = "DescribeType",
		.params = "{'Type':'RESOURCE'," WHAT "}",
		.answer = with_text("{'Schema':", schema, "}") };
}

static struct aws_line
by_tags(const char *answer)
{
	return (
	    struct aws_line){ .operation = "GetResources", .params = BY_TAGS, .answer = answer };
}

static struct aws_line
get(const char *params, const char *properties)
{
	return (struct aws_line){ .operation = "GetResource",
		.params = params,
		.result = properties != NULL ? OP_OK : OP_NOT_FOUND,
		.answer = properties != NULL
			      ? with_text("{'ResourceDescription':{'Identifier':'i','Properties':",
				    properties, "}}")
			      : "ResourceNotFoundException: no" };
}

#define MAPPING(id) "{'ResourceARN':'" ARN id "'}"
#define GET(id)     "{" WHAT ",'Identifier':'" id "'}"

/* ---- what is compared ---- */

static const struct reading {
	const char *wants, *is, *says;
} readings[] = {
	{ "{'Size':1}", "'Size':2,'Name':'n'", "{'Size':2}" },
	{ "{'Size':1}", "'Name':'n'", "{}" },
	{ "{'Secret':'s'}", "'Name':'n'", "{'Secret':'s'}" },
	{ "{'Net':{'Port':1}}", "'Net':{'Host':'h','Port':2}", "{'Net':{'Port':2}}" },
	{ "{'Net':{'Port':1,'Key':'k'}}", "'Net':{'Port':1}", "{'Net':{'Port':1,'Key':'k'}}" },
	{ "{'Net':{'Key':'k'}}", "'Size':1", "{'Net':{'Key':'k'}}" },
	{ "{'Net':{'Port':1}}", "'Size':1", "{}" },
	{ "{'Map':{'a':'1'}}", "'Map':{'a':'1','b':'2'}", "{'Map':{'a':'1','b':'2'}}" },
	{ "{'Doc':{'a':1}}", "'Doc':'{\\\"a\\\":2}'", "{'Doc':{'a':2}}" },
	{ "{'Doc':'{}'}", "'Doc':'{ }'", "{'Doc':'{ }'}" },
	{ "{'List':['a','b']}", "'List':['b','a']", "{'List':['b','a']}" },
	{ "{'Set':[{'Port':1},{'Port':2}]}", "'Set':[{'Port':2,'Host':'x'},{'Port':1,'Host':'y'}]",
	    "{'Set':[{'Port':1},{'Port':2}]}" },
	{ "{'Set':[{'Port':1,'Key':'k'}]}", "'Set':[{'Port':1},{'Port':3}]",
	    "{'Set':[{'Port':1,'Key':'k'},{'Port':3}]}" },
	{ "{'Set':[{'Port':1},{'Port':2}]}", "'Set':[{'Port':2}]", "{'Set':[{'Port':2}]}" },
	{ "{'Unheard':{'a':1}}", "'Unheard':{'a':1,'b':2}", "{'Unheard':{'a':1}}" },
};

START_TEST(what_the_config_speaks_of_is_read_by_the_schema)
{
	const struct reading *row = &readings[_i];
	char                  is[2048];
	const struct op      *op;

	snprintf(is, sizeof(is), "{'Id':'i','Arn':'" ARN "i',%s," TAGGED "}", row->is);
	op = aws_world_do(aws, TYPE, OP_READ, row->wants,
	    (const struct aws_line[]){ describe(SCHEMA),
		by_tags("{'ResourceTagMappingList':[" MAPPING("i") "]}"), get(GET("i"), is),
		get(GET("c1/i"), NULL), get(GET(ARN "i"), NULL), { 0 } });
	aws_expect_result(op, OP_OK);
	aws_expect_json(json_get(op->found, "properties"), row->says);
	aws_expect_json(json_get(op->found, "tags"), "{" AWS_WORLD_TAG_MEMBERS "}");
	aws_expect_json(
	    json_get(op->found, "outputs"), "{'identifier':'i','Id':'i','Arn':'" ARN "i'}");
	aws_expect_json(json_get(op->found, "fixed"), "['/Name','/Net/Host']");
	aws_expect_json(json_get(op->found, "keys"), "['Id']");
	ck_assert_str_eq(json_get_str(op->found, "id"), "i");
}
END_TEST

#define LASTING                                                                                  \
	"{'properties':{'Id':{}," TAG_PROPERTY "},'primaryIdentifier':['/properties/Id'],"       \
	"'readOnlyProperties':['/properties/Id'],'tagging':{'taggable':true,'tagOnCreate':true," \
	"'tagUpdatable':false,'tagProperty':'/properties/Tags'}}"

START_TEST(of_tags_that_can_not_be_changed_none_is_to_go)
{
	const struct op *op = aws_world_do(aws, TYPE, OP_READ, "{}",
	    (const struct aws_line[]){ describe(LASTING),
		by_tags("{'ResourceTagMappingList':[" MAPPING("i") "]}"),
		get(GET("i"),
		    "{'Id':'i','Tags':[{'Key':'mgraph:node-id','Value':'bbbbbbbb'},{'Key':"
		    "'mgraph:deploy-id','Value':'dep'},{'Key':'theirs','Value':'x'}]}"),
		get(GET("c1/i"), NULL), get(GET(ARN "i"), NULL), { 0 } });

	aws_expect_result(op, OP_OK);
	aws_expect_json(
	    json_get(op->found, "reserved"), "['mgraph:node-id','mgraph:deploy-id','theirs']");
}
END_TEST

/* ---- how it is found ---- */

#define NAMED                                                                                      \
	"{'properties':{'Name':{},'Sub':{}},'primaryIdentifier':['/properties/Name','/properties/" \
	"Sub'],"                                                                                   \
	"'tagging':{'taggable':false}}"

START_TEST(what_the_config_names_is_found_by_that_and_has_no_tags_to_be_judged_by)
{
	const struct op *op = aws_world_do(aws, TYPE, OP_READ, "{'Name':'a','Sub':7}",
	    (const struct aws_line[]){
		describe(NAMED), get(GET("a|7"), "{'Name':'a','Sub':7}"), { 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert(json_get_bool(op->found, "claimed", false));
	ck_assert(!json_has(op->found, "tags"));
	aws_expect_json(json_get(op->found, "keys"), "['Name','Sub']");
	aws_expect_result(
	    aws_world_do(aws, TYPE, OP_READ, "{'Name':'a','Sub':7}",
		(const struct aws_line[]){ describe(NAMED), get(GET("a|7"), NULL), { 0 } }),
	    OP_ABSENT);
}
END_TEST

START_TEST(what_is_named_by_what_is_not_there_yet_is_looked_for_by_its_tags)
{
	const struct op *op = aws_world_do(aws, TYPE, OP_READ, "{'Name':'@x.name','Sub':'s'}",
	    (const struct aws_line[]){
		describe(NAMED), by_tags("{'ResourceTagMappingList':[]}"), { 0 } });

	aws_expect_result(op, OP_ABSENT);
}
END_TEST

#define IS(id) "{'Id':'" id "'," TAGGED "}"

START_TEST(of_all_that_the_tag_index_has_the_one_of_this_type_is_it)
{
	static const struct {
		const char    *first, *second; /* of two ARNs, by their last parts */
		enum op_result result;
	} rows[] = {
		{ IS("i"), NULL, OP_OK },
		{ NULL, IS("i"), OP_OK },
		{ IS("i"), IS("i"), OP_OK }, /* two names of one */
		{ IS("i"), IS("j"), OP_AMBIGUOUS },
		{ NULL, NULL, OP_TRANSIENT },
	};
	const struct op *op = aws_world_do(aws, TYPE, OP_READ, "{'Size':1}",
	    (const struct aws_line[]){ describe(SCHEMA),
		by_tags("{'PaginationToken':'','ResourceTagMappingList':[" MAPPING("i") "," MAPPING(
		    "j") "]}"),
		get(GET("i"), rows[_i].first), get(GET("c1/i"), NULL), get(GET(ARN "i"), NULL),
		get(GET("j"), rows[_i].second), get(GET("c1/j"), NULL), get(GET(ARN "j"), NULL),
		{ 0 } });

	aws_expect_result(op, rows[_i].result);
}
END_TEST

START_TEST(what_can_not_be_is_refused)
{
	static const struct {
		const char *schema, *wants, *says;
	} rows[] = {
		{ SCHEMA, "{'Arn':'a'}", "Arn is for AWS alone to set" },
		{ SCHEMA, "{'Tags':[]}", "Tags holds the tags" },
		{ NAMED, "{'Name':'a'}", "(Name, Sub), and " KIND " has no tags" },
		{ "{'properties':{'Id':{}},'primaryIdentifier':['/properties/Id']}", "{}", "(Id)" },
		{ "{'properties':{'Id':{}," TAG_PROPERTY
		  "},'primaryIdentifier':['/properties/Id'],'tagging':{'tagOnCreate':false}}",
		    "{}", "(Id)" },
		{ "{'properties':{'Id':{}," TAG_PROPERTY
		  "},'primaryIdentifier':['/properties/Id'],'writeOnlyProperties':['/properties/"
		  "Tags']}",
		    "{}", "(Id)" },
		{ "{'properties':{'Id':{},'Tags':{'type':'string'}},"
		  "'primaryIdentifier':['/properties/Id']}",
		    "{}", "(Id)" },
	};
	const struct op *op = aws_world_do(aws, TYPE, OP_READ, rows[_i].wants,
	    (const struct aws_line[]){ describe(rows[_i].schema), { 0 } });

	aws_expect_result(op, OP_INVALID);
	ck_assert_msg(strstr(op->message, rows[_i].says) != NULL, "%s", op->message);
}
END_TEST

/* ---- what is sent ---- */

#define TAGS_AS(property, schema, more)                 \
	"{'properties':{'Id':{},'" property "':" schema \
	"},'primaryIdentifier':['/properties/Id']" more "}"
#define MORE_PAIR(key, value) "{'PropagateAtLaunch':false,'Key':'" key "','Value':'" value "'}"

START_TEST(a_create_takes_its_tags_in_the_shape_of_the_type)
{
	static const struct {
		const char *schema, *desired;
	} rows[] = {
		{ TAGS_AS("Tags", "{'type':'object'}", ""), "'Tags':{" AWS_WORLD_TAG_MEMBERS "}" },
		{ TAGS_AS("Labels", "{'type':'array','items':{'properties':{'Key':{},'Value':{}}}}",
		      ",'tagging':{'tagProperty':'/properties/Labels'}"),
		    "'Labels':" AWS_WORLD_TAG_LIST },
		{ TAGS_AS("Tags",
		      "{'type':'array','items':{'properties':{'Key':{},'Value':{}},"
		      "'required':['Key','Value','PropagateAtLaunch']}}",
		      ""),
		    "'Tags':[" MORE_PAIR("mgraph:graph-id", "aaaaaaaa") "," MORE_PAIR(
			"mgraph:node-id", "bbbbbbbb") "," MORE_PAIR("mgraph:edge-id",
			"cccccccc") "," MORE_PAIR("mgraph:deploy-id", "dep") "," MORE_PAIR("mgraph:"
											   "resourc"
											   "e-id",
			"res") "," MORE_PAIR("mgraph:spec-hash", "0123456789abcdef") "]" },
	};
	char             desired[2048];
	const struct op *op;

	snprintf(desired, sizeof(desired), "{'Size':1,%s}", rows[_i].desired);
	op = aws_world_do(aws, TYPE, OP_CREATE, "{'Size':1}",
	    (const struct aws_line[]){ describe(rows[_i].schema),
		{ .operation = "CreateResource",
		    .params =
			with_text("{" WHAT ",'ClientToken':'token','DesiredState':", desired, "}"),
		    .answer =
			"{'ProgressEvent':{'RequestToken':'r','OperationStatus':'IN_PROGRESS'}}" },
		{ 0 } });
	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(json_get(op->found, "noted"), "request"), "r");
}
END_TEST

#define NOTED \
	"'noted':{'type':{'silent':['/Secret','/Net/Key'],'tags':{'property':'Tags','map':true}}}"
#define KNOWN(properties, tags)                                                           \
	"{'id':'i','outputs':{'identifier':'i'},'tags':" tags ",'properties':" properties \
	"," NOTED "}"
#define OURS "{" AWS_WORLD_TAG_MEMBERS "}"

static const struct patching {
	const char *wants, *changes, *known, *patch;
} patchings[] = {
	{ "{'Size':1,'Name':'n'}", "['Size']", KNOWN("{'Size':2,'Name':'m'}", OURS),
	    "[{'op':'add','path':'/Size','value':1}]" },
	{ "{'Net':{'Host':'h','Port':1}}", "['Net']", KNOWN("{'Size':1}", OURS),
	    "[{'op':'add','path':'/Net','value':{'Host':'h','Port':1}}]" },
	{ "{'Map':{'a/b':'1','c':{'d':[2]}}}", "['Map']",
	    KNOWN("{'Map':{'a/b':'2','c':{'d':[1]},'e~':'3'}}", OURS),
	    "[{'op':'add','path':'/Map/a~1b','value':'1'},{'op':'add','path':'/Map/c/"
	    "d','value':[2]},"
	    "{'op':'remove','path':'/Map/e~0'}]" },
	{ "{'Size':1,'Secret':'s','Net':{'Port':1,'Key':'k'}}", "['Size']",
	    KNOWN("{'Size':2,'Secret':'s','Net':{'Port':1,'Key':'k'}}", OURS),
	    "[{'op':'add','path':'/Size','value':1},{'op':'add','path':'/Secret','value':'s'},"
	    "{'op':'add','path':'/Net','value':{'Port':1,'Key':'k'}}]" },
	{ "{'Size':1}", "[]", KNOWN("{'Size':1}", "{'aws:x':'y','old':'z'}"),
	    "[{'op':'add','path':'/Tags','value':" OURS "}]" },
	{ "{'Size':1}", "[]", KNOWN("{'Size':1}", OURS), NULL },
};

START_TEST(an_update_patches_what_differs_and_repeats_what_is_never_read_back)
{
	const struct patching *row = &patchings[_i];
	struct aws_line        script[2] = { { 0 }, { 0 } };
	const struct op       *op;

	if (row->patch != NULL)
		script[0] = (struct aws_line){ .operation = "UpdateResource",
			.params = with_text(
			    "{" WHAT ",'Identifier':'i','PatchDocument':", row->patch, "}"),
			.answer = "{'ProgressEvent':{'RequestToken':'r'}}" };
	op = aws_world_update(aws, TYPE, row->wants, row->changes, row->known, script);
	aws_expect_result(op, OP_OK);
	ck_assert_int_eq(
	    json_get_str(json_get(op->found, "noted"), "request") != NULL, row->patch != NULL);
}
END_TEST

/* ---- requests ---- */

#define MADE                                                                                       \
	"{'id':'res','outputs':{},'properties':{'Size':1},'tags':" OURS ",'noted':{'request':'r'}" \
	"}"
#define ASKED        "{'RequestToken':'r'}"
#define ENDED(as)    "{'ProgressEvent':{'OperationStatus':" as "}}"
#define FAILED(code) ENDED("'FAILED','ErrorCode':'" code "','StatusMessage':'the handler says so'")

static const struct op *
look(enum op_kind after, const char *known, const struct aws_line *script)
{
	return aws_world_ask(aws,
	    &(struct aws_ask){ .type = TYPE,
		.kind = OP_SETTLE,
		.after = after,
		.region = "us-east-1",
		.desired = "{'Size':1}",
		.known = known },
	    script);
}

START_TEST(a_request_that_failed_is_over_and_its_code_says_what_it_was)
{
	static const struct {
		const char    *answer;
		enum op_kind   after;
		enum op_result result;
		bool           over;
	} rows[] = {
		{ ENDED("'PENDING'"), OP_CREATE, OP_NOT_YET, false },
		{ ENDED("'IN_PROGRESS'"), OP_DELETE, OP_NOT_YET, false },
		{ ENDED("'SUCCESS'"), OP_UPDATE, OP_OK, false },
		{ ENDED("'CANCEL_COMPLETE'"), OP_UPDATE, OP_FAILED, false },
		{ FAILED("Throttling"), OP_CREATE, OP_THROTTLED, true },
		{ FAILED("NetworkFailure"), OP_UPDATE, OP_TRANSIENT, true },
		{ FAILED("ResourceConflict"), OP_CREATE, OP_TRANSIENT, true },
		{ FAILED("ServiceLimitExceeded"), OP_CREATE, OP_QUOTA, true },
		{ FAILED("AlreadyExists"), OP_CREATE, OP_CONFLICT, true },
		{ FAILED("AccessDenied"), OP_CREATE, OP_DENIED, true },
		{ FAILED("InvalidCredentials"), OP_CREATE, OP_DENIED, true },
		{ FAILED("NotUpdatable"), OP_UPDATE, OP_INVALID, true },
		{ FAILED("NotStabilized"), OP_CREATE, OP_FAILED, true },
		{ FAILED("NotFound"), OP_CREATE, OP_NOT_FOUND, true },
		{ FAILED("NotFound"), OP_DELETE, OP_OK, false },
	};
	const struct op *op = look(rows[_i].after, MADE,
	    (const struct aws_line[]){ { .operation = "GetResourceRequestStatus",
					   .params = ASKED,
					   .answer = rows[_i].answer },
		{ 0 } });

	aws_expect_result(op, rows[_i].result);
	if (op->result == OP_OK)
		return;
	ck_assert_int_eq(op->over, rows[_i].over);
	if (op->over)
		ck_assert_str_eq(op->message, "GetResourceRequestStatus: the handler says so");
}
END_TEST

START_TEST(what_was_made_has_its_outputs_once_it_is_there)
{
	const struct op *op = look(OP_CREATE,
	    "{'id':'res','outputs':{},'properties':{'Size':1},'tags':" OURS
	    ",'noted':{'request':'r','type':{'attributes':['/End/Host']}}}",
	    (const struct aws_line[]){
		{ .operation = "GetResourceRequestStatus",
		    .params = ASKED,
		    .answer = "{'ProgressEvent':{'OperationStatus':'SUCCESS','Identifier':'i'}}" },
		get(GET("i"), "{'Size':1,'End':{'Host':'h','Port':1}}"), { 0 } });

	aws_expect_result(op, OP_OK);
	aws_expect_json(json_get(op->found, "outputs"), "{'identifier':'i','End':{'Host':'h'}}");
}
END_TEST

/* A look has found what a request made whose answer was lost: nobody knows its token. */
START_TEST(without_a_request_there_is_nothing_to_wait_for)
{
	aws_expect_result(
	    look(OP_UPDATE, KNOWN("{'Size':1}", OURS), (const struct aws_line[]){ { 0 } }), OP_OK);
}
END_TEST

START_TEST(a_delete_leaves_the_token_of_its_request)
{
	const struct aws_ask ask = { .type = TYPE,
		.kind = OP_DELETE,
		.region = "us-east-1",
		.desired = "{'Size':1}",
		.known = KNOWN("{'Size':1}", OURS) };
	const struct op     *op = aws_world_ask(aws, &ask,
		(const struct aws_line[]){ { .operation = "DeleteResource",
					       .params = GET("i"),
					       .answer = "{'ProgressEvent':{'RequestToken':'d'}}" },
		    { 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(json_get(op->found, "noted"), "request"), "d");
}
END_TEST

Suite *suite_aws_cloudcontrol(void);

Suite *
suite_aws_cloudcontrol(void)
{
	Suite *suite = suite_create("aws_cloudcontrol");
	TCase *tcase = aws_world_case("aws_cloudcontrol");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_loop_test(
	    tcase, what_the_config_speaks_of_is_read_by_the_schema, 0, (int)array_len(readings));
	tcase_add_test(tcase, of_tags_that_can_not_be_changed_none_is_to_go);
	tcase_add_test(
	    tcase, what_the_config_names_is_found_by_that_and_has_no_tags_to_be_judged_by);
	tcase_add_test(tcase, what_is_named_by_what_is_not_there_yet_is_looked_for_by_its_tags);
	tcase_add_loop_test(tcase, of_all_that_the_tag_index_has_the_one_of_this_type_is_it, 0, 5);
	tcase_add_loop_test(tcase, what_can_not_be_is_refused, 0, 7);
	tcase_add_loop_test(tcase, a_create_takes_its_tags_in_the_shape_of_the_type, 0, 3);
	tcase_add_loop_test(tcase,
	    an_update_patches_what_differs_and_repeats_what_is_never_read_back, 0,
	    (int)array_len(patchings));
	tcase_add_loop_test(
	    tcase, a_request_that_failed_is_over_and_its_code_says_what_it_was, 0, 15);
	tcase_add_test(tcase, what_was_made_has_its_outputs_once_it_is_there);
	tcase_add_test(tcase, without_a_request_there_is_nothing_to_wait_for);
	tcase_add_test(tcase, a_delete_leaves_the_token_of_its_request);
	suite_add_tcase(suite, tcase);
	return suite;
}
