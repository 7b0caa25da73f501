/* SPDX-License-Identifier: Apache-2.0
 *
 * clash.h - two resources of one config that would both manage the same thing.
 *
 * They are of one type, in one account and region, and say the same of all that this is found by; a name that the node is part
 * of is never the same (plan/change.h). Only what is surely one thing is told, and only of those that make or change it.
 */
#ifndef PLAN_CLASH_H
#define PLAN_CLASH_H

#include "plan/config.h"

/* A problem for each that says what an earlier one has said already, in the order of the config. */
void clash_check(struct config *config, const struct spec *spec, struct problems *problems);

#endif
