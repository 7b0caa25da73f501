/* SPDX-License-Identifier: Apache-2.0
 * test_github_app.c - credentials of GitHub: tokens, and apps whose key signs what anybody can check. */
#include <check.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop/loop.h"
#include "providers/github/app.h"
#include "providers/github/credentials.h"
#include "tests/unit/call_wire.h"
#include "util/check.h"
#include "util/json.h"

#define KEY_BITS 2048
#define NOW_MS   1795000000000

static EVP_PKEY *pair;
static char      pem[4096];

static void
make_pair(void)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int  len;

	pair = EVP_RSA_gen(KEY_BITS);
	ck_assert_int_eq(PEM_write_bio_PrivateKey(bio, pair, NULL, NULL, 0, NULL, NULL), 1);
	len = BIO_read(bio, pem, sizeof(pem) - 1);
	ck_assert_int_gt(len, 0);
	pem[len] = '\0';
	BIO_free(bio);
}

static void
drop_pair(void)
{
	EVP_PKEY_free(pair);
}

static size_t
decode(const char *text, size_t len, unsigned char *out, size_t size)
{
	size_t bytes;

	ck_assert_int_eq(sodium_base642bin(out, size, text, len, NULL, &bytes, NULL,
			     sodium_base64_VARIANT_URLSAFE_NO_PADDING),
	    0);
	return bytes;
}

static void
check_claims(const char *text, size_t len)
{
	unsigned char       raw[1024];
	size_t              bytes = decode(text, len, raw, sizeof(raw));
	struct json_object *claims = json_read((const char *)raw, bytes, NULL);

	ck_assert_str_eq(json_get_str(claims, "iss"), "4711");
	ck_assert_int_eq(json_get_i64(claims, "iat", 0), NOW_MS / 1000 - 60);
	ck_assert_int_eq(json_get_i64(claims, "exp", 0), NOW_MS / 1000 + 540);
	json_object_put(claims);
}

START_TEST(a_token_for_github_is_signed_by_the_key)
{
	struct str    jwt;
	unsigned char signature[KEY_BITS / 8];
	const char   *claims, *dot;
	EVP_MD_CTX   *context = EVP_MD_CTX_new();

	str_init(&jwt, 8192);
	github_app_jwt(&jwt, "4711", pair, NOW_MS);
	claims = strchr(jwt.data, '.') + 1;
	dot = strchr(claims, '.');
	check_claims(claims, (size_t)(dot - claims));
	ck_assert_uint_eq(
	    decode(dot + 1, strlen(dot + 1), signature, sizeof(signature)), sizeof(signature));
	ck_assert_int_eq(EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, pair), 1);
	ck_assert_int_eq(EVP_DigestVerify(context, signature, sizeof(signature),
			     (const unsigned char *)jwt.data, (size_t)(dot - jwt.data)),
	    1);
	EVP_MD_CTX_free(context);
	str_fini(&jwt);
}
END_TEST

/* ---- credentials ---- */

static struct credentials *
open_with(struct json_object *json, const char *account, struct problems *problems)
{
	problems_init(problems);
	return github_credentials_open(NULL, json, account, "/credentials/github", problems);
}

static struct json_object *
app_json(void)
{
	struct json_object *json = json_object_new_object();

	json_set_str(json, "app_id", "4711");
	json_set_i64(json, "installation_id", 42);
	json_set_str(json, "private_key", pem);
	return json;
}

static const char *const bad[] = {
	"{}",
	"{\"pat\":\"with space\"}",
	"{\"pat\":1}",
	"{\"pat\":\"a\",\"token\":\"b\"}",
	"{\"pat\":\"a\",\"app_id\":\"1\",\"installation_id\":1,\"private_key\":\"x\"}",
	"{\"app_id\":\"1\",\"installation_id\":1}",
	"{\"app_id\":\"1\",\"installation_id\":\"1\",\"private_key\":\"x\"}",
	"{\"app_id\":\"1\",\"installation_id\":1,\"private_key\":\"no key\"}",
};

START_TEST(what_is_no_token_and_no_app_is_refused)
{
	struct json_object *json = json_read(bad[_i], strlen(bad[_i]), NULL);
	struct problems     problems;

	ck_assert_ptr_null(open_with(json, "", &problems));
	ck_assert_uint_gt(problems.n, 0);
	ck_assert(str_starts(problems.items[0].pointer, "/credentials/github"));
	problems_fini(&problems);
	json_object_put(json);
}
END_TEST

START_TEST(an_account_has_a_token_of_its_own)
{
	const char *text = "{\"pat\":\"first\",\"accounts\":{\"bot\":{\"pat\":\"second\"}}}";
	struct json_object *json = json_read(text, strlen(text), NULL);
	struct problems     problems;
	struct credentials *credentials = open_with(json, "bot", &problems);

	ck_assert_str_eq(secret_open(credentials->keys.token), "second");
	github_credentials_close(credentials);
	ck_assert_ptr_null(open_with(json, "nobody", &problems));
	ck_assert_str_eq(problems.items[0].pointer, "/credentials/github/accounts/nobody");
	problems_fini(&problems);
	json_object_put(json);
}
END_TEST

static void
on_done(struct call *call)
{
	ck_assert_int_eq(call->result, OP_OK);
}

START_TEST(an_apps_calls_are_made_with_the_token_it_got)
{
	struct json_object *json = app_json(), *answer = json_object_new_object();
	struct loop        *loop = loop_create();
	struct call_wire    wire = { 0 };
	struct calls        calls = call_wire_calls(&wire);
	struct problems     problems;
	struct credentials *credentials = open_with(json, "", &problems);
	struct call call = { .service = "github", .operation = "GET /user", .done = on_done };

	ck_assert_ptr_nonnull(credentials);
	session_start(credentials->keys.session, loop, &calls, &call);
	ck_assert_str_eq(
	    wire.items[0]->operation, "POST /app/installations/{installation_id}/access_tokens");
	ck_assert_int_eq(json_get_i64(wire.items[0]->params, "installation_id", 0), 42);
	json_set_str(answer, "token", "ghs_x");
	call_wire_answer(&wire, OP_OK, answer);
	ck_assert_str_eq(wire.items[0]->operation, "GET /user");
	ck_assert_str_eq(secret_open(wire.items[0]->keys->token), "ghs_x");
	call_wire_answer(&wire, OP_OK, NULL);
	call_fini(&call);
	github_credentials_close(credentials);
	loop_turn(loop, 1, 1);
	loop_destroy(loop);
	problems_fini(&problems);
	json_object_put(json);
}
END_TEST

Suite *suite_github_app(void);

Suite *
suite_github_app(void)
{
	Suite *suite = suite_create("github_app");
	TCase *tcase = tcase_create("app");

	tcase_add_unchecked_fixture(tcase, make_pair, drop_pair);
	tcase_add_test(tcase, a_token_for_github_is_signed_by_the_key);
	tcase_add_loop_test(tcase, what_is_no_token_and_no_app_is_refused, 0, (int)array_len(bad));
	tcase_add_test(tcase, an_account_has_a_token_of_its_own);
	tcase_add_test(tcase, an_apps_calls_are_made_with_the_token_it_got);
	suite_add_tcase(suite, tcase);
	return suite;
}
