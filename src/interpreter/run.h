/* SPDX-License-Identifier: Apache-2.0
 *
 * run.h - one op under way: what steps.c, run_apply.c, run_owner.c and run_answer.c share.
 *
 * A run makes one call at a time. Every function that ends a run frees it: nothing may touch the run
 * after a call of one of them, nor after run_next() and what calls it.
 */
#ifndef INTERPRETER_RUN_H
#define INTERPRETER_RUN_H

#include "loop/loop.h"
#include "interpreter/calls.h"
#include "interpreter/fill.h"
#include "interpreter/found.h"
#include "interpreter/meaning.h"
#include "interpreter/naming.h"
#include "interpreter/call_type.h"

enum mode {
	MODE_READ,   /* the read steps, under one of the names */
	MODE_CHOOSE, /* the first read step: is this name free, or ours in this region? */
	MODE_WORK,   /* the create, update or delete steps */
	MODE_UNTAG,
	MODE_TAG,
	MODE_WAIT,       /* the waiter's call */
	MODE_FINISH,     /* what had to wait until it was usable */
	MODE_WHY,        /* it came to a bad end: what has the reason */
	MODE_GONE,       /* the first read step: is it gone? */
	MODE_IN_THE_WAY, /* a delete was refused: what may be in its way */
	MODE_CHECK,      /* the check steps */
	MODE_LIST,       /* what there is of the type */
	MODES_N
};

#define REGION_SIZE 64

struct run {
	struct task             task;
	struct loop            *loop;
	const struct calls     *calls;
	const struct call_type *type;
	struct op              *op;
	struct scope            scope;
	struct names            names;
	size_t                  name_at;
	char                    name[CALL_NAME_MAX];
	struct whose            whose; /* the account, where nobody has asked for it before */
	bool                    begun;

	enum mode           mode;
	const struct steps *steps;
	size_t              step_at;
	struct json_object *items; /* of a step with "each"; NULL: not at one */
	size_t              item_at;
	bool                looks_first; /* a create that reads before its first step */
	size_t         resume_at; /* reading because create step resume_at - 1 found it there */
	unsigned       pages, calls_n;
	bool           made;       /* a call of this step was answered well */
	unsigned       rounds;     /* so often it went back in its list */
	enum op_result refused_as; /* MODE_IN_THE_WAY: what the delete came to */
	bool           last_gone;
	struct json_object
	    *hits; /* of a step that picks: what it has found so far, on all pages, of all items */

	char                region[REGION_SIZE]; /* of the call, where that is another */
	struct call         call;
	bool                calling;
	struct json_object *params;
	struct json_object *waiter;

	struct found        found;
	struct json_object *tags, *tag_keys; /* to set, to remove */
	bool                tags_differ;     /* from those that are known */
	struct json_object *ours;     /* of the names read so far, the one that is this node's */
	struct json_object *unmarked; /* under it is what nobody has signed */
	struct json_object *listed;   /* of an OP_LIST: what there is, so far */
	bool                foreign;  /* under our first name is somebody else's */
	char               *stranger; /* ... who is named by its tags; NULL: they name none */
	bool
	    tags_lost; /* ... as far as it says: it is of our deployment, and no longer says which node */
	bool ambiguous;
};

/* What a mode does with an answer, and when its list has come to its end. */
struct run_mode {
	void (*answer)(struct run *, enum meaning, enum op_result);
	void (*end)(struct run *);
};
extern const struct run_mode run_modes[MODES_N];

/* Ends. The first takes what is in op already. */
void run_end(struct run *run);
void run_end_ok(struct run *run, struct json_object *found); /* takes found over; may be NULL */
void run_end_made(struct run *run);                          /* a create or an update is through */
void run_end_invalid(struct run *run, const struct err *err);
void run_end_call(struct run *run, enum op_result result);  /* what the last call came to */
void run_tell_call(struct run *run, enum op_result result); /* the same, but it goes on */
void run_end_conflict(struct run *run, const char *why);    /* what is wrong with this name */

/* Going on. */
void run_begin(struct run *run);
void run_next(struct run *run); /* the next call of the list, or its end */
void run_list(struct run *run, enum mode mode, enum step_list list);
void run_work(struct run *run);   /* the list that is the op's own */
void run_finish(struct run *run); /* the list that had to wait until it was settled */
void run_read_name(struct run *run, enum mode mode);
bool run_ask_next_page(struct run *run); /* false: that was the last */
void run_call(struct run *run, const char *operation, struct json_object *params);

/* A step of the work has come to an error. A delete that is refused says what may be in its way, before it ends. */
void run_refuse(struct run *run, enum op_result result);
void run_answer_in_the_way(struct run *run, enum meaning means, enum op_result result);
void run_end_in_the_way(struct run *run);

/* Where it is. */
const struct step *run_step(const struct run *run);
bool               run_has_call(struct run *run); /* comes back for each item */
void               run_leave_step(struct run *run);
void run_step_done(struct run *run); /* with this item of it, or as a whole: goes on */

/* An answer that says itself that it failed is taken for the error that it names. */
void run_take_failure(struct run *run, const struct step *step);

/* What comes of the answer of a step that picks, once the last page of its last item is there; false: the next one has
 * been asked for. */
bool run_pick(struct run *run, enum meaning *ret_means, enum op_result *ret_result);
void run_pick_judge(struct run *run, enum meaning *ret_means, enum op_result *ret_result);

/* Is all so in the answer that the step expects there? No: the call says what is not. */
bool run_is_as_expected(struct run *run, const struct step *step);

/* What there is of the type: an answer of its list, and the end of that. */
void run_list_answer(struct run *run, enum meaning means, enum op_result result);
void run_list_end(struct run *run);

/* Whose it is. */
void run_plan_tags(struct run *run);
void run_name_is_read(struct run *run, bool there);
void run_choose_next(struct run *run); /* a create can't have the last name */

#endif
