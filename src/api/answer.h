/* SPDX-License-Identifier: Apache-2.0
 *
 * answer.h - what an exchange is answered with, and the headers that every answer has.
 */
#ifndef API_ANSWER_H
#define API_ANSWER_H

#include "api/exchange.h"

/* If-Match and If-None-Match, of what is to be changed; tag NULL: there is none. False: they do not hold, and that was answered. */
MUSTCHECK bool answer_may_change(struct exchange *x, const char *tag);

#endif
