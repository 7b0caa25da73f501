/* SPDX-License-Identifier: Apache-2.0
 * test_cli_view.c - an execution as it is shown while it runs. */
#include <check.h>
#include <stdio.h>

#include "cli/render.h"
#include "cli/view.h"
#include "tests/unit/json_of.h"
#include "util/clock_text.h"
#include "util/json.h"

#define T0_TEXT "2026-11-24T02:00:00.000Z"

static const char execution_text[] =
    "{\"kind\":\"apply\",\"operations\":["
    "{\"node_id\":\"1\",\"resource_id\":\"role\",\"region\":\"\",\"operation\":\"create\"},"
    "{\"node_id\":\"2\",\"resource_id\":\"api\",\"region\":\"eu-west-1\",\"operation\":\"create\"},"
    "{\"node_id\":\"2\",\"resource_id\":\"api\",\"region\":\"us-east-1\",\"operation\":\"create\"},"
    "{\"node_id\":\"3\",\"resource_id\":\"same\",\"region\":\"\",\"operation\":\"no_op\"}]}";

/* An event of node `id`, at_ms after T0; `more` begins with a comma, or is empty. */
static void
feed(struct view *view, int64_t at_ms, const char *id, const char *region, const char *status,
    const char *more)
{
	char                time[CLOCK_TEXT_SIZE];
	struct json_object *event;
	struct str          text;
	int64_t             t0;

	ck_assert(clock_text_parse(T0_TEXT, &t0));
	str_init(&text, 4096);
	str_addf(&text,
	    "{\"type\":\"node\",\"time\":\"%s\",\"node_id\":\"%s\",\"resource_id\":\"x\","
	    "\"region\":\"%s\",\"status\":\"%s\"%s}",
	    clock_text(time, t0 + at_ms), id, region, status, more);
	event = json_of(text.data);
	view_event(view, event, t0 + at_ms);
	json_object_put(event);
	str_fini(&text);
}

static void
view_open(struct view *view, bool live, const char *execution)
{
	struct json_object *json = json_of(execution);

	view_init(view, live, false);
	view_seed(view, json);
	json_object_put(json);
}

static void
check_drawn(struct view *view, int64_t at_ms, size_t columns, size_t rows, const char *wanted)
{
	struct str out;
	int64_t    t0;

	ck_assert(clock_text_parse(T0_TEXT, &t0));
	str_init(&out, RENDER_MAX);
	view_draw(view, &out, t0 + at_ms, columns, rows);
	ck_assert_str_eq(out.data, wanted);
	str_fini(&out);
}

START_TEST(without_a_terminal_an_execution_is_lines)
{
	struct view view;

	view_open(&view, false, execution_text);
	feed(&view, 0, "1", "", "running", ",\"phase\":\"resolving\"");
	feed(&view, 10, "1", "", "running", ",\"phase\":\"intending\"");
	feed(&view, 20, "1", "", "running", ",\"phase\":\"calling\"");
	feed(&view, 500, "1", "", "running",
	    ",\"phase\":\"backoff\",\"attempt\":2,\"error\":{\"type\":\"throttled\"}");
	feed(&view, 600, "1", "", "running", ",\"phase\":\"calling\",\"attempt\":2");
	feed(&view, 1200, "1", "", "completed", ",\"phase\":\"recording\"");
	feed(&view, 1300, "3", "", "running", ",\"phase\":\"calling\"");
	feed(&view, 1400, "3", "", "completed", "");
	feed(&view, 1500, "2", "eu-west-1", "failed",
	    ",\"error\":{\"code\":\"AccessDenied\",\"message\":\"no \\u001b\"}");
	feed(&view, 1600, "2", "us-east-1", "blocked", "");
	check_drawn(&view, 1600, 80, 24,
	    "role: creating…\n"
	    "role: throttled, will try again (attempt 2)\n"
	    "role: created in 1.2s\n"
	    "same: unchanged\n"
	    "api [eu-west-1]: failed: AccessDenied: no \\x1b\n"
	    "api [us-east-1]: blocked by a failure before it\n");
	ck_assert_uint_eq(view.ended_n, 4);
	check_drawn(&view, 1700, 80, 24, ""); /* each line once */
	view_fini(&view);
}
END_TEST

START_TEST(on_a_terminal_a_block_is_drawn_in_place_below_the_lines)
{
	struct view view;
	struct str  out;

	view_open(&view, true, execution_text);
	feed(&view, 0, "1", "", "running", ",\"phase\":\"calling\"");
	feed(&view, 0, "2", "eu-west-1", "running", ",\"operation\":\"update\"");
	check_drawn(&view, 1000, 80, 24,
	    "  role: creating, calling  1.0s\n"
	    "  api [eu-west-1]: updating  1.0s\n"
	    "[..............................] 0/4  1.0s\n");
	feed(&view, 1500, "1", "", "completed", "");
	check_drawn(&view, 2000, 80, 24,
	    "\r\033[3A\033[J"
	    "role: created in 1.5s\n"
	    "  api [eu-west-1]: updating  2.0s\n"
	    "[#######.......................] 1/4  2.0s\n");
	check_drawn(&view, 12000, 12, 24,
	    "\r\033[2A\033[J"
	    "  api [eu-w\n"
	    "[#######...\n");
	str_init(&out, 1024);
	view_end(&view, &out);
	ck_assert_str_eq(out.data, "\r\033[2A\033[J");
	str_fini(&out);
	view_fini(&view);
}
END_TEST

START_TEST(a_block_is_never_higher_than_the_terminal)
{
	struct view view;
	char        id[16];

	view_open(&view, true, "{\"operations\":[]}");
	for (int i = 0; i < 5; i++) {
		snprintf(id, sizeof(id), "%d", i);
		feed(&view, 0, id, "", "running", ",\"operation\":\"create\"");
	}
	check_drawn(&view, 0, 80, 5,
	    "  x: creating  0.0s\n  x: creating  0.0s\n  and 3 more\n"
	    "[..............................] 0/5  0.0s\n");
	view_fini(&view);
}
END_TEST

START_TEST(a_server_whose_clock_differs_is_shown_by_its_own)
{
	struct view         view;
	struct json_object *event = json_of("{\"type\":\"node\",\"time\":\"" T0_TEXT "\","
					    "\"node_id\":\"1\",\"status\":\"running\","
					    "\"phase\":\"calling\"}");
	struct str          out;

	view_open(&view, true, execution_text);
	view_event(&view, event, 5000); /* we live in 1970 */
	str_init(&out, 1024);
	view_draw(&view, &out, 8000, 80, 24);
	ck_assert(str_starts(out.data, "  role: creating, calling  3.0s\n"));
	str_fini(&out);
	json_object_put(event);
	view_fini(&view);
}
END_TEST

START_TEST(a_dry_run_says_what_would_be)
{
	struct view view;

	view_open(&view, false, "{\"mode\":\"DRY_RUN\"}");
	feed(&view, 0, "1", "", "running", ",\"phase\":\"calling\",\"operation\":\"create\"");
	feed(&view, 10, "1", "", "completed", "");
	check_drawn(&view, 10, 80, 24, "x: would be created\n");
	view_fini(&view);
}
END_TEST

START_TEST(a_node_that_runs_again_is_not_counted_twice)
{
	struct view view;

	view_open(&view, false, execution_text);
	feed(&view, 0, "1", "", "failed", "");
	ck_assert_uint_eq(view.ended_n, 1);
	feed(&view, 0, "1", "", "running", "");
	ck_assert_uint_eq(view.ended_n, 0);
	feed(&view, 0, "1", "", "completed", "");
	feed(&view, 0, "1", "", "completed", "");
	ck_assert_uint_eq(view.ended_n, 1);
	ck_assert_uint_eq(view.nodes_n, 4);
	view_fini(&view);
}
END_TEST

START_TEST(what_had_ended_before_counts_as_such)
{
	struct view view;

	view_open(&view, true,
	    "{\"operations\":[{\"node_id\":\"1\",\"resource_id\":\"a\",\"status\":\"completed\"},"
	    "{\"node_id\":\"2\",\"resource_id\":\"b\",\"status\":\"skipped\"},"
	    "{\"node_id\":\"3\",\"resource_id\":\"c\",\"status\":\"pending\"}]}");
	ck_assert_uint_eq(view.ended_n, 2);
	feed(&view, 0, "3", "", "completed", ",\"operation\":\"create\"");
	ck_assert_uint_eq(view.ended_n, 3);
	view_fini(&view);
}
END_TEST

START_TEST(turns_of_the_execution_are_told_among_the_nodes)
{
	static const char *const turns[] = {
		"{\"type\":\"execution\",\"status\":\"running\"}",
		"{\"type\":\"execution\",\"status\":\"paused\",\"reason\":\"step\","
		"\"graph_id\":\"6120c1f3\",\"next_operation\":{\"resource_id\":\"api\"}}",
		"{\"type\":\"execution\",\"status\":\"running\",\"reason\":\"rolling_back\"}",
		"{\"type\":\"execution\",\"status\":\"failed\",\"reason\":\"rolled_back\"}",
	};
	struct view view;

	view_open(&view, false, execution_text);
	for (size_t i = 0; i < array_len(turns); i++) {
		struct json_object *event = json_of(turns[i]);

		view_event(&view, event, 0);
		json_object_put(event);
	}
	feed(&view, 0, "1", "", "rolled_back", "");
	feed(&view, 0, "2", "eu-west-1", "cancelled", "");
	feed(&view, 0, "2", "us-east-1", "skipped", "");
	check_drawn(&view, 0, 80, 24,
	    "Paused before \"api\" (step). Continue: mgraph-deploy continue 6120c1f3\n"
	    "Rolling back what was done.\n"
	    "role: rolled back\n"
	    "api [eu-west-1]: cancelled\n"
	    "api [us-east-1]: skipped\n");
	ck_assert_uint_eq(view.ended_n, 3);
	view_fini(&view);
}
END_TEST

Suite *suite_cli_view(void);

Suite *
suite_cli_view(void)
{
	Suite *suite = suite_create("cli_view");
	TCase *tcase = tcase_create("cli_view");

	tcase_add_test(tcase, without_a_terminal_an_execution_is_lines);
	tcase_add_test(tcase, on_a_terminal_a_block_is_drawn_in_place_below_the_lines);
	tcase_add_test(tcase, a_block_is_never_higher_than_the_terminal);
	tcase_add_test(tcase, a_server_whose_clock_differs_is_shown_by_its_own);
	tcase_add_test(tcase, a_dry_run_says_what_would_be);
	tcase_add_test(tcase, a_node_that_runs_again_is_not_counted_twice);
	tcase_add_test(tcase, what_had_ended_before_counts_as_such);
	tcase_add_test(tcase, turns_of_the_execution_are_told_among_the_nodes);
	suite_add_tcase(suite, tcase);
	return suite;
}
