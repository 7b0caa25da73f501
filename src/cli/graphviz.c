/* SPDX-License-Identifier: Apache-2.0
 * graphviz.c - runs `dot` without a shell: the graph is its standard input, our standard output its own. */
#include "cli/graphviz.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "util/check.h"

extern char **environ;

/* It may end before it has read all: then its exit status says why. */
static void
feed(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno != EINTR)
			return;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
}

static int
spawn(int in, pid_t *ret_pid)
{
	char                       program[] = "dot", svg[] = "-Tsvg";
	char                      *argv[] = { program, svg, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t          attr;
	sigset_t                   pipes;
	int                        error;

	must(posix_spawn_file_actions_init(&actions) == 0);
	must(posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO) == 0);
	must(posix_spawnattr_init(&attr) == 0);
	sigemptyset(&pipes);
	sigaddset(&pipes, SIGPIPE); /* we ignore it */
	must(posix_spawnattr_setsigdefault(&attr, &pipes) == 0);
	must(posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF) == 0);
	error = posix_spawnp(ret_pid, program, &actions, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	return error;
}

static int
complain(int error)
{
	if (error == ENOENT)
		fprintf(stderr,
		    "Error: SVG is drawn by Graphviz, and its program dot is not in PATH.\n"
		    "On Debian: apt-get install graphviz. --format dot prints what it would "
		    "get.\n");
	else
		fprintf(stderr, "Error: dot can't be started: %s\n", strerror(error));
	return CLI_ERROR;
}

static int
wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		must(errno == EINTR);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return CLI_OK;
	fprintf(stderr, "Error: dot ended with %s %d\n", WIFEXITED(status) ? "status" : "signal",
	    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	return CLI_ERROR;
}

int
graphviz_svg(const char *text, size_t len)
{
	int   ends[2], error;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return complain(errno);
	fflush(stdout);
	signal(SIGPIPE, SIG_IGN);
	error = spawn(ends[0], &pid);
	close(ends[0]);
	if (error == 0)
		feed(ends[1], text, len);
	close(ends[1]);
	return error == 0 ? wait_for(pid) : complain(error);
}
