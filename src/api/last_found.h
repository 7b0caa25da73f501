/* SPDX-License-Identifier: Apache-2.0
 *
 * last_found.h - how each of many deployments was last found by a verify: one question each, all on their way at once.
 */
#ifndef API_LAST_FOUND_H
#define API_LAST_FOUND_H

#include "api/exchange.h"

/* Of the deployments of this list, each of which has a `deployment_id`; where there is a record of it, the short form of that becomes `verified`. A store
 * that does not answer ends the exchange with its problem before `next` is called. */
void last_found_add(struct exchange *x, struct json_object *list, exchange_step *next);

#endif
