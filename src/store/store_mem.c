/* SPDX-License-Identifier: Apache-2.0
 * store_mem.c - the store in this process's memory.
 *
 * An op is done at once when it is started and answered on the next turn, so a write that is
 * forgotten has still happened, as with Redis. */
#include "store/store_mem.h"

#include <stdlib.h>

#include "loop/loop.h"
#include "store/mem_verbs.h"
#include "util/check.h"
#include "util/mem.h"

struct store_mem {
	struct store       store;
	struct loop       *loop;
	struct mem_data   *data;
	char              *owner;
	bool               up;
	struct store_queue answered;
	store_listener    *told; /* NULL: nobody listens */
	void              *told_arg;
	bool               has_news;
	struct timer       next_turn;
	struct task        task;
};

static void
mem_start(struct store *store, struct store_op *op)
{
	struct store_mem *mem = container_of(store, struct store_mem, store);
	struct mem_ask    ask = { mem->data, mem->owner, loop_now_us(mem->loop) };

	op->result = mem->up ? mem_verb_run(&ask, op) : STORE_DOWN;
	mem->has_news |= op->result == STORE_OK && mem_verb_tells(op->verb);
	store_queue_push(&mem->answered, op);
	if (!timer_is_armed(&mem->next_turn))
		timer_arm(mem->loop, &mem->next_turn, 0);
}

static void
mem_forget(struct store *store, struct store_op *op)
{
	struct store_mem *mem = container_of(store, struct store_mem, store);

	if (!store_queue_drop(&mem->answered, op))
		store_op_forget_answer(mem->loop, op);
}

/* It hears what is stored through itself: other owners of the memory are for tests. */
static void
mem_listen(struct store *store, store_listener *told, void *arg)
{
	struct store_mem *mem = container_of(store, struct store_mem, store);

	mem->told = told;
	mem->told_arg = arg;
}

static const char *
mem_why(const struct store *store)
{
	return ((const struct store_mem *)store)->up ? "" : "it was taken away";
}

static void
on_next_turn(struct timer *timer)
{
	struct store_mem *mem = container_of(timer, struct store_mem, next_turn);

	task_wake(mem->loop, &mem->task);
}

/* What done() starts is answered on the turn after. */
static void
mem_answer(struct task *task)
{
	struct store_mem *mem = container_of(task, struct store_mem, task);
	struct store_op  *op;
	bool              had_news = mem->has_news;

	mem->has_news = false;
	if (had_news && mem->told != NULL)
		mem->told(mem->told_arg, NULL, 0, 0);
	while ((op = store_queue_pop(&mem->answered)) != NULL)
		store_op_answer(mem->loop, op);
}

static void
mem_destroy(struct store *store)
{
	struct store_mem *mem = container_of(store, struct store_mem, store);

	timer_disarm(mem->loop, &mem->next_turn);
	task_cancel(mem->loop, &mem->task);
	if (--mem->data->stores == 0)
		mem_data_destroy(mem->data);
	free(mem->owner);
	free(mem);
}

static struct store *
mem_create(struct loop *loop, struct mem_data *data, const char *owner)
{
	struct store_mem *mem = xcalloc(1, sizeof(*mem));

	mem->store = (struct store){
		.start = mem_start,
		.forget = mem_forget,
		.why = mem_why,
		.listen = mem_listen,
		.destroy = mem_destroy,
	};
	mem->loop = loop;
	mem->data = data;
	mem->data->stores++;
	mem->owner = xstrdup(owner);
	mem->up = true;
	timer_init(&mem->next_turn, on_next_turn);
	task_init(&mem->task, mem_answer);
	return &mem->store;
}

struct store *
store_mem_create(struct loop *loop, const char *owner)
{
	return mem_create(loop, mem_data_create(), owner);
}

struct store *
store_mem_peer(struct store *store, const char *owner)
{
	struct store_mem *mem = container_of(store, struct store_mem, store);

	return mem_create(mem->loop, mem->data, owner);
}

void
store_mem_archive(struct store *store)
{
	container_of(store, struct store_mem, store)->data->archives = true;
}

void
store_mem_set_up(struct store *store, bool up)
{
	container_of(store, struct store_mem, store)->up = up;
}

void
store_mem_lose_events(struct store *store, const struct store_key *key, size_t n)
{
	struct store_mem *mem = container_of(store, struct store_mem, store);
	struct mem_graph *graph = mem_graph_of(mem->data, key);

	must(n <= graph->events_n);
	while (n-- > 0)
		free(graph->events[--graph->events_n]);
}
