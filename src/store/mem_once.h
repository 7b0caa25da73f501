/* SPDX-License-Identifier: Apache-2.0
 *
 * mem_once.h - what is done once, in memory.
 */
#ifndef STORE_MEM_ONCE_H
#define STORE_MEM_ONCE_H

#include "store/mem_verbs.h"

enum store_result mem_once_take(const struct mem_ask *ask, struct store_op *op);
enum store_result mem_once_put(const struct mem_ask *ask, struct store_op *op);

#endif
