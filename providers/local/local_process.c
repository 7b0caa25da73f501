/* SPDX-License-Identifier: Apache-2.0
 * local_process.c - starts a child, collects its output and reaps it, all without waiting. */
#include "providers/local/local_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loop/loop.h"
#include "providers/local/local_guard.h"
#include "providers/local/local_spawn.h"
#include "util/mem.h"
#include "util/secret.h"

#define READ_SIZE 4096
/* How much is read of one pipe in one go: a child that never stops writing must not stop the loop. */
#define READS_MAX 32

struct capture {
	struct watch        watch;
	int                 fd; /* -1: closed */
	struct local_output output;
};

/*
 *   started ──► pidfd is readable ──► reaped, the guard dismissed ──► the guard has ended ──► ended() ──► freed
 *      └── timer: the group is killed ──┘ (then the pidfds become readable as well)
 */
struct local_process {
	struct loop_ev    *ev;
	struct capture     out, err;
	struct watch       exited; /* of the child, then of the guard */
	struct timer       timeout;
	struct task        task;
	pid_t              pid; /* 0: it is reaped */
	int                pidfd;
	int                status;
	bool               timed_out;
	struct local_guard guard;

	void *arg;
	void (*ended)(void *arg, struct local_process *process);
	void (*output)(void *arg, bool is_stderr, const char *text, size_t len);
};

/* ---- output ---- */

static void
capture_close(struct local_process *process, struct capture *capture)
{
	if (capture->fd < 0)
		return;
	watch_set(process->ev, &capture->watch, capture->fd, 0);
	close(capture->fd);
	capture->fd = -1;
}

static void
capture_take(
    struct local_process *process, struct capture *capture, const char *data, size_t len, bool more)
{
	size_t      told;
	const char *text = local_output_take(&capture->output, data, len, more, &told);

	if (process->output != NULL && told > 0)
		process->output(process->arg, capture == &process->err, text, told);
}

/* True while there may be more to come. */
static bool
capture_read(struct local_process *process, struct capture *capture)
{
	char    buf[READ_SIZE];
	ssize_t n = 1;
	bool    more;

	for (int i = 0; i < READS_MAX && n > 0; i++) {
		n = read(capture->fd, buf, sizeof(buf));
		if (n > 0)
			capture_take(process, capture, buf, (size_t)n, true);
	}
	more = n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
	secret_wipe(buf, sizeof(buf)); /* there may be one in it */
	return more;
}

static void
on_out(struct watch *watch, int what)
{
	struct local_process *process = container_of(watch, struct local_process, out.watch);

	(void)what;
	if (!capture_read(process, &process->out))
		capture_close(process, &process->out);
}

static void
on_err(struct watch *watch, int what)
{
	struct local_process *process = container_of(watch, struct local_process, err.watch);

	(void)what;
	if (!capture_read(process, &process->err))
		capture_close(process, &process->err);
}

static bool
capture_open(struct capture *capture, int *ret_write_end, void (*ready)(struct watch *, int))
{
	int fds[2];

	capture->watch.ready = ready;
	if (pipe2(fds, O_CLOEXEC) != 0)
		return false;
	must(fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0);
	capture->fd = fds[0];
	*ret_write_end = fds[1];
	return true;
}

/* ---- the end ---- */

static void
process_free(void *ptr)
{
	struct local_process *process = ptr;

	local_output_fini(&process->out.output);
	local_output_fini(&process->err.output);
	free(process);
}

/* Stops all that could call back. */
static void
process_close(struct local_process *process)
{
	struct loop *loop = loop_ev_loop(process->ev);

	capture_close(process, &process->out);
	capture_close(process, &process->err);
	if (process->exited.impl != NULL)
		watch_set(process->ev, &process->exited, -1, 0);
	if (process->pidfd >= 0)
		close(process->pidfd);
	process->pidfd = -1;
	local_guard_reap(&process->guard);
	timer_disarm(loop, &process->timeout);
	task_cancel(loop, &process->task);
}

/* In the task: the child has ended; what is left in the pipes is read, but their end is not waited
 * for, since a daemon that the child has started may hold them open. */
static void
on_task(struct task *task)
{
	struct local_process *process = container_of(task, struct local_process, task);
	struct capture       *captures[] = { &process->out, &process->err };

	for (size_t i = 0; i < array_len(captures); i++) {
		if (captures[i]->fd >= 0)
			(void)capture_read(process, captures[i]);
		capture_take(process, captures[i], "", 0, false);
	}
	process_close(process);
	process->ended(process->arg, process);
	loop_bury(loop_ev_loop(process->ev), process_free, process);
}

static void
on_guard_exited(struct watch *watch, int what)
{
	struct local_process *process = container_of(watch, struct local_process, exited);

	(void)what;
	watch_set(process->ev, watch, process->guard.pidfd, 0);
	task_wake(loop_ev_loop(process->ev), &process->task);
}

static void
on_exited(struct watch *watch, int what)
{
	struct local_process *process = container_of(watch, struct local_process, exited);

	(void)what;
	if (waitpid(process->pid, &process->status, WNOHANG) != process->pid)
		return;
	process->pid = 0;
	watch_set(process->ev, watch, process->pidfd, 0);
	local_guard_dismiss(&process->guard);
	watch->ready = on_guard_exited;
	watch_set(process->ev, watch, process->guard.pidfd, WATCH_READ);
}

/* What the child has left behind, once it has ended, is left alone. */
static void
kill_group(struct local_process *process)
{
	if (process->pid > 0)
		local_guard_kill(&process->guard);
}

static void
on_timeout(struct timer *timer)
{
	struct local_process *process = container_of(timer, struct local_process, timeout);

	process->timed_out = process->pid > 0;
	kill_group(process);
}

void
local_process_stop(struct local_process *process)
{
	kill_group(process);
}

void
local_process_destroy(struct local_process *process)
{
	kill_group(process);
	while (process->pid > 0 && waitpid(process->pid, &process->status, 0) < 0 && errno == EINTR)
		continue;
	local_guard_dismiss(&process->guard);
	process_close(process);
	process_free(process);
}

/* ---- the start ---- */

/* 0, or an errno: then it has been killed, if it was started, and is reaped. */
static int
start(struct local_process *process, const struct local_process_spec *spec, int out, int err)
{
	int error;

	if (!local_guard_start(&process->guard))
		return errno;
	error = local_spawn(
	    &(struct local_spawn){
		.program = spec->program,
		.argv = spec->argv,
		.environment = spec->environment,
		.in = -1,
		.out = out,
		.err = err,
		.directory = spec->directory,
		.group = process->guard.pid,
	    },
	    &process->pid);
	if (error != 0) {
		process->pid = 0;
		return error;
	}
	process->pidfd = (int)syscall(SYS_pidfd_open, process->pid, 0);
	return process->pidfd < 0 ? errno : 0;
}

static struct local_process *
process_new(struct loop_ev *ev, const struct local_process_spec *spec)
{
	struct local_process *process = xcalloc(1, sizeof(*process));

	process->ev = ev;
	process->arg = spec->arg;
	process->ended = spec->ended;
	process->output = spec->output;
	process->out.fd = process->err.fd = process->pidfd = -1;
	process->guard = (struct local_guard){ .pidfd = -1, .pipe = -1 };
	local_output_init(&process->out.output, spec->mask);
	local_output_init(&process->err.output, spec->mask);
	task_init(&process->task, on_task);
	timer_init(&process->timeout, on_timeout);
	process->exited.ready = on_exited;
	return process;
}

static void
watch_all(struct local_process *process, int64_t timeout_us)
{
	watch_set(process->ev, &process->out.watch, process->out.fd, WATCH_READ);
	watch_set(process->ev, &process->err.watch, process->err.fd, WATCH_READ);
	watch_set(process->ev, &process->exited, process->pidfd, WATCH_READ);
	timer_arm(loop_ev_loop(process->ev), &process->timeout, timeout_us);
}

struct local_process *
local_process_start(struct loop_ev *ev, const struct local_process_spec *spec)
{
	struct local_process *process = process_new(ev, spec);
	int                   out = -1, err = -1, error = 0;

	must(spec->program != NULL && spec->argv[0] != NULL);
	must(spec->timeout_us > 0);
	if (!capture_open(&process->out, &out, on_out) ||
	    !capture_open(&process->err, &err, on_err))
		error = errno;
	else
		error = start(process, spec, out, err);
	if (out >= 0)
		close(out);
	if (err >= 0)
		close(err);
	if (error == 0) {
		watch_all(process, spec->timeout_us);
		return process;
	}
	local_process_destroy(process);
	errno = error;
	return NULL;
}

/* ---- what came of it ---- */

int
local_process_exit_code(const struct local_process *process)
{
	return WIFEXITED(process->status) ? WEXITSTATUS(process->status) : -1;
}

int
local_process_signal(const struct local_process *process)
{
	return WIFSIGNALED(process->status) ? WTERMSIG(process->status) : 0;
}

bool
local_process_timed_out(const struct local_process *process)
{
	return process->timed_out;
}

const struct local_output *
local_process_stdout(const struct local_process *process)
{
	return &process->out.output;
}

const struct local_output *
local_process_stderr(const struct local_process *process)
{
	return &process->err.output;
}
