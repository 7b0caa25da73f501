/* SPDX-License-Identifier: Apache-2.0
 * test_change.c - a version against the last one: what is left, goes, is replaced and is called otherwise. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "plan/change.h"
#include "tests/unit/change_fixture.h"
#include "tests/unit/plan_fixture.h"
#include "util/json.h"

/* ---- what is no longer there ---- */

START_TEST(what_is_dropped_is_left_and_from_then_on_carried)
{
	struct spec *one = change_first("{" ZONE("a", "a", "") "," DISK("b", "'link':'@a'") "}");
	struct spec *two = change_then(one, "{" ZONE("a", "a", "") "}");
	struct spec *three = change_then(two, "{" ZONE("a", "a", ",'link':'x'") "}");

	change_is(two, "b", "leave");
	ck_assert_str_eq(change_node(two, "b")->node_id, change_node(one, "b")->node_id);
	ck_assert_str_eq(change_property(two, "b", "link"), "@a");
	change_is(three, "b", "leave");
	ck_assert_uint_eq(three->nodes_n, 2);
}
END_TEST

START_TEST(what_was_left_is_pruned_later)
{
	struct spec *one = change_first("{" ZONE("a", "a", "") "," DISK("b", "") "}");
	struct spec *two = change_then(one, "{" ZONE("a", "a", "") "}");
	struct spec *three =
	    change_next("{" ZONE("a", "a", "") "}", (struct step){ .base = two, .prune = true });

	change_is(three, "b", "delete");
	/* once it was asked for, it is tried again, also by whoever does not ask */
	change_is(change_then(three, "{" ZONE("a", "a", "") "}"), "b", "delete");
	ck_assert_uint_eq(
	    change_next("{" ZONE("a", "a", "") "}", (struct step){ .base = three, .gone = " b " })
		->nodes_n,
	    1);
}
END_TEST

START_TEST(a_stored_graph_that_leaves_something_deletes_it_when_told_to_prune)
{
	struct spec *one = change_first("{" ZONE("a", "a", "") "," DISK("b", "") "}");
	struct spec *two = change_then(one, "{" ZONE("a", "a", "") "}");
	const char  *why;
	struct spec *again = change_of(change_types, two->config, two, NULL,
	    (struct step){ .base = two, .prune = true }, &why);

	ck_assert_msg(again != NULL, "%s", why);
	change_is(again, "b", "delete");
	spec_unref(again);
}
END_TEST

START_TEST(what_is_pruned_goes_after_what_referred_to_it_and_dependants_first)
{
	struct spec *one =
	    change_first("{" ZONE("net", "n", "") "," DISK("sub", "'link':'@net'") "," DISK(
		"host", "'link':'@sub'") "," DISK("stays", "'link':'@sub'") "}");
	struct spec *two =
	    change_next("{" DISK("stays", "") "}", (struct step){ .base = one, .prune = true });

	change_is(two, "net", "delete");
	change_expect_waits(two, "net", "sub");
	change_expect_waits(two, "sub", "host");
	change_expect_waits(two, "sub", "stays");
	change_expect_waits_not(two, "host", "stays");
}
END_TEST

START_TEST(a_region_that_is_dropped_is_left_in_that_region)
{
	struct spec *one = change_next("{" ZONE("a", "a", "") "," DISK("b", "'link':'@a'") "}",
	    (struct step){ .regions = "['us-east-1','eu-west-1']" });
	struct spec *two = change_next("{" ZONE("a", "a", "") "," DISK("b", "'link':'@a'") "}",
	    (struct step){ .base = one, .prune = true });

	change_is(two, "a--old", "delete");
	change_is(two, "b--old", "delete");
	ck_assert_uint_eq(change_node(two, "a--old")->regions_n, 1);
	ck_assert_str_eq(change_node(two, "a--old")->regions[0], "eu-west-1");
	ck_assert_str_eq(change_node(two, "a--old")->owner_id, change_node(one, "a")->node_id);
	ck_assert_str_ne(change_node(two, "a--old")->node_id, change_node(one, "a")->node_id);
	ck_assert_str_eq(change_property(two, "b--old", "link"), "@a--old");
	change_expect_waits(two, "a--old", "b--old");
	ck_assert_str_eq(change_node(two, "a")->node_id, change_node(one, "a")->node_id);
	/* what is in the region again is no longer old */
	ck_assert_uint_eq(change_next("{" ZONE("a", "a", "") "," DISK("b", "'link':'@a'") "}",
			      (struct step){ .base = two, .regions = "['us-east-1','eu-west-1']" })
			      ->nodes_n,
	    2);
}
END_TEST

START_TEST(what_is_in_another_account_is_another_one)
{
	struct spec *one = change_first("{'a':{'type':'test:site:zone','account':'one',"
					"'properties':{'name':'a'}}}");
	struct spec *two = change_then(one, "{'a':{'type':'test:site:zone','account':'two',"
					    "'properties':{'name':'a'}}}");

	change_is(two, "a", "ensure");
	change_is(two, "a--old", "leave");
	ck_assert_str_eq(change_node(two, "a--old")->account, "one");
}
END_TEST

START_TEST(the_parts_of_a_composite_are_left_as_resources)
{
	struct spec *one =
	    change_first("{'p':{'type':'test:site:pair','properties':{'name':'n'}}," DISK(
		"d", "'link':'@p.zone'") "}");
	struct spec *two = change_then(one, "{" ZONE("z", "z", "") "}");
	struct spec *three =
	    change_next("{" ZONE("z", "z", "") "}", (struct step){ .base = two, .prune = true });

	change_is(two, "p-zone", "leave");
	change_is(two, "p-record", "leave");
	ck_assert_str_eq(change_property(two, "d", "link"), "@p-zone.arn");
	change_expect_waits(three, "p-zone", "p-record");
	change_expect_waits(three, "p-zone", "d");
}
END_TEST

START_TEST(a_composite_that_gives_way_to_its_parts_changes_nothing)
{
	struct spec *one =
	    change_first("{'p':{'type':'test:site:pair','properties':{'name':'n'}}}");
	struct spec *two =
	    change_then(one, "{" ZONE("p-zone", "n", "") "," RECORD("p-record", "p-zone", "n") "}");

	ck_assert_uint_eq(two->nodes_n, 2);
	change_is(two, "p-zone", "ensure");
	change_is(two, "p-record", "ensure");
}
END_TEST

/* ---- what is called otherwise ---- */

#define CALLED(id, formerly) \
	"'" id "':{'type':'test:site:zone','formerly':'" formerly "','properties':{'name':'n'}}"

START_TEST(what_was_called_otherwise_is_the_same)
{
	struct spec *one = change_first("{" ZONE("a", "n", "") "," DISK("b", "'link':'@a'") "}");
	struct spec *two = change_then(one, "{" CALLED("z", "a") "," DISK("b", "'link':'@z'") "}");
	char         by_node[200];

	ck_assert_uint_eq(two->nodes_n, 2);
	ck_assert_str_eq(change_node(two, "z")->node_id, change_node(one, "a")->node_id);
	ck_assert_str_eq(change_node(two, "z")->owner_id, change_node(one, "a")->owner_id);
	snprintf(by_node, sizeof(by_node),
	    "{'z':{'type':'test:site:zone','formerly':'#%s','properties':{'name':'n'}}," DISK(
		"b", "'link':'@z'") "}",
	    change_node(one, "a")->node_id);
	ck_assert_str_eq(
	    change_node(change_then(one, by_node), "z")->node_id, change_node(one, "a")->node_id);
}
END_TEST

START_TEST(later_versions_need_not_say_so_any_more)
{
	struct spec *one = change_first("{" ZONE("a", "n", "") "}");
	struct spec *two = change_then(one, "{" CALLED("z", "a") "}");
	struct spec *three = change_then(two, "{" ZONE("z", "n", "") "}");
	struct spec *four = change_then(three, "{" ZONE("z", "n", ",'link':'x'") "}");

	ck_assert_uint_eq(three->nodes_n, 1);
	ck_assert_str_eq(three->graph_id, two->graph_id);
	ck_assert_str_eq(change_node(four, "z")->node_id, change_node(one, "a")->node_id);
}
END_TEST

START_TEST(what_was_called_otherwise_is_dropped_under_its_last_name)
{
	struct spec *one = change_first("{" ZONE("a", "n", "") "," DISK("b", "") "}");
	struct spec *two = change_then(one, "{" CALLED("z", "a") "," DISK("b", "") "}");
	struct spec *three = change_then(two, "{" DISK("b", "") "}");
	struct spec *four = change_then(three, "{" ZONE("a", "n", "") "," DISK("b", "") "}");

	change_is(three, "z", "leave");
	ck_assert_str_eq(change_node(three, "z")->owner_id, change_node(one, "a")->node_id);
	/* it comes back under that name, or under its first one */
	ck_assert_str_eq(
	    change_node(change_then(three, "{" ZONE("z", "n", "") "," DISK("b", "") "}"), "z")
		->owner_id,
	    change_node(one, "a")->node_id);
	ck_assert_uint_eq(four->nodes_n, 2);
	ck_assert_str_eq(change_node(four, "a")->owner_id, change_node(one, "a")->node_id);
}
END_TEST

START_TEST(what_is_there_under_its_own_name_was_not_called_otherwise)
{
	struct json_object *config =
	    fixture_config("{" CALLED("z", "a") "," ZONE("a", "m", "") "}");
	struct problems problems;

	problems_init(&problems);
	ck_assert_ptr_null(spec_build(change_types, "tenant", config, 0, &problems));
	ck_assert(fixture_has(&problems, "/resources/z/formerly", "not_unique"));
	problems_fini(&problems);
	json_object_put(config);
}
END_TEST

/* ---- what is replaced ---- */

START_TEST(another_name_is_made_first_and_what_refers_to_it_turns_before_the_old_one_goes)
{
	struct spec *one = change_first("{" ZONE("a", "old", "") "," DISK("b", "'link':'@a'") "}");
	struct spec *two =
	    change_then(one, "{" ZONE("a", "new", "") "," DISK("b", "'link':'@a'") "}");

	change_is(two, "a", "ensure");
	change_is(two, "a--old", "delete");
	ck_assert_str_eq(change_property(two, "a--old", "name"), "old");
	ck_assert_str_eq(change_node(two, "a--old")->owner_id, change_node(one, "a")->node_id);
	ck_assert_str_eq(change_node(two, "a")->node_id, change_node(one, "a")->node_id);
	change_expect_waits(two, "b", "a");
	change_expect_waits(two, "a--old", "b");
}
END_TEST

START_TEST(what_only_a_new_one_can_have_is_no_matter_of_names)
{
	struct spec *one =
	    change_first("{" ZONE("a", "n", ",'size':'1'") "," DISK("b", "'size':'1'") "}");
	struct spec *two =
	    change_then(one, "{" ZONE("a", "n", ",'size':'2'") "," DISK("b", "'size':'2'") "}");

	ck_assert_uint_eq(two->nodes_n, 2); /* replaced where it is */
}
END_TEST

START_TEST(a_delete_that_was_not_done_is_carried_and_a_name_that_comes_back_is_taken)
{
	struct spec *one = change_first("{" ZONE("a", "n1", "") "}");
	struct spec *two = change_then(one, "{" ZONE("a", "n2", "") "}");
	struct spec *three = change_then(two, "{" ZONE("a", "n3", "") "}");
	struct spec *back = change_then(two, "{" ZONE("a", "n1", "") "}");
	struct spec *done = change_next(
	    "{" ZONE("a", "n3", "") "}", (struct step){ .base = two, .gone = " a--old " });

	ck_assert_uint_eq(three->nodes_n, 3);
	ck_assert_str_eq(change_property(three, "a--old", "name"), "n1");
	ck_assert_str_eq(change_property(three, "a--old-2", "name"), "n2");
	change_is(three, "a--old", "delete");
	change_is(three, "a--old-2", "delete");
	ck_assert_uint_eq(back->nodes_n, 2);
	ck_assert_str_eq(change_property(back, "a--old", "name"), "n2");
	ck_assert_uint_eq(done->nodes_n, 2);
	ck_assert_str_eq(change_property(done, "a--old", "name"), "n2");
}
END_TEST

START_TEST(where_both_can_not_be_there_at_once_the_old_one_goes_first)
{
	struct spec *one = change_first("{" REPO("a", "old") "," DISK("b", "'link':'@a'") "}");
	struct spec *two = change_then(one, "{" REPO("a", "new") "," DISK("b", "'link':'@a'") "}");

	change_is(two, "a--old", "delete");
	change_expect_waits(two, "a", "a--old");
	change_expect_waits_not(two, "a--old", "b");
}
END_TEST

START_TEST(what_is_protected_is_to_go_first_so_that_nothing_is_made_beside_it)
{
	struct spec *one = change_first("{'a':{'type':'test:site:zone','protect':true,"
					"'properties':{'name':'old'}}}");
	struct spec *two = change_then(one, "{" ZONE("a", "new", "") "}");

	ck_assert(change_node(two, "a--old")->protect);
	ck_assert(!change_node(two, "a")->protect);
	change_expect_waits(two, "a", "a--old");
	ck_assert(change_node(
	    change_next("{" DISK("z", "") "}", (struct step){ .base = one, .prune = true }), "a")
		      ->protect);
}
END_TEST

START_TEST(another_type_goes_first)
{
	struct spec *one = change_first("{" ZONE("a", "n", "") "}");
	struct spec *two = change_then(one, "{" DISK("a", "") "}");

	change_is(two, "a", "ensure");
	change_is(two, "a--old", "delete");
	change_expect_waits(two, "a", "a--old");
}
END_TEST

START_TEST(children_of_what_is_replaced_go_with_it)
{
	struct spec *one = change_first("{" ZONE("z", "old", "") "," RECORD("r", "z", "k") "}");
	struct spec *two = change_then(one, "{" ZONE("z", "new", "") "," RECORD("r", "z", "k") "}");

	change_is(two, "r--old", "delete");
	ck_assert_str_eq(change_property(two, "r--old", "zone"), "@z--old");
	change_expect_waits(two, "r", "z");
	change_expect_waits(two, "z--old", "r--old");
	change_expect_waits(two, "r--old", "r");
}
END_TEST

#define TREE(name, path) \
	"{" REPO("repo", name) "," FILE_OF("file", "repo", path) "," LINE("line", "file", "1") "}"

START_TEST(children_of_what_goes_first_go_first_however_deep)
{
	struct spec *one = change_first(TREE("old", "p"));
	struct spec *two = change_then(one, TREE("new", "p"));

	change_expect_waits(two, "file--old", "line--old");
	change_expect_waits(two, "repo--old", "file--old");
	change_expect_waits(two, "repo", "repo--old");
	change_expect_waits(two, "line", "file");
	change_expect_waits_not(two, "line--old", "line");
}
END_TEST

START_TEST(what_was_to_go_and_has_not_goes_with_its_parent_once_more)
{
	struct spec *one = change_first(TREE("n1", "p"));
	struct spec *two = change_then(one, TREE("n2", "p"));
	struct spec *three = change_then(two, TREE("n3", "p"));

	ck_assert_uint_eq(three->nodes_n, 9);
	change_is(three, "line--old", "delete");
	change_is(three, "line--old-2", "delete");
	change_expect_waits(three, "repo", "repo--old");
	change_expect_waits(three, "repo", "repo--old-2");
	change_expect_waits(three, "repo--old", "line--old");
	change_expect_waits(three, "repo--old-2", "line--old-2");
}
END_TEST

START_TEST(a_child_that_waits_to_go_goes_first_with_its_parent)
{
	struct spec *one = change_first(TREE("n1", "p"));
	struct spec *two = change_then(one, TREE("n1", "q")); /* file--old, and line--old in it */
	struct spec *three = change_then(two, TREE("n2", "q"));

	change_expect_waits(two, "file--old", "file");
	change_is(three, "file--old", "delete");
	change_is(three, "file--old-2", "delete");
	change_expect_waits(three, "repo", "repo--old");
	change_expect_waits(three, "repo--old", "file--old");
	change_expect_waits(three, "repo--old", "file--old-2");
}
END_TEST

START_TEST(what_refers_to_a_child_in_text_is_not_found_by_it)
{
	struct spec *one =
	    change_first("{" ZONE("z", "old", "") "," ZONE("y", "y", ",'link':'@{z.arn}/x'") "}");
	struct spec *two = change_then(
	    one, "{" ZONE("z", "new", "") "," ZONE("y", "y", ",'link':'@{z.arn}/x'") "}");

	ck_assert_uint_eq(two->nodes_n, 3);
	change_expect_waits(two, "z--old", "y");
}
END_TEST

/* ---- what is to be left or deleted by the config itself ---- */

START_TEST(what_a_config_leaves_is_not_forgotten_under_another_name)
{
	struct spec *one = change_first("{" ZONE("a", "old", "") "}");
	struct spec *two = change_then(one, "{'a':{'type':'test:site:zone','operation':'leave',"
					    "'properties':{'name':'new'}}}");

	change_is(two, "a", "leave");
	change_is(two, "a--old", "leave");
	ck_assert_str_eq(change_property(two, "a--old", "name"), "old");
}
END_TEST

START_TEST(what_a_config_deletes_is_carried_until_it_is_gone)
{
	struct spec *one = change_first("{" ZONE("a", "n", "") "," DISK("b", "") "}");
	struct spec *two = change_then(one, "{'a':{'type':'test:site:zone','operation':'delete',"
					    "'properties':{'name':'n'}}," DISK("b", "") "}");

	ck_assert_uint_eq(two->nodes_n, 2);
	change_is(change_then(two, "{" DISK("b", "") "}"), "a", "delete");
	ck_assert_uint_eq(
	    change_next("{" DISK("b", "") "}", (struct step){ .base = two, .gone = " a " })
		->nodes_n,
	    1);
}
END_TEST

/* ---- what has gone ---- */

START_TEST(what_has_gone_is_referred_to_no_longer)
{
	struct spec *one = change_first("{" ZONE("a", "a", "") "," DISK("b", "'link':'@a'") "}");
	struct spec *two =
	    change_next("{" DISK("c", "") "}", (struct step){ .base = one, .gone = " a " });

	change_is(two, "a", "");
	change_is(two, "b", "leave");
	ck_assert_str_eq(change_property(two, "b", "link"), "");
}
END_TEST

START_TEST(what_is_found_by_what_has_gone_has_gone)
{
	struct spec *one = change_first(TREE("n", "p"));
	struct spec *two =
	    change_next("{" DISK("c", "") "}", (struct step){ .base = one, .gone = " repo " });

	ck_assert_uint_eq(two->nodes_n, 1);
}
END_TEST

START_TEST(what_is_under_no_id_of_its_own_only_goes_with_its_parent)
{
	struct spec *one =
	    change_first("{" ZONE("z", "n", "") "," FOUND_RECORD("found-1", "z", "k") "}");
	struct spec *same = change_next("{" ZONE("z", "n", "") "," RECORD("r", "z", "k") "}",
	    (struct step){ .base = one, .prune = true });
	struct spec *moved = change_next(
	    "{" ZONE("z", "m", "") "," RECORD("r", "z", "k") "}", (struct step){ .base = one });

	ck_assert_uint_eq(same->nodes_n, 2);
	change_is(moved, "z--old", "delete");
	ck_assert_str_eq(change_property(moved, "found-1", "zone"), "@z--old");
	change_expect_waits(moved, "z--old", "found-1");
}
END_TEST

/* ---- the same once more ---- */

START_TEST(the_same_config_makes_the_same_graph_of_its_own)
{
	static const char *const ones[] = { TREE("n1", "p"),
		"{" ZONE("a", "n", "") "," DISK("b", "'link':'@a'") "," DISK("c", "") "}" };
	static const char *const twos[] = { TREE("n2", "q"),
		"{" ZONE("a", "m", "") "," DISK("b", "'link':'@a'") "}" };

	for (size_t i = 0; i < 2; i++) {
		struct spec *two = change_then(change_first(ones[i]), twos[i]);

		ck_assert_str_eq(change_then(two, twos[i])->graph_id, two->graph_id);
	}
}
END_TEST

START_TEST(a_key_that_is_taken_is_not_taken_twice)
{
	struct spec *one = change_first("{" ZONE("a", "n1", "") "," ZONE("a--old", "x", "") "}");
	struct spec *two =
	    change_then(one, "{" ZONE("a", "n2", "") "," ZONE("a--old", "x", "") "}");

	ck_assert_uint_eq(two->nodes_n, 3);
	change_is(two, "a--old", "ensure");
	change_is(two, "a--old-2", "delete");
}
END_TEST

Suite *suite_change(void);

Suite *
suite_change(void)
{
	Suite *suite = suite_create("change");
	TCase *tcase = tcase_create("change");

	tcase_add_checked_fixture(tcase, change_setup, change_teardown);
	tcase_add_test(tcase, what_is_dropped_is_left_and_from_then_on_carried);
	tcase_add_test(tcase, what_was_left_is_pruned_later);
	tcase_add_test(tcase, a_stored_graph_that_leaves_something_deletes_it_when_told_to_prune);
	tcase_add_test(tcase, what_is_pruned_goes_after_what_referred_to_it_and_dependants_first);
	tcase_add_test(tcase, a_region_that_is_dropped_is_left_in_that_region);
	tcase_add_test(tcase, what_is_in_another_account_is_another_one);
	tcase_add_test(tcase, the_parts_of_a_composite_are_left_as_resources);
	tcase_add_test(tcase, a_composite_that_gives_way_to_its_parts_changes_nothing);
	tcase_add_test(tcase, what_was_called_otherwise_is_the_same);
	tcase_add_test(tcase, later_versions_need_not_say_so_any_more);
	tcase_add_test(tcase, what_was_called_otherwise_is_dropped_under_its_last_name);
	tcase_add_test(tcase, what_is_there_under_its_own_name_was_not_called_otherwise);
	tcase_add_test(
	    tcase, another_name_is_made_first_and_what_refers_to_it_turns_before_the_old_one_goes);
	tcase_add_test(tcase, what_only_a_new_one_can_have_is_no_matter_of_names);
	tcase_add_test(
	    tcase, a_delete_that_was_not_done_is_carried_and_a_name_that_comes_back_is_taken);
	tcase_add_test(tcase, where_both_can_not_be_there_at_once_the_old_one_goes_first);
	tcase_add_test(tcase, what_is_protected_is_to_go_first_so_that_nothing_is_made_beside_it);
	tcase_add_test(tcase, another_type_goes_first);
	tcase_add_test(tcase, children_of_what_is_replaced_go_with_it);
	tcase_add_test(tcase, children_of_what_goes_first_go_first_however_deep);
	tcase_add_test(tcase, what_was_to_go_and_has_not_goes_with_its_parent_once_more);
	tcase_add_test(tcase, a_child_that_waits_to_go_goes_first_with_its_parent);
	tcase_add_test(tcase, what_refers_to_a_child_in_text_is_not_found_by_it);
	tcase_add_test(tcase, what_a_config_leaves_is_not_forgotten_under_another_name);
	tcase_add_test(tcase, what_a_config_deletes_is_carried_until_it_is_gone);
	tcase_add_test(tcase, what_has_gone_is_referred_to_no_longer);
	tcase_add_test(tcase, what_is_found_by_what_has_gone_has_gone);
	tcase_add_test(tcase, what_is_under_no_id_of_its_own_only_goes_with_its_parent);
	tcase_add_test(tcase, the_same_config_makes_the_same_graph_of_its_own);
	tcase_add_test(tcase, a_key_that_is_taken_is_not_taken_twice);
	suite_add_tcase(suite, tcase);
	return suite;
}
