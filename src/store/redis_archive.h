/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_archive.h - the steps by which it is known what is to be archived, and what was.
 */
#ifndef STORE_REDIS_ARCHIVE_H
#define STORE_REDIS_ARCHIVE_H

#include "store/redis_verbs.h"

/* Of what was written: it is to be archived. None of these is said when there is no archive. */
extern const struct redis_step redis_archive_mark;
extern const struct redis_step redis_archive_mark_put; /* unless it is put for a while only */
extern const struct redis_step
    redis_archive_mark_header;                           /* if the execution's header was written */
extern const struct redis_step redis_archive_mark_event; /* if an event was */
extern const struct redis_step redis_archive_mark_first; /* before it is written */

extern const struct redis_step redis_archive_unmark; /* graphs that are gone: op->items_out */

extern const struct redis_step redis_archive_get, redis_archive_take, redis_archive_put,
    redis_archive_settle;

#endif
