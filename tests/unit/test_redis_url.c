/* SPDX-License-Identifier: Apache-2.0
 * test_redis_url.c - where a Redis is, as text. */
#include <check.h>
#include <string.h>

#include "store/redis_url.h"
#include "util/check.h"
#include "util/str.h"

START_TEST(a_url_is_read_strictly)
{
	static const struct {
		const char *text, *path, *host;
		int         port;
		const char *user, *password;
		int         db;
	} rows[] = {
		{ "redis://localhost", NULL, "localhost", 6379, NULL, NULL, 0 },
		{ "redis://10.0.0.1:7000/", NULL, "10.0.0.1", 7000, NULL, NULL, 0 },
		{ "redis://h:1/12", NULL, "h", 1, NULL, NULL, 12 },
		{ "redis://:secret@h", NULL, "h", 6379, NULL, "secret", 0 },
		{ "redis://u:p%40%3a%2F@h:2", NULL, "h", 2, "u", "p@:/", 0 },
		{ "redis://:a@b@h:2", NULL, "h", 2, NULL, "a@b", 0 },
		{ "redis://[::1]:3/1", NULL, "::1", 3, NULL, NULL, 1 },
		{ "redis://[fe80::1]", NULL, "fe80::1", 6379, NULL, NULL, 0 },
		{ "unix:///run/redis.sock", "/run/redis.sock", NULL, 0, NULL, NULL, 0 },
		{ .text = "" },
		{ .text = "localhost:6379" },
		{ .text = "rediss://h" },
		{ .text = "redis://" },
		{ .text = "redis://h:" },
		{ .text = "redis://h:0" },
		{ .text = "redis://h:65536" },
		{ .text = "redis://h:12x" },
		{ .text = "redis://h/x" },
		{ .text = "redis://h/-1" },
		{ .text = "redis://:%zz@h" },
		{ .text = "redis://:%4@h" },
		{ .text = "redis://:%00@h" },
		{ .text = "redis://[::1" },
		{ .text = "redis://[]:1" },
		{ .text = "redis://[::1]x" },
		{ .text = "unix://" },
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		bool             good = rows[i].host != NULL || rows[i].path != NULL;
		struct redis_url url = { 0 };
		struct err       err = { 0 };

		ck_assert_msg(
		    redis_url_parse(&url, rows[i].text, &err) == good, "%s", rows[i].text);
		if (!good) {
			ck_assert_int_eq(err.code, ERR_BAD_REQUEST);
			continue;
		}
		ck_assert(str_eq(url.path, rows[i].path));
		ck_assert(str_eq(url.host, rows[i].host));
		ck_assert_int_eq(url.port, rows[i].port);
		ck_assert(str_eq(url.user, rows[i].user));
		ck_assert_int_eq(url.password != NULL, rows[i].password != NULL);
		if (url.password != NULL) {
			ck_assert_str_eq(secret_open(url.password), rows[i].password);
			ck_assert_ptr_null(strstr(url.name, rows[i].password));
		}
		ck_assert_int_eq(url.db, rows[i].db);
		redis_url_fini(&url);
	}
}
END_TEST

Suite *suite_redis_url(void);

Suite *
suite_redis_url(void)
{
	Suite *suite = suite_create("redis_url");
	TCase *tcase = tcase_create("redis_url");

	tcase_add_test(tcase, a_url_is_read_strictly);
	suite_add_tcase(suite, tcase);
	return suite;
}
