/* SPDX-License-Identifier: Apache-2.0
 * judge_plan.c - an execution that is held to a plan, and what it does all the same. */
#include <stdio.h>
#include <string.h>

#include "depot.h"
#include "engine/record.h"
#include "judge.h"
#include "judging.h"
#include "plan/plan.h"
#include "said.h"
#include "util/json.h"
#include "world.h"

#define TO(act) (1u << PLAN_##act)

/* The acts of a plan that a call may be for. What was made is corrected by an update. */
static const unsigned acts[OP_KINDS_N] = {
	[OP_CREATE] = TO(CREATE) | TO(REPLACE),
	[OP_UPDATE] = TO(UPDATE) | TO(ADOPT) | TO(CREATE) | TO(REPLACE),
	[OP_DELETE] = TO(DELETE) | TO(REPLACE),
};

/* By the header that is stored; "": it is held to none. */
static const char *
plan_id_of(struct world *world, const struct version *version, char out[SAID_SIZE])
{
	struct store_key  key = key_of(version);
	struct mem_graph *stored = depot_graph(world->depot, &key);
	const char *header = stored->exec != NULL ? mem_table_get(stored->exec->fields, "") : NULL;

	return header != NULL ? said(header, "plan_id", out) : "";
}

static const char *
act_in(struct json_object *plan, const struct version *version, uint32_t vertex)
{
	char field[RECORD_FIELD_SIZE];

	record_field_name(version->graphs[0], vertex, field);
	return json_get_str(json_get(json_get_object(plan, "nodes"), field), "operation");
}

void
judge_plan(struct world *world, const struct version *version, uint32_t vertex, enum op_kind kind)
{
	char                id[SAID_SIZE];
	const char         *plan_id = plan_id_of(world, version, id), *act;
	struct json_object *plan = version_plan(version, plan_id);

	if (*plan_id == '\0' || version->ledger.undoing)
		return;
	act = act_in(plan, version, vertex);
	if (act == NULL || !(acts[kind] & 1u << plan_act_from(act)))
		world_judge(world, "G5", "%s of %s leaves, and plan %s says %s", op_kind_name(kind),
		    name_of(version, vertex), plan_id, act != NULL ? act : "nothing");
}

bool
is_stale(struct world *world, const struct version *version, uint32_t vertex)
{
	const char *record = record_of(world, version, vertex);

	return record != NULL && strstr(record, "\"error\":{\"type\":\"stale_plan\"") != NULL;
}
