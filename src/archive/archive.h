/* SPDX-License-Identifier: Apache-2.0
 *
 * archive.h - graphs and executions in the user's own Cache Service and Graph Service.
 *
 * It writes behind the run: the store remembers what is to be archived (STORE_ARCHIVE_DUE), whatever process ran it,
 * and the archive works that off, a few graphs at a time. Neither the engine nor the API waits for it. A service that is
 * down is asked again for as long as it takes; what is pending lies in the store, not in here.
 *
 * What is archived can be read back when the store does not have it (any more). Where it lies: places.h.
 */
#ifndef ARCHIVE_ARCHIVE_H
#define ARCHIVE_ARCHIVE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "store/store.h"
#include "util/err.h"

struct archive;
struct fetcher;
struct loop;
struct registry;

struct archive_service {
	const char *url;            /* NULL: there is none */
	const char *key_name, *key; /* of its API; key NULL: none is sent */
	const char *base;           /* of its namespaces: "{base}-{tenant}" */
};

struct archive_options {
	struct loop           *loop;
	struct store          *store; /* that was told to remember for an archive */
	struct fetcher        *fetcher;
	const struct registry *registry;
	struct archive_service cache, graph;
};

/* NULL and *err when an option is wrong. */
MUSTCHECK struct archive *archive_create(const struct archive_options *options, struct err *err);
void archive_destroy(struct archive *archive); /* NULL is fine; what is pending stays so */

/* How the whole of it stands, for /info/status. The caller puts it. */
struct json_object *archive_show(const struct archive *archive);

/* How one graph stands: of the answer to STORE_ARCHIVE_GET. The caller puts it. */
struct json_object *archive_show_graph(const struct store_op *answer);

/* ---- reading ---- */

enum archive_what {
	ARCHIVE_DEPLOYMENTS, /* of key.tenant -> {"deployments": [{deployment_id}]} */
	ARCHIVE_HISTORY,     /* and key.deployment -> {"graphs": [entry]} (entry.h), newest first */
	ARCHIVE_ENTRY,       /* of key.tenant and key.graph -> entry */
	ARCHIVE_SPEC,        /* -> the Spec Graph; key.deployment is set */
	ARCHIVE_EXECUTION,   /* -> the Execution Graph of one execution */
	ARCHIVE_WHATS_N
};

struct archive_read;

/* Zeroed before its first use. done() is never called before archive_read_start() returns, nor after
 * archive_read_fini(). */
struct archive_read {
	enum archive_what what;
	struct store_key  key;
	const char       *execution; /* of ARCHIVE_EXECUTION: which one; NULL: the last. Borrowed */
	/* what came, in done(): ERR_OK; ERR_NOT_FOUND; ERR_ARCHIVE_DOWN with a sentence */
	struct err          err;
	struct json_object *json; /* the read's own */
	void (*done)(struct archive_read *read);
	struct reading *reading; /* the archive's own; NULL: not under way */
};

void archive_read_start(struct archive *archive, struct archive_read *read);
void archive_read_fini(struct archive_read *read); /* harmless when nothing was started */

#endif
