/* SPDX-License-Identifier: Apache-2.0
 * test_keys.c - API keys: from a file, and made for a first run. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/keys.h"
#include "api/scope.h"
#include "util/check.h"
#include "util/digest.h"
#include "util/json.h"
#include "util/secret.h"
#include "util/str.h"

#define FILE_MAX 100000

static char dir[32], path[64];

static void
setup(void)
{
	snprintf(dir, sizeof(dir), "/tmp/test-keys-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/keys", dir);
}

static void
teardown(void)
{
	unlink(path);
	ck_assert_int_eq(rmdir(dir), 0);
}

static void
write_file(const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

static void
read_file(char *buf, size_t size)
{
	FILE *file = fopen(path, "r");

	ck_assert_ptr_nonnull(file);
	ck_assert_ptr_nonnull(fgets(buf, (int)size, file));
	ck_assert_int_eq(fclose(file), 0);
}

/* One entry of a keys file; `key` is the key itself. */
static void
add_entry(struct str *file, const char *id, const char *tenant, const char *key)
{
	char hex[DIGEST_SHA256_HEX];

	digest_sha256_hex(key, strlen(key), hex);
	str_addf(file, "%s{\"id\":\"%s\",\"tenant\":\"%s\",\"sha256\":\"%s\"}",
	    file->len > 0 ? "," : "{\"keys\":[", id, tenant, hex);
}

static struct keys *
load(struct str *file, struct err *err)
{
	str_add(file, "]}");
	write_file(file->data);
	str_fini(file);
	return keys_load(path, err);
}

START_TEST(each_key_is_found_by_its_text_and_is_of_its_tenant)
{
	struct keys *keys;
	struct err   err;
	struct str   file;

	str_init(&file, FILE_MAX);
	for (int i = 0; i < 50; i++) {
		char id[32], tenant[32], key[32];

		snprintf(id, sizeof(id), "id-%d", i);
		snprintf(tenant, sizeof(tenant), "tenant-%d", i);
		snprintf(key, sizeof(key), "secret-%d", i);
		add_entry(&file, id, tenant, key);
	}
	keys = load(&file, &err);
	ck_assert_msg(keys != NULL, "%s", err.detail);
	for (int i = 0; i < 50; i++) {
		const struct key *found;
		char              key[32], tenant[32];

		snprintf(tenant, sizeof(tenant), "tenant-%d", i);
		snprintf(key, sizeof(key), "secret-%d", i);
		found = keys_find(keys, key);
		ck_assert_ptr_nonnull(found);
		ck_assert_str_eq(found->tenant, tenant);
	}
	keys_destroy(keys);
}
END_TEST

START_TEST(what_is_only_near_a_key_is_nobodys)
{
	struct keys *keys;
	struct str   file;
	char         hex[DIGEST_SHA256_HEX];

	str_init(&file, FILE_MAX);
	add_entry(&file, "ci", "acme", "secret");
	keys = load(&file, NULL);
	ck_assert_ptr_nonnull(keys_find(keys, "secret"));
	ck_assert_ptr_null(keys_find(keys, ""));
	ck_assert_ptr_null(keys_find(keys, "secre"));
	ck_assert_ptr_null(keys_find(keys, "secret "));
	ck_assert_ptr_null(keys_find(keys, "Secret"));
	ck_assert_ptr_null(keys_find(keys, "ci"));
	digest_sha256_hex("secret", 6, hex);
	ck_assert_ptr_null(keys_find(keys, hex)); /* the hash is no key */
	keys_destroy(keys);
}
END_TEST

#define HEX "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"

#define CI "{\"id\":\"ci\",\"tenant\":\"acme\",\"sha256\":\"" HEX "\"}"
#define KEY_WITH(more) \
	"{\"keys\":[{\"id\":\"ci\",\"tenant\":\"acme\",\"sha256\":\"" HEX "\"," more "}]}"

START_TEST(a_key_that_says_nothing_may_do_all_but_administer)
{
	struct keys *keys;
	struct err   err;

	write_file("{\"keys\":[" CI "]}");
	keys = keys_load(path, &err);
	ck_assert_msg(keys != NULL, "%s", err.detail);
	ck_assert_uint_eq(keys->items[0].scopes, SCOPES_USUAL);
	ck_assert_int_eq(keys->items[0].expires_ms, 0);
	ck_assert(!key_is_over(&keys->items[0], INT64_MAX));
	keys_destroy(keys);
}
END_TEST

START_TEST(scopes_and_an_end_are_read_and_written)
{
	struct keys        *keys;
	struct key          again;
	struct err          err;
	struct json_object *json;

	write_file(
	    "{\"tenants\":{\"acme\":{\"operator\":true,\"limits\":{\"nodes\":7,\"watchers\":0}}},"
	    "\"keys\":[{\"id\":\"ci\",\"tenant\":\"acme\",\"sha256\":\"" HEX "\","
	    "\"scopes\":[\"admin\",\"read\"],\"expires\":\"2027-01-01T02:00:00+02:00\"}]}");
	keys = keys_load(path, &err);
	ck_assert_msg(keys != NULL, "%s", err.detail);
	ck_assert_uint_eq(keys->items[0].scopes, SCOPE_ADMIN | SCOPE_READ);
	ck_assert_int_eq(keys->items[0].expires_ms, 1798761600000);
	ck_assert(!key_is_over(&keys->items[0], 1798761599999));
	ck_assert(key_is_over(&keys->items[0], 1798761600000));
	ck_assert(keys->tenants[0].is_operator);
	ck_assert_int_eq(keys->tenants[0].limits.values[LIMIT_NODES], 7);
	ck_assert_int_eq(keys->tenants[0].limits.values[LIMIT_WATCHERS], LIMIT_NONE);
	ck_assert_int_eq(keys->tenants[0].limits.values[LIMIT_BODY], LIMIT_UNSAID);
	json = key_json(&keys->items[0]);
	ck_assert_int_eq(key_read(json, &again, &err), ERR_OK);
	ck_assert_mem_eq(&again, &keys->items[0], sizeof(again));
	json_object_put(json);
	keys_destroy(keys);
}
END_TEST

START_TEST(what_the_store_has_is_read_and_nonsense_left_out)
{
	struct keys *keys = keys_create();

	keys_take_stored(keys, "key:ci", CI);
	keys_take_stored(keys, "key:bad", "{\"id\":\"bad\"}");
	keys_take_stored(keys, "key:worse", "{");
	keys_take_stored(keys, "tenant:acme", "{\"limits\":{\"nodes\":3}}");
	keys_take_stored(keys, "tenant:Acme", "{}");
	keys_take_stored(keys, "something", "{}");
	ck_assert_uint_eq(keys->n, 1);
	ck_assert_ptr_eq(keys_find_id(keys, "ci"), &keys->items[0]);
	ck_assert_uint_eq(keys->tenants_n, 1);
	ck_assert_int_eq(keys->tenants[0].limits.values[LIMIT_NODES], 3);
	keys_destroy(keys);
}
END_TEST

START_TEST(a_keys_file_with_a_problem_is_refused_with_a_reason)
{
	static const char *const files[] = {
		"",
		"{}",
		"[]",
		"{\"keys\":{}}",
		"{\"keys\":[]}",
		"{\"keys\":[1]}",
		"{\"keys\":[{}]}",
		"{\"keys\":[{\"tenant\":\"acme\",\"sha256\":\"" HEX "\"}]}",
		"{\"keys\":[{\"id\":\"\",\"tenant\":\"acme\",\"sha256\":\"" HEX "\"}]}",
		"{\"keys\":[{\"id\":\"" HEX "x\",\"tenant\":\"acme\",\"sha256\":\"" HEX "\"}]}",
		"{\"keys\":[{\"id\":\"ci\",\"sha256\":\"" HEX "\"}]}",
		"{\"keys\":[{\"id\":\"ci\",\"tenant\":\"\",\"sha256\":\"" HEX "\"}]}",
		"{\"keys\":[{\"id\":\"ci\",\"tenant\":\"a:b\",\"sha256\":\"" HEX "\"}]}",
		"{\"keys\":[{\"id\":\"ci\",\"tenant\":\"Acme\",\"sha256\":\"" HEX "\"}]}",
		"{\"keys\":[{\"id\":\"ci\",\"tenant\":\"" HEX "x\",\"sha256\":\"" HEX "\"}]}",
		"{\"keys\":[{\"id\":\"ci\",\"tenant\":\"acme\"}]}",
		"{\"keys\":[{\"id\":\"ci\",\"tenant\":\"acme\",\"sha256\":\"\"}]}",
		"{\"keys\":[{\"id\":\"ci\",\"tenant\":\"acme\",\"sha256\":\"" HEX "0\"}]}",
		"{\"keys\":[{\"id\":\"ci\",\"tenant\":\"acme\",\"sha256\":\"zz" HEX "\"}]}",
		"{\"keys\":[{\"id\":\"ci\",\"tenant\":\"acme\",\"sha256\":"
		"\"2BB80D537B1DA3E38BD30361AA855686BDE0EACD7162FEF6A25FE97BF527A25B\"}]}",
		"{\"keys\":[{\"id\":\"ci\",\"tenant\":\"acme\",\"sha256\":\"" HEX "\"},{}]}",
		KEY_WITH("\"scopes\":[]"),
		KEY_WITH("\"scopes\":\"read\""),
		KEY_WITH("\"scopes\":[\"read\",\"write\"]"),
		KEY_WITH("\"scopes\":[\"admin\"]"), /* of no operator */
		KEY_WITH("\"scope\":[\"read\"]"),
		KEY_WITH("\"expires\":\"tomorrow\""),
		KEY_WITH("\"expires\":\"2027-01-01\""),
		KEY_WITH("\"expires\":4102444800"),
		"{\"keys\":[" CI "],\"tenants\":[]}",
		"{\"keys\":[" CI "],\"tenants\":{\"Acme\":{}}}",
		"{\"keys\":[" CI "],\"tenants\":{\"acme\":{\"limit\":{}}}}",
		"{\"keys\":[" CI "],\"tenants\":{\"acme\":{\"limits\":{\"node\":1}}}}",
		"{\"keys\":[" CI "],\"tenants\":{\"acme\":{\"limits\":{\"nodes\":-1}}}}",
		"{\"keys\":[" CI "],\"tenants\":{\"acme\":{\"limits\":{\"nodes\":\"5\"}}}}",
		"{\"keys\":[" CI "," CI "]}",
		"{\"keys\":[" CI "],\"tenant\":{}}",
	};

	for (size_t i = 0; i < array_len(files); i++) {
		struct err err = { .code = ERR_OK };

		write_file(files[i]);
		ck_assert_msg(keys_load(path, &err) == NULL, "was read: %s", files[i]);
		ck_assert_int_ne(err.code, ERR_OK);
		ck_assert_str_ne(err.detail, "");
	}
}
END_TEST

START_TEST(a_keys_file_that_is_not_there_is_named)
{
	struct err err;

	ck_assert_ptr_null(keys_load(path, &err));
	ck_assert_ptr_nonnull(strstr(err.detail, path));
	keys_destroy(NULL);
}
END_TEST

START_TEST(a_first_run_makes_a_key_that_only_its_owner_can_read)
{
	struct err        err;
	struct stat       st;
	struct keys      *keys = keys_generate(path, &err);
	const struct key *found;
	char              text[256];

	ck_assert_msg(keys != NULL, "%s", err.detail);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	read_file(text, sizeof(text));
	ck_assert_int_eq(text[strlen(text) - 1], '\n');
	text[strlen(text) - 1] = '\0';
	ck_assert_uint_ge(strlen(text), 32);
	found = keys_find(keys, text);
	ck_assert_ptr_nonnull(found);
	ck_assert_str_eq(found->tenant, "default");
	ck_assert_uint_eq(found->scopes, SCOPES_ALL);
	ck_assert_ptr_null(keys_find(keys, ""));
	keys_destroy(keys);
}
END_TEST

START_TEST(a_second_run_keeps_the_key_of_the_first)
{
	struct keys *first = keys_generate(path, NULL), *second = keys_generate(path, NULL);
	char         text[256];

	read_file(text, sizeof(text));
	text[strcspn(text, "\n")] = '\0';
	ck_assert_ptr_nonnull(keys_find(first, text));
	ck_assert_ptr_nonnull(keys_find(second, text));
	keys_destroy(first);
	keys_destroy(second);
}
END_TEST

START_TEST(two_first_runs_make_two_keys)
{
	char         one[256], two[256];
	struct keys *keys = keys_generate(path, NULL);

	read_file(one, sizeof(one));
	keys_destroy(keys);
	ck_assert_int_eq(unlink(path), 0);
	keys = keys_generate(path, NULL);
	read_file(two, sizeof(two));
	ck_assert_str_ne(one, two);
	keys_destroy(keys);
}
END_TEST

START_TEST(an_empty_key_file_is_refused_and_left_alone)
{
	struct err  err = { .code = ERR_OK };
	struct stat st;

	write_file("");
	ck_assert_int_eq(chmod(path, 0600), 0);
	ck_assert_ptr_null(keys_generate(path, &err));
	ck_assert_int_ne(err.code, ERR_OK);
	ck_assert_ptr_nonnull(strstr(err.detail, "holds no key"));
	ck_assert_ptr_nonnull(strstr(err.detail, path));
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_size, 0);
}
END_TEST

static const struct {
	mode_t mode;
	bool   good;
} modes[] = { { 0400, true }, { 0600, true }, { 0440, true }, { 0444, false }, { 0602, false },
	{ 0620, false }, { 0401, false } };

START_TEST(a_key_that_others_may_read_or_change_is_refused)
{
	struct err     err = { .code = ERR_OK };
	struct secret *key;

	write_file("0123456789abcdef0123\n");
	ck_assert_int_eq(chmod(path, modes[_i].mode), 0);
	key = keys_read_one(path, &err);
	ck_assert_int_eq(key != NULL, modes[_i].good);
	if (key == NULL)
		ck_assert_ptr_nonnull(strstr(err.detail, "others may read or change it"));
	secret_destroy(key);
}
END_TEST

Suite *suite_keys(void);

Suite *
suite_keys(void)
{
	Suite *suite = suite_create("keys");
	TCase *tcase = tcase_create("keys");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, each_key_is_found_by_its_text_and_is_of_its_tenant);
	tcase_add_test(tcase, what_is_only_near_a_key_is_nobodys);
	tcase_add_test(tcase, a_key_that_says_nothing_may_do_all_but_administer);
	tcase_add_test(tcase, scopes_and_an_end_are_read_and_written);
	tcase_add_test(tcase, what_the_store_has_is_read_and_nonsense_left_out);
	tcase_add_test(tcase, a_keys_file_with_a_problem_is_refused_with_a_reason);
	tcase_add_test(tcase, a_keys_file_that_is_not_there_is_named);
	tcase_add_test(tcase, a_first_run_makes_a_key_that_only_its_owner_can_read);
	tcase_add_test(tcase, a_second_run_keeps_the_key_of_the_first);
	tcase_add_test(tcase, two_first_runs_make_two_keys);
	tcase_add_test(tcase, an_empty_key_file_is_refused_and_left_alone);
	tcase_add_loop_test(
	    tcase, a_key_that_others_may_read_or_change_is_refused, 0, (int)array_len(modes));
	suite_add_tcase(suite, tcase);
	return suite;
}
