/* SPDX-License-Identifier: Apache-2.0
 *
 * cors.h - pages of other origins that may ask (WHATWG Fetch, 3.2): those that the operator names, and no others.
 *
 * There are no cookies: who asks has a key, and a page that is let in has been given one.
 */
#ifndef API_CORS_H
#define API_CORS_H

#include "api/exchange.h"

struct head;

/* What an answer says of it, by `add`. */
void cors_add(const struct exchange *x, struct head *head,
    void (*add)(struct head *head, const char *name, const char *value));

/* The same of one that is refused before it is any route's: what there is of it must do. */
void cors_refuse(const char *origins, struct http_refusal *refusal);

#endif
