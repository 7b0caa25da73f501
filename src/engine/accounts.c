/* SPDX-License-Identifier: Apache-2.0
 * accounts.c - an execution stays in the accounts that it began in: with credentials for another one, nothing of it would be
 * found, and all of it would be made again. */
#include <stdio.h>

#include "engine/execution.h"
#include "util/json.h"
#include "util/str.h"

#define NAME_SIZE 128 /* of a provider and of its account, for people */

/* "aws", or "aws/audit": as its header and its people name an account. */
static const char *
name_of(const struct keyring_entry *entry, char *buf)
{
	snprintf(buf, NAME_SIZE, "%s%s%s", entry->provider->name, entry->name[0] != '\0' ? "/" : "",
	    entry->name);
	return buf;
}

static enum err_code
check_one(const struct execution *e, const struct keyring_entry *entry, struct err *err)
{
	char        buf[NAME_SIZE];
	const char *name = name_of(entry, buf);
	const char *account = json_get_str(e->accounts, name);

	if (account == NULL || str_eq(account, entry->account))
		return ERR_OK;
	if (entry->account[0] == '\0')
		return err_set(err, ERR_PROVIDER,
		    "it could not be found out which %s account these credentials are for, and the "
		    "execution is in %s",
		    name, account);
	return err_set(err, ERR_CONFLICT,
	    "these %s credentials are for account %s, and the execution is in %s", name,
	    entry->account, account);
}

enum err_code
accounts_check(const struct execution *e, const struct keyring *keyring, struct err *err)
{
	for (size_t i = 0; i < keyring->n; i++) {
		if (check_one(e, &keyring->entries[i], err) != ERR_OK)
			return err->code;
	}
	return ERR_OK;
}

void
accounts_take(struct execution *e, const struct keyring *keyring)
{
	char buf[NAME_SIZE];

	for (size_t i = 0; i < keyring->n; i++) {
		const struct keyring_entry *entry = &keyring->entries[i];

		if (entry->account[0] != '\0')
			json_set_str(e->accounts, name_of(entry, buf), entry->account);
	}
}
