/* SPDX-License-Identifier: Apache-2.0
 * job_write.c - the steps of a job that ask the services.
 *
 * What is stored twice under one key gets two ids over one content. So each is looked for first, by the hash of the
 * graph id, and stored only when it is not there; who else could store it at that moment would have to have taken
 * the graph (STORE_ARCHIVE_TAKE). No id is remembered: the service is asked again after a restart of anything. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/entry.h"
#include "archive/execution_graph.h"
#include "engine/view.h"
#include "archive/inside.h"
#include "util/json.h"
#include "util/mem.h"

#define NAME_SIZE 128

static struct job *
job_of(struct cache_call *call)
{
	return container_of(call, struct job, call);
}

/* Of the execution that is archived. */
const char *
job_trace(const struct job *job)
{
	return json_get_str(job->view, "traceparent");
}

static struct str *
ask(struct job *job, struct sister *sister)
{
	cache_call_init(&job->call, sister, job_trace(job));
	return &job->call.url;
}

/* The document that is on its way; the JSON is put. */
static void
set_text(struct job *job, struct json_object *json)
{
	const char *text = json_text_len(json, &job->text_len);

	free(job->text);
	job->text = xstrndup(text, job->text_len);
	json_object_put(json);
}

static void
on_written(struct cache_call *call)
{
	struct job *job = job_of(call);

	if (call->verdict == CACHE_OK)
		job_go_on(job);
	else
		job_fail(job, call->verdict, call->error);
}

/* ---- the entry ---- */

static bool
take_cache_id(struct job *job, const char *id)
{
	if (id == NULL || strlen(id) >= sizeof(job->cache_id) ||
	    strspn(id, "0123456789abcdef-") != strlen(id))
		return false;
	memcpy(job->cache_id, id, strlen(id) + 1);
	return true;
}

static void
on_entry_stored(struct cache_call *call)
{
	struct job *job = job_of(call);

	if (call->verdict != CACHE_OK)
		job_fail(job, call->verdict, call->error);
	else if (!take_cache_id(job, json_get_str(call->json, "cache_id")))
		job_fail(job, CACHE_REFUSED, "the Cache Service has answered with no id");
	else
		job_go_on(job);
}

static void
store_entry(struct job *job)
{
	struct str *url = ask(job, &job->archive->cache);

	job->entry = entry_create(&job->key, job->spec->version);
	set_text(job, json_object_get(job->entry));
	str_addf(url, "/%s/key_based/store/json/", job->ns);
	places_entry(&job->key, url);
	str_add(url, "?file_id=" PLACES_ENTRY_FILE "&json_field_path=" PLACES_ENTRY_FIELD);
	cache_post(&job->call, job->text, job->text_len, cache_expect_stored, on_entry_stored);
}

static void
on_entry_found(struct cache_call *call)
{
	struct job         *job = job_of(call);
	struct json_object *data = json_get_object(call->json, "data");
	const char         *id = json_get_str(json_get_object(call->json, "metadata"), "cache_id");
	struct err          err;

	if (call->verdict == CACHE_ABSENT) {
		store_entry(job);
	} else if (call->verdict != CACHE_OK) {
		job_fail(job, call->verdict, call->error);
	} else if (entry_check(data, job->key.tenant, job->key.graph, &err) != ERR_OK) {
		job_fail(job, CACHE_REFUSED, err.detail);
	} else if (!take_cache_id(job, id)) {
		job_fail(job, CACHE_REFUSED, "the Cache Service has answered with no id");
	} else {
		job->entry = json_copy(data);
		job->entry_event = entry_event(job->entry, job->execution);
		job_go_on(job);
	}
}

bool
job_find_entry(struct job *job)
{
	struct str *url = ask(job, &job->archive->cache);
	char        hash[PLACES_HASH_SIZE];

	places_hash(job->key.graph, hash);
	str_addf(url, "/%s/retrieve/hash/%s", job->ns, hash);
	cache_get(&job->call, cache_expect_json, on_entry_found);
	return true;
}

bool
job_put_entry(struct job *job)
{
	struct archive *archive = job->archive;
	struct str     *url = ask(job, &archive->cache);

	if (job->view != NULL)
		entry_put_execution(job->entry, job->view, job->execution_graph_id);
	entry_confirm(job->entry, job->event, archive->graph.url != NULL ? job->graph_ns : NULL,
	    loop_wall_ms(archive->loop));
	set_text(job, json_object_get(job->entry));
	str_addf(url, "/%s/update/%s/json", job->ns, job->cache_id);
	cache_post(&job->call, job->text, job->text_len, cache_expect_updated, on_written);
	return true;
}

/* ---- its children ---- */

static bool
put_child(struct job *job, const char *name, const char *text, size_t len)
{
	ask(job, &job->archive->cache);
	cache_put_child(&job->call, job->ns, job->cache_id, name, text, len, on_written);
	return true;
}

bool
job_put_spec(struct job *job)
{
	if (entry_has_spec(job->entry))
		return false;
	return put_child(job, "spec", job->spec_text, strlen(job->spec_text));
}

bool
job_put_execution(struct job *job)
{
	struct graph *graph;
	char          name[NAME_SIZE];

	if (job->view == NULL)
		return false;
	graph = view_graph(job->spec, job->view);
	set_text(job, execution_to_mgraph(graph, job->view));
	graph_destroy(graph);
	snprintf(name, sizeof(name), "executions/%s", job->execution);
	return put_child(job, name, job->text, job->text_len);
}

bool
job_put_outputs(struct job *job)
{
	char name[NAME_SIZE];

	if (job->view == NULL)
		return false;
	set_text(job, json_object_get(json_get(job->view, "outputs")));
	snprintf(name, sizeof(name), "outputs/%s", job->execution);
	return put_child(job, name, job->text, job->text_len);
}

/* ---- for the Graph Service ---- */

static void
store_graph(struct job *job, const char *graph_id, const char *text, size_t len)
{
	struct str *url = ask(job, &job->archive->cache);

	str_addf(url,
	    "/%s/key_based/store/json/graphs/%s?file_id=" PLACES_GRAPH_FILE
	    "&json_field_path=" PLACES_GRAPH_FIELD,
	    job->graph_ns, graph_id);
	cache_post(&job->call, text, len, cache_expect_stored, on_written);
}

static void
find_graph(struct job *job, const char *graph_id, void (*found)(struct cache_call *))
{
	struct str *url = ask(job, &job->archive->cache);
	char        hash[PLACES_HASH_SIZE];

	places_hash(graph_id, hash);
	str_addf(url, "/%s/retrieve/hash/%s/cache-id", job->graph_ns, hash);
	cache_get(&job->call, cache_expect_stored, found);
}

/* It never changes. */
static void
on_spec_found(struct cache_call *call)
{
	struct job *job = job_of(call);

	if (call->verdict == CACHE_ABSENT)
		store_graph(job, job->key.graph, job->spec_text, strlen(job->spec_text));
	else
		on_written(call);
}

bool
job_publish_spec(struct job *job)
{
	bool is_there = str_eq(json_get_str(job->entry, "graph_namespace"), job->graph_ns);

	if (job->archive->graph.url == NULL || is_there)
		return false;
	find_graph(job, job->key.graph, on_spec_found);
	return true;
}

static void
on_execution_found(struct cache_call *call)
{
	struct job *job = job_of(call);
	char        id[CACHE_ID_SIZE];
	struct str *url;

	if (call->verdict == CACHE_ABSENT) {
		store_graph(job, job->execution_graph_id, job->text, job->text_len);
	} else if (call->verdict != CACHE_OK) {
		job_fail(job, call->verdict, call->error);
	} else {
		snprintf(id, sizeof(id), "%s", json_get_str(call->json, "cache_id"));
		url = ask(job, &job->archive->cache);
		str_addf(url, "/%s/update/", job->graph_ns);
		str_add_percent(url, id, strlen(id), NULL);
		str_add(url, "/json");
		cache_post(&job->call, job->text, job->text_len, cache_expect_updated, on_written);
	}
}

/* What job_put_execution() has made. */
bool
job_publish_execution(struct job *job)
{
	if (job->archive->graph.url == NULL || job->view == NULL)
		return false;
	find_graph(job, job->execution_graph_id, on_execution_found);
	return true;
}

/* The Graph Service finds it: it looks into the same Cache Service. */
bool
job_confirm(struct job *job)
{
	struct json_object *ref;

	if (job->archive->graph.url == NULL)
		return false;
	ref = json_object_new_object();
	json_set_str(ref, "cache_id", "");
	json_set_str(ref, "graph_id", job->view != NULL ? job->execution_graph_id : job->key.graph);
	json_set_str(ref, "namespace", job->graph_ns);
	set_text(job, ref);
	str_add(ask(job, &job->archive->graph), "/graph-crud/exists");
	cache_post(&job->call, job->text, job->text_len, cache_expect_exists, on_written);
	return true;
}
