/* SPDX-License-Identifier: Apache-2.0
 * test_fields.c - fields of a request that are lists, or have a form of their own; request ids; and what is made smaller. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "http/fields.h"
#include "http/gzip.h"
#include "http/request_id.h"
#include "util/check.h"

START_TEST(gzip_is_taken_where_it_is_not_refused)
{
	static const struct {
		const char *field;
		bool        yes;
	} rows[] = {
		{ NULL, false },
		{ "", false },
		{ "gzip", true },
		{ "GZIP", true },
		{ "x-gzip", true },
		{ "br, gzip;q=0.1", true },
		{ "deflate , gzip ;q=1", true },
		{ "gzip;q=0", false },
		{ "gzip; q=0.000", false },
		{ "*", true },
		{ "*;q=0", false },
		{ "*, gzip;q=0", false },
		{ "gzip, *;q=0", true },
		{ "identity", false },
		{ "gzipped", false },
		{ ",,gzip,,", true },
		{ "gzip;level=9;q=0", false },
		{ "gzip;q=\"0\"", false },
		{ "gzip;q=nothing", true },
	};

	for (size_t i = 0; i < array_len(rows); i++)
		ck_assert_msg(
		    field_accepts_gzip(rows[i].field) == rows[i].yes, "%s", rows[i].field);
}
END_TEST

START_TEST(the_most_specific_name_has_the_weight)
{
	static const char *const names[] = { "application/json", "application/*", "*/*", NULL };
	static const struct {
		const char *field;
		int         weight;
	} rows[] = {
		{ NULL, -1 },
		{ "text/html", -1 },
		{ "application/json", 1000 },
		{ "Application/JSON ; charset=utf-8 ; Q=0.25", 250 },
		{ "*/*;q=0.1, application/json;q=0.7, application/*", 700 },
		{ "application/json;q=0.001", 1 },
		{ "application/json;q=0", 0 },
		{ "application/json;q=1.000", 1000 },
		{ "application/json;q=7", 1000 },
		{ "application/json;q=0.12345", 1000 },
		{ "application/json;a=\";q=0\"", 1000 },
		{ "application/jsonx, */*;q=0.5", 500 },
	};

	for (size_t i = 0; i < array_len(rows); i++)
		ck_assert_msg(
		    field_weight(rows[i].field, names) == rows[i].weight, "%s", rows[i].field);
}
END_TEST

START_TEST(json_is_what_says_so_and_is_not_coded)
{
	static const struct {
		const char *type, *encoding;
		bool        is_good;
	} rows[] = {
		{ NULL, NULL, true },
		{ "application/json", "identity", true },
		{ "Application/JSON; charset=UTF-8", NULL, true },
		{ "application/json;charset=\"utf-8\";v=1", "", true },
		{ "application/jsonx", NULL, false },
		{ "application/json-patch+json", NULL, false },
		{ "application/json; charset=latin1", NULL, false },
		{ "text/plain", NULL, false },
		{ "", NULL, false },
		{ "application/json", "gzip", false },
		{ NULL, "identity, br", false },
	};

	for (size_t i = 0; i < array_len(rows); i++)
		ck_assert_msg(
		    (field_json_fault(rows[i].type, rows[i].encoding) == NULL) == rows[i].is_good,
		    "%s %s", rows[i].type, rows[i].encoding);
}
END_TEST

START_TEST(a_preference_is_found_by_its_name)
{
	static const struct {
		const char *field, *value; /* of "wait"; NULL: there is none */
	} rows[] = {
		{ NULL, NULL },
		{ "", NULL },
		{ "wait=5", "5" },
		{ "WAIT = 5", "5" },
		{ "respond-async, wait=\"5\"; strict", "5" },
		{ "wait", "" },
		{ "wait=", "" },
		{ "wait=5, wait=6", "5" },
		{ "wait=99999999999999999999", "99999999999999999999" },
		{ "wait=0.9", "0.9" },
		{ "wait 5", NULL },
		{ "wait 5, wait=6", NULL },
		{ "await=0", NULL },
		{ "waits=0", NULL },
		{ "foo=\"wait=0\"", NULL },
		{ "foo=\"a, wait=0, b\"", NULL },
		{ "foo; wait=0", NULL },
		{ "foo;bar=\"; wait=0\",wait=7", "7" },
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		const char *value = "";
		size_t      len = 0;
		bool        is_there = field_prefers(rows[i].field, "wait", &value, &len);

		ck_assert_msg(is_there == (rows[i].value != NULL), "%s", rows[i].field);
		ck_assert_msg(!is_there || (len == strlen(rows[i].value) &&
					       strncmp(value, rows[i].value, len) == 0),
		    "%s", rows[i].field);
	}
}
END_TEST

START_TEST(a_tag_is_found_weak_or_compressed_or_not)
{
	static const struct {
		const char *field;
		bool        yes;
	} rows[] = {
		{ NULL, false },
		{ "*", true },
		{ "\"abc\"", true },
		{ "W/\"abc\"", true },
		{ "\"abc-gzip\"", true },
		{ "\"x\", \"abc\"", true },
		{ "\"x\",W/\"abc-gzip\" ", true },
		{ "\"ab\"", false },
		{ "\"abcd\"", false },
		{ "abc", false },
		{ "\"abc-gzi\"", false },
		{ "\"abc", false },
	};

	for (size_t i = 0; i < array_len(rows); i++)
		ck_assert_msg(
		    field_matches(rows[i].field, "\"abc\"") == rows[i].yes, "%s", rows[i].field);
	ck_assert(!field_matches("*", NULL));
	ck_assert(field_matches_strongly("\"x\", \"abc-gzip\"", "\"abc\""));
	ck_assert(field_matches_strongly("*", "\"abc\""));
	ck_assert(!field_matches_strongly("W/\"abc\"", "\"abc\""));
}
END_TEST

START_TEST(an_origin_is_one_of_the_list)
{
	ck_assert(field_has_word("https://a.example, https://b.example", "https://b.example"));
	ck_assert(field_has_word("*", "https://b.example"));
	ck_assert(!field_has_word("https://a.example", "https://a.example.evil"));
	ck_assert(!field_has_word("https://a.example", "https://a"));
	ck_assert(!field_has_word(NULL, "https://a.example"));
	ck_assert(!field_has_word("*", NULL));
}
END_TEST

#define TRACE  "0af7651916cd43dd8448eb211c80319c"
#define PARENT "b7ad6b7169203331"

START_TEST(a_traceparent_is_one_or_none)
{
	static const char *const good[] = { "00-" TRACE "-" PARENT "-01",
		"00-" TRACE "-" PARENT "-00", "cc-" TRACE "-" PARENT "-01-what-comes-later" };
	static const char *const bad[] = { "", "00", "00-" TRACE "-" PARENT,
		"ff-" TRACE "-" PARENT "-01", "00-" TRACE "-" PARENT "-01-more",
		"00-" TRACE "-" PARENT "-0x", "cc-" TRACE "-" PARENT "-01.later",
		"00-00000000000000000000000000000000-" PARENT "-01",
		"00-" TRACE "-0000000000000000-01",
		"00-0AF7651916CD43DD8448EB211C80319C-" PARENT "-01", "00-" TRACE "_" PARENT "-01" };

	for (size_t i = 0; i < array_len(good); i++)
		ck_assert_msg(field_is_traceparent(good[i]), "%s", good[i]);
	for (size_t i = 0; i < array_len(bad); i++)
		ck_assert_msg(!field_is_traceparent(bad[i]), "%s", bad[i]);
	ck_assert(!field_is_traceparent(NULL));
}
END_TEST

START_TEST(a_request_has_its_own_id_or_a_new_one)
{
	static const char *const bad[] = { NULL, "", "a b", "a\tb", "a\"b", "a;b", "{}",
		"\xc3\xa9" };
	char id[REQUEST_ID_SIZE], other[REQUEST_ID_SIZE], longest[REQUEST_ID_SIZE + 1];

	request_id_set(id, "Root=1-67891233-abcdef012345678912345678");
	ck_assert_str_eq(id, "Root=1-67891233-abcdef012345678912345678");
	memset(longest, 'x', sizeof(longest));
	longest[REQUEST_ID_SIZE - 1] = '\0';
	request_id_set(id, longest);
	ck_assert_str_eq(id, longest);
	longest[REQUEST_ID_SIZE - 1] = 'x';
	longest[REQUEST_ID_SIZE] = '\0';
	request_id_set(id, longest);
	ck_assert_uint_eq(strlen(id), 32);
	for (size_t i = 0; i < array_len(bad); i++) {
		memcpy(other, id, sizeof(id));
		request_id_set(id, bad[i]);
		ck_assert_uint_eq(strspn(id, "0123456789abcdef"), 32);
		ck_assert_uint_eq(strlen(id), 32);
		ck_assert_str_ne(id, other);
	}
}
END_TEST

START_TEST(what_is_made_smaller_is_the_same_again)
{
	static char text[300000], again[sizeof(text)];
	z_stream    z = { .next_out = (Bytef *)again, .avail_out = sizeof(again) };
	size_t      len;
	char       *small;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = "{\"resource_id\":\"n0\"},"[i * i / 7 % 21];
	small = gzip_text(text, sizeof(text), &len);
	ck_assert_uint_lt(len, sizeof(text) / 2);
	z.next_in = (Bytef *)small;
	z.avail_in = (uInt)len;
	ck_assert_int_eq(inflateInit2(&z, 15 + 16), Z_OK);
	ck_assert_int_eq(inflate(&z, Z_FINISH), Z_STREAM_END);
	ck_assert_uint_eq(z.total_out, sizeof(text));
	ck_assert_mem_eq(text, again, sizeof(text));
	inflateEnd(&z);
	free(small);
	free(gzip_text("", 0, &len));
	ck_assert_uint_gt(len, 0);
}
END_TEST

Suite *suite_fields(void);

Suite *
suite_fields(void)
{
	Suite *suite = suite_create("fields");
	TCase *tcase = tcase_create("fields");

	tcase_add_test(tcase, gzip_is_taken_where_it_is_not_refused);
	tcase_add_test(tcase, the_most_specific_name_has_the_weight);
	tcase_add_test(tcase, json_is_what_says_so_and_is_not_coded);
	tcase_add_test(tcase, a_preference_is_found_by_its_name);
	tcase_add_test(tcase, a_tag_is_found_weak_or_compressed_or_not);
	tcase_add_test(tcase, an_origin_is_one_of_the_list);
	tcase_add_test(tcase, a_traceparent_is_one_or_none);
	tcase_add_test(tcase, a_request_has_its_own_id_or_a_new_one);
	tcase_add_test(tcase, what_is_made_smaller_is_the_same_again);
	suite_add_tcase(suite, tcase);
	return suite;
}
