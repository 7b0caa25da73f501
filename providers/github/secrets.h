/* SPDX-License-Identifier: Apache-2.0
 *
 * secrets.h - a repository's secrets outside of any graph: "secrets/list", "get", "exists", "create" and "delete".
 *
 * Plain names and no marks, as the MGraph-AI Deploy service has had them from its beginning. Params are {owner, repo, secret_name,
 * value}; the value may be sealed for us.
 */
#ifndef GITHUB_SECRETS_H
#define GITHUB_SECRETS_H

#include "interpreter/calls.h"
#include "provider/provider.h"
#include "util/sealed.h"

/* The contract is that of start_errand and cancel_errand (provider.h). */
void github_secrets_start(
    const struct calls *calls, const struct sealed_key *key, struct errand *errand);
void github_secrets_cancel(struct errand *errand);

#endif
