/* SPDX-License-Identifier: Apache-2.0
 *
 * asks.h - many questions to providers: a few at once, and those that may do better later again.
 */
#ifndef DISCOVER_ASKS_H
#define DISCOVER_ASKS_H

#include "loop/loop.h"
#include "provider/provider.h"

#define ASKS_AT_ONCE 8

struct ask;
struct asks;

enum ask_kind { ASK_SWEEP, ASK_OP, ASK_ERRAND };

struct ask {
	struct asks     *asks;
	struct ask      *next;
	enum ask_kind    kind;
	struct provider *provider;
	union {
		struct sweep  sweep;
		struct op     op;
		struct errand errand;
	} of;
	void (*done)(struct ask *ask); /* once the answer is final; the ask is freed after it */
	void (*fini)(struct ask *ask); /* what its owner has put in; may be NULL */
	struct timer again;
	unsigned     tries;
	bool         asking;
};

struct asks {
	struct loop *loop;
	struct task  task;
	struct ask  *waiting, **last, *flying;
	size_t       flying_n;
	void (*idle)(struct asks *asks); /* all are answered */
};

void asks_init(struct asks *asks, struct loop *loop, void (*idle)(struct asks *asks));
void asks_fini(struct asks *asks); /* none is answered any more */

/* Takes the ask over, which is allocated. idle() comes after the last one, and also if there never was any. */
void asks_add(struct asks *asks, struct ask *ask);
void asks_begin(struct asks *asks);

/* How it was answered, and what was said of it. */
enum op_result ask_result(const struct ask *ask);
const char    *ask_code(const struct ask *ask);
const char    *ask_message(const struct ask *ask);

#endif
