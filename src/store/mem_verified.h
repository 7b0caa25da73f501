/* SPDX-License-Identifier: Apache-2.0
 *
 * mem_verified.h - how a deployment was last found, in memory.
 */
#ifndef STORE_MEM_VERIFIED_H
#define STORE_MEM_VERIFIED_H

#include "store/mem_verbs.h"

enum store_result mem_verified_get(const struct mem_ask *ask, struct store_op *op);
enum store_result mem_verified_put(const struct mem_ask *ask, struct store_op *op);

#endif
