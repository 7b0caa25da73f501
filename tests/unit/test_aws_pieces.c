/* SPDX-License-Identifier: Apache-2.0
 * test_aws_pieces.c - the small languages a type file speaks: paths, waiters, members, tags; and the zip. */
#include <check.h>
#include <stdio.h>

#include "providers/aws/call.h"
#include "interpreter/meaning.h"
#include "interpreter/members.h"
#include "interpreter/paths.h"
#include "interpreter/shape.h"
#include "interpreter/waiter.h"
#include "providers/aws/zip.h"
#include "tests/unit/aws_world.h"
#include "util/json.h"

static const struct {
	const char *json, *path, *expected; /* NULL: nothing there */
} paths[] = {
	{ "{'A':{'B':1}}", "A.B", "[1]" },
	{ "{'A':[{'B':1},{'B':2}]}", "A[].B", "[[1,2]]" },
	{ "{'A':[{'B':[1,2]},{'B':[3]},{}]}", "A[].B[]", "[[1,2,3]]" },
	{ "{'A':[{'B':[1]},{'B':[2]}]}", "A[].B", "[[[1],[2]]]" },
	{ "{'A':[5,6]}", "A[1]", "[6]" },
	{ "{'A':[{'B':7}]}", "A[0].B", "[7]" },
	{ "{'A':[5,6]}", "A.1", "[6]" },
	{ "{'A':[5]}", "A[1]", NULL },
	{ "{'A':1}", "A[]", NULL },
	{ "{'A':1}", "B.C", NULL },
	{ "{'A':1}", "", "[{'A':1}]" },
	{ "{'A':'{\\\"B\\\":[1]}'}", "A.B[0]", "[1]" },
	{ "{'A':'text'}", "A.B", NULL },
	{ "{'A':'arn:x:y/z/1'}", "A/", "['1']" },
	{ "{'A':[{'B':'/b/2'}]}", "A.0.B/", "['2']" },
	{ "{'A':'text'}", "A/", "['text']" },
	{ "{'A':1}", "A/", NULL },
};

START_TEST(paths_go_into_members_and_lists)
{
	struct json_object *json = aws_json(paths[_i].json);
	struct json_object *found = path_find(json, paths[_i].path);
	struct json_object *expected =
	    paths[_i].expected != NULL ? aws_json(paths[_i].expected) : NULL;

	ck_assert_msg(
	    json_same(found, expected != NULL ? json_object_array_get_idx(expected, 0) : NULL),
	    "%s: %s", paths[_i].path, json_text(found));
	ck_assert(path_is_plain(paths[_i].path));
	json_object_put(expected);
	json_object_put(found);
	json_object_put(json);
}
END_TEST

START_TEST(a_path_beyond_our_subset_is_known_as_such)
{
	ck_assert(!path_is_plain("length(Items[]) > `0`"));
	ck_assert(!path_is_plain("Items[?State=='ok']"));
}
END_TEST

static const struct {
	const char       *acceptor, *out;
	enum op_result    result;
	const char       *code;
	enum wait_verdict expected;
} looks[] = {
	{ "{'matcher':'path','argument':'A.B','expected':'x','state':'success'}", "{'A':{'B':'x'}}",
	    OP_OK, "", WAIT_READY },
	{ "{'matcher':'path','argument':'A.B','expected':'x','state':'success'}", "{'A':{'B':'y'}}",
	    OP_OK, "", WAIT_AGAIN },
	{ "{'matcher':'path','argument':'A','expected':true,'state':'failure'}", "{'A':true}",
	    OP_OK, "", WAIT_FAILED },
	{ "{'matcher':'pathAll','argument':'L[].S','expected':'x','state':'success'}",
	    "{'L':[{'S':'x'},{'S':'x'}]}", OP_OK, "", WAIT_READY },
	{ "{'matcher':'pathAll','argument':'L[].S','expected':'x','state':'success'}",
	    "{'L':[{'S':'x'},{'S':'y'}]}", OP_OK, "", WAIT_AGAIN },
	{ "{'matcher':'pathAll','argument':'L[].S','expected':'x','state':'success'}", "{'L':[]}",
	    OP_OK, "", WAIT_AGAIN },
	{ "{'matcher':'pathAny','argument':'L[].S','expected':'x','state':'failure'}",
	    "{'L':[{'S':'x'},{'S':'y'}]}", OP_OK, "", WAIT_FAILED },
	{ "{'matcher':'error','expected':'Gone','state':'success'}", "{}", OP_NOT_FOUND, "Gone",
	    WAIT_READY },
	{ "{'matcher':'error','expected':true,'state':'failure'}", "{}", OP_NOT_FOUND, "Any",
	    WAIT_FAILED },
	{ "{'matcher':'error','expected':'Gone','state':'success'}", "{}", OP_DENIED,
	    "AccessDenied", WAIT_ERROR },
	{ "{'matcher':'status','expected':404,'state':'retry'}", "{}", OP_NOT_FOUND, "404",
	    WAIT_AGAIN },
	{ "{'matcher':'path','argument':'length(A)','expected':1,'state':'success'}", "{'A':[1]}",
	    OP_OK, "", WAIT_AGAIN },
};

START_TEST(waiters_judge_by_all_their_matchers)
{
	char                text[512];
	struct json_object *waiter;
	struct call         call = { .result = looks[_i].result, .out = aws_json(looks[_i].out) };

	call.status = call.result == OP_OK ? 200 : 404;
	snprintf(call.code, sizeof(call.code), "%s", looks[_i].code);
	snprintf(text, sizeof(text), "{'acceptors':[%s]}", looks[_i].acceptor);
	waiter = aws_json(text);
	ck_assert_int_eq(waiter_judge(waiter, &call), looks[_i].expected);
	json_object_put(waiter);
	json_object_put(call.out);
}
END_TEST

static const struct {
	const char *schema, *value, *expected;
} reads[] = {
	{ "{'properties':{'kms_key_id':{}}}", "{'KMSKeyId':'k','Other':1}", "{'kms_key_id':'k'}" },
	{ "{'properties':{'a':{'x-member':'Bee'}}}", "{'Bee':1,'A':2}", "{'a':1}" },
	{ "{'properties':{'a':{'x-read':'B.C'}}}", "{'B':{'C':1},'A':2}", "{'a':1}" },
	{ "{'properties':{'a':{'x-read':['B.C','B']}}}", "{'B':{'C':'x'}}", "{'a':'x'}" },
	{ "{'properties':{'a':{'x-read':['B.C','B']}}}", "{'B':'y'}", "{'a':'y'}" },
	{ "{'properties':{'a':{'x-base64':true}}}", "{'A':'eA=='}", "{'a':'x'}" },
	{ "{'properties':{'a':{'x-base64':true}}}", "{'A':'/w=='}", "{'a':'/w=='}" },
	{ "{'properties':{'a':{'x-values':{'On':true}}}}", "{'A':'On'}", "{'a':true}" },
	{ "{'properties':{'a':{'x-values':{'On':true}}}}", "{'A':'Odd'}", "{}" },
	{ "{'properties':{'a':{'default':3}}}", "{}", "{'a':3}" },
	{ "{'properties':{'a':{'default':3,'x-absent':4}}}", "{}", "{'a':4}" },
	{ "{'properties':{'a':{'x-unset':{'n':0},'properties':{'n':{}}}}}", "{'A':{'N':0}}", "{}" },
	{ "{'properties':{'l':{'x-item':'Arn'}}}", "{'L':[{'Arn':'x','Size':1}]}", "{'l':['x']}" },
	{ "{'properties':{'d':{'x-document':true}}}", "{'D':'%7B%22a%22%3A1%7D'}",
	    "{'d':{'a':1}}" },
	{ "{'properties':{'d':{'x-document':true}}}", "{'D':'no json'}", "{'d':'no json'}" },
	{ "{'properties':{'d':{'x-document':true}}}", "{'D':'{\\\\\\\"a\\\\\\\":1}'}",
	    "{'d':{'a':1}}" },
	{ "{'properties':{'d':{'x-document':true}}}", "{'D':'{\\\\ no json'}",
	    "{'d':'{\\\\ no json'}" },
	{ "{'properties':{'l':{'type':'array'}}}", "{'L':{'Quantity':1,'Items':['x']}}",
	    "{'l':['x']}" },
	{ "{'properties':{'l':{'type':'array','default':['d']}}}", "{'L':{'Quantity':0}}",
	    "{'l':[]}" },
	{ "{'properties':{'a':{'type':'integer'},'b':{'type':'boolean'},'c':{'type':'string'}}}",
	    "{'A':'30','B':'true','C':'30'}", "{'a':30,'b':true,'c':'30'}" },
	{ "{'properties':{'a':{'type':'integer'}}}", "{'A':'many'}", "{'a':'many'}" },
	{ "{'properties':{'m':{'additionalProperties':{}}}}", "{'M':{'K_1':'v'}}",
	    "{'m':{'K_1':'v'}}" },
	{ "{'properties':{'r':{'$ref':'#/$defs/t'}},'$defs':{'t':{'properties':{'x_y':{}}}}}",
	    "{'R':{'XY':1,'Z':2}}", "{'r':{'x_y':1}}" },
};

START_TEST(answers_become_properties_as_the_schema_says)
{
	struct json_object *schema = aws_json(reads[_i].schema);
	struct json_object *value = aws_json(reads[_i].value);
	struct json_object *expected = aws_json(reads[_i].expected);
	struct json_object *read = member_read(schema, schema, value);

	ck_assert_msg(json_same(read, expected), "%s", json_text(read));
	json_object_put(read);
	json_object_put(expected);
	json_object_put(value);
	json_object_put(schema);
}
END_TEST

static const char model[] =
    "{'In':{'type':'structure','required':['Must'],'members':{'Must':{'shape':'Text'},"
    "'May':{'shape':'Text'},'Pairs':{'shape':'Pairs'},'Counted':{'shape':'Counted'},"
    "'Wrapped':{'shape':'Wrapped'}}},"
    "'Text':{'type':'string'},'Number':{'type':'integer'},"
    "'Texts':{'type':'list','member':{'shape':'Text'}},"
    "'Pairs':{'type':'list','member':{'shape':'Pair'}},"
    "'Pair':{'type':'structure','members':{'Key':{'shape':'Text'},'Value':{'shape':'Text'}}},"
    "'Counted':{'type':'structure','members':{'Quantity':{'shape':'Number'},"
    "'Items':{'shape':'Texts'}}},"
    "'Wrapped':{'type':'list','member':{'shape':'Wrapping'}},"
    "'Wrapping':{'type':'structure','members':{'Arn':{'shape':'Text'}}}}";

static const struct {
	const char *schema, *value, *expected;
} writes[] = {
	{ "{'properties':{'must':{'default':'m'},'may':{'default':'n'}}}", "{}", "{'Must':'m'}" },
	{ "{'properties':{'must':{'default':'m'},'may':{'default':'n'}}}", "{'must':'x'}",
	    "{'Must':'x'}" },
	{ "{'x-whole':true,'properties':{'must':{'default':'m'},'may':{'default':'n'}}}", "{}",
	    "{'Must':'m','May':'n'}" },
	{ "{'properties':{'may':{'x-join':','}}}", "{'may':['a','b']}", "{'May':'a,b'}" },
	{ "{'properties':{'pairs':{'properties':{'n':{'x-member':'The.N'}}}}}", "{'pairs':{'n':5}}",
	    "{'Pairs':[{'Key':'The.N','Value':'5'}]}" },
	{ "{'properties':{'counted':{}}}", "{'counted':['a']}",
	    "{'Counted':{'Items':['a'],'Quantity':1}}" },
	{ "{'properties':{'counted':{}}}", "{'counted':[]}", "{'Counted':{'Quantity':0}}" },
	{ "{'properties':{'wrapped':{'x-item':'Arn'}}}", "{'wrapped':['a']}",
	    "{'Wrapped':[{'Arn':'a'}]}" },
};

START_TEST(properties_become_inputs_as_the_schema_and_the_model_say)
{
	struct service      service = { .shapes = aws_json(model) };
	struct json_object *ref = aws_json("{'shape':'In'}");
	struct json_object *schema = aws_json(writes[_i].schema);
	struct json_object *value = aws_json(writes[_i].value);
	struct json_object *expected = aws_json(writes[_i].expected);
	struct json_object *written;
	struct shape        shape;
	struct err          err = { 0 };

	ck_assert(shape_of(&service, ref, &shape));
	written = member_write(schema, schema, value, &shape, &err);
	ck_assert_msg(json_same(written, expected), "%s %s", json_text(written), err.detail);
	json_object_put(written);
	json_object_put(expected);
	json_object_put(value);
	json_object_put(schema);
	json_object_put(ref);
	json_object_put(service.shapes);
}
END_TEST

START_TEST(tags_are_read_in_every_shape)
{
	static const char *const shapes[] = {
		"{'a':'b','c':''}",
		"[{'Key':'a','Value':'b'},{'Key':'c'}]",
		"[{'key':'a','value':'b'},{'key':'c','value':''}]",
		"[{'TagKey':'a','TagValue':'b'},{'TagKey':'c','TagValue':''}]",
	};
	struct json_object *value = aws_json(shapes[_i]);
	struct json_object *expected = aws_json(shapes[0]);
	struct json_object *tags = tags_read(value);

	ck_assert_msg(json_same(tags, expected), "%s", json_text(tags));
	json_object_put(tags);
	json_object_put(expected);
	json_object_put(value);
}
END_TEST

START_TEST(a_zip_is_whole_and_the_same_every_time)
{
	struct str a, b;

	str_init(&a, 4096);
	str_init(&b, 4096);
	zip_one(&a, "app.py", "x", 1);
	zip_one(&b, "app.py", "x", 1);
	ck_assert_uint_eq(a.len, 30 + 6 + 1 + 46 + 6 + 22);
	ck_assert_mem_eq(a.data, b.data, a.len);
	ck_assert_mem_eq(a.data, "PK\003\004", 4);
	ck_assert_mem_eq(a.data + 14, "\203\026\334\214", 4); /* the CRC-32 of "x" */
	ck_assert_mem_eq(a.data + 37, "PK\001\002", 4);
	ck_assert_mem_eq(a.data + a.len - 22, "PK\005\006", 4);
	str_fini(&a);
	str_fini(&b);
}
END_TEST

Suite *suite_aws_pieces(void);

Suite *
suite_aws_pieces(void)
{
	Suite *suite = suite_create("aws_pieces");
	TCase *tcase = tcase_create("aws_pieces");

	tcase_add_loop_test(tcase, paths_go_into_members_and_lists, 0, array_len(paths));
	tcase_add_test(tcase, a_path_beyond_our_subset_is_known_as_such);
	tcase_add_loop_test(tcase, waiters_judge_by_all_their_matchers, 0, array_len(looks));
	tcase_add_loop_test(
	    tcase, answers_become_properties_as_the_schema_says, 0, array_len(reads));
	tcase_add_loop_test(
	    tcase, properties_become_inputs_as_the_schema_and_the_model_say, 0, array_len(writes));
	tcase_add_loop_test(tcase, tags_are_read_in_every_shape, 0, 4);
	tcase_add_test(tcase, a_zip_is_whole_and_the_same_every_time);
	suite_add_tcase(suite, tcase);
	return suite;
}
