/* SPDX-License-Identifier: Apache-2.0
 *
 * mem_access.h - who may come in, in memory.
 */
#ifndef STORE_MEM_ACCESS_H
#define STORE_MEM_ACCESS_H

#include "store/mem_verbs.h"

enum store_result mem_access_get(const struct mem_ask *ask, struct store_op *op);
enum store_result mem_access_put(const struct mem_ask *ask, struct store_op *op);

#endif
