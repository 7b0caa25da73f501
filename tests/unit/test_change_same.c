/* SPDX-License-Identifier: Apache-2.0
 * test_change_same.c - a version against the last one: what is found by the same, and is called otherwise. */
#include <check.h>

#include "tests/unit/change_fixture.h"

/* A record says nothing of whose it is: to delete the one would be to delete the other. */
START_TEST(what_is_found_by_the_same_is_the_same_under_another_name)
{
	struct spec *one = change_first("{" ZONE("z", "n", "") "," RECORD("r1", "z", "k") "}");
	struct spec *two = change_next("{" ZONE("z", "n", "") "," RECORD("r2", "z", "k") "}",
	    (struct step){ .base = one, .prune = true });
	struct spec *three =
	    change_then(two, "{" ZONE("z", "n", "") "," RECORD("r2", "z", "k") "}");

	ck_assert_uint_eq(two->nodes_n, 2);
	change_is(two, "r2", "ensure");
	ck_assert_str_eq(change_node(two, "r2")->node_id, change_node(one, "r1")->node_id);
	ck_assert_str_eq(three->graph_id, two->graph_id);
}
END_TEST

START_TEST(so_is_what_hangs_on_it)
{
	struct spec *one = change_first("{" ZONE("z", "n", "") "," RECORD("r1", "z", "k") "}");
	struct spec *two = change_next("{" RECORD("r2", "y", "k") "," ZONE("y", "n", "") "}",
	    (struct step){ .base = one, .prune = true });

	ck_assert_uint_eq(two->nodes_n, 2);
	ck_assert_str_eq(change_node(two, "y")->node_id, change_node(one, "z")->node_id);
	ck_assert_str_eq(change_node(two, "r2")->node_id, change_node(one, "r1")->node_id);
}
END_TEST

START_TEST(names_that_are_exchanged_exchange_nodes)
{
	struct spec *one = change_first("{" ZONE("a", "n1", "") "," ZONE("b", "n2", "") "}");
	struct spec *two = change_then(one, "{" ZONE("a", "n2", "") "," ZONE("b", "n1", "") "}");
	struct spec *three = change_then(two, "{" ZONE("b", "n1", "") "," ZONE("c", "n2", "") "}");

	ck_assert_uint_eq(two->nodes_n, 2);
	ck_assert_str_eq(change_node(two, "a")->owner_id, change_node(one, "b")->owner_id);
	ck_assert_str_eq(change_node(two, "b")->owner_id, change_node(one, "a")->owner_id);
	ck_assert_uint_eq(three->nodes_n, 2);
	ck_assert_str_eq(change_node(three, "c")->owner_id, change_node(one, "b")->owner_id);
}
END_TEST

START_TEST(what_gave_its_node_away_gets_another)
{
	struct spec *one = change_first("{" ZONE("a", "n", "") "}");
	struct spec *two = change_then(one, "{" ZONE("b", "n", "") "," ZONE("a", "m", "") "}");
	struct spec *later = change_then(change_then(one, "{" ZONE("b", "n", "") "}"),
	    "{" ZONE("b", "n", "") "," ZONE("a", "m", "") "}");

	ck_assert_uint_eq(two->nodes_n, 2);
	ck_assert_str_eq(change_node(two, "b")->node_id, change_node(one, "a")->node_id);
	ck_assert_str_ne(change_node(two, "a")->node_id, change_node(one, "a")->node_id);
	ck_assert_str_eq(change_node(later, "a")->node_id, change_node(two, "a")->node_id);
	ck_assert_str_eq(
	    change_then(two, "{" ZONE("b", "n", "") "," ZONE("a", "m", "") "}")->graph_id,
	    two->graph_id);
}
END_TEST

START_TEST(what_is_elsewhere_or_not_surely_the_same_is_not)
{
	static const char *const twos[] = {
		"{" ZONE("z", "n", "") "," RECORD("r2", "z", "other") "}",
		"{" ZONE("z", "n", "") "," ZONE("y", "m", "") "," RECORD("r2", "y", "k") "}",
		"{" ZONE("z", "n", "") "," RECORD("r2", "z", "@{z.arn}") "}",
		"{" ZONE("z", "n", "") ",'r2':{'type':'test:site:record','account':'two',"
				       "'properties':{'zone':'@z','key':'k'}}}",
	};

	for (size_t i = 0; i < 4; i++) {
		struct spec *one =
		    change_first("{" ZONE("z", "n", "") "," RECORD("r1", "z", "k") "}");
		struct spec *two =
		    change_next(twos[i], (struct step){ .base = one, .prune = true });

		change_is(two, "r1", "delete");
		change_forget();
	}
}
END_TEST

/* Of two that were there side by side in the last version, which was made by one that knew no better. */
START_TEST(what_another_is_found_by_is_not_deleted)
{
	const char *both =
	    "{" ZONE("z", "n", "") "," RECORD("r1", "z", "k") "," RECORD("r2", "z", "k") "}";
	const char *left = "{" ZONE("z", "n", "") "," RECORD(
	    "r2", "z", "k") ",'r1':{"
			    "'type':'test:site:record','operation':'leave','properties':{"
			    "'zone':'@z','key':'k'}}}";
	struct spec *one = change_first(both);
	struct spec *two = change_next("{" ZONE("z", "n", "") "," RECORD("r2", "z", "k") "}",
	    (struct step){ .base = one, .prune = true });
	struct spec *again =
	    change_next(left, (struct step){ .base = change_first(left), .prune = true });

	change_is(two, "r1", "");
	ck_assert_str_eq(change_node(two, "r2")->node_id, change_node(one, "r2")->node_id);
	change_is(again, "r1", "leave");
	change_is(change_then(one,
		      "{" ZONE("z", "n", "") "," RECORD("r2", "z",
			  "k") ",'r1':{"
			       "'type':'test:site:record','operation':'delete','properties':{"
			       "'zone':'@z','key':'k'}}}"),
	    "r1", "leave");
}
END_TEST

/* Its tags say whose it is: it can make room. */
START_TEST(what_says_whose_it_is_goes_before_another_takes_its_name)
{
	struct spec *one = change_first("{" REPO("a", "n") "," REPO("b", "n") "}");
	struct spec *two =
	    change_next("{" REPO("b", "n") "}", (struct step){ .base = one, .prune = true });

	change_is(two, "a", "delete");
	change_expect_waits(two, "b", "a");
	change_is(change_then(one, "{" REPO("b", "n") "}"), "a", "leave");
}
END_TEST

Suite *suite_change_same(void);

Suite *
suite_change_same(void)
{
	Suite *suite = suite_create("change_same");
	TCase *tcase = tcase_create("change_same");

	tcase_add_checked_fixture(tcase, change_setup, change_teardown);
	tcase_add_test(tcase, what_is_found_by_the_same_is_the_same_under_another_name);
	tcase_add_test(tcase, so_is_what_hangs_on_it);
	tcase_add_test(tcase, names_that_are_exchanged_exchange_nodes);
	tcase_add_test(tcase, what_gave_its_node_away_gets_another);
	tcase_add_test(tcase, what_is_elsewhere_or_not_surely_the_same_is_not);
	tcase_add_test(tcase, what_another_is_found_by_is_not_deleted);
	tcase_add_test(tcase, what_says_whose_it_is_goes_before_another_takes_its_name);
	suite_add_tcase(suite, tcase);
	return suite;
}
