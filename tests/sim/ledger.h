/* SPDX-License-Identifier: Apache-2.0
 *
 * ledger.h - what the judges know of a graph: read from its stored events, and from the calls that left.
 */
#ifndef SIM_LEDGER_H
#define SIM_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/engine.h"
#include "engine/node.h"
#include "util/digest.h"

#define VERTICES_MAX 10

struct ledger {
	uint64_t              seq; /* the last event that was seen in the store */
	char                  execution[OBJ_ID_SIZE]; /* that the events are of; "": none yet */
	enum execution_kind   kind;
	enum execution_status status;
	bool                  ended;                /* its terminal event was seen */
	enum node_state       states[VERTICES_MAX]; /* by vertex, as the events say */
	unsigned              calls[VERTICES_MAX];  /* that change something, in this execution */
	int64_t               patience_us[VERTICES_MAX]; /* no call of this node may leave before */
};

#endif
