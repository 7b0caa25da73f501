/* SPDX-License-Identifier: Apache-2.0
 * test_secret.c - secrets stay in memory: locked, and in no core dump. */
#include <check.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "util/secret.h"

#define LINE_MAX_BYTES 512

START_TEST(no_core_is_dumped)
{
	struct rlimit limit = { 1, 1 };

	ck_assert(secret_setup());
	ck_assert_int_eq(getrlimit(RLIMIT_CORE, &limit), 0);
	ck_assert_uint_eq(limit.rlim_cur, 0);
	ck_assert_uint_eq(limit.rlim_max, 0);
	ck_assert_int_eq(prctl(PR_GET_DUMPABLE), 0);
}
END_TEST

/* The kernel's flags of the pages that hold this address. */
static void
flags_of(const void *address, char flags[LINE_MAX_BYTES])
{
	FILE    *maps = fopen("/proc/self/smaps", "re");
	char     line[LINE_MAX_BYTES];
	uint64_t first, end, at = (uintptr_t)address;
	bool     is_it = false;

	ck_assert_ptr_nonnull(maps);
	flags[0] = '\0';
	while (flags[0] == '\0' && fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " ", &first, &end) == 2)
			is_it = first <= at && at < end;
		else if (is_it && strncmp(line, "VmFlags:", 8) == 0)
			snprintf(flags, LINE_MAX_BYTES, "%s", line + 8);
	}
	fclose(maps);
}

/* Also if somebody has core dumps on again, and takes one. */
START_TEST(a_secret_is_locked_and_left_out_of_dumps)
{
	struct secret *secret;
	char           flags[LINE_MAX_BYTES];

	ck_assert(secret_setup());
	secret = secret_create("hidden", 6);
	ck_assert_str_eq(secret_open(secret), "hidden");
	flags_of(secret_open(secret), flags);
	ck_assert_msg(strstr(flags, " dd ") != NULL, "flags:%s", flags);
#ifndef __SANITIZE_ADDRESS__ /* which makes mlock() do nothing */
	ck_assert_msg(strstr(flags, " lo ") != NULL, "flags:%s", flags);
#endif
	secret_destroy(secret);
}
END_TEST

START_TEST(what_is_moved_is_whole)
{
	char *text = secret_realloc(NULL, 4);

	memcpy(text, "abc", 4);
	text = secret_realloc(text, 4000);
	ck_assert_str_eq(text, "abc");
	memset(text, 'x', 4000);
	text = secret_realloc(text, 2);
	ck_assert_int_eq(memcmp(text, "xx", 2), 0);
	secret_free(text);
	secret_free(NULL);
}
END_TEST

Suite *suite_secret(void);

Suite *
suite_secret(void)
{
	Suite *suite = suite_create("secret");
	TCase *tcase = tcase_create("secret");

	tcase_add_test(tcase, no_core_is_dumped);
	tcase_add_test(tcase, a_secret_is_locked_and_left_out_of_dumps);
	tcase_add_test(tcase, what_is_moved_is_whole);
	suite_add_tcase(suite, tcase);
	return suite;
}
