/* SPDX-License-Identifier: Apache-2.0
 * test_aws_stamp.c - times in the forms that AWS's protocols have for them. */
#include <check.h>

#include "util/stamp.h"
#include "util/check.h"

static const struct {
	const char *text;
	int64_t     ms;
	const char *iso8601, *seconds, *rfc822, *rfc3339;
} stamps[] = {
	{ "2014-04-29T18:30:38Z", 1398796238000, "2014-04-29T18:30:38Z", "1398796238",
	    "Tue, 29 Apr 2014 18:30:38 GMT", "2014-04-29T18:30:38.000Z" },
	{ "2014-04-29T20:30:38.1239+02:00", 1398796238123, "2014-04-29T18:30:38.123Z",
	    "1398796238.123", "Tue, 29 Apr 2014 18:30:38 GMT", "2014-04-29T18:30:38.123Z" },
	{ "Tue, 29 Apr 2014 18:30:38 GMT", 1398796238000, "2014-04-29T18:30:38Z", "1398796238",
	    "Tue, 29 Apr 2014 18:30:38 GMT", "2014-04-29T18:30:38.000Z" },
	{ "1.398796238123E9", 1398796238123, "2014-04-29T18:30:38.123Z", "1398796238.123",
	    "Tue, 29 Apr 2014 18:30:38 GMT", "2014-04-29T18:30:38.123Z" },
	{ "-0.5", -500, "1969-12-31T23:59:59.500Z", "-0.500", "Wed, 31 Dec 1969 23:59:59 GMT",
	    "1969-12-31T23:59:59.500Z" },
	{ "2026-11-24", 1795478400000, "2026-11-24T00:00:00Z", "1795478400",
	    "Tue, 24 Nov 2026 00:00:00 GMT", "2026-11-24T00:00:00.000Z" },
};

START_TEST(a_time_is_read_and_written_in_every_form)
{
	const char *const want[] = { stamps[_i].iso8601, stamps[_i].seconds, stamps[_i].rfc822,
		stamps[_i].rfc3339 };
	struct str        out;
	int64_t           ms;

	ck_assert(stamp_from_text(stamps[_i].text, &ms));
	ck_assert_int_eq(ms, stamps[_i].ms);
	str_init(&out, 64);
	for (size_t i = 0; i < array_len(want); i++) {
		str_clear(&out);
		stamp_add(&out, (enum stamp_format)i, ms);
		ck_assert_str_eq(out.data, want[i]);
	}
	str_fini(&out);
}
END_TEST

static const char *const no_stamps[] = { "", "soon", "2026-11-24T", "2026-11-24T02:17", "1e99",
	"nan", "inf", "0x10", "2026-11-24T02:17:16+2", "99999999999999999999", "-1e15",
	"Tue, 24 Nov 2026 02:17:16 CET", "Tue, 24 Foo 2026 02:17:16 GMT", "2027-02-30",
	"2027-02-30T00:00:00Z", "2027-13-01T00:00:00Z", "2027-00-01T00:00:00Z",
	"2027-01-01T25:61:61Z", "2027-01-01T24:00:00Z", "2027-01-01T00:00:00+99:99",
	"2027-01-01T00:00:00+24:00", "2027-01-01T00:00:00.Z", "2027-1-1T00:00:00Z",
	"2027- 1- 1T00:00:00Z", "0000-01-01T00:00:00Z", "Tue, 31 Nov 2026 02:17:16 GMT" };

static const struct {
	const char *text;
	bool        is_good;
} strict[] = {
	{ "2027-01-01T00:00:00Z", true },
	{ "2027-01-01t00:00:00z", true },
	{ "2027-01-01T01:30:00.5+01:30", true },
	{ "2028-02-29T00:00:00-00:00", true },
	{ "2027-01-01T00:00:00", false },
	{ "2027-01-01 00:00:00Z", false },
	{ "2027-01-01", false },
	{ "2027-01-01T00:00:00+0130", false },
	{ "2027-02-29T00:00:00Z", false },
	{ "1798761600", false },
	{ "Fri, 01 Jan 2027 00:00:00 GMT", false },
};

START_TEST(a_time_from_people_has_a_zone)
{
	int64_t ms;

	ck_assert(stamp_from_rfc3339(strict[_i].text, &ms) == strict[_i].is_good);
	ck_assert(stamp_from_rfc3339("2027-01-01t01:00:00.5+01:00", &ms));
	ck_assert_int_eq(ms, 1798761600500);
}
END_TEST

START_TEST(what_is_no_time_is_refused)
{
	int64_t ms = 42;

	ck_assert(!stamp_from_text(no_stamps[_i], &ms));
	ck_assert_int_eq(ms, 42);
}
END_TEST

Suite *suite_aws_stamp(void);

Suite *
suite_aws_stamp(void)
{
	Suite *suite = suite_create("aws_stamp");
	TCase *tcase = tcase_create("aws_stamp");

	tcase_add_loop_test(
	    tcase, a_time_is_read_and_written_in_every_form, 0, (int)array_len(stamps));
	tcase_add_loop_test(tcase, what_is_no_time_is_refused, 0, (int)array_len(no_stamps));
	tcase_add_loop_test(tcase, a_time_from_people_has_a_zone, 0, (int)array_len(strict));
	suite_add_tcase(suite, tcase);
	return suite;
}
