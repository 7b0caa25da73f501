/* SPDX-License-Identifier: Apache-2.0
 *
 * plans.h - plans that are kept: stored as they are made, and loaded to be applied.
 */
#ifndef API_PLANS_H
#define API_PLANS_H

#include "api/exchange.h"
#include "plan/plan.h"

/* Answers with the plan, by what was found (NULL: nothing was looked at). One that an apply can be held to is kept
 * before that. */
void plans_reply(struct exchange *x, const struct plan_action *actions);

/* The plan is told together with this config, which is taken over. */
void plans_show_config(struct exchange *x, struct json_object *config);

/* Does the request name a plan? */
bool plans_is_named(const struct exchange *x);

/* x->spec is stored and its base known: the plan goes into x->start, and it goes on with `then`. Or it is answered why
 * that can't be. */
void plans_load(struct exchange *x, exchange_step *then);

#endif
