/* SPDX-License-Identifier: Apache-2.0
 * test_local_allow.c - what is listed is allowed, and nothing that only looks like it. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "providers/local/local_allow.h"
#include "util/check.h"

#define HOOKS "https://a.example.com/hooks/"

static const struct {
	const char *list, *url;
	bool        allowed, link;
} urls[] = {
	{ NULL, "https://a.example.com/", false, false },
	{ "", "https://a.example.com/", false, false },
	{ "*", "https://a.example.com/", true, false },
	{ "a.example.com", "https://a.example.com:8443/x?y#z", true, false },
	{ "a.example.com", "http://A.EXAMPLE.COM", true, false },
	{ "*.example.com", "https://a.b.example.com/", true, false },
	{ "*.example.com", "https://example.com/", false, false },
	{ "b.example.com,a.example.com", "https://a.example.com/", true, false },
	{ "a.example.com", "https://a.example.com.evil.org/", false, false },
	{ "a.example.com", "https://a.example.com@evil.org/", false, false },
	{ "a.example.com", "https://evil.org\\@a.example.com/", false, false },
	{ "a.example.com", "https://evil.org/?a.example.com", false, false },
	{ "a.example.com", "ftp://a.example.com/", false, false },
	{ "a.example.com", "file:///etc/passwd", false, false },
	{ "https://a.example.com", "https://a.example.com/x", true, false },
	{ "https://a.example.com", "http://a.example.com/x", false, false },
	{ "https://a.example.com", "https://a.example.com.evil.org/", false, false },
	{ "https://a.example.com", "https://a.example.com:99/", false, false },
	{ "https://a.example.com/hooks/", "https://a.example.com/hooks/1", true, false },
	{ "https://a.example.com/hooks/", "https://a.example.com/other", false, false },
	{ HOOKS, HOOKS "../admin", false, false },
	{ HOOKS, HOOKS "..", false, false },
	{ HOOKS, HOOKS "./x?y", false, false },
	{ HOOKS, HOOKS "x/.?y", false, false },
	{ HOOKS, HOOKS "%2e%2E/admin", false, false },
	{ HOOKS, HOOKS ".%2e#y", false, false },
	{ HOOKS, HOOKS "%252e%25252e/admin", false, false },
	{ HOOKS, HOOKS "..;x=y/admin", false, false },
	{ HOOKS, HOOKS "x%2fy", false, false },
	{ HOOKS, HOOKS "x%2Fy", false, false },
	{ HOOKS, HOOKS "..%5Cadmin", false, false },
	{ HOOKS, HOOKS "x%5cy", false, false },
	{ HOOKS, HOOKS "..\\admin", false, false },
	{ HOOKS, HOOKS "...;/.a/b../c.d%20e;..?z=/../%2f\\", true, false },
	{ HOOKS, HOOKS "100%/%zz/%2", true, false },
	{ "https://a.example.com/", "https://a.example.com/a/../b%2fc", true, false },
	{ "https://a.example.com", "https://a.example.com/a/../b", true, false },
	{ "a.example.com," HOOKS, HOOKS "../admin", true, false },
	{ "*", "http://169.254.169.254/latest/", false, false },
	{ "169.254.*", "http://169.254.169.254/latest/", false, false },
	{ "169.254.169.254", "http://169.254.169.254/latest/", true, true },
	{ "*", "http://[fe80::1%25eth0]/", false, false },
	{ "[fe80::1]", "http://[fe80::1]/", true, true },
	{ "*", "http://[::ffff:169.254.169.254]/", false, false },
	{ "*", "http://[::1]/", true, false },
};

START_TEST(a_url_is_allowed_by_its_host_or_its_beginning)
{
	struct local_allow allow;

	local_allow_init(&allow, urls[_i].list);
	ck_assert_msg(local_allow_url(&allow, urls[_i].url) == urls[_i].allowed, "%s by %s",
	    urls[_i].url, urls[_i].list);
	ck_assert_msg(local_allow_link(&allow, urls[_i].url) == urls[_i].link, "%s", urls[_i].url);
	local_allow_fini(&allow);
}
END_TEST

START_TEST(a_path_that_is_taken_for_another_is_refused_with_the_reason)
{
	struct local_refusal refusal = { "/properties", "/url", "asks", "URLs", "--http-allow",
		HOOKS "../admin" };
	struct local_allow   allow;
	struct problems      problems;

	local_allow_init(&allow, HOOKS);
	problems_init(&problems);
	local_allow_refuse(&allow, &refusal, &problems);
	ck_assert_str_eq(problems.items[0].pointer, "/properties/url");
	ck_assert_str_eq(problems.items[0].detail,
	    "this server asks other URLs alone (--http-allow): " HOOKS
	    "; no path with a part \".\" or \"..\", an encoded slash or a backslash is below one "
	    "that is listed");
	problems_fini(&problems);
	local_allow_fini(&allow);
	ck_assert_str_eq(local_allow_note(HOOKS "x"), "");
	ck_assert_str_eq(local_allow_note("nonsense"), "");
}
END_TEST

static const struct {
	const char *list, *name, *path;
} programs[] = {
	{ NULL, "/bin/sh", NULL },
	{ "*", "whatever", "whatever" },
	{ "/bin/sh", "/bin/sh", "/bin/sh" },
	{ "/bin/sh", "sh", "/bin/sh" },
	{ "/bin/sh", "/tmp/sh", NULL },
	{ "/bin/sh", "bash", NULL },
	{ "/opt/a/tool,/bin/sh", "sh", "/bin/sh" },
	{ "no-such-program-anywhere", "/bin/no-such-program-anywhere", NULL },
};

START_TEST(a_program_is_allowed_by_its_path_or_the_last_part_of_it)
{
	struct local_allow allow;
	const char        *path;

	local_allow_init(&allow, programs[_i].list);
	local_allow_find_programs(&allow);
	path = local_allow_program(&allow, programs[_i].name);
	if (programs[_i].path == NULL)
		ck_assert_ptr_null(path);
	else
		ck_assert_str_eq(path, programs[_i].path);
	local_allow_fini(&allow);
}
END_TEST

START_TEST(a_name_is_looked_for_on_the_path_once)
{
	struct local_allow allow;

	ck_assert_int_eq(setenv("PATH", "/nowhere:/bin", 1), 0);
	local_allow_init(&allow, "sh");
	local_allow_find_programs(&allow);
	ck_assert_int_eq(setenv("PATH", "/tmp", 1), 0);
	ck_assert_str_eq(local_allow_program(&allow, "sh"), "/bin/sh");
	ck_assert_ptr_null(local_allow_program(&allow, "/tmp/sh"));
	local_allow_fini(&allow);
}
END_TEST

Suite *suite_local_allow(void);

Suite *
suite_local_allow(void)
{
	Suite *suite = suite_create("local_allow");
	TCase *tcase = tcase_create("local_allow");

	tcase_add_loop_test(
	    tcase, a_url_is_allowed_by_its_host_or_its_beginning, 0, (int)array_len(urls));
	tcase_add_test(tcase, a_path_that_is_taken_for_another_is_refused_with_the_reason);
	tcase_add_loop_test(tcase, a_program_is_allowed_by_its_path_or_the_last_part_of_it, 0,
	    (int)array_len(programs));
	tcase_add_test(tcase, a_name_is_looked_for_on_the_path_once);
	suite_add_tcase(suite, tcase);
	return suite;
}
