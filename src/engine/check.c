/* SPDX-License-Identifier: Apache-2.0
 * check.c - when checks are run, and what comes of them. */
#include "engine/check.h"

#include "engine/execution.h"
#include "engine/node_states.h"
#include "engine/work.h"
#include "util/json.h"

#define MS_PER_S    1000
#define SECONDS_MAX 3600
#define RETRIES_MAX 200 /* that a uint8_t can count */

bool
check_is(const struct node *node)
{
	return node_spec(node)->check_of != NULL;
}

void
check_decide(struct node *node)
{
	node->work->looked = OP_OK;
	node->work->act = PLAN_VERIFY;
	node->act = PLAN_VERIFY;
}

static bool
is_run(const struct execution *e)
{
	bool makes = e->kind == EXECUTION_APPLY || e->kind == EXECUTION_MOVE;

	return e->kind == EXECUTION_VERIFY || (makes && e->mode != MODE_DRY_RUN && !e->undoing);
}

bool
check_is_passed(struct node *node)
{
	if (!check_is(node) || is_run(node->execution))
		return false;
	check_decide(node);
	return true;
}

enum op_kind
check_op(const struct node *node)
{
	return check_is(node) ? OP_CHECK : OP_READ;
}

/* What is missing may be there in a moment after an apply, and is what a verify is to tell. */
static enum op_result
missing(const struct node *node)
{
	return node_is_dry(node) ? OP_FAILED : OP_NOT_FOUND;
}

void
check_fail_missing(struct node *node, const char *target, bool is_unread)
{
	if (target == NULL)
		node_set_error(node, OP_INVALID, "an output that it refers to is not there");
	else if (is_unread)
		node_set_error(
		    node, OP_INVALID, "\"%s\", which it refers to, can't be read", target);
	else
		node_set_error(
		    node, missing(node), "\"%s\", which it refers to, is not there", target);
	node_fail_look(node);
}

void
check_fail_absent(struct node *node)
{
	node_set_error(node, missing(node), "there is nothing that it could ask");
	node_fail_look(node);
}

/* Whatever maximum its schema has. */
static int64_t
number_of(const struct node *node, const char *name, int64_t most)
{
	const struct spec_node *spec = node_spec(node);
	struct json_object     *schema =
	    json_get(json_get_object(spec->type->properties, "properties"), name);
	int64_t number;

	number = json_get_i64(spec->properties, name, json_get_i64(schema, "default", 0));
	return number < 0 ? 0 : number < most ? number : most;
}

bool
check_tries_again(const struct node *node, enum op_result result)
{
	return result == OP_FAILED && check_is(node) && !node_is_dry(node) &&
	       node->work->tries[OP_FAILED] < number_of(node, CHECK_RETRIES, RETRIES_MAX);
}

int64_t
check_wait_ms(const struct node *node)
{
	return number_of(node, CHECK_RETRY_SECONDS, SECONDS_MAX) * MS_PER_S;
}
