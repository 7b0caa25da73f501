/* SPDX-License-Identifier: Apache-2.0
 *
 * proof.h - what a destroy shows in its end: that nothing is left of the deployment, or what is.
 */
#ifndef ENGINE_PROOF_H
#define ENGINE_PROOF_H

#include <stdbool.h>

struct execution;

/* It destroys, and each of its nodes was seen gone. */
bool proof_is_wanted(const struct execution *execution);

/* Looks for what else there is, and keeps it in execution->proof. False: answers are on their way, and the execution is woken with
 * each. */
bool proof_is_there(struct execution *execution);

/* Something of the deployment is there still. */
bool proof_found_something(const struct execution *execution);

#endif
