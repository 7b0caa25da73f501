/* SPDX-License-Identifier: Apache-2.0
 *
 * checks.h - inside plan: what is checked of a resource beyond its properties.
 *
 * Each entry of `verify` of a resource `api` becomes a resource of its own while a config is read, `api-check`, `api-check-2`
 * …, with the operation verify, which waits for `api` and says so by `check_of`: from there on there are only plain resources,
 * and what is stored holds them.
 */
#ifndef PLAN_CHECKS_H
#define PLAN_CHECKS_H

#include "plan/config.h"

/* Before anything else is read. False: there are too many, and that was told. */
MUSTCHECK bool checks_expand(struct config *config);

/* Of a resource: is it a check, and may its type be what it is? */
void checks_read(struct config *config, struct spec_node *node, struct json_object *resource);

/* Moves the problems of checks to the entries that they come from. */
void checks_place(const struct config *config, struct problems *problems);

#endif
