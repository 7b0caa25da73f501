/* SPDX-License-Identifier: Apache-2.0
 * test_heap.c - the order of a heap, beside a list that is looked through. */
#include <check.h>

#include "util/check.h"
#include "util/heap.h"
#include "util/rng.h"

#define THINGS_N 300

struct thing {
	struct heap_item item;
	int64_t          key;
	uint64_t         since; /* when it got its key */
};

static struct heap  heap;
static struct thing things[THINGS_N];

static void
setup(void)
{
	heap = (struct heap){ 0 };
	for (int i = 0; i < THINGS_N; i++)
		things[i] = (struct thing){ 0 };
}

static void
teardown(void)
{
	heap_fini(&heap);
}

static struct thing *
first(void)
{
	return container_of(heap_first(&heap), struct thing, item);
}

START_TEST(an_empty_heap_has_no_first)
{
	ck_assert_ptr_null(heap_first(&heap));
	ck_assert_int_eq(heap_first_key(&heap), INT64_MAX);
	ck_assert(!heap_holds(&things[0].item));
	heap_remove(&heap, &things[0].item);
}
END_TEST

START_TEST(among_equal_keys_who_has_had_it_the_longest_is_first)
{
	for (int i = 0; i < 100; i++)
		heap_put(&heap, &things[i].item, i % 2);
	heap_put(&heap, &things[0].item, 0); /* the same: it stays where it is */
	heap_put(&heap, &things[2].item, 1);
	heap_put(&heap, &things[2].item, 0); /* another, and back: it is the last now */
	for (int n = 0; n < 100; n++) {
		int expected = n == 0 ? 0 : n < 49 ? 2 * n + 2 : n == 49 ? 2 : 2 * (n - 50) + 1;

		ck_assert_int_eq((int)(first() - things), expected);
		heap_remove(&heap, heap_first(&heap));
	}
	ck_assert_ptr_null(heap_first(&heap));
}
END_TEST

/* The first, looked for the slow way; NULL: none is in. */
static struct thing *
look_for_first(void)
{
	struct thing *best = NULL;

	for (int i = 0; i < THINGS_N; i++) {
		struct thing *thing = &things[i];

		if (heap_holds(&thing->item) &&
		    (best == NULL || thing->key < best->key ||
			(thing->key == best->key && thing->since < best->since)))
			best = thing;
	}
	return best;
}

START_TEST(any_order_of_putting_and_removing_keeps_the_first_first)
{
	struct rng rng;

	rng_init(&rng, (uint64_t)_i);
	for (uint64_t step = 0; step < 3000; step++) {
		struct thing *thing = &things[rng_below(&rng, THINGS_N)];
		int64_t       key = (int64_t)rng_below(&rng, 40) - 20;

		if (heap_holds(&thing->item) && rng_below(&rng, 3) > 0) {
			heap_remove(&heap, &thing->item);
		} else {
			if (!heap_holds(&thing->item) || thing->key != key)
				thing->since = step;
			thing->key = key;
			heap_put(&heap, &thing->item, key);
		}
		thing = look_for_first();
		ck_assert_ptr_eq(heap_first(&heap), thing != NULL ? &thing->item : NULL);
		ck_assert_int_eq(heap_first_key(&heap), thing != NULL ? thing->key : INT64_MAX);
	}
}
END_TEST

Suite *suite_heap(void);

Suite *
suite_heap(void)
{
	Suite *suite = suite_create("heap");
	TCase *tcase = tcase_create("heap");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, an_empty_heap_has_no_first);
	tcase_add_test(tcase, among_equal_keys_who_has_had_it_the_longest_is_first);
	tcase_add_loop_test(tcase, any_order_of_putting_and_removing_keeps_the_first_first, 0, 10);
	suite_add_tcase(suite, tcase);
	return suite;
}
