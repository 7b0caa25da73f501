/* SPDX-License-Identifier: Apache-2.0
 * record.c - JSON text, written straight into a string: this is the hot path of a run. */
#include "engine/record.h"

#include <stdio.h>

#include "engine/execution.h"
#include "engine/output.h"
#include "engine/work.h"
#include "util/clock_text.h"
#include "util/json.h"

static void
add_key(struct str *out, const char *key)
{
	str_add_char(out, '"');
	str_add(out, key);
	str_add_mem(out, "\":", 2);
}

static void
add_text(struct str *out, const char *key, const char *value)
{
	add_key(out, key);
	str_add_char(out, '"');
	for (const char *run = value;; value++) {
		unsigned char c = (unsigned char)*value;

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		str_add_mem(out, run, (size_t)(value - run));
		if (c == '\0')
			break;
		str_addf(out, c < 0x20 ? "\\u%04x" : "\\%c", c);
		run = value + 1;
	}
	str_add_mem(out, "\",", 2);
}

static void
add_number(struct str *out, const char *key, uint64_t value)
{
	add_key(out, key);
	str_add_u64(out, value);
	str_add_char(out, ',');
}

static void
add_time(struct str *out, const char *key, int64_t wall_ms)
{
	char text[CLOCK_TEXT_SIZE];

	if (wall_ms != 0)
		add_text(out, key, clock_text(text, wall_ms));
}

static void
add_raw(struct str *out, const char *key, const char *json)
{
	add_key(out, key);
	str_add(out, json);
	str_add_char(out, ',');
}

static void
add_json(struct str *out, const char *key, struct json_object *value)
{
	if (value != NULL)
		add_raw(out, key, json_text(value));
}

/* The comma behind the last member becomes the closing brace. */
static void
end_object(struct str *out)
{
	must(out->len > 0);
	must(out->data[out->len - 1] == ',');
	out->data[out->len - 1] = '}';
}

static void
add_error(struct str *out, const struct node_error *error)
{
	str_add(out, "\"error\":{");
	add_text(out, "type", op_result_name(error->type));
	if (error->code[0] != '\0')
		add_text(out, "code", error->code);
	add_text(out, "message", error->message);
	if (error->request_id[0] != '\0')
		add_text(out, "provider_request_id", error->request_id);
	end_object(out);
	str_add_char(out, ',');
}

static const char *const undo_names[] = {
	[UNDO_NOTHING] = "",
	[UNDO_DELETE] = "delete",
	[UNDO_RESTORE] = "restore",
};

const char *
record_undo_name(enum undo undo)
{
	must(undo < array_len(undo_names));
	return undo_names[undo];
}

void
record_field_name(const struct graph *graph, size_t vertex, char buf[RECORD_FIELD_SIZE])
{
	int len = snprintf(buf, RECORD_FIELD_SIZE, "%s@%s", graph_node(graph, vertex)->node_id,
	    graph_region(graph, vertex));

	must(len > 0 && len < RECORD_FIELD_SIZE);
}

/* What a record and an event have in common. */
static void
add_node(struct str *out, const struct node *node, const char *type_key)
{
	const struct graph     *graph = node->execution->graph;
	const struct spec_node *spec = graph_node(graph, node_vertex(node));

	add_text(out, "node_id", spec->node_id);
	add_text(out, "resource_id", spec->resource_id);
	if (spec->check_of != NULL)
		add_text(out, "check_of", spec->check_of);
	if (spec->composite != NULL)
		add_text(out, "composite", spec->composite->resource_id);
	add_text(out, "region", graph_region(graph, node_vertex(node)));
	if (spec->account[0] != '\0')
		add_text(out, "account", spec->account);
	add_text(out, type_key, spec->type->name);
	add_text(out, "operation", plan_act_name((enum plan_act)node->act));
	add_text(out, "status", node_status(node));
	add_text(out, "phase", node_phase(node));
	add_number(out, "attempt", node->attempt);
	if (node->error != NULL && node->state != NODE_COMPLETED)
		add_error(out, node->error);
}

void
record_node(const struct node *node, struct str *out)
{
	str_add_char(out, '{');
	add_node(out, node, "type");
	add_time(out, "started_at", node->started_ms);
	add_time(out, "completed_at", node->ended_ms);
	if (node->outputs != NULL)
		add_raw(out, "outputs", node->outputs);
	add_json(out, "before", node->before);
	add_json(out, "before_tags", node->before_tags);
	if (node->doubtful)
		add_raw(out, "doubtful", "true");
	if (node->acted)
		add_raw(out, "acted", "true");
	if (node->final != NULL)
		add_text(out, "irreversible", node->final);
	if (node->undo != UNDO_NOTHING)
		add_text(out, "undo", record_undo_name((enum undo)node->undo));
	end_object(out);
}

static void
add_event(struct str *out, const struct execution *execution, uint64_t seq, const char *type)
{
	str_add_char(out, '{');
	add_number(out, "seq", seq);
	add_text(out, "graph_id", execution->key.graph);
	add_text(out, "execution_id", execution->id);
	add_time(out, "time", loop_wall_ms(execution_loop(execution)));
	add_text(out, "type", type);
}

void
record_node_event(const struct node *node, uint64_t seq, struct str *out)
{
	add_event(out, node->execution, seq, "node");
	add_node(out, node, "resource_type"); /* an event's type is what it is about */
	end_object(out);
}

void
record_output_event(
    const struct node *node, uint64_t seq, const struct output_stream *stream, struct str *out)
{
	const struct graph     *graph = node->execution->graph;
	const struct spec_node *spec = graph_node(graph, node_vertex(node));
	struct json_object     *json = json_string(stream->text.data, stream->text.len);

	add_event(out, node->execution, seq, "output");
	add_text(out, "node_id", spec->node_id);
	add_text(out, "resource_id", spec->resource_id);
	add_text(out, "region", graph_region(graph, node_vertex(node)));
	add_text(out, "stream", stream->name);
	if (stream->dropped > 0)
		add_number(out, "dropped", stream->dropped);
	add_json(out, "text", json);
	end_object(out);
	json_object_put(json);
}

/* What a pause stands before. */
static void
add_next(struct str *out, const struct execution *execution)
{
	const struct graph *graph = execution->graph;
	const struct node  *next = execution->admission.next;

	if (next == NULL)
		return;
	str_add(out, "\"next_operation\":{");
	add_text(out, "node_id", graph_node(graph, node_vertex(next))->node_id);
	add_text(out, "resource_id", graph_node(graph, node_vertex(next))->resource_id);
	add_text(out, "region", graph_region(graph, node_vertex(next)));
	add_text(out, "type", graph_node(graph, node_vertex(next))->type->name);
	end_object(out);
	str_add_char(out, ',');
}

/* What the header and its events have in common. */
static void
add_execution(struct str *out, const struct execution *execution)
{
	add_text(out, "deployment_id", execution->key.deployment);
	add_text(out, "actor", execution->actor);
	if (execution->on_behalf_of[0] != '\0')
		add_text(out, "on_behalf_of", execution->on_behalf_of);
	if (execution->trace[0] != '\0')
		add_text(out, "traceparent", execution->trace);
	add_text(out, "kind", execution_kind_name(execution->kind));
	add_text(out, "status", execution_status_name(execution->status));
	if (execution->reason != REASON_NONE)
		add_text(out, "reason", execution_reason_name(execution->reason));
	if (execution->status == STATUS_PAUSED)
		add_next(out, execution);
}

/* What it has done in the end, so that a list of executions needs no records. */
static void
add_summary(struct str *out, const struct execution *execution)
{
	int64_t             n[PLAN_ACTS_N] = { 0 };
	struct json_object *summary;

	for (size_t v = 0; v < execution->graph->n; v++) {
		if (str_eq(node_status(&execution->nodes[v]), "completed"))
			n[execution->nodes[v].act]++;
	}
	summary = plan_summary(n);
	add_json(out, "summary", summary);
	json_object_put(summary);
}

void
record_header(const struct execution *execution, struct str *out)
{
	str_add_char(out, '{');
	add_text(out, "graph_id", execution->key.graph);
	add_text(out, "execution_id", execution->id);
	add_execution(out, execution);
	add_text(out, "version", execution->graph->spec->version);
	add_text(out, "mode", execution_mode_name(execution->mode));
	add_text(out, "on_failure", on_failure_name(execution->on_failure));
	if (execution->undoing)
		add_raw(out, "rolling_back", "true");
	if (execution->stop != STOP_NONE && execution->status != STATUS_CANCELLED)
		add_raw(out, "cancelling", "true");
	if (execution->to_end)
		add_raw(out, "to_end", "true");
	if (execution->aborted)
		add_raw(out, "aborted", "true");
	if (execution->plan_id[0] != '\0')
		add_text(out, "plan_id", execution->plan_id);
	add_json(out, "only", execution->only);
	add_json(out, "except", execution->except);
	if (json_object_object_length(execution->accounts) > 0)
		add_json(out, "accounts", execution->accounts);
	add_json(out, "empty", execution->empty);
	add_json(out, "proof", execution->proof);
	add_time(out, "created_at", execution->created_ms);
	add_time(out, "completed_at", execution->completed_ms);
	if (execution->completed_ms != 0)
		add_summary(out, execution);
	add_number(out, "events_after", execution->events_after);
	if (execution->takeovers > 0)
		add_number(out, "takeovers", execution->takeovers);
	add_number(out, "last_event", execution->journal.seq);
	end_object(out);
}

void
record_execution_event(const struct execution *execution, uint64_t seq, struct str *out)
{
	add_event(out, execution, seq, "execution");
	add_execution(out, execution);
	end_object(out);
}
