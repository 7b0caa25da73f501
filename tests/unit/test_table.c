/* SPDX-License-Identifier: Apache-2.0
 * test_table.c - every object is found again, and few others are met on the way. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "util/check.h"
#include "util/table.h"

#define THINGS_N 10000
#define MET_MAX  (3 * THINGS_N) /* by all looks together: a list has half of THINGS_N squared */

struct thing {
	struct table_link link;
	char              name[16];
};

static struct table table;
static struct thing things[THINGS_N];

static void
setup(void)
{
	table = (struct table){ 0 };
	for (size_t i = 0; i < THINGS_N; i++) {
		snprintf(things[i].name, sizeof(things[i].name), "app-%zu", i);
		table_put(&table, &things[i].link, table_hash(0, things[i].name));
	}
}

static void
teardown(void)
{
	table_fini(&table);
}

static struct thing *
find(const char *name)
{
	struct table_link *link = table_first(&table, table_hash(0, name));

	for (; link != NULL; link = table_next(link)) {
		struct thing *thing = container_of(link, struct thing, link);

		if (strcmp(thing->name, name) == 0)
			return thing;
	}
	return NULL;
}

START_TEST(an_empty_table_holds_nothing)
{
	struct table none = { 0 };

	ck_assert_ptr_null(table_first(&none, 0));
	table_fini(&none);
}
END_TEST

START_TEST(each_is_found)
{
	for (size_t i = 0; i < THINGS_N; i++)
		ck_assert_ptr_eq(find(things[i].name), &things[i]);
	ck_assert_ptr_null(find("app-"));
}
END_TEST

START_TEST(what_was_removed_is_not_found)
{
	for (size_t i = 0; i < THINGS_N; i += 2)
		table_remove(&table, &things[i].link);
	ck_assert_uint_eq(table.n, THINGS_N / 2);
	for (size_t i = 0; i < THINGS_N; i++)
		ck_assert_ptr_eq(find(things[i].name), i % 2 == 0 ? NULL : &things[i]);
}
END_TEST

START_TEST(same_hashes_are_told_apart_by_whoever_looks)
{
	struct table_link same[3], *link;
	struct table      t = { 0 };
	size_t            n = 0;

	for (size_t i = 0; i < array_len(same); i++)
		table_put(&t, &same[i], 7);
	for (link = table_first(&t, 7); link != NULL; link = table_next(link))
		n++;
	ck_assert_uint_eq(n, array_len(same));
	ck_assert_ptr_null(table_first(&t, 7 + 16));
	table_fini(&t);
}
END_TEST

/* What a look goes past is what shares its bucket. */
START_TEST(looks_do_not_get_longer_with_the_table)
{
	size_t met = 0;

	for (size_t i = 0; i < table.size; i++) {
		size_t n = 0;

		for (struct table_link *link = table.buckets[i]; link != NULL; link = link->next)
			met += ++n;
	}
	ck_assert_uint_lt(met, MET_MAX);
}
END_TEST

START_TEST(texts_that_are_put_together_otherwise_hash_otherwise)
{
	ck_assert_uint_ne(
	    table_hash(table_hash(0, "ab"), "c"), table_hash(table_hash(0, "a"), "bc"));
	ck_assert_uint_ne(table_hash(0, ""), table_hash(table_hash(0, ""), ""));
}
END_TEST

Suite *suite_table(void);

Suite *
suite_table(void)
{
	Suite *suite = suite_create("table");
	TCase *tcase = tcase_create("table");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, an_empty_table_holds_nothing);
	tcase_add_test(tcase, each_is_found);
	tcase_add_test(tcase, what_was_removed_is_not_found);
	tcase_add_test(tcase, same_hashes_are_told_apart_by_whoever_looks);
	tcase_add_test(tcase, looks_do_not_get_longer_with_the_table);
	tcase_add_test(tcase, texts_that_are_put_together_otherwise_hash_otherwise);
	suite_add_tcase(suite, tcase);
	return suite;
}
