/* SPDX-License-Identifier: Apache-2.0
 *
 * mem_verbs.h - each verb of the store on the tables in memory: what Redis's commands and scripts do.
 *
 * A verb is done at once. It knows no loop: who asks tells the time.
 */
#ifndef STORE_MEM_VERBS_H
#define STORE_MEM_VERBS_H

#include "store/mem_tables.h"

struct mem_ask {
	struct mem_data *data;
	const char      *owner; /* of the leases it takes */
	int64_t          now_us;
};

/* Fills what comes into the op, but for op->result, which is returned. */
enum store_result mem_verb_run(const struct mem_ask *ask, struct store_op *op);

bool mem_verb_tells(enum store_verb verb); /* something of a graph may be new after it */

/* For verbs of other files: the next event of a graph. */
void mem_event_add(struct mem_graph *graph, const char *text);

#endif
