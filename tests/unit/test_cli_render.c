/* SPDX-License-Identifier: Apache-2.0
 * test_cli_render.c - what the command line shows for what the server says. */
#include <check.h>
#include <string.h>

#include "cli/render.h"
#include "tests/unit/json_of.h"
#include "util/json.h"

/* ---- whole documents: JSON in, text out ---- */

static void
problem_422(struct str *out, struct json_object *json, bool color)
{
	render_problem(out, json, 422, color);
}

static void
history(struct str *out, struct json_object *json, bool color)
{
	(void)color;
	render_history(out, json);
}

static void
outputs(struct str *out, struct json_object *json, bool color)
{
	(void)color;
	render_outputs(out, json);
}

static void
tenants(struct str *out, struct json_object *json, bool color)
{
	(void)color;
	render_tenants(out, json);
}

static const struct document_case {
	void (*render)(struct str *out, struct json_object *json, bool color);
	bool        color;
	const char *json, *text;
} document_cases[] = {
	/* verifies */
	{ render_verdict, false,
	    "{\"resource_id\":\"role\",\"region\":\"\",\"type\":\"aws:iam:role\",\"verdict\":\"in_"
	    "sync\",\"diff\":[]}",
	    "in sync     role (aws:iam:role)\n" },
	{ render_verdict, true,
	    "{\"resource_id\":\"q\",\"region\":\"r\",\"type\":\"aws:sqs:queue\",\"verdict\":\"not_"
	    "ours\",\"diff\":[]}",
	    "\033[31mnot ours    \033[0m\033[1mq [r]\033[0m (aws:sqs:queue)\n" },
	{ render_verdict, false,
	    "{\"resource_id\":\"q\",\"region\":\"r\",\"type\":\"aws:sqs:queue\",\"verdict\":"
	    "\"drifted\","
	    "\"diff\":[{\"path\":\"/delay\",\"before\":1,\"after\":2}]}",
	    "drifted     q [r] (aws:sqs:queue)\n      ~ delay: 1 -> 2\n" },
	{ render_verdict, false,
	    "{\"resource_id\":\"q\",\"verdict\":\"unheard of\",\"type\":\"t\"}", "q (t)\n" },
	{ render_verify, false,
	    "{\"success\":true,\"summary\":{\"in_sync\":2,\"drifted\":0},\"warnings\":[]}",
	    "\nIn sync: what is deployed matches the config.\nVerify: 2 in sync.\n" },
	{ render_verify, false,
	    "{\"success\":false,\"summary\":{\"in_sync\":0,\"failing\":3},\"warnings\":[\"odd\"]}",
	    "Warning: odd\n\nVerify: 0 in sync, 3 failing.\n" },
	/* schedules */
	{ render_schedules, false,
	    "{\"schedules\":[{\"deployment_id\":\"app\",\"every_seconds\":3600,\"depth\":\"tags\","
	    "\"runs\":2,"
	    "\"next_at\":\"soon\",\"verified\":{\"state\":\"drifted\",\"at\":\"then\"}},"
	    "{\"deployment_id\":\"lib\",\"every_seconds\":90,\"depth\":\"full\",\"runs\":0,\"next_"
	    "at\":\"now\"}]}",
	    "DEPLOYMENT                      EVERY  DEPTH  RUNS    NEXT                      "
	    "FOUND\n"
	    "app                             1h     tags   2       soon                      "
	    "drifted at then\n"
	    "lib                             90s    full   0       now\n" },
	{ render_schedules, false, "{\"schedules\":[]}", "" },
	{ render_schedule, false,
	    "{\"deployment_id\":\"app\",\"every_seconds\":172800,\"depth\":\"tags\",\"next_at\":"
	    "\"soon\"}",
	    "app is verified every 2d, by tags, next at soon.\n" },
	{ render_schedule, false,
	    "{\"deployment_id\":\"app\",\"every_seconds\":300,\"depth\":\"full\",\"next_at\":"
	    "\"soon\","
	    "\"reason\":\"it "
	    "runs\",\"verified\":{\"at\":\"then\",\"graph_id\":\"5bda6f2c\",\"state\":\"drifted\","
	    "\"summary\":{\"in_sync\":1,\"drifted\":1,\"missing\":1},"
	    "\"resources\":{\"a@\":\"drifted\",\"q@eu-west-1\":\"missing\"}}}",
	    "app is verified every 5m, next at soon.\n"
	    "The last run did not come to its end: it runs\n"
	    "As of then, graph 5bda6f2c:\n"
	    "drifted     a\n"
	    "missing     q [eu-west-1]\n"
	    "Verify: 1 in sync, 1 drifted, 1 missing.\n" },
	{ history, false,
	    "{\"deployments\":[{\"deployment_id\":\"app\",\"last_begun_at\":\"then\","
	    "\"verified\":{\"state\":\"in_sync\",\"at\":\"now\"}},{\"deployment_id\":\"lib\"}]}",
	    "app                             then                      in_sync at now\nlib\n" },
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
	{ render_plan, false,
	    "{\"operations\":[{\"resource_id\":\"api-role\",\"composite\":\"api\",\"region\":\"\","
	    "\"type\":\"aws:iam:role\",\"operation\":\"create\"}],\"summary\":{\"add\":1}}",
	    "   + api-role (aws:iam:role, of api)\n\n"
	    "Plan: 1 to add, 0 to change, 0 to destroy.\n" },
	/* types */
	{ render_type, false,
	    "{\"type\":\"a:b:c\",\"title\":\"C\",\"composite\":true,\"outputs\":{\"id\":{}},"
	    "\"resources\":{\"role\":{\"type\":\"a:b:role\"},"
	    "\"url\":{\"type\":\"a:b:url\",\"when\":[\"url\",\"host\"]},"
	    "\"open\":{\"type\":\"a:b:open\",\"if\":{\"text\":\"{url.kind}\",\"isnt\":[\"x\"]}}}}",
	    "a:b:c  C\n\nOutputs:\n  id\n\nResources:\n"
	    "  role                          a:b:role\n"
	    "  url                           a:b:url, when there is url or host\n"
	    "  open                          a:b:open, if {url.kind} isn't x\n" },
	/* problems */
	{ problem_422, false,
	    "{\"title\":\"The config has problems\",\"status\":422,\"detail\":\"Two of them\","
	    "\"problems\":[{\"pointer\":\"/resources/a~1b/type\",\"code\":\"unknown_type\","
	    "\"detail\":\"x is no type\"},{\"pointer\":\"\",\"code\":\"cycle\",\"detail\":\"a -> "
	    "a\"}]}",
	    "Error: The config has problems\n  Two of them\n"
	    "  - /resources/a~1b/type: x is no type (unknown_type)\n  - a -> a (cycle)\n" },
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
	    "{\"kind\":\"destroy\",\"status\":\"completed\",\"summary\":{\"destroy\":4},"
	    "\"proof\":{\"swept\":[{\"region\":\"\"},{\"region\":\"eu-west-1\"},"
	    "{\"region\":\"us-east-1\"}],\"left\":[],\"left_n\":0,\"warnings\":[]}}",
	    "Destroy complete: 4 destroyed.\n"
	    "Nothing is left (swept 2 regions and what is global).\n" },
	{ render_summary, false,
	    "{\"kind\":\"destroy\",\"status\":\"completed\",\"summary\":{\"destroy\":4},"
	    "\"proof\":{\"swept\":[],\"looked_at\":{\"github\":4},\"left\":[],\"warnings\":[]}}",
	    "Destroy complete: 4 destroyed.\n"
	    "Nothing is left (each resource was looked at).\n" },
	{ render_summary, false,
	    "{\"kind\":\"destroy\",\"status\":\"completed\",\"summary\":{\"destroy\":4},"
	    "\"proof\":{\"swept\":[],\"left\":[],\"warnings\":[\"denied\"]}}",
	    "Destroy complete: 4 destroyed.\n"
	    "All that its graph names is gone.\nWarning: denied\n" },
	{ render_summary, false,
	    "{\"kind\":\"destroy\",\"status\":\"completed\",\"reason\":\"something_left\","
	    "\"summary\":{\"destroy\":1},\"proof\":{\"swept\":[{\"region\":\"eu-west-1\"}],"
	    "\"left_n\":2,\"left\":[{\"id\":\"arn:q\",\"resource_id\":\"q\"},{\"id\":\"x\"}]}}",
	    "Destroy complete: 1 destroyed.\n"
	    "All that its graph names is gone; what else has the deployment's tags is not.\n"
	    "2 of the deployment left:\n  arn:q \"q\"\n  x\n" },
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
	    "Apply paused: 1 added, 0 changed, 1 replaced, 0 destroyed.\n" },
	{ render_summary, false, "{\"kind\":\"destroy\",\"status\":\"cancelled\"}",
	    "Destroy cancelled: 0 destroyed.\n" },
	{ render_summary, false,
	    "{\"kind\":\"apply\",\"status\":\"cancelled\",\"graph_id\":\"aaaa0001\",\"operations\":"
	    "["
	    "{\"status\":\"cancelled\"},{\"status\":\"skipped\"},{\"status\":\"pending\"}]}",
	    "Apply cancelled: 1 cancelled, 1 skipped, 0 added, 0 changed, 0 destroyed.\n"
	    "  mgraph-deploy apply aaaa0001   goes on from here\n" },
	{ render_summary, false,
	    "{\"kind\":\"move\",\"status\":\"cancelled\",\"reason\":\"rollback_incomplete\","
	    "\"graph_id\":\"aaaa0001\",\"operations\":[{\"status\":\"rolled_back\","
	    "\"resource_id\":\"secret\",\"irreversible\":\"it can't be read\"}]}",
	    "Move cancelled: 1 rolled back, 0 added, 0 changed, 0 destroyed.\n"
	    "It was rolled back, but not everything could be undone.\n"
	    "  - secret: it can't be read\n" },
	{ render_summary, false,
	    "{\"kind\":\"apply\",\"status\":\"failed\",\"reason\":\"rolled_back\",\"operations\":["
	    "{\"status\":\"rolled_back\"},{\"status\":\"rolled_back\"}]}",
	    "Apply failed: 2 rolled back, 0 added, 0 changed, 0 destroyed.\n"
	    "All that it had done was rolled back.\n" },
	{ render_summary, false,
	    "{\"kind\":\"apply\",\"status\":\"completed\",\"reason\":\"end_edge\"}",
	    "Apply complete: 0 added, 0 changed, 0 destroyed.\n"
	    "It ended at an end edge; what is behind that was not run.\n" },
	/* turns */
	{ render_turn, false,
	    "{\"status\":\"paused\",\"reason\":\"step\",\"graph_id\":\"6120c1f3\",\"next_"
	    "operation\":{"
	    "\"resource_id\":\"greeter\",\"region\":\"eu-west-1\"}}",
	    "Paused before \"greeter\" [eu-west-1] (step). "
	    "Continue: mgraph-deploy continue 6120c1f3\n" },
	{ render_turn, true,
	    "{\"status\":\"paused\",\"reason\":\"pause_edge\",\"next_operation\":{"
	    "\"resource_id\":\"role\",\"region\":\"\"}}",
	    "\033[33mPaused before \"role\" (pause edge).\033[0m\n" },
	{ render_turn, false,
	    "{\"status\":\"paused\",\"reason\":\"awaiting_credentials\",\"graph_id\":\"6120c1f3\","
	    "\"next_operation\":{\"resource_id\":\"role\"}}",
	    "Paused: it waits for credentials. Continue: mgraph-deploy continue 6120c1f3\n" },
	{ render_turn, false,
	    "{\"status\":\"running\",\"reason\":\"cancelling\",\"graph_id\":\"6120c1f3\"}",
	    "Cancelling: what is under way comes to its end.\n" },
	{ render_turn, false, "{\"status\":\"running\",\"reason\":\"rolling_back\"}",
	    "Rolling back what was done.\n" },
	{ render_turn, false, "{\"status\":\"running\"}", "" },
	{ render_turn, false, "{\"status\":\"failed\",\"reason\":\"rolled_back\"}", "" },
	{ render_summary, false,
	    "{\"status\":\"failed\",\"operations\":[{\"resource_id\":\"a\",\"status\":\"failed\"},"
	    "{\"resource_id\":\"b\",\"status\":\"failed\",\"error\":\"text\"},"
	    "{\"resource_id\":\"c\",\"status\":\"failed\",\"error\":{\"type\":\"quota\"}}]}",
	    "Failed: a: no reason was given\nFailed: b: text\nFailed: c: quota\n"
	    "Execution failed: 3 failed, 0 added, 0 changed, 0 destroyed.\n" },
	{ tenants, false,
	    "{\"tenants\":[{\"tenant\":\"acme\",\"keys\":1},{\"tenant\":\"globex\",\"keys\":2}]}",
	    "acme                    1 key, 0 running, 0 paused, 0 watching\n"
	    "globex                  2 keys, 0 running, 0 paused, 0 watching\n" },
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
	    "    + completed   role (aws:iam:role)  1.2s\n"
	    "    ~ running     api [eu-west-1] (t)  settling\n" },
	/* types */
	{ render_types, false,
	    "{\"types\":[{\"type\":\"aws:iam:role\",\"title\":\"IAM "
	    "role\"},{\"type\":\"local:file\"}]}",
	    "aws:iam:role                    IAM role\nlocal:file\n" },
	{ render_type, false,
	    "{\"type\":\"aws:iam:role\",\"title\":\"IAM role\",\"scope\":\"global\","
	    "\"identity\":\"tagged\",\"seconds\":10,\"reference\":\"arn\","
	    "\"irreversible\":{\"create\":{\"why\":\"it is so\",\"unless\":[\"key\",\"path\"]}},"
	    "\"properties\":{\"required\":[\"role_name\",\"rule\"],\"properties\":{"
	    "\"role_name\":{\"type\":\"string\",\"x-replace\":true,\"description\":\"its name\"},"
	    "\"rule\":{\"$ref\":\"#/$defs/rule\",\"x-replace\":true},"
	    "\"path\":{\"type\":[\"string\",\"null\"],\"default\":\"/\"}},"
	    "\"$defs\":{\"rule\":{\"type\":\"array\",\"description\":\"What holds.\",\"items\":{"
	    "\"oneOf\":[{\"required\":[\"key\"]},{\"required\":[\"size\"]}],\"type\":\"object\","
	    "\"required\":[\"kind\"],\"properties\":{\"kind\":{\"type\":\"string\","
	    "\"enum\":[\"a\",\"b\"]},\"key\":{\"type\":\"string\",\"writeOnly\":true},"
	    "\"size\":{\"type\":\"integer\",\"x-irreversible\":true}}}}}},"
	    "\"outputs\":{\"arn\":{\"description\":\"Its ARN.\"},\"id\":{}}}",
	    "aws:iam:role  IAM role\n"
	    "Global: there is one in all regions. It is found again by its tags. A create takes "
	    "about "
	    "10s.\n"
	    "A delete does not undo a create, unless there is key or path: it is so.\n"
	    "\nProperties:\n"
	    "  role_name                     string, required, a change replaces  its name\n"
	    "  rule                          array, required, a change replaces  What holds.\n"
	    "    kind                        string: a | b, required\n"
	    "    key                         string, never read back\n"
	    "    size                        integer, a rollback can't restore it\n"
	    "  path                          string or null, default \"/\"\n\nOutputs:\n"
	    "  arn                           Its ARN. This is what a bare reference means.\n  id\n"
	    "\nExample, with what is required:\n"
	    "{\n  \"my-resource\": {\n    \"type\": \"aws:iam:role\",\n    \"properties\": {\n"
	    "      \"role_name\": \"<its name>\",\n      \"rule\": [\n        {\n          "
	    "\"kind\": "
	    "\"a\",\n          \"key\": \"...\"\n"
	    "        }\n      ]\n    }\n  }\n}\n" },
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
	suite_add_tcase(suite, tcase);
	return suite;
}
