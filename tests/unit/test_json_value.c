/* SPDX-License-Identifier: Apache-2.0
 * test_json_value.c - JSON values: canonical form, sameness, getters, paths and pointers. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/json_of.h"
#include "util/json.h"
#include "util/mem.h"

#define CANON_MAX  100000
#define PACKED_MAX 600 /* members */

static char *
canonical(struct json_object *json)
{
	struct str out;

	str_init(&out, CANON_MAX);
	json_canonical(json, &out);
	ck_assert(!out.overflow);
	return str_take(&out);
}

/* ---- canonical form and equality ---- */

START_TEST(the_canonical_form_does_not_depend_on_how_a_value_was_written)
{
	static const struct {
		const char *text, *canonical;
	} rows[] = {
		{ "{\"b\":1,\"a\":2,\"B\":3,\"\":4}", "{\"\":4,\"B\":3,\"a\":2,\"b\":1}" },
		{ "[1.0, 1, -0.0, 1e2, 1.5]", "[1,1,0,100,1.5]" },
		{ "[3, 1, 2]", "[3,1,2]" },
		{ "[0.1, 1e300, 1e-400]", "[0.10000000000000001,1.0000000000000001e+300,0]" },
		{ "[1e15, 1e18, -9223372036854775808.0, 1e19]",
		    "[1000000000000000,1000000000000000000,-9223372036854775808,1e+19]" },
		{ "{\"x\":{\"d\":null,\"c\":[{}]}}", "{\"x\":{\"c\":[{}],\"d\":null}}" },
		{ "\"\\u00e9\\/\\u0041\\u0000\"", "\"\xc3\xa9/A\\u0000\"" },
		{ "{\"a\\\"b\":true}", "{\"a\\\"b\":true}" },
		{ "{ }", "{}" },
		{ "[ ]", "[]" },
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		struct json_object *json = json_of(rows[i].text), *again;
		char               *text = canonical(json), *text_again;

		ck_assert_str_eq(text, rows[i].canonical);
		again = json_of(text);
		text_again = canonical(again);
		ck_assert_str_eq(text_again, text);
		ck_assert(json_same(json, again));
		free(text);
		free(text_again);
		json_object_put(json);
		json_object_put(again);
	}
}
END_TEST

START_TEST(two_values_are_the_same_whenever_their_canonical_forms_are)
{
	static const char *const values[] = {
		"[]",
		"{}",
		"0",
		"-0.0",
		"1",
		"1.0",
		"1.5",
		"\"1\"",
		"true",
		"false",
		"\"\"",
		"\"a\"",
		"\"a\\u0000\"",
		"\"a\\u0000b\"",
		"[null]",
		"[1,2]",
		"[2,1]",
		"[1,2,3]",
		"[1.0,2e0]",
		"{\"a\":null}",
		"{\"b\":null}",
		"{\"a\":1,\"b\":2}",
		"{\"b\":2.0,\"a\":1}",
		"{\"a\":1,\"b\":2,\"c\":null}",
		"{\"a\":{\"b\":[]}}",
		"{\"a\":{\"b\":{}}}",
		"9007199254740993",
		"9007199254740992",
		"9007199254740992.0",
		"9007199254740994.0",
		"9223372036854775807",
		"9223372036854775807.0",
		"1e17",
		"100000000000000000",
		"1e300",
		"1.0000000000000001e300",
	};

	for (size_t i = 0; i < array_len(values); i++) {
		for (size_t k = 0; k < array_len(values); k++) {
			struct json_object *a = json_of(values[i]), *b = json_of(values[k]);
			char               *a_text = canonical(a), *b_text = canonical(b);

			ck_assert_msg(json_same(a, b) == (strcmp(a_text, b_text) == 0), "%s, %s",
			    values[i], values[k]);
			ck_assert_int_eq(json_same(a, b), json_same(b, a));
			free(a_text);
			free(b_text);
			json_object_put(a);
			json_object_put(b);
		}
	}
}
END_TEST

START_TEST(a_whole_number_is_read_as_an_integer_however_it_is_written)
{
	static const struct {
		const char *text, *read;
	} rows[] = {
		{ "[5.0,1e2,-0.0,1.5,[2.00],{\"a\":12e-1,\"b\":3e0}]",
		    "[5,100,0,1.5,[2],{\"a\":12e-1,\"b\":3}]" },
		{ "60.0", "60" },
		{ "{\"s\":\"5.0\",\"5.0\":0.5}", "{\"s\":\"5.0\",\"5.0\":0.5}" },
		{ "[9007199254740991.0,9007199254740993.0,1e300]",
		    "[9007199254740991,9007199254740993.0,1e300]" },
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		struct json_object *json = json_of(rows[i].text);

		ck_assert_str_eq(json_text(json), rows[i].read);
		json_object_put(json);
	}
}
END_TEST

START_TEST(null_is_the_same_as_null_and_as_nothing_else)
{
	struct json_object *zero = json_object_new_int64(0);
	char               *text = canonical(NULL);

	ck_assert(json_same(NULL, NULL));
	ck_assert(!json_same(NULL, zero));
	ck_assert(!json_same(zero, NULL));
	ck_assert_str_eq(text, "null");
	free(text);
	json_object_put(zero);
}
END_TEST

START_TEST(a_copy_is_the_same_and_lives_alone)
{
	struct json_object *json = json_of("{\"a\":{\"b\":[1,null,\"x\"]}}");
	struct json_object *copy = json_copy(json);

	ck_assert_ptr_null(json_copy(NULL));
	ck_assert(json_same(json, copy));
	json_set_i64(json_get_object(json, "a"), "b", 2);
	ck_assert(!json_same(json, copy));
	json_object_put(json);
	ck_assert_str_eq(json_text(copy), "{\"a\":{\"b\":[1,null,\"x\"]}}");
	json_object_put(copy);
}
END_TEST

/* ---- looking ---- */

/* Of any size, and it still grows: json-c's tables have a say in both. */
START_TEST(what_is_packed_is_the_same_and_still_grows)
{
	struct json_object *json = json_object_new_object(), *list = json_object_new_array();

	json_set(json, "list", list);
	for (int n = 0; n < PACKED_MAX; n++) {
		struct json_object *before = json_copy(json);

		json_pack(json);
		ck_assert(json_same(json, before));
		json_object_put(before);
		json_set_i64(
		    json, (char[]){ (char)('a' + n / 26 % 26), (char)('a' + n % 26), 0 }, n);
		json_object_array_add(list, json_object_new_int(n));
		ck_assert_int_eq(json_object_object_length(json), n + 2);
	}
	json_object_put(json);
}
END_TEST

START_TEST(getters_never_coerce)
{
	struct json_object *json = json_of("{\"i\":12,\"d\":1.5,\"s\":\"12\",\"t\":true,"
					   "\"n\":null,\"o\":{},\"a\":[7]}");

	ck_assert_int_eq(json_get_i64(json, "i", -1), 12);
	ck_assert_int_eq(json_get_i64(json, "s", -1), -1);
	ck_assert_int_eq(json_get_i64(json, "d", -1), -1);
	ck_assert_int_eq(json_get_i64(json, "t", -1), -1);
	ck_assert_int_eq(json_get_i64(json, "absent", -1), -1);
	ck_assert_str_eq(json_get_str(json, "s"), "12");
	ck_assert_ptr_null(json_get_str(json, "i"));
	ck_assert_ptr_null(json_get_str(json, "n"));
	ck_assert(json_get_bool(json, "t", false));
	ck_assert(json_get_bool(json, "s", true));
	ck_assert(!json_get_bool(json, "i", false));
	ck_assert_ptr_nonnull(json_get_object(json, "o"));
	ck_assert_ptr_null(json_get_object(json, "a"));
	ck_assert_ptr_nonnull(json_get_array(json, "a"));
	ck_assert_ptr_null(json_get_array(json, "o"));
	ck_assert_ptr_null(json_get(json, "n"));
	ck_assert(json_has(json, "n"));
	ck_assert(!json_has(json, "absent"));
	json_object_put(json);
}
END_TEST

START_TEST(getters_find_nothing_in_what_is_no_object)
{
	struct json_object *list = json_of("[1]");

	ck_assert_ptr_null(json_get(NULL, "a"));
	ck_assert_ptr_null(json_get(list, "0"));
	ck_assert_ptr_null(json_get_str(NULL, "a"));
	ck_assert_int_eq(json_get_i64(list, "a", 3), 3);
	ck_assert(!json_has(NULL, "a"));
	ck_assert(!json_has(list, "a"));
	json_object_put(list);
}
END_TEST

START_TEST(setters_add_replace_and_skip_what_is_not_there)
{
	struct json_object *json = json_object_new_object();

	json_set_str(json, "s", "x");
	json_set_str(json, "none", NULL);
	json_set_i64(json, "i", INT64_MIN);
	json_set_bool(json, "b", true);
	json_set_time(json, "never", 0);
	json_set_time(json, "t", 1);
	json_set(json, "null", NULL);
	json_set_str(json, "s", "y");
	ck_assert_str_eq(json_text(json), "{\"s\":\"y\",\"i\":-9223372036854775808,\"b\":true,"
					  "\"t\":\"1970-01-01T00:00:00.001Z\",\"null\":null}");
	json_object_put(json);
}
END_TEST

/* What is no UTF-8, or is only half a character, must not make a document that nobody can read. */
static const struct {
	const char *text, *json;
} texts[] = {
	{ "", "\"\"" },
	{ "a\"b\\c/", "\"a\\\"b\\\\c/\"" },
	{ "\n\x01\x7f", "\"\\n\\u0001\x7f\"" },
	{ "\xc3\xa9\xf0\x9f\x98\x80!", "\"\xc3\xa9\xf0\x9f\x98\x80!\"" },
	{ "\xff", "\"\xef\xbf\xbd\"" },
	{ "a\xe2\x82", "\"a\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "\xed\xa0\x80"
	  "b",
	    "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
	    "b\"" },
};

START_TEST(any_text_becomes_a_string_of_json)
{
	size_t              len = strlen(texts[_i].text);
	struct json_object *string = json_string(texts[_i].text, len), *object, *again;
	struct json_object *expected = json_of(texts[_i].json);
	struct str          written;

	ck_assert(json_same(string, expected));
	str_init(&written, CANON_MAX);
	json_add_string(&written, texts[_i].text);
	again = json_of(written.data);
	ck_assert(json_same(again, expected));
	object = json_object_new_object();
	json_set_str(object, "a", texts[_i].text);
	ck_assert(json_same(json_get(object, "a"), expected));
	str_fini(&written);
	json_object_put(string);
	json_object_put(object);
	json_object_put(again);
	json_object_put(expected);
}
END_TEST

START_TEST(a_nul_within_a_text_is_replaced_as_well)
{
	struct json_object *string = json_string("a\0b", 3);

	ck_assert_str_eq(json_object_get_string(string), "a\xef\xbf\xbd"
							 "b");
	json_object_put(string);
}
END_TEST

START_TEST(packed_objects_of_any_size_hold_what_they_held)
{
	for (int n = 0; n < 1000; n = n < 20 ? n + 1 : n * 2 + 1) {
		struct json_object *json = json_object_new_object();
		char                key[16];

		for (int i = 0; i < n; i++) {
			snprintf(key, sizeof(key), "k%d", i);
			json_set_i64(json, key, i);
		}
		json_pack(json);
		for (int i = 0; i < n; i++) {
			snprintf(key, sizeof(key), "k%d", i);
			ck_assert_int_eq(json_get_i64(json, key, -1), i);
		}
		json_set_i64(json, "more", 1);
		ck_assert_int_eq(json_object_object_length(json), n + 1);
		json_object_put(json);
	}
}
END_TEST

START_TEST(a_path_walks_objects_and_lists)
{
	static const struct {
		const char *path, *found; /* NULL: nothing */
	} rows[] = {
		{ "", "{\"Role\":{\"Arn\":\"x\"},\"Items\":[{\"Name\":1},null],\"\":{\"0\":2}}" },
		{ "Role.Arn", "\"x\"" },
		{ "Items.0.Name", "1" },
		{ "Items.1", NULL },
		{ "Items.1.Name", NULL },
		{ "Items.2", NULL },
		{ "Items.-1", NULL },
		{ "Items.x", NULL },
		{ "Items.18446744073709551616", NULL },
		{ "Role.Arn.x", NULL },
		{ "role", NULL },
		{ ".0", "2" },
	};
	struct json_object *json =
	    json_of("{\"Role\":{\"Arn\":\"x\"},\"Items\":[{\"Name\":1},null],\"\":{\"0\":2}}");
	char long_step[200];

	for (size_t i = 0; i < array_len(rows); i++) {
		struct json_object *found = json_path(json, rows[i].path);

		ck_assert_int_eq(found == NULL, rows[i].found == NULL);
		if (found != NULL)
			ck_assert_str_eq(json_text(found), rows[i].found);
	}
	memset(long_step, 'a', sizeof(long_step));
	long_step[sizeof(long_step) - 1] = '\0';
	ck_assert_ptr_null(json_path(json, long_step));
	ck_assert_ptr_null(json_path(NULL, "a"));
	json_object_put(json);
}
END_TEST

START_TEST(a_pointer_escapes_tilde_and_slash)
{
	struct str pointer;

	str_init(&pointer, 100);
	json_pointer_add(&pointer, "a/b");
	json_pointer_add(&pointer, "~");
	json_pointer_add(&pointer, "");
	json_pointer_add_index(&pointer, 12);
	json_pointer_add(&pointer, "~1");
	ck_assert_str_eq(pointer.data, "/a~1b/~0//12/~01");
	str_fini(&pointer);
}
END_TEST

START_TEST(what_fits_at_a_depth_can_be_read_there)
{
	for (int deep = 0; deep < JSON_DEPTH_MAX + 3; deep++) {
		struct json_object *json = json_object_new_int(1), *again;
		const char         *text;

		for (int i = 0; i < deep; i++) {
			struct json_object *outer =
			    i % 2 == 0 ? json_object_new_array() : json_object_new_object();

			if (i % 2 == 0)
				json_object_array_add(outer, json);
			else
				json_set(outer, "a", json);
			json = outer;
		}
		text = json_text(json);
		again = json_read(text, strlen(text), NULL);
		ck_assert_int_eq(again != NULL, json_fits_at(json, 1));
		ck_assert_int_eq(json_fits_at(json, 3), deep <= JSON_DEPTH_MAX - 3);
		json_object_put(again);
		json_object_put(json);
	}
}
END_TEST

Suite *suite_json_value(void);

Suite *
suite_json_value(void)
{
	Suite *suite = suite_create("json_value");
	TCase *tcase = tcase_create("json_value");

	tcase_add_test(tcase, the_canonical_form_does_not_depend_on_how_a_value_was_written);
	tcase_add_test(tcase, a_whole_number_is_read_as_an_integer_however_it_is_written);
	tcase_add_test(tcase, two_values_are_the_same_whenever_their_canonical_forms_are);
	tcase_add_test(tcase, null_is_the_same_as_null_and_as_nothing_else);
	tcase_add_test(tcase, a_copy_is_the_same_and_lives_alone);
	tcase_add_test(tcase, what_fits_at_a_depth_can_be_read_there);
	tcase_add_test(tcase, what_is_packed_is_the_same_and_still_grows);
	tcase_add_test(tcase, getters_never_coerce);
	tcase_add_test(tcase, getters_find_nothing_in_what_is_no_object);
	tcase_add_test(tcase, setters_add_replace_and_skip_what_is_not_there);
	tcase_add_loop_test(tcase, any_text_becomes_a_string_of_json, 0, array_len(texts));
	tcase_add_test(tcase, a_nul_within_a_text_is_replaced_as_well);
	tcase_add_test(tcase, packed_objects_of_any_size_hold_what_they_held);
	tcase_add_test(tcase, a_path_walks_objects_and_lists);
	tcase_add_test(tcase, a_pointer_escapes_tilde_and_slash);
	suite_add_tcase(suite, tcase);
	return suite;
}
