/* SPDX-License-Identifier: Apache-2.0
 * test_local_wall.c - nothing outside the root is reached through a path; and what the config may say. */
#include <stdio.h>
#include <stdlib.h>

#include "local_world.h"
#include "provider/registry.h"
#include "providers/local/local.h"
#include "providers/local/local_impl.h"
#include "util/check.h"
#include "util/json.h"

Suite *suite_local_wall(void);

/* ---- the root is a wall ---- */

static const char *const bad_paths[] = { "", "/etc/passwd", "..", "../outside/x",
	"a/../../outside/x", "./a", "a/./b", "a//b", "a/", ".", ".mgraph", ".mgraph/x",
	".mgraph/../a" };

START_TEST(a_path_that_leads_out_is_refused)
{
	char desired[256];

	disk_put(local_world.outside, "x", "secret");
	snprintf(desired, sizeof(desired), "{\"path\":\"%s\",\"content\":\"evil\"}", bad_paths[_i]);
	local_expect(OP_READ, "local:file", desired, OP_INVALID);
	local_expect(OP_CREATE, "local:file", desired, OP_INVALID);
	local_expect(OP_CREATE, "local:directory", desired, OP_INVALID);
	ck_assert_str_eq(disk_get(local_world.outside, "x"), "secret");
}
END_TEST

START_TEST(a_path_that_leads_out_is_a_problem_of_the_config)
{
	struct resource_type type = { .name = "local:file", .global = true };
	struct json_object  *properties = json_object_new_object();
	struct problems      problems;

	json_set_str(properties, "path", bad_paths[_i]);
	json_set_str(properties, "content", "");
	problems_init(&problems);
	local_world.provider->validate(
	    local_world.provider, &type, properties, "/resources/page/properties", &problems);
	ck_assert_uint_eq(problems.n, 1);
	ck_assert_str_eq(problems.items[0].code, "bad_path");
	ck_assert_str_eq(problems.items[0].pointer, "/resources/page/properties/path");
	problems_fini(&problems);
	json_object_put(properties);
}
END_TEST

START_TEST(symbolic_links_are_not_followed)
{
	static const char *const desired[] = {
		"{\"path\":\"door/x\",\"content\":\"evil\"}",     /* a folder that leads out */
		"{\"path\":\"peephole\",\"content\":\"evil\"}",   /* a file that leads out */
		"{\"path\":\"absolute/x\",\"content\":\"evil\"}", /* by an absolute path */
		"{\"path\":\"records/x\",\"content\":\"evil\"}",  /* in to our records */
		"{\"path\":\"inside/x\",\"content\":\"evil\"}", /* to another folder of the root */
		"{\"path\":\"magic/x\",\"content\":\"evil\"}",  /* by /proc */
	};
	enum op_result result = _i == 1 ? OP_CONFLICT : OP_INVALID;

	disk_put(local_world.outside, "x", "secret");
	disk_folder("folder");
	disk_link("../outside", "door");
	disk_link("../outside/x", "peephole");
	disk_link(local_world.outside, "absolute");
	disk_link(LOCAL_RECORD_DIR, "records");
	disk_link("folder", "inside");
	disk_link("/proc/self/cwd", "magic");
	disk_folder(LOCAL_RECORD_DIR);
	local_expect(OP_CREATE, "local:file", desired[_i], result);
	local_expect(OP_READ, "local:file", desired[_i], OP_INVALID);
	local_expect(OP_CREATE, "local:directory", desired[_i], result);
	ck_assert_str_eq(disk_get(local_world.outside, "x"), "secret");
	ck_assert(!disk_has("folder/x"));
	ck_assert(!disk_has(LOCAL_RECORD_DIR "/x"));
}
END_TEST

START_TEST(a_link_put_in_the_place_of_our_file_is_not_followed)
{
	disk_put(local_world.outside, "x", "secret");
	local_expect(OP_CREATE, "local:file", FILE_A, OP_OK);
	disk_remove("a.txt");
	disk_link("../outside/x", "a.txt");
	local_expect(OP_READ, "local:file", FILE_A, OP_INVALID);
	local_expect(OP_UPDATE, "local:file", FILE_A, OP_CONFLICT);
	/* Deleting it deletes the link, never what it leads to. */
	local_expect(OP_DELETE, "local:file", NULL, OP_OK);
	ck_assert(!disk_has("a.txt"));
	ck_assert_str_eq(disk_get(local_world.outside, "x"), "secret");
}
END_TEST

START_TEST(records_that_are_a_link_are_refused)
{
	disk_link("../outside", LOCAL_RECORD_DIR);
	local_expect(OP_CREATE, "local:file", FILE_A, OP_INVALID);
	ck_assert(!disk_has("a.txt"));
}
END_TEST

/* ---- the types ---- */

START_TEST(the_type_files_are_taken)
{
	static const char *const drivers[] = { "exec", "http", "local" };
	static const char *const names[] = { "exec:command", "http:request", "local:directory",
		"local:file", "local:null" };
	const char              *source = getenv("srcdir");
	struct registry         *registry = registry_create(NULL);
	struct err               err = { 0 };
	char                     folder[4096];

	for (size_t i = 0; i < array_len(drivers); i++) {
		const struct local_options options = {
			.name = drivers[i],
			.ev = local_world.ev,
			.root = local_world.root,
		};

		snprintf(folder, sizeof(folder), "%s/schemas/%s", source == NULL ? "." : source,
		    drivers[i]);
		registry_add_provider(registry, local_create(&options));
		ck_assert_msg(registry_load(registry, folder, &err) == ERR_OK, "%s", err.detail);
	}
	ck_assert_uint_eq(registry_types_n(registry), array_len(names));
	for (size_t i = 0; i < array_len(names); i++)
		ck_assert(registry_type(registry, names[i])->global);
	registry_destroy(registry);
}
END_TEST

START_TEST(references_are_not_judged_before_they_are_known)
{
	struct resource_type type = { .name = "local:file", .global = true };
	const char *text = "{\"path\":\"@{dir.relative_path}/x\",\"content_base64\":\"@a.b\"}";
	struct json_object *properties = json_read(text, strlen(text), NULL);
	struct problems     problems;

	problems_init(&problems);
	local_world.provider->validate(local_world.provider, &type, properties, "", &problems);
	ck_assert_uint_eq(problems.n, 0);
	json_set_str(properties, "content", "and text");
	json_set_str(properties, "content_base64", "AAAA");
	local_world.provider->validate(local_world.provider, &type, properties, "", &problems);
	ck_assert_uint_eq(problems.n, 1);
	ck_assert_str_eq(problems.items[0].code, "bad_content");
	problems_fini(&problems);
	json_object_put(properties);
}
END_TEST

Suite *
suite_local_wall(void)
{
	Suite *suite = suite_create("local_wall");
	TCase *tc = tcase_create("local_wall");

	tcase_add_checked_fixture(tc, local_setup, local_teardown);
	tcase_set_timeout(tc, 20);
	tcase_add_loop_test(tc, a_path_that_leads_out_is_refused, 0, array_len(bad_paths));
	tcase_add_loop_test(
	    tc, a_path_that_leads_out_is_a_problem_of_the_config, 0, array_len(bad_paths));
	tcase_add_loop_test(tc, symbolic_links_are_not_followed, 0, 6);
	tcase_add_test(tc, a_link_put_in_the_place_of_our_file_is_not_followed);
	tcase_add_test(tc, records_that_are_a_link_are_refused);
	tcase_add_test(tc, the_type_files_are_taken);
	tcase_add_test(tc, references_are_not_judged_before_they_are_known);
	suite_add_tcase(suite, tc);
	return suite;
}
