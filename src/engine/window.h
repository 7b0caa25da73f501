/* SPDX-License-Identifier: Apache-2.0
 *
 * window.h - how many nodes may be under way at once in one account, region and service; and who is next.
 *
 * A slot is the right to make one call after another. Who wants one waits in its window. The tenant that
 * holds the fewest slots there is next, and of its own slots the one with the longest way still to go
 * (critical path first), then first come. granted() is called from a task.
 *
 * How many slots a window has follows from what the calls are answered: half as many after a throttled one, one
 * more after about as many good ones as it has, never more than its size. Until the time that a
 * throttled answer names, it grants none: it is the account that was too fast, not the one call.
 */
#ifndef ENGINE_WINDOW_H
#define ENGINE_WINDOW_H

#include <stdint.h>

#include "loop/loop.h"
#include "provider/provider.h"
#include "util/heap.h"

struct windows;
struct tenant_queue;

enum slot_state { SLOT_NONE, SLOT_WAITING, SLOT_HELD };

struct slot {
	struct tenant_queue *queue;
	struct heap_item     item;
	double               priority; /* seconds of work on the longest way still to go */
	uint64_t             cuts;     /* its window's, when its last call was answered */
	enum slot_state      state;
	void (*granted)(struct slot *slot);
};

/* No more than `most` slots are held at once in all windows together. */
struct windows *windows_create(struct loop *loop, unsigned most);
void            windows_destroy(struct windows *windows); /* no slot may be wanted or held */

/* `name` is the window's; it is made with room for `size` slots when there is none of that name. */
void slot_want(struct windows *windows, struct slot *slot, const char *name, unsigned size,
    const char *tenant);

/* A call made with this slot was answered. Harmless when it is not held. */
void slot_answered(struct slot *slot, enum op_result result, int64_t retry_after_ms);

/* Gives it back, or stops waiting; harmless when there is none. */
void slot_drop(struct slot *slot);

#endif
