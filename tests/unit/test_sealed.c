/* SPDX-License-Identifier: Apache-2.0
 * test_sealed.c - what was sealed for a key is opened by it, and by no other; and what is to be sealed. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/plan_fixture.h"
#include "util/check.h"
#include "util/credential_name.h"
#include "util/sealed.h"

/* A pair that libsodium's crypto_box_keypair() made. */
#define PRIVATE_HEX "77076d0a7318a57d3c16c17251b26645df4f2ebc2a9c4b9e5d7a1b0a4e3c2d11"
#define SECRET      "open sesame"

static const char *const nonsense[] = { "", "no base64!", "c2hvcnQ=", "====" };

START_TEST(a_box_is_opened_by_its_key_alone)
{
	struct sealed_key *key = sealed_key_create(), *other = sealed_key_create();
	const char        *keys[] = { sealed_key_hex(key), sealed_key_base64(key) };
	char               base64[SEALED_KEY_BASE64];
	struct err         err = { 0 };

	for (size_t i = 0; i < array_len(keys); i++) {
		char          *box = sealed_box(keys[i], SECRET, strlen(SECRET), &err);
		struct secret *secret = NULL;

		ck_assert_msg(box != NULL, "%s", err.detail);
		ck_assert_ptr_null(strstr(box, SECRET));
		ck_assert_int_eq(sealed_open(key, box, &secret, &err), ERR_OK);
		ck_assert_str_eq(secret_open(secret), SECRET);
		ck_assert_uint_eq(secret_len(secret), strlen(SECRET));
		secret_destroy(secret);
		secret = NULL;
		ck_assert_int_eq(sealed_open(other, box, &secret, &err), ERR_INVALID_CONFIG);
		ck_assert_ptr_nonnull(strstr(err.detail, "not sealed for this server's key"));
		ck_assert_ptr_null(secret);
		free(box);
	}
	sealed_hex_to_base64(keys[0], base64);
	ck_assert_str_eq(base64, keys[1]);
	sealed_key_destroy(key);
	sealed_key_destroy(other);
}
END_TEST

START_TEST(the_empty_text_can_be_sealed)
{
	struct sealed_key *key = sealed_key_create();
	struct secret     *secret = NULL;
	struct err         err = { 0 };
	char              *box = sealed_box(sealed_key_hex(key), "", 0, &err);

	ck_assert_int_eq(sealed_open(key, box, &secret, &err), ERR_OK);
	ck_assert_uint_eq(secret_len(secret), 0);
	secret_destroy(secret);
	free(box);
	sealed_key_destroy(key);
}
END_TEST

START_TEST(a_pair_is_the_same_from_its_private_half)
{
	struct err         err = { 0 };
	struct sealed_key *a = sealed_key_read(PRIVATE_HEX, strlen(PRIVATE_HEX), &err);
	struct sealed_key *b = sealed_key_read(PRIVATE_HEX, strlen(PRIVATE_HEX), &err);

	ck_assert_str_eq(sealed_key_hex(a), sealed_key_hex(b));
	ck_assert_str_ne(sealed_key_hex(a), PRIVATE_HEX);
	ck_assert_uint_eq(strlen(sealed_key_hex(a)), SEALED_KEY_HEX - 1);
	ck_assert_uint_eq(strlen(sealed_key_base64(a)), SEALED_KEY_BASE64 - 1);
	sealed_key_destroy(a);
	sealed_key_destroy(b);
}
END_TEST

START_TEST(what_is_no_box_is_told_as_that)
{
	struct sealed_key *key = sealed_key_create();
	struct secret     *secret = NULL;
	struct err         err = { 0 };

	ck_assert_int_eq(sealed_open(key, nonsense[_i], &secret, &err), ERR_INVALID_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.detail, "no sealed box"));
	ck_assert_ptr_null(secret);
	ck_assert_ptr_null(sealed_key_read(nonsense[_i], strlen(nonsense[_i]), &err));
	sealed_key_destroy(key);
}
END_TEST

/* The last one is a point that makes no secret with any key. */
static const char *const bad_keys[] = { "", "abc",
	"zz00000000000000000000000000000000000000000000000000000000000000",
	"0000000000000000000000000000000000000000000000000000000000000000" };

START_TEST(what_is_no_key_seals_nothing)
{
	struct err err = { 0 };

	ck_assert_ptr_null(sealed_box(bad_keys[_i], SECRET, strlen(SECRET), &err));
	ck_assert_ptr_nonnull(strstr(err.detail, "a public key is"));
}
END_TEST

static const struct {
	const char *credentials;
	bool        plain;
} members[] = {
	{ "{'access_key_id':'A','encrypted_secret_access_key':'b','region':'r'}", false },
	{ "{'access_key_id':'A','secret_access_key':'b'}", true },
	{ "{'pat':7}", true },
	{ "{'encrypted_pat':'b','accounts':{'x':{'app_id':'1','private_key':'b'}}}", true },
	{ "{'encrypted_pat':'b','accounts':{'pat':{'encrypted_pat':'b'}}}", false },
	{ "{'encrypted_pat':'b','accounts':{'pat':{'pat':'b'}}}", true },
	{ "['pat']", false },
};

START_TEST(what_is_plain_among_credentials_is_found_on_any_level)
{
	struct json_object *credentials = fixture_json(members[_i].credentials);

	ck_assert_int_eq(credentials_hold_plain(credentials), members[_i].plain);
	json_object_put(credentials);
}
END_TEST

Suite *suite_sealed(void);

Suite *
suite_sealed(void)
{
	Suite *suite = suite_create("sealed");
	TCase *tcase = tcase_create("sealed");

	tcase_add_test(tcase, a_box_is_opened_by_its_key_alone);
	tcase_add_test(tcase, the_empty_text_can_be_sealed);
	tcase_add_test(tcase, a_pair_is_the_same_from_its_private_half);
	tcase_add_loop_test(tcase, what_is_no_box_is_told_as_that, 0, array_len(nonsense));
	tcase_add_loop_test(tcase, what_is_no_key_seals_nothing, 0, array_len(bad_keys));
	tcase_add_loop_test(
	    tcase, what_is_plain_among_credentials_is_found_on_any_level, 0, array_len(members));
	suite_add_tcase(suite, tcase);
	return suite;
}
