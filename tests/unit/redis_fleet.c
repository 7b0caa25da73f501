/* SPDX-License-Identifier: Apache-2.0
 * redis_fleet.c - starts three redis-servers and makes a cluster of them. */
#include "tests/unit/redis_fleet.h"

#include <arpa/inet.h>
#include <check.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/redis_slots.h"
#include "tests/unit/store_world.h"
#include "util/str.h"

#define TRIES_MAX    2000
#define TRY_EVERY_MS 10
#define ANSWER_SIZE  65536
#define COMMAND_SIZE 1024
#define URL_SIZE     64
#define EXEC_FAILED  127

int
port_free(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t          len = sizeof(addr);
	int                fd = socket(AF_INET, SOCK_STREAM, 0);

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, len), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	close(fd);
	return ntohs(addr.sin_port);
}

static void __attribute__((noreturn)) node_exec(const char *dir, int port, int bus)
{
	char port_text[16], bus_text[16], config[32];

	snprintf(port_text, sizeof(port_text), "%d", port);
	snprintf(bus_text, sizeof(bus_text), "%d", bus);
	snprintf(config, sizeof(config), "nodes-%d.conf", port);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
	execlp("redis-server", "redis-server", "--bind", "127.0.0.1", "--port", port_text, "--dir",
	    dir, "--save", "", "--cluster-enabled", "yes", "--cluster-port", bus_text,
	    "--cluster-config-file", config, "--cluster-node-timeout", "5000", (char *)NULL);
	_exit(EXEC_FAILED);
}

static const char *
say(int port, const char *command)
{
	static char   answer[ANSWER_SIZE];
	redisContext *context = redisConnect("127.0.0.1", port);
	redisReply   *reply = NULL;
	const char   *argv[64];
	char          copy[COMMAND_SIZE], *rest = copy;
	int           argc = 0;

	snprintf(copy, sizeof(copy), "%s", command);
	while (rest != NULL)
		argv[argc++] = strsep(&rest, " ");
	snprintf(answer, sizeof(answer), "not connected");
	if (context->err == 0)
		reply = redisCommandArgv(context, argc, argv, NULL);
	if (reply != NULL && reply->type == REDIS_REPLY_INTEGER)
		snprintf(answer, sizeof(answer), "%lld", reply->integer);
	else if (reply != NULL)
		snprintf(answer, sizeof(answer), "%s", reply->str != NULL ? reply->str : "");
	if (reply != NULL)
		freeReplyObject(reply);
	redisFree(context);
	return answer;
}

const char *
fleet_say(const struct redis_fleet *fleet, int node, const char *fmt, ...)
{
	char    command[COMMAND_SIZE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(command, sizeof(command), fmt, args);
	va_end(args);
	return say(fleet->ports[node], command);
}

/* Until the answer has this in it. */
static void
wait_for(const struct redis_fleet *fleet, int node, const char *command, const char *part)
{
	for (int i = 0; strstr(say(fleet->ports[node], command), part) == NULL; i++) {
		ck_assert_msg(i < TRIES_MAX, "%s: no %s", command, part);
		poll(NULL, 0, TRY_EVERY_MS);
	}
}

static int
slot_first(int node)
{
	return REDIS_SLOTS_N * node / FLEET_N;
}

int
fleet_node_of(unsigned slot)
{
	int node = 0;

	while ((int)slot >= slot_first(node + 1))
		node++;
	return node;
}

void
fleet_start(struct redis_fleet *fleet)
{
	int bus[FLEET_N];

	fleet->dir = temp_dir_create();
	for (int i = 0; i < FLEET_N; i++) {
		fleet->ports[i] = port_free();
		bus[i] = port_free();
		fleet->pids[i] = fork();
		if (fleet->pids[i] == 0)
			node_exec(fleet->dir, fleet->ports[i], bus[i]);
	}
	for (int i = 0; i < FLEET_N; i++) {
		wait_for(fleet, i, "PING", "PONG");
		ck_assert_str_eq(fleet_say(fleet, i, "CLUSTER ADDSLOTSRANGE %d %d", slot_first(i),
				     slot_first(i + 1) - 1),
		    "OK");
		ck_assert_str_eq(fleet_say(fleet, i, "CLUSTER SET-CONFIG-EPOCH %d", i + 1), "OK");
	}
	for (int i = 1; i < FLEET_N; i++)
		ck_assert_str_eq(
		    fleet_say(fleet, i, "CLUSTER MEET 127.0.0.1 %d %d", fleet->ports[0], bus[0]),
		    "OK");
	for (int i = 0; i < FLEET_N; i++) {
		wait_for(fleet, i, "CLUSTER INFO", "cluster_state:ok");
		wait_for(fleet, i, "CLUSTER INFO", "cluster_known_nodes:3");
	}
}

void
fleet_stop(struct redis_fleet *fleet)
{
	for (int i = 0; i < FLEET_N; i++) {
		kill(fleet->pids[i], SIGKILL);
		waitpid(fleet->pids[i], NULL, 0);
	}
	temp_dir_remove(fleet->dir);
}

void
fleet_flush(const struct redis_fleet *fleet)
{
	for (int i = 0; i < FLEET_N; i++)
		ck_assert_str_eq(fleet_say(fleet, i, "FLUSHALL"), "OK");
}

char *
fleet_url(const struct redis_fleet *fleet, int node)
{
	struct str url;

	str_init(&url, URL_SIZE);
	str_addf(&url, "redis-cluster://127.0.0.1:%d", fleet->ports[node]);
	return str_take(&url);
}
