/* SPDX-License-Identifier: Apache-2.0
 * redis_writes.c - the limit that Redis sets: what a server once wrote, sent again by a bare client.
 *
 * redis_writes SOCKET FILE NODES: FILE is what the server sent to Redis while it applied a config of
 * NODES resources, byte for byte (tests/bench/bench records it). The same commands are sent to the
 * Redis at SOCKET, at most PIPELINE_MAX of them unanswered; nothing is made, planned or waited for in
 * between, so no server that writes the same can be faster. Prints nodes per second, seconds,
 * commands, and how many of them Redis refused. */
#include <errno.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PIPELINE_MAX 256
#define COMMANDS_MAX 1000000
#define FILE_MAX     ((size_t)1 << 30)
#define CHUNK_BYTES  65536
#define NS_PER_S     1e9

struct recording {
	redisReply **commands; /* each an array of strings, as the server sent it */
	size_t       n, cap;
};

static void
fail(const char *what, const char *why)
{
	fprintf(stderr, "redis_writes: %s: %s\n", what, why);
	exit(EXIT_FAILURE);
}

static double
seconds_now(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		fail("clock", strerror(errno));
	return (double)now.tv_sec + (double)now.tv_nsec / NS_PER_S;
}

/* ---- the recording ---- */

static void
recording_add(struct recording *recording, redisReply *command)
{
	if (command->type != REDIS_REPLY_ARRAY || command->elements == 0)
		fail("recording", "not a command");
	if (recording->n == COMMANDS_MAX)
		fail("recording", "too many commands");
	if (recording->n == recording->cap) {
		recording->cap = recording->cap * 2 + 1024;
		recording->commands =
		    realloc(recording->commands, recording->cap * sizeof(*recording->commands));
		if (recording->commands == NULL)
			fail("recording", "out of memory");
	}
	recording->commands[recording->n++] = command;
}

/* A command has the form of an answer that is a list of texts, so hiredis can read it. */
static void
recording_take(struct recording *recording, redisReader *reader)
{
	void *command;

	for (;;) {
		if (redisReaderGetReply(reader, &command) != REDIS_OK)
			fail("recording", reader->errstr);
		if (command == NULL)
			return;
		recording_add(recording, command);
	}
}

static void
recording_read(struct recording *recording, const char *path)
{
	redisReader *reader = redisReaderCreate();
	FILE        *file = fopen(path, "rb");
	char         chunk[CHUNK_BYTES];
	size_t       len, total = 0;

	if (reader == NULL || file == NULL)
		fail(path, strerror(errno));
	while ((len = fread(chunk, 1, sizeof(chunk), file)) > 0) {
		total += len;
		if (total > FILE_MAX || redisReaderFeed(reader, chunk, len) != REDIS_OK)
			fail(path, "too long");
		recording_take(recording, reader);
	}
	fclose(file);
	redisReaderFree(reader);
}

static void
recording_free(struct recording *recording)
{
	for (size_t i = 0; i < recording->n; i++)
		freeReplyObject(recording->commands[i]);
	free(recording->commands);
}

/* ---- sending it again ---- */

static void
send_command(redisContext *redis, const redisReply *command)
{
	const char **argv = malloc(command->elements * sizeof(*argv));
	size_t      *lens = malloc(command->elements * sizeof(*lens));

	if (argv == NULL || lens == NULL)
		fail("command", "out of memory");
	for (size_t i = 0; i < command->elements; i++) {
		argv[i] = command->element[i]->str;
		lens[i] = (size_t)command->element[i]->len;
	}
	if (redisAppendCommandArgv(redis, (int)command->elements, argv, lens) != REDIS_OK)
		fail("redis", redis->errstr);
	free(argv);
	free(lens);
}

/* True when Redis did it: an error, or the scripts' "fenced" and "gap", would be less work than the
 * server's. */
static int
hear_answer(redisContext *redis)
{
	void       *answer;
	redisReply *reply;
	int         done;

	if (redisGetReply(redis, &answer) != REDIS_OK)
		fail("redis", redis->errstr);
	reply = answer;
	done = reply->type != REDIS_REPLY_ERROR;
	if (reply->type == REDIS_REPLY_ARRAY && reply->elements > 0 &&
	    reply->element[0]->type == REDIS_REPLY_INTEGER)
		done = reply->element[0]->integer == 0;
	freeReplyObject(reply);
	return done;
}

/* How many were refused. */
static size_t
replay(redisContext *redis, const struct recording *recording)
{
	size_t sent = 0, heard = 0, refused = 0;

	while (heard < recording->n) {
		while (sent < recording->n && sent - heard < PIPELINE_MAX)
			send_command(redis, recording->commands[sent++]);
		refused += !hear_answer(redis);
		heard++;
	}
	return refused;
}

int
main(int argc, char **argv)
{
	struct recording recording = { 0 };
	redisContext    *redis;
	double           nodes, from, seconds;
	size_t           refused;

	if (argc != 4)
		fail("usage", "redis_writes SOCKET FILE NODES");
	nodes = strtod(argv[3], NULL);
	recording_read(&recording, argv[2]);
	redis = redisConnectUnix(argv[1]);
	if (redis == NULL || redis->err != 0)
		fail(argv[1], redis == NULL ? "out of memory" : redis->errstr);
	from = seconds_now();
	refused = replay(redis, &recording);
	seconds = seconds_now() - from;
	printf("%.0f %.6f %zu %zu\n", nodes / seconds, seconds, recording.n, refused);
	redisFree(redis);
	recording_free(&recording);
	return EXIT_SUCCESS;
}
