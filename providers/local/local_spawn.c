/* SPDX-License-Identifier: Apache-2.0
 * local_spawn.c - posix_spawn(), with all that a child could inherit taken from it. */
#include "providers/local/local_spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>

#include "util/check.h"

static void
give(posix_spawn_file_actions_t *actions, int as, int fd)
{
	if (fd >= 0)
		must(posix_spawn_file_actions_adddup2(actions, fd, as) == 0);
	else
		must(posix_spawn_file_actions_addopen(actions, as, "/dev/null", O_RDWR, 0) == 0);
}

static void
plan_files(posix_spawn_file_actions_t *actions, const struct local_spawn *spawn)
{
	must(posix_spawn_file_actions_init(actions) == 0);
	if (spawn->directory >= 0)
		must(posix_spawn_file_actions_addfchdir_np(actions, spawn->directory) == 0);
	else
		must(posix_spawn_file_actions_addchdir_np(actions, "/") == 0);
	give(actions, 0, spawn->in);
	give(actions, 1, spawn->out);
	give(actions, 2, spawn->err);
	must(posix_spawn_file_actions_addclosefrom_np(actions, 3) == 0);
}

static void
plan_state(posix_spawnattr_t *attr, pid_t group)
{
	sigset_t none, all;

	must(posix_spawnattr_init(attr) == 0);
	sigemptyset(&none);
	sigfillset(&all);
	must(posix_spawnattr_setsigmask(attr, &none) == 0);
	must(posix_spawnattr_setsigdefault(attr, &all) == 0);
	must(posix_spawnattr_setpgroup(attr, group) == 0);
	must(posix_spawnattr_setflags(attr,
		 POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK) == 0);
}

int
local_spawn(const struct local_spawn *spawn, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t          attr;
	int                        error;

	plan_files(&actions, spawn);
	plan_state(&attr, spawn->group);
	error =
	    posix_spawnp(ret_pid, spawn->program, &actions, &attr, spawn->argv, spawn->environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	return error;
}
