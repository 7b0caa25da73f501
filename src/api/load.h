/* SPDX-License-Identifier: Apache-2.0
 *
 * load.h - what is stored of a graph, loaded into an exchange.
 */
#ifndef API_LOAD_H
#define API_LOAD_H

#include "api/exchange.h"

/* Sets x->key, then goes on with `then`; or answers not_found. */
void load_key(struct exchange *x, const char *graph_id, exchange_step *then);

/* After which event those of the graph's last execution come: in x->op.seq_out, for `then`. x->key is known. */
void load_seq(struct exchange *x, exchange_step *then);

/* Sets x->key and x->spec, then goes on with `then`; or answers not_found. */
void load_spec(struct exchange *x, const char *graph_id, exchange_step *then);
void load_last_spec(struct exchange *x, const char *deployment_id, exchange_step *then);

/* Which execution of the graph the query names, if it does: x->execution. False: there can be none of that name, and that
 * was answered. */
MUSTCHECK bool load_names_execution(struct exchange *x);

/* The graph's last execution, or x->execution, as the API shows it, handed on to be answered; x->spec is known. */
void
load_execution(struct exchange *x, void (*then)(struct exchange *x, struct json_object *execution));

#endif
