/* SPDX-License-Identifier: Apache-2.0
 *
 * github_service.h - the provider `github`, as far as the MGraph-AI GitHub Service is one: its routes for secrets.
 *
 * That service keeps Actions secrets of repositories, environments and organisations, and nothing else. It seals values for
 * GitHub by itself; what it is given has to be sealed for it (64 hex digits, asked for at the start). What is there is found by
 * its name, which carries the node's id; whether its value is still the one of the config nobody can tell. What the service
 * can't do is told when a config is checked.
 */
#ifndef SISTER_GITHUB_SERVICE_H
#define SISTER_GITHUB_SERVICE_H

#include "providers/sister/sister.h"

/* As sister_create(); the types are those of schemas/github, which the caller lists. */
struct provider *github_service_create(const struct sister_options *options, struct err *err);

#endif
