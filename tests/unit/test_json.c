/* SPDX-License-Identifier: Apache-2.0
 * test_json.c - json-c without its traps, with inputs that try each trap. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/unit/json_of.h"
#include "util/check.h"
#include "util/json.h"
#include "util/json_scan.h"
#include "util/mem.h"

#define TEXT_MAX 100000

/* A text that may hold a NUL. */
struct text {
	const char *at;
	size_t      len;
};
#define TEXT(literal)                        \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

/* ---- what is JSON ---- */

static const struct text good[] = {
	TEXT("{}"),
	TEXT("[]"),
	TEXT(" \t\r\n{ } \n"),
	TEXT("true"),
	TEXT("false"),
	TEXT("0"),
	TEXT("-0"),
	TEXT("1 "),
	TEXT("-1.5"),
	TEXT("0.0"),
	TEXT("-0.0"),
	TEXT("0e1"),
	TEXT("0E+1"),
	TEXT("1e5"),
	TEXT("1E-5"),
	TEXT("1.25e+10"),
	TEXT("1e308"),
	TEXT("1e-400"),
	TEXT("9223372036854775807"),
	TEXT("-9223372036854775808"),
	TEXT("\"\""),
	TEXT("\"a/b\\/c\""),
	TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\""),
	TEXT("\"\\u0000\""),
	TEXT("\"\\ud83d\\ude00\""),
	TEXT("\"\\uD800\\uDC00\""),
	TEXT("\"\\udbff\\udfff\""),
	TEXT("\"\x7f\""),
	TEXT("\"\xc2\x80\""),
	TEXT("\"\xdf\xbf\""),
	TEXT("\"\xe0\xa0\x80\""),
	TEXT("\"\xed\x9f\xbf\""),
	TEXT("\"\xee\x80\x80\""),
	TEXT("\"\xef\xbf\xbf\""),
	TEXT("\"\xf0\x90\x80\x80\""),
	TEXT("\"\xf4\x8f\xbf\xbf\""),
	TEXT("[null]"),
	TEXT("[[],{},[[]],\"\",0,true,false,null]"),
	TEXT("{\"\":0}"),
	TEXT("{\"a\":1,\"A\":2,\"aa\":3,\"\\u0062\":4}"),
	TEXT("{\"a\":{\"a\":{\"a\":1}},\"b\":[{\"a\":1},{\"a\":2}]}"),
	TEXT("{\"\xc3\xa9\":1,\"e\":2}"),
};

static const struct text bad[] = {
	TEXT(""),
	TEXT(" "),
	TEXT("\xef\xbb\xbf{}"),
	TEXT("\0"),
	TEXT("{}\0"),
	TEXT("1\0"),
	TEXT("{} {}"),
	TEXT("[1]]"),
	TEXT("{"),
	TEXT("["),
	TEXT("[1"),
	TEXT("[1,"),
	TEXT("[1,]"),
	TEXT("[,1]"),
	TEXT("[1 2]"),
	TEXT("[1}"),
	TEXT("{1:2}"),
	TEXT("{a:1}"),
	TEXT("{\"a\"}"),
	TEXT("{\"a\":}"),
	TEXT("{\"a\" 1}"),
	TEXT("{\"a\":1,}"),
	TEXT("{,\"a\":1}"),
	TEXT("{\"a\":1 \"b\":2}"),
	TEXT("{\"a\":1]"),
	TEXT("{'a':1}"),
	TEXT("'a'"),
	TEXT("[\"a']"),
	TEXT("/* */ {}"),
	TEXT("{} // end"),
	TEXT("# {}"),
	TEXT("True"),
	TEXT("TRUE"),
	TEXT("Null"),
	TEXT("[NULL]"),
	TEXT("tru"),
	TEXT("nul"),
	TEXT("truefalse"),
	TEXT("undefined"),
	TEXT("NaN"),
	TEXT("[NaN]"),
	TEXT("nan"),
	TEXT("Infinity"),
	TEXT("-Infinity"),
	TEXT("inf"),
	TEXT("-"),
	TEXT("- 1"),
	TEXT("+1"),
	TEXT("01"),
	TEXT("-01"),
	TEXT("00"),
	TEXT("1."),
	TEXT(".5"),
	TEXT("-.5"),
	TEXT("1.e5"),
	TEXT("1e"),
	TEXT("1e+"),
	TEXT("1e1.5"),
	TEXT("1ee5"),
	TEXT("0x10"),
	TEXT("1_000"),
	TEXT("1a"),
	TEXT("--1"),
	TEXT("1-"),
	TEXT("9223372036854775808"),
	TEXT("-9223372036854775809"),
	TEXT("18446744073709551615"),
	TEXT("100000000000000000000000000000000000000"),
	TEXT("1e400"),
	TEXT("-1e309"),
	TEXT("\""),
	TEXT("\"a"),
	TEXT("\"a\\"),
	TEXT("\"a\\\""),
	TEXT("\"\n\""),
	TEXT("\"\t\""),
	TEXT("\"\x1f\""),
	TEXT("\"\0\""),
	TEXT("\"\\x41\""),
	TEXT("\"\\'\""),
	TEXT("\"\\a\""),
	TEXT("\"\\0\""),
	TEXT("\"\\\0\""),
	TEXT("\"\\U0041\""),
	TEXT("\"\\u\""),
	TEXT("\"\\u004\""),
	TEXT("\"\\u00g1\""),
	TEXT("\"\\u+041\""),
	TEXT("\"\\u 041\""),
	TEXT("\"\\ud800\""),
	TEXT("\"\\ud800x\""),
	TEXT("\"\\ud800\\n\""),
	TEXT("\"\\ud800\\u0041\""),
	TEXT("\"\\ud800\\ud800\""),
	TEXT("\"\\ud800\\"),
	TEXT("\"\\ud800\\u\""),
	TEXT("\"\\ud800\\udc0\""),
	TEXT("\"\\udc00\""),
	TEXT("\"\\udc00\\ud800\""),
	TEXT("\"\x80\""),
	TEXT("\"\xbf\""),
	TEXT("\"\xc0\x80\""),
	TEXT("\"\xc1\xbf\""),
	TEXT("\"\xc2\""),
	TEXT("\"\xc2"),
	TEXT("\"\xc2\x41\""),
	TEXT("\"\xe0\x80\x80\""),
	TEXT("\"\xe0\x9f\xbf\""),
	TEXT("\"\xe1\x80\""),
	TEXT("\"\xe1\x80"),
	TEXT("\"\xed\xa0\x80\""), /* a surrogate as UTF-8 */
	TEXT("\"\xed\xbf\xbf\""),
	TEXT("\"\xf0\x80\x80\x80\""),
	TEXT("\"\xf0\x8f\xbf\xbf\""),
	TEXT("\"\xf1\x80\x80\""),
	TEXT("\"\xf4\x90\x80\x80\""),
	TEXT("\"\xf5\x80\x80\x80\""),
	TEXT("\"\xff\""),
	TEXT("{\"\xc0\x80\":1}"),
	TEXT("\xc3\xa9"),
	TEXT("{\"a\":1,\"a\":2}"),
	TEXT("{\"a\":1,\"b\":2,\"a\":1}"),
	TEXT("{\"\":1,\"\":2}"),
	TEXT("[{\"b\":{\"a\":1,\"a\":2}}]"),
	TEXT("{\"a\":1,\"\\u0061\":2}"),
	TEXT("{\"\\u0061\":1,\"a\":2}"),
	TEXT("{\"\\u0061\":1,\"\\u0061\":2}"),
	TEXT("{\"\\u0061b\":1,\"a\\u0062\":2}"),
	TEXT("{\"/\":1,\"\\/\":2}"),
	TEXT("{\"\\n\":1,\"\\u000a\":2}"),
	TEXT("{\"\\u00e9\":1,\"\xc3\xa9\":2}"),
	TEXT("{\"\\u00E9\":1,\"\\u00e9\":2}"),
	TEXT("{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}"),
	TEXT("{\"\\u0000\":1}"),
	TEXT("{\"a\\u0000b\":1}"),
	TEXT("{\"a\0b\":1}"),
};

START_TEST(what_rfc_8259_allows_is_read)
{
	struct err          err = { .code = ERR_OK };
	struct json_object *json = json_read(good[_i].at, good[_i].len, &err);

	ck_assert_msg(json != NULL, "%s: %s", good[_i].at, err.detail);
	json_object_put(json);
}
END_TEST

START_TEST(what_it_forbids_is_refused_with_a_reason)
{
	struct err          err = { .code = ERR_OK };
	struct json_object *json = json_read(bad[_i].at, bad[_i].len, &err);

	ck_assert_msg(json == NULL, "was read: %s", bad[_i].at);
	ck_assert_int_eq(err.code, ERR_BAD_JSON);
	ck_assert_str_ne(err.detail, "");
	ck_assert_ptr_null(json_read(bad[_i].at, bad[_i].len, NULL));
}
END_TEST

/* Reads from memory of just that size, so that a sanitizer sees a byte too many. */
START_TEST(a_text_cut_anywhere_is_refused_within_its_bounds)
{
	static const char whole[] = "{\"a\":[1,-2.5e+3,true,null],\"\\u00e9\":{\"\\ud83d\\ude00\":"
				    "\"\xf0\x9f\x98\x80\xe2\x82\xac\\n\"}}";

	for (size_t len = 0; len < sizeof(whole); len++) {
		char               *text = xmalloc(len > 0 ? len : 1);
		struct json_object *json;

		memcpy(text, whole, len);
		json = json_read(text, len, NULL);
		ck_assert_int_eq(json != NULL, len == sizeof(whole) - 1);
		json_object_put(json);
		free(text);
	}
}
END_TEST

START_TEST(a_refusal_tells_line_and_column)
{
	static const struct {
		const char *text, *detail;
	} rows[] = {
		{ "", "line 1, column 1: unexpected end" },
		{ "{\n", "line 2, column 1: expected a string" },
		{ "{\"a\": tru}", "line 1, column 7: expected a value" },
		{ "[1,\n 2,\n x]", "line 3, column 2: expected a value" },
		{ "[1\r\n,]", "line 2, column 2: expected a value" },
		{ "{} x", "line 1, column 4: text behind the value" },
		{ "[\"a\tb\"]", "line 1, column 4: control character in a string" },
		{ "[\"a\\x\"]", "line 1, column 5: bad escape" },
		{ "[\"\\u00zz\"]", "line 1, column 5: bad \\u escape" },
		{ "[\"\\udc00\"]", "line 1, column 5: lone low surrogate" },
		{ "[\"\\ud800!\"]", "line 1, column 5: lone high surrogate" },
		{ "[\"\xc3\xa9\", x]", "line 1, column 7: expected a value" },
		{ "[\"\xc3\xa9\xff\"]", "line 1, column 4: invalid UTF-8" },
		{ "[1, 99999999999999999999]", "line 1, column 5: integer out of range" },
		{ "[1e999]", "line 1, column 2: number out of range" },
		{ "[1.x]", "line 1, column 4: bad number" },
		{ "{\"a\":1,\n\"b\":2,\n \"a\":3}", "line 3, column 2: duplicate key" },
		{ "{\"b\":1,\"a\":2,\"b\":3,\"a\":4}", "line 1, column 14: duplicate key" },
		{ "{\"a\":1,\"\\u0061\":2}", "line 1, column 8: duplicate key" },
		{ "{\"a\" 1}", "line 1, column 6: expected ':'" },
		{ "{\"a\":1 \"b\"}", "line 1, column 8: expected ',' or '}'" },
		{ "[1 2]", "line 1, column 4: expected ',' or ']'" },
		{ "[\"abc", "line 1, column 6: unterminated string" },
		{ "null", "null is not a document" },
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		struct err err;

		ck_assert_ptr_null(json_read(rows[i].text, strlen(rows[i].text), &err));
		ck_assert_str_eq(err.detail, rows[i].detail);
		ck_assert_int_eq(
		    err.code, str_eq(rows[i].text, "null") ? ERR_INVALID_REQUEST : ERR_BAD_JSON);
	}
}
END_TEST

/* ---- what it would cost ---- */

/* `open`, n items, a 0, `close`. The caller frees it. */
static char *
many(const char *open, const char *item, const char *close, size_t n)
{
	struct str text;

	str_init(&text, n * (strlen(item) + 1) + 16);
	str_add(&text, open);
	for (size_t i = 0; i < n; i++) {
		str_add(&text, item);
		str_add_char(&text, ',');
	}
	str_add_char(&text, '0');
	str_add(&text, close);
	return str_take(&text);
}

static const struct costly {
	const char *item;
	size_t      few, many; /* that pass, and that do not */
	const char *detail;
} costly[] = {
	{ "{}", 671000, 671100, "line 1, column 2013266: " },
	{ "[]", 3355000, 3356000, "line 1, column 10066328: " },
	{ "0", 5592000, 5593000, "line 1, column 11184808: " },
	{ "{\"\":{\"\":0}}", 276000, 278000, "line 1, column 3327710: " },
	/* resources of a config: four times 50,000 */
	{ "{\"type\":\"local:null\",\"properties\":{\"note\":\"x\"},\"depends_on\":[\"a\",\"b\"]}",
	    190000, 220000, "line 1, column 14" },
	/* 32 bytes for each byte of the text */
	{ "{\"name\":\"twenty characters are\"}", 1000000, 0, NULL },
};

START_TEST(what_would_cost_too_much_is_refused_before_any_of_it_is_made)
{
	const struct costly *row = &costly[_i];
	struct err           err = { .code = ERR_OK };
	char                *text = many("[", row->item, "]", row->few);
	bool                 has_wholes;

	ck_assert_msg(
	    json_scan(text, strlen(text), &has_wholes, &err), "%s: %s", row->item, err.detail);
	free(text);
	if (row->many == 0)
		return;
	text = many("[", row->item, "]", row->many);
	ck_assert_ptr_null(json_read(text, strlen(text), &err));
	free(text);
	ck_assert_int_eq(err.code, ERR_TOO_LARGE);
	ck_assert_msg(str_starts(err.detail, row->detail), "%s: %s", row->item, err.detail);
	ck_assert_ptr_nonnull(strstr(err.detail, ": more values than are held at once"));
}
END_TEST

#ifndef __SANITIZE_ADDRESS__ /* it ends the process where there is no memory */
START_TEST(no_memory_for_a_good_text_is_not_its_fault)
{
	struct rlimit limit = { 256 << 20, 256 << 20 };
	char         *text = many("[[", "{}", "]]", 600000);
	struct err    err = { .code = ERR_OK };

	ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
	ck_assert_ptr_null(json_read(text, strlen(text), &err));
	ck_assert_int_eq(err.code, ERR_NO_ROOM);
	ck_assert_str_eq(err.detail, "there is no memory for so many values");
	free(text);
}
END_TEST
#endif

static struct json_object *
read_nested(const char *open, const char *inner, const char *close, int depth, struct err *err)
{
	struct json_object *json;
	struct str          text;

	str_init(&text, TEXT_MAX);
	for (int i = 0; i < depth; i++)
		str_add(&text, open);
	str_add(&text, inner);
	for (int i = 0; i < depth; i++)
		str_add(&text, close);
	json = json_read(text.data, text.len, err);
	str_fini(&text);
	return json;
}

START_TEST(nesting_ends_at_the_depth_that_is_named)
{
	static const struct {
		const char *open, *inner, *close;
		int         fits;
	} rows[] = {
		{ "[", "", "]", JSON_DEPTH_MAX },
		{ "[", "1", "]", JSON_DEPTH_MAX - 1 },
		{ "{\"a\":", "{}", "}", JSON_DEPTH_MAX - 1 },
		{ "{\"a\":", "null", "}", JSON_DEPTH_MAX - 1 },
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		struct err          err;
		struct json_object *json =
		    read_nested(rows[i].open, rows[i].inner, rows[i].close, rows[i].fits, &err);

		ck_assert_msg(json != NULL, "%zu: %s", i, err.detail);
		json_object_put(json);
		ck_assert_ptr_null(read_nested(
		    rows[i].open, rows[i].inner, rows[i].close, rows[i].fits + 1, &err));
		ck_assert_ptr_nonnull(strstr(err.detail, "nested too deep"));
	}
	ck_assert_ptr_null(read_nested("[", "", "]", TEXT_MAX / 4, NULL));
}
END_TEST

START_TEST(many_keys_are_told_apart_and_one_twin_is_found)
{
	struct json_object *json;
	struct err          err;
	struct str          text;

	str_init(&text, TEXT_MAX);
	str_add(&text, "{\"k0\":0");
	for (int i = 1; i < 5000; i++)
		str_addf(&text, ",\"k%d\":%d", i, i);
	str_add(&text, "}");
	json = json_read(text.data, text.len, &err);
	ck_assert_ptr_nonnull(json);
	ck_assert_int_eq(json_object_object_length(json), 5000);
	json_object_put(json);
	text.data[text.len - 1] = ',';
	str_add(&text, "\"k\\u00317\":0}");
	ck_assert_ptr_null(json_read(text.data, text.len, &err));
	ck_assert_ptr_nonnull(strstr(err.detail, "duplicate key"));
	str_fini(&text);
}
END_TEST

START_TEST(integers_keep_every_digit)
{
	struct json_object *json =
	    json_of("{\"max\":9223372036854775807,\"min\":-9223372036854775808,"
		    "\"odd\":9007199254740993}");

	ck_assert_int_eq(json_get_i64(json, "max", 0), INT64_MAX);
	ck_assert_int_eq(json_get_i64(json, "min", 0), INT64_MIN);
	ck_assert_int_eq(json_get_i64(json, "odd", 0), 9007199254740993);
	ck_assert_str_eq(json_text(json),
	    "{\"max\":9223372036854775807,\"min\":-9223372036854775808,"
	    "\"odd\":9007199254740993}");
	json_object_put(json);
}
END_TEST

START_TEST(text_is_compact_and_keeps_slashes_and_nul)
{
	struct json_object *json =
	    json_of("{ \"b\" : \"a\\/b\", \"a\" : [ \"x\\u0000y\", 1.50 ] }");
	size_t len;

	ck_assert_str_eq(json_text(json), "{\"b\":\"a/b\",\"a\":[\"x\\u0000y\",1.50]}");
	ck_assert_str_eq(json_text_len(json, &len), json_text(json));
	ck_assert_uint_eq(len, strlen(json_text(json)));
	json_object_put(json);
	ck_assert_str_eq(json_text(NULL), "null");
}
END_TEST

/* ---- files ---- */

static void
write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

START_TEST(a_file_is_read_up_to_its_maximum_and_named_in_every_error)
{
	char                dir[] = "/tmp/test-json-XXXXXX", path[64];
	struct json_object *json;
	struct err          err;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a.json", dir);
	ck_assert_ptr_null(json_read_file(path, 100, &err));
	ck_assert_int_eq(err.code, ERR_NOT_FOUND);
	ck_assert_ptr_nonnull(strstr(err.detail, path));
	write_file(path, "[1,2]\n");
	json = json_read_file(path, 6, &err);
	ck_assert_str_eq(json_text(json), "[1,2]");
	json_object_put(json);
	ck_assert_ptr_null(json_read_file(path, 5, &err));
	ck_assert_int_eq(err.code, ERR_TOO_LARGE);
	write_file(path, "[1,\n2");
	ck_assert_ptr_null(json_read_file(path, 100, &err));
	ck_assert_int_eq(err.code, ERR_BAD_JSON);
	ck_assert_ptr_nonnull(strstr(err.detail, path));
	ck_assert_ptr_nonnull(strstr(err.detail, "line 2, column 2"));
	ck_assert_ptr_null(json_read_file(dir, 1000000, NULL));
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(rmdir(dir), 0);
}
END_TEST

Suite *suite_json(void);

Suite *
suite_json(void)
{
	Suite *suite = suite_create("json");
	TCase *tcase = tcase_create("json");

	tcase_add_loop_test(tcase, what_rfc_8259_allows_is_read, 0, (int)array_len(good));
	tcase_add_loop_test(
	    tcase, what_it_forbids_is_refused_with_a_reason, 0, (int)array_len(bad));
	tcase_add_test(tcase, a_text_cut_anywhere_is_refused_within_its_bounds);
	tcase_add_test(tcase, a_refusal_tells_line_and_column);
	tcase_add_test(tcase, nesting_ends_at_the_depth_that_is_named);
	tcase_add_test(tcase, many_keys_are_told_apart_and_one_twin_is_found);
	tcase_add_test(tcase, integers_keep_every_digit);
	tcase_add_test(tcase, text_is_compact_and_keeps_slashes_and_nul);
	tcase_add_test(tcase, a_file_is_read_up_to_its_maximum_and_named_in_every_error);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("cost");
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, what_would_cost_too_much_is_refused_before_any_of_it_is_made, 0,
	    (int)array_len(costly));
#ifndef __SANITIZE_ADDRESS__
	tcase_add_test(tcase, no_memory_for_a_good_text_is_not_its_fault);
#endif
	suite_add_tcase(suite, tcase);
	return suite;
}
