/* SPDX-License-Identifier: Apache-2.0
 *
 * landing.h - what the boxes of the make-believe cloud and the calls on their way to them share.
 */
#ifndef SIM_LANDING_H
#define SIM_LANDING_H

#include "cloud.h"
#include "loop/loop.h"
#include "process.h"

/* How the boxes of a type are told apart: the member `kind` of its file. */
struct kind {
	const char *name;
	bool        unique; /* by name */
	bool        tokens;
};

struct cloud {
	struct world    *world;
	struct box      *boxes, **tail;
	uint64_t         made;
	int64_t          horizon_us;
	unsigned         window_size;
	struct call     *calls;
	size_t           calls_n;
	uint64_t         writes_n;
	struct sweeping *sweepings; /* index.c */
};

/* A call under way: all it needs is its own, since the process may die. */
struct call {
	struct delivery    delivery;
	struct call       *next, **at; /* all that are under way */
	struct cloud      *cloud;
	struct process    *process;
	struct op         *op; /* NULL: nobody waits for the answer any more */
	const struct kind *kind;
	enum op_kind       verb, after;
	bool               adopt;
	struct box
	    asked; /* deployment, resource, node, region, type, token; and the id of what is known */
	struct json_object *desired, *changes;
	enum op_result      lie; /* what is answered, whatever happened; OP_PENDING: the truth */
	bool                lands, doubled;
	bool                late;  /* it is answered before it lands */
	bool                never; /* answered only when its driver gives it up */
	bool                landed, answered, delivered;
	int64_t             until_us; /* its credentials hold; LOOP_NEVER: it needs none */
	struct timer        timer;
	enum op_result      result;
	char                message[128];
	int64_t             retry_after_ms;
	struct json_object *found;
};

/* It lands: it takes effect, and it is known what is answered. */
void call_land(struct call *call);
void call_result(struct call *call, enum op_result result, const char *fmt, ...) PRINTF_LIKE(3, 4);

void box_free(struct box *box);

#endif
