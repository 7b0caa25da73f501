/* SPDX-License-Identifier: Apache-2.0
 *
 * names.h - the names that an option has gathered, as a list in a request.
 */
#ifndef CLI_NAMES_H
#define CLI_NAMES_H

#include <json-c/json.h>

struct cli_list;

/* Nothing where there are none: the request leaves the member out. */
void names_add(struct json_object *body, const char *member, const struct cli_list *names);

/* The same where the word `all` may stand for all of them, which is true in the request. */
void names_add_or_all(struct json_object *body, const char *member, const struct cli_list *names);

#endif
