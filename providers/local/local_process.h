/* SPDX-License-Identifier: Apache-2.0
 *
 * local_process.h - one child process, watched by the loop: it never waits, and its output is
 * bounded.
 *
 * The child is in a process group of its own, so that it can be killed with all it has started, also when we are killed
 * (local_guard.h). It gets no descriptor of ours but stdin (/dev/null), stdout and stderr, and no environment but the
 * one given. Of its output the end is kept, masked (local_output.h); all of it is read, so that the child never blocks on us.
 */
#ifndef LOCAL_LOCAL_PROCESS_H
#define LOCAL_LOCAL_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop/loop_ev.h"
#include "providers/local/local_output.h"

struct local_process;
struct mask;

struct local_process_spec {
	const char *program; /* a path, or a name that is looked for on PATH */
	char      **argv;
	char      **environment;
	int         directory; /* where it runs; borrowed */
	int64_t     timeout_us;
	const struct mask
	     *mask; /* of the output; borrowed until the end; NULL: nothing is masked */
	void *arg;

	/* Called with each piece of output as it comes, masked; NULL: nobody is told. */
	void (*output)(void *arg, bool is_stderr, const char *text, size_t len);

	/* Called once, from a task, when the child has ended, in whatever way. The process is freed
	 * when it returns. */
	void (*ended)(void *arg, struct local_process *process);
};

/* NULL and errno when it can't be started. */
struct local_process *
local_process_start(struct loop_ev *ev, const struct local_process_spec *spec);

/* Kills the group; ended() comes when the loop has reaped the child. */
void local_process_stop(struct local_process *process);

/* Kills the group, waits for the child, which can't take long, and frees the process without
 * ended(). For the end of the program. */
void local_process_destroy(struct local_process *process);

/* How it ended, once it has. */
int  local_process_exit_code(const struct local_process *process); /* -1: a signal */
int  local_process_signal(const struct local_process *process);    /* 0: none */
bool local_process_timed_out(const struct local_process *process);
const struct local_output *local_process_stdout(const struct local_process *process);
const struct local_output *local_process_stderr(const struct local_process *process);

#endif
