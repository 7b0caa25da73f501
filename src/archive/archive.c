/* SPDX-License-Identifier: Apache-2.0
 * archive.c - rounds: what is due is listed, and worked off by a few jobs at a time. */
#include "archive/archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/inside.h"
#include "util/json.h"
#include "util/log.h"
#include "util/mem.h"

#define ROUND_US       1000000
#define PAUSE_LEAST_US 500000
#define PAUSE_MOST_US  10000000

/* ---- jobs ---- */

void
archive_job_ended(struct job *job, bool is_done)
{
	struct archive *archive = job->archive;

	if (is_done) {
		archive->pause_us = 0;
		archive->error[0] = '\0';
		archive->last_ms = loop_wall_ms(archive->loop);
	}
	job_cancel(job);
	task_wake(archive->loop, &archive->task);
}

void
archive_trouble(struct archive *archive, const char *why)
{
	int64_t twice = archive->pause_us * 2;

	snprintf(archive->error, sizeof(archive->error), "%s", why);
	if (loop_now_us(archive->loop) < archive->resume_us)
		return; /* another job has met it, too */
	archive->pause_us = twice < PAUSE_LEAST_US  ? PAUSE_LEAST_US
			    : twice < PAUSE_MOST_US ? twice
						    : PAUSE_MOST_US;
	archive->resume_us = loop_now_us(archive->loop) + archive->pause_us;
}

/* NULL: all are busy, or one is at this graph already. */
static struct job *
job_for(struct archive *archive, const struct store_key *key)
{
	struct job *found = NULL;

	for (size_t i = 0; i < ARCHIVE_JOBS; i++) {
		struct job *job = &archive->jobs[i];

		if (!job->busy)
			found = job;
		else if (memcmp(&job->key, key, sizeof(*key)) == 0)
			return NULL;
	}
	return found;
}

static bool
has_room(const struct archive *archive)
{
	for (size_t i = 0; i < ARCHIVE_JOBS; i++) {
		if (!archive->jobs[i].busy)
			return true;
	}
	return false;
}

static void
begin(struct archive *archive, const struct store_item *item)
{
	struct store_key key;
	struct job      *job;

	if (!store_key_read(&key, item->name))
		return;
	job = job_for(archive, &key);
	if (job == NULL)
		return;
	job->busy = true;
	job->key = key;
	job->due = item->number;
	job_begin(job);
}

/* ---- rounds ---- */

static void
on_listed(struct store_op *op)
{
	struct archive *archive = container_of(op, struct archive, listing);

	archive->is_listing = false;
	archive->at = 0;
	if (op->result == STORE_OK)
		archive->due_n = op->seq_out;
	else
		store_op_fini(op); /* the next round asks again */
	task_wake(archive->loop, &archive->task);
}

static void
on_timer(struct timer *timer)
{
	struct archive *archive = container_of(timer, struct archive, timer);

	if (archive->is_listing || archive->at < archive->listing.items_n) {
		task_wake(archive->loop, &archive->task); /* after a pause */
		return;
	}
	store_op_fini(&archive->listing);
	archive->listing = (struct store_op){
		.verb = STORE_ARCHIVE_DUE,
		.now_ms = loop_wall_ms(archive->loop),
		.done = on_listed,
	};
	archive->is_listing = true;
	store_start(archive->store, &archive->listing);
}

static void
on_task(struct task *task)
{
	struct archive *archive = container_of(task, struct archive, task);
	int64_t         now = loop_now_us(archive->loop);

	if (archive->is_listing)
		return;
	if (now < archive->resume_us) {
		timer_arm(archive->loop, &archive->timer, archive->resume_us - now);
		return;
	}
	while (archive->at < archive->listing.items_n && has_room(archive))
		begin(archive, &archive->listing.items_out[archive->at++]);
	if (archive->at == archive->listing.items_n && !timer_is_armed(&archive->timer))
		timer_arm(archive->loop, &archive->timer, ROUND_US);
}

struct json_object *
archive_show(const struct archive *archive)
{
	return marker_show_state(
	    archive->last_ms, archive->due_n, archive->due_n > 0, archive->error);
}

struct json_object *
archive_show_graph(const struct store_op *answer)
{
	struct marker marker;

	marker_read(&marker, answer->text_out);
	return marker_show(&marker, answer->seq_out);
}

/* ---- life ---- */

static bool
check(const struct archive_service *service, const char *what, struct err *err)
{
	if (!str_starts(service->url, "http://") && !str_starts(service->url, "https://")) {
		err_set(err, ERR_INTERNAL, "--%s-url %s: it must begin with http:// or https://",
		    what, service->url);
		return false;
	}
	if (!places_is_base(service->base)) {
		err_set(err, ERR_INTERNAL,
		    "--%s-namespace %s: up to %d letters, digits, '-' and '_' are wanted", what,
		    service->base, PLACES_BASE_MAX);
		return false;
	}
	return true;
}

struct archive *
archive_create(const struct archive_options *options, struct err *err)
{
	struct archive *archive;

	must(options->cache.url != NULL);
	if (!check(&options->cache, "cache", err) ||
	    (options->graph.url != NULL && !check(&options->graph, "graph", err)))
		return NULL;
	archive = xcalloc(1, sizeof(*archive));
	archive->loop = options->loop;
	archive->store = options->store;
	archive->registry = options->registry;
	archive->base = xstrdup(options->cache.base);
	archive->graph_base = xstrdup(options->graph.base);
	sister_init(&archive->cache, options->fetcher, "Cache Service", options->cache.url,
	    options->cache.key_name, options->cache.key);
	if (options->graph.url != NULL)
		sister_init(&archive->graph, options->fetcher, "Graph Service", options->graph.url,
		    options->graph.key_name, options->graph.key);
	for (size_t i = 0; i < ARCHIVE_JOBS; i++)
		archive->jobs[i].archive = archive;
	timer_init(&archive->timer, on_timer);
	task_init(&archive->task, on_task);
	timer_arm(archive->loop, &archive->timer, 0);
	return archive;
}

void
archive_destroy(struct archive *archive)
{
	if (archive == NULL)
		return;
	must(archive->readings_n == 0);
	for (size_t i = 0; i < ARCHIVE_JOBS; i++)
		job_cancel(&archive->jobs[i]);
	if (archive->is_listing)
		store_forget(archive->store, &archive->listing);
	store_op_fini(&archive->listing);
	timer_disarm(archive->loop, &archive->timer);
	task_cancel(archive->loop, &archive->task);
	sister_fini(&archive->cache);
	sister_fini(&archive->graph);
	free(archive->base);
	free(archive->graph_base);
	free(archive);
}
