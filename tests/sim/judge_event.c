/* SPDX-License-Identifier: Apache-2.0
 * judge_event.c - what is stored: events in order, records, headers. */
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "depot.h"
#include "judge.h"
#include "judging.h"
#include "cloud.h"
#include "said.h"
#include "util/json.h"
#include "util/str.h"
#include "world.h"

#define TO(state) (1u << NODE_##state)

/* The picture in engine/node.h, as the one who reads it understands it. */
static const unsigned may[NODE_STATES_N] = {
	[NODE_PENDING] = TO(RESOLVING) | TO(BLOCKED) | TO(SKIPPED) | TO(KEPT),
	[NODE_RESOLVING] =
	    TO(INTENDING) | TO(SETTLING) | TO(RECORDING) | TO(BACKOFF) | TO(FAILED) | TO(CANCELLED),
	[NODE_INTENDING] = TO(CALLING) | TO(RECORDING) | TO(FAILED) | TO(CANCELLED),
	[NODE_CALLING] = TO(SETTLING) | TO(RECORDING) | TO(RESOLVING) | TO(BACKOFF) | TO(FAILED),
	[NODE_SETTLING] = TO(RECORDING) | TO(RESOLVING) | TO(BACKOFF) | TO(FAILED),
	[NODE_RECORDING] = TO(COMPLETED) | TO(UNDONE) | TO(FAILED) | TO(CANCELLED),
	[NODE_BACKOFF] = TO(RESOLVING) | TO(FAILED) | TO(CANCELLED),
};

#define ENDED                                                                                   \
	(TO(PENDING) | TO(COMPLETED) | TO(FAILED) | TO(BLOCKED) | TO(SKIPPED) | TO(CANCELLED) | \
	    TO(UNDONE))

bool
judge_knows_table(void)
{
	bool same = true;

	for (int from = 0; from < NODE_STATES_N; from++) {
		for (int to = 0; to < NODE_STATES_N; to++) {
			bool theirs = node_may((enum node_state)from, (enum node_state)to);

			if (theirs == ((may[from] & 1u << to) != 0))
				continue;
			printf("the engine's table %s from %s to %s\n",
			    theirs ? "goes" : "does not go", state_name((enum node_state)from),
			    state_name((enum node_state)to));
			same = false;
		}
	}
	return same;
}

unsigned
coverage_missing(const struct coverage *coverage)
{
	unsigned missing = 0;

	for (int from = 0; from < NODE_STATES_N; from++) {
		for (int to = 0; to < NODE_STATES_N; to++) {
			if (!(may[from] & 1u << to) || coverage->edges[from][to] > 0)
				continue;
			printf("no seed went from %s to %s\n", state_name((enum node_state)from),
			    state_name((enum node_state)to));
			missing++;
		}
	}
	for (int act = PLAN_CREATE; act <= PLAN_LEAVE; act++) {
		/* in no world is there anything that could be adopted, or moves */
		if (act == PLAN_ADOPT || act == PLAN_MOVE || coverage->acts[act] > 0)
			continue;
		printf("no seed did a %s\n", plan_act_name((enum plan_act)act));
		missing++;
	}
	return missing;
}

/* ---- events of nodes ---- */

/* It was not at a good end when its process left it: what it may have called is looked at in any order, and even where
 * nothing new may start. */
static bool
was_left(const struct ledger *ledger, const struct page *page)
{
	return ledger->reason == REASON_CANCELLING ||
	       !((TO(PENDING) | TO(COMPLETED) | TO(SKIPPED)) & 1u << page->last);
}

static void
judge_order(struct world *world, const struct version *version, uint32_t vertex)
{
	const struct graph *graph = graph_of(version);

	for (uint32_t v = 0; v < graph->n; v++) {
		if (is_before(graph, v, vertex) && !is_behind(version, v))
			world_judge(world, "G1", "%s starts while %s is %s",
			    name_of(version, vertex), name_of(version, v),
			    state_name(version->ledger.pages[v].state));
	}
}

/* Behind a pause, or an end, of the config. */
static bool
is_held(const struct version *version, uint32_t vertex, bool by_end)
{
	const struct resource *resource = version_resource(version, vertex);

	if (by_end && version->passes_ends)
		return false;
	for (size_t i = 0; resource != NULL && resource->want == WANT_THERE && i < RESOURCES_MAX;
	     i++) {
		if (((by_end ? resource->ends : resource->pauses) & 1u << i) &&
		    version->resources[i].want == WANT_THERE)
			return true;
	}
	return false;
}

/* Steps, pauses and ends: of an apply that goes forward. */
static void
judge_leave(struct world *world, struct version *version, uint32_t vertex)
{
	struct ledger *ledger = &version->ledger;
	const char    *id = name_of(version, vertex);

	if (ledger->kind == EXECUTION_APPLY && is_held(version, vertex, false) &&
	    ledger->continues == 0)
		world_judge(world, "pause", "%s lies behind a pause, and starts", id);
	if (ledger->kind == EXECUTION_APPLY && is_held(version, vertex, true))
		world_judge(world, "pause", "%s lies behind an end, and starts", id);
	if (ledger->mode == MODE_STEP && !ledger->steps_on && ledger->steps == 0)
		world_judge(world, "pause", "%s is one step too many", id);
	if (ledger->steps > 0)
		ledger->steps--;
}

static bool
some_are(const struct version *version, unsigned states)
{
	for (uint32_t v = 0; v < version->graphs[0]->n; v++) {
		if (states & 1u << version->ledger.pages[v].state)
			return true;
	}
	return false;
}

/* What is stale is no failure to stop for. */
static bool
has_failed(struct world *world, const struct version *version)
{
	for (uint32_t v = 0; v < version->graphs[0]->n; v++) {
		if (version->ledger.pages[v].state == NODE_FAILED && !is_stale(world, version, v))
			return true;
	}
	return false;
}

static void
judge_start(struct world *world, struct version *version, uint32_t vertex)
{
	struct ledger *ledger = &version->ledger;

	judge_order(world, version, vertex);
	if (ledger->pages[vertex].unselected && !ledger->undoing)
		world_judge(
		    world, "only", "%s starts, and is not to be run", name_of(version, vertex));
	if (ledger->status == STATUS_PAUSED)
		world_judge(world, "pause", "%s starts in a pause", name_of(version, vertex));
	if (ledger->on_failure != ON_FAILURE_CONTINUE && !ledger->undoing &&
	    has_failed(world, version))
		world_judge(
		    world, "stop", "%s starts after another has failed", name_of(version, vertex));
	if (!ledger->pages[vertex].started && !ledger->undoing)
		judge_leave(world, version, vertex);
	ledger->pages[vertex].started = true;
}

/* What is said to be done is what has taken effect, of all tries. */
static void
judge_act(struct world *world, const struct version *version, uint32_t vertex, enum plan_act act)
{
	const struct page *page = &version->ledger.pages[vertex];
	enum plan_act      done = page->replaced  ? PLAN_REPLACE
				  : page->made    ? PLAN_CREATE
				  : page->changed ? PLAN_UPDATE
				  : page->taken   ? PLAN_DELETE
						  : act;

	world->coverage->acts[act]++;
	if (act != done && !version->ledger.forgot && !version->ledger.blind)
		world_judge(world, "told", "%s is said to be a %s, and was a %s",
		    name_of(version, vertex), plan_act_name(act), plan_act_name(done));
}

static void
judge_node_event(struct world *world, struct version *version, const char *event)
{
	char     node_id[SAID_SIZE], region[SAID_SIZE];
	uint32_t vertex =
	    version_vertex(version, said(event, "node_id", node_id), said(event, "region", region));
	enum node_state from, to = said_state(event);
	struct page    *page;
	bool            left;

	if (vertex == VERTEX_NONE || to == NODE_STATES_N) {
		world_judge(world, "G7", "this event is of no node: %s", event);
		return;
	}
	page = &version->ledger.pages[vertex];
	from = page->state;
	left = was_left(&version->ledger, page);
	page->state = page->last = to;
	if (version->ledger.lost)
		return;
	if (!(may[from] & 1u << to))
		world_judge(world, "G7", "%s goes from %s to %s", name_of(version, vertex),
		    state_name(from), state_name(to));
	world->coverage->edges[from][to]++;
	if (to == NODE_COMPLETED)
		judge_act(world, version, vertex, plan_act_from(said(event, "operation", region)));
	if (from == NODE_PENDING && to == NODE_RESOLVING && !left)
		judge_start(world, version, vertex);
}

/* ---- events of executions ---- */

static bool
all_are(const struct version *version, unsigned states)
{
	for (uint32_t v = 0; v < graph_of(version)->n; v++) {
		if (!(states & 1u << version->ledger.pages[v].state))
			return false;
	}
	return true;
}

static bool
has_acted(const struct ledger *ledger)
{
	for (size_t v = 0; v < VERTICES_MAX; v++) {
		const struct page *page = &ledger->pages[v];

		if ((page->made && !page->replaced) || page->changed)
			return true;
	}
	return false;
}

/* What has a node of it: by its tags alone. */
static bool
is_known(void *arg, const struct box *box)
{
	const struct version *version = arg;

	for (uint32_t v = 0; v < version->graphs[0]->n; v++) {
		struct box its = version_box(version, v);

		if (strcmp(its.node, box->node) == 0 && strcmp(its.region, box->region) == 0)
			return true;
	}
	return false;
}

static void
judge_completed(struct world *world, struct version *version)
{
	unsigned good = TO(COMPLETED) | TO(SKIPPED);

	if (version->ledger.reason == REASON_END_EDGE)
		good |= TO(PENDING);
	if (!all_are(version, good))
		world_judge(world, "G7", "execution %s has completed, its nodes have not",
		    version->ledger.execution);
	if (version->ledger.blind)
		return;
	judge_cloud(world, version, version->ledger.kind == EXECUTION_DESTROY, "G3");
	if (version->ledger.reason == REASON_SOMETHING_LEFT &&
	    !cloud_may_list(world->cloud, version->deployment->id, is_known, version))
		world_judge(world, "proof", "execution %s says that something is left",
		    version->ledger.execution);
}

static void
judge_failed(struct world *world, const struct version *version)
{
	const struct ledger *ledger = &version->ledger;

	if (ledger->status == STATUS_FAILED && !ledger->undoing && !some_are(version, TO(FAILED)))
		world_judge(
		    world, "G7", "execution %s has failed, and no node has", ledger->execution);
	if (ledger->forgot)
		return;
	if (ledger->status == STATUS_FAILED && ledger->on_failure == ON_FAILURE_ROLLBACK &&
	    ledger->kind == EXECUTION_APPLY && !ledger->undoing && has_acted(ledger) &&
	    has_failed(world, version) && !version_cleans_up(version))
		world_judge(world, "G3", "execution %s has failed, and rolls nothing back",
		    ledger->execution);
	if (ledger->reason == REASON_ROLLED_BACK)
		judge_rolled_back(world, version);
	if (!ledger->undoing)
		judge_known(world, version);
}

static void
judge_end(struct world *world, struct version *version)
{
	struct ledger *ledger = &version->ledger;

	ledger->ended = true;
	world->coverage->ends[ledger->status][ledger->reason]++;
	if (ledger->lost)
		return;
	if (!all_are(version, ENDED))
		world_judge(
		    world, "G7", "execution %s ends while a node is under way", ledger->execution);
	if (ledger->status == STATUS_COMPLETED)
		judge_completed(world, version);
	else
		judge_failed(world, version);
}

static void
begin_again(struct ledger *ledger)
{
	for (size_t v = 0; v < VERTICES_MAX; v++) {
		struct page *page = &ledger->pages[v];

		page->state = NODE_PENDING;
		page->calls = 0;
		page->patience_us = 0;
	}
}

static void
judge_execution_event(struct world *world, struct version *version, const char *event)
{
	struct ledger *ledger = &version->ledger;

	ledger->status = said_status(event);
	ledger->reason = said_reason(event);
	if (ledger->status == STATUSES_N || ledger->reason == REASONS_N) {
		world_judge(world, "G7", "this event says nothing: %s", event);
		return;
	}
	if (ledger->reason == REASON_ROLLING_BACK && !ledger->undoing) {
		ledger->undoing = true;
		begin_again(ledger);
	} else if (ledger->undoing && ledger->status == STATUS_RUNNING &&
		   ledger->reason != REASON_ROLLING_BACK) {
		world_judge(world, "G3", "what was rolling back goes on with: %s", event);
	}
	if (ledger->status != STATUS_PENDING && ledger->status != STATUS_RUNNING &&
	    ledger->status != STATUS_PAUSED)
		judge_end(world, version);
}

/* What a call says on its way is of a node that is under way, so it is told before what becomes of that. */
static void
judge_output(struct world *world, struct version *version, const char *event)
{
	char     node_id[SAID_SIZE], region[SAID_SIZE];
	uint32_t vertex =
	    version_vertex(version, said(event, "node_id", node_id), said(event, "region", region));

	if (vertex == VERTEX_NONE ||
	    (!version->ledger.lost && !((TO(RESOLVING) | TO(CALLING) | TO(SETTLING)) &
					  1u << version->ledger.pages[vertex].state)))
		world_judge(world, "G7", "nothing is under way that could write: %s", event);
}

static void
judge_event(struct world *world, struct version *version, const char *event)
{
	struct ledger *ledger = &version->ledger;

	if (said_number(event, "seq") != ++ledger->seq)
		world_judge(
		    world, "G7", "event %llu says: %s", (unsigned long long)ledger->seq, event);
	if (!said_is(event, "execution_id", ledger->execution) || ledger->ended)
		world_judge(world, "G7", "an event after the end of execution %s: %s",
		    ledger->execution, event);
	if (said_is(event, "type", "execution"))
		judge_execution_event(world, version, event);
	else if (said_is(event, "type", "output"))
		judge_output(world, version, event);
	else
		judge_node_event(world, version, event);
}

/* ---- what is stored ---- */

static void
take_header(struct ledger *ledger, const char *header)
{
	char id[SAID_SIZE], on_failure[SAID_SIZE], kind[SAID_SIZE], mode[SAID_SIZE];

	snprintf(
	    ledger->execution, sizeof(ledger->execution), "%.8s", said(header, "execution_id", id));
	must(on_failure_from(said(header, "on_failure", on_failure), &ledger->on_failure));
	must(execution_kind_from(said(header, "kind", kind), &ledger->kind));
	ledger->status = said_status(header);
	ledger->reason = said_reason(header);
	must(execution_mode_from(said(header, "mode", mode), &ledger->mode));
	ledger->steps = 1;
}

/* `only` is told with all that it waits for, `except` with all that waits for it. */
static void
spread(const struct graph *graph, bool marked[VERTICES_MAX], bool along)
{
	for (size_t again = 0; again < graph->n; again++) {
		for (uint32_t v = 0; v < graph->n; v++) {
			for (uint32_t w = 0; w < graph->n; w++) {
				if (is_before(graph, v, w) && marked[along ? v : w])
					marked[along ? w : v] = true;
			}
		}
	}
}

static bool
mark_named(const struct graph *graph, struct json_object *names, bool marked[VERTICES_MAX])
{
	for (uint32_t v = 0; names != NULL && v < graph->n; v++) {
		for (size_t i = 0; i < json_object_array_length(names); i++)
			marked[v] |= graph_is_named(
			    graph, v, json_object_get_string(json_object_array_get_idx(names, i)));
	}
	return names != NULL;
}

/* Which nodes are not to be run. */
static void
take_selection(struct version *version, const char *header)
{
	const struct graph *graph = graph_of(version);
	bool                only[VERTICES_MAX] = { false }, except[VERTICES_MAX] = { false };
	struct err          err;
	struct json_object *json = json_read(header, strlen(header), &err);
	bool                is_narrow;

	must(json != NULL);
	is_narrow = mark_named(graph, json_get_array(json, "only"), only);
	spread(graph, only, false);
	(void)mark_named(graph, json_get_array(json, "except"), except);
	spread(graph, except, true);
	for (uint32_t v = 0; v < graph->n; v++)
		version->ledger.pages[v].unselected = (is_narrow && !only[v]) || except[v];
	json_object_put(json);
}

/* Nothing has begun since it was looked what there is. */
static void
judge_newest(struct world *world, const struct version *version)
{
	char             before[DEPOT_MEMBER_SIZE] = "";
	struct store_key key = key_of(version);

	(void)depot_history(world->depot, &key, 1, before);
	if (version->ledger.kind == EXECUTION_APPLY && !depot_has_lost(world->depot) &&
	    strcmp(before, version->newest) != 0)
		world_judge(world, "change", "execution %s begins, and does not know of %s",
		    version->ledger.execution, before);
}

/* An execution of this graph begins, or begins once more; or somebody takes up what was left. */
static void
take_begin(struct world *world, struct version *version, const struct store_op *op)
{
	struct ledger *ledger = &version->ledger;

	if (op->text == NULL) {
		ledger->lost = false;
		begin_again(ledger);
		world->coverage->resumed++;
		return;
	}
	if (strcmp(ledger->execution, op->execution) == 0)
		return;
	*ledger = (struct ledger){ .seq = ledger->seq, .blind = depot_has_just_lost(world->depot) };
	take_header(ledger, op->text);
	take_selection(version, op->text);
	judge_newest(world, version);
	world->coverage->executions++;
}

/* What is stored says the same as the events. */
static void
judge_records(struct world *world, struct version *version)
{
	struct store_key key = key_of(version);
	const char      *header = mem_table_get(depot_graph(world->depot, &key)->exec->fields, "");

	if (said_status(header) != version->ledger.status)
		world_judge(world, "G7", "the events say %s, the header says: %s",
		    execution_status_name(version->ledger.status), header);
	for (uint32_t v = 0; v < version->graphs[0]->n; v++) {
		const char     *record = record_of(world, version, v);
		enum node_state last = version->ledger.pages[v].last;

		if ((record != NULL ? said_state(record) : NODE_PENDING) != last)
			world_judge(world, "G7", "%s is %s, and stored as: %s", name_of(version, v),
			    state_name(last), record != NULL ? record : "nothing");
	}
}

void
judge_stored(struct world *world, const struct process *process, const struct store_op *op)
{
	struct version   *version;
	struct mem_graph *stored;

	(void)process;
	if (op->verb != STORE_BEGIN && op->verb != STORE_APPEND)
		return;
	version = client_version(world->client, &op->key);
	stored = depot_graph(world->depot, &op->key);
	if (op->verb == STORE_BEGIN)
		take_begin(world, version, op);
	while (version->ledger.seq < stored->events_n && world->verdict[0] == '\0') {
		const char *event = stored->events[version->ledger.seq];

		tell(world, "store", "event", event, 0);
		judge_event(world, version, event);
	}
	if (version->ledger.ended && op->verb == STORE_APPEND && !version->ledger.lost)
		judge_records(world, version);
}

/* What is left of a version is what the judges know of it from now on. */
static void
forget(struct world *world, struct version *version)
{
	struct ledger    *ledger = &version->ledger;
	struct store_key  key = key_of(version);
	struct mem_graph *stored = depot_graph(world->depot, &key);
	const char *header = stored->exec != NULL ? mem_table_get(stored->exec->fields, "") : NULL;

	if (stored->events_n == ledger->seq &&
	    (header != NULL ? said_is(header, "execution_id", ledger->execution)
			    : ledger->execution[0] == '\0'))
		return;
	*ledger = (struct ledger){
		.seq = stored->events_n, .lost = true, .forgot = true, .steps_on = true
	};
	if (header == NULL)
		return;
	take_header(ledger, header);
	take_selection(version, header);
	ledger->undoing = said_is(header, "rolling_back", "true");
	ledger->ended = ledger->status == STATUS_COMPLETED || ledger->status == STATUS_FAILED ||
			ledger->status == STATUS_CANCELLED;
	for (uint32_t v = 0; v < version->graphs[0]->n; v++) {
		const char *record = record_of(world, version, v);

		if (record != NULL)
			ledger->pages[v].last = said_state(record);
	}
}

void
judge_failover(struct world *world)
{
	for (struct version *version = client_next_version(world->client, NULL); version != NULL;
	     version = client_next_version(world->client, version))
		forget(world, version);
}

void
judge_continued(struct version *version, enum until until, bool with_credentials)
{
	struct ledger *ledger = &version->ledger;

	ledger->continues++;
	ledger->steps += until == UNTIL_STEP;
	ledger->steps_on = ledger->steps_on || until != UNTIL_STEP || with_credentials;
}

void
judge_watched(struct world *world, const struct version *version, const char *execution,
    enum execution_status status)
{
	const struct ledger *ledger = &version->ledger;

	if (strcmp(ledger->execution, execution) != 0 || depot_has_lost(world->depot) ||
	    status == STATUS_RUNNING || status == STATUS_PENDING)
		return;
	if (ledger->status != status || ledger->ended == (status == STATUS_PAUSED))
		world_judge(world, "G7", "the watcher of execution %s is told %s, stored is %s",
		    execution, execution_status_name(status),
		    execution_status_name(ledger->status));
}
