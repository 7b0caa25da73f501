/* SPDX-License-Identifier: Apache-2.0
 * redis_child.c - starts a private redis-server, holds it, and starts it again.
 *
 *   LOCKING ─lock taken─► RUNNING ─it ended─► RESTING ─a moment later─► RUNNING
 *      │ too long                                │ too often
 *      └──────────────► GIVEN_UP ◄───────────────┘
 *
 * The lock is an flock() of DIR/redis/lock, which belongs to the open file, not to a process: the
 * child inherits it, and it is free only when this process and every redis-server it left behind
 * have closed it. A server killed with SIGKILL and started again at once therefore waits for the
 * old redis-server, which gets SIGTERM at that moment (PR_SET_PDEATHSIG). */
#include "store/redis_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loop/loop_ev.h"
#include "util/check.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/secret.h"
#include "util/str.h"

#define LOCK_EVERY_US   50000
#define LOCK_TRIES_MAX  300   /* 15 s: a redis-server with much to write ends within that */
#define REST_FIRST_US   50000 /* doubled for each restart */
#define RESTARTS_MAX    5     /* without a life of STEADY_US in between */
#define STEADY_US       60000000
#define LOOK_EVERY_US   100000 /* without a descriptor of the process */
#define LOOK_EVERY_MS   10
#define STOP_WAIT_MS    10000
#define KILL_WAIT_MS    5000
#define PATH_BYTES_MAX  4096
#define SOCKET_LINK     "redis.sock"
#define SOCKET_SIZE     32
#define SOCKET_RANDOM   4 /* bytes */
#define SOCKET_PATH_MAX (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)
#define EXEC_FAILED     127

/*
 * Behind it comes the name of the socket. Paths are relative: the server's working folder is its
 * own, so their length does not matter.
 */
static const char config_text[] = "# Written by mgraph-deploy at every start; changes are lost.\n"
				  "port 0\n"
				  "unixsocketperm 600\n"
				  "dir .\n"
				  "logfile redis.log\n"
				  "loglevel notice\n"
				  "daemonize no\n"
				  "databases 1\n"
				  "save \"\"\n"
				  "appendonly yes\n"
				  "appendfsync everysec\n"
				  "maxmemory-policy noeviction\n";

enum child_state { CHILD_LOCKING, CHILD_RUNNING, CHILD_RESTING, CHILD_GIVEN_UP };

struct redis_child {
	struct loop_ev  *ev;
	struct loop     *loop;
	enum child_state state;
	char            *program;
	char            *dir; /* DIR/redis, for people */
	char             socket[SOCKET_SIZE];
	int              dir_fd, lock_fd;
	pid_t            pid;    /* 0: none */
	int              pid_fd; /* readable when it has ended; -1: none */
	struct watch     watch;
	struct task      task;
	struct timer     timer;
	int              tries, restarts;
	int64_t          started_us;
	void (*died)(void *arg);
	void *arg;
};

/* ---- the folder ---- */

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

/* An open folder for the owner's eyes only; -1 and *err. */
static int
folder_open(int at, const char *path, struct err *err)
{
	int fd;

	if (mkdirat(at, path, 0700) < 0 && errno != EEXIST) {
		err_set(err, ERR_INTERNAL, "cannot create %s: %s", path, strerror(errno));
		return -1;
	}
	fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		err_set(err, ERR_INTERNAL, "cannot open %s: %s", path, strerror(errno));
	return fd;
}

static int
redis_folder_open(const char *dir, struct err *err)
{
	int parent = folder_open(AT_FDCWD, dir, err), fd;

	if (parent < 0)
		return -1;
	fd = folder_open(parent, "redis", err);
	close(parent);
	if (fd < 0)
		return -1;
	if (fchmod(fd, 0700) == 0)
		return fd;
	err_set(err, ERR_INTERNAL, "cannot protect %s/redis: %s", dir, strerror(errno));
	close(fd);
	return -1;
}

static bool
config_write(const struct redis_child *child)
{
	struct str config;
	int        fd =
	    openat(child->dir_fd, "redis.conf", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok;

	if (fd < 0)
		return false;
	str_init(&config, PATH_BYTES_MAX);
	str_addf(&config, "%sunixsocket %s\n", config_text, child->socket);
	ok = write(fd, config.data, config.len) == (ssize_t)config.len;
	str_fini(&config);
	return (close(fd) == 0) && ok;
}

/*
 * Each start has a socket name of its own. A store whose server waits for the folder can't connect
 * to the redis-server of another process by mistake: as the same owner it would take away leases
 * that are in use. For people, SOCKET_LINK leads to the one that is current. Called with the lock
 * held, so what the link led to before belongs to nobody.
 */
static void
socket_link(const struct redis_child *child)
{
	char    old[SOCKET_SIZE];
	ssize_t len = readlinkat(child->dir_fd, SOCKET_LINK, old, sizeof(old) - 1);

	if (len > 0) {
		old[len] = '\0';
		if (strchr(old, '/') == NULL)
			unlinkat(child->dir_fd, old, 0);
	}
	unlinkat(child->dir_fd, SOCKET_LINK, 0);
	if (symlinkat(child->socket, child->dir_fd, SOCKET_LINK) < 0)
		log_warn("redis.link_failed", "dir=%s errno=%d", child->dir, errno);
}

/*
 * How this process reaches the socket. A path that is too long for a socket address goes through
 * the open folder instead: it is short, and nobody else can put anything else there.
 */
static char *
url_create(const struct redis_child *child)
{
	struct str url;

	str_init(&url, PATH_BYTES_MAX);
	if (strlen(child->dir) + 1 + strlen(child->socket) <= SOCKET_PATH_MAX)
		str_addf(&url, "unix://%s/%s", child->dir, child->socket);
	else
		str_addf(&url, "unix:///proc/self/fd/%d/%s", child->dir_fd, child->socket);
	must(!url.overflow);
	return str_take(&url);
}

/* ---- the process ---- */

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
	if (fchdir(child->dir_fd) < 0 || fcntl(child->lock_fd, F_SETFD, 0) < 0)
		_exit(EXEC_FAILED);
	execv(child->program, argv);
	_exit(EXEC_FAILED);
}

static bool
child_spawn(struct redis_child *child)
{
	pid_t parent = getpid(), pid;

	if (!config_write(child))
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
	log_info("redis.start", "pid=%d dir=%s", (int)pid, child->dir);
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
	log_error("redis.gave_up", "dir=%s log=%s/redis.log why=%s", child->dir, child->dir,
	    log_quote(quoted, sizeof(quoted), why));
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
		log_warn("redis.start_failed", "dir=%s errno=%d", child->dir, errno);
		child_rest(child);
	}
}

static void
child_lock(struct redis_child *child)
{
	if (flock(child->lock_fd, LOCK_EX | LOCK_NB) == 0) {
		socket_link(child);
		child_run(child);
		return;
	}
	if (child->tries++ == 0)
		log_info("redis.wait", "dir=%s why=\"another process uses it\"", child->dir);
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
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), child->dir);
	child_rest(child);
}

/* ---- public ---- */

static void
child_free(struct redis_child *child)
{
	timer_disarm(child->loop, &child->timer);
	task_cancel(child->loop, &child->task);
	if (child->lock_fd >= 0)
		close(child->lock_fd);
	if (child->dir_fd >= 0)
		close(child->dir_fd);
	free(child->program);
	free(child->dir);
	free(child);
}

static bool
child_prepare(struct redis_child *child, const char *dir, struct err *err)
{
	char       name[2 * SOCKET_RANDOM + 1];
	struct str path;

	secret_random_hex(name, SOCKET_RANDOM);
	snprintf(child->socket, sizeof(child->socket), "redis-%s.sock", name);
	str_init(&path, PATH_BYTES_MAX);
	str_addf(&path, "%s/redis", dir);
	child->dir = str_take(&path);
	child->program = program_find();
	if (child->program == NULL) {
		err_set(err, ERR_STORE_DOWN,
		    "redis-server is not installed: install it, or give the URL of a Redis");
		return false;
	}
	child->dir_fd = redis_folder_open(dir, err);
	if (child->dir_fd < 0)
		return false;
	child->lock_fd = openat(child->dir_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (child->lock_fd < 0)
		err_set(err, ERR_INTERNAL, "cannot open %s/lock: %s", child->dir, strerror(errno));
	return child->lock_fd >= 0;
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
	child->dir_fd = child->lock_fd = child->pid_fd = -1;
	child->watch.ready = on_ended;
	timer_init(&child->timer, on_timer);
	task_init(&child->task, child_task);
	if (!child_prepare(child, dir, err)) {
		child_free(child);
		return NULL;
	}
	*ret_url = url_create(child);
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
			log_warn("redis.killed", "pid=%d dir=%s", (int)child->pid, child->dir);
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
