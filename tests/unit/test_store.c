/* SPDX-License-Identifier: Apache-2.0
 * test_store.c - what every store must do, over the one in memory and over a private Redis. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/store_mem.h"
#include "store/pages.h"
#include "tests/unit/store_ask.h"
#include "util/check.h"

#define EVENTS_MANY 2500

/* ---- scenarios ---- */

static void
a_spec_is_kept_and_never_replaced(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");

	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_GET_SPEC, .key = key), STORE_ABSENT);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(ASK(world, world->store, .verb = STORE_PUT_SPEC, .key = key,
				     .text = "{\"a\":1}"),
		    STORE_OK);
	ck_assert_int_eq(
	    ASK(world, world->other, .verb = STORE_PUT_SPEC, .key = key, .text = "{\"a\":2}"),
	    STORE_EXISTS);
	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_GET_SPEC, .key = key), STORE_OK);
	ck_assert_str_eq(asked.text_out, "{\"a\":1}");
}

static void
a_graph_is_found_by_its_id_and_belongs_to_one_deployment(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a"), thief = ask_key("other", "0000000a");
	struct store_key stranger = key;

	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_FIND, .key = key), STORE_ABSENT);
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_PUT_SPEC, .key = key, .text = "1"), STORE_OK);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_FIND, .key = key), STORE_OK);
	ck_assert_str_eq(asked.text_out, "app");
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_PUT_SPEC, .key = thief, .text = "1"),
	    STORE_EXISTS);
	ck_assert(store_key_set(&stranger, "evil", NULL, "0000000a"));
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_FIND, .key = stranger), STORE_ABSENT);
}

static void
an_execution_comes_back_as_it_was_written(struct world *world)
{
	static const char text[] = "{\"t\":\"gr\xc3\xbc\xc3\x9f \\\"q\\\" 'x' %s {1}\r\n\t\"}";
	struct store_item fields[] = { { .name = "ab12@eu-west-1", .text = text },
		{ .name = "\"odd name\" \xe2\x82\xac", .text = "" } };
	struct store_item event = { .text = text };
	struct store_key  key = ask_key("my.app_1-X", "0000000a");
	uint64_t          fence;

	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_GET_EXEC, .key = key), STORE_ABSENT);
	fence = ask_begin(world, world->store, key);
	ck_assert_uint_eq(asked.seq_out, 0);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_APPEND, .key = key, .fence = fence,
			     .fields = fields, .fields_n = 2, .events = &event, .events_n = 1),
	    STORE_OK);
	ck_assert_uint_eq(asked.seq_out, 1);
	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_GET_EXEC, .key = key), STORE_OK);
	ck_assert_uint_eq(asked.items_n, 3);
	ck_assert_str_eq(ask_field(""), "{\"v\":1}");
	ck_assert_str_eq(ask_field("ab12@eu-west-1"), text);
	ck_assert_str_eq(ask_field("\"odd name\" \xe2\x82\xac"), "");
	ck_assert_uint_eq(ask_events_after(world, key, 0), 1);
	ck_assert_uint_eq(asked.items_out[0].number, 1);
	ck_assert_str_eq(asked.items_out[0].text, text);
}

static void
an_append_repeated_is_stored_once(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");
	uint64_t         fence = ask_begin(world, world->store, key);

	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(ask_append(world, world->store, key, fence, 0, 2), STORE_OK);
		ck_assert_uint_eq(asked.seq_out, 2);
	}
	ck_assert_int_eq(
	    ask_append(world, world->store, key, fence, 0, 3), STORE_OK); /* one is new */
	ck_assert_uint_eq(asked.seq_out, 3);
	ck_assert_uint_eq(ask_events_after(world, key, 0), 3);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_uint_eq(asked.items_out[i].number, i + 1);
		ck_assert_str_eq(asked.items_out[i].text, ask_events[i].text);
	}
}

static void
an_append_that_would_leave_a_gap_is_refused(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");
	uint64_t         fence = ask_begin(world, world->store, key);

	ck_assert_int_eq(ask_append(world, world->store, key, fence, 0, 1), STORE_OK);
	ck_assert_int_eq(ask_append(world, world->store, key, fence, 2, 1), STORE_LOST);
	ck_assert_str_eq(asked.error, "events are missing: the last one is 1");
	ck_assert_uint_eq(ask_events_after(world, key, 0), 1);
}

static void
numbers_go_on_and_fields_do_not_from_one_execution_to_the_next(struct world *world)
{
	struct store_item first = { .name = "a", .text = "1" },
			  second = { .name = "b", .text = "2" };
	struct store_key key = ask_key("app", "0000000a");
	uint64_t         fence = ask_begin(world, world->store, key);

	ck_assert_int_eq(ask_append(world, world->store, key, fence, 0, 3), STORE_OK);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_APPEND, .key = key, .fence = fence,
			     .fields = &first, .fields_n = 1),
	    STORE_OK);
	ck_assert_int_eq(ask_lease(world, world->store, STORE_FINISH, key, fence), STORE_OK);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_BEGIN, .key = key, .text = "{}",
			     .execution = "e2", .fields = &second, .fields_n = 1),
	    STORE_OK);
	fence = asked.fence_out;
	ck_assert_uint_eq(asked.seq_out, 3);
	ck_assert_int_eq(ask_append(world, world->store, key, fence, 3, 1), STORE_OK);
	ck_assert_uint_eq(ask_events_after(world, key, 2), 2);
	ck_assert_uint_eq(asked.items_out[1].number, 4);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_GET_EXEC, .key = key), STORE_OK);
	ck_assert_uint_eq(asked.items_n, 2);
	ck_assert_str_eq(ask_field("b"), "2");
}

/* Also before its first event: a reader that asks then must neither miss nor repeat any. */
static void
where_its_events_begin_is_known_as_soon_as_an_execution_began(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");

	for (uint64_t before = 0; before < 9; before += 3) {
		const char *const executions[] = { "e1", "e2", "e3" };
		uint64_t          fence;

		ck_assert_int_eq(ASK(world, world->store, .verb = STORE_BEGIN, .key = key,
				     .text = "{}", .execution = executions[before / 3]),
		    STORE_OK);
		fence = asked.fence_out;
		ck_assert_uint_eq(asked.seq_out, before);
		for (int i = 0; i < 2; i++) {
			ck_assert_int_eq(
			    ASK(world, world->other, .verb = STORE_GET_EXEC, .key = key), STORE_OK);
			ck_assert_uint_eq(asked.seq_out, before);
			ck_assert_uint_eq(asked.items_n, 1);
			ck_assert_int_eq(
			    ask_append(world, world->store, key, fence, before, 3), STORE_OK);
		}
		ck_assert_int_eq(
		    ask_lease(world, world->store, STORE_RELEASE, key, fence), STORE_OK);
		ck_assert_int_eq(
		    ASK(world, world->other, .verb = STORE_BEGIN, .key = key), STORE_OK);
		ck_assert_uint_eq(asked.seq_out, before + 3);
		ck_assert_int_eq(
		    ask_lease(world, world->other, STORE_FINISH, key, asked.fence_out), STORE_OK);
		ck_assert_int_eq(
		    ASK(world, world->other, .verb = STORE_GET_EXEC, .key = key), STORE_OK);
		ck_assert_uint_eq(asked.seq_out, before);
	}
}

/* What was sent over a connection that broke may arrive when all is over. */
static void
what_comes_late_changes_nothing(struct world *world)
{
	struct store_key  key = ask_key("app", "0000000a");
	uint64_t          fence = ask_begin(world, world->store, key);
	struct store_item before = { .name = "n@", .text = "before" };
	struct store_item after = { .name = "n@", .text = "after" };
	struct store_item event = { .text = "{}" };

	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_APPEND, .key = key, .fence = fence,
			     .fields = &before, .fields_n = 1, .events = &event, .events_n = 1),
	    STORE_OK);
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_APPEND, .key = key, .fence = fence, .seq = 1,
		.fields = &after, .fields_n = 1, .events = &event, .events_n = 1),
	    STORE_OK);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_APPEND, .key = key, .fence = fence,
			     .fields = &before, .fields_n = 1, .events = &event, .events_n = 1),
	    STORE_OK);
	fence = ask_begin(world, world->store, key);
	ck_assert_uint_eq(asked.seq_out, 2);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_GET_EXEC, .key = key), STORE_OK);
	for (size_t i = 0; i < asked.items_n; i++) {
		if (strcmp(asked.items_out[i].name, "n@") == 0)
			ck_assert_str_eq(asked.items_out[i].text, "after");
	}
	ck_assert_uint_eq(asked.items_n, 2);
	ck_assert_int_eq(ask_lease(world, world->store, STORE_FINISH, key, fence), STORE_OK);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_BEGIN, .key = key, .text = "{}",
			     .execution = "e1"),
	    STORE_EXISTS);
}

static void
lists_are_newest_first(struct world *world)
{
	static const struct {
		const char *deployment, *graph, *execution;
		int64_t     now_ms;
	} begins[] = { { "app", "0000000a", "e1", 10 }, { "web", "0000000b", "e2", 30 },
		{ "app", "0000000c", "e3", 20 }, { "api", "0000000d", "e4", 20 },
		{ "app", "0000000a", "e5", 40 } };
	static const char *const deployments[] = { "app", "web", "api" };
	static const struct {
		uint64_t most;
		size_t   n;
	} pages[] = { { 0, 3 }, { 40, 3 }, { 39, 2 }, { 30, 2 }, { 20, 1 }, { 19, 0 } };
	static const char *const history[] = { "0000000a:e5", "0000000c:e3", "0000000a:e1" };

	for (size_t i = 0; i < array_len(begins); i++) {
		struct store_key key = ask_key(begins[i].deployment, begins[i].graph);

		ck_assert_int_eq(
		    ASK(world, world->store, .verb = STORE_BEGIN, .key = key, .text = "{}",
			.execution = begins[i].execution, .now_ms = begins[i].now_ms),
		    STORE_OK);
		ck_assert_int_eq(
		    ask_lease(world, world->store, STORE_FINISH, key, asked.fence_out), STORE_OK);
	}
	for (size_t i = 0; i < array_len(pages); i++) {
		ck_assert_int_eq(ASK(world, world->store, .verb = STORE_DEPLOYMENTS,
				     .key = ask_key(NULL, NULL), .seq = pages[i].most),
		    STORE_OK);
		ck_assert_uint_eq(asked.items_n, pages[i].n);
		for (size_t k = 0; k < asked.items_n; k++)
			ck_assert_str_eq(asked.items_out[k].name, deployments[3 - pages[i].n + k]);
	}
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_HISTORY, .key = ask_key("app", NULL)), STORE_OK);
	ck_assert_uint_eq(asked.items_n, 3);
	for (size_t i = 0; i < 3; i++)
		ck_assert_str_eq(asked.items_out[i].name, history[i]);
	ck_assert_uint_eq(asked.items_out[1].number, 20);
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_HISTORY, .key = ask_key("none", NULL)),
	    STORE_OK);
	ck_assert_uint_eq(asked.items_n, 0);
}

/* Two processes, whose clocks are minutes apart. */
static void
the_last_to_begin_is_the_newest_whatever_clocks_say(struct world *world)
{
	static const int64_t     clocks[] = { 300000, 1000, 1000, 299999 };
	static const char *const newest[] = { "0000000a:e3", "0000000a:e2", "0000000a:e1",
		"0000000a:e0" };
	struct store_key         key = ask_key("app", "0000000a");

	for (size_t i = 0; i < array_len(clocks); i++) {
		char execution[] = { 'e', (char)('0' + i), '\0' };

		ck_assert_int_eq(ASK(world, world->store, .verb = STORE_BEGIN, .key = key,
				     .text = "{}", .execution = execution, .now_ms = clocks[i]),
		    STORE_OK);
		ck_assert_int_eq(
		    ask_lease(world, world->store, STORE_FINISH, key, asked.fence_out), STORE_OK);
	}
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_HISTORY, .key = ask_key("app", NULL)), STORE_OK);
	ck_assert_uint_eq(asked.items_n, array_len(newest));
	for (size_t i = 0; i < asked.items_n; i++)
		ck_assert_str_eq(asked.items_out[i].name, newest[i]);
}

static enum store_result
begin_after(struct world *world, const char *execution, const char *newest)
{
	return ASK(world, world->store, .verb = STORE_BEGIN, .key = ask_key("app", "0000000a"),
	    .text = "{}", .execution = execution, .now_ms = 1, .newest = newest);
}

static void
none_begins_that_knows_of_another_newest_one(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");
	uint64_t         fence;

	ck_assert_int_eq(begin_after(world, "e1", "0000000a:e0"), STORE_STALE);
	ck_assert_int_eq(begin_after(world, "e1", ""), STORE_OK);
	fence = asked.fence_out;
	ck_assert_int_eq(begin_after(world, "e2", "0000000a:e1"), STORE_LEFT); /* that first */
	ck_assert_int_eq(begin_after(world, "e1", ""), STORE_OK); /* its answer was lost */
	ck_assert_uint_eq(asked.fence_out, fence + 1);
	ck_assert_int_eq(
	    ask_lease(world, world->store, STORE_FINISH, key, asked.fence_out), STORE_OK);
	ck_assert_int_eq(begin_after(world, "e2", ""), STORE_STALE);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_HOLDER, .key = key), STORE_ABSENT);
	ck_assert_int_eq(begin_after(world, "e2", "0000000a:e1"), STORE_OK);
	ck_assert_int_eq(
	    ask_lease(world, world->store, STORE_FINISH, key, asked.fence_out), STORE_OK);
	ck_assert_int_eq(begin_after(world, "e3", NULL), STORE_OK);
}

static void
many_events_and_fields_are_stored_and_read_in_pages(struct world *world)
{
	static struct store_item items[EVENTS_MANY];
	static char              texts[EVENTS_MANY][16];
	struct store_key         key = ask_key("app", "0000000a");
	uint64_t                 fence = ask_begin(world, world->store, key), seq = 0;

	for (size_t i = 0; i < EVENTS_MANY; i++) {
		snprintf(texts[i], sizeof(texts[i]), "%zu", i + 1);
		items[i] = (struct store_item){ .name = texts[i], .text = texts[i] };
	}
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_APPEND, .key = key, .fence = fence,
		.fields = items, .fields_n = EVENTS_MANY, .events = items, .events_n = EVENTS_MANY),
	    STORE_OK);
	while (seq < EVENTS_MANY) {
		size_t n = ask_events_after(world, key, seq);

		ck_assert_uint_eq(n, seq + 1000 <= EVENTS_MANY ? 1000 : EVENTS_MANY - seq);
		for (size_t i = 0; i < n; i++, seq++) {
			ck_assert_uint_eq(asked.items_out[i].number, seq + 1);
			ck_assert_str_eq(asked.items_out[i].text, texts[seq]);
		}
	}
	ck_assert_uint_eq(ask_events_after(world, key, seq), 0);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_GET_EXEC, .key = key), STORE_OK);
	ck_assert_uint_eq(asked.items_n, EVENTS_MANY + 1);
	ck_assert_str_eq(ask_field("2500"), "2500");
}

/* ---- many at once ---- */

#define OPS_MANY 1500

static struct many {
	struct store_op   op;
	struct store_item item;
	int               order; /* when it was answered; 0: not yet */
} many[OPS_MANY];
static int  answered, awaited;
static bool all_answered;

static void
on_one_done(struct store_op *done)
{
	struct many *one = container_of(done, struct many, op);

	ck_assert_int_eq(one->order, 0);
	one->order = ++answered;
	all_answered = answered == awaited;
	store_op_fini(done);
}

static void
start_many(struct world *world, struct store_key key, uint64_t fence, int n)
{
	answered = 0;
	awaited = n;
	all_answered = false;
	for (int i = 0; i < n; i++) {
		many[i] = (struct many){ .item.text = "{\"event\":true}" };
		many[i].op = (struct store_op){ .verb = STORE_APPEND,
			.key = key,
			.fence = fence,
			.seq = (uint64_t)i,
			.events = &many[i].item,
			.events_n = 1,
			.done = on_one_done };
		store_start(world->store, &many[i].op);
	}
}

static void
ops_of_one_turn_are_answered_in_order(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");
	uint64_t         fence = ask_begin(world, world->store, key);

	start_many(world, key, fence, OPS_MANY);
	world_wait(world, &all_answered);
	for (int i = 0; i < OPS_MANY; i++) {
		ck_assert_int_eq(many[i].op.result, STORE_OK);
		ck_assert_int_eq(many[i].order, i + 1);
	}
	ck_assert_uint_eq(ask_events_after(world, key, OPS_MANY - 1), 1);
}

/* Every third is forgotten at once, or after it was sent. */
static void
a_forgotten_op_is_never_answered(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");
	uint64_t         fence = ask_begin(world, world->store, key);

	start_many(world, key, fence, OPS_MANY);
	for (int i = 0; i < OPS_MANY; i += 3) {
		if (i == OPS_MANY / 2)
			world_turn(world);
		if (many[i].order == 0) {
			store_forget(world->store, &many[i].op);
			memset(&many[i].op, 0xa5, sizeof(many[i].op));
			awaited--;
		}
	}
	ck_assert_int_lt(awaited, OPS_MANY);
	if (answered < awaited)
		world_wait(world, &all_answered);
	ck_assert_uint_le(
	    ask_events_after(world, key, 0), 1000); /* those after them are answered */
	ck_assert_int_eq(answered, awaited);
}

void (*const store_scenarios[])(struct world *) = {
	a_spec_is_kept_and_never_replaced,
	a_graph_is_found_by_its_id_and_belongs_to_one_deployment,
	an_execution_comes_back_as_it_was_written,
	an_append_repeated_is_stored_once,
	an_append_that_would_leave_a_gap_is_refused,
	numbers_go_on_and_fields_do_not_from_one_execution_to_the_next,
	where_its_events_begin_is_known_as_soon_as_an_execution_began,
	what_comes_late_changes_nothing,
	lists_are_newest_first,
	the_last_to_begin_is_the_newest_whatever_clocks_say,
	none_begins_that_knows_of_another_newest_one,
	many_events_and_fields_are_stored_and_read_in_pages,
	ops_of_one_turn_are_answered_in_order,
	a_forgotten_op_is_never_answered,
};
const size_t store_scenarios_n = array_len(store_scenarios);

START_TEST(every_scenario_holds_in_memory)
{
	store_play(WORLD_MEM, store_scenarios[_i]);
}
END_TEST

START_TEST(every_scenario_holds_on_redis)
{
	store_play(WORLD_REDIS, store_scenarios[_i]);
}
END_TEST

/* ---- keys and names ---- */

START_TEST(a_key_takes_only_its_characters_and_sizes)
{
	static const struct {
		const char *tenant, *deployment, *graph;
		bool        ok;
	} rows[] = {
		{ "acme-1", "My.App_1-x", "0123abcf", true },
		{ "acme", NULL, NULL, true },
		{ "acme", NULL, "0123abcf", true },
		{ "", "app", NULL, false },
		{ "Acme", "app", NULL, false },
		{ "ac}me", "app", NULL, false },
		{ "acme", "", NULL, false },
		{ "acme", "a b", NULL, false },
		{ "acme", "a:b", NULL, false },
		{ "acme", "a{b}", NULL, false },
		{ "acme", "app", "", false },
		{ "acme", "app", "0123abc", false },
		{ "acme", "app", "0123abcff", false },
		{ "acme", "app", "0123ABCF", false },
		{ "acme", "app", "0123abc\n", false },
	};
	char             text[STORE_DEPLOYMENT_SIZE + 1];
	struct store_key key;

	for (size_t i = 0; i < array_len(rows); i++)
		ck_assert_int_eq(
		    store_key_set(&key, rows[i].tenant, rows[i].deployment, rows[i].graph),
		    rows[i].ok);
	memset(text, 'a', sizeof(text));
	text[STORE_DEPLOYMENT_SIZE] = '\0';
	ck_assert(!store_key_set(&key, "t", text, NULL));
	ck_assert(store_key_set(&key, "t", text + 1, NULL));
	ck_assert(
	    !store_key_set(&key, text + STORE_DEPLOYMENT_SIZE - STORE_TENANT_SIZE, NULL, NULL));
	ck_assert(
	    store_key_set(&key, text + STORE_DEPLOYMENT_SIZE - STORE_TENANT_SIZE + 1, NULL, NULL));
}
END_TEST

START_TEST(what_comes_in_two_pages_is_there_once_as_it_came_last)
{
	struct pages *pages = pages_create();

	for (int i = 0; i < 100; i++) {
		pages_add(pages, "a", i == 99 ? "last" : "earlier");
		pages_add(pages, i % 2 == 0 ? "b" : "c", "1");
	}
	ck_assert_uint_eq(pages->n, 3);
	ck_assert_str_eq(pages->items[0].name, "a");
	ck_assert_str_eq(pages->items[0].text, "last");
	ck_assert_str_eq(pages->items[2].name, "c");
	pages_destroy(pages);
}
END_TEST

START_TEST(every_result_has_a_name_of_its_own)
{
	for (int i = 0; i < STORE_RESULTS_N; i++)
		for (int j = 0; j < i; j++)
			ck_assert_str_ne(store_result_name((enum store_result)i),
			    store_result_name((enum store_result)j));
}
END_TEST

START_TEST(a_store_in_memory_that_is_down_says_so)
{
	struct world world;

	store_world_init(&world, WORLD_MEM);
	store_mem_set_up(world.store, false);
	ck_assert(!store_is_up(world.store));
	ck_assert_int_eq(
	    ASK(&world, world.store, .verb = STORE_FIND, .key = ask_key(NULL, "0000000a")),
	    STORE_DOWN);
	store_mem_set_up(world.store, true);
	ck_assert_int_eq(
	    ASK(&world, world.store, .verb = STORE_FIND, .key = ask_key(NULL, "0000000a")),
	    STORE_ABSENT);
	store_world_fini(&world);
}
END_TEST

Suite *suite_store(void);

Suite *
suite_store(void)
{
	Suite *suite = suite_create("store");
	TCase *tcase = tcase_create("store");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, every_scenario_holds_in_memory, 0, array_len(store_scenarios));
	tcase_add_loop_test(tcase, every_scenario_holds_on_redis, 0, array_len(store_scenarios));
	tcase_add_test(tcase, a_key_takes_only_its_characters_and_sizes);
	tcase_add_test(tcase, what_comes_in_two_pages_is_there_once_as_it_came_last);
	tcase_add_test(tcase, every_result_has_a_name_of_its_own);
	tcase_add_test(tcase, a_store_in_memory_that_is_down_says_so);
	suite_add_tcase(suite, tcase);
	return suite;
}
