/* SPDX-License-Identifier: Apache-2.0
 *
 * ledger.h - what the judges know of a graph: read from its stored events, and from the calls that left and landed.
 */
#ifndef SIM_LEDGER_H
#define SIM_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "cloud.h"
#include "engine/engine.h"
#include "engine/node.h"
#include "util/digest.h"

#define VERTICES_MAX 60 /* five resources in two regions, and what goes of their earlier versions */

/* Of one vertex, in one execution. */
struct page {
	enum node_state state;       /* as the events say, since it was begun or taken up */
	enum node_state last;        /* as the last event says; pending: there is none */
	unsigned        calls;       /* that change something, since then */
	int64_t         patience_us; /* no call of this node may leave before */
	bool            made;        /* a create of this execution took effect */
	bool            replaced;    /* ... after it had deleted what was there */
	bool            taken;       /* a delete of this execution took effect, on the way there */
	bool            unselected;  /* this execution was told not to run it */
	bool            started;     /* it was under way once, in this execution */
	bool            changed;     /* an update did */
	int64_t         size;        /* before that */
	char            link[BOX_ID_SIZE];
	char            hash[SPEC_HASH_SIZE]; /* what it was last brought to before that */
};

struct ledger {
	uint64_t              seq; /* the last event that was seen in the store */
	char                  execution[OBJ_ID_SIZE]; /* that the events are of; "": none yet */
	enum execution_kind   kind;
	enum on_failure       on_failure;
	enum execution_status status;
	enum execution_reason reason;
	enum execution_mode   mode;
	unsigned              continues; /* it was told to go on */
	unsigned              steps; /* that it may take; a STEP of its own, then as it was told */
	bool                  steps_on; /* it was told to go on without steps */
	bool                  ended;    /* its terminal event was seen */
	bool                  undoing;  /* it rolls back */
	bool lost;   /* a fail-over has taken some of it, and nobody has taken it up since */
	bool forgot; /* a fail-over took some of it: what it has done is not known in full */
	bool
	    blind; /* it began just after one: it knows nothing of calls that may still be under way */
	struct page pages[VERTICES_MAX]; /* by vertex */
};

#endif
