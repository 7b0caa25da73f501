/* SPDX-License-Identifier: Apache-2.0
 *
 * opened.h - credentials that a driver has opened, found again by a digest of what they were opened from.
 *
 * The digest is keyed with what only this process knows. What nobody uses is closed after a minute.
 */
#ifndef HOST_OPENED_H
#define HOST_OPENED_H

#include "loop/loop.h"
#include "provider/provider.h"

#define OPENED_IDLE_US (60 * INT64_C(1000000))

struct opened_cache;
struct opened;

struct opened_cache *opened_cache_create(struct loop *loop);
void                 opened_cache_destroy(struct opened_cache *cache); /* nobody uses any */

/* The credentials of an account, opened now or before. NULL and problems when the driver can't use them. */
struct opened *opened_get(struct opened_cache *cache, struct provider *provider,
    struct json_object *json, const char *account, struct problems *problems);
void           opened_put(struct opened *opened); /* NULL is fine */

struct credentials *opened_credentials(const struct opened *opened);
size_t              opened_n(const struct opened_cache *cache);

#endif
