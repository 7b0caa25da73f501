/* SPDX-License-Identifier: Apache-2.0
 * events.c - events of a graph, or of all graphs of the tenant, followed from where the client left off. Of the graph itself
 * nothing is loaded: watchers are many. */
#include <string.h>

#include "api/load.h"
#include "api/routes.h"
#include "api/upgrade.h"
#include "api/watcher.h"
#include "util/str.h"

#define ID_TAIL "-0" /* the rest of a Redis stream id */

/* "<seq>-0", as in the ids of events; or the number alone. */
static bool
read_id(const char *text, uint64_t *ret_seq)
{
	char   number[24];
	size_t len = strcspn(text, "-");

	if (len >= sizeof(number) || (text[len] != '\0' && strcmp(text + len, ID_TAIL) != 0))
		return false;
	memcpy(number, text, len);
	number[len] = '\0';
	return str_to_u64(number, ret_seq);
}

/* From where the client left off; or, when it does not say, from what is asked for then. */
static void
follow(struct exchange *x, void (*begin)(struct exchange *x))
{
	const char *id = http_header_in(x->request, "last-event-id"), *where = "Last-Event-ID";
	char        after[32];
	uint64_t    seq;
	struct err  err;

	if (id == NULL || id[0] == '\0') { /* as a browser means it that has seen none */
		id = http_query(x->request, "after", after, sizeof(after));
		where = "after";
	}
	if (id == NULL) {
		begin(x);
	} else if (read_id(id, &seq)) {
		watcher_follow(x, seq);
	} else {
		err_set(&err, ERR_BAD_REQUEST,
		    "%s: \"%.40s\" is no event id: they look like \"12-0\"", where, id);
		reply_err(x, &err);
	}
}

/* ---- of a graph ---- */

/* The last execution, from its first event. */
static void
on_seq(struct exchange *x)
{
	watcher_follow(x, x->op.seq_out);
}

static void
begin_with_execution(struct exchange *x)
{
	load_seq(x, on_seq);
}

static void
on_known(struct exchange *x)
{
	follow(x, begin_with_execution);
}

void
handle_events(struct exchange *x)
{
	if (upgrade_is_good(x))
		load_key(x, x->parameter, on_known);
}

/* ---- of the tenant ---- */

/* From now on. */
static void
begin_now(struct exchange *x)
{
	exchange_ask_op(x, &(struct store_op){ .verb = STORE_TOLD, .seq = INT64_MAX }, on_seq);
}

void
handle_all_events(struct exchange *x)
{
	if (!upgrade_is_good(x))
		return;
	memcpy(x->key.tenant, x->tenant, sizeof(x->key.tenant));
	follow(x, begin_now);
}
