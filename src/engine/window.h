/* SPDX-License-Identifier: Apache-2.0
 *
 * window.h - how many calls may be under way at once in one account, region and service.
 *
 * A slot is the right to make one call after another. Who wants one waits in its window, the longest way
 * still to go first (critical path first), then first come. granted() is called from a task.
 */
#ifndef ENGINE_WINDOW_H
#define ENGINE_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#include "loop/loop.h"

struct windows;
struct window;

enum slot_state { SLOT_NONE, SLOT_WAITING, SLOT_HELD };

struct slot {
	struct window  *window;
	size_t          at; /* place in the window's heap */
	double          priority;
	uint64_t        order;
	enum slot_state state;
	void (*granted)(struct slot *slot);
};

struct windows *windows_create(struct loop *loop);
void            windows_destroy(struct windows *windows); /* no slot may be wanted or held */

/* `name` is the window's; it is made with room for `size` slots when there is none of that name. */
void slot_want(struct windows *windows, struct slot *slot, const char *name, unsigned size);
/* Gives it back, or stops waiting; harmless when there is none. */
void slot_drop(struct windows *windows, struct slot *slot);

#endif
