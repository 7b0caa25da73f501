/* SPDX-License-Identifier: Apache-2.0
 * view.c - joins header, records and graph; counts; and gathers outputs. */
#include "engine/view.h"

#include <json-c/linkhash.h>
#include <stdio.h>
#include <string.h>

#include "engine/engine.h"
#include "engine/record.h"
#include "plan/plan.h"
#include "util/breath.h"
#include "util/check.h"
#include "util/clock_text.h"
#include "util/json.h"

#define MS_PER_S 1000

struct counts {
	int64_t completed, failed, pending, running, blocked, skipped, cancelled, rolled_back;
	int64_t acts[PLAN_ACTS_N]; /* of the completed */
};

/* Which count a node's status adds to. */
static const struct status_row {
	const char *status;
	size_t      offset;
} status_rows[] = {
	{ "completed", offsetof(struct counts, completed) },
	{ "failed", offsetof(struct counts, failed) },
	{ "pending", offsetof(struct counts, pending) },
	{ "running", offsetof(struct counts, running) },
	{ "blocked", offsetof(struct counts, blocked) },
	{ "skipped", offsetof(struct counts, skipped) },
	{ "cancelled", offsetof(struct counts, cancelled) },
	{ "rolled_back", offsetof(struct counts, rolled_back) },
};

static void
count(struct counts *counts, struct json_object *record)
{
	const char *status = json_get_str(record, "status");
	const char *operation = json_get_str(record, "operation");

	for (size_t i = 0; i < array_len(status_rows); i++) {
		if (str_eq(status_rows[i].status, status))
			*(int64_t *)(void *)((char *)counts + status_rows[i].offset) += 1;
	}
	if (str_eq(status, "completed") && operation != NULL)
		counts->acts[plan_act_from(operation)]++;
}

static const char *
find_text(struct lh_table *records, const char *field)
{
	void *text;

	return lh_table_lookup_ex(records, field, &text) ? text : NULL;
}

/* A node that has not begun has no record. */
static struct json_object *
pending_record(const struct graph *graph, size_t vertex)
{
	const struct spec_node *node = graph_node(graph, vertex);
	struct json_object     *record = json_object_new_object();

	json_set_str(record, "node_id", node->node_id);
	json_set_str(record, "resource_id", node->resource_id);
	json_set_str(record, "composite", spec_node_composite(node));
	json_set_str(record, "check_of", node->check_of);
	json_set_str(record, "region", graph_region(graph, vertex));
	if (node->account[0] != '\0')
		json_set_str(record, "account", node->account);
	json_set_str(record, "type", node->type->name);
	json_set_str(record, "operation", plan_act_name(PLAN_UNDECIDED));
	json_set_str(record, "status", "pending");
	json_set_str(record, "phase", "pending");
	json_set_i64(record, "attempt", 0);
	return record;
}

static void
add_duration(struct json_object *record, const char *since)
{
	const char *started = json_get_str(record, since);
	const char *completed = json_get_str(record, "completed_at");
	int64_t     from, to;
	char        text[32];

	if (started == NULL || completed == NULL || !clock_text_parse(started, &from) ||
	    !clock_text_parse(completed, &to))
		return;
	snprintf(text, sizeof(text), "%.3f", (double)(to - from) / MS_PER_S);
	json_set(record, "duration_seconds",
	    json_object_new_double_s((double)(to - from) / MS_PER_S, text));
}

static struct json_object *
operation_of(const struct graph *graph, size_t vertex, struct lh_table *records, struct err *err)
{
	/* what only a resume needs */
	static const char *const inner[] = { "acted", "before", "before_tags", "doubtful", "undo" };
	char                     field[RECORD_FIELD_SIZE];
	const char              *text;
	struct json_object      *record;

	record_field_name(graph, vertex, field);
	text = find_text(records, field);
	if (text == NULL)
		return pending_record(graph, vertex);
	record = json_read(text, strlen(text), err);
	if (record == NULL)
		return NULL;
	add_duration(record, "started_at");
	for (size_t i = 0; i < array_len(inner); i++)
		json_object_object_del(record, inner[i]);
	return record;
}

/* By resource id; where there are several regions, by "resource id@region". */
static void
name_outputs(const struct graph *graph, size_t vertex, const char *id, char *buf, size_t size)
{
	if (graph_node(graph, vertex)->regions_n > 1)
		snprintf(buf, size, "%s@%s", id, graph_region(graph, vertex));
	else
		snprintf(buf, size, "%s", id);
}

/* Those of a composite that are this part's. */
static void
add_outputs_of_composite(
    struct json_object *all, const struct graph *graph, size_t vertex, struct json_object *outputs)
{
	const struct spec_composite *composite = graph_node(graph, vertex)->composite;
	char                         name[256];

	name_outputs(graph, vertex, composite->resource_id, name, sizeof(name));
	for (size_t i = 0; i < composite->outputs_n; i++) {
		const struct spec_output *output = &composite->outputs[i];
		struct json_object       *value = json_path(outputs, output->output);

		if (output->node != graph->vertices[vertex].node || value == NULL)
			continue;
		if (!json_has(all, name))
			json_set(all, name, json_object_new_object());
		json_set(json_get(all, name), output->name, json_object_get(value));
	}
}

/* It was there, and has been taken away; maybe since what made it was undone. */
static bool
is_gone(struct json_object *record)
{
	const char *status = json_get_str(record, "status");

	return plan_act_from(json_get_str(record, "operation")) == PLAN_DELETE &&
	       (str_eq(status, "completed") || str_eq(status, "rolled_back"));
}

static void
add_outputs(
    struct json_object *all, const struct graph *graph, size_t vertex, struct json_object *record)
{
	const struct spec_node *node = graph_node(graph, vertex);
	struct json_object     *outputs = json_get_object(record, "outputs");
	char                    name[256];

	if (outputs == NULL || is_gone(record))
		return;
	name_outputs(graph, vertex, node->resource_id, name, sizeof(name));
	json_set(all, name, json_object_get(outputs));
	if (node->composite != NULL)
		add_outputs_of_composite(all, graph, vertex, outputs);
}

static void
add_counts(struct json_object *view, const struct counts *counts)
{
	json_set_i64(view, "operations_completed", counts->completed);
	json_set_i64(view, "operations_failed", counts->failed);
	json_set_i64(view, "operations_pending", counts->pending);
	json_set_i64(view, "operations_running", counts->running);
	json_set_i64(view, "operations_blocked", counts->blocked);
	json_set_i64(view, "operations_skipped", counts->skipped);
	json_set_i64(view, "operations_cancelled", counts->cancelled);
	json_set_i64(view, "operations_rolled_back", counts->rolled_back);
	json_set(view, "summary", plan_summary(counts->acts));
}

/* The first; one that failed and was undone only while none is that still stands so. */
static void
add_failed(struct json_object *view, struct json_object *record)
{
	struct json_object *told = json_get(view, "failed_operation");
	bool                stands = str_eq(json_get_str(record, "status"), "failed");
	bool                undone =
	    str_eq(json_get_str(record, "status"), "rolled_back") && json_has(record, "error");

	if ((stands && !str_eq(json_get_str(told, "status"), "failed")) || (undone && told == NULL))
		json_set(view, "failed_operation", json_object_get(record));
}

/* False and *err when a record can't be read. */
static bool
add_operations(
    struct json_object *view, const struct graph *graph, struct lh_table *records, struct err *err)
{
	struct json_object *operations = json_object_new_array();
	struct json_object *outputs = json_object_new_object();
	struct counts       counts = { 0 };

	json_set(view, "outputs", outputs);
	json_set(view, "operations", operations);
	for (size_t v = 0; v < graph->n; v++) {
		struct json_object *record = operation_of(graph, v, records, err);

		breathe();
		if (record == NULL)
			return false;
		json_object_array_add(operations, record);
		count(&counts, record);
		add_outputs(outputs, graph, v, record);
		add_failed(view, record);
	}
	add_counts(view, &counts);
	return true;
}

/* So far, or in the end. Who destroys wants all of it to be gone. */
static bool
succeeds(struct json_object *header)
{
	const char *status = json_get_str(header, "status");

	return !str_eq(status, "failed") && !str_eq(status, "cancelled") &&
	       !str_eq(
		   json_get_str(header, "reason"), execution_reason_name(REASON_SOMETHING_LEFT));
}

void
view_header(struct json_object *header)
{
	add_duration(header, "created_at");
	json_set_bool(header, "success", succeeds(header));
}

struct json_object *
view_execution(
    const struct graph *graph, const struct store_item *items, size_t items_n, struct err *err)
{
	struct lh_table    *records = lh_kchar_table_new((int)items_n * 2 + 16, NULL);
	struct json_object *view = NULL;
	const char         *header;

	must(records != NULL);
	for (size_t i = 0; i < items_n; i++)
		lh_table_insert(records, items[i].name, items[i].text);
	header = find_text(records, "");
	if (header == NULL) {
		err_set(err, ERR_INTERNAL, "the execution has no header");
		goto out;
	}
	view = json_read(header, strlen(header), err);
	if (view == NULL)
		goto out;
	view_header(view);
	if (!add_operations(view, graph, records, err)) {
		json_object_put(view);
		view = NULL;
	}
out:
	lh_table_free(records);
	return view;
}

struct graph *
view_graph(struct spec *spec, struct json_object *view)
{
	return graph_create(spec, str_eq(json_get_str(view, "kind"), "destroy"));
}
