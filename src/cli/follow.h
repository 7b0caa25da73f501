/* SPDX-License-Identifier: Apache-2.0
 *
 * follow.h - follows an execution's events to its end, over lost connections, and shows them.
 */
#ifndef CLI_FOLLOW_H
#define CLI_FOLLOW_H

#include <json-c/json.h>
#include <stdbool.h>

struct client;
struct answer;

enum follow_show {
	FOLLOW_VIEW,   /* for people, on stderr */
	FOLLOW_NDJSON, /* each event as a line on stdout */
	FOLLOW_SILENT
};

enum follow_end {
	FOLLOW_COMPLETED,
	FOLLOW_FAILED,      /* failed, cancelled; or paused, when that ends it */
	FOLLOW_INTERRUPTED, /* Ctrl-C: said so on stderr */
	FOLLOW_LOST         /* given up: said so on stderr */
};

/* `execution` is what apply, destroy or status answered. */
enum follow_end follow_execution(
    struct client *client, struct json_object *execution, enum follow_show show, bool until_paused);

/* The execution as it is now; false: said why on stderr. */
bool follow_status(struct client *client, const char *graph_id, struct answer *answer);

/* Has it ended, so that nothing will happen any more? */
bool execution_is_over(struct json_object *execution);

#endif
