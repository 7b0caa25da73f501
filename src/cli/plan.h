/* SPDX-License-Identifier: Apache-2.0
 *
 * plan.h - asks the server for the plan of a config, and shows it.
 */
#ifndef CLI_PLAN_H
#define CLI_PLAN_H

#include <json-c/json.h>
#include <stdio.h>

struct client;

/* Posts the body to a route that answers with a plan. CLI_OK: nothing to change; CLI_CHANGES; or
 * CLI_ERROR, which it tells on stderr. */
int plan_show(struct client *client, const char *path, struct json_object *body, FILE *to);

#endif
