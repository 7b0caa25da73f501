/* SPDX-License-Identifier: Apache-2.0
 * test_redis_url.c - where a Redis is, as text. */
#include <check.h>
#include <string.h>

#include "store/redis_url.h"
#include "util/check.h"
#include "util/str.h"

#define MANY "h,h,h,h,h,h,h,h"

static const struct good_row {
	const char       *text;
	enum redis_scheme scheme;
	const char       *addresses;
	const char       *user, *password, *master;
	int               db;
} good_rows[] = {
	{ .text = "redis://localhost", REDIS_SCHEME_SERVER, "localhost:6379" },
	{ .text = "redis://10.0.0.1:7000/", REDIS_SCHEME_SERVER, "10.0.0.1:7000" },
	{ .text = "redis://h:1/12", REDIS_SCHEME_SERVER, "h:1", .db = 12 },
	{ .text = "redis://:secret@h", REDIS_SCHEME_SERVER, "h:6379", NULL, "secret" },
	{ .text = "redis://u:p%40%3a%2F@h:2", REDIS_SCHEME_SERVER, "h:2", "u", "p@:/" },
	{ .text = "redis://:a@b@h:2", REDIS_SCHEME_SERVER, "h:2", NULL, "a@b" },
	{ .text = "redis://[::1]:3/1", REDIS_SCHEME_SERVER, "[::1]:3", .db = 1 },
	{ .text = "redis://[fe80::1]", REDIS_SCHEME_SERVER, "[fe80::1]:6379" },
	{ .text = "unix:///run/redis.sock", REDIS_SCHEME_UNIX, "/run/redis.sock" },
	{ .text = "redis-sentinel://s1/mymaster",
	    REDIS_SCHEME_SENTINEL,
	    "s1:26379",
	    .master = "mymaster" },
	{ .text = "redis-sentinel://:x@s1:1,[::1],s3/my.M-2_x/7",
	    REDIS_SCHEME_SENTINEL,
	    "s1:1 [::1]:26379 s3:26379",
	    NULL,
	    "x",
	    "my.M-2_x",
	    7 },
	{ .text = "redis-cluster://c1", REDIS_SCHEME_CLUSTER, "c1:6379" },
	{ .text = "redis-cluster://u:x@c1:1,c2:2/", REDIS_SCHEME_CLUSTER, "c1:1 c2:2", "u", "x" },
};

static void
good_row_check(const struct good_row *row)
{
	struct redis_url url = { 0 };
	struct err       err = { 0 };
	struct str       names;
	char             name[REDIS_ADDRESS_NAME_SIZE];

	ck_assert_msg(redis_url_parse(&url, row->text, &err), "%s", row->text);
	ck_assert_int_eq(url.scheme, row->scheme);
	str_init(&names, 1000);
	for (size_t j = 0; j < url.addresses_n; j++)
		str_addf(
		    &names, "%s%s", j > 0 ? " " : "", redis_address_name(&url.addresses[j], name));
	ck_assert_str_eq(names.data, row->addresses);
	str_fini(&names);
	ck_assert(str_eq(url.user, row->user));
	ck_assert_int_eq(url.password != NULL, row->password != NULL);
	if (url.password != NULL)
		ck_assert_str_eq(secret_open(url.password), row->password);
	ck_assert_str_eq(url.master, row->master != NULL ? row->master : "");
	ck_assert_int_eq(url.db, row->db);
	redis_url_fini(&url);
}

START_TEST(a_url_is_read_whole)
{
	for (size_t i = 0; i < array_len(good_rows); i++)
		good_row_check(&good_rows[i]);
}
END_TEST

START_TEST(a_url_is_read_strictly)
{
	static const char *const texts[] = { "", "localhost:6379", "rediss://h", "redis://",
		"redis://h:", "redis://h:0", "redis://h:65536", "redis://h:12x",
		"redis://h:123456789", "redis://h/x", "redis://h/-1", "redis://h,i",
		"redis://:%zz@h", "redis://:%4@h", "redis://:%00@h", "redis://[::1", "redis://[]:1",
		"redis://[::1]x", "unix://", "redis-sentinel://s1", "redis-sentinel://s1/",
		"redis-sentinel://s1/a b", "redis-sentinel://s1/m/x", "redis-sentinel://s1,/m",
		"redis-sentinel:///m", "redis-cluster://", "redis-cluster://c1,,c2",
		"redis-cluster://c1/1", "redis-cluster://" MANY "," MANY ",h" };

	for (size_t i = 0; i < array_len(texts); i++) {
		struct redis_url url = { 0 };
		struct err       err = { 0 };

		ck_assert_msg(!redis_url_parse(&url, texts[i], &err), "%s", texts[i]);
		ck_assert_int_eq(err.code, ERR_BAD_REQUEST);
	}
}
END_TEST

START_TEST(a_list_has_room_for_sixteen)
{
	struct redis_url url;
	struct err       err = { 0 };

	ck_assert(redis_url_parse(&url, "redis-cluster://" MANY "," MANY, &err));
	ck_assert_uint_eq(url.addresses_n, REDIS_URL_ADDRESSES_MAX);
	redis_url_fini(&url);
}
END_TEST

Suite *suite_redis_url(void);

Suite *
suite_redis_url(void)
{
	Suite *suite = suite_create("redis_url");
	TCase *tcase = tcase_create("redis_url");

	tcase_add_test(tcase, a_url_is_read_whole);
	tcase_add_test(tcase, a_url_is_read_strictly);
	tcase_add_test(tcase, a_list_has_room_for_sixteen);
	suite_add_tcase(suite, tcase);
	return suite;
}
