/* SPDX-License-Identifier: Apache-2.0
 *
 * errand.h - what AWS can be asked outside of any graph: "regions", those that the account has.
 */
#ifndef AWS_ERRAND_H
#define AWS_ERRAND_H

#include "interpreter/calls.h"
#include "loop/loop.h"
#include "provider/provider.h"

/* The contract is that of start_errand and cancel_errand (provider.h). The answer is {"regions": [...]}. */
void aws_errand_start(struct loop *loop, const struct calls *calls, struct errand *errand);
void aws_errand_cancel(struct loop *loop, struct errand *errand);

#endif
