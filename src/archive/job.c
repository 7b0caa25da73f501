/* SPDX-License-Identifier: Apache-2.0
 * job.c - one graph on its way into the archive.
 *
 *   taken ─► which one? ─► what is new? ─► loaded ─► entry ─► spec ─► nodes ─► execution ─► outputs ─► entry ─► settled
 *                 └─ nothing ────────────────────────────────────────────────────────────────────────┘
 *
 * The order is the order of trust: the entry says up to which event all is there, and is written when it is. A
 * process that dies on the way leaves it as it was, and the next one does it again: each step puts a whole document
 * where it belongs, and can be repeated. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/entry.h"
#include "archive/execution_graph.h"
#include "archive/inside.h"
#include "engine/view.h"
#include "util/json.h"
#include "util/log.h"
#include "util/mem.h"

#define US_PER_MS      1000
#define RENEW_US       ((int64_t)STORE_ARCHIVER_MS * US_PER_MS / 3)
#define MARKER_MAX     4096
#define PROGRESS_MS    2000 /* of what runs: not sooner than that, */
#define PROGRESS_NODES 1    /* and a millisecond more for each so many nodes: they cost time */
#define BACKOFF_MS     1000
#define BACKOFF_MOST   60000
#define SHIFT_MOST     6
#define CATCH_UP_MOST  100 /* executions of a graph that was not archived so far */

/* ---- the store ---- */

static void
on_answered(struct store_op *op)
{
	struct job *job = container_of(op, struct job, op);

	job->asking = false;
	switch (op->result) {
	case STORE_OK:
	case STORE_ABSENT:
	case STORE_EXISTS:
	case STORE_FENCED: job->heard(job); return;
	case STORE_PENDING:
	case STORE_LEFT:
	case STORE_STALE:
	case STORE_DOWN:
	case STORE_UNKNOWN:
	case STORE_LOST:
	case STORE_FAILED:
	case STORE_RESULTS_N: break;
	}
	archive_job_ended(job, false); /* it is still due: the next round looks again */
}

void
job_ask(struct job *job, struct store_op op, void (*heard)(struct job *job))
{
	must(!job->asking);
	store_op_fini(&job->op);
	op.key = job->key;
	op.done = on_answered;
	job->op = op;
	job->heard = heard;
	job->asking = true;
	store_start(job->archive->store, &job->op);
}

/* ---- it stays ours ---- */

static void
on_renewed(struct store_op *op)
{
	struct job *job = container_of(op, struct job, renewal);

	job->renewing = false;
	job->lost = op->result == STORE_EXISTS;
	store_op_fini(op);
	timer_arm(job->archive->loop, &job->renew, RENEW_US);
}

static void
on_renew(struct timer *timer)
{
	struct job *job = container_of(timer, struct job, renew);

	job->renewal = (struct store_op){
		.verb = STORE_ARCHIVE_TAKE, .key = job->key, .at_once = true, .done = on_renewed
	};
	job->renewing = true;
	store_start(job->archive->store, &job->renewal);
}

/* ---- steps ---- */

static void
heard_taken(struct job *job)
{
	if (job->op.result == STORE_EXISTS) { /* another process is at it */
		archive_job_ended(job, false);
		return;
	}
	marker_read(&job->marker, job->op.text_out);
	job->event = job->op.seq_out;
	job_go_on(job);
}

static bool
take(struct job *job)
{
	job_ask(job, (struct store_op){ .verb = STORE_ARCHIVE_TAKE }, heard_taken);
	timer_arm(job->archive->loop, &job->renew,
	    RENEW_US); /* the answer may have to wait for the lane */
	return true;
}

static bool
has_news(const struct job *job)
{
	return job->marker.at_ms == 0 || job->marker.error[0] != '\0' ||
	       strcmp(job->marker.execution, job->execution) != 0 ||
	       job->marker.event != job->event;
}

static void job_skip_to_settle(struct job *job);

/* "G:E", the newest first: the oldest of this graph that is newer than the marker's. A graph that is run again before it
 * is archived leaves none out: they are taken one after another. */
static void
heard_history(struct job *job)
{
	size_t n = 0;

	for (size_t i = 0; i < job->op.items_n && n < CATCH_UP_MOST; i++) {
		struct store_key key = job->key;
		const char      *id = store_execution_read(&key, job->op.items_out[i].name);

		if (id == NULL || strcmp(key.graph, job->key.graph) != 0 ||
		    strlen(id) >= sizeof(job->next))
			continue;
		job->is_begun = str_eq(id, job->marker.execution);
		if (job->is_begun)
			break;
		memcpy(job->next, id, strlen(id) + 1);
		n++;
	}
	job->has_more = n > 1;
	memcpy(job->execution, n > 0 ? job->next : job->marker.execution, sizeof(job->execution));
	job_go_on(job);
}

static bool
pick(struct job *job)
{
	job_ask(job, (struct store_op){ .verb = STORE_HISTORY }, heard_history);
	return true;
}

static struct json_object *
header_of(const struct job *job)
{
	const char *text = job->op.result == STORE_OK ? job->op.text_out : "{}";

	return json_read(text, strlen(text), NULL);
}

/* It has gone on since it was archived, and then another began. */
static void
heard_begun(struct job *job)
{
	struct json_object *header = header_of(job);

	if (json_get_i64(header, "last_event", 0) > (int64_t)job->marker.event) {
		memcpy(job->execution, job->marker.execution, sizeof(job->execution));
		job->has_more = true;
	}
	json_object_put(header);
	job_go_on(job);
}

static bool
look_at_begun(struct job *job)
{
	if (!job->is_begun || job->next[0] == '\0')
		return false;
	job_ask(job,
	    (struct store_op){ .verb = STORE_GET_HEADER, .execution = job->marker.execution },
	    heard_begun);
	return true;
}

static const char *
execution_of(const struct job *job)
{
	return job->execution[0] != '\0' ? job->execution : NULL;
}

static bool
has_ended(const char *status)
{
	return str_eq(status, "completed") || str_eq(status, "failed") ||
	       str_eq(status, "cancelled");
}

static void
heard_header(struct job *job)
{
	struct json_object *header = header_of(job);
	const char         *id = json_get_str(header, "execution_id");
	const char         *status = json_get_str(header, "status");

	if (id != NULL && strlen(id) < sizeof(job->execution))
		memcpy(job->execution, id, strlen(id) + 1);
	job->moves = str_eq(status, "running") || str_eq(status, "pending");
	if (has_ended(status)) /* what comes behind it is another's */
		job->event = job->until =
		    (uint64_t)json_get_i64(header, "last_event", (int64_t)job->event);
	json_object_put(header);
	if (!has_news(job))
		job_skip_to_settle(job);
	job_go_on(job);
}

static bool
look(struct job *job)
{
	job_ask(job, (struct store_op){ .verb = STORE_GET_HEADER, .execution = execution_of(job) },
	    heard_header);
	return true;
}

static void
heard_spec(struct job *job)
{
	struct json_object *mgraph;
	struct err          err = { 0 };

	if (job->op.result != STORE_OK) {
		job_fail(job, CACHE_REFUSED, "its Spec Graph is not in the store");
		return;
	}
	job->spec_text = xstrdup(job->op.text_out);
	mgraph = json_read(job->spec_text, strlen(job->spec_text), &err);
	if (mgraph != NULL)
		job->spec = spec_from_mgraph(job->archive->registry, job->key.tenant, mgraph, &err);
	json_object_put(mgraph);
	if (job->spec == NULL) {
		job_fail(job, CACHE_REFUSED, err.detail);
		return;
	}
	job->graph = graph_create(job->spec, false);
	job_go_on(job);
}

static bool
load_spec(struct job *job)
{
	job_ask(job, (struct store_op){ .verb = STORE_GET_SPEC }, heard_spec);
	return true;
}

static void
heard_exec(struct job *job)
{
	struct err err;

	if (job->op.result == STORE_OK) {
		job->events_after = job->op.seq_out;
		job->view = view_execution(job->graph, job->op.items_out, job->op.items_n, &err);
		if (job->view == NULL || json_get_str(job->view, "execution_id") == NULL) {
			job_fail(job, CACHE_REFUSED, "its execution can't be read");
			return;
		}
		execution_graph_id(job->key.graph, json_get_str(job->view, "execution_id"),
		    job->execution_graph_id);
	}
	store_op_fini(&job->op);
	job_go_on(job);
}

static bool
load_exec(struct job *job)
{
	job_ask(job, (struct store_op){ .verb = STORE_GET_EXEC, .execution = execution_of(job) },
	    heard_exec);
	return true;
}

/* ---- the end ---- */

static void
heard_settled(struct job *job)
{
	archive_job_ended(job, job->op.result == STORE_OK && job->entry != NULL);
}

static void
put_marker(struct job *job, int64_t due_ms, void (*heard)(struct job *))
{
	struct str text;

	str_init(&text, MARKER_MAX);
	marker_write(&job->marker, &text);
	must(!text.overflow);
	free(job->text);
	job->text = str_take(&text);
	job_ask(job,
	    (struct store_op){
		.verb = STORE_ARCHIVE_PUT, .text = job->text, .seq = job->due, .now_ms = due_ms },
	    heard);
}

static int64_t
next_look(const struct job *job)
{
	int64_t n = job->graph != NULL ? (int64_t)job->graph->n : 0;

	if (job->has_more)
		return loop_wall_ms(job->archive->loop);
	if (!job->moves)
		return 0;
	return loop_wall_ms(job->archive->loop) + PROGRESS_MS + n / PROGRESS_NODES;
}

static bool
settle(struct job *job)
{
	struct marker *marker = &job->marker;

	if (has_news(job))
		*marker = (struct marker){ .event = job->event,
			.at_ms = loop_wall_ms(job->archive->loop) };
	memcpy(marker->execution, job->execution, sizeof(marker->execution));
	put_marker(job, next_look(job), heard_settled);
	return true;
}

static job_step *const steps[] = { take, pick, look_at_begun, look, load_spec, load_exec,
	job_find_entry, job_put_spec, job_publish_spec, job_put_nodes, job_put_execution,
	job_publish_execution, job_put_outputs, job_put_entry, job_confirm, settle };

static void
job_skip_to_settle(struct job *job)
{
	job->step = array_len(steps) - 1;
}

static void
heard_failed(struct job *job)
{
	archive_job_ended(job, false);
}

static void
job_settle_failed(struct job *job)
{
	unsigned tries = job->marker.tries++;
	int64_t  wait = (int64_t)BACKOFF_MS << (tries < SHIFT_MOST ? tries : SHIFT_MOST);

	put_marker(job,
	    loop_wall_ms(job->archive->loop) + (wait < BACKOFF_MOST ? wait : BACKOFF_MOST),
	    heard_failed);
}

void
job_fail(struct job *job, enum cache_verdict verdict, const char *why)
{
	log_warn("archive", "tenant=%s deployment=%s graph=%s why=\"%s\"", job->key.tenant,
	    job->key.deployment, job->key.graph, why);
	snprintf(job->marker.error, sizeof(job->marker.error), "%s", why);
	job_drop_nodes(job);
	for (size_t i = 0; i < JOB_PUTS; i++)
		cache_call_fini(&job->puts[i].call);
	if (verdict == CACHE_TROUBLE) {
		archive_trouble(job->archive, why);
		job->marker.tries = 0; /* it is not its own fault: it comes first when it is over */
	}
	job_settle_failed(job);
}

void
job_go_on(struct job *job)
{
	if (job->lost) {
		archive_job_ended(job, false);
		return;
	}
	while (!steps[job->step++](job))
		must(job->step < array_len(steps));
}

/* ---- life ---- */

void
job_begin(struct job *job)
{
	struct archive *archive = job->archive;

	timer_init(&job->renew, on_renew);
	places_namespace(archive->base, job->key.tenant, job->ns);
	places_namespace(archive->graph_base, job->key.tenant, job->graph_ns);
	job_go_on(job);
}

void
job_cancel(struct job *job)
{
	struct store *store = job->archive->store;

	timer_disarm(job->archive->loop, &job->renew);
	if (job->asking)
		store_forget(store, &job->op);
	if (job->renewing)
		store_forget(store, &job->renewal);
	store_op_fini(&job->op);
	store_op_fini(&job->renewal);
	cache_call_fini(&job->call);
	job_drop_nodes(job);
	for (size_t i = 0; i < JOB_PUTS; i++) {
		cache_call_fini(&job->puts[i].call);
		free(job->puts[i].text);
	}
	graph_destroy(job->graph);
	spec_unref(job->spec);
	json_object_put(job->view);
	json_object_put(job->entry);
	free(job->spec_text);
	free(job->text);
	*job = (struct job){ .archive = job->archive };
}
