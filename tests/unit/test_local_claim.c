/* SPDX-License-Identifier: Apache-2.0
 * test_local_claim.c - what is another's below the root is neither shown, nor taken over, nor written into. */
#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "local_world.h"
#include "providers/local/local_claim.h"
#include "providers/local/local_index.h"
#include "util/check.h"
#include "util/json.h"
#include "util/str.h"

Suite *suite_local_claim(void);

#define FILE_B   "{\"path\":\"a.txt\",\"content\":\"evil\"}"
#define FOLDER_D "{\"path\":\"d\"}"
#define FILE_D   "{\"path\":\"d/x.txt\",\"content\":\"x\"}"
#define DEEP_D   "{\"path\":\"d/e/x.txt\",\"content\":\"x\"}"

static const struct identity others[] = {
	{ .tenant = "evil", .deployment_id = "site", .node_id = "1b1b1b1b" },
	{ .tenant = "acmes", .deployment_id = "ite", .node_id = "1b1b1b1b" },
	{ .tenant = "acme",
	    .deployment_id = "other",
	    .node_id = "1b1b1b1b" }, /* of the same tenant */
};

#define TENANTS 2

static void
be(const struct identity *who)
{
	local_world.identity.tenant = who->tenant;
	local_world.identity.deployment_id = who->deployment_id;
	local_world.identity.node_id = who->node_id;
}

static void
be_ours(const char *node_id)
{
	be(&(struct identity){ .tenant = "acme", .deployment_id = "site", .node_id = node_id });
}

/* None of them gets it by any way, nor learns whose it is. */
static void
expect_kept(const char *type, const char *desired)
{
	for (int adopt = 0; adopt <= 1; adopt++) {
		const char *why;

		local_world.adopt = adopt == 1;
		why = local_expect(OP_READ, type, desired, OP_CONFLICT);
		HAS(why, "another deployment");
		ck_assert_ptr_null(strstr(why, "acme"));
		local_expect(OP_CREATE, type, desired, OP_CONFLICT);
		if (adopt == 1)
			local_expect(OP_UPDATE, type, desired, OP_CONFLICT);
		local_expect(OP_DELETE, type, desired, OP_ABSENT);
	}
	local_world.adopt = false;
}

START_TEST(what_is_anothers_is_not_adopted)
{
	local_expect(OP_CREATE, "local:file", FILE_A, OP_OK);
	be(&others[_i]);
	expect_kept("local:file", FILE_B);
	expect_kept("local:directory", "{\"path\":\"a.txt\"}");
	ck_assert_str_eq(disk_get(local_world.root, "a.txt"), "hello");
	be_ours("1b1b1b1b");
	local_expect(OP_UPDATE, "local:file", FILE_A, OP_OK);
	local_expect(OP_DELETE, "local:file", NULL, OP_OK);
	be(&others[_i]);
	local_expect(OP_CREATE, "local:file", FILE_B, OP_OK);
}
END_TEST

START_TEST(what_was_anothers_and_has_vanished_is_still_theirs)
{
	local_expect(OP_CREATE, "local:file", FILE_A, OP_OK);
	disk_remove("a.txt");
	be(&others[_i]);
	expect_kept("local:file", FILE_B);
	be_ours("1b1b1b1b");
	local_expect(OP_CREATE, "local:file", FILE_A, OP_OK);
}
END_TEST

START_TEST(nothing_is_made_or_adopted_in_another_tenants_folder)
{
	local_expect(OP_CREATE, "local:directory", FOLDER_D, OP_OK);
	disk_folder("d/e");
	disk_put(local_world.root, "d/x.txt", "theirs");
	be(&others[_i]);
	expect_kept("local:file", FILE_D);
	expect_kept("local:file", DEEP_D);
	expect_kept("local:directory", "{\"path\":\"d/f\"}");
	local_expect(OP_CREATE, "local:directory", "{\"path\":\"dd\"}", OP_OK);
	ck_assert_str_eq(disk_get(local_world.root, "d/x.txt"), "theirs");
	ck_assert(!disk_has("d/f"));
}
END_TEST

START_TEST(a_tenant_shares_a_folder_among_its_deployments_and_adopts_nothing_there)
{
	local_expect(OP_CREATE, "local:directory", FOLDER_D, OP_OK);
	disk_folder("d/e");
	disk_put(local_world.root, "d/x.txt", "theirs");
	be(&others[TENANTS]);
	local_expect(OP_CREATE, "local:file", DEEP_D, OP_OK);
	local_world.adopt = true;
	local_world.identity.node_id = "99999999";
	local_expect(OP_READ, "local:file", FILE_D, OP_CONFLICT);
	local_expect(OP_UPDATE, "local:file", FILE_D, OP_CONFLICT);
	/* The deployment itself may: its program has made it there. */
	be_ours("99999999");
	local_expect(OP_READ, "local:file", FILE_D, OP_OK);
	local_expect(OP_UPDATE, "local:file", FILE_D, OP_OK);
	ck_assert_str_eq(disk_get(local_world.root, "d/x.txt"), "x");
}
END_TEST

START_TEST(a_folder_is_not_adopted_with_what_others_have_in_it)
{
	disk_folder("d");
	disk_folder("d/e");
	local_expect(OP_CREATE, "local:file", DEEP_D, OP_OK);
	be(&others[_i]);
	local_world.adopt = true;
	local_expect(OP_READ, "local:directory", FOLDER_D, OP_CONFLICT);
	local_expect(OP_UPDATE, "local:directory", FOLDER_D, OP_CONFLICT);
	be(&others[TENANTS]);
	local_expect(OP_UPDATE, "local:directory", FOLDER_D, OP_OK);
}
END_TEST

/* How many files there are beside the things themselves; without the claims, as if they were an older version's, if those are to go. */
static size_t
records_n(bool without_claims)
{
	char           path[256];
	size_t         n = 0;
	DIR           *list;
	struct dirent *entry;

	snprintf(path, sizeof(path), "%s/" LOCAL_RECORD_DIR, local_world.root);
	list = opendir(path);
	ck_assert_ptr_nonnull(list);
	while ((entry = readdir(list)) != NULL) {
		bool is_claim = str_ends(entry->d_name, ".path");

		if (without_claims && is_claim)
			ck_assert_int_eq(unlinkat(dirfd(list), entry->d_name, 0), 0);
		else if (entry->d_name[0] != '.')
			n++;
	}
	closedir(list);
	return n;
}

START_TEST(records_of_an_older_version_count_from_the_next_start)
{
	local_expect(OP_CREATE, "local:file", FILE_A, OP_OK);
	ck_assert_uint_eq(records_n(true), 1);
	local_down();
	local_up(false);
	be(&others[_i]);
	expect_kept("local:file", FILE_B);
	/* One that goes on without having been restarted is mended by its next write. */
	be_ours("1b1b1b1b");
	ck_assert_uint_eq(records_n(true), 1);
	local_expect(OP_UPDATE, "local:file", FILE_A, OP_OK);
	be(&others[_i]);
	expect_kept("local:file", FILE_B);
}
END_TEST

static const char *
record_path(void)
{
	static char path[128];
	char        key[LOCAL_KEY_SIZE];

	local_index_key(&local_world.identity, key);
	snprintf(path, sizeof(path), LOCAL_RECORD_DIR "/%s.json", key);
	return path;
}

START_TEST(what_a_crash_has_left_holds_nothing_and_what_cannot_be_read_does)
{
	local_expect(OP_CREATE, "local:file", FILE_A, OP_OK);
	disk_put(local_world.root, record_path(), "[]");
	be(&others[_i]);
	expect_kept("local:file", FILE_B);
	be_ours("1b1b1b1b");
	disk_remove(record_path());
	disk_remove("a.txt");
	be(&others[_i]);
	local_expect(OP_CREATE, "local:file", FILE_B, OP_OK);
	be_ours("1b1b1b1b");
	expect_kept("local:file", FILE_A);
}
END_TEST

/* Another process may make the path its own between the look and the deed. */
START_TEST(a_claim_that_is_taken_meanwhile_is_seen_and_an_older_double_one_is_kept)
{
	const struct resource_type type = { .name = "local:file", .global = true };
	struct op                  op = { .type = &type, .identity = &local_world.identity };
	struct json_object        *record;
	struct local_root          root;

	local_expect(OP_CREATE, "local:file", FILE_A, OP_OK);
	be(&others[_i]);
	ck_assert(local_root_init(&root, local_world.root));
	ck_assert(!local_claim_take(&root, &op, "a.txt"));
	ck_assert_int_eq(op.result, OP_CONFLICT);
	record = local_index_new(&op);
	json_set_str(record, "path", "a.txt");
	ck_assert(local_index_write(&root, &op, record));
	ck_assert(local_claim_take(&root, &op, "a.txt"));
	json_object_put(record);
	local_root_fini(&root);
	local_expect(OP_UPDATE, "local:file", FILE_B, OP_OK);
	be_ours("1b1b1b1b");
	local_expect(OP_UPDATE, "local:file", FILE_A, OP_OK);
}
END_TEST

START_TEST(a_claim_goes_with_its_record)
{
	local_expect(OP_CREATE, "local:file", FILE_A, OP_OK);
	ck_assert_uint_eq(records_n(false), 2);
	local_expect(OP_DELETE, "local:file", NULL, OP_OK);
	local_expect(OP_CREATE, "local:directory", FOLDER_D, OP_OK);
	local_expect(OP_DELETE, "local:directory", NULL, OP_OK);
	local_expect(
	    OP_CREATE, "local:file", "{\"path\":\"b\",\"content_base64\":\"%\"}", OP_INVALID);
	ck_assert_uint_eq(records_n(false), 0);
}
END_TEST

Suite *
suite_local_claim(void)
{
	Suite *suite = suite_create("local_claim");
	TCase *tc = tcase_create("local_claim");

	tcase_add_checked_fixture(tc, local_setup, local_teardown);
	tcase_add_loop_test(tc, what_is_anothers_is_not_adopted, 0, (int)array_len(others));
	tcase_add_loop_test(
	    tc, what_was_anothers_and_has_vanished_is_still_theirs, 0, (int)array_len(others));
	tcase_add_loop_test(tc, nothing_is_made_or_adopted_in_another_tenants_folder, 0, TENANTS);
	tcase_add_test(tc, a_tenant_shares_a_folder_among_its_deployments_and_adopts_nothing_there);
	tcase_add_loop_test(tc, a_folder_is_not_adopted_with_what_others_have_in_it, 0, TENANTS);
	tcase_add_loop_test(
	    tc, records_of_an_older_version_count_from_the_next_start, 0, (int)array_len(others));
	tcase_add_loop_test(tc, what_a_crash_has_left_holds_nothing_and_what_cannot_be_read_does, 0,
	    (int)array_len(others));
	tcase_add_loop_test(tc,
	    a_claim_that_is_taken_meanwhile_is_seen_and_an_older_double_one_is_kept, 0,
	    (int)array_len(others));
	tcase_add_test(tc, a_claim_goes_with_its_record);
	suite_add_tcase(suite, tc);
	return suite;
}
