/* SPDX-License-Identifier: Apache-2.0
 * instant.c - a provider that remembers a bit, and answers in the next task. */
#include "instant.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/spec.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

struct call {
	struct instant *instant;
	struct op      *op;
	struct task     task;
};

static void
call_end(struct call *call)
{
	call->op->impl = NULL;
	free(call);
}

/* ---- what there is ---- */

static size_t
number_of(const struct instant *instant, const struct op *op)
{
	size_t number = strtoul(op->identity->resource_id + 1, NULL, 10);

	must(number < instant->n);
	return number;
}

static bool
is_made(const struct instant *instant, size_t number)
{
	return instant->made[number / CHAR_BIT] & 1u << number % CHAR_BIT;
}

static struct json_object *
found_of(const struct op *op)
{
	struct json_object *found = json_object_new_object();
	struct json_object *outputs = json_object_new_object();

	json_set_str(outputs, "arn", op->identity->node_id);
	json_set_str(outputs, "name", op->identity->resource_id);
	json_set_str(found, "id", op->identity->node_id);
	json_set(found, "properties", json_object_get(op->desired));
	json_set(found, "outputs", outputs);
	json_set(found, "tags", identity_tags(op->identity, op->tags));
	return found;
}

static void
answer(struct instant *instant, struct op *op)
{
	size_t number = number_of(instant, op);

	if (op->kind == OP_CREATE)
		instant->made[number / CHAR_BIT] |= (unsigned char)(1u << number % CHAR_BIT);
	if (op->kind == OP_READ && !is_made(instant, number)) {
		op_answer(op, OP_ABSENT, "%s", "");
		return;
	}
	if (op->kind != OP_SETTLE)
		op->found = found_of(op);
	op_answer(op, OP_OK, "%s", "");
}

/* ---- the provider ---- */

static void
on_task(struct task *task)
{
	struct call *call = container_of(task, struct call, task);
	struct op   *op = call->op;

	answer(call->instant, op);
	call_end(call);
	op->done(op);
}

static void
instant_start(struct provider *provider, struct op *op)
{
	struct call *call = xcalloc(1, sizeof(*call));

	call->instant = container_of(provider, struct instant, provider);
	call->op = op;
	op->impl = call;
	task_init(&call->task, on_task);
	task_wake(call->instant->loop, &call->task);
}

static void
instant_cancel(struct provider *provider, struct op *op)
{
	struct call *call = op->impl;

	(void)provider;
	task_cancel(call->instant->loop, &call->task);
	call_end(call);
	op->result = OP_PENDING;
}

static enum err_code
instant_load(struct provider *provider, struct resource_type *type, struct err *err)
{
	(void)provider;
	(void)type;
	(void)err;
	return ERR_OK;
}

static void
instant_window(struct provider *provider, const struct op *op, char *buf, size_t size)
{
	(void)op;
	snprintf(buf, size, "%s", provider->name);
}

static void
instant_destroy(struct provider *provider)
{
	(void)provider;
}

void
instant_init(struct instant *instant, size_t n)
{
	*instant = (struct instant){ .n = n };
	instant->provider = (struct provider){
		.name = "fake",
		.load = instant_load,
		.window = instant_window,
		.window_size = INSTANT_WINDOW,
		.start = instant_start,
		.cancel = instant_cancel,
		.destroy = instant_destroy,
	};
	instant->made = xcalloc(n / CHAR_BIT + 1, 1);
}

void
instant_fini(struct instant *instant)
{
	free(instant->made);
}

void
instant_forget(struct instant *instant)
{
	memset(instant->made, 0, instant->n / CHAR_BIT + 1);
}

struct registry *
instant_registry(struct instant *instant)
{
	struct registry *registry = registry_create(NULL);
	struct err       err;

	registry_add_provider(registry, &instant->provider);
	must(registry_load(registry, TEST_SRCDIR "/tests/data/types", &err) == ERR_OK);
	must(plan_setup(TEST_SRCDIR "/schemas", &err) == ERR_OK);
	return registry;
}
