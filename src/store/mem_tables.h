/* SPDX-License-Identifier: Apache-2.0
 *
 * mem_tables.h - what the store in memory remembers: tenants, their deployments, their graphs.
 *
 * Tables are json-c's, which keep the order of insertion: the same run gives the same answers in
 * the same order. Keys are copies, owned by the table; so are the values, which are released as
 * their table's kind says.
 */
#ifndef STORE_MEM_TABLES_H
#define STORE_MEM_TABLES_H

#include <json-c/linkhash.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

struct mem_execution {
	char            *id;
	struct lh_table *fields; /* field -> text */
	uint64_t         after;  /* where its events begin */
	uint64_t         last;   /* and where they end, of a past one */
};

struct mem_graph {
	char                 *spec;
	uint64_t              put_ms;   /* when it was put last */
	struct mem_execution *exec;     /* the last one; NULL: no execution yet */
	struct lh_table      *past;     /* E -> struct mem_execution: those before it */
	char                 *archived; /* the archive's marker; NULL: none yet */
	struct lh_table      *plans;    /* P -> struct mem_plan; NULL: none yet */
	char                 *archiver; /* who is at it; NULL: nobody */
	int64_t               archiver_until_us;
	char                **events; /* events[i] has the number i + 1 */
	size_t                events_n, events_cap;
	uint64_t              trimmed; /* up to this number they are forgotten: NULL */
};

struct mem_plan {
	char   *text;
	int64_t until_us;
};

struct mem_deployment {
	uint64_t         fence; /* the last one given out */
	char            *owner; /* of the lease; NULL: released */
	uint64_t         owner_fence;
	int64_t          until_us;
	char            *unfinished; /* "G:E"; NULL: none */
	char            *verified;   /* how it was last found; NULL: nobody looked */
	bool             is_parked;
	uint64_t         unfinished_since; /* a score */
	struct lh_table *history;          /* "G:E" -> score */
	struct lh_table *graphs;           /* G -> struct mem_graph */
};

/* Events of a graph, in the order of the tenant. */
struct mem_told {
	struct store_key key;
	uint64_t         first, last; /* of the graph's */
	uint64_t         number;      /* of the last of them */
};

struct mem_tenant {
	struct lh_table *deployments; /* D -> struct mem_deployment */
	struct lh_table *scores;      /* D -> score */
	struct lh_table *graphs;      /* G -> D */
	struct mem_told *told;        /* entries, the oldest first */
	size_t           told_n, told_cap;
	struct lh_table *told_to; /* "T:D:G" -> up to which of its events */
	struct lh_table *once;    /* N -> struct mem_once */
	struct lh_table *hooks;   /* W -> struct mem_hook */
};

struct mem_hook {
	char    *by; /* whose it is, or was */
	int64_t  until_us;
	uint64_t told;
};

struct mem_once {
	char   *record;
	bool    is_done;
	char   *by; /* "owner life n"; NULL: nobody */
	int64_t by_until_us, until_us;
};

struct mem_data {
	struct lh_table *tenants;
	struct lh_table *unarchived; /* "T:D:G" -> from when on it is to be archived */
	struct lh_table *planned;    /* "T:D:G" -> from when on it may go, unless it is run */
	struct lh_table *access;     /* keys and tenants, by name */
	uint64_t         access_seq; /* of its last change */
	bool             archives;   /* else nothing is */
	size_t           stores;     /* that look at it */
};

struct mem_data *mem_data_create(void);
void             mem_data_destroy(struct mem_data *data);

/* What a key names; made when it is not there yet. */
struct mem_tenant     *mem_tenant_of(struct mem_data *data, const struct store_key *key);
struct mem_deployment *mem_deployment_of(struct mem_data *data, const struct store_key *key);
struct mem_graph      *mem_graph_of(struct mem_data *data, const struct store_key *key);

/* With no fields yet. */
struct mem_execution *mem_execution_create(const char *id, uint64_t after);
void                  mem_execution_destroy(struct mem_execution *execution); /* NULL is fine */

/* A table of texts, or of anything else that free() releases. */
struct lh_table *mem_texts_create(void);
struct lh_table *mem_plans_create(void);
struct lh_table *mem_onces_create(void);

void *mem_table_get(struct lh_table *table, const char *key); /* NULL: not there */

/* Takes `value`; what was there under the key is returned. */
void *mem_table_put(struct lh_table *table, const char *key, void *value);

/* Of a sorted set: a table of scores. */
void mem_score_put(struct lh_table *scores, const char *name, uint64_t score);

#endif
