/* SPDX-License-Identifier: Apache-2.0
 * whose.c - one provider after another. */
#include "api/whose.h"

#include <string.h>

#include "util/check.h"
#include "util/json.h"
#include "util/str.h"

#define POINTER_MAX 1024

static void ask_next(struct exchange *x);

/* The place of the credentials, and what their provider said of them. */
static void
reply_refused(struct exchange *x, const struct provider *provider)
{
	const struct whose *whose = &x->whose.ask;
	struct problems     problems;
	struct str          pointer;

	str_init(&pointer, POINTER_MAX);
	str_add(&pointer, x->whose.pointer);
	json_pointer_add(&pointer, provider->name);
	problems_init(&problems);
	problems_add(&problems, pointer.data, op_result_name(whose->result), "%s%s%s", whose->code,
	    whose->code[0] != '\0' ? ": " : "", whose->message);
	str_fini(&pointer);
	reply_problems(x, ERR_BAD_CREDENTIALS, &problems);
	problems_fini(&problems);
}

static void
on_answered(struct whose *ask)
{
	struct exchange           *x = container_of(ask, struct exchange, whose.ask);
	struct engine_credentials *credentials = &x->start.credentials[x->whose.at++];

	_Static_assert(sizeof(credentials->account) == sizeof(ask->account), "copied whole");
	x->whose.asked = NULL;
	if (ask->result == OP_EXPIRED || ask->result == OP_DENIED || ask->result == OP_INVALID) {
		reply_refused(x, credentials->provider);
		return;
	}
	memcpy(credentials->account, ask->account, sizeof(credentials->account));
	ask_next(x);
}

static void
ask_next(struct exchange *x)
{
	while (x->whose.at < x->start.credentials_n) {
		const struct engine_credentials *credentials = &x->start.credentials[x->whose.at];

		if (credentials->provider->ask_whose != NULL) {
			x->whose.ask = (struct whose){
				.credentials = credentials->credentials,
				.done = on_answered,
			};
			x->whose.asked = credentials->provider;
			x->whose.asked->ask_whose(x->whose.asked, &x->whose.ask);
			return;
		}
		x->whose.at++;
	}
	x->whose.then(x);
}

void
whose_ask(struct exchange *x, const char *pointer, exchange_step *then)
{
	must(x->whose.asked == NULL);
	x->whose.at = 0;
	x->whose.pointer = pointer;
	x->whose.then = then;
	ask_next(x);
}

void
whose_forget(struct exchange *x)
{
	if (x->whose.asked != NULL)
		x->whose.asked->cancel_whose(x->whose.asked, &x->whose.ask);
	x->whose.asked = NULL;
}
