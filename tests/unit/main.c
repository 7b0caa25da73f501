/* SPDX-License-Identifier: Apache-2.0
 * main.c - runs every unit test suite. CK_RUN_SUITE=<name> runs one of them.
 *
 * Each suite has a process of its own, which is quicker than one for each test, with AddressSanitizer above all; CK_FORK=yes
 * gives each test one, which tells what a crash was in. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/check.h"
#include "util/secret.h"

#define X(name) Suite *suite_##name(void);
#include "suites.h"
#undef X

#define SUITE_SECONDS_MAX 300

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

/* Tests of theirs end their process, or leave something to be known by it. */
static const char *const apart[] = { "http", "sse", "store_redis" };

static enum fork_status
forks(const char *name)
{
	for (size_t i = 0; i < array_len(apart); i++) {
		if (strcmp(name, apart[i]) == 0)
			return CK_FORK;
	}
	return getenv("CK_FORK") != NULL ? CK_FORK_GETENV : CK_NOFORK;
}

static bool
run_in_child(size_t i)
{
	SRunner *runner;
	int      status;
	pid_t    pid = fork();

	if (pid == 0) {
		alarm(SUITE_SECONDS_MAX);
		runner = srunner_create(suites[i].make());
		srunner_set_fork_status(runner, forks(suites[i].name));
		exit(run(runner) ? EXIT_SUCCESS : EXIT_FAILURE);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool
run_all(void)
{
	const char *only = getenv("CK_RUN_SUITE");
	bool        good = true, any = false;

	for (size_t i = 0; i < array_len(suites); i++) {
		if (only == NULL || strcmp(only, suites[i].name) == 0) {
			any = true;
			good &= run_in_child(i);
		}
	}
	if (!any)
		fprintf(stderr, "there is no suite %s\n", only);
	return good && any;
}

int
main(void)
{
	return secret_setup() && run_all() ? EXIT_SUCCESS : EXIT_FAILURE;
}
