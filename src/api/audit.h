/* SPDX-License-Identifier: Apache-2.0
 *
 * audit.h - who has changed what, as a line in the log: of each request whose route says so, one.
 */
#ifndef API_AUDIT_H
#define API_AUDIT_H

#include "api/exchange.h"

/* It has been done: "begun" where it goes on. */
void audit_done(struct exchange *x, const char *outcome);
/* x->out is the answer: done, or why not; unless that was told already. */
void audit_answer(struct exchange *x);
/* The client has gone before anything was known of it. */
void audit_end(struct exchange *x);

/* What no request has asked for: a signal has. */
void audit_process(const char *what, const char *object, const char *outcome);

#endif
