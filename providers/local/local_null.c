/* SPDX-License-Identifier: Apache-2.0
 * local_null.c - local:null: does nothing, at once or after a while. For benches and demos.
 *
 * It is remembered in memory, so that verify and a second apply find it; after a restart it is gone
 * and is made again, which costs nothing.
 */
#include <stdio.h>

#include "providers/local/local_impl.h"
#include "providers/local/local_index.h"
#include "util/json.h"

#define NULLS_MAX 1000000
#define US_PER_MS 1000

static struct json_object *
found_of(struct json_object *entry)
{
	struct json_object *outputs = json_object_new_object();
	const char         *id = json_get_str(entry, "id");

	json_set_str(outputs, "id", id);
	json_set_str(outputs, "note", json_get_str(json_get_object(entry, "properties"), "note"));
	return local_found(id, json_copy(json_get_object(entry, "properties")), outputs,
	    json_copy(json_get_object(entry, "tags")));
}

static void
answer_read(struct op *op, struct json_object *entry)
{
	if (entry == NULL) {
		op_answer(op, OP_ABSENT, "%s", "");
		return;
	}
	op->found = found_of(entry);
	op_answer(op, OP_OK, "%s", "");
}

static void
answer_write(struct op *op, struct json_object *nulls, const char *key)
{
	struct json_object *entry;

	if (json_object_object_length(nulls) >= NULLS_MAX) {
		op_answer(op, OP_QUOTA, "There are too many of them");
		return;
	}
	entry = json_object_new_object();
	json_set_str(entry, "id", key);
	json_set_str(entry, "type", op->type->name);
	json_set_str(entry, "tenant", op->identity->tenant);
	json_set(entry, "properties",
	    op->desired == NULL ? json_object_new_object() : json_copy(op->desired));
	json_set(entry, "tags", local_tags(op));
	json_set(nulls, key, entry);
	answer_read(op, entry);
}

static void
answer(struct local_call *call)
{
	struct op          *op = call->op;
	struct json_object *nulls = call->local->nulls;
	char                key[LOCAL_KEY_SIZE];

	local_index_key(op->identity, key);
	switch (op->kind) {
	case OP_READ: answer_read(op, json_get_object(nulls, key)); return;
	case OP_CREATE:
	case OP_UPDATE: answer_write(op, nulls, key); return;
	case OP_DELETE:
		op_answer(op, json_has(nulls, key) ? OP_OK : OP_ABSENT, "%s", "");
		json_object_object_del(nulls, key);
		return;
	case OP_SETTLE:
	case OP_LIST:
	case OP_CHECK:
	case OP_KINDS_N: break;
	}
	must(!"unreachable");
}

static void
on_delay_over(struct timer *timer)
{
	struct local_call *call = container_of(timer, struct local_call, timer);

	answer(call);
	local_call_done(call);
}

static enum local_step
null_look(struct local_call *call)
{
	answer(call);
	return LOCAL_DONE;
}

/* What is told, or on delete what was told at the create. */
static int64_t
delay_ms(const struct local_call *call)
{
	const struct op    *op = call->op;
	struct json_object *properties = op->desired, *entry;
	char                key[LOCAL_KEY_SIZE];

	if (op->kind == OP_DELETE) {
		local_index_key(op->identity, key);
		entry = json_get_object(call->local->nulls, key);
		properties = json_get_object(entry, "properties");
	}
	return local_number(properties, "delay_ms", 0, LOCAL_DELAY_MS_MAX, 0);
}

static enum local_step
null_act(struct local_call *call)
{
	int64_t delay = delay_ms(call);

	if (delay == 0)
		return null_look(call);
	timer_init(&call->timer, on_delay_over);
	timer_arm(call->local->loop, &call->timer, delay * US_PER_MS);
	return LOCAL_LATER;
}

const struct local_kind local_null = {
	.type = "local:null",
	.run = { [OP_READ] = null_look,
	    [OP_CREATE] = null_act,
	    [OP_UPDATE] = null_act,
	    [OP_DELETE] = null_act },
};
