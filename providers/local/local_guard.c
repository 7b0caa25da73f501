/* SPDX-License-Identifier: Apache-2.0
 * local_guard.c - starts and ends guards. */
#include "providers/local/local_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "providers/local/local_spawn.h"

/* What programs send to their own group to end their children is not meant for it. */
#define GUARD_SCRIPT "trap '' HUP INT QUIT TERM; read -r _; kill -KILL 0"

/* 0, or an errno. */
static int
start_shell(pid_t *pid, int input)
{
	char  sh[] = "/bin/sh", c[] = "-c", script[] = GUARD_SCRIPT;
	char *argv[] = { sh, c, script, NULL }, *environment[] = { NULL };

	return local_spawn(
	    &(struct local_spawn){
		.program = sh,
		.argv = argv,
		.environment = environment,
		.in = input,
		.out = -1,
		.err = -1,
		.directory = -1,
	    },
	    pid);
}

bool
local_guard_start(struct local_guard *guard)
{
	int fds[2], error;

	*guard = (struct local_guard){ .pidfd = -1, .pipe = -1 };
	if (pipe2(fds, O_CLOEXEC) != 0)
		return false;
	guard->pipe = fds[1];
	error = start_shell(&guard->pid, fds[0]);
	close(fds[0]);
	if (error == 0) {
		guard->pidfd = (int)syscall(SYS_pidfd_open, guard->pid, 0);
		error = guard->pidfd < 0 ? errno : 0;
	} else {
		guard->pid = 0;
	}
	if (error != 0) {
		local_guard_kill(guard);
		local_guard_reap(guard);
		errno = error;
	}
	return error == 0;
}

void
local_guard_kill(const struct local_guard *guard)
{
	if (guard->pid > 0)
		kill(-guard->pid, SIGKILL);
}

void
local_guard_dismiss(const struct local_guard *guard)
{
	if (guard->pid > 0)
		kill(guard->pid, SIGKILL);
}

void
local_guard_reap(struct local_guard *guard)
{
	while (guard->pid > 0 && waitpid(guard->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	if (guard->pidfd >= 0)
		close(guard->pidfd);
	if (guard->pipe >= 0)
		close(guard->pipe);
	*guard = (struct local_guard){ .pidfd = -1, .pipe = -1 };
}
