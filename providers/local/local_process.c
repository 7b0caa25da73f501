/* SPDX-License-Identifier: Apache-2.0
 * local_process.c - starts a child, collects its output and reaps it, all without waiting. */
#include "providers/local/local_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loop/loop.h"
#include "util/mem.h"

#define READ_SIZE 4096
/* How much is read of one pipe in one go: a child that never stops writing must not stop the loop. */
#define READS_MAX 32

struct capture {
	struct watch watch;
	int          fd; /* -1: closed */
	struct str   text;
};

/*
 *   started ──► pidfd is readable ──► reaped ──► ended() ──► freed
 *      └── timer: the group is killed ──┘ (then the pidfd becomes readable as well)
 */
struct local_process {
	struct loop_ev *ev;
	struct capture  out, err;
	struct watch    exited; /* of the pidfd */
	struct timer    timeout;
	struct task     task;
	pid_t           pid;
	int             pidfd;
	int             status;
	bool            timed_out;

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

/* True while there may be more to come. */
static bool
capture_read(struct local_process *process, struct capture *capture)
{
	char buf[READ_SIZE];

	for (int i = 0; i < READS_MAX; i++) {
		ssize_t n = read(capture->fd, buf, sizeof(buf));
		size_t  room = LOCAL_OUTPUT_MAX - capture->text.len;

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		if (n == 0)
			return false;
		str_add_mem(&capture->text, buf, (size_t)n < room ? (size_t)n : room);
		if (process->output != NULL)
			process->output(process->arg, capture == &process->err, buf, (size_t)n);
	}
	return true;
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

	str_fini(&process->out.text);
	str_fini(&process->err.text);
	free(process);
}

/* Stops all that could call back. */
static void
process_close(struct local_process *process)
{
	struct loop *loop = loop_ev_loop(process->ev);

	capture_close(process, &process->out);
	capture_close(process, &process->err);
	if (process->pidfd >= 0) {
		watch_set(process->ev, &process->exited, process->pidfd, 0);
		close(process->pidfd);
		process->pidfd = -1;
	}
	timer_disarm(loop, &process->timeout);
	task_cancel(loop, &process->task);
}

/* In the task: the child has ended; what is left in the pipes is read, but their end is not waited
 * for, since a daemon that the child has started may hold them open. */
static void
on_task(struct task *task)
{
	struct local_process *process = container_of(task, struct local_process, task);

	if (process->out.fd >= 0)
		(void)capture_read(process, &process->out);
	if (process->err.fd >= 0)
		(void)capture_read(process, &process->err);
	process_close(process);
	process->ended(process->arg, process);
	loop_bury(loop_ev_loop(process->ev), process_free, process);
}

static void
on_exited(struct watch *watch, int what)
{
	struct local_process *process = container_of(watch, struct local_process, exited);

	(void)what;
	if (waitpid(process->pid, &process->status, WNOHANG) != process->pid)
		return;
	watch_set(process->ev, &process->exited, process->pidfd, 0);
	task_wake(loop_ev_loop(process->ev), &process->task);
}

/* Once the child is reaped, the group's number may be another's. */
static void
kill_group(struct local_process *process)
{
	if (!process->task.queued)
		kill(-process->pid, SIGKILL);
}

static void
on_timeout(struct timer *timer)
{
	struct local_process *process = container_of(timer, struct local_process, timeout);

	process->timed_out = !process->task.queued;
	kill_group(process);
}

void
local_process_stop(struct local_process *process)
{
	kill_group(process);
}

static void
reap(struct local_process *process)
{
	while (waitpid(process->pid, &process->status, 0) < 0 && errno == EINTR)
		continue;
}

void
local_process_destroy(struct local_process *process)
{
	kill_group(process);
	if (!process->task.queued)
		reap(process);
	process_close(process);
	process_free(process);
}

/* ---- the start ---- */

static void
spawn_plan(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attr,
    const struct local_process_spec *spec, int out, int err)
{
	sigset_t none, all;

	must(posix_spawn_file_actions_init(actions) == 0);
	must(posix_spawn_file_actions_addfchdir_np(actions, spec->directory) == 0);
	must(posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0) == 0);
	must(posix_spawn_file_actions_adddup2(actions, out, 1) == 0);
	must(posix_spawn_file_actions_adddup2(actions, err, 2) == 0);
	must(posix_spawn_file_actions_addclosefrom_np(actions, 3) == 0);
	must(posix_spawnattr_init(attr) == 0);
	sigemptyset(&none);
	sigfillset(&all);
	must(posix_spawnattr_setsigmask(attr, &none) == 0);
	must(posix_spawnattr_setsigdefault(attr, &all) == 0);
	must(posix_spawnattr_setpgroup(attr, 0) == 0);
	must(posix_spawnattr_setflags(attr,
		 POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK) == 0);
}

/* 0, or an errno. */
static int
spawn(struct local_process *process, const struct local_process_spec *spec, int out, int err)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t          attr;
	int                        error;

	spawn_plan(&actions, &attr, spec, out, err);
	error = posix_spawnp(
	    &process->pid, spec->program, &actions, &attr, spec->argv, spec->environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	if (error != 0)
		return error;
	process->pidfd = (int)syscall(SYS_pidfd_open, process->pid, 0);
	if (process->pidfd >= 0)
		return 0;
	error = errno;
	kill_group(process);
	reap(process);
	return error;
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
	str_init(&process->out.text, LOCAL_OUTPUT_MAX);
	str_init(&process->err.text, LOCAL_OUTPUT_MAX);
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
		error = spawn(process, spec, out, err);
	if (out >= 0)
		close(out);
	if (err >= 0)
		close(err);
	if (error == 0) {
		watch_all(process, spec->timeout_us);
		return process;
	}
	process_close(process);
	process_free(process);
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

const struct str *
local_process_stdout(const struct local_process *process)
{
	return &process->out.text;
}

const struct str *
local_process_stderr(const struct local_process *process)
{
	return &process->err.text;
}
