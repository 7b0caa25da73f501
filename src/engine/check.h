/* SPDX-License-Identifier: Apache-2.0
 *
 * check.h - nodes that check others (spec_node.check_of): they change nothing, and nothing is found of them.
 */
#ifndef ENGINE_CHECK_H
#define ENGINE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "provider/provider.h"

struct node;

bool check_is(const struct node *node);

/* A check that is not for this execution: a plan has no side effects, and what is destroyed need not hold. True: it is decided. */
bool check_is_passed(struct node *node);

/* What its lookup asks for. */
enum op_kind check_op(const struct node *node);

/* A value that it needs is not there, or not known: it says so and fails. */
void check_fail_missing(struct node *node, const char *target, bool is_unread);
/* There is nothing that could be asked. */
void check_fail_absent(struct node *node);

/* It holds. */
void check_decide(struct node *node);

/* One that does not hold is tried again after an apply, as its properties say: what was made may take a while. */
bool    check_tries_again(const struct node *node, enum op_result result);
int64_t check_wait_ms(const struct node *node);

#endif
