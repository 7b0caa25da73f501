/* SPDX-License-Identifier: Apache-2.0
 * test_digest.c - hashes against the values that their standards publish. */
#include <check.h>
#include <string.h>

#include "util/check.h"
#include "util/digest.h"

START_TEST(sha256_gives_the_values_of_fips_180)
{
	static const struct {
		const char *text, *hex;
	} rows[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		char hex[DIGEST_SHA256_HEX];

		digest_sha256_hex(rows[i].text, strlen(rows[i].text), hex);
		ck_assert_str_eq(hex, rows[i].hex);
	}
}
END_TEST

START_TEST(hmac_gives_the_values_of_rfc_4231)
{
	static const char long_text[] =
	    "This is a test using a larger than block-size key and a larger than block-size data. "
	    "The "
	    "key needs to be hashed before being used by the HMAC algorithm.";
	char    long_key[131], hex[DIGEST_SHA256_HEX];
	uint8_t raw[DIGEST_SHA256_BYTES];

	digest_hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, raw);
	digest_hex(raw, sizeof(raw), hex);
	ck_assert_str_eq(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(long_key, 0xaa, sizeof(long_key));
	digest_hmac_sha256(long_key, sizeof(long_key), long_text, strlen(long_text), raw);
	digest_hex(raw, sizeof(raw), hex);
	ck_assert_str_eq(hex, "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}
END_TEST

START_TEST(hmac_takes_an_empty_key_and_an_empty_text)
{
	char    hex[DIGEST_SHA256_HEX];
	uint8_t raw[DIGEST_SHA256_BYTES];

	digest_hmac_sha256("", 0, "", 0, raw);
	digest_hex(raw, sizeof(raw), hex);
	ck_assert_str_eq(hex, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}
END_TEST

START_TEST(md5_gives_the_values_of_rfc_1321)
{
	static const struct {
		const char *text, *hex;
	} rows[] = {
		{ "", "d41d8cd98f00b204e9800998ecf8427e" },
		{ "message digest", "f96b697d7cb7938d525a2f31aaf161d0" },
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		char    hex[2 * DIGEST_MD5_BYTES + 1];
		uint8_t raw[DIGEST_MD5_BYTES];

		digest_md5(rows[i].text, strlen(rows[i].text), raw);
		digest_hex(raw, sizeof(raw), hex);
		ck_assert_str_eq(hex, rows[i].hex);
	}
}
END_TEST

START_TEST(hex_is_lower_case_and_keeps_every_byte)
{
	char hex[2 * 256 + 1], all[256];

	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	digest_hex(all, sizeof(all), hex);
	ck_assert_uint_eq(strlen(hex), 512);
	ck_assert_mem_eq(hex, "000102030405060708090a0b0c0d0e0f10", 34);
	ck_assert_str_eq(hex + 508, "feff");
	digest_hex("x", 0, hex);
	ck_assert_str_eq(hex, "");
}
END_TEST

START_TEST(an_obj_id_is_the_first_8_hex_digits_of_the_seeds_sha256)
{
	char id[OBJ_ID_SIZE];

	obj_id_from("abc", 3, id);
	ck_assert_str_eq(id, "ba7816bf");
	obj_id_from("", 0, id);
	ck_assert_str_eq(id, "e3b0c442");
}
END_TEST

Suite *suite_digest(void);

Suite *
suite_digest(void)
{
	Suite *suite = suite_create("digest");
	TCase *tcase = tcase_create("digest");

	tcase_add_test(tcase, sha256_gives_the_values_of_fips_180);
	tcase_add_test(tcase, hmac_gives_the_values_of_rfc_4231);
	tcase_add_test(tcase, hmac_takes_an_empty_key_and_an_empty_text);
	tcase_add_test(tcase, md5_gives_the_values_of_rfc_1321);
	tcase_add_test(tcase, hex_is_lower_case_and_keeps_every_byte);
	tcase_add_test(tcase, an_obj_id_is_the_first_8_hex_digits_of_the_seeds_sha256);
	suite_add_tcase(suite, tcase);
	return suite;
}
