/* SPDX-License-Identifier: Apache-2.0
 * test_mask.c - secrets in texts: whole, in pieces of any size, overlapping, and line by line. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider/mask.h"
#include "util/check.h"
#include "util/json.h"
#include "util/sealed.h"
#include "util/str.h"

#define TEXT_MAX 256

/* What is sealed, by a | from the next; what is said; and what may be seen of it. */
static const struct {
	const char *secrets, *text, *seen;
} rows[] = {
	{ "open sesame", "say 'open sesame' and open sesame", "say '***********' and ***********" },
	{ "open sesame", "open the door, sesame", "open the door, sesame" },
	{ "open sesame", "cut in the midst: open ses", "cut in the midst: ********" },
	{ "open sesame", "no more than three: ope", "no more than three: ope" },
	{ "open sesame", "opopen sesameopen", "op***************" },
	{ "abcd|cdef", "xabcdefx", "x******x" },
	{ "abcd|abcdef", "abcdef abcdxx", "****** ****xx" },
	{ "one\ntwo lines\n", "two lines, then one\ntwo lines\n.",
	    "*********, then **************." },
	{ "abc", "abc is in any text", "abc is in any text" },
	{ "", "nothing is sealed", "nothing is sealed" },
};

static struct sealed_key *key;

static struct mask *
mask_of(const char *secrets)
{
	struct json_object *value = json_object_new_array();
	struct mask        *mask;

	while (*secrets != '\0') {
		struct json_object *sealed = json_object_new_object();
		size_t              len = strcspn(secrets, "|");
		char               *box = sealed_box(sealed_key_base64(key), secrets, len, NULL);

		json_set_str(sealed, "$sealed", box);
		json_object_array_add(value, sealed);
		free(box);
		secrets += len + (secrets[len] == '|');
	}
	mask = mask_create(key, value);
	json_object_put(value);
	return mask;
}

static void
setup(void)
{
	key = sealed_key_create();
}

static void
teardown(void)
{
	sealed_key_destroy(key);
}

START_TEST(a_secret_is_masked_wherever_it_is)
{
	struct mask *mask = mask_of(rows[_i].secrets);
	char         text[TEXT_MAX];

	snprintf(text, sizeof(text), "%s", rows[_i].text);
	ck_assert_uint_eq(mask_text(mask, text, strlen(text), false), strlen(text));
	ck_assert_str_eq(text, rows[_i].seen);
	mask_destroy(mask);
}
END_TEST

/* As whoever reads a stream does it: what is not settled is given again. */
START_TEST(a_secret_is_masked_in_pieces_of_any_size)
{
	struct mask *mask = mask_of("open sesame");
	const char  *said = "o open sesame op, open sesamopen sesame open";
	size_t       len = strlen(said);

	for (size_t size = 1; size <= len; size++) {
		struct str seen, coming;

		str_init(&seen, TEXT_MAX);
		str_init(&coming, TEXT_MAX);
		for (size_t at = 0; at < len; at += size) {
			size_t piece = size < len - at ? size : len - at, settled;

			str_add_mem(&coming, said + at, piece);
			settled = mask_text(mask, coming.data, coming.len, at + piece < len);
			str_add_mem(&seen, coming.data, settled);
			str_drop(&coming, settled);
		}
		ck_assert_str_eq(seen.data, "o *********** op, open sesam*********** ****");
		ck_assert_uint_eq(coming.len, 0);
		str_fini(&seen);
		str_fini(&coming);
	}
	mask_destroy(mask);
}
END_TEST

START_TEST(who_has_no_key_has_nothing_to_mask)
{
	struct json_object *value = json_read("{\"$sealed\":\"AAAA\"}", 18, NULL);
	char                text[] = "AAAA";

	mask_message(NULL, value, text);
	mask_message(key, value, text);
	ck_assert_str_eq(text, "AAAA");
	json_object_put(value);
}
END_TEST

Suite *suite_mask(void);

Suite *
suite_mask(void)
{
	Suite *suite = suite_create("mask");
	TCase *tcase = tcase_create("mask");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, a_secret_is_masked_wherever_it_is, 0, array_len(rows));
	tcase_add_test(tcase, a_secret_is_masked_in_pieces_of_any_size);
	tcase_add_test(tcase, who_has_no_key_has_nothing_to_mask);
	suite_add_tcase(suite, tcase);
	return suite;
}
