/* SPDX-License-Identifier: Apache-2.0
 *
 * sign.h - signatures of messages to others, by the specification of Standard Webhooks (1.0.0).
 */
#ifndef HOOKS_SIGN_H
#define HOOKS_SIGN_H

#include "util/secret.h"
#include "util/str.h"

#define SIGN_PREFIX  "whsec_"
#define SIGN_KEY_MIN 24 /* bytes */
#define SIGN_KEY_MAX 64

/* From "whsec_" and base64. NULL: it is no such key. */
struct secret *sign_key(const char *text);

/* Adds "v1,SIGNATURE" of the message; behind a space, when there is one already: while keys are changed, each signs. */
void sign_add(struct str *out, const struct secret *key, const char *id, const char *timestamp,
    const char *body);

#endif
