/* SPDX-License-Identifier: Apache-2.0
 * main.c - runs every unit test suite. CK_RUN_SUITE=<name> runs one of them. */
#include <check.h>
#include <stdlib.h>

#include "util/secret.h"

#define X(name) Suite *suite_##name(void);
#include "suites.h"
#undef X

int
main(void)
{
	SRunner *runner = srunner_create(NULL);
	int      failed;

	if (!secret_setup())
		return EXIT_FAILURE;
#define X(name) srunner_add_suite(runner, suite_##name());
#include "suites.h"
#undef X
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
