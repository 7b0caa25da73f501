/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_reads.h - the steps that only read.
 */
#ifndef STORE_REDIS_READS_H
#define STORE_REDIS_READS_H

#include "store/redis_verbs.h"

extern const struct redis_step redis_read_spec, redis_read_holder, redis_read_exec,
    redis_read_events, redis_read_whose, redis_read_deployments, redis_read_history,
    redis_read_unfinished, redis_read_header, redis_read_unarchived, redis_count_unarchived,
    redis_read_planned;

bool redis_hear_text(struct store_op *op, const struct redis_value *value);
/* A flat list of pairs: name, text. The field "@" is a number. */
bool redis_hear_fields(struct store_op *op, const struct redis_value *value);

/* HGET of the deployment that a graph belongs to. */
bool redis_say_whose(struct redis_say *say, const struct redis_ask *ask);

#endif
