/* SPDX-License-Identifier: Apache-2.0
 *
 * again.h - calls that have had no effect are made again, a few times, before anybody hears of it.
 *
 * An operation of ours is several calls. Were each that is throttled the end of its operation, one of six calls would hardly
 * ever come to its end while every third is throttled. What stays in vain is the engine's to judge, as is what took longer to wait
 * for than a moment, and every call whose effect is not known.
 */
#ifndef INTERPRETER_AGAIN_H
#define INTERPRETER_AGAIN_H

#include "interpreter/calls.h"

struct loop;
struct again;

/* Calls go to `wire`, which outlives this. */
struct again *again_create(struct loop *loop, const struct calls *wire);
void          again_destroy(struct again *again); /* no call is in the air */
struct calls  again_calls(struct again *again);   /* borrowed from it */

#endif
