/* SPDX-License-Identifier: Apache-2.0
 * judge.c - one function for each thing that must hold. */
#include "judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "cloud.h"
#include "deployment.h"
#include "depot.h"
#include "engine/record.h"
#include "engine/work.h"
#include "util/json.h"
#include "util/str.h"
#include "world.h"

#define TEXT_SIZE   96
#define PATIENCE_MS 100 /* the shortest wait before another try, when none was asked for */
#define CALLS_MAX \
	100 /* of one node in one execution: more than all rows of the retry table together */

#define TO(state) (1u << NODE_##state)

/* The picture in engine/node.h, as the one who reads it understands it. */
static const unsigned may[NODE_STATES_N] = {
	[NODE_PENDING] = TO(RESOLVING) | TO(BLOCKED),
	[NODE_RESOLVING] = TO(INTENDING) | TO(SETTLING) | TO(RECORDING) | TO(BACKOFF) | TO(FAILED),
	[NODE_INTENDING] = TO(CALLING),
	[NODE_CALLING] = TO(SETTLING) | TO(RECORDING) | TO(BACKOFF) | TO(FAILED),
	[NODE_SETTLING] = TO(RECORDING) | TO(BACKOFF) | TO(FAILED),
	[NODE_RECORDING] = TO(COMPLETED),
	[NODE_BACKOFF] = TO(RESOLVING),
};

static const char *const phases[NODE_STATES_N] = {
#define X(name, phase, status) [NODE_##name] = phase,
	NODE_STATES(X)
#undef X
};

unsigned
coverage_missing(const struct coverage *coverage)
{
	unsigned missing = 0;

	for (int from = 0; from < NODE_STATES_N; from++) {
		for (int to = 0; to < NODE_STATES_N; to++) {
			if (!(may[from] & 1u << to) || coverage->edges[from][to] > 0)
				continue;
			printf("no seed went from %s to %s\n", phases[from], phases[to]);
			missing++;
		}
	}
	return missing;
}

/* ---- what stored JSON says ---- */

/* The member of this name, as record.c writes it; "" when there is none. Texts from outside come after all that is
 * asked for here, so that a search will do. */
static const char *
member(const char *json, const char *name, char out[TEXT_SIZE])
{
	char        key[TEXT_SIZE];
	const char *at;
	size_t      len;

	snprintf(key, sizeof(key), "\"%s\":", name);
	at = strstr(json, key);
	out[0] = '\0';
	if (at == NULL)
		return out;
	at += strlen(key);
	at += *at == '"';
	len = strcspn(at, "\",}");
	must(len < TEXT_SIZE);
	memcpy(out, at, len);
	out[len] = '\0';
	return out;
}

static uint64_t
member_number(const char *json, const char *name)
{
	char text[TEXT_SIZE];

	return strtoull(member(json, name, text), NULL, 10);
}

static bool
member_is(const char *json, const char *name, const char *value)
{
	char text[TEXT_SIZE];

	return strcmp(member(json, name, text), value) == 0;
}

static enum node_state
state_of(const char *json)
{
	char text[TEXT_SIZE];

	member(json, "phase", text);
	for (int i = 0; i < NODE_STATES_N; i++) {
		if (strcmp(text, phases[i]) == 0)
			return (enum node_state)i;
	}
	return NODE_STATES_N;
}

/* ---- G1, G2: the call ---- */

static const struct graph *
graph_of(const struct version *version)
{
	return version->graphs[version->ledger.kind == EXECUTION_DESTROY];
}

static bool
is_before(const struct graph *graph, uint32_t first, uint32_t then)
{
	for (uint32_t e = graph->out_at[first]; e < graph->out_at[first + 1]; e++) {
		if (graph->out[e] == then)
			return true;
	}
	return false;
}

static struct store_key
key_of(const struct version *version)
{
	struct store_key key;

	must(store_key_set(&key, TENANT, version->deployment->id, version->spec->graph_id));
	return key;
}

/* The stored record of a vertex; NULL: there is none. */
static const char *
record_of(struct world *world, const struct version *version, uint32_t vertex)
{
	struct store_key  key = key_of(version);
	struct mem_graph *stored = depot_graph(world->depot, &key);
	struct identity   identity = graph_identity(graph_of(version), vertex);
	char              field[RECORD_FIELD_SIZE];

	record_field_name(&identity, field);
	return stored->exec != NULL ? mem_table_get(stored->exec, field) : NULL;
}

static void
judge_intent(struct world *world, struct version *version, uint32_t vertex, enum op_kind kind)
{
	const char *record = record_of(world, version, vertex);
	unsigned    call = ++version->ledger.calls[vertex];
	const char *id = version_resource(version, graph_of(version), vertex)->id;

	if (record == NULL)
		world_judge(world, "G1", "%s of %s leaves, and nothing is stored of it",
		    op_kind_name(kind), id);
	else if (state_of(record) != NODE_INTENDING && state_of(record) != NODE_CALLING)
		world_judge(world, "G1", "%s of %s leaves, and stored is: %s", op_kind_name(kind),
		    id, record);
	else if (member_number(record, "attempt") < call)
		world_judge(
		    world, "G1", "call %u of %s leaves, and stored is: %s", call, id, record);
}

static void
judge_predecessors(struct world *world, const struct version *version, uint32_t vertex)
{
	const struct graph *graph = graph_of(version);

	for (uint32_t v = 0; v < graph->n; v++) {
		const char *record;

		if (!is_before(graph, v, vertex))
			continue;
		record = record_of(world, version, v);
		if (record == NULL || state_of(record) != NODE_COMPLETED)
			world_judge(world, "G1", "%s starts before %s is stored as completed",
			    version_resource(version, graph, vertex)->id,
			    version_resource(version, graph, v)->id);
	}
}

static bool
is_write(enum op_kind kind)
{
	return kind == OP_CREATE || kind == OP_UPDATE || kind == OP_DELETE;
}

void
judge_call(struct world *world, const struct process *process, const struct op *op)
{
	const struct work *work = container_of((struct op *)(uintptr_t)op, struct work, op);
	struct store_key   key;
	struct version    *version;
	uint32_t           vertex = node_vertex(work->node);

	must(store_key_set(&key, TENANT, work->identity.deployment_id, work->identity.graph_id));
	version = client_version(world->client, &key);
	if (cloud_in_flight(world->cloud, process, work->identity.region) >=
	    cloud_window_size(world->cloud))
		world_judge(world, "window", "%s of %s is one call too many",
		    op_kind_name(op->kind), op->identity->resource_id);
	if (!depot_is_held_by(world->depot, &key, process)) {
		if (is_write(op->kind))
			world_judge(world, "G2",
			    "%s of %s leaves %s, which does not hold the lease",
			    op_kind_name(op->kind), op->identity->resource_id, process->owner);
		return;
	}
	if (world->now_us < version->ledger.patience_us[vertex])
		world_judge(world, "tries", "%s of %s comes %lld us too early",
		    op_kind_name(op->kind), op->identity->resource_id,
		    (long long)(version->ledger.patience_us[vertex] - world->now_us));
	if (!is_write(op->kind))
		return;
	judge_intent(world, version, vertex, op->kind);
	judge_predecessors(world, version, vertex);
	if (version->ledger.calls[vertex] > CALLS_MAX)
		world_judge(world, "tries", "%s of %s is call %u", op_kind_name(op->kind),
		    op->identity->resource_id, version->ledger.calls[vertex]);
}

static bool
is_to_be_tried_again(enum op_result result)
{
	return result == OP_THROTTLED || result == OP_TRANSIENT || result == OP_UNKNOWN ||
	       result == OP_NOT_YET;
}

void
judge_answer(struct world *world, const struct process *process, const struct op *op)
{
	const struct work *work = container_of((struct op *)(uintptr_t)op, struct work, op);
	int64_t            wait_ms = op->retry_after_ms > 0 ? op->retry_after_ms : PATIENCE_MS;
	struct store_key   key;

	must(store_key_set(&key, TENANT, work->identity.deployment_id, work->identity.graph_id));
	if (is_to_be_tried_again(op->result) && depot_is_held_by(world->depot, &key, process))
		client_version(world->client, &key)->ledger.patience_us[node_vertex(work->node)] =
		    world->now_us + wait_ms * MS;
}

/* ---- G2: the effect ---- */

void
judge_create(struct world *world, const struct process *process, const struct box *asked)
{
	const struct box *box =
	    cloud_find(world->cloud, asked->deployment, asked->resource, asked->region, NULL);

	if (box != NULL)
		world_judge(world, "G2", "%s makes %s/%s %s again, which is %s", process->owner,
		    asked->deployment, asked->resource, asked->region, box->id);
}

/* ---- G3: the cloud ---- */

static const char *
id_of(const struct world *world, const struct version *version, uint32_t vertex)
{
	const struct graph *graph = version->graphs[0];
	const struct box   *box = cloud_find(world->cloud, version->deployment->id,
	      version_resource(version, graph, vertex)->id, graph_region(graph, vertex), NULL);

	return box != NULL ? box->id : "nothing";
}

static void
judge_box(struct world *world, const struct version *version, uint32_t vertex,
    const struct box *box, const char *law)
{
	const struct graph    *graph = version->graphs[0];
	const struct resource *resource = version_resource(version, graph, vertex);
	const char            *link = json_get_str(box->properties, "link");

	if (json_get_i64(box->properties, "size", -1) != resource->size)
		world_judge(world, law, "%s is not of size %d but %s", box->id, resource->size,
		    json_text(box->properties));
	if (resource->link >= 0 &&
	    (link == NULL || strcmp(link, id_of(world, version,
					      (uint32_t)graph_target(
						  graph, vertex, (size_t)resource->link))) != 0))
		world_judge(world, law, "%s is linked to %s, not to %s", box->id,
		    link != NULL ? link : "nothing", version->resources[resource->link].id);
	if (!str_eq(json_get_str(box->tags, "mgraph:spec-hash"), graph_node(graph, vertex)->hash))
		world_judge(world, law, "%s has tags of another version: %s", box->id,
		    json_text(box->tags));
}

void
judge_cloud(struct world *world, const struct version *version, bool destroyed, const char *law)
{
	const struct graph *graph = version->graphs[0];

	for (uint32_t v = 0; v < graph->n; v++) {
		const char       *id = version_resource(version, graph, v)->id;
		const char       *region = graph_region(graph, v);
		const struct box *box =
		    cloud_find(world->cloud, version->deployment->id, id, region, NULL);

		if (box != NULL && destroyed)
			world_judge(world, law, "%s is left", box->id);
		else if (box == NULL && !destroyed)
			world_judge(world, law, "%s/%s %s is not there", version->deployment->id,
			    id, region);
		if (box == NULL || destroyed)
			continue;
		judge_box(world, version, v, box, law);
		if (cloud_find(world->cloud, version->deployment->id, id, region, box) != NULL)
			world_judge(world, law, "%s/%s %s is there twice", version->deployment->id,
			    id, region);
	}
}

/* ---- G1, G7: the events ---- */

static void
judge_node_event(struct world *world, struct version *version, const char *event)
{
	struct ledger      *ledger = &version->ledger;
	const struct graph *graph = graph_of(version);
	char                node_id[TEXT_SIZE], region[TEXT_SIZE];
	uint32_t            vertex = version_vertex(
		       version, member(event, "node_id", node_id), member(event, "region", region));
	enum node_state from, to = state_of(event);

	if (vertex == VERTEX_NONE || to == NODE_STATES_N) {
		world_judge(world, "G7", "this event is of no node: %s", event);
		return;
	}
	from = ledger->states[vertex];
	if (!(may[from] & 1u << to))
		world_judge(world, "G7", "%s goes from %s to %s",
		    version_resource(version, graph, vertex)->id, phases[from], phases[to]);
	world->coverage->edges[from][to]++;
	ledger->states[vertex] = to;
	for (uint32_t v = 0; from == NODE_PENDING && to == NODE_RESOLVING && v < graph->n; v++) {
		if (is_before(graph, v, vertex) && ledger->states[v] != NODE_COMPLETED)
			world_judge(world, "G1", "%s starts while %s is %s",
			    version_resource(version, graph, vertex)->id,
			    version_resource(version, graph, v)->id, phases[ledger->states[v]]);
	}
}

static bool
all_are(const struct version *version, unsigned states)
{
	for (uint32_t v = 0; v < graph_of(version)->n; v++) {
		if (!(states & 1u << version->ledger.states[v]))
			return false;
	}
	return true;
}

static void
judge_end(struct world *world, struct version *version)
{
	struct ledger *ledger = &version->ledger;
	bool           completed = ledger->status == STATUS_COMPLETED;

	ledger->ended = true;
	if (completed != all_are(version, TO(COMPLETED)))
		world_judge(world, "G7", "execution %s is %s, its nodes are not", ledger->execution,
		    execution_status_name(ledger->status));
	if (!all_are(version, TO(COMPLETED) | TO(FAILED) | TO(BLOCKED) | TO(PENDING)))
		world_judge(
		    world, "G7", "execution %s ends while a node is under way", ledger->execution);
	if (completed)
		judge_cloud(world, version, ledger->kind == EXECUTION_DESTROY, "G3");
	world->coverage->completed += completed;
	world->coverage->failed += !completed;
}

static enum execution_status
status_of(const char *json)
{
	for (int i = 0; i < STATUSES_N; i++) {
		if (member_is(json, "status", execution_status_name((enum execution_status)i)))
			return (enum execution_status)i;
	}
	return STATUSES_N;
}

static void
judge_event(struct world *world, struct version *version, const char *event)
{
	struct ledger *ledger = &version->ledger;

	if (member_number(event, "seq") != ++ledger->seq)
		world_judge(
		    world, "G7", "event %llu says: %s", (unsigned long long)ledger->seq, event);
	if (!member_is(event, "execution_id", ledger->execution) || ledger->ended)
		world_judge(world, "G7", "an event after the end of execution %s: %s",
		    ledger->execution, event);
	if (!member_is(event, "type", "execution")) {
		judge_node_event(world, version, event);
		return;
	}
	ledger->status = status_of(event);
	if (ledger->status == STATUS_COMPLETED || ledger->status == STATUS_FAILED)
		judge_end(world, version);
}

/* Another execution of this graph begins, or the same one once more. */
static void
take_begin(struct world *world, struct version *version, const struct store_op *op)
{
	struct ledger *ledger = &version->ledger;

	if (strcmp(ledger->execution, op->execution) == 0)
		return;
	world->coverage->executions++;
	world->coverage->abandoned += ledger->execution[0] != '\0' && !ledger->ended;
	*ledger = (struct ledger){ .seq = ledger->seq };
	snprintf(ledger->execution, sizeof(ledger->execution), "%s", op->execution);
	ledger->kind = member_is(op->text, "kind", "destroy") ? EXECUTION_DESTROY : EXECUTION_APPLY;
}

/* What is stored says the same as the events. */
static void
judge_records(struct world *world, struct version *version)
{
	const struct graph *graph = graph_of(version);
	struct store_key    key = key_of(version);
	const char         *header = mem_table_get(depot_graph(world->depot, &key)->exec, "");

	if (status_of(header) != version->ledger.status)
		world_judge(world, "G7", "the events say %s, the header says: %s",
		    execution_status_name(version->ledger.status), header);
	for (uint32_t v = 0; v < graph->n; v++) {
		const char *record = record_of(world, version, v);

		if ((record != NULL ? state_of(record) : NODE_PENDING) != version->ledger.states[v])
			world_judge(world, "G7", "%s is %s, and stored as: %s",
			    version_resource(version, graph, v)->id,
			    phases[version->ledger.states[v]], record != NULL ? record : "nothing");
	}
}

void
judge_stored(struct world *world, const struct process *process, const struct store_op *op)
{
	struct version   *version;
	struct mem_graph *stored;

	(void)process;
	if ((op->verb != STORE_BEGIN || op->text == NULL) && op->verb != STORE_APPEND)
		return;
	version = client_version(world->client, &op->key);
	stored = depot_graph(world->depot, &op->key);
	if (op->verb == STORE_BEGIN)
		take_begin(world, version, op);
	while (version->ledger.seq < stored->events_n) {
		const char *event = stored->events[version->ledger.seq];

		tell(world, "store", "event", event, 0);
		judge_event(world, version, event);
	}
	if (version->ledger.ended)
		judge_records(world, version);
}

void
judge_watched(struct world *world, const struct version *version, const char *execution,
    enum execution_status status)
{
	if (strcmp(version->ledger.execution, execution) == 0 && status != STATUS_RUNNING &&
	    (!version->ledger.ended || version->ledger.status != status))
		world_judge(world, "G7", "the watcher of execution %s is told %s, stored is %s",
		    execution, execution_status_name(status),
		    execution_status_name(version->ledger.status));
}
