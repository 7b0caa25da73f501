/* SPDX-License-Identifier: Apache-2.0
 *
 * deploy.h - what apply, destroy and watch share: from a yes to the last line.
 */
#ifndef CLI_DEPLOY_H
#define CLI_DEPLOY_H

#include <json-c/json.h>
#include <stdbool.h>

struct cli;
struct client;

/* May it be done? Asks when that is possible; false: no, and stderr says so. */
bool deploy_approved(const struct cli *cli, const char *question);

/* Posts the body, follows the execution that it starts, and tells how it ended: an exit status. */
int deploy_run(struct client *client, const char *path, struct json_object *body);

/* Tells how an execution ended, or where it stands. */
int deploy_report(struct client *client, const char *graph_id);

#endif
