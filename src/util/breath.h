/* SPDX-License-Identifier: Apache-2.0
 *
 * breath.h - where long computing lets others have their turn.
 *
 * What goes through a whole graph, or a whole document, calls breathe() for each of its pieces. Whoever runs it
 * decides what that does: the loop lets other tenants' tasks run meanwhile, when the task has said that it can bear it
 * (task_may_breathe), and when the turn is over. Everywhere else it does nothing.
 */
#ifndef UTIL_BREATH_H
#define UTIL_BREATH_H

struct breather {
	void (*give_way)(struct breather *);
};

/* May run anything else that the caller's task does not exclude. What must not change meanwhile is not looked at across it. */
void breathe(void);

/* Who is asked from now on; NULL: nobody. Returns who was: what others use as well is made at one go, without a breath. */
struct breather *breathe_by(struct breather *breather);

#endif
