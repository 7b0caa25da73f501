/* SPDX-License-Identifier: Apache-2.0
 * events.c - a graph's events, followed from where the client left off. Of the graph itself nothing is loaded: watchers are
 * many. */
#include <string.h>

#include "api/load.h"
#include "api/routes.h"
#include "api/upgrade.h"
#include "api/watcher.h"
#include "util/str.h"

#define ID_TAIL "-0" /* the rest of a Redis stream id */

/* Without a place to go on from: the last execution, from its first event. */
static void
follow_execution(struct exchange *x)
{
	watcher_follow(x, x->op.seq_out);
}

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

static void
on_known(struct exchange *x)
{
	const char *id = http_header_in(x->request, "last-event-id");
	char        after[32];
	uint64_t    seq;
	struct err  err;

	if (id == NULL)
		id = http_query(x->request, "after", after, sizeof(after));
	if (id == NULL) {
		load_seq(x, follow_execution);
	} else if (read_id(id, &seq)) {
		watcher_follow(x, seq);
	} else {
		err_set(
		    &err, ERR_BAD_REQUEST, "\"%.40s\" is no event id: they look like \"12-0\"", id);
		reply_err(x, &err);
	}
}

void
handle_events(struct exchange *x)
{
	if (upgrade_is_good(x))
		load_key(x, x->parameter, on_known);
}
