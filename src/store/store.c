/* SPDX-License-Identifier: Apache-2.0
 * store.c - what every kind of store has in common: dispatch, keys, names, what an op owns. */
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#include "store/pages.h"
#include "util/mem.h"

enum {
	NEED_TENANT = 1,
	NEED_DEPLOYMENT = 2,
	NEED_GRAPH = 4,
	NEED_TEXT = 8,
	NEED_PLAN = 16,
	NEED_ONCE = 32
};

#define NEED_ALL (NEED_TENANT | NEED_DEPLOYMENT | NEED_GRAPH)

static const struct verb_row {
	bool is_known;
	int  needs;
} verbs[STORE_VERBS_N] = {
	[STORE_PUT_SPEC] = { true, NEED_ALL | NEED_TEXT },
	[STORE_GET_SPEC] = { true, NEED_ALL },
	[STORE_BEGIN] = { true, NEED_ALL },
	[STORE_APPEND] = { true, NEED_ALL },
	[STORE_RENEW] = { true, NEED_ALL },
	[STORE_RELEASE] = { true, NEED_TENANT | NEED_DEPLOYMENT },
	[STORE_PARK] = { true, NEED_TENANT | NEED_DEPLOYMENT | NEED_GRAPH },
	[STORE_FINISH] = { true, NEED_ALL },
	[STORE_HOLDER] = { true, NEED_TENANT | NEED_DEPLOYMENT },
	[STORE_GET_EXEC] = { true, NEED_ALL },
	[STORE_GET_HEADER] = { true, NEED_ALL },
	[STORE_EVENTS] = { true, NEED_ALL },
	[STORE_TOLD] = { true, NEED_TENANT },
	[STORE_HOOK] = { true, NEED_TENANT | NEED_TEXT },
	[STORE_FIND] = { true, NEED_TENANT | NEED_GRAPH },
	[STORE_DEPLOYMENTS] = { true, NEED_TENANT },
	[STORE_HISTORY] = { true, NEED_TENANT | NEED_DEPLOYMENT },
	[STORE_FORGET] = { true, NEED_TENANT | NEED_DEPLOYMENT },
	[STORE_PLANNED] = { true, 0 },
	[STORE_PLANNED_FORGET] = { true, NEED_ALL },
	[STORE_UNFINISHED] = { true, 0 },
	[STORE_ARCHIVE_DUE] = { true, 0 },
	[STORE_ARCHIVE_GET] = { true, NEED_ALL },
	[STORE_ARCHIVE_TAKE] = { true, NEED_ALL },
	[STORE_ARCHIVE_PUT] = { true, NEED_ALL | NEED_TEXT },
	[STORE_VERIFIED_GET] = { true, NEED_TENANT | NEED_DEPLOYMENT },
	[STORE_VERIFIED_PUT] = { true, NEED_ALL | NEED_TEXT },
	[STORE_PLAN_PUT] = { true, NEED_ALL | NEED_TEXT | NEED_PLAN },
	[STORE_PLAN_GET] = { true, NEED_ALL | NEED_PLAN },
	[STORE_ACCESS_GET] = { true, 0 },
	[STORE_ACCESS_PUT] = { true, 0 },
	[STORE_ONCE_TAKE] = { true, NEED_TENANT | NEED_TEXT | NEED_ONCE },
	[STORE_ONCE_PUT] = { true, NEED_TENANT | NEED_ONCE },
};

static const char *const result_names[] = {
	[STORE_PENDING] = "pending",
	[STORE_OK] = "ok",
	[STORE_ABSENT] = "absent",
	[STORE_EXISTS] = "exists",
	[STORE_LEFT] = "left",
	[STORE_STALE] = "stale",
	[STORE_FENCED] = "fenced",
	[STORE_DOWN] = "down",
	[STORE_UNKNOWN] = "unknown",
	[STORE_LOST] = "lost",
	[STORE_FAILED] = "failed",
};
_Static_assert(array_len(result_names) == STORE_RESULTS_N, "each result has its name");

static void
op_check(const struct store_op *op)
{
	must(op->verb < STORE_VERBS_N);
	must(verbs[op->verb].is_known);
	must(op->done != NULL);
	must(!(verbs[op->verb].needs & NEED_TENANT) || op->key.tenant[0] != '\0');
	must(!(verbs[op->verb].needs & NEED_DEPLOYMENT) || op->key.deployment[0] != '\0');
	must(!(verbs[op->verb].needs & NEED_GRAPH) || op->key.graph[0] != '\0');
	must(!(verbs[op->verb].needs & NEED_TEXT) || op->text != NULL);
	must(!(verbs[op->verb].needs & NEED_PLAN) || op->plan != NULL);
	must(!(verbs[op->verb].needs & NEED_ONCE) || (op->once != NULL && op->holder != NULL));
	must(op->how < STORE_ONCES_N);
	must(op->plan == NULL || strpbrk(op->plan, ": ") == NULL);
	must(op->verb != STORE_BEGIN || op->text == NULL || op->execution != NULL);
	must(op->execution == NULL || (strpbrk(op->execution, ": ") == NULL &&
					  strlen(op->execution) < STORE_EXECUTION_SIZE));
	must(op->now_ms >= 0);
	must(op->fields_n <= STORE_BATCH_MAX);
	must(op->events_n <= STORE_BATCH_MAX - op->fields_n);
}

void
store_start(struct store *store, struct store_op *op)
{
	op_check(op);
	store_op_fini(op);
	op->result = STORE_PENDING;
	op->error[0] = '\0';
	op->fence_out = 0;
	op->seq_out = 0;
	op->next = NULL;
	op->impl = NULL;
	store->start(store, op);
}

void
store_forget(struct store *store, struct store_op *op)
{
	store->forget(store, op);
}

void
store_listen(struct store *store, store_listener *told, void *arg)
{
	if (store->listen != NULL)
		store->listen(store, told, arg);
}

bool
store_is_up(const struct store *store)
{
	return store_why(store)[0] == '\0';
}

const char *
store_why(const struct store *store)
{
	return store->why(store);
}

void
store_destroy(struct store *store)
{
	if (store != NULL)
		store->destroy(store);
}

const char *
store_result_name(enum store_result result)
{
	must(result < STORE_RESULTS_N);
	return result_names[result];
}

/* ---- keys ---- */

static const char tenant_chars[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
static const char deployment_chars[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
static const char graph_chars[] = "0123456789abcdef";

/* Copies a part whose characters are all of a set, and whose length is between the two. */
static bool
part_set(char *out, const char *part, const char *chars, size_t len_min, size_t len_max)
{
	size_t len = strspn(part, chars);

	if (part[len] != '\0' || len < len_min || len > len_max)
		return false;
	memcpy(out, part, len + 1);
	return true;
}

bool
store_key_set(struct store_key *key, const char *tenant, const char *deployment, const char *graph)
{
	struct store_key checked = { 0 };

	if (!part_set(checked.tenant, tenant, tenant_chars, 1, STORE_TENANT_SIZE - 1))
		return false;
	if (deployment != NULL && !part_set(checked.deployment, deployment, deployment_chars, 1,
				      STORE_DEPLOYMENT_SIZE - 1))
		return false;
	if (graph != NULL &&
	    !part_set(checked.graph, graph, graph_chars, STORE_ID_SIZE - 1, STORE_ID_SIZE - 1))
		return false;
	*key = checked;
	return true;
}

bool
store_key_read(struct store_key *key, const char *name)
{
	char  text[STORE_TENANT_SIZE + STORE_DEPLOYMENT_SIZE + STORE_ID_SIZE];
	char *deployment, *graph;

	if (strlen(name) >= sizeof(text))
		return false;
	memcpy(text, name, strlen(name) + 1);
	deployment = strchr(text, ':');
	graph = deployment != NULL ? strchr(deployment + 1, ':') : NULL;
	if (graph == NULL)
		return false;
	*deployment++ = '\0';
	*graph++ = '\0';
	return store_key_set(key, text, deployment, graph);
}

const char *
store_execution_read(struct store_key *key, const char *name)
{
	char   graph[STORE_ID_SIZE];
	size_t len = strlen(name);

	if (len <= STORE_ID_SIZE || len - STORE_ID_SIZE >= STORE_EXECUTION_SIZE ||
	    name[STORE_ID_SIZE - 1] != ':')
		return NULL;
	memcpy(graph, name, STORE_ID_SIZE - 1);
	graph[STORE_ID_SIZE - 1] = '\0';
	if (!store_key_set(key, key->tenant, key->deployment, graph))
		return NULL;
	return name + STORE_ID_SIZE;
}

/* ---- what an op owns ---- */

void
store_op_fini(struct store_op *op)
{
	free(op->text_out);
	free(op->items_out); /* names and texts lie in the same block */
	pages_destroy(op->pages);
	op->text_out = NULL;
	op->items_out = NULL;
	op->items_n = 0;
	op->pages = NULL;
}

void
store_op_set_text(struct store_op *op, const char *text)
{
	free(op->text_out);
	op->text_out = xstrdup(text);
}

static size_t
text_size(const char *text)
{
	return text != NULL ? strlen(text) + 1 : 0;
}

static const char *
text_pack(char **at, const char *text)
{
	size_t size = text_size(text);

	if (size == 0)
		return NULL;
	*at += size;
	return memcpy(*at - size, text, size);
}

/* One block for the items and all their text: a page of events is one allocation. */
void
store_op_set_items(struct store_op *op, const struct store_item *items, size_t n)
{
	size_t bytes = n * sizeof(*items);
	char  *at;

	must(n <= SIZE_MAX / 2 / sizeof(*items));
	for (size_t i = 0; i < n; i++)
		bytes += text_size(items[i].name) + text_size(items[i].text);
	free(op->items_out);
	op->items_out = xmalloc(bytes);
	op->items_n = n;
	at = (char *)(op->items_out + n);
	for (size_t i = 0; i < n; i++) {
		op->items_out[i].name = text_pack(&at, items[i].name);
		op->items_out[i].text = text_pack(&at, items[i].text);
		op->items_out[i].number = items[i].number;
	}
}

/* ---- answers ---- */

static void
on_answer(struct task *task)
{
	struct store_op *op = container_of(task, struct store_op, task);

	op->done(op);
}

unsigned
store_op_lane(const struct store_op *op)
{
	return op->key.tenant[0] != '\0' ? lane_of(op->key.tenant) : 0;
}

void
store_op_answer(struct loop *loop, struct store_op *op)
{
	must(op->result != STORE_PENDING);
	task_init(&op->task, on_answer);
	task_set_lane(loop, &op->task, op->at_once ? 0 : store_op_lane(op));
	if (op->may_breathe)
		task_may_breathe(&op->task);
	task_wake(loop, &op->task);
}

void
store_op_forget_answer(struct loop *loop, struct store_op *op)
{
	task_cancel(loop, &op->task);
}

/* ---- queues of ops ---- */

void
store_queue_push(struct store_queue *queue, struct store_op *op)
{
	op->next = NULL;
	if (queue->tail != NULL)
		queue->tail->next = op;
	else
		queue->head = op;
	queue->tail = op;
	queue->n++;
}

struct store_op *
store_queue_pop(struct store_queue *queue)
{
	struct store_op *op = queue->head;

	if (op == NULL)
		return NULL;
	queue->head = op->next;
	if (queue->head == NULL)
		queue->tail = NULL;
	queue->n--;
	op->next = NULL;
	return op;
}

bool
store_queue_drop(struct store_queue *queue, struct store_op *op)
{
	struct store_op *before = NULL;

	for (struct store_op *at = queue->head; at != NULL; before = at, at = at->next) {
		if (at != op)
			continue;
		if (before != NULL)
			before->next = op->next;
		else
			queue->head = op->next;
		if (queue->tail == op)
			queue->tail = before;
		queue->n--;
		op->next = NULL;
		return true;
	}
	return false;
}
