/* SPDX-License-Identifier: Apache-2.0
 *
 * credentials.h - from the credentials of a request to those of an execution.
 */
#ifndef API_CREDENTIALS_H
#define API_CREDENTIALS_H

#include "api/exchange.h"

/* Opens the credentials of every provider that x->spec uses, into x->start. `json` (NULL: none were sent) is at
 * `pointer` in the body; its strings are wiped, whatever comes of it. ERR_OK, or what to answer: with
 * problems when there are any, else err. */
MUSTCHECK enum err_code credentials_open(struct exchange *x, struct json_object *json,
    const char *pointer, struct problems *problems, struct err *err);

#endif
