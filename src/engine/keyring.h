/* SPDX-License-Identifier: Apache-2.0
 *
 * keyring.h - the credentials of an execution: one for each account of each provider that it uses.
 */
#ifndef ENGINE_KEYRING_H
#define ENGINE_KEYRING_H

#include <stdbool.h>
#include <stddef.h>

#include "plan/spec.h"
#include "provider/provider.h"

struct keyring_entry {
	struct provider    *provider;
	struct credentials *credentials; /* owned; both sides of the pair belong together */
	char                name[SPEC_ACCOUNT_SIZE]; /* of the account, as spec_node has it */
	char                account[ACCOUNT_SIZE];   /* which it is; "": not known */
	bool                worked; /* these, or those before them, have been good once */
};

struct keyring {
	struct keyring_entry *entries;
	size_t                n;
};

/* Takes the credentials over; those that were there for the same account are closed. Borrowed until the next change. */
struct keyring_entry *keyring_add(struct keyring *keyring, struct provider *provider,
    const char *name, struct credentials *credentials);
/* Takes over all that `from` has, and leaves it empty. Where others were good once, it is these that are wrong, if so. */
void keyring_take(struct keyring *keyring, struct keyring *from);
struct keyring_entry *
keyring_find(const struct keyring *keyring, const struct provider *provider, const char *name);
/* Which account credentials are for; where that is not known, what it is called. */
const char *keyring_account(const struct keyring *keyring, const struct credentials *credentials);
void        keyring_fini(struct keyring *keyring); /* closes all, and leaves it empty */

#endif
