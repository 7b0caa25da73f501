/* SPDX-License-Identifier: Apache-2.0
 * mem_verified.c - as the scripts of Redis have it. */
#include "store/mem_verified.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

enum store_result
mem_verified_get(const struct mem_ask *ask, struct store_op *op)
{
	const struct mem_deployment *deployment = mem_deployment_of(ask->data, &op->key);

	store_op_set_text(op, deployment->verified != NULL ? deployment->verified : "");
	if (op->key.graph[0] != '\0')
		op->seq_out = mem_graph_of(ask->data, &op->key)->events_n;
	return STORE_OK;
}

enum store_result
mem_verified_put(const struct mem_ask *ask, struct store_op *op)
{
	struct mem_deployment *deployment = mem_deployment_of(ask->data, &op->key);
	struct mem_graph      *graph = mem_graph_of(ask->data, &op->key);
	bool is_same = deployment->verified != NULL && strcmp(deployment->verified, op->text) == 0;

	if (deployment->unfinished != NULL) {
		store_op_set_text(op, deployment->unfinished);
		return STORE_LEFT;
	}
	if (op->events_n > 0 && op->seq != graph->events_n) {
		snprintf(op->error, sizeof(op->error), "the last event is %zu", graph->events_n);
		return is_same ? STORE_OK : STORE_LOST;
	}
	if (op->events_n > 0)
		mem_event_add(graph, op->events[0].text);
	free(deployment->verified);
	deployment->verified = xstrdup(op->text);
	return STORE_OK;
}
