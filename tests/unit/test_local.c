/* SPDX-License-Identifier: Apache-2.0
 * test_local.c - local:file and local:directory: made, found, drifted, not ours, crashed. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "local_world.h"
#include "providers/local/local_impl.h"
#include "providers/local/local_index.h"
#include "util/json.h"
#include "util/str.h"

Suite *suite_local(void);

/* ---- files ---- */

START_TEST(a_file_is_made_found_changed_and_deleted)
{
	const char *found;

	local_expect(OP_READ, "local:file", FILE_A, OP_ABSENT);
	ck_assert(!disk_has(LOCAL_RECORD_DIR));
	found = local_expect(OP_CREATE, "local:file", FILE_A, OP_OK);
	HAS(found, "\"content\":\"hello\"");
	HAS(found, "\"mode\":\"0644\"");
	HAS(found, "\"size\":5");
	HAS(found, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
	HAS(found, "\"mgraph:node-id\":\"1b1b1b1b\"");
	HAS(found, local_world.root);
	ck_assert_str_eq(disk_get(local_world.root, "a.txt"), "hello");
	local_expect(OP_SETTLE, "local:file", NULL, OP_OK);
	HAS(local_expect(OP_UPDATE, "local:file",
		"{\"path\":\"a.txt\",\"content\":\"bye\",\"mode\":\"0600\"}", OP_OK),
	    "\"content\":\"bye\"");
	ck_assert_str_eq(disk_get(local_world.root, "a.txt"), "bye");
	ck_assert_uint_eq(disk_mode("a.txt"), 0600);
	local_expect(OP_DELETE, "local:file", NULL, OP_OK);
	ck_assert(!disk_has("a.txt"));
	local_expect(OP_DELETE, "local:file", NULL, OP_ABSENT);
	local_expect(OP_READ, "local:file", FILE_A, OP_ABSENT);
}
END_TEST

START_TEST(a_file_is_found_without_its_properties_after_a_restart)
{
	local_expect(OP_CREATE, "local:file", FILE_A, OP_OK);
	local_down();
	local_up(false);
	HAS(local_expect(OP_READ, "local:file", NULL, OP_OK), "\"path\":\"a.txt\"");
	local_expect(OP_DELETE, "local:file", NULL, OP_OK);
	ck_assert(!disk_has("a.txt"));
}
END_TEST

START_TEST(drift_is_seen_as_it_is_on_disk)
{
	char        path[256];
	const char *found;

	local_expect(OP_CREATE, "local:file", FILE_A, OP_OK);
	disk_put(local_world.root, "a.txt", "edited");
	snprintf(path, sizeof(path), "%s/a.txt", local_world.root);
	ck_assert_int_eq(chmod(path, 0640), 0);
	found = local_expect(OP_READ, "local:file", FILE_A, OP_OK);
	HAS(found, "\"content\":\"edited\"");
	HAS(found, "\"mode\":\"0640\"");
	ck_assert_int_eq(unlink(path), 0);
	local_expect(OP_READ, "local:file", FILE_A, OP_ABSENT);
	local_expect(OP_CREATE, "local:file", FILE_A, OP_OK);
	ck_assert_str_eq(disk_get(local_world.root, "a.txt"), "hello");
}
END_TEST

START_TEST(a_file_that_is_not_ours_is_never_touched)
{
	disk_put(local_world.root, "a.txt", "theirs");
	local_expect(OP_READ, "local:file", FILE_A, OP_CONFLICT);
	local_expect(OP_CREATE, "local:file", FILE_A, OP_CONFLICT);
	local_expect(OP_UPDATE, "local:file", FILE_A, OP_NOT_FOUND);
	local_expect(OP_DELETE, "local:file", FILE_A, OP_ABSENT);
	ck_assert_str_eq(disk_get(local_world.root, "a.txt"), "theirs");
	/* The failed create has left no claim. */
	local_expect(OP_READ, "local:file", FILE_A, OP_CONFLICT);
}
END_TEST

START_TEST(an_adopted_file_becomes_ours_by_an_update)
{
	struct asked *asked;

	disk_put(local_world.root, "a.txt", "theirs");
	asked = local_begin(OP_READ, "local:file", FILE_A);
	asked->op.adopt = true;
	loop_ev_run(local_world.ev);
	ck_assert_int_eq(asked->op.result, OP_OK);
	HAS(json_text(asked->op.found), "\"content\":\"theirs\"");
	HAS(json_text(asked->op.found), "\"tags\":{}");
	local_end(asked);
	ck_assert(!disk_has(LOCAL_RECORD_DIR)); /* a look changes nothing */
	asked = local_begin(OP_UPDATE, "local:file", FILE_A);
	asked->op.adopt = true;
	loop_ev_run(local_world.ev);
	ck_assert_int_eq(asked->op.result, OP_OK);
	local_end(asked);
	local_expect(OP_READ, "local:file", FILE_A, OP_OK);
	ck_assert_str_eq(disk_get(local_world.root, "a.txt"), "hello");
}
END_TEST

START_TEST(another_node_tenant_or_deployment_has_records_of_its_own)
{
	static const struct identity others[] = {
		{ .tenant = "acme", .deployment_id = "site", .node_id = "99999999" },
		{ .tenant = "acme", .deployment_id = "other", .node_id = "1b1b1b1b" },
		{ .tenant = "evil", .deployment_id = "site", .node_id = "1b1b1b1b" },
		{ .tenant = "acmes", .deployment_id = "ite", .node_id = "1b1b1b1b" },
	};
	struct identity ours = local_world.identity;

	local_expect(OP_CREATE, "local:file", FILE_A, OP_OK);
	local_world.identity.tenant = others[_i].tenant;
	local_world.identity.deployment_id = others[_i].deployment_id;
	local_world.identity.node_id = others[_i].node_id;
	local_expect(OP_READ, "local:file", FILE_A, OP_CONFLICT);
	local_expect(OP_CREATE, "local:file", FILE_A, OP_CONFLICT);
	local_expect(OP_DELETE, "local:file", FILE_A, OP_ABSENT);
	local_world.identity = ours;
	local_expect(OP_READ, "local:file", FILE_A, OP_OK);
}
END_TEST

/* In a process of its own that dies while it writes the file: the file is longer than it may write,
 * the record is not. */
static void
crash_in_create(const char *desired)
{
	struct rlimit limit = { .rlim_cur = 2048, .rlim_max = 2048 };
	int           status = 0;
	pid_t         pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		local_up(false);
		if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
			_exit(1);
		signal(SIGXFSZ, SIG_DFL);
		(void)local_begin(OP_CREATE, "local:file", desired);
		loop_ev_run(local_world.ev);
		_exit(2);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGXFSZ);
}

START_TEST(a_number_that_no_schema_has_held_is_held)
{
	static const struct {
		const char *text;
		int64_t     number; /* of 1 to 600; 30 without it */
	} rows[] = { { "{}", 30 }, { "{\"n\":7}", 7 }, { "{\"n\":0}", 1 }, { "{\"n\":-1}", 1 },
		{ "{\"n\":9223372036854775807}", 600 }, { "{\"n\":\"7\"}", 30 } };

	for (size_t i = 0; i < array_len(rows); i++) {
		struct json_object *json = json_read(rows[i].text, strlen(rows[i].text), NULL);

		ck_assert_int_eq(local_number(json, "n", 1, 600, 30), rows[i].number);
		json_object_put(json);
	}
}
END_TEST

START_TEST(a_crash_between_record_and_file_is_found_and_completed)
{
	struct str desired;

	str_init(&desired, 10000);
	str_add(&desired, "{\"path\":\"a.txt\",\"content\":\"");
	for (int i = 0; i < 4000; i++)
		str_add_char(&desired, 'x');
	str_add(&desired, "\"}");
	crash_in_create(desired.data);
	ck_assert(disk_has(LOCAL_RECORD_DIR));
	ck_assert(!disk_has("a.txt"));
	local_expect(OP_READ, "local:file", desired.data, OP_ABSENT);
	HAS(local_expect(OP_CREATE, "local:file", desired.data, OP_OK), "\"size\":4000");
	local_expect(OP_READ, "local:file", desired.data, OP_OK);
	str_fini(&desired);
}
END_TEST

START_TEST(a_crash_between_delete_of_file_and_record_is_completed)
{
	local_expect(OP_CREATE, "local:file", FILE_A, OP_OK);
	disk_remove("a.txt");
	local_expect(OP_DELETE, "local:file", NULL, OP_ABSENT);
	/* The record has gone as well: what comes there now is not ours. */
	disk_put(local_world.root, "a.txt", "theirs");
	local_expect(OP_READ, "local:file", FILE_A, OP_CONFLICT);
}
END_TEST

START_TEST(a_create_that_fails_leaves_no_claim)
{
	local_expect(
	    OP_CREATE, "local:file", "{\"path\":\"a.txt\",\"content_base64\":\"%\"}", OP_INVALID);
	local_expect(
	    OP_CREATE, "local:file", "{\"path\":\"no/a.txt\",\"content\":\"\"}", OP_NOT_FOUND);
	disk_put(local_world.root, "a.txt", "theirs");
	local_expect(OP_READ, "local:file", FILE_A, OP_CONFLICT);
}
END_TEST

START_TEST(bytes_that_are_not_text_come_and_go_as_base64)
{
	const char *found;

	found = local_expect(OP_CREATE, "local:file",
	    "{\"path\":\"b\",\"content_base64\":\"AP/+AA==\",\"mode\":\"0755\"}", OP_OK);
	HAS(found, "\"content_base64\":\"AP/+AA==\"");
	HAS(found, "\"size\":4");
	ck_assert_uint_eq(disk_mode("b"), 0755);
}
END_TEST

START_TEST(text_turned_into_bytes_is_drift)
{
	local_expect(OP_CREATE, "local:file", FILE_A, OP_OK);
	disk_put(local_world.root, "a.txt", "\xff\xfe");
	HAS(local_expect(OP_READ, "local:file", FILE_A, OP_OK), "\"content_base64\":");
}
END_TEST

START_TEST(a_file_that_has_grown_too_long_is_found_by_size)
{
	char        path[256];
	const char *found;

	local_expect(OP_CREATE, "local:file", FILE_A, OP_OK);
	snprintf(path, sizeof(path), "%s/a.txt", local_world.root);
	ck_assert_int_eq(truncate(path, 3 * 1024 * 1024), 0);
	found = local_expect(OP_READ, "local:file", FILE_A, OP_OK);
	HAS(found, "\"size\":3145728");
	ck_assert_ptr_null(strstr(found, "\"content"));
	ck_assert_ptr_null(strstr(found, "\"sha256\""));
}
END_TEST

START_TEST(a_moved_file_must_be_deleted_first)
{
	const char *moved = "{\"path\":\"b.txt\",\"content\":\"hello\"}";

	local_expect(OP_CREATE, "local:file", FILE_A, OP_OK);
	HAS(local_expect(OP_READ, "local:file", moved, OP_OK), "\"path\":\"a.txt\"");
	local_expect(OP_CREATE, "local:file", moved, OP_CONFLICT);
	local_expect(OP_DELETE, "local:file", moved, OP_OK);
	ck_assert(!disk_has("a.txt"));
	local_expect(OP_CREATE, "local:file", moved, OP_OK);
}
END_TEST

START_TEST(another_thing_in_the_place_of_the_file_is_a_conflict)
{
	char path[256];

	local_expect(OP_CREATE, "local:file", FILE_A, OP_OK);
	disk_remove("a.txt");
	snprintf(path, sizeof(path), "%s/a.txt", local_world.root);
	if (_i == 0)
		disk_folder("a.txt");
	else
		ck_assert_int_eq(mkfifo(path, 0600), 0);
	local_expect(OP_READ, "local:file", FILE_A, OP_CONFLICT);
	local_expect(OP_UPDATE, "local:file", FILE_A, OP_CONFLICT);
	ck_assert(disk_has("a.txt"));
	local_expect(OP_READ, "local:directory", "{\"path\":\"a.txt\"}", OP_CONFLICT);
}
END_TEST

START_TEST(a_broken_record_is_never_taken_for_none)
{
	char                     path[256], key[64];
	static const char *const contents[] = {
		"", "{", "[]", "{\"type\":\"local:file\"}",
		"{\"type\":\"local:file\",\"path\":\"a.txt\",\"tags\":{\"mgraph:node-id\":\"zz\"}}"
	};
	static const enum op_result results[] = { OP_FAILED, OP_FAILED, OP_FAILED, OP_CONFLICT,
		OP_CONFLICT };

	local_expect(OP_CREATE, "local:file", FILE_A, OP_OK);
	local_index_key(&local_world.identity, key);
	snprintf(path, sizeof(path), LOCAL_RECORD_DIR "/%s.json", key);
	disk_put(local_world.root, path, contents[_i]);
	local_expect(OP_READ, "local:file", FILE_A, results[_i]);
	local_expect(OP_CREATE, "local:file", FILE_A, results[_i]);
	local_expect(OP_DELETE, "local:file", FILE_A, results[_i]);
	ck_assert_str_eq(disk_get(local_world.root, "a.txt"), "hello");
}
END_TEST

/* ---- folders ---- */

#define FOLDER_D "{\"path\":\"d\",\"mode\":\"0750\"}"

START_TEST(a_folder_is_made_found_changed_and_deleted)
{
	local_expect(OP_READ, "local:directory", FOLDER_D, OP_ABSENT);
	HAS(local_expect(OP_CREATE, "local:directory", FOLDER_D, OP_OK), "\"relative_path\":\"d\"");
	ck_assert_uint_eq(disk_mode("d"), 0750);
	local_expect(OP_CREATE, "local:directory", FOLDER_D, OP_OK);
	HAS(local_expect(OP_UPDATE, "local:directory", "{\"path\":\"d\"}", OP_OK),
	    "\"mode\":\"0755\"");
	HAS(local_expect(OP_READ, "local:directory", NULL, OP_OK), "\"mode\":\"0755\"");
	local_expect(OP_DELETE, "local:directory", NULL, OP_OK);
	ck_assert(!disk_has("d"));
	local_expect(OP_DELETE, "local:directory", NULL, OP_ABSENT);
}
END_TEST

START_TEST(a_folder_with_something_in_it_is_not_deleted)
{
	local_expect(OP_CREATE, "local:directory", FOLDER_D, OP_OK);
	disk_put(local_world.root, "d/theirs", "x");
	HAS(local_expect(OP_DELETE, "local:directory", NULL, OP_CONFLICT), "not empty");
	ck_assert_str_eq(disk_get(local_world.root, "d/theirs"), "x");
	local_expect(OP_READ, "local:directory", FOLDER_D, OP_OK);
}
END_TEST

START_TEST(a_folder_that_is_not_ours_is_never_touched)
{
	disk_folder("d");
	local_expect(OP_READ, "local:directory", FOLDER_D, OP_CONFLICT);
	local_expect(OP_CREATE, "local:directory", FOLDER_D, OP_CONFLICT);
	ck_assert_uint_eq(disk_mode("d"), 0755);
	local_expect(OP_DELETE, "local:directory", FOLDER_D, OP_ABSENT);
	ck_assert(disk_has("d"));
}
END_TEST

START_TEST(a_resource_that_has_changed_its_type_is_a_conflict)
{
	local_expect(OP_CREATE, "local:directory", FOLDER_D, OP_OK);
	HAS(local_expect(OP_READ, "local:file", FILE_A, OP_CONFLICT), "exists as local:directory");
	local_expect(OP_CREATE, "local:file", FILE_A, OP_CONFLICT);
	local_expect(OP_DELETE, "local:file", FILE_A, OP_CONFLICT);
	ck_assert(disk_has("d"));
}
END_TEST

Suite *
suite_local(void)
{
	Suite *suite = suite_create("local");
	TCase *tc = tcase_create("local");

	tcase_add_checked_fixture(tc, local_setup, local_teardown);
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, a_file_is_made_found_changed_and_deleted);
	tcase_add_test(tc, a_file_is_found_without_its_properties_after_a_restart);
	tcase_add_test(tc, drift_is_seen_as_it_is_on_disk);
	tcase_add_test(tc, a_file_that_is_not_ours_is_never_touched);
	tcase_add_test(tc, an_adopted_file_becomes_ours_by_an_update);
	tcase_add_loop_test(tc, another_node_tenant_or_deployment_has_records_of_its_own, 0, 4);
	tcase_add_test(tc, a_number_that_no_schema_has_held_is_held);
	tcase_add_test(tc, a_crash_between_record_and_file_is_found_and_completed);
	tcase_add_test(tc, a_crash_between_delete_of_file_and_record_is_completed);
	tcase_add_test(tc, a_create_that_fails_leaves_no_claim);
	tcase_add_test(tc, bytes_that_are_not_text_come_and_go_as_base64);
	tcase_add_test(tc, text_turned_into_bytes_is_drift);
	tcase_add_test(tc, a_file_that_has_grown_too_long_is_found_by_size);
	tcase_add_test(tc, a_moved_file_must_be_deleted_first);
	tcase_add_loop_test(tc, another_thing_in_the_place_of_the_file_is_a_conflict, 0, 2);
	tcase_add_loop_test(tc, a_broken_record_is_never_taken_for_none, 0, 5);
	tcase_add_test(tc, a_folder_is_made_found_changed_and_deleted);
	tcase_add_test(tc, a_folder_with_something_in_it_is_not_deleted);
	tcase_add_test(tc, a_folder_that_is_not_ours_is_never_touched);
	tcase_add_test(tc, a_resource_that_has_changed_its_type_is_a_conflict);
	suite_add_tcase(suite, tc);
	return suite;
}
