/* SPDX-License-Identifier: Apache-2.0
 *
 * schedules.h - deployments that are verified again and again.
 *
 * A schedule lives in this process and no longer: it holds credentials, which are nowhere but in memory. There is one of a
 * deployment at most, and a tenant has not more than so many.
 */
#ifndef API_SCHEDULES_H
#define API_SCHEDULES_H

#include "api/api.h"

struct schedules;

struct schedules *schedules_create(struct api *api);
void              schedules_destroy(struct schedules *schedules); /* NULL is fine */

#endif
