/* SPDX-License-Identifier: Apache-2.0
 * history.c - reads the store as it is, without an op: what a server does there is nothing that could fail half way. */
#include "history.h"

#include <string.h>

#include "client_inside.h"
#include "depot.h"
#include "engine/record.h"
#include "said.h"
#include "util/check.h"
#include "util/str.h"
#include "world.h"

/* ---- versions ---- */

struct version *
client_next_version(const struct client *client, const struct version *version)
{
	size_t i = 0;

	if (version != NULL && version->next != NULL)
		return version->next;
	if (version != NULL)
		i = (size_t)(version->deployment - client->deployments) + 1;
	while (i < client->deployments_n && client->deployments[i].versions == NULL)
		i++;
	return i < client->deployments_n ? client->deployments[i].versions : NULL;
}

struct version *
client_find(const struct client *client, const char *deployment, const char *graph_id)
{
	struct version *version = client_next_version(client, NULL);

	while (version != NULL && (strcmp(version->deployment->id, deployment) != 0 ||
				      strcmp(version->spec->graph_id, graph_id) != 0))
		version = client_next_version(client, version);
	return version;
}

struct version *
client_version(struct client *client, const struct store_key *key)
{
	struct version *version = client_find(client, key->deployment, key->graph);

	must(version != NULL);
	return version;
}

/* ---- the store ---- */

/* Of an execution "G:E". */
struct run {
	struct version   *version;
	char              execution[OBJ_ID_SIZE];
	struct mem_graph *stored;
	const char       *header; /* of the graph's last execution */
};

static bool
find_run(struct client *client, const struct deployment *deployment, size_t skip, struct run *run)
{
	struct depot    *depot = client->world->depot;
	char             member[DEPOT_MEMBER_SIZE];
	struct store_key key;

	must(store_key_set(&key, deployment->tenant, deployment->id, NULL));
	if (!depot_history(depot, &key, skip, member))
		return false;
	memcpy(run->execution, member + OBJ_ID_SIZE, OBJ_ID_SIZE);
	member[OBJ_ID_SIZE - 1] = '\0';
	must(store_key_set(&key, deployment->tenant, deployment->id, member));
	run->version = client_version(client, &key);
	run->stored = depot_graph(depot, &key);
	run->header = mem_table_get(run->stored->exec->fields, "");
	return true;
}

struct version *
history_newest(struct client *client, const struct deployment *deployment)
{
	struct run run;

	return find_run(client, deployment, 0, &run) ? run.version : NULL;
}

static bool
is_undone(const struct run *run)
{
	return said_is(run->header, "reason", "rolled_back") &&
	       said_is(run->header, "execution_id", run->execution);
}

static bool
is_destroyed(const struct run *run)
{
	return said_is(run->header, "kind", "destroy") &&
	       said_is(run->header, "status", "completed") && said_is(run->header, "only", "") &&
	       said_is(run->header, "except", "");
}

static bool
has_ended(const struct run *run)
{
	return said_is(run->header, "status", "completed") ||
	       said_is(run->header, "status", "failed") ||
	       said_is(run->header, "status", "cancelled");
}

/* What one that is not over has done is no matter to whoever asks for the same once more. */
static void
take_gone(const struct run *run, struct base *base)
{
	const struct graph *graph = run->version->graphs[0];
	bool                all_were_to = said_is(run->header, "kind", "destroy");
	char                field[RECORD_FIELD_SIZE];

	for (uint32_t v = 0; v < graph->n && has_ended(run); v++) {
		const char *record;

		record_field_name(graph, v, field);
		record = mem_table_get(run->stored->exec->fields, field);
		base->gone[v] =
		    (all_were_to || version_operation(run->version, v) == SPEC_DELETE) &&
		    record != NULL && said_is(record, "status", "completed");
	}
}

bool
history_base(struct client *client, struct deployment *deployment, struct base *ret_base)
{
	struct run run;

	for (size_t skip = 0; find_run(client, deployment, skip, &run); skip++) {
		if (is_undone(&run))
			continue;
		*ret_base = (struct base){ .version = run.version };
		take_gone(&run, ret_base);
		return !is_destroyed(&run);
	}
	return false;
}
