/* SPDX-License-Identifier: Apache-2.0
 *
 * local_guard.h - ends a group of processes when this one has died, in whatever way: no program outlives the server that runs it,
 * and so none runs twice at once when the next server runs it again.
 *
 * A guard is a small process that leads the group, waits for the end of a pipe whose other end only this process has,
 * and then kills the group. A program that leaves its group is out of its reach, as it is out of ours.
 */
#ifndef LOCAL_LOCAL_GUARD_H
#define LOCAL_LOCAL_GUARD_H

#include <stdbool.h>
#include <sys/types.h>

#include "util/check.h"

struct local_guard {
	pid_t
	    pid; /* and the group's number, which is nobody else's until it is reaped; 0: there is none */
	int pidfd; /* readable when it has ended */
	int pipe;
};

/* False, and errno. */
MUSTCHECK bool local_guard_start(struct local_guard *guard);

/* Kills the group, and with it the guard. */
void local_guard_kill(const struct local_guard *guard);

/* The group is to be left alone from now on: ends the guard alone. */
void local_guard_dismiss(const struct local_guard *guard);

/* Its end: waits for it, which takes no time when the pidfd is readable, and little otherwise. */
void local_guard_reap(struct local_guard *guard);

#endif
