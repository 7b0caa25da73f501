/* SPDX-License-Identifier: Apache-2.0
 * restore.c - an execution that a process has left, from its header and records.
 *
 * Every node is pending again: what is there is looked for, so nothing is believed that a record says about the
 * cloud. What a record does tell is what this execution has done so far, what it may have done, and what it was
 * told not to do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/execution.h"
#include "engine/node_states.h"
#include "engine/record.h"
#include "engine/work.h"
#include "util/check.h"
#include "util/clock_text.h"
#include "util/json.h"
#include "util/mem.h"

static struct json_object *
read_item(const struct store_item *items, size_t n, const char *name, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(items[i].name, name))
			return json_read(items[i].text, strlen(items[i].text), err);
	}
	err_set(err, ERR_INTERNAL, "the stored execution has no header");
	return NULL;
}

/* ---- the header ---- */

static bool
has_ended(const struct execution *e)
{
	return e->status == STATUS_COMPLETED || e->status == STATUS_FAILED ||
	       e->status == STATUS_CANCELLED;
}

/* As it was asked for. */
struct asked {
	enum execution_kind kind;
	enum execution_mode mode;
	enum on_failure     on_failure;
	int64_t             created_ms;
};

static bool
read_words(struct execution *e, struct json_object *header, struct asked *ret_asked)
{
	const char *reason = json_get_str(header, "reason");

	e->reason = REASON_NONE;
	return execution_kind_from(json_get_str(header, "kind"), &ret_asked->kind) &&
	       execution_mode_from(json_get_str(header, "mode"), &ret_asked->mode) &&
	       execution_status_from(json_get_str(header, "status"), &e->status) &&
	       on_failure_from(json_get_str(header, "on_failure"), &ret_asked->on_failure) &&
	       (reason == NULL || execution_reason_from(reason, &e->reason));
}

/* The one that it began with. What was asked for now may be another, or none. */
static void
read_plan_id(struct execution *e, struct json_object *header)
{
	const char *id = json_get_str(header, "plan_id");

	if (str_eq(id != NULL ? id : "", e->plan_id))
		return;
	json_object_put(e->plan);
	e->plan = NULL;
	snprintf(e->plan_id, sizeof(e->plan_id), "%s", id != NULL ? id : "");
}

/* How it was asked for it, and what it was told since. */
static void
read_wishes(struct execution *e, struct json_object *header)
{
	json_object_put(e->only);
	json_object_put(e->except);
	read_plan_id(e, header);
	e->only = json_object_get(json_get_array(header, "only"));
	e->except = json_object_get(json_get_array(header, "except"));
	e->to_end = json_get_bool(header, "to_end", false);
	e->aborted |= json_get_bool(header, "aborted", false);
	if (e->undoing)
		e->stop = STOP_NONE; /* that is what it does already */
	else if (json_get_bool(header, "cancelling", false))
		e->stop = STOP_GENTLE;
}

static enum restored
read_header(struct execution *e, struct json_object *header, struct err *err)
{
	const char  *id = json_get_str(header, "execution_id");
	const char  *created = json_get_str(header, "created_at");
	const char  *actor = json_get_str(header, "actor");
	const char  *on_behalf_of = json_get_str(header, "on_behalf_of");
	const char  *trace = json_get_str(header, "traceparent");
	struct asked asked;

	if (id == NULL || strlen(id) != sizeof(e->id) - 1 || created == NULL ||
	    !clock_text_parse(created, &asked.created_ms) || !read_words(e, header, &asked)) {
		err_set(err, ERR_INTERNAL, "the stored header of the execution can't be read");
		return RESTORED_BAD;
	}
	if (has_ended(e))
		return RESTORED_ENDED;
	if (!e->only_resume && asked.kind != e->kind) {
		err_set(err, ERR_BUSY,
		    "%s %s of this graph is unfinished, and no process runs it: continue or cancel "
		    "it first",
		    execution_kind_name(asked.kind), id);
		return RESTORED_BAD;
	}
	json_object_put(e->accounts);
	e->accounts = json_copy(json_get_object(header, "accounts"));
	if (e->accounts == NULL)
		e->accounts = json_object_new_object();
	if (accounts_check(e, &e->keyring, err) != ERR_OK)
		return RESTORED_BAD;
	accounts_take(e, &e->keyring);
	if (e->empty == NULL)
		e->empty = json_copy(json_get(header, "empty"));
	e->events_after = (uint64_t)json_get_i64(header, "events_after", 0);
	memcpy(e->id, id, sizeof(e->id));
	snprintf(e->actor, sizeof(e->actor), "%s", actor != NULL ? actor : "");
	snprintf(e->on_behalf_of, sizeof(e->on_behalf_of), "%s",
	    on_behalf_of != NULL ? on_behalf_of : "");
	snprintf(e->trace, sizeof(e->trace), "%s", trace != NULL ? trace : "");
	e->kind = asked.kind;
	e->mode = asked.mode;
	e->on_failure = asked.on_failure;
	e->created_ms = asked.created_ms;
	e->undoing = json_get_bool(header, "rolling_back", false);
	if (e->undoing && e->stop != STOP_NONE && !e->aborted) {
		err_set(err, ERR_CONFLICT, "the execution is rolling back");
		return RESTORED_BAD;
	}
	read_wishes(e, header);
	if (e->unattended && e->status == STATUS_RUNNING)
		e->takeovers = (unsigned)json_get_i64(header, "takeovers", 0) + 1;
	return RESTORED_GOES_ON;
}

/* ---- the records ---- */

static enum undo
undo_from(const char *name)
{
	for (int undo = UNDO_DELETE; undo <= UNDO_RESTORE; undo++) {
		if (name != NULL && str_eq(name, record_undo_name((enum undo)undo)))
			return (enum undo)undo;
	}
	return UNDO_NOTHING;
}

static void
read_time(struct json_object *record, const char *name, int64_t *ret_ms)
{
	const char *text = json_get_str(record, name);

	if (text == NULL || !clock_text_parse(text, ret_ms))
		*ret_ms = 0;
}

/* A call was about to leave, or had left, and no answer is recorded; or there was one, but what it did was not seen
 * yet. */
static bool
is_in_doubt(struct json_object *record)
{
	const char *phase = json_get_str(record, "phase");
	bool        acted = json_get_bool(record, "acted", false);

	return json_get_bool(record, "doubtful", false) || str_eq(phase, "intending") ||
	       str_eq(phase, "calling") || (acted && !str_eq(phase, "completed"));
}

static void
read_node(struct node *node, struct json_object *record)
{
	const char *status = json_get_str(record, "status");
	enum undo   undo = undo_from(json_get_str(record, "undo"));

	read_time(record, "started_at", &node->started_ms);
	node->attempt = (uint16_t)json_get_i64(record, "attempt", 0);
	node->act = (uint8_t)plan_act_from(json_get_str(record, "operation"));
	if (is_in_doubt(record))
		node_doubt(node);
	node->acted = node->doubtful || json_get_bool(record, "acted", false);
	node->before = json_object_get(json_get_object(record, "before"));
	node->before_tags = json_object_get(json_get_object(record, "before_tags"));
	if (json_has(record, "irreversible"))
		node->final = xstrdup(json_get_str(record, "irreversible"));
	node_take_outputs(node, record);
	node->skip |= str_eq(status, "skipped") && !node->execution->undoing;
	node->confirms = str_eq(status, "completed") && !node->execution->undoing;
	if (node->execution->undoing && str_eq(status, "rolled_back"))
		node->acted = false; /* it is as it was */
	else if (node->execution->undoing)
		node->undo = (uint8_t)undo;
}

/* Their records are of the way there, or of the way back already. */
static void
turn_back(struct execution *e)
{
	rollback_mark(e);
	for (size_t v = 0; v < e->graph->n; v++) {
		struct node *node = &e->nodes[v];
		bool         is_gone = rollback_is_gone(node);

		if (node->undo == UNDO_NOTHING)
			node->undo = (uint8_t)rollback_undo(node);
		if (node->undo != UNDO_RESTORE && !is_gone) {
			free(node->final);
			node->final = NULL;
		}
		node->act = PLAN_UNDECIDED;
		node->attempt = 0;
		node->acted = false;
	}
}

static bool
read_nodes(struct execution *e, const struct store_item *items, size_t n, struct err *err)
{
	struct lh_table *records = lh_kchar_table_new((int)n * 2 + 16, NULL);
	bool             good = true;

	must(records != NULL);
	for (size_t i = 0; i < n; i++)
		lh_table_insert(records, items[i].name, items[i].text);
	for (size_t v = 0; v < e->graph->n && good; v++) {
		char                field[RECORD_FIELD_SIZE];
		struct json_object *record;
		void               *text;

		record_field_name(e->graph, v, field);
		if (!lh_table_lookup_ex(records, field, &text))
			continue;
		record = json_read(text, strlen(text), err);
		good = record != NULL;
		if (good)
			read_node(&e->nodes[v], record);
		json_object_put(record);
	}
	lh_table_free(records);
	return good;
}

enum restored
execution_restore(struct execution *e, const struct store_item *items, size_t n, struct err *err)
{
	struct json_object *header = read_item(items, n, "", err);
	enum restored       restored = RESTORED_BAD;

	if (header != NULL)
		restored = read_header(e, header, err);
	json_object_put(header);
	if (restored != RESTORED_GOES_ON)
		return restored;
	execution_reverse(e, e->undoing || e->kind == EXECUTION_DESTROY);
	if (!read_nodes(e, items, n, err)) {
		err->code = ERR_INTERNAL;
		return RESTORED_BAD;
	}
	if (e->undoing)
		turn_back(e);
	if (e->aborted && !e->undoing && rollback_check(e, err) != ERR_OK)
		return RESTORED_BAD;
	admission_pass(e);
	e->admission.stepping |=
	    e->status == STATUS_PAUSED && (e->reason == REASON_STEP || e->reason == REASON_ASKED);
	return RESTORED_GOES_ON;
}
