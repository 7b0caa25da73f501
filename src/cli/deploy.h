/* SPDX-License-Identifier: Apache-2.0
 *
 * deploy.h - what apply, destroy and watch share: from a yes to the last line.
 */
#ifndef CLI_DEPLOY_H
#define CLI_DEPLOY_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct cli;
struct client;

/* Which of its nodes, and whether to prune, as the options say. */
void deploy_select(const struct cli *cli, struct json_object *body);

/* May it be done? Asks when that is possible; false: no, and stderr says so. */
bool deploy_approved(const struct cli *cli, const char *question);

/* The plan of it: the answer to the very same request as a dry run. An exit status, as plan has it. */
int deploy_plan(struct client *client, const char *path, struct json_object *body, FILE *to);

/* Shows a person what would be done and asks. CLI_CHANGES: go ahead; else this is the exit status. */
int
deploy_ask(struct client *client, const char *path, struct json_object *body, const char *question);

/* Posts the body, follows the execution that it starts or goes on with, and tells how it ended or where it is
 * paused: an exit status. Shown are the events above `after`. */
#define DEPLOY_ALL_EVENTS (-1)
int deploy_run(struct client *client, const char *path, struct json_object *body, int64_t after);

/* The same for a cancel or a pause, where to be `wanted` ("cancelled", "paused") is as good an end. */
int
deploy_stop(struct client *client, const char *path, struct json_object *body, const char *wanted);

/* Tells how an execution ended, or where it stands. CLI_OK: with the status that was wanted, or paused as
 * asked. */
int deploy_report(struct client *client, const char *graph_id, const char *wanted);

#endif
