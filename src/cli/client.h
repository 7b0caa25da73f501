/* SPDX-License-Identifier: Apache-2.0
 *
 * client.h - the server, as a command sees it: ask and wait.
 *
 * Each call runs the loop until its answer is there; Ctrl-C ends the waiting at once.
 */
#ifndef CLI_CLIENT_H
#define CLI_CLIENT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/sse.h"
#include "loop/loop.h"
#include "net/fetch.h"
#include "util/str.h"

struct cli;

#define CLIENT_PATH_MAX   1024
#define CLIENT_ANSWER_MAX (64 * 1024 * 1024)

struct client {
	struct loop_ev   *ev;
	struct fetcher   *fetcher;
	const struct cli *cli;
	bool              interrupted;
	struct timer      wait;
};

struct answer {
	enum fetch_result   result; /* FETCH_PENDING: interrupted */
	int                 status;
	struct str          text;
	struct json_object *json; /* NULL: it is none */
	char                error[256];
	bool                unreachable;    /* nobody answers where the server should be */
	int64_t             retry_after_ms; /* 0: that was not said */
};

void client_open(struct client *client, const struct cli *cli);
void client_close(struct client *client);

/* From here on Ctrl-C does not end the program, but the waiting. */
void client_catch_interrupt(struct client *client);

/* True: a 2xx answer with JSON. The answer is to be ended in either case. Credentials in a body are sealed before it goes. What is got or
 * posted is asked again when the answer was lost: posted under one Idempotency-Key, so it is done once. */
MUSTCHECK bool client_get(struct client *client, const char *path, struct answer *answer);
/* ... of client_path(). */
MUSTCHECK bool
client_delete(struct client *client, const char *prefix, const char *id, struct answer *answer);
/* True: a 2xx answer, whatever it is. */
MUSTCHECK bool client_get_text(struct client *client, const char *path, struct answer *answer);
MUSTCHECK bool client_post(struct client *client, const char *path, struct json_object *body,
    bool async, struct answer *answer);
void           answer_fini(struct answer *answer);

/* As client_post(), for an answer that comes as events: each is told as it arrives. True: a 2xx answer, to its end. */
MUSTCHECK bool client_post_events(struct client *client, const char *path, struct json_object *body,
    sse_on_event *on_event, void *arg, struct answer *answer);

/* Says on stderr why an answer is not what was wanted, and with --json on stdout what it is. Returns the exit status for it. */
int client_complain(struct client *client, const struct answer *answer);

/* For streams: a fetch with our headers, whose URL is kept in `url`. */
void client_fetch_init(struct client *client, struct fetch *fetch, struct str *url,
    const char *method, const char *path, void (*done)(struct fetch *));
void client_run(struct client *client); /* until client_stop() */
void client_stop(struct client *client);
void client_wait(struct client *client, int64_t ms);

/* "/deploy/status/" and the like, with an id that may hold anything. */
void client_path(struct str *path, const char *prefix, const char *id);

/* Adds a parameter of the query; nothing for NULL. */
void client_path_query(struct str *path, const char *name, const char *value);

/* An answer's JSON on stdout, as the server sent it. */
void client_print(const struct answer *answer);

#endif
