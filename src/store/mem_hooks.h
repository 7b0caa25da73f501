/* SPDX-License-Identifier: Apache-2.0
 *
 * mem_hooks.h - whose a webhook is for now, in memory.
 */
#ifndef STORE_MEM_HOOKS_H
#define STORE_MEM_HOOKS_H

#include "store/mem_verbs.h"

enum store_result mem_hook(const struct mem_ask *ask, struct store_op *op);

#endif
