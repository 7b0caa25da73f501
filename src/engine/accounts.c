/* SPDX-License-Identifier: Apache-2.0
 * accounts.c - an execution stays in the accounts that it began in: with credentials for another one, nothing of it would be
 * found, and all of it would be made again. */
#include "engine/execution.h"
#include "util/json.h"
#include "util/str.h"

static enum err_code
check_one(const struct execution *e, const struct engine_credentials *credentials, struct err *err)
{
	const char *provider = credentials->provider->name;
	const char *account = json_get_str(e->accounts, provider);

	if (account == NULL || str_eq(account, credentials->account))
		return ERR_OK;
	if (credentials->account[0] == '\0')
		return err_set(err, ERR_PROVIDER,
		    "it could not be found out which %s account these credentials are for, and the "
		    "execution is in %s",
		    provider, account);
	return err_set(err, ERR_CONFLICT,
	    "these %s credentials are for account %s, and the execution is in %s", provider,
	    credentials->account, account);
}

enum err_code
accounts_check(const struct execution *e, const struct engine_credentials *credentials, size_t n,
    struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (check_one(e, &credentials[i], err) != ERR_OK)
			return err->code;
	}
	return ERR_OK;
}

void
accounts_take(struct execution *e, const struct engine_credentials *credentials, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (credentials[i].account[0] != '\0')
			json_set_str(
			    e->accounts, credentials[i].provider->name, credentials[i].account);
	}
}
