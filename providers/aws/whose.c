/* SPDX-License-Identifier: Apache-2.0
 * whose.c - GetCallerIdentity, once. */
#include "providers/aws/whose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "providers/aws/credentials.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define REGION_OF_ALL "us-east-1"

struct asking {
	const struct calls *calls;
	struct whose       *whose;
	struct call         call;
};

static void
asking_free(struct asking *asking)
{
	asking->whose->impl = NULL;
	call_fini(&asking->call);
	free(asking);
}

static void
take_account(struct whose *whose, const char *account)
{
	struct credentials *credentials = whose->credentials;

	whose->result = OP_OK;
	snprintf(whose->account, sizeof(whose->account), "%s", account);
	if (credentials->account_id == NULL) {
		credentials->account_id = xstrdup(account);
	} else if (!str_eq(credentials->account_id, account)) {
		whose->result = OP_INVALID;
		snprintf(whose->message, sizeof(whose->message),
		    "they are for account %s, not for %s as they say", account,
		    credentials->account_id);
	}
}

static void
on_answered(struct call *call)
{
	struct asking *asking = container_of(call, struct asking, call);
	struct whose  *whose = asking->whose;
	const char    *account = json_get_str(call->out, "Account");

	_Static_assert(sizeof(whose->code) == sizeof(call->code), "copied whole");
	_Static_assert(sizeof(whose->message) == sizeof(call->message), "copied whole");
	memcpy(whose->code, call->code, sizeof(whose->code));
	memcpy(whose->message, call->message, sizeof(whose->message));
	whose->result = call->result == OP_OK ? OP_FAILED : call->result;
	if (account != NULL)
		take_account(whose, account);
	asking_free(asking);
	whose->done(whose);
}

void
aws_whose_start(const struct calls *calls, struct whose *whose)
{
	const struct credentials *credentials = whose->credentials;
	struct asking            *asking = xcalloc(1, sizeof(*asking));

	must(whose->result == OP_PENDING && whose->impl == NULL);
	asking->calls = calls;
	asking->whose = whose;
	asking->call = (struct call){
		.service = "sts",
		.operation = "GetCallerIdentity",
		.region = credentials->region != NULL ? credentials->region : REGION_OF_ALL,
		.keys = &credentials->keys,
		.token = "",
		.done = on_answered,
	};
	whose->impl = asking;
	calls->start(calls->arg, &asking->call);
}

void
aws_whose_cancel(struct whose *whose)
{
	struct asking *asking = whose->impl;

	if (asking == NULL)
		return;
	asking->calls->cancel(asking->calls->arg, &asking->call);
	asking_free(asking);
}
