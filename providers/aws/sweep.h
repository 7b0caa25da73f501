/* SPDX-License-Identifier: Apache-2.0
 *
 * sweep.h - all that has a deployment's tags in one region, from the Resource Groups Tagging API.
 *
 * What that API does not know (roles, rules, and whatever has no tags) is not among the hits, and is read one by one.
 */
#ifndef AWS_SWEEP_H
#define AWS_SWEEP_H

#include "interpreter/calls.h"

/* The contract is that of provider.h. */
void aws_sweep_start(const struct calls *calls, struct sweep *sweep);
void aws_sweep_cancel(struct sweep *sweep);

#endif
