/* SPDX-License-Identifier: Apache-2.0
 * redis_child.c - starts a private redis-server, holds it, and starts it again.
 *
 *   LOCKING ─lock taken─► RUNNING ─it ended─► RESTING ─a moment later─► RUNNING
 *      │ too long                                │ too often
 *      └──────────────► GIVEN_UP ◄───────────────┘
 *
 * The child inherits the lock on the folder (redis_folder.h), so it is free only when this process
 * and every redis-server it left behind are gone. A server killed with SIGKILL and started again at
 * once therefore waits for the old redis-server, which gets SIGTERM at that moment
 * (PR_SET_PDEATHSIG). */
#include "store/redis_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loop/loop_ev.h"
#include "store/redis_folder.h"
#include "util/check.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/str.h"

#define LOCK_EVERY_US  50000
#define LOCK_TRIES_MAX 300   /* 15 s: a redis-server with much to write ends within that */
#define REST_FIRST_US  50000 /* doubled for each restart */
#define RESTARTS_MAX   5     /* without a life of STEADY_US in between */
#define STEADY_US      60000000
#define LOOK_EVERY_US  100000 /* without a descriptor of the process */
#define LOOK_EVERY_MS  10
#define STOP_WAIT_MS   10000
#define KILL_WAIT_MS   5000
#define PATH_BYTES_MAX 4096
#define EXEC_FAILED    127

enum child_state { CHILD_LOCKING, CHILD_RUNNING, CHILD_RESTING, CHILD_GIVEN_UP };

struct redis_child {
	struct loop_ev     *ev;
	struct loop        *loop;
	enum child_state    state;
	char               *program;
	struct redis_folder folder;
	pid_t               pid;    /* 0: none */
	int                 pid_fd; /* readable when it has ended; -1: none */
	struct watch        watch;
	struct task         task;
	struct timer        timer;
	int                 tries, restarts;
	int64_t             started_us;
	void (*died)(void *arg);
	void *arg;
};

/* ---- the process ---- */

/* The first redis-server of PATH, or of the usual places. The caller frees it. */
static char *
program_find(void)
{
	const char *path = getenv("PATH");
	struct str  places, program;
	char       *found = NULL;

	str_init(&places, PATH_BYTES_MAX);
	str_init(&program, PATH_BYTES_MAX);
	str_addf(&places, "%s:/usr/bin:/usr/local/bin", path != NULL ? path : "");
	for (const char *at = places.data; found == NULL && *at != '\0';) {
		size_t len = strcspn(at, ":");

		str_clear(&program);
		str_addf(&program, "%.*s/redis-server", (int)len, at);
		if (len > 0 && access(program.data, X_OK) == 0)
			found = xstrdup(program.data);
		at += len + (at[len] == ':');
	}
	str_fini(&program);
	str_fini(&places);
	return found;
}

/* Between fork and exec: only what is safe there. */
__attribute__((noreturn)) static void
child_exec(const struct redis_child *child, pid_t parent)
{
	char    *argv[] = { child->program, (char[]){ "redis.conf" }, NULL };
	sigset_t none;
	int      null = open("/dev/null", O_RDWR | O_CLOEXEC);

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent) /* it has ended already: no signal would come */
		_exit(EXEC_FAILED);
	setpgid(0, 0); /* an interrupt at the terminal is for us: the server ends after us */
	umask(0077);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		_exit(EXEC_FAILED);
	if (fchdir(child->folder.fd) < 0 || fcntl(child->folder.lock_fd, F_SETFD, 0) < 0)
		_exit(EXEC_FAILED);
	execv(child->program, argv);
	_exit(EXEC_FAILED);
}

static bool
child_spawn(struct redis_child *child)
{
	pid_t parent = getpid(), pid;

	if (!redis_folder_write_config(&child->folder))
		return false;
	pid = fork();
	if (pid == 0)
		child_exec(child, parent);
	if (pid < 0)
		return false;
	child->pid = pid;
	child->pid_fd = pidfd_open(pid, 0); /* close-on-exec by itself */
	if (child->pid_fd >= 0)
		watch_set(child->ev, &child->watch, child->pid_fd, WATCH_READ);
	else /* an old kernel, or a sandbox */
		timer_arm(child->loop, &child->timer, LOOK_EVERY_US);
	log_info("redis.start", "pid=%d dir=%s", (int)pid, child->folder.path);
	return true;
}

/* Collects the child when it has ended, waiting for at most wait_ms. */
static bool
child_reap(struct redis_child *child, int wait_ms, int *ret_status)
{
	struct pollfd ended = { .fd = child->pid_fd, .events = POLLIN };
	int           step_ms = child->pid_fd >= 0 ? wait_ms : LOOK_EVERY_MS;

	while (waitpid(child->pid, ret_status, WNOHANG) != child->pid) {
		if (wait_ms <= 0)
			return false;
		poll(&ended, 1, step_ms); /* a descriptor of -1 is passed over: it only waits */
		wait_ms -= step_ms;
	}
	if (child->pid_fd >= 0) {
		watch_set(child->ev, &child->watch, child->pid_fd, 0);
		close(child->pid_fd);
	}
	timer_disarm(child->loop, &child->timer);
	child->pid_fd = -1;
	child->pid = 0;
	return true;
}

/* ---- the states ---- */

static void
child_give_up(struct redis_child *child, const char *why)
{
	char quoted[128];

	child->state = CHILD_GIVEN_UP;
	log_error("redis.gave_up", "dir=%s log=%s/redis.log why=%s", child->folder.path,
	    child->folder.path, log_quote(quoted, sizeof(quoted), why));
	task_wake(child->loop, &child->task); /* to tell `died` */
}

static void
child_rest(struct redis_child *child)
{
	if (loop_now_us(child->loop) - child->started_us >= STEADY_US)
		child->restarts = 0;
	if (child->restarts == RESTARTS_MAX) {
		child_give_up(child, "it ends again and again");
		return;
	}
	child->state = CHILD_RESTING;
	timer_arm(child->loop, &child->timer, (int64_t)REST_FIRST_US << child->restarts++);
}

static void
child_run(struct redis_child *child)
{
	child->state = CHILD_RUNNING;
	child->started_us = loop_now_us(child->loop);
	if (!child_spawn(child)) {
		log_warn("redis.start_failed", "dir=%s errno=%d", child->folder.path, errno);
		child_rest(child);
	}
}

static void
child_lock(struct redis_child *child)
{
	if (redis_folder_lock(&child->folder)) {
		redis_folder_link_socket(&child->folder);
		child_run(child);
		return;
	}
	if (child->tries++ == 0)
		log_info(
		    "redis.wait", "dir=%s why=\"another process uses it\"", child->folder.path);
	if (child->tries == LOCK_TRIES_MAX)
		child_give_up(child, "another process uses the folder");
	else
		timer_arm(child->loop, &child->timer, LOCK_EVERY_US);
}

static void
on_timer(struct timer *timer)
{
	struct redis_child *child = container_of(timer, struct redis_child, timer);

	switch (child->state) {
	case CHILD_LOCKING: child_lock(child); return;
	case CHILD_RESTING: child_run(child); return;
	case CHILD_RUNNING:
		timer_arm(child->loop, timer, LOOK_EVERY_US);
		task_wake(child->loop, &child->task);
		return;
	case CHILD_GIVEN_UP: break;
	}
	must(!"a timer in a state that arms none");
}

static void
on_ended(struct watch *watch, int what)
{
	struct redis_child *child = container_of(watch, struct redis_child, watch);

	(void)what;
	task_wake(child->loop, &child->task);
}

static void
child_task(struct task *task)
{
	struct redis_child *child = container_of(task, struct redis_child, task);
	pid_t               pid = child->pid;
	int                 status;

	if (child->state == CHILD_GIVEN_UP) {
		child->died(child->arg);
		return;
	}
	if (child->state != CHILD_RUNNING || !child_reap(child, 0, &status))
		return;
	log_warn("redis.ended", "pid=%d %s=%d dir=%s", (int)pid,
	    WIFSIGNALED(status) ? "signal" : "exit",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), child->folder.path);
	child_rest(child);
}

/* ---- public ---- */

static void
child_free(struct redis_child *child)
{
	timer_disarm(child->loop, &child->timer);
	task_cancel(child->loop, &child->task);
	redis_folder_close(&child->folder);
	free(child->program);
	free(child);
}

static bool
child_prepare(struct redis_child *child, const char *dir, struct err *err)
{
	child->program = program_find();
	if (child->program != NULL)
		return redis_folder_open(&child->folder, dir, err);
	err_set(err, ERR_STORE_DOWN,
	    "redis-server is not installed: install it, or give the URL of a Redis");
	return false;
}

struct redis_child *
redis_child_start(struct loop_ev *ev, const char *dir, void (*died)(void *arg), void *arg,
    char **ret_url, struct err *err)
{
	struct redis_child *child = xcalloc(1, sizeof(*child));

	must(died != NULL);
	child->ev = ev;
	child->loop = loop_ev_loop(ev);
	child->died = died;
	child->arg = arg;
	child->folder.fd = child->folder.lock_fd = child->pid_fd = -1;
	child->watch.ready = on_ended;
	timer_init(&child->timer, on_timer);
	task_init(&child->task, child_task);
	if (!child_prepare(child, dir, err)) {
		child_free(child);
		return NULL;
	}
	*ret_url = redis_folder_url(&child->folder);
	child->state = CHILD_LOCKING;
	timer_arm(child->loop, &child->timer, 0);
	return child;
}

void
redis_child_stop(struct redis_child *child)
{
	int  status;
	bool ended;

	if (child == NULL)
		return;
	if (child->pid != 0) {
		kill(child->pid, SIGTERM);
		ended = child_reap(child, STOP_WAIT_MS, &status);
		if (!ended) {
			log_warn(
			    "redis.killed", "pid=%d dir=%s", (int)child->pid, child->folder.path);
			kill(child->pid, SIGKILL);
			ended = child_reap(child, KILL_WAIT_MS, &status);
		}
		must(ended);
	}
	child_free(child);
}

pid_t
redis_child_pid(const struct redis_child *child)
{
	return child->pid;
}
