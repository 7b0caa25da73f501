/* SPDX-License-Identifier: Apache-2.0
 * job_nodes.c - a document for each node that has moved: its operation, and all of its events.
 *
 * The events of a graph lie in one stream, those of all nodes mixed. Who has moved since is marked in a first
 * pass. Then so many nodes at a time get their events in a pass of their own, which bounds what is in memory; and
 * some documents at a time are on their way. */
#include <json-c/linkhash.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/inside.h"
#include "engine/record.h"
#include "util/json.h"
#include "util/mem.h"

#define WINDOW         2000
#define LOG_MAX        (16 * 1024 * 1024)
#define NAME_MAX_BYTES 128

struct nodes {
	struct lh_table *vertices; /* field name -> vertex + 1 */
	char (*names)[RECORD_FIELD_SIZE];
	bool      *moved;
	uint32_t  *window; /* the vertices whose events are gathered */
	struct str logs[WINDOW];
	uint32_t  *slots;          /* of a vertex: its place in the window + 1 */
	size_t     window_n, next; /* vertices from next on had no window yet */
	size_t     put_n;          /* of the window: begun */
	size_t     flying;
	uint64_t   seq; /* events are read after this one */
	bool       gathering;
};

static void read_on(struct job *job);

/* ---- life ---- */

static struct nodes *
nodes_create(const struct graph *graph)
{
	struct nodes *nodes = xcalloc(1, sizeof(*nodes));

	nodes->vertices = lh_kchar_table_new((int)graph->n * 2 + 16, NULL);
	must(nodes->vertices != NULL);
	nodes->names = xcalloc(graph->n, sizeof(*nodes->names));
	nodes->moved = xcalloc(graph->n, sizeof(*nodes->moved));
	nodes->slots = xcalloc(graph->n, sizeof(*nodes->slots));
	nodes->window = xcalloc(WINDOW, sizeof(*nodes->window));
	for (size_t v = 0; v < graph->n; v++) {
		record_field_name(graph, v, nodes->names[v]);
		lh_table_insert(nodes->vertices, nodes->names[v], (void *)(uintptr_t)(v + 1));
	}
	return nodes;
}

static void
window_clear(struct nodes *nodes)
{
	for (size_t i = 0; i < nodes->window_n; i++) {
		str_fini(&nodes->logs[i]);
		nodes->slots[nodes->window[i]] = 0;
	}
	nodes->window_n = nodes->put_n = 0;
}

void
job_drop_nodes(struct job *job)
{
	struct nodes *nodes = job->nodes;

	if (nodes == NULL)
		return;
	window_clear(nodes);
	lh_table_free(nodes->vertices);
	free(nodes->names);
	free(nodes->moved);
	free(nodes->slots);
	free(nodes->window);
	free(nodes);
	job->nodes = NULL;
}

/* ---- documents ---- */

static void on_put(struct cache_call *call);

/* The operation with its log as one more member. */
static void
put_node(struct job *job, struct put *put, size_t i)
{
	struct nodes       *nodes = job->nodes;
	size_t              v = nodes->window[i];
	struct json_object *operations = json_get_array(job->view, "operations");
	struct json_object *operation = json_object_array_get_idx(operations, v);
	struct str          text, name;
	size_t              len;

	str_init(&text, 2 * LOG_MAX);
	str_add(&text, json_text_len(operation, &len));
	must(len > 2);
	str_cut(&text, len - 1); /* its brace is opened again */
	str_addf(&text, ",\"log\":[%s]}", nodes->logs[i].data);
	str_fini(&nodes->logs[i]);
	str_init(&name, NAME_MAX_BYTES - 1);
	str_addf(&name, "nodes/%s/", job->execution);
	places_node(json_get_str(operation, "node_id"), json_get_str(operation, "region"), &name);
	put->job = job;
	free(put->text);
	len = text.len;
	put->text = str_take(&text);
	cache_call_init(&put->call, &job->archive->cache, job_trace(job));
	cache_put_child(&put->call, job->ns, job->cache_id, name.data, put->text, len, on_put);
	str_fini(&name);
}

static void gather(struct job *job);

static void
put_more(struct job *job)
{
	struct nodes *nodes = job->nodes;

	for (size_t i = 0; i < JOB_PUTS && nodes->put_n < nodes->window_n; i++) {
		if (job->puts[i].call.busy)
			continue;
		nodes->flying++;
		put_node(job, &job->puts[i], nodes->put_n++);
	}
	if (nodes->flying == 0)
		gather(job);
}

static void
on_put(struct cache_call *call)
{
	struct job *job = container_of(call, struct put, call)->job;

	job->nodes->flying--;
	if (call->verdict != CACHE_OK)
		job_fail(job, call->verdict, call->error);
	else
		put_more(job);
}

/* ---- events ---- */

/* The vertex that an event is of; UINT32_MAX: of none. */
static uint32_t
vertex_of(const struct nodes *nodes, const char *text)
{
	struct json_object *event = json_read(text, strlen(text), NULL);
	const char         *id = json_get_str(event, "node_id"), *region;
	char                name[RECORD_FIELD_SIZE];
	void               *found = NULL;

	region = json_get_str(event, "region");
	if (id != NULL && region != NULL) {
		snprintf(name, sizeof(name), "%s@%s", id, region);
		lh_table_lookup_ex(nodes->vertices, name, &found);
	}
	json_object_put(event);
	return found != NULL ? (uint32_t)(uintptr_t)found - 1 : UINT32_MAX;
}

static void
take_event(struct nodes *nodes, const char *text)
{
	uint32_t    v = vertex_of(nodes, text);
	struct str *log;

	if (v == UINT32_MAX)
		return;
	if (!nodes->gathering) {
		nodes->moved[v] = true;
		return;
	}
	if (nodes->slots[v] == 0)
		return;
	log = &nodes->logs[nodes->slots[v] - 1];
	if (log->len + strlen(text) + 1 > log->max) /* it keeps its first events */
		return;
	if (log->len > 0)
		str_add_char(log, ',');
	str_add(log, text);
}

static void
heard_events(struct job *job)
{
	struct nodes *nodes = job->nodes;
	size_t        n = 0;

	for (; n < job->op.items_n; n++) {
		if (job->until > 0 && job->op.items_out[n].number > job->until)
			break; /* of the one that came after it */
		take_event(nodes, job->op.items_out[n].text);
	}
	if (n > 0)
		nodes->seq = job->op.items_out[n - 1].number;
	store_op_fini(&job->op);
	if (job->lost)
		job_go_on(job); /* it ends there */
	else if (n == STORE_PAGE_MAX)
		read_on(job);
	else if (nodes->gathering)
		put_more(job);
	else
		gather(job);
}

static void
read_on(struct job *job)
{
	job_ask(
	    job, (struct store_op){ .verb = STORE_EVENTS, .seq = job->nodes->seq }, heard_events);
}

/* The next nodes that have moved. */
static void
gather(struct job *job)
{
	struct nodes *nodes = job->nodes;

	window_clear(nodes);
	for (; nodes->next < job->graph->n && nodes->window_n < WINDOW; nodes->next++) {
		if (!nodes->moved[nodes->next])
			continue;
		str_init(&nodes->logs[nodes->window_n], LOG_MAX);
		nodes->window[nodes->window_n++] = (uint32_t)nodes->next;
		nodes->slots[nodes->next] = (uint32_t)nodes->window_n;
	}
	if (nodes->window_n == 0) {
		job_drop_nodes(job);
		job_go_on(job);
		return;
	}
	nodes->gathering = true;
	nodes->seq = job->events_after;
	read_on(job);
}

bool
job_put_nodes(struct job *job)
{
	if (job->view == NULL)
		return false;
	job->nodes = nodes_create(job->graph);
	job->nodes->seq =
	    job->entry_event > job->events_after ? job->entry_event : job->events_after;
	read_on(job);
	return true;
}
