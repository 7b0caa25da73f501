/* SPDX-License-Identifier: Apache-2.0
 * reading.c - what is in the archive, for whoever does not find it in the store.
 *
 *   deployments ─► the folders of deploys/
 *   history ─────► the folders of deploys/{deployment}/ ─► the entry of each
 *   a graph ─────► its entry ─► its spec, or one of its executions */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/entry.h"
#include "archive/inside.h"
#include "util/json.h"
#include "util/mem.h"

#define GRAPHS_MAX 1000
#define FOLDERS    "data/key-based/deploys"
#define SPEC_CHILD "spec"
#define ID_CHARS \
	"0123456789abcdef-" /* of what goes into a path: an id of the service, or one of ours */

struct reading {
	struct archive      *archive;
	struct archive_read *read;
	struct cache_call    call;
	char                 ns[PLACES_NAMESPACE_SIZE];
	struct json_object  *folders; /* of ARCHIVE_HISTORY: the graphs */
	size_t               at;
	struct json_object  *found;
};

static struct reading *
reading_of(struct cache_call *call)
{
	return container_of(call, struct reading, call);
}

static struct str *
ask(struct reading *reading)
{
	cache_call_init(&reading->call, &reading->archive->cache, NULL);
	return &reading->call.url;
}

static void
reading_end(struct reading *reading)
{
	struct archive *archive = reading->archive;

	reading->read->reading = NULL;
	cache_call_fini(&reading->call);
	json_object_put(reading->folders);
	json_object_put(reading->found);
	archive->readings_n--;
	loop_bury(archive->loop, free, reading);
}

/* The JSON is taken; NULL: err is set. */
static void
answer(struct reading *reading, struct json_object *json)
{
	struct archive_read *read = reading->read;

	read->json = json;
	if (json != NULL)
		read->err.code = ERR_OK;
	reading_end(reading);
	read->done(read);
}

static void
answer_failure(struct reading *reading, const char *what)
{
	const struct cache_call *call = &reading->call;
	struct err              *err = &reading->read->err;

	if (call->verdict == CACHE_ABSENT)
		err_set(err, ERR_NOT_FOUND, "the archive has no such %s", what);
	else
		err_set(err, ERR_ARCHIVE_DOWN, "%s", call->error);
	answer(reading, NULL);
}

/* ---- a graph ---- */

static void
on_child(struct cache_call *call)
{
	if (call->verdict == CACHE_OK)
		answer(reading_of(call), json_object_get(call->json));
	else
		answer_failure(reading_of(call), "graph");
}

static void
ask_child(struct reading *reading, const char *cache_id, const char *name)
{
	struct str *url = ask(reading);

	str_addf(url, "/%s/cache/%s/data/json/%s", reading->ns, cache_id, name);
	cache_get(&reading->call, cache_expect_json, on_child);
}

static void
take_entry(struct reading *reading, struct json_object *entry, const char *id)
{
	struct archive_read *read = reading->read;
	const char          *execution =
            read->execution != NULL ? read->execution : entry_last_execution(entry);
	char cache_id[CACHE_ID_SIZE], name[128];

	if (read->what == ARCHIVE_ENTRY) {
		answer(reading, json_object_get(entry));
		return;
	}
	if (execution != NULL && strspn(execution, ID_CHARS) != strlen(execution))
		execution = NULL;
	if (read->what == ARCHIVE_EXECUTION && execution == NULL) {
		err_set(&read->err, ERR_NOT_FOUND, "there is no execution of graph \"%s\"",
		    read->key.graph);
		answer(reading, NULL);
		return;
	}
	snprintf(cache_id, sizeof(cache_id), "%s", id);
	if (read->what == ARCHIVE_EXECUTION)
		snprintf(name, sizeof(name), "executions/%s", execution);
	else
		snprintf(name, sizeof(name), SPEC_CHILD);
	ask_child(reading, cache_id, name); /* the entry is over with this */
}

static void
on_entry(struct cache_call *call)
{
	struct reading      *reading = reading_of(call);
	struct archive_read *read = reading->read;
	struct json_object  *data = json_get_object(call->json, "data");
	const char          *id = json_get_str(json_get_object(call->json, "metadata"), "cache_id");

	if (call->verdict != CACHE_OK) {
		answer_failure(reading, "graph");
	} else if (entry_check(data, read->key.tenant, read->key.graph, &read->err) != ERR_OK) {
		read->err.code = ERR_ARCHIVE_DOWN;
		answer(reading, NULL);
	} else if (id == NULL || strspn(id, ID_CHARS) != strlen(id) ||
		   !store_key_set(&read->key, read->key.tenant, json_get_str(data, "deployment_id"),
		       read->key.graph)) {
		err_set(&read->err, ERR_ARCHIVE_DOWN,
		    "the Cache Service has graph \"%s\" with an id that is none", read->key.graph);
		answer(reading, NULL);
	} else {
		take_entry(reading, data, id);
	}
}

static void
ask_entry(struct reading *reading, const char *graph_id, void (*done)(struct cache_call *))
{
	struct str *url = ask(reading);
	char        hash[PLACES_HASH_SIZE];

	places_hash(graph_id, hash);
	str_addf(url, "/%s/retrieve/hash/%s", reading->ns, hash);
	cache_get(&reading->call, cache_expect_json, done);
}

/* ---- lists ---- */

static bool
expect_list(const struct cache_call *call, struct json_object *answer)
{
	(void)call;
	return json_object_is_type(answer, json_type_array);
}

static const char *
folder_at(struct json_object *folders, size_t i)
{
	struct json_object *name = json_object_array_get_idx(folders, i);

	return json_object_is_type(name, json_type_string) ? json_object_get_string(name) : "";
}

static void
on_deployments(struct cache_call *call)
{
	struct reading     *reading = reading_of(call);
	struct json_object *list, *whole;
	struct store_key    key;

	if (call->verdict != CACHE_OK) {
		answer_failure(reading, "list");
		return;
	}
	whole = json_object_new_object();
	list = json_object_new_array();
	for (size_t i = 0; i < json_object_array_length(call->json); i++) {
		const char         *name = folder_at(call->json, i);
		struct json_object *deployment;

		if (!store_key_set(&key, reading->read->key.tenant, name, NULL))
			continue;
		deployment = json_object_new_object();
		json_set_str(deployment, "deployment_id", name);
		json_object_array_add(list, deployment);
	}
	json_set(whole, "deployments", list);
	answer(reading, whole);
}

/* When it was last begun; the empty text when never. */
static const char *
last_time(struct json_object *entry)
{
	struct json_object *executions = json_get_array(entry, "executions");
	struct json_object *last = json_object_array_length(executions) > 0
				       ? json_object_array_get_idx(executions, 0)
				       : NULL;
	const char         *time = json_get_str(last, "created_at");

	return time != NULL ? time : "";
}

static int
compare_newest(const void *a, const void *b)
{
	return strcmp(
	    last_time(*(struct json_object *const *)b), last_time(*(struct json_object *const *)a));
}

static void
answer_history(struct reading *reading)
{
	struct json_object *whole;

	if (json_object_array_length(reading->found) == 0) {
		err_set(&reading->read->err, ERR_NOT_FOUND, "there is no deployment \"%s\"",
		    reading->read->key.deployment);
		answer(reading, NULL);
		return;
	}
	json_object_array_sort(reading->found, compare_newest);
	whole = json_object_new_object();
	json_set(whole, "graphs", reading->found);
	reading->found = NULL;
	answer(reading, whole);
}

static void on_entry_of_many(struct cache_call *call);

static void
ask_next_entry(struct reading *reading)
{
	const struct archive_read *read = reading->read;
	struct store_key           key;

	while (reading->at < json_object_array_length(reading->folders) &&
	       json_object_array_length(reading->found) < GRAPHS_MAX) {
		const char *graph = folder_at(reading->folders, reading->at++);

		if (!store_key_set(&key, read->key.tenant, read->key.deployment, graph))
			continue;
		ask_entry(reading, graph, on_entry_of_many);
		return;
	}
	answer_history(reading);
}

static void
on_entry_of_many(struct cache_call *call)
{
	struct reading      *reading = reading_of(call);
	struct archive_read *read = reading->read;
	struct json_object  *data = json_get_object(call->json, "data");
	const char          *graph = folder_at(reading->folders, reading->at - 1);
	enum err_code        code;

	if (call->verdict != CACHE_OK && call->verdict != CACHE_ABSENT) {
		answer_failure(reading, "graph");
		return;
	}
	code = entry_check(data, read->key.tenant, graph, &read->err);
	if (code == ERR_ARCHIVE_DOWN) {
		answer(reading, NULL);
		return;
	}
	if (code == ERR_OK && str_eq(json_get_str(data, "deployment_id"), read->key.deployment))
		json_object_array_add(reading->found, json_object_get(data));
	ask_next_entry(reading);
}

static void
on_graphs(struct cache_call *call)
{
	struct reading *reading = reading_of(call);

	if (call->verdict != CACHE_OK) {
		answer_failure(reading, "deployment");
		return;
	}
	reading->folders = json_object_get(call->json);
	reading->found = json_object_new_array();
	ask_next_entry(reading);
}

static void
ask_folders(struct reading *reading, const char *below, void (*done)(struct cache_call *))
{
	str_addf(ask(reading), "/admin/storage/folders/%s/" FOLDERS "%s%s", reading->ns,
	    below[0] != '\0' ? "/" : "", below);
	cache_get(&reading->call, expect_list, done);
}

/* ---- public ---- */

void
archive_read_start(struct archive *archive, struct archive_read *read)
{
	struct reading *reading = xcalloc(1, sizeof(*reading));

	must(read->reading == NULL);
	json_object_put(read->json);
	read->json = NULL;
	read->reading = reading;
	reading->archive = archive;
	reading->read = read;
	archive->readings_n++;
	places_namespace(archive->base, read->key.tenant, reading->ns);
	switch (read->what) {
	case ARCHIVE_DEPLOYMENTS: ask_folders(reading, "", on_deployments); return;
	case ARCHIVE_HISTORY: ask_folders(reading, read->key.deployment, on_graphs); return;
	case ARCHIVE_ENTRY:
	case ARCHIVE_SPEC:
	case ARCHIVE_EXECUTION: ask_entry(reading, read->key.graph, on_entry); return;
	case ARCHIVE_WHATS_N: break;
	}
	must(!"no such thing is in the archive");
}

void
archive_read_fini(struct archive_read *read)
{
	if (read->reading != NULL)
		reading_end(read->reading);
	json_object_put(read->json);
	read->json = NULL;
}
