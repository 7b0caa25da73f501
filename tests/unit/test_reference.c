/* SPDX-License-Identifier: Apache-2.0
 * test_reference.c - what is a reference, and what comes in its place. */
#include <check.h>
#include <string.h>

#include "plan/reference.h"
#include "provider/unseal.h"
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

/* With every link replaced by "<id:output>"; NULL: `is` is false, and the text stays. */
static const struct row {
	const char *text;
	bool        is;
	const char *becomes;
} rows[] = {
	{ "@role", true, "<role:>" },
	{ "@role.arn", true, "<role:arn>" },
	{ "@role.arn.0.name", true, "<role:arn.0.name>" },
	{ "@r-1_x.a-b_c", true, "<r-1_x:a-b_c>" },
	{ "a@{role.arn}b", true, "a<role:arn>b" },
	{ "@{role}", true, "<role:>" },
	{ "@{a}@{b.c}", true, "<a:><b:c>" },
	{ "@@role", false, "@role" },
	{ "@@@role", false, "@@role" },
	{ "@@{role}", false, "@{role}" },
	{ "x@@{role}", false, "x@{role}" },
	{ "x@@role", false, "x@@role" },
	{ "@@x @{a}", true, "@x <a:>" },
	{ "@@{a} @{b}", true, "@{a} <b:>" },
	{ "@", false, "@" },
	{ "@@", false, "@" },
	{ "", false, "" },
	{ "user@example.com", false, "user@example.com" },
	{ "@scope/package", false, "@scope/package" },
	{ "@role.", false, "@role." },
	{ "@-role", false, "@-role" },
	{ "@role arn", false, "@role arn" },
	{ "plain", false, "plain" },
	{ "@{", false, "@{" },
	{ "@{role", false, "@{role" },
	{ "@{role.arn b}", false, "@{role.arn b}" },
	{ "a@{@{b}", false, "a@{@{b}" },
	{ "@{a}@", true, "<a:>@" },
	{ "@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false,
	    "@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
};

static struct json_object *
angle(void *arg, const struct reference_part *part)
{
	static struct json_object *last;
	struct str                 text;

	(void)arg;
	json_object_put(last);
	last = NULL;
	if (part == NULL)
		return NULL;
	str_init(&text, 1000);
	str_addf(&text, "<%s:%s>", part->id, part->output);
	last = json_object_new_string(text.data);
	str_fini(&text);
	return last;
}

START_TEST(a_string_is_a_reference_or_not)
{
	const struct row   *row = &rows[_i];
	struct json_object *text = json_object_new_string(row->text);
	struct json_object *became;
	size_t              missing = 0;

	ck_assert_int_eq(spec_is_reference(text), row->is);
	became = reference_replace(text, angle, NULL, &missing);
	ck_assert_str_eq(json_object_get_string(became), row->becomes);
	ck_assert_uint_eq(missing, 0);
	angle(NULL, NULL);
	json_object_put(became);
	json_object_put(text);
}
END_TEST

START_TEST(only_strings_are_references_and_only_one_shape_is_sealed)
{
	struct json_object *json = fixture_json(
	    "[1,null,['@a'],{'a':'@a'},{'$sealed':'@x'},{'$sealed':1},{'$sealed':'a','b':1}]");

	for (size_t i = 0; i < json_object_array_length(json); i++) {
		struct json_object *one = json_object_array_get_idx(json, i);

		ck_assert(!spec_is_reference(one));
		ck_assert_int_eq(is_sealed(one), i == 4);
	}
	json_object_put(json);
}
END_TEST

static void
expect_reading(struct str *text, const char *want)
{
	struct json_object *string = reference_end(text), *got;
	size_t              missing = 0;

	got = reference_replace(string, angle, NULL, &missing);
	ck_assert_msg(strcmp(json_object_get_string(got), want) == 0, "%s: %s",
	    json_object_get_string(string), json_object_get_string(got));
	json_object_put(got);
	json_object_put(string);
}

START_TEST(strings_that_are_put_together_read_as_each_did)
{
	const struct row   *row = &rows[_i];
	struct json_object *string = json_object_new_string(row->text);
	struct str          text, want;

	str_init(&text, 1000);
	str_init(&want, 1000);
	ck_assert(reference_add_string(&text, string));
	expect_reading(&text, row->becomes);
	str_clear(&text);
	reference_add_text(&text, "@x", 2);
	ck_assert(reference_add_string(&text, string));
	reference_add_text(&text, "{y", 2);
	str_addf(&want, "@x%s{y", row->becomes);
	expect_reading(&text, want.data);
	str_fini(&text);
	str_fini(&want);
	json_object_put(string);
}
END_TEST

START_TEST(a_link_behind_an_at_cannot_be_written)
{
	struct str text;

	str_init(&text, 100);
	reference_add_text(&text, "user@", 5);
	ck_assert(!reference_add_link(&text, "host", "name"));
	str_clear(&text);
	ck_assert(reference_add_link(&text, "host", "name"));
	ck_assert_str_eq(text.data, "@{host.name}");
	str_fini(&text);
}
END_TEST

/* Answers "arn" of node 0 and "endpoint..." of node 1, and nothing else. */
static struct json_object *
look(void *arg, size_t target, const char *output)
{
	struct json_object *outputs = arg;

	return json_get(json_object_array_get_idx(outputs, target), output);
}

#define RESOURCES                                                                                  \
	"{'role':{'type':'test:iam:role','properties':{'role_name':'n'}},"                         \
	"'net':{'type':'test:net:vpc'},"                                                           \
	"'fn':{'type':'test:fn:function','properties':{'name':'f','password':{'$sealed':'@role'}," \
	"'environment':{'A':'@net.arn','B':'x @{role} y @{net.id}','C':'@@role','D':'a@@{b}'},"    \
	"'policy':{'list':['@net.id']}},'references':{'role':'role'}}}"

START_TEST(references_are_resolved_and_the_rest_stays)
{
	struct spec        *spec = fixture_spec(registry, RESOURCES);
	struct json_object *outputs = fixture_json("[{'arn':'arn:r'},{'arn':'arn:n','id':[7]}]");
	struct json_object *got, *want;
	size_t              missing = 9;

	got = spec_resolve(spec, 2, look, outputs, &missing);
	want =
	    fixture_json("{'name':'f','password':{'$sealed':'@role'},'role':'arn:r',"
			 "'environment':{'A':'arn:n','B':'x arn:r y [7]','C':'@role','D':'a@{b}'},"
			 "'policy':{'list':[[7]]}}");
	ck_assert_msg(json_same(got, want), "%s", json_text(got));
	ck_assert_uint_eq(missing, 0);
	json_object_put(got);
	json_object_put(want);
	json_object_put(outputs);
	spec_unref(spec);
}
END_TEST

START_TEST(references_without_an_answer_stay_and_are_counted)
{
	struct spec        *spec = fixture_spec(registry, RESOURCES);
	struct json_object *outputs = fixture_json("[{'arn':'arn:r'},{}]");
	struct json_object *got;
	size_t              missing;

	got = spec_resolve(spec, 2, look, outputs, &missing);
	ck_assert_uint_eq(missing, 3);
	ck_assert_str_eq(
	    json_object_get_string(json_path(got, "environment.B")), "x @{role} y @{net.id}");
	ck_assert_str_eq(json_object_get_string(json_path(got, "environment.A")), "@net.arn");
	ck_assert_str_eq(json_get_str(got, "role"), "arn:r");
	ck_assert_uint_eq(spec->nodes[2].targets_n, 2);
	json_object_put(got);
	json_object_put(outputs);
	spec_unref(spec);
}
END_TEST

Suite *suite_reference(void);

Suite *
suite_reference(void)
{
	Suite *suite = suite_create("reference");
	TCase *tcase = tcase_create("reference");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_string_is_a_reference_or_not, 0, (int)array_len(rows));
	tcase_add_loop_test(
	    tcase, strings_that_are_put_together_read_as_each_did, 0, (int)array_len(rows));
	tcase_add_test(tcase, a_link_behind_an_at_cannot_be_written);
	tcase_add_test(tcase, only_strings_are_references_and_only_one_shape_is_sealed);
	tcase_add_test(tcase, references_are_resolved_and_the_rest_stays);
	tcase_add_test(tcase, references_without_an_answer_stay_and_are_counted);
	suite_add_tcase(suite, tcase);
	return suite;
}
