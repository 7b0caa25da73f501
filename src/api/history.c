/* SPDX-License-Identifier: Apache-2.0
 * history.c - what there was: the deployments of a tenant, and the executions of one. From the store, else from the archive. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/exchange.h"
#include "api/last_found.h"
#include "api/pages.h"
#include "api/routes.h"
#include "engine/view.h"
#include "util/check.h"
#include "util/json.h"

#define GRAPHS_MAX  100
#define CURSOR_SIZE (STORE_DEPLOYMENT_SIZE + 24)

struct listing {
	struct exchange_part part;
	struct json_object  *list;     /* the deployments, or the executions; owned */
	size_t               filled_n; /* of which so many are filled in */
	size_t               n;        /* at most so many are on a page */
	uint64_t             next;     /* goes on below this number; 0: there are no more */
	bool                 is_first;
	uint64_t             number; /* of deployments: behind this one; 0: from the first on */
	char                 after[STORE_DEPLOYMENT_SIZE];
};

static void
fini(struct exchange_part *part)
{
	json_put(((struct listing *)part)->list);
}

static const struct exchange_part_type listing_type = { sizeof(struct listing), NULL, fini };

static struct listing *
listing_of(struct exchange *x)
{
	return exchange_part(x, &listing_type);
}

static bool
is_for_archive(struct exchange *x)
{
	return api_options_of(x->api)->archive != NULL &&
	       (x->op.result == STORE_ABSENT || x->op.items_n == 0);
}

static void
reply_list(struct exchange *x, const char *name, struct json_object *list, const char *source)
{
	struct json_object *body = json_object_new_object();

	if (x->key.deployment[0] != '\0')
		json_set_str(body, "deployment_id", x->key.deployment);
	json_set(body, name, list);
	json_set_str(body, "source", source);
	reply_json(x, 200, body);
}

/* ---- deployments ---- */

static void
on_archived_deployments(struct exchange *x)
{
	struct json_object *list = json_get_array(x->archived.json, "deployments");

	reply_list(x, "deployments", list != NULL ? json_object_get(list) : json_object_new_array(),
	    "archive");
}

/* Of one time, the last by name are first. */
static bool
is_before_page(const struct listing *l, const struct store_item *item)
{
	return l->after[0] != '\0' && item->number == l->number &&
	       strcmp(item->name, l->after) >= 0;
}

static struct json_object *
show_deployment(const struct store_item *item)
{
	struct json_object *deployment = json_object_new_object();

	json_set_str(deployment, "deployment_id", item->name);
	json_set_time(deployment, "last_begun_at", (int64_t)item->number);
	return deployment;
}

static void
on_last_found(struct exchange *x)
{
	const struct listing *l = listing_of(x);
	struct json_object   *body = json_object_new_object();
	char                  cursor[CURSOR_SIZE];

	json_set(body, "deployments", json_object_get(l->list));
	json_set_str(body, "source", "store");
	if (l->next > 0) {
		snprintf(cursor, sizeof(cursor), "%" PRIu64 "-%s", l->next, l->after);
		page_next(x, body, l->n, cursor);
	}
	reply_json(x, 200, body);
}

static void
on_deployments(struct exchange *x)
{
	struct listing          *l = listing_of(x);
	const struct store_item *last = NULL;
	size_t                   i;

	l->list = json_object_new_array();
	for (i = 0; i < x->op.items_n && json_object_array_length(l->list) < l->n; i++) {
		if (is_before_page(l, &x->op.items_out[i]))
			continue;
		last = &x->op.items_out[i];
		json_object_array_add(l->list, show_deployment(last));
	}
	if (last != NULL && (i < x->op.items_n || i == STORE_PAGE_MAX)) {
		l->next = last->number;
		snprintf(l->after, sizeof(l->after), "%s", last->name);
	}
	last_found_add(x, l->list, on_last_found);
}

static void
on_first_deployments(struct exchange *x)
{
	if (is_for_archive(x))
		exchange_ask_archive(x, ARCHIVE_DEPLOYMENTS, on_archived_deployments);
	else
		on_deployments(x);
}

/* "<number>-<name>" of the last one of a page. False: it is none, and that was answered. */
static bool
read_place(struct exchange *x)
{
	struct listing *l = listing_of(x);
	char            text[CURSOR_SIZE];
	const char     *given = http_query(x->request, "cursor", text, sizeof(text));
	char           *name = given != NULL ? strchr(text, '-') : NULL;
	struct err      err;

	if (given == NULL)
		return true;
	if (name != NULL) {
		*name++ = '\0';
		snprintf(l->after, sizeof(l->after), "%s", name);
		if (str_to_u64(text, &l->number) && l->number > 0 &&
		    store_key_set(&x->key, x->tenant, l->after, NULL))
			return true;
	}
	err_set(&err, ERR_BAD_REQUEST, "cursor: the next_cursor of a page is wanted");
	reply_err(x, &err);
	return false;
}

void
handle_deployments(struct exchange *x)
{
	struct listing *l = listing_of(x);

	if (!page_limit(x, &l->n) || !read_place(x))
		return;
	must(store_key_set(&x->key, x->tenant, NULL, NULL));
	exchange_ask_op(x, &(struct store_op){ .verb = STORE_DEPLOYMENTS, .seq = l->number },
	    l->number == 0 ? on_first_deployments : on_deployments);
}

/* ---- the executions of one ---- */

/* As a header in the store or a summary in the archive has it. */
static struct json_object *
execution_of(const char *graph_id, const char *execution_id, struct json_object *header)
{
	static const char *const members[] = { "version", "kind", "mode", "status", "reason",
		"actor", "on_behalf_of", "traceparent", "created_at", "completed_at",
		"duration_seconds", "success", "summary" };
	struct json_object      *execution = json_object_new_object();

	if (json_has(header, "status"))
		view_header(header);
	json_set_str(execution, "graph_id", graph_id);
	json_set_str(execution, "execution_id", execution_id);
	for (size_t i = 0; i < array_len(members); i++) {
		if (json_has(header, members[i]))
			json_set(
			    execution, members[i], json_object_get(json_get(header, members[i])));
	}
	return execution;
}

/* By its last execution. */
static struct json_object *
graph_of(struct json_object *execution)
{
	static const char *const members[] = { "graph_id", "version", "execution_id", "kind",
		"mode", "status", "reason", "actor", "created_at", "completed_at" };
	struct json_object      *graph = json_object_new_object();

	for (size_t i = 0; i < array_len(members); i++)
		json_set_str(graph, members[i], json_get_str(execution, members[i]));
	return graph;
}

static bool
is_listed(struct json_object *list, const char *graph_id)
{
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		if (str_eq(json_get_str(json_object_array_get_idx(list, i), "graph_id"), graph_id))
			return true;
	}
	return false;
}

/* The list has the executions of the page, and behind it what else is needed for the graphs. */
static void
reply_history(struct exchange *x, const char *source)
{
	struct listing     *l = listing_of(x);
	struct json_object *body = json_object_new_object();
	struct json_object *graphs = json_object_new_array();
	struct json_object *executions = json_object_new_array();
	char                cursor[CURSOR_SIZE];

	for (size_t i = 0; i < json_object_array_length(l->list); i++) {
		struct json_object *execution = json_object_array_get_idx(l->list, i);

		if (l->is_first && json_object_array_length(graphs) < GRAPHS_MAX &&
		    !is_listed(graphs, json_get_str(execution, "graph_id")))
			json_object_array_add(graphs, graph_of(execution));
		if (i < l->n)
			json_object_array_add(executions, json_object_get(execution));
	}
	json_set_str(body, "deployment_id", x->key.deployment);
	json_set(body, "executions", executions);
	if (l->next > 0) {
		snprintf(cursor, sizeof(cursor), "%" PRIu64, l->next);
		page_next(x, body, l->n, cursor);
	}
	json_set(body, "graphs", graphs);
	json_set_str(body, "source", source);
	reply_json(x, 200, body);
}

static void
reply_unknown(struct exchange *x, const char *deployment_id)
{
	struct err err;

	err_set(&err, ERR_NOT_FOUND, "there is no deployment \"%s\"", deployment_id);
	reply_err(x, &err);
}

/* ---- from the archive ---- */

static int
compare_newest(const void *a, const void *b)
{
	const char *left = json_get_str(*(struct json_object *const *)a, "created_at");
	const char *right = json_get_str(*(struct json_object *const *)b, "created_at");

	return strcmp(right != NULL ? right : "", left != NULL ? left : "");
}

static void
list_archived(struct exchange *x, struct json_object *entry)
{
	struct listing     *l = listing_of(x);
	struct json_object *executions = json_get_array(entry, "executions");
	const char         *graph_id = json_get_str(entry, "graph_id");

	for (size_t i = 0; i < json_object_array_length(executions); i++) {
		struct json_object *summary = json_object_array_get_idx(executions, i);

		json_object_array_add(l->list,
		    execution_of(graph_id, json_get_str(summary, "execution_id"), summary));
	}
}

/* All at once: it has no pages. */
static void
on_archived_history(struct exchange *x)
{
	struct listing     *l = listing_of(x);
	struct json_object *graphs = json_get_array(x->archived.json, "graphs");
	size_t              n = graphs != NULL ? json_object_array_length(graphs) : 0;

	if (x->archived.err.code != ERR_OK) {
		reply_err(x, &x->archived.err);
		return;
	}
	l->list = json_object_new_array();
	for (size_t i = 0; i < n; i++)
		list_archived(x, json_object_array_get_idx(graphs, i));
	json_object_array_sort(l->list, compare_newest);
	reply_history(x, "archive");
}

/* ---- from the store ---- */

static void on_header(struct exchange *x);

/* The next one's; at the end of the list it is answered. */
static void
ask_header(struct exchange *x)
{
	struct listing     *l = listing_of(x);
	struct json_object *execution = json_object_array_get_idx(l->list, l->filled_n);
	struct store_op     ask = { .verb = STORE_GET_HEADER };

	if (execution == NULL) {
		reply_history(x, "store");
		return;
	}
	must(store_key_set(
	    &x->key, x->tenant, x->key.deployment, json_get_str(execution, "graph_id")));
	ask.execution = json_get_str(execution, "execution_id");
	exchange_ask_op(x, &ask, on_header);
}

/* Of one that older versions have forgotten, or that is being forgotten now, only its time is known. */
static void
on_header(struct exchange *x)
{
	struct listing     *l = listing_of(x);
	struct json_object *known = json_object_array_get_idx(l->list, l->filled_n);
	struct json_object *header = NULL;

	if (x->op.result == STORE_OK)
		header = json_read(x->op.text_out, strlen(x->op.text_out), NULL);
	json_object_array_put_idx(l->list, l->filled_n,
	    execution_of(x->key.graph, json_get_str(known, "execution_id"),
		header != NULL ? header : known));
	json_object_put(header);
	l->filled_n++;
	ask_header(x);
}

/* Of the first ones all are listed; of what is behind them, who tells of a graph. */
static void
list_item(struct exchange *x, const struct store_item *item)
{
	struct listing     *l = listing_of(x);
	struct store_key    key = x->key;
	const char         *id = store_execution_read(&key, item->name);
	struct json_object *execution;
	bool                is_on_page = json_object_array_length(l->list) < l->n;

	if (id == NULL || (!is_on_page && (!l->is_first || is_listed(l->list, key.graph))))
		return;
	execution = json_object_new_object();
	json_set_str(execution, "graph_id", key.graph);
	json_set_str(execution, "execution_id", id);
	json_set_time(execution, "created_at", (int64_t)item->number);
	json_object_array_add(l->list, execution);
}

static void
on_history(struct exchange *x)
{
	struct listing *l = listing_of(x);
	if (l->is_first && is_for_archive(x)) {
		exchange_ask_archive(x, ARCHIVE_HISTORY, on_archived_history);
		return;
	}
	if (l->is_first && x->op.items_n == 0) {
		reply_unknown(x, x->key.deployment);
		return;
	}
	l->list = json_object_new_array();
	for (size_t i = 0; i < x->op.items_n; i++) {
		list_item(x, &x->op.items_out[i]);
		if (i + 1 == l->n && (i + 1 < x->op.items_n || l->n == STORE_PAGE_MAX))
			l->next = x->op.items_out[i].number;
	}
	ask_header(x);
}

/* ---- the request ---- */

void
handle_history(struct exchange *x)
{
	struct listing *l = listing_of(x);
	uint64_t        before = 0;

	if (!page_limit(x, &l->n) || !page_number(x, "cursor", INT64_MAX, &before))
		return;
	l->is_first = before == 0;
	if (store_key_set(&x->key, x->tenant, x->parameter, NULL))
		exchange_ask_op(
		    x, &(struct store_op){ .verb = STORE_HISTORY, .seq = before }, on_history);
	else
		reply_unknown(x, x->parameter);
}
