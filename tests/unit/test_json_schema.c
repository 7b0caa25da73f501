/* SPDX-License-Identifier: Apache-2.0
 * test_json_schema.c - each keyword by values that pass and values that do not. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/plan_fixture.h"
#include "util/json.h"
#include "util/json_schema.h"
#include "util/near.h"
#include "util/pattern.h"
#include "util/str.h"

/* The value passes when code is NULL; else this is the one problem it has. */
static const struct row {
	const char *schema, *value, *pointer, *code;
} rows[] = {
	{ "{'type':'string'}", "'x'", "", NULL },
	{ "{'type':'string'}", "1", "", "wrong_type" },
	{ "{'type':'integer'}", "1", "", NULL },
	{ "{'type':'integer'}", "1.0", "", NULL },
	{ "{'type':'integer'}", "1.5", "", "wrong_type" },
	{ "{'type':'number'}", "1", "", NULL },
	{ "{'type':'number'}", "true", "", "wrong_type" },
	{ "{'type':'boolean'}", "false", "", NULL },
	{ "{'type':'null'}", "[]", "", "wrong_type" },
	{ "{'type':['string','array']}", "[]", "", NULL },
	{ "{'type':['string','array']}", "{}", "", "wrong_type" },
	{ "{'items':{'type':['string','null']}}", "[null,'a']", "", NULL },
	{ "{'enum':[1,'a',null]}", "1.0", "", NULL },
	{ "{'enum':[1,'a']}", "'b'", "", "not_in_enum" },
	{ "{'const':{'a':1}}", "{'a':1}", "", NULL },
	{ "{'const':{'a':1}}", "{'a':2}", "", "not_in_enum" },
	{ "{'minimum':3}", "3", "", NULL },
	{ "{'minimum':3}", "2", "", "out_of_range" },
	{ "{'minimum':3}", "'2'", "", NULL },
	{ "{'maximum':9223372036854775806}", "9223372036854775807", "", "out_of_range" },
	{ "{'maximum':3}", "3", "", NULL },
	{ "{'exclusiveMinimum':3}", "3", "", "out_of_range" },
	{ "{'exclusiveMinimum':3}", "3.1", "", NULL },
	{ "{'exclusiveMaximum':3}", "3", "", "out_of_range" },
	{ "{'exclusiveMaximum':3}", "2", "", NULL },
	{ "{'multipleOf':64}", "128", "", NULL },
	{ "{'multipleOf':64}", "100", "", "out_of_range" },
	{ "{'multipleOf':0.1}", "0.3", "", NULL },
	{ "{'minLength':2}", "'\xc3\xa9'", "", "bad_length" },
	{ "{'minLength':2}", "'ab'", "", NULL },
	{ "{'maxLength':1}", "'\xc3\xa9'", "", NULL },
	{ "{'maxLength':1}", "'ab'", "", "bad_length" },
	{ "{'pattern':'^a+$'}", "'aaa'", "", NULL },
	{ "{'pattern':'^a+$'}", "'ab'", "", "bad_pattern" },
	{ "{'pattern':'^a+$'}", "'a\\n'", "", "bad_pattern" },
	{ "{'pattern':'b'}", "'abc'", "", NULL },
	{ "{'pattern':'^\\\\p{L}+$'}", "'\xc3\xa9t\xc3\xa9'", "", NULL },
	{ "{'pattern':'^[\\\\u0020-\\\\u00FF]*$'}", "'\xc3\xa9'", "", NULL },
	{ "{'pattern':'^(a+)+$'}", "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'", "",
	    "bad_pattern" },
	{ "{'format':'cidr4'}", "'10.0.0.0/16'", "", NULL },
	{ "{'format':'cidr4'}", "'0.0.0.0/0'", "", NULL },
	{ "{'format':'cidr4'}", "'10.0.0.1/32'", "", NULL },
	{ "{'format':'cidr4'}", "'10.0.0.0/99'", "", "bad_format" },
	{ "{'format':'cidr4'}", "'10.0.0.0/33'", "", "bad_format" },
	{ "{'format':'cidr4'}", "'10.0.0.0/'", "", "bad_format" },
	{ "{'format':'cidr4'}", "'10.0.0.0/08'", "", "bad_format" },
	{ "{'format':'cidr4'}", "'10.0.0.0/8x'", "", "bad_format" },
	{ "{'format':'cidr4'}", "'10.0.0/8'", "", "bad_format" },
	{ "{'format':'cidr4'}", "'10.0.0.256/8'", "", "bad_format" },
	{ "{'format':'cidr4'}", "'10.0.0.0'", "", "bad_format" },
	{ "{'format':'cidr4'}", "''", "", "bad_format" },
	{ "{'format':'cidr4'}", "'10.0.0.0/8\\u0000'", "", "bad_format" },
	{ "{'format':'cidr4'}", "'fd00::/8'", "", "bad_format" },
	{ "{'format':'cidr4'}", "8", "", NULL },
	{ "{'format':'cidr6'}", "'fd00:1:2::/56'", "", NULL },
	{ "{'format':'cidr6'}", "'::/0'", "", NULL },
	{ "{'format':'cidr6'}", "'fd00::/129'", "", "bad_format" },
	{ "{'format':'cidr6'}", "'10.0.0.0/8'", "", "bad_format" },
	{ "{'format':'cidr6'}", "'fd00:00000000000000000000000000000000000000000000000::/8'", "",
	    "bad_format" },
	{ "{'format':'cidr'}", "'10.0.0.0/8'", "", NULL },
	{ "{'format':'cidr'}", "'fd00::/8'", "", NULL },
	{ "{'format':'cidr'}", "'any'", "", "bad_format" },
	{ "{'format':'json'}", "'{\\u0022a\\u0022:[1]}'", "", NULL },
	{ "{'format':'json'}", "''", "", NULL },
	{ "{'format':'json'}", "{}", "", NULL },
	{ "{'format':'json'}", "'{a'", "", "bad_format" },
	{ "{'format':'json'}", "'not'", "", "bad_format" },
	{ "{'format':'date-time'}", "'soon'", "", NULL },
	{ "{'minItems':1}", "[]", "", "bad_length" },
	{ "{'minItems':1}", "[0]", "", NULL },
	{ "{'maxItems':1}", "[0,0]", "", "bad_length" },
	{ "{'uniqueItems':true}", "[1,'1',{'a':1,'b':2}]", "", NULL },
	{ "{'uniqueItems':true}", "[{'a':1,'b':2},{'b':2,'a':1.0}]", "/1", "not_unique" },
	{ "{'uniqueItems':false}", "[1,1]", "", NULL },
	{ "{'items':{'type':'string'}}", "['a',2]", "/1", "wrong_type" },
	{ "{'prefixItems':[{'type':'string'}],'items':false}", "['a']", "", NULL },
	{ "{'prefixItems':[{'type':'string'}],'items':false}", "['a',1]", "/1",
	    "unknown_property" },
	{ "{'contains':{'const':2}}", "[1,2]", "", NULL },
	{ "{'contains':{'const':2}}", "[1]", "", "no_match" },
	{ "{'minProperties':1}", "{}", "", "bad_length" },
	{ "{'maxProperties':1}", "{'a':1,'b':2}", "", "bad_length" },
	{ "{'required':['a']}", "{'a':null}", "", NULL },
	{ "{'required':['a']}", "{}", "", "missing_property" },
	{ "{'dependentRequired':{'a':['b']}}", "{'a':1}", "", "missing_property" },
	{ "{'dependentRequired':{'a':['b']}}", "{'c':1}", "", NULL },
	{ "{'properties':{'a/b':{'type':'string'}}}", "{'a/b':1}", "/a~1b", "wrong_type" },
	{ "{'properties':{'a':{}},'additionalProperties':false}", "{'b':1}", "/b",
	    "unknown_property" },
	{ "{'properties':{'a':{}},'additionalProperties':{'type':'string'}}", "{'a':1,'b':2}", "/b",
	    "wrong_type" },
	{ "{'patternProperties':{'^x-':{'type':'string'}},'additionalProperties':false}",
	    "{'x-a':'1'}", "", NULL },
	{ "{'patternProperties':{'^x-':{'type':'string'}}}", "{'x-a':1}", "/x-a", "wrong_type" },
	{ "{'propertyNames':{'maxLength':2}}", "{'ab':1,'abc':1}", "/abc", "bad_length" },
	{ "{'$ref':'#/$defs/n','$defs':{'n':{'type':'null'}}}", "1", "", "wrong_type" },
	{ "{'$defs':{'t':{'properties':{'t':{'$ref':'#/$defs/t'}},'additionalProperties':false}},"
	  "'$ref':'#/$defs/t'}",
	    "{'t':{'t':{'u':1}}}", "/t/t/u", "unknown_property" },
	{ "{'allOf':[{'type':'integer'},{'minimum':3}]}", "2", "", "out_of_range" },
	{ "{'anyOf':[{'type':'integer'},{'type':'string'}]}", "'a'", "", NULL },
	{ "{'anyOf':[{'type':'integer'},{'type':'string'}]}", "[]", "", "no_match" },
	{ "{'oneOf':[{'type':'integer'},{'minimum':3}]}", "2", "", NULL },
	{ "{'oneOf':[{'type':'integer'},{'minimum':3}]}", "4", "", "no_match" },
	{ "{'not':{'type':'integer'}}", "1", "", "no_match" },
	{ "{'not':{'type':'integer'}}", "'1'", "", NULL },
	{ "{'if':{'required':['a']},'then':{'required':['b']},'else':{'required':['c']}}",
	    "{'a':1}", "", "missing_property" },
	{ "{'if':{'required':['a']},'then':{'required':['b']},'else':{'required':['c']}}",
	    "{'c':1}", "", NULL },
	{ "{'properties':{'a':false}}", "{'a':1}", "/a", "unknown_property" },
	{ "{'$ref':'#/$defs/n','$defs':{'n':{'$ref':'#/$defs/n'}}}", "1", "", "too_complex" },
	{ "{'type':'string','pattern':'^arn:'}", "'@role'", "", NULL },
	{ "{'properties':{'a':{'enum':[1]}}}", "{'a':'@role.arn'}", "", NULL },
};

START_TEST(each_keyword_lets_pass_what_it_should_and_nothing_else)
{
	const struct row   *row = &rows[_i];
	struct json_object *schema = fixture_json(row->schema);
	struct json_object *list = NULL, *value;
	struct problems     problems;
	struct str          text;

	str_init(&text, 1000);
	str_addf(&text, "[%s]", row->value); /* so that it may be null or bare */
	list = fixture_json(text.data);
	value = json_object_array_get_idx(list, 0);
	problems_init(&problems);
	json_schema_check(schema, &problems);
	ck_assert_msg(problems.n == 0, "%s", problems.n > 0 ? problems.items[0].detail : "");
	json_schema_validate(schema, value, "", spec_is_reference, &problems);
	if (row->code == NULL)
		ck_assert_msg(problems.n == 0, "%s: %s", row->value,
		    problems.n > 0 ? problems.items[0].detail : "");
	else
		ck_assert_msg(problems.n == 1, "%s: %zu problems", row->value, problems.n);
	if (row->code != NULL && row->code[0] == 't')
		ck_assert_str_eq(problems.items[0].code, row->code);
	else if (row->code != NULL)
		ck_assert_msg(fixture_has(&problems, row->pointer, row->code), "%s %s %s",
		    row->value, problems.items[0].pointer, problems.items[0].code);
	problems_fini(&problems);
	json_object_put(schema);
	json_object_put(list);
	str_fini(&text);
}
END_TEST

static const struct bad_row {
	const char *schema, *pointer, *code;
} bad_rows[] = {
	{ "{'typ':'string'}", "/typ", "unknown_keyword" },
	{ "{'unevaluatedProperties':false}", "/unevaluatedProperties", "unknown_keyword" },
	{ "{'type':'text'}", "/type", "wrong_type" },
	{ "{'type':[]}", "/type", "wrong_type" },
	{ "{'minLength':-1}", "/minLength", "wrong_type" },
	{ "{'multipleOf':0}", "/multipleOf", "wrong_type" },
	{ "{'required':'a'}", "/required", "wrong_type" },
	{ "{'required':[1]}", "/required", "wrong_type" },
	{ "{'enum':'a'}", "/enum", "wrong_type" },
	{ "{'anyOf':[]}", "/anyOf", "wrong_type" },
	{ "{'anyOf':[1]}", "/anyOf/0", "wrong_type" },
	{ "{'properties':{'a':{'pattern':'('}}}", "/properties/a/pattern", "bad_pattern" },
	{ "{'patternProperties':{'(':{}}}", "/patternProperties", "bad_pattern" },
	{ "{'items':{'$ref':'#/$defs/no'}}", "/items/$ref", "dangling_reference" },
	{ "{'$ref':'http://example.com/'}", "/$ref", "dangling_reference" },
	{ "{'dependentRequired':{'a':'b'}}", "/dependentRequired", "wrong_type" },
	{ "{'uniqueItems':1}", "/uniqueItems", "wrong_type" },
};

START_TEST(a_schema_that_cannot_be_held_is_refused)
{
	const struct bad_row *row = &bad_rows[_i];
	struct json_object   *schema = fixture_json(row->schema);
	struct problems       problems;

	problems_init(&problems);
	json_schema_check(schema, &problems);
	ck_assert_uint_eq(problems.n, 1);
	ck_assert_msg(fixture_has(&problems, row->pointer, row->code), "%s %s: %s",
	    problems.items[0].pointer, problems.items[0].code, problems.items[0].detail);
	problems_fini(&problems);
	json_object_put(schema);
}
END_TEST

START_TEST(annotations_are_let_pass)
{
	struct json_object *schema = fixture_json(
	    "{'title':'t','description':'d','default':1,'examples':[1],'format':'date',"
	    "'deprecated':true,'readOnly':true,'writeOnly':false,'x-any':{'typ':1}}");
	struct problems problems;

	problems_init(&problems);
	json_schema_check(schema, &problems);
	ck_assert_uint_eq(problems.n, 0);
	problems_fini(&problems);
	json_object_put(schema);
}
END_TEST

START_TEST(every_problem_is_told_with_what_may_have_been_meant)
{
	struct json_object *schema = fixture_json(
	    "{'properties':{'runtime':{'enum':['python3.12','nodejs20']},'handler':{}},"
	    "'required':['handler'],'additionalProperties':false}");
	struct json_object *value = fixture_json("{'runtme':1,'runtime':'python3.1'}");
	struct problems     problems;

	problems_init(&problems);
	json_schema_validate(schema, value, "/resources/fn/properties", NULL, &problems);
	ck_assert_uint_eq(problems.n, 3);
	ck_assert(fixture_has(&problems, "/resources/fn/properties", "missing_property"));
	ck_assert_ptr_nonnull(
	    strstr(fixture_detail(&problems, "/resources/fn/properties/runtme"), "'runtime'?"));
	ck_assert_ptr_nonnull(
	    strstr(fixture_detail(&problems, "/resources/fn/properties/runtime"), "'python3.12'?"));
	problems_fini(&problems);
	json_object_put(schema);
	json_object_put(value);
}
END_TEST

static const struct {
	const char *schema, *value, *detail;
} said[] = {
	{ "{'type':'string'}", "1", "must be of type string, and is of type integer" },
	{ "{'type':'integer'}", "1.5", "must be of type integer, and is of type number" },
	{ "{'type':['string','null']}", "[]",
	    "must be of type string or null, and is of type array" },
	{ "{'oneOf':[{'required':['config']},{'required':['graph_id']}]}", "{}",
	    "exactly one of config, graph_id is needed" },
	{ "{'oneOf':[{'required':['a']},{'required':['b']}]}", "{'a':1,'b':1}",
	    "exactly one of a, b is needed" },
	{ "{'anyOf':[{'required':['a','b']},{'required':['c','d']}]}", "{'a':1}",
	    "at least one of a and b, c and d is needed" },
	{ "{'oneOf':[{'required':['a']},{'type':'string'}]}", "{}",
	    "matches none of the 2 forms it may have" },
	{ "{'oneOf':[{},{'required':['a']}]}", "{'a':1}",
	    "matches more than one of the 2 forms it may have" },
	{ "{'not':{},'description':'Elsewhere'}", "1", "Elsewhere" },
	{ "{'not':{'required':['a']},'description':'A thing'}", "{'a':1}",
	    "has a form that it must not have" },
};

START_TEST(a_problem_says_what_is_wanted)
{
	struct json_object *schema = fixture_json(said[_i].schema);
	struct json_object *value = fixture_json(said[_i].value);
	struct problems     problems;

	problems_init(&problems);
	json_schema_validate(schema, value, "", NULL, &problems);
	ck_assert_uint_eq(problems.n, 1);
	ck_assert_str_eq(problems.items[0].detail, said[_i].detail);
	problems_fini(&problems);
	json_object_put(schema);
	json_object_put(value);
}
END_TEST

START_TEST(what_is_far_is_not_offered)
{
	struct near near;
	char        buf[NEAR_TEXT_SIZE];

	near_init(&near, "role");
	near_offer(&near, "environment");
	near_offer(&near, "xyzw");
	ck_assert_str_eq(near_text(&near, buf), "");
	near_offer(&near, "rloe");
	ck_assert_str_eq(near_text(&near, buf), "; did you mean 'rloe'?");
	near_offer(&near, "roles");
	near_offer(&near, "");
	ck_assert_str_eq(near.best, "rloe");
}
END_TEST

START_TEST(more_patterns_than_the_table_holds_still_match)
{
	char pattern[32];

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 3000; i++) {
			snprintf(pattern, sizeof(pattern), "^%d$", i);
			ck_assert_int_eq(pattern_match(pattern, pattern + 1, strlen(pattern) - 2),
			    PATTERN_MATCH);
			ck_assert_int_eq(pattern_match(pattern, "x", 1), PATTERN_NO_MATCH);
		}
	}
	ck_assert_int_eq(pattern_match("(", "x", 1), PATTERN_INVALID);
	pattern_forget_all();
}
END_TEST

Suite *suite_json_schema(void);

Suite *
suite_json_schema(void)
{
	Suite *suite = suite_create("json_schema");
	TCase *tcase = tcase_create("json_schema");

	tcase_add_loop_test(
	    tcase, each_keyword_lets_pass_what_it_should_and_nothing_else, 0, (int)array_len(rows));
	tcase_add_loop_test(
	    tcase, a_schema_that_cannot_be_held_is_refused, 0, (int)array_len(bad_rows));
	tcase_add_test(tcase, annotations_are_let_pass);
	tcase_add_test(tcase, every_problem_is_told_with_what_may_have_been_meant);
	tcase_add_loop_test(tcase, a_problem_says_what_is_wanted, 0, (int)array_len(said));
	tcase_add_test(tcase, what_is_far_is_not_offered);
	tcase_add_test(tcase, more_patterns_than_the_table_holds_still_match);
	suite_add_tcase(suite, tcase);
	return suite;
}
