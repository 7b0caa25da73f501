/* SPDX-License-Identifier: Apache-2.0
 *
 * local_spawn.h - starts a child that gets nothing of ours but what it is given.
 */
#ifndef LOCAL_LOCAL_SPAWN_H
#define LOCAL_LOCAL_SPAWN_H

#include <sys/types.h>

struct local_spawn {
	const char *program; /* a path, or a name that is looked for on PATH */
	char      **argv;
	char      **environment;
	int         in, out, err; /* -1: /dev/null; all borrowed */
	int         directory;    /* -1: / */
	pid_t       group;        /* that it joins; 0: one of its own */
};

/* 0, or an errno. */
int local_spawn(const struct local_spawn *spawn, pid_t *ret_pid);

#endif
