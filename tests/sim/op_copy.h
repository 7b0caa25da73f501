/* SPDX-License-Identifier: Apache-2.0
 *
 * op_copy.h - what is asked of a store, when who asked has gone and the letter is still on its way.
 */
#ifndef SIM_OP_COPY_H
#define SIM_OP_COPY_H

#include "store/store.h"

void op_copy(struct store_op *copy, const struct store_op *op);
void op_copy_free(struct store_op *copy);

#endif
