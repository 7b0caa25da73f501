/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_told.h - what all graphs of a tenant have told, in one order: an index over their streams, in the tenant's slot.
 */
#ifndef STORE_REDIS_TOLD_H
#define STORE_REDIS_TOLD_H

#include "store/redis_verbs.h"

#define REDIS_TOLD_CHANNEL "mg:told" /* "T:D:G SEQ NUMBER" for each entry, of all tenants */

/* Of a begin: it may be that Redis has lost events since; then those that come take their numbers. */
extern const struct redis_step redis_tell_begun;
extern const struct redis_step redis_tell_appended;
extern const struct redis_step redis_tell_first; /* before it is over: after that nobody would */
extern const struct redis_step redis_told_read;
extern const struct redis_step redis_told_forget; /* of the graphs that went */

#endif
