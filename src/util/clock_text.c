/* SPDX-License-Identifier: Apache-2.0
 * clock_text.c - times to text and back. */
#include "util/clock_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define MS_PER_SECOND 1000
#define MS_PER_MINUTE (60 * MS_PER_SECOND)
#define MS_PER_HOUR   (60 * MS_PER_MINUTE)

char *
clock_text(char buf[CLOCK_TEXT_SIZE], int64_t wall_ms)
{
	/* Events come by the thousand in one second: its text is made once. */
	static time_t last = -1;
	static char   text[CLOCK_TEXT_SIZE];
	static size_t len;
	time_t        seconds = (time_t)(wall_ms / MS_PER_SECOND);
	int           ms = (int)(wall_ms % MS_PER_SECOND);
	struct tm     tm;

	must(wall_ms >= 0);
	if (seconds != last) {
		must(gmtime_r(&seconds, &tm) != NULL);
		len = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S.", &tm);
		must(len > 0 && len + sizeof("000Z") <= sizeof(text));
		last = seconds;
	}
	memcpy(buf, text, len);
	buf[len] = (char)('0' + ms / 100);
	buf[len + 1] = (char)('0' + ms / 10 % 10);
	buf[len + 2] = (char)('0' + ms % 10);
	memcpy(buf + len + 3, "Z", sizeof("Z"));
	return buf;
}

bool
clock_text_parse(const char *text, int64_t *ret_wall_ms)
{
	struct tm tm = { 0 };
	int       ms, end = 0;

	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
		&tm.tm_hour, &tm.tm_min, &tm.tm_sec, &ms, &end) != 7 ||
	    end == 0 || text[end] != '\0')
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	*ret_wall_ms = (int64_t)timegm(&tm) * MS_PER_SECOND + ms;
	return true;
}

void
clock_text_duration(struct str *out, int64_t ms)
{
	if (ms < 0)
		ms = 0;
	if (ms < 10 * MS_PER_SECOND)
		str_addf(
		    out, "%" PRId64 ".%" PRId64 "s", ms / MS_PER_SECOND, ms % MS_PER_SECOND / 100);
	else if (ms < MS_PER_MINUTE)
		str_addf(out, "%" PRId64 "s", ms / MS_PER_SECOND);
	else if (ms < MS_PER_HOUR)
		str_addf(out, "%" PRId64 "m%02" PRId64 "s", ms / MS_PER_MINUTE,
		    ms % MS_PER_MINUTE / MS_PER_SECOND);
	else
		str_addf(out, "%" PRId64 "h%02" PRId64 "m", ms / MS_PER_HOUR,
		    ms % MS_PER_HOUR / MS_PER_MINUTE);
}
