/* SPDX-License-Identifier: Apache-2.0
 * whose.c - one provider after another. */
#include "api/whose.h"

#include <string.h>

#include "util/check.h"
#include "util/json.h"
#include "util/str.h"

#define POINTER_MAX 1024

struct asking {
	struct exchange_part part;
	struct whose         ask;
	struct provider     *asked; /* NULL: none is */
	size_t               at;    /* in x->start.keyring */
	const char          *pointer;
	exchange_step       *then;
};

static void ask_next(struct asking *a);

static void
forget(struct exchange_part *part)
{
	struct asking *a = (struct asking *)part;

	if (a->asked != NULL)
		a->asked->cancel_whose(a->asked, &a->ask);
	a->asked = NULL;
}

static const struct exchange_part_type asking_type = { sizeof(struct asking), forget, NULL };

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
reply_refused(struct asking *a, const struct keyring_entry *entry)
{
	struct problems problems;
	struct str      pointer;

	str_init(&pointer, POINTER_MAX);
	whose_place(&pointer, a->pointer, entry->provider, entry->name);
	problems_init(&problems);
	problems_add(&problems, pointer.data, op_result_name(a->ask.result), "%s%s%s", a->ask.code,
	    a->ask.code[0] != '\0' ? ": " : "", a->ask.message);
	str_fini(&pointer);
	reply_problems(a->part.x, ERR_BAD_CREDENTIALS, &problems);
	problems_fini(&problems);
}

static void
on_answered(struct whose *ask)
{
	struct asking        *a = container_of(ask, struct asking, ask);
	struct keyring_entry *entry = &a->part.x->start.keyring.entries[a->at++];

	_Static_assert(sizeof(entry->account) == sizeof(ask->account), "copied whole");
	a->asked = NULL;
	if (ask->result == OP_EXPIRED || ask->result == OP_DENIED || ask->result == OP_INVALID) {
		reply_refused(a, entry);
		return;
	}
	memcpy(entry->account, ask->account, sizeof(entry->account));
	ask_next(a);
}

static void
ask_next(struct asking *a)
{
	const struct keyring *keyring = &a->part.x->start.keyring;

	for (; a->at < keyring->n; a->at++) {
		const struct keyring_entry *entry = &keyring->entries[a->at];

		if (entry->provider->ask_whose == NULL)
			continue;
		a->ask = (struct whose){ .credentials = entry->credentials, .done = on_answered };
		a->asked = entry->provider;
		a->asked->ask_whose(a->asked, &a->ask);
		return;
	}
	a->then(a->part.x);
}

void
whose_ask(struct exchange *x, const char *pointer, exchange_step *then)
{
	struct asking *a = exchange_part(x, &asking_type);

	must(a->asked == NULL);
	a->at = 0;
	a->pointer = pointer;
	a->then = then;
	ask_next(a);
}
