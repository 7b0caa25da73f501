/* SPDX-License-Identifier: Apache-2.0
 *
 * fiber.h - a stack of its own: what runs on it can be left in its midst, and entered again where it was left.
 *
 * All on one thread, and only where it is told to: nothing is ever interrupted.
 */
#ifndef LOOP_FIBER_H
#define LOOP_FIBER_H

struct fiber;

/* Nothing runs yet. `run` must not return. */
struct fiber *fiber_create(void (*run)(void *arg), void *arg);

/* What is on its stack is not looked at: it should have been left where nothing is to be done any more. */
void fiber_destroy(struct fiber *fiber);

void fiber_enter(struct fiber *fiber); /* returns when it is left; from anywhere but itself */
void fiber_leave(struct fiber *fiber); /* from within: to who has entered it last */

#endif
