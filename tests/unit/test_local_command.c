/* SPDX-License-Identifier: Apache-2.0
 * test_local_command.c - exec:command and local:null: run, failed, killed, cancelled, remembered. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "local_world.h"
#include "providers/local/local_root.h"
#include "util/check.h"
#include "util/json.h"

Suite *suite_local_command(void);

/* ---- commands ---- */

static const char *
command(const char *script, const char *more)
{
	static char text[2048];

	snprintf(text, sizeof(text), "{\"create\":[\"/bin/sh\",\"-c\",\"%s\"]%s}", script, more);
	return text;
}

/* There is a record, and what it says is not what anybody wants: it did not end well. */
static void
expect_unfinished(const char *desired)
{
	const char *found = local_expect(OP_READ, "exec:command", desired, OP_OK);

	ck_assert_msg(strstr(found, "\"create\"") == NULL, "%s", found);
}

START_TEST(a_command_is_run_once_and_undone)
{
	const char *desired = command("echo made; echo x >>made", ",\"delete\":[\"rm\",\"made\"]");
	const char *found;

	local_expect(OP_READ, "exec:command", desired, OP_ABSENT);
	found = local_expect(OP_CREATE, "exec:command", desired, OP_OK);
	HAS(found, "\"exit_code\":0");
	HAS(found, "\"stdout\":\"made\\n\"");
	HAS(local_expect(OP_READ, "exec:command", desired, OP_OK), "\"delete\":[\"rm\",\"made\"]");
	/* The same token again: the same effect, once. */
	local_expect(OP_CREATE, "exec:command", desired, OP_OK);
	ck_assert_str_eq(disk_get(local_world.root, "made"), "x\n");
	local_expect(OP_DELETE, "exec:command", NULL, OP_OK);
	ck_assert(!disk_has("made"));
	local_expect(OP_DELETE, "exec:command", NULL, OP_ABSENT);
}
END_TEST

START_TEST(a_command_that_fails_says_why_and_was_not_created)
{
	const char   *desired = command("echo no space >&2; exit 3", "");
	struct asked *asked = local_ask(OP_CREATE, "exec:command", desired);

	ck_assert_int_eq(asked->op.result, OP_FAILED);
	ck_assert_str_eq(asked->op.message, "The create command exited with 3: no space");
	ck_assert_str_eq(asked->op.code, "command_failed");
	local_end(asked);
	expect_unfinished(desired);
	HAS(local_expect(OP_CREATE, "exec:command", command("kill -9 $$", ""), OP_FAILED),
	    "signal 9");
	local_expect(
	    OP_CREATE, "exec:command", "{\"create\":[\"/no/such/program\"]}", OP_NOT_FOUND);
	local_expect(OP_CREATE, "exec:command", "{\"create\":[]}", OP_INVALID);
	local_expect(OP_CREATE, "exec:command", "{\"create\":[\"true\",1]}", OP_INVALID);
	local_expect(OP_CREATE, "exec:command",
	    "{\"create\":[\"true\"],\"environment\":{\"A=B\":\"c\"}}", OP_INVALID);
}
END_TEST

START_TEST(a_delete_that_fails_keeps_the_record)
{
	local_expect(OP_CREATE, "exec:command", command("true", ",\"delete\":[\"false\"]"), OP_OK);
	HAS(local_expect(OP_DELETE, "exec:command", NULL, OP_FAILED),
	    "delete command exited with 1");
	local_expect(OP_READ, "exec:command", NULL, OP_OK);
	/* The mended delete takes effect by an update, which runs nothing. */
	local_expect(OP_UPDATE, "exec:command", command("touch ran", ""), OP_OK);
	ck_assert(!disk_has("ran"));
	local_expect(OP_DELETE, "exec:command", NULL, OP_OK);
	local_expect(OP_UPDATE, "exec:command", command("true", ""), OP_NOT_FOUND);
}
END_TEST

START_TEST(commands_run_only_where_they_are_allowed)
{
	struct resource_type type = { .name = "exec:command", .global = true };
	const char          *desired = command("touch ran", ",\"delete\":[\"touch\",\"ran\"]");
	struct json_object  *properties = json_read(desired, strlen(desired), NULL);
	struct problems      problems;

	local_expect(
	    OP_CREATE, "exec:command", command("true", ",\"delete\":[\"touch\",\"ran\"]"), OP_OK);
	local_down();
	local_up(false);
	local_expect(
	    OP_CREATE, "exec:command", desired, OP_OK); /* a replay of what was done: no run */
	local_expect(OP_DELETE, "exec:command", desired, OP_DENIED);
	local_world.identity.node_id = "88888888";
	local_expect(OP_CREATE, "exec:command", desired, OP_DENIED);
	ck_assert(!disk_has("ran"));
	problems_init(&problems);
	local_world.provider->validate(local_world.provider, &type, properties, "/p", &problems);
	ck_assert_uint_eq(problems.n, 2);
	ck_assert_str_eq(problems.items[0].code, "not_allowed");
	ck_assert_str_eq(problems.items[0].pointer, "/p/create/0");
	problems_fini(&problems);
	json_object_put(properties);
}
END_TEST

static const struct {
	const char *name;
	bool        steers;
} variables[] = {
	{ "LD_PRELOAD", true },
	{ "ld_audit", true },
	{ "GCONV_PATH", true },
	{ "PATH", true },
	{ "HOME", true },
	{ "XDG_CONFIG_HOME", true },
	{ "BASH_ENV", true },
	{ "BASH_FUNC_true%%", true },
	{ "ENV", true },
	{ "PYTHONSTARTUP", true },
	{ "PERL5OPT", true },
	{ "npm_config_script_shell", true },
	{ "_JAVA_OPTIONS", true },
	{ "GIT_SSH_COMMAND", true },
	{ "SUDO_ASKPASS", true },
	{ "SYSTEMD_PAGER", true },
	{ "TF_CLI_CONFIG_FILE", true },
	{ "TF_VAR_token", false },
	{ "AWS_SECRET_ACCESS_KEY", false },
	{ "ENVIRONMENT", false },
	{ "DATABASE_PATH", false },
	{ "LANG", false },
	{ "TMPDIR", false },
};

START_TEST(what_makes_a_program_run_another_is_taken_where_all_may_run_alone)
{
	struct resource_type type = { .name = "exec:command", .global = true };
	struct problems      problems;
	struct json_object  *properties;
	char                 desired[256], place[128];

	snprintf(desired, sizeof(desired),
	    "{\"create\":[\"true\"],\"environment\":{\"%s\":\"@{so.path}\"}}", variables[_i].name);
	snprintf(place, sizeof(place), "/p/environment/%s", variables[_i].name);
	properties = json_read(desired, strlen(desired), NULL);
	problems_init(&problems);
	local_world.provider->validate(local_world.provider, &type, properties, "/p", &problems);
	ck_assert_uint_eq(problems.n, 0);
	local_down();
	local_up_with("/bin/sh,true");
	local_world.provider->validate(local_world.provider, &type, properties, "/p", &problems);
	ck_assert_uint_eq(problems.n, variables[_i].steers);
	if (variables[_i].steers) {
		ck_assert_str_eq(problems.items[0].pointer, place);
		ck_assert_str_eq(problems.items[0].code, "not_allowed");
		HAS(problems.items[0].detail, variables[_i].name);
	}
	/* As one that was not known when it was checked: the whole environment may be a reference. */
	local_expect(OP_CREATE, "exec:command", desired, variables[_i].steers ? OP_DENIED : OP_OK);
	problems_fini(&problems);
	json_object_put(properties);
}
END_TEST

START_TEST(what_was_recorded_while_all_could_run_is_not_taken_from_there_either)
{
	const char *environment = ",\"environment\":{\"BASH_ENV\":\"x\"}";
	char        more[128];

	snprintf(
	    more, sizeof(more), "%s,\"delete\":[\"/bin/sh\",\"-c\",\"touch ran\"]", environment);
	local_expect(OP_CREATE, "exec:command", command("true", more), OP_OK);
	local_down();
	local_up_with("/bin/sh");
	HAS(local_expect(OP_DELETE, "exec:command", NULL, OP_DENIED), "BASH_ENV");
	ck_assert(!disk_has("ran"));
	local_down();
	local_up(true);
	local_expect(OP_DELETE, "exec:command", NULL, OP_OK);
	ck_assert(disk_has("ran"));
}
END_TEST

START_TEST(a_command_gets_a_clean_environment_and_its_folder)
{
	const char *found;

	ck_assert_int_eq(setenv("API_KEY", "secret", 1), 0);
	disk_folder("work");
	found = local_expect(OP_CREATE, "exec:command",
	    command("env | sort | cut -d= -f1 | tr '\\\\n' ' '; echo $GIVEN; pwd",
		",\"environment\":{\"GIVEN\":\"it\"},\"working_directory\":\"work\""),
	    OP_OK);
	HAS(found, "GIVEN HOME LANG PATH PWD it\\n");
	HAS(found, "/root/work\\n");
	local_world.identity.node_id = "88888888";
	local_expect(OP_CREATE, "exec:command",
	    command("true", ",\"working_directory\":\"../outside\""), OP_INVALID);
	local_expect(OP_CREATE, "exec:command",
	    command("true", ",\"working_directory\":\"missing\""), OP_NOT_FOUND);
}
END_TEST

START_TEST(no_descriptor_of_ours_reaches_a_command)
{
	int fd = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */

	ck_assert_int_ge(fd, 3);
	/* By builtins alone: a pipe of the shell's own would be seen for a moment. */
	HAS(local_expect(OP_CREATE, "exec:command",
		command("i=0; while [ $i -lt 99 ]; do [ ! -e /proc/$$/fd/$i ] || echo -n $i,; "
			"i=$((i+1)); done",
		    ""),
		OP_OK),
	    "\"stdout\":\"0,1,2,\"");
	close(fd);
}
END_TEST

START_TEST(output_is_bounded_and_made_text)
{
	struct asked       *asked;
	struct json_object *outputs;

	asked = local_ask(OP_CREATE, "exec:command",
	    command("head -c 1000000 /dev/zero | tr '\\\\0' x; printf 'a\\\\377b\\\\000c'", ""));
	ck_assert_int_eq(asked->op.result, OP_OK);
	outputs = json_get_object(asked->op.found, "outputs");
	ck_assert_uint_eq(strlen(json_get_str(outputs, "stdout")), 65536 + 2 * 2);
	ck_assert(
	    str_ends(json_get_str(outputs, "stdout"), "xxxa\xef\xbf\xbd\x62\xef\xbf\xbd\x63"));
	local_end(asked);
}
END_TEST

/* Runs the loop until `is_so` says so of the name. */
struct lookout {
	struct timer timer;
	const char  *name;
	bool (*is_so)(const char *name);
};

static void
on_look(struct timer *timer)
{
	struct lookout *lookout = container_of(timer, struct lookout, timer);

	if (lookout->is_so(lookout->name))
		loop_ev_stop(local_world.ev);
	else
		timer_arm(loop_ev_loop(local_world.ev), timer, 1000);
}

static void
run_until(bool (*is_so)(const char *name), const char *name)
{
	struct lookout lookout = { .name = name, .is_so = is_so };

	timer_init(&lookout.timer, on_look);
	timer_arm(loop_ev_loop(local_world.ev), &lookout.timer, 1000);
	loop_ev_run(local_world.ev);
}

/* Has the process ended that has written its number to the file? What was killed dies soon, and may
 * be left as a zombie by whoever inherits it. */
static bool
is_dead(const char *name)
{
	const char *text = disk_get(local_world.root, name), *stat;
	char        path[64];

	ck_assert_ptr_nonnull(text);
	snprintf(path, sizeof(path), "%ld/stat", strtol(text, NULL, 10));
	stat = disk_get("/proc", path);
	return stat == NULL || strstr(stat, ") Z ") != NULL;
}

START_TEST(a_command_that_runs_out_of_time_is_killed_with_its_children)
{
	struct asked *asked = local_ask(OP_CREATE, "exec:command",
	    command("echo $$ >pid; sleep 600 & echo $! >child; wait", ",\"timeout_seconds\":1"));

	ck_assert_int_eq(asked->op.result, OP_FAILED);
	ck_assert_str_eq(asked->op.code, "timeout");
	HAS(asked->op.message, "ran out of time");
	local_end(asked);
	ck_assert(is_dead("pid"));
	run_until(is_dead, "child");
	expect_unfinished(NULL);
}
END_TEST

START_TEST(a_cancelled_command_is_killed_and_never_answers)
{
	struct asked *asked = local_begin(
	    OP_CREATE, "exec:command", command("echo $$ >pid.new; mv pid.new pid; sleep 600", ""));

	run_until(disk_has, "pid");
	ck_assert(!is_dead("pid"));
	local_world.provider->cancel(local_world.provider, &asked->op);
	ck_assert_ptr_null(asked->op.impl);
	local_end(asked);
	/* What was killed is reaped by the loop while others are served. */
	local_world.identity.node_id = "88888888";
	local_expect(OP_CREATE, "exec:command", command("true", ""), OP_OK);
	run_until(is_dead, "pid");
	local_world.identity.node_id = "1b1b1b1b";
	expect_unfinished(NULL);
	local_expect(OP_CREATE, "exec:command", command("echo again", ""), OP_OK);
}
END_TEST

START_TEST(a_command_that_runs_when_the_server_ends_is_killed_and_run_again)
{
	struct asked *asked = local_begin(
	    OP_CREATE, "exec:command", command("echo $$ >pid.new; mv pid.new pid; sleep 600", ""));

	run_until(disk_has, "pid");
	local_down();
	local_end(asked);
	ck_assert(is_dead("pid"));
	local_up(true);
	expect_unfinished(NULL);
	local_expect(OP_CREATE, "exec:command", command("true", ""), OP_OK);
}
END_TEST

START_TEST(a_daemon_that_holds_the_output_open_does_not_hold_up_the_command)
{
	HAS(local_expect(OP_CREATE, "exec:command",
		command("echo up; sleep 600 & echo $! >daemon", ""), OP_OK),
	    "\"stdout\":\"up\\n\"");
	ck_assert_int_eq(
	    kill((pid_t)strtol(disk_get(local_world.root, "daemon"), NULL, 10), SIGKILL), 0);
}
END_TEST

/* ---- nothing ---- */

START_TEST(nothing_is_remembered_and_forgotten)
{
	const char *desired = "{\"note\":\"hi\"}";
	const char *found;

	local_expect(OP_READ, "local:null", desired, OP_ABSENT);
	local_expect(OP_DELETE, "local:null", desired, OP_ABSENT);
	found = local_expect(OP_CREATE, "local:null", desired, OP_OK);
	HAS(found, "\"note\":\"hi\"");
	HAS(found, "\"id\":\"1b1b1b1b-");
	local_expect(OP_UPDATE, "local:null", "{\"note\":\"ho\"}", OP_OK);
	HAS(local_expect(OP_READ, "local:null", NULL, OP_OK), "\"note\":\"ho\"");
	local_expect(OP_DELETE, "local:null", NULL, OP_OK);
	local_expect(OP_READ, "local:null", desired, OP_ABSENT);
	ck_assert(!disk_has(LOCAL_RECORD_DIR));
}
END_TEST

START_TEST(nothing_can_take_its_time)
{
	struct asked *asked;
	int64_t       started = loop_now_us(loop_ev_loop(local_world.ev));

	local_expect(OP_CREATE, "local:null", "{\"delay_ms\":20}", OP_OK);
	ck_assert_int_ge(loop_now_us(loop_ev_loop(local_world.ev)) - started, 20000);
	started = loop_now_us(loop_ev_loop(local_world.ev));
	local_expect(OP_DELETE, "local:null", NULL, OP_OK);
	ck_assert_int_ge(loop_now_us(loop_ev_loop(local_world.ev)) - started, 20000);
	/* Cancelled before its task has run, and while its timer is armed. */
	asked = local_begin(OP_CREATE, "local:null", "{\"delay_ms\":60000}");
	local_world.provider->cancel(local_world.provider, &asked->op);
	local_end(asked);
	asked = local_begin(OP_CREATE, "local:null", "{\"delay_ms\":60000}");
	local_expect(OP_READ, "local:null", NULL, OP_ABSENT);
	local_world.provider->cancel(local_world.provider, &asked->op);
	local_end(asked);
	local_expect(OP_READ, "local:null", NULL, OP_ABSENT);
}
END_TEST

Suite *
suite_local_command(void)
{
	Suite *suite = suite_create("local_command");
	TCase *tc = tcase_create("local_command");

	tcase_add_checked_fixture(tc, local_setup, local_teardown);
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, a_command_is_run_once_and_undone);
	tcase_add_test(tc, a_command_that_fails_says_why_and_was_not_created);
	tcase_add_test(tc, a_delete_that_fails_keeps_the_record);
	tcase_add_test(tc, commands_run_only_where_they_are_allowed);
	tcase_add_loop_test(tc, what_makes_a_program_run_another_is_taken_where_all_may_run_alone,
	    0, (int)array_len(variables));
	tcase_add_test(tc, what_was_recorded_while_all_could_run_is_not_taken_from_there_either);
	tcase_add_test(tc, a_command_gets_a_clean_environment_and_its_folder);
	tcase_add_test(tc, no_descriptor_of_ours_reaches_a_command);
	tcase_add_test(tc, output_is_bounded_and_made_text);
	tcase_add_test(tc, a_command_that_runs_out_of_time_is_killed_with_its_children);
	tcase_add_test(tc, a_cancelled_command_is_killed_and_never_answers);
	tcase_add_test(tc, a_command_that_runs_when_the_server_ends_is_killed_and_run_again);
	tcase_add_test(tc, a_daemon_that_holds_the_output_open_does_not_hold_up_the_command);
	tcase_add_test(tc, nothing_is_remembered_and_forgotten);
	tcase_add_test(tc, nothing_can_take_its_time);
	suite_add_tcase(suite, tc);
	return suite;
}
