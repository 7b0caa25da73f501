/* SPDX-License-Identifier: Apache-2.0
 *
 * mem_lists.h - the verbs that list what is in memory, a page at a time.
 */
#ifndef STORE_MEM_LISTS_H
#define STORE_MEM_LISTS_H

#include "store/mem_verbs.h"

enum store_result mem_deployments(const struct mem_ask *ask, struct store_op *op);
enum store_result mem_history(const struct mem_ask *ask, struct store_op *op);
enum store_result mem_unfinished(const struct mem_ask *ask, struct store_op *op);

#endif
