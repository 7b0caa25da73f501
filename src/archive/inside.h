/* SPDX-License-Identifier: Apache-2.0
 *
 * inside.h - what the files of the archive share: the archive, and one graph on its way there.
 */
#ifndef ARCHIVE_INSIDE_H
#define ARCHIVE_INSIDE_H

#include "archive/archive.h"
#include "archive/cache.h"
#include "archive/marker.h"
#include "archive/places.h"
#include "loop/loop.h"
#include "plan/graph.h"

#define ARCHIVE_JOBS  4
#define JOB_PUTS      4
#define CACHE_ID_SIZE 64

struct job;
struct nodes;

/* One child of an entry on its way. */
struct put {
	struct job       *job;
	struct cache_call call;
	char             *text;
};

struct job {
	struct archive  *archive;
	bool             busy;
	struct store_key key;
	uint64_t         due; /* as it was listed */
	size_t           step;
	/* what is waited for */
	struct store_op op;
	bool            asking;
	void (*heard)(struct job *job);
	struct cache_call call;
	struct put        puts[JOB_PUTS];
	/* it is ours as long as this is repeated */
	struct timer    renew;
	struct store_op renewal;
	bool            renewing, lost;
	/* what is known */
	struct marker marker;
	uint64_t      event;                     /* the last of the stream when it was taken */
	char          execution[MARKER_ID_SIZE]; /* "": none */
	char          next[MARKER_ID_SIZE]; /* the first that came after the marker's; "": none */
	bool          is_begun; /* the marker's is one of several, and may lack something */
	bool          has_more; /* this is not the last one */
	uint64_t      events_after;
	uint64_t      until; /* its events end here; 0: they don't yet */
	bool          moves; /* it runs: there will be more, without a mark */
	char          ns[PLACES_NAMESPACE_SIZE], graph_ns[PLACES_NAMESPACE_SIZE];
	char         *spec_text;
	struct spec  *spec;
	struct graph *graph;
	struct json_object *view;        /* of the execution; NULL: it has none */
	struct json_object *entry;       /* as it will be */
	uint64_t            entry_event; /* up to which the entry has the execution already */
	char                cache_id[CACHE_ID_SIZE];
	char                execution_graph_id[OBJ_ID_SIZE];
	char               *text; /* a document on its way */
	size_t              text_len;
	struct nodes       *nodes;
};

struct archive {
	struct loop           *loop;
	struct store          *store;
	const struct registry *registry;
	struct sister          cache, graph; /* graph.url NULL: there is none */
	char                  *base, *graph_base;
	/* rounds */
	struct timer    timer;
	struct store_op listing;
	bool            is_listing;
	size_t          at; /* in what was listed */
	struct task     task;
	struct job      jobs[ARCHIVE_JOBS];
	/* trouble with a service: nothing new is begun until then */
	int64_t pause_us, resume_us;
	/* for people */
	uint64_t due_n;
	int64_t  last_ms;
	char     error[MARKER_ERROR_SIZE];
	size_t   readings_n;
};

/* ---- job.c ---- */

void job_begin(struct job *job);
void job_cancel(struct job *job); /* nothing of it is waited for any more */

/* Goes on with the next step. */
void job_go_on(struct job *job);

/* It can't be done now. */
void job_fail(struct job *job, enum cache_verdict verdict, const char *why);

/* Asks the store; `heard` is called when it has answered with one of OK, ABSENT, EXISTS and FENCED. */
void job_ask(struct job *job, struct store_op op, void (*heard)(struct job *job));

/* A step does something and says whether it must be waited for: then job_go_on() comes later. */
typedef bool job_step(struct job *job);

/* ---- job_write.c: what is asked of the services, in this order ---- */

const char *job_trace(const struct job *job); /* NULL: there is none */

job_step job_find_entry, job_put_spec, job_publish_spec, job_put_execution, job_publish_execution,
    job_put_outputs, job_put_entry, job_confirm;

/* ---- job_nodes.c ---- */

job_step job_put_nodes;
void     job_drop_nodes(struct job *job);

/* ---- archive.c ---- */

/* is_done: the services have taken all there was. */
void archive_job_ended(struct job *job, bool is_done);
void archive_trouble(struct archive *archive, const char *why); /* a service is of no use now */

#endif
