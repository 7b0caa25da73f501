/* SPDX-License-Identifier: Apache-2.0
 * whose.c - one provider after another. */
#include "api/whose.h"

#include <string.h>

#include "util/check.h"
#include "util/json.h"
#include "util/str.h"

#define POINTER_MAX 1024

static void ask_next(struct exchange *x);

void
whose_place(
    struct str *out, const char *pointer, const struct provider *provider, const char *account)
{
	str_add(out, pointer);
	json_pointer_add(out, provider->name);
	if (account[0] == '\0')
		return;
	json_pointer_add(out, "accounts");
	json_pointer_add(out, account);
}

/* The place of the credentials, and what their provider said of them. */
static void
reply_refused(struct exchange *x, const struct keyring_entry *entry)
{
	const struct whose *whose = &x->whose.ask;
	struct problems     problems;
	struct str          pointer;

	str_init(&pointer, POINTER_MAX);
	whose_place(&pointer, x->whose.pointer, entry->provider, entry->name);
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
	struct exchange      *x = container_of(ask, struct exchange, whose.ask);
	struct keyring_entry *entry = &x->start.keyring.entries[x->whose.at++];

	_Static_assert(sizeof(entry->account) == sizeof(ask->account), "copied whole");
	x->whose.asked = NULL;
	if (ask->result == OP_EXPIRED || ask->result == OP_DENIED || ask->result == OP_INVALID) {
		reply_refused(x, entry);
		return;
	}
	memcpy(entry->account, ask->account, sizeof(entry->account));
	ask_next(x);
}

static void
ask_next(struct exchange *x)
{
	while (x->whose.at < x->start.keyring.n) {
		const struct keyring_entry *entry = &x->start.keyring.entries[x->whose.at];

		if (entry->provider->ask_whose != NULL) {
			x->whose.ask = (struct whose){
				.credentials = entry->credentials,
				.done = on_answered,
			};
			x->whose.asked = entry->provider;
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
