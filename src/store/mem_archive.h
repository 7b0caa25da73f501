/* SPDX-License-Identifier: Apache-2.0
 *
 * mem_archive.h - what is to be archived, and what was, on tables in memory.
 */
#ifndef STORE_MEM_ARCHIVE_H
#define STORE_MEM_ARCHIVE_H

#include "store/mem_verbs.h"

/* After an op that went well. */
void mem_archive_mark(const struct mem_ask *ask, const struct store_op *op);

/* The graph is gone. */
void mem_archive_unmark(const struct mem_ask *ask, const struct store_key *key);

enum store_result mem_archive_due(const struct mem_ask *ask, struct store_op *op);
enum store_result mem_archive_get(const struct mem_ask *ask, struct store_op *op);
enum store_result mem_archive_take(const struct mem_ask *ask, struct store_op *op);
enum store_result mem_archive_put(const struct mem_ask *ask, struct store_op *op);

#endif
