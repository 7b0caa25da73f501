/* SPDX-License-Identifier: Apache-2.0
 *
 * config.h - the config file of a command, and the credentials that the environment has for it.
 */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>

#include "util/check.h"
#include "util/str.h"

/* All of a stream; false: it can't be read (errno). */
MUSTCHECK bool client_read_all(FILE *from, struct str *out);

/* From a file, or from stdin for "-". NULL: it could not be read, and stderr says why. */
MUSTCHECK struct json_object *client_config_read(const char *name);

/* Adds `credentials` for each provider that the config uses and has no keys for. */
void config_add_credentials(struct json_object *config);

/* To a body beside which they stand: what the environment has, unless it has some. */
void config_give_credentials(struct json_object *body);

/* On stdout, for people and files. */
void config_print(struct json_object *config);

/* Is it the id of a graph, and no file's name? A file that is called so is "./0123abcd". */
bool config_is_graph_id(const char *operand);

/* A body that names a graph, with what credentials the environment has. The caller puts it. */
struct json_object *config_graph_body(const char *graph_id);

/* A body that names what was deployed: with the `config` of a file, and its credentials; by a graph, where the operand is its id; or, where
 * there is no such file, by a deployment's id. NULL: as above. The caller puts it. */
MUSTCHECK struct json_object *config_deployment_body(const char *operand);

/* The same body, but of its config only the deployment's id and the credentials. It is taken over. */
struct json_object *config_name_only(struct json_object *body);

/* The same of a deployment: by its id, or by the config of a file, which is called so that it can be no id: with a / in it, with
 * .json at its end, or - for standard input. */
MUSTCHECK struct json_object *config_named_body(const char *operand);

/* A body with the config of a file, and its credentials; or one that names a graph, where the operand is its id. NULL: the
 * file could not be read, and stderr says why. */
MUSTCHECK struct json_object *config_body(const char *operand);

#endif
