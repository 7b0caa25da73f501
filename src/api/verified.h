/* SPDX-License-Identifier: Apache-2.0
 *
 * verified.h - how a deployment was found, as it is kept, and what of it is news. Pure.
 */
#ifndef API_VERIFIED_H
#define API_VERIFIED_H

#include <json-c/json.h>
#include <stdint.h>

/* Of an answer of a verify (plan/verify.h): {graph_id, deployment_id, version, at, depth, state, summary, resources{"id@region":
 * verdict, of those that are not in sync}}. The state is in_sync, drifted (whatever differs), or unreadable. The caller puts it. */
struct json_object *verified_record(struct json_object *answer, const char *depth, int64_t now_ms);

/* What has changed since `before`, which may be NULL: all was in sync then. The event with this number, of the type
 * `verify`; NULL: nothing has changed. The caller puts it. */
struct json_object *verified_event(struct json_object *answer, struct json_object *record,
    struct json_object *before, uint64_t seq);

#endif
