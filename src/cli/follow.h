/* SPDX-License-Identifier: Apache-2.0
 *
 * follow.h - follows an execution's events to its end, over lost connections, and shows them.
 */
#ifndef CLI_FOLLOW_H
#define CLI_FOLLOW_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

struct client;
struct answer;

enum follow_show {
	FOLLOW_VIEW,   /* for people, on stderr */
	FOLLOW_NDJSON, /* each event as a line on stdout */
	FOLLOW_SILENT
};

enum follow_end {
	FOLLOW_COMPLETED,
	FOLLOW_FAILED,      /* failed, cancelled; or paused, when that is waited for as well */
	FOLLOW_INTERRUPTED, /* Ctrl-C: said so on stderr */
	FOLLOW_LOST         /* given up: said so on stderr */
};

/* `execution` is what a request for it answered. Shown are its events above `after`, or all (-1). `until_paused`: to
 * the next pause; one that it had left behind when it was answered is none. */
enum follow_end follow_execution(struct client *client, struct json_object *execution,
    enum follow_show show, bool until_paused, int64_t after);

/* The execution as it is now; false: said why on stderr. */
bool follow_status(struct client *client, const char *graph_id, struct answer *answer);

/* Has it ended, so that nothing will happen any more? */
bool execution_is_over(struct json_object *execution);

#endif
