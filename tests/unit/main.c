/* SPDX-License-Identifier: Apache-2.0
 * main.c - runs every unit test suite. CK_RUN_SUITE=<name> runs one of them.
 *
 * Each test has a process of its own. With AddressSanitizer each suite has one: leaks are looked for as a process ends, which
 * takes longer than most tests. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/check.h"
#include "util/secret.h"

#define X(name) Suite *suite_##name(void);
#include "suites.h"
#undef X

static const struct {
	const char *name;
	Suite *(*make)(void);
} suites[] = {
#define X(name) { #name, suite_##name },
#include "suites.h"
#undef X
};

static bool
run(SRunner *runner)
{
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0;
}

#ifdef __SANITIZE_ADDRESS__
/* Tests of theirs end their process, or leave something to be known by it. */
static const char *const apart[] = { "http", "sse", "store_redis" };

static enum fork_status
forks(const char *name)
{
	for (size_t i = 0; i < array_len(apart); i++) {
		if (strcmp(name, apart[i]) == 0)
			return CK_FORK;
	}
	return CK_NOFORK;
}

static bool
run_in_child(size_t i)
{
	SRunner *runner;
	int      status;
	pid_t    pid = fork();

	if (pid == 0) {
		runner = srunner_create(suites[i].make());
		srunner_set_fork_status(runner, forks(suites[i].name));
		exit(run(runner) ? EXIT_SUCCESS : EXIT_FAILURE);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool
run_all(void)
{
	bool good = true;

	for (size_t i = 0; i < array_len(suites); i++)
		good &= run_in_child(i);
	return good;
}
#else
static bool
run_all(void)
{
	SRunner *runner = srunner_create(NULL);

	for (size_t i = 0; i < array_len(suites); i++)
		srunner_add_suite(runner, suites[i].make());
	return run(runner);
}
#endif

int
main(void)
{
	return secret_setup() && run_all() ? EXIT_SUCCESS : EXIT_FAILURE;
}
