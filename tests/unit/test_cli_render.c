/* SPDX-License-Identifier: Apache-2.0
 * test_cli_render.c - what the command line shows for what the server says. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/config.h"
#include "cli/render.h"
#include "cli/sse.h"
#include "cli/view.h"
#include "util/clock_text.h"
#include "util/json.h"

#define T0_TEXT "2026-11-24T02:00:00.000Z"

static struct json_object *
json_of(const char *text)
{
	struct err          err;
	struct json_object *json = json_read(text, strlen(text), &err);

	ck_assert_msg(json != NULL, "%s in %s", err.detail, text);
	return json;
}

/* ---- whole documents: JSON in, text out ---- */

static void
problem_422(struct str *out, struct json_object *json, bool color)
{
	render_problem(out, json, 422, color);
}

static void
outputs(struct str *out, struct json_object *json, bool color)
{
	(void)color;
	render_outputs(out, json);
}

static const struct document_case {
	void (*render)(struct str *out, struct json_object *json, bool color);
	bool        color;
	const char *json, *text;
} document_cases[] = {
	/* plans */
	{ render_plan, false,
	    "{\"operations\":["
	    "{\"resource_id\":\"old\",\"region\":\"us-east-1\",\"type\":\"aws:sqs:queue\","
	    " \"operation\":\"delete\",\"reason\":\"not in the config any more\"},"
	    "{\"resource_id\":\"api\",\"region\":\"eu-west-1\",\"type\":\"aws:lambda:function\","
	    " \"operation\":\"update\",\"diff\":["
	    "  {\"path\":\"/memory_size\",\"before\":128,\"after\":256},"
	    "  {\"path\":\"layers\",\"before\":[1],\"after\":null},"
	    "  "
	    "{\"path\":\"runtime\",\"before\":\"a\",\"after\":\"b\",\"requires_replacement\":true}]"
	    "},"
	    "{\"resource_id\":\"same\",\"region\":\"\",\"type\":\"aws:iam:role\",\"operation\":"
	    "\"no_op\"},"
	    "{\"resource_id\":\"role\",\"region\":\"global\",\"type\":\"aws:iam:role\","
	    " \"operation\":\"create\",\"diff\":["
	    "  {\"path\":\"key\",\"before\":null,\"after\":{\"$sealed\":\"c2VjcmV0\"}}]}],"
	    "\"estimated_time\":74.2,\"warnings\":[],"
	    "\"summary\":{\"add\":1,\"change\":1,\"replace\":0,\"destroy\":1,\"no_op\":1}}",
	    "   + role (aws:iam:role)\n"
	    "      + key: (sealed)\n"
	    "   ~ api [eu-west-1] (aws:lambda:function)\n"
	    "      ~ memory_size: 128 -> 256\n"
	    "      - layers: [1]\n"
	    "      ~ runtime: \"a\" -> \"b\"  # forces replacement\n"
	    "   - old [us-east-1] (aws:sqs:queue)  # not in the config any more\n"
	    "\n"
	    "Plan: 1 to add, 1 to change, 1 to destroy.\n"
	    "It is estimated to take 1m14s.\n" },
	{ render_plan, false,
	    "{\"operations\":[],\"warnings\":[\"odd\",{\"pointer\":\"/"
	    "a\",\"code\":\"c\",\"detail\":\"d\"}],"
	    "\"summary\":{\"add\":0,\"change\":0,\"replace\":0,\"destroy\":0,\"no_op\":3}}",
	    "Warnings:\n  - odd\n  - /a: d (c)\n\n"
	    "No changes: what is deployed matches the config.\n"
	    "Plan: 0 to add, 0 to change, 0 to destroy.\n" },
	{ render_plan, true,
	    "{\"operations\":[{\"resource_id\":\"r\",\"type\":\"t\",\"operation\":\"replace\"}],"
	    "\"summary\":{\"replace\":1}}",
	    " \033[33m-/+ \033[1mr\033[0m (t)\n\n"
	    "\033[1mPlan:\033[0m 0 to add, 0 to change, 1 to replace, 0 to destroy.\n" },
	/* problems */
	{ problem_422, false,
	    "{\"title\":\"The config has problems\",\"status\":422,\"detail\":\"Two of them\","
	    "\"problems\":[{\"pointer\":\"/resources/a~1b/type\",\"code\":\"unknown_type\","
	    "\"detail\":\"x is no type\"},{\"pointer\":\"\",\"code\":\"cycle\",\"detail\":\"a -> "
	    "a\"}]}",
	    "Error: The config has problems\n  Two of them\n"
	    "  - /resources/a~1b/type: x is no type (unknown_type)\n  - /: a -> a (cycle)\n" },
	{ problem_422, false, "{}", "Error: the server answered 422\n" },
	{ problem_422, true, "{\"title\":\"a\\u001b[2Jb\\u009bc\"}",
	    "\033[31mError: \033[0ma\\x1b[2Jb\\x9bc\n" },
	/* ends */
	{ render_summary, false,
	    "{\"kind\":\"apply\",\"status\":\"completed\",\"mode\":\"FULL\","
	    "\"summary\":{\"add\":4,\"change\":0,\"destroy\":0,\"no_op\":2}}",
	    "Apply complete: 4 added, 0 changed, 0 destroyed.\n" },
	{ render_summary, false,
	    "{\"kind\":\"destroy\",\"status\":\"completed\",\"summary\":{\"destroy\":4}}",
	    "Destroy complete: 4 destroyed.\n" },
	{ render_summary, false,
	    "{\"kind\":\"apply\",\"status\":\"completed\",\"mode\":\"DRY_RUN\","
	    "\"summary\":{\"add\":4,\"change\":1,\"destroy\":0}}",
	    "Dry run complete: 4 to add, 1 to change, 0 to destroy.\n" },
	{ render_summary, false,
	    "{\"kind\":\"apply\",\"status\":\"failed\",\"summary\":{\"add\":3,\"change\":0,"
	    "\"destroy\":0},"
	    "\"operations\":[{\"resource_id\":\"api\",\"region\":\"eu-west-1\",\"status\":"
	    "\"failed\","
	    "\"error\":{\"type\":\"denied\",\"code\":\"AccessDenied\",\"message\":\"no\"}},"
	    "{\"resource_id\":\"a\",\"status\":\"blocked\"},{\"resource_id\":\"b\",\"status\":"
	    "\"blocked\"},"
	    "{\"resource_id\":\"c\",\"status\":\"completed\"}]}",
	    "Failed: api [eu-west-1]: AccessDenied: no\n"
	    "Apply failed: 1 failed, 2 blocked, 3 added, 0 changed, 0 destroyed.\n" },
	{ render_summary, false,
	    "{\"kind\":\"apply\",\"status\":\"paused\",\"reason\":\"awaiting_credentials\","
	    "\"summary\":{\"add\":1,\"replace\":1}}",
	    "Apply paused: 1 added, 0 changed, 1 replaced, 0 destroyed.\n"
	    "Reason: awaiting_credentials\n" },
	{ render_summary, false, "{\"kind\":\"destroy\",\"status\":\"cancelled\"}",
	    "Destroy cancelled: 0 destroyed.\n" },
	{ render_summary, false,
	    "{\"status\":\"failed\",\"operations\":[{\"resource_id\":\"a\",\"status\":\"failed\"},"
	    "{\"resource_id\":\"b\",\"status\":\"failed\",\"error\":\"text\"},"
	    "{\"resource_id\":\"c\",\"status\":\"failed\",\"error\":{\"type\":\"quota\"}}]}",
	    "Failed: a: no reason was given\nFailed: b: text\nFailed: c: quota\n"
	    "Execution failed: 3 failed, 0 added, 0 changed, 0 destroyed.\n" },
	/* outputs */
	{ outputs, false,
	    "{\"kind\":\"apply\",\"outputs\":{\"role\":{\"arn\":\"arn:x\",\"tags\":{\"a\":1}},"
	    "\"none\":{},\"file\":{\"size\":3,\"path\":\"a\\nb\"}}}",
	    "role.arn = arn:x\nrole.tags = {\"a\":1}\nfile.size = 3\nfile.path = a\\x0ab\n" },
	{ outputs, false, "{\"kind\":\"destroy\",\"outputs\":{\"role\":{\"arn\":\"arn:x\"}}}", "" },
	{ outputs, false, "{}", "" },
	/* status */
	{ render_status, false,
	    "{\"graph_id\":\"aaaa0001\",\"status\":\"running\",\"operations\":["
	    "{\"resource_id\":\"role\",\"type\":\"aws:iam:role\",\"operation\":\"create\","
	    " \"status\":\"completed\",\"duration_seconds\":1.25,\"error\":null},"
	    "{\"resource_id\":\"api\",\"region\":\"eu-west-1\",\"type\":\"t\",\"operation\":"
	    "\"update\","
	    " \"status\":\"running\",\"phase\":\"settling\",\"duration_seconds\":null}]}",
	    "Graph       aaaa0001\nStatus      running\n\n"
	    "    + completed role (aws:iam:role)  1.2s\n"
	    "    ~ running   api [eu-west-1] (t)  settling\n" },
	/* types */
	{ render_types, false,
	    "{\"types\":[{\"type\":\"aws:iam:role\",\"title\":\"IAM "
	    "role\"},{\"type\":\"local:file\"}]}",
	    "aws:iam:role                    IAM role\nlocal:file\n" },
	{ render_type, false,
	    "{\"type\":\"aws:iam:role\",\"title\":\"IAM role\","
	    "\"properties\":{\"required\":[\"role_name\"],\"properties\":{"
	    "\"role_name\":{\"type\":\"string\",\"x-replace\":true,\"description\":\"its name\"},"
	    "\"path\":{\"type\":[\"string\",\"null\"]}}},\"outputs\":{\"arn\":{\"description\":"
	    "\"its ARN\"},\"id\":{}}}",
	    "aws:iam:role  IAM role\n\nProperties:\n"
	    "  role_name                     string, required, a change replaces  its name\n"
	    "  path                          [\"string\",\"null\"]\n\nOutputs:\n"
	    "  arn                           its ARN\n  id\n" },
};

START_TEST(a_document_is_shown_as_people_read_it)
{
	const struct document_case *the = &document_cases[_i];
	struct json_object         *json = json_of(the->json);
	struct str                  out;

	str_init(&out, RENDER_MAX);
	the->render(&out, json, the->color);
	ck_assert_str_eq(out.data, the->text);
	str_fini(&out);
	json_object_put(json);
}
END_TEST

START_TEST(a_long_value_is_cut_between_characters)
{
	struct json_object *plan = json_of("{\"operations\":[{\"resource_id\":\"r\",\"type\":\"t\","
					   "\"operation\":\"create\"}],\"summary\":{\"add\":1}}");
	struct json_object *operation = json_object_array_get_idx(json_get(plan, "operations"), 0);
	struct json_object *diff = json_of("[{\"path\":\"p\"}]");
	struct str          value, out;

	str_init(&value, 1000);
	str_init(&out, RENDER_MAX);
	for (int i = 0; i < 200; i++)
		str_add(&value, "ü");
	json_set_str(json_object_array_get_idx(diff, 0), "after", value.data);
	json_set(operation, "diff", diff);
	render_plan(&out, plan, false);
	ck_assert_ptr_nonnull(strstr(out.data, "üü…\n"));
	ck_assert_ptr_null(strstr(out.data, "\xc3…"));
	str_fini(&value);
	str_fini(&out);
	json_object_put(plan);
}
END_TEST

static const struct {
	int64_t     ms;
	const char *text;
} duration_cases[] = { { -5, "0.0s" }, { 0, "0.0s" }, { 1249, "1.2s" }, { 9999, "9.9s" },
	{ 10000, "10s" }, { 59999, "59s" }, { 185000, "3m05s" }, { 3600000, "1h00m" },
	{ 3720000, "1h02m" } };

START_TEST(a_duration_is_as_precise_as_it_is_short)
{
	struct str out;

	str_init(&out, 64);
	render_duration(&out, duration_cases[_i].ms);
	ck_assert_str_eq(out.data, duration_cases[_i].text);
	str_fini(&out);
}
END_TEST

/* ---- the view ---- */

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

/* ---- the event stream ---- */

static const char stream_text[] = ": hello\r\n\r\n"
				  "id: 6-0\r\nevent: node\r\ndata: {\"a\":\r\ndata:1}\r\n\r\n"
				  "retry: 10\n\n"
				  "data: two\nid: 7-0\nother: x\n\n"
				  "data\r\r"
				  "data: lost, for its blank line never comes\n";

static void
on_event(void *arg, const char *id, const char *data)
{
	str_addf(arg, "<%s|%s>", id, data);
}

START_TEST(events_are_read_in_whatever_pieces_they_come)
{
	struct str seen;
	struct sse sse;
	size_t     all = strlen(stream_text), piece = (size_t)_i;

	str_init(&seen, 1024);
	sse_init(&sse, on_event, &seen);
	for (size_t at = 0; at < all; at += piece)
		ck_assert(sse_feed(&sse, stream_text + at, at + piece <= all ? piece : all - at));
	ck_assert_str_eq(seen.data, "<6-0|{\"a\":\n1}><7-0|two><7-0|>");
	sse_restart(&sse);
	ck_assert(sse_feed(&sse, "data: x\n\n", 9));
	ck_assert(str_ends(seen.data, "<7-0|x>"));
	sse_fini(&sse);
	str_fini(&seen);
}
END_TEST

START_TEST(an_event_past_its_maximum_ends_the_reading)
{
	struct str seen;
	struct sse sse;
	char       piece[4096];
	bool       ok = true;
	size_t     fed = 0;

	memset(piece, 'x', sizeof(piece));
	str_init(&seen, 1024);
	sse_init(&sse, on_event, &seen);
	for (; ok && fed <= SSE_EVENT_MAX; fed += sizeof(piece))
		ok = sse_feed(&sse, piece, sizeof(piece));
	ck_assert(!ok);
	ck_assert_uint_gt(fed, SSE_EVENT_MAX);
	ck_assert_uint_eq(seen.len, 0);
	sse_fini(&sse);
	str_fini(&seen);
}
END_TEST

/* ---- credentials ---- */

#define AWS_RESOURCE    "\"resources\":{\"r\":{\"type\":\"aws:iam:role\"}}"
#define GITHUB_RESOURCE "\"resources\":{\"r\":{\"type\":\"github:secret:repo\"}}"
#define AWS_FROM_ENV                                                                            \
	"\"aws\":{\"access_key_id\":\"AKIA\",\"secret_access_key\":\"s\",\"region\":\"eu-west-" \
	"1\"}"

static const struct credentials_case {
	const char *config, *wanted;
} credentials_cases[] = {
	{ "{" AWS_RESOURCE "}", "{" AWS_RESOURCE ",\"credentials\":{" AWS_FROM_ENV "}}" },
	{ "{" GITHUB_RESOURCE ",\"credentials\":{}}",
	    "{" GITHUB_RESOURCE ",\"credentials\":{\"github\":{\"pat\":\"ghp\"}}}" },
	{ "{" AWS_RESOURCE ",\"credentials\":{\"aws\":{\"access_key_id\":\"MINE\"}}}",
	    "{" AWS_RESOURCE ",\"credentials\":{\"aws\":{\"access_key_id\":\"MINE\"}}}" },
	{ "{\"resources\":{\"r\":{\"type\":\"local:file\"}},\"credentials\":{}}",
	    "{\"resources\":{\"r\":{\"type\":\"local:file\"}},\"credentials\":{}}" },
	{ "{\"credentials\":3," AWS_RESOURCE "}", "{\"credentials\":3," AWS_RESOURCE "}" },
};

START_TEST(credentials_come_from_the_environment_for_providers_that_need_them)
{
	struct json_object *config = json_of(credentials_cases[_i].config);
	struct json_object *wanted = json_of(credentials_cases[_i].wanted);

	setenv("AWS_ACCESS_KEY_ID", "AKIA", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "s", 1);
	setenv("AWS_SESSION_TOKEN", "", 1);
	unsetenv("AWS_REGION");
	setenv("AWS_DEFAULT_REGION", "eu-west-1", 1);
	setenv("GITHUB_TOKEN", "ghp", 1);
	config_add_credentials(config);
	ck_assert_msg(json_same(config, wanted), "%s", json_text(config));
	json_object_put(config);
	json_object_put(wanted);
}
END_TEST

START_TEST(half_a_credential_is_none)
{
	struct json_object *made;

	setenv("AWS_ACCESS_KEY_ID", "AKIA", 1);
	unsetenv("AWS_SECRET_ACCESS_KEY");
	unsetenv("GITHUB_TOKEN");
	ck_assert_ptr_null(config_env_credentials());
	setenv("GITHUB_TOKEN", "ghp", 1);
	made = config_env_credentials();
	ck_assert_str_eq(json_text(made), "{\"github\":{\"pat\":\"ghp\"}}");
	json_object_put(made);
}
END_TEST

Suite *suite_cli_render(void);

Suite *
suite_cli_render(void)
{
	Suite *suite = suite_create("cli_render");
	TCase *tcase = tcase_create("cli_render");

	tcase_add_loop_test(
	    tcase, a_document_is_shown_as_people_read_it, 0, (int)array_len(document_cases));
	tcase_add_test(tcase, a_long_value_is_cut_between_characters);
	tcase_add_loop_test(
	    tcase, a_duration_is_as_precise_as_it_is_short, 0, (int)array_len(duration_cases));
	tcase_add_test(tcase, without_a_terminal_an_execution_is_lines);
	tcase_add_test(tcase, on_a_terminal_a_block_is_drawn_in_place_below_the_lines);
	tcase_add_test(tcase, a_block_is_never_higher_than_the_terminal);
	tcase_add_test(tcase, a_server_whose_clock_differs_is_shown_by_its_own);
	tcase_add_test(tcase, a_dry_run_says_what_would_be);
	tcase_add_test(tcase, a_node_that_runs_again_is_not_counted_twice);
	tcase_add_loop_test(
	    tcase, events_are_read_in_whatever_pieces_they_come, 1, (int)sizeof(stream_text));
	tcase_add_test(tcase, an_event_past_its_maximum_ends_the_reading);
	tcase_add_loop_test(tcase,
	    credentials_come_from_the_environment_for_providers_that_need_them, 0,
	    (int)array_len(credentials_cases));
	tcase_add_test(tcase, half_a_credential_is_none);
	suite_add_tcase(suite, tcase);
	return suite;
}
