/* SPDX-License-Identifier: Apache-2.0
 * test_unseal.c - boxes within values, and secrets among credentials. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "provider/credential.h"
#include "provider/unseal.h"
#include "tests/unit/plan_fixture.h"
#include "util/check.h"
#include "util/json.h"
#include "util/str.h"

#define SECRET "open sesame"

static struct sealed_key *key;
static char              *box;

static void
setup(void)
{
	key = sealed_key_create();
	box = sealed_box(sealed_key_base64(key), SECRET, strlen(SECRET), NULL);
}

static void
teardown(void)
{
	free(box);
	sealed_key_destroy(key);
}

/* JSON with ' for ", and the box in each BOX. */
static struct json_object *
value_of(const char *text)
{
	struct json_object *value;
	struct str          out;

	str_init(&out, 4096);
	for (const char *at; (at = strstr(text, "BOX")) != NULL; text = at + strlen("BOX")) {
		str_add_mem(&out, text, (size_t)(at - text));
		str_add(&out, box);
	}
	str_add(&out, text);
	value = fixture_json(out.data);
	str_fini(&out);
	return value;
}

static const char form[] =
    "{'a':[1,{'$sealed':'BOX'},null],'b':{'c':{'$sealed':'BOX'},'d':2},'e':'f','g':null}";

START_TEST(every_box_in_a_value_is_opened_and_the_rest_stays)
{
	struct json_object *value = value_of(form), *opened, *want;
	struct err          err = { 0 };

	want = fixture_json(
	    "{'a':[1,'" SECRET "',null],'b':{'c':'" SECRET "','d':2},'e':'f','g':null}");
	opened = unseal(key, value, &err);
	ck_assert_msg(json_same(opened, want), "%s", json_text(opened));
	ck_assert(holds_sealed(value) && !holds_sealed(opened));
	ck_assert_ptr_null(unseal(NULL, value, &err));
	ck_assert_ptr_nonnull(strstr(err.detail, "no key"));
	json_object_put(opened);
	json_object_put(want);
	json_object_put(value);
}
END_TEST

START_TEST(parts_are_the_boxes_alone)
{
	struct json_object *value = value_of(form), *parts = sealed_parts(value);
	struct json_object *want =
	    value_of("{'a':[{'$sealed':'BOX'}],'b':{'c':{'$sealed':'BOX'}}}");

	ck_assert_msg(json_same(parts, want), "%s", json_text(parts));
	json_object_put(want);
	json_object_put(parts);
	json_object_put(value);
}
END_TEST

START_TEST(what_can_not_be_opened_is_told_with_its_place)
{
	struct json_object *value =
	    fixture_json("{'a/b':[{'$sealed':'AAAA'}],'c':{'$sealed':'no base64'}}");
	struct problems problems;

	problems_init(&problems);
	unseal_check(key, value, "/p", &problems);
	ck_assert_uint_eq(problems.n, 2);
	ck_assert_str_eq(problems.items[0].pointer, "/p/a~1b/0");
	ck_assert_str_eq(problems.items[1].pointer, "/p/c");
	ck_assert_str_eq(problems.items[0].code, "not_openable");
	problems_fini(&problems);
	json_object_put(value);
}
END_TEST

START_TEST(json_has_text_alone)
{
	static const struct {
		const char *text;
		size_t      len;
	} rows[] = { { "\xff\xfe", 2 }, { "a\0b", 3 } };
	char *odd = sealed_box(sealed_key_hex(key), rows[_i].text, rows[_i].len, NULL);
	struct json_object *value = json_object_new_object();
	struct err          err = { 0 };

	json_set_str(value, "$sealed", odd);
	ck_assert_ptr_null(unseal(key, value, &err));
	ck_assert_ptr_nonnull(strstr(err.detail, "UTF-8"));
	json_object_put(value);
	free(odd);
}
END_TEST

/* ---- credentials ---- */

START_TEST(a_credential_is_given_plain_or_sealed)
{
	static const char *const forms[] = { "{'pat':'" SECRET "'}", "{'encrypted_pat':'BOX'}" };
	struct json_object      *json = value_of(forms[_i]);
	struct problems          problems;
	struct secret           *secret;

	problems_init(&problems);
	ck_assert(credential_given(json, "pat"));
	secret = credential_open_text(key, json, "pat", "/c", &problems);
	ck_assert_ptr_nonnull(secret);
	ck_assert_str_eq(secret_open(secret), SECRET);
	secret_destroy(secret);
	/* A header takes no spaces. */
	ck_assert_ptr_null(credential_open(key, json, "pat", "/c", &problems));
	ck_assert_uint_eq(problems.n, 1);
	ck_assert_ptr_null(strstr(problems.items[0].detail, SECRET));
	problems_fini(&problems);
	json_object_put(json);
}
END_TEST

START_TEST(a_credential_that_can_not_be_had_is_told_with_its_place)
{
	static const struct {
		const char *form, *pointer, *code;
		bool        no_key;
	} rows[] = {
		{ "{'pat':'x','encrypted_pat':'BOX'}", "/c/encrypted_pat", "not_unique", false },
		{ "{'encrypted_pat':'AAAA'}", "/c/encrypted_pat", "not_openable", false },
		{ "{'encrypted_pat':'BOX'}", "/c/encrypted_pat", "not_openable", true },
		{ "{'encrypted_pat':1}", "/c/encrypted_pat", "wrong_type", false },
		{ "{'pat':1}", "/c/pat", "wrong_type", false },
		{ "{'pat':''}", "/c/pat", "wrong_type", false },
		{ "{'other':''}", NULL, NULL, false },
	};
	struct json_object *json = value_of(rows[_i].form);
	struct problems     problems;

	problems_init(&problems);
	ck_assert_ptr_null(
	    credential_open(rows[_i].no_key ? NULL : key, json, "pat", "/c", &problems));
	ck_assert_uint_eq(problems.n, rows[_i].code != NULL ? 1 : 0);
	if (rows[_i].code != NULL) {
		ck_assert_str_eq(problems.items[0].pointer, rows[_i].pointer);
		ck_assert_str_eq(problems.items[0].code, rows[_i].code);
	}
	problems_fini(&problems);
	json_object_put(json);
}
END_TEST

Suite *suite_unseal(void);

Suite *
suite_unseal(void)
{
	Suite *suite = suite_create("unseal");
	TCase *tcase = tcase_create("unseal");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, every_box_in_a_value_is_opened_and_the_rest_stays);
	tcase_add_test(tcase, parts_are_the_boxes_alone);
	tcase_add_test(tcase, what_can_not_be_opened_is_told_with_its_place);
	tcase_add_loop_test(tcase, json_has_text_alone, 0, 2);
	tcase_add_loop_test(tcase, a_credential_is_given_plain_or_sealed, 0, 2);
	tcase_add_loop_test(tcase, a_credential_that_can_not_be_had_is_told_with_its_place, 0, 7);
	suite_add_tcase(suite, tcase);
	return suite;
}
