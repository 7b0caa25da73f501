/* SPDX-License-Identifier: Apache-2.0
 * clock_text.c - times to text and back. */
#include "util/clock_text.h"

#include <stdio.h>
#include <time.h>

#define MS_PER_SECOND 1000

char *
clock_text(char buf[CLOCK_TEXT_SIZE], int64_t wall_ms)
{
	time_t    seconds = (time_t)(wall_ms / MS_PER_SECOND);
	struct tm tm;
	size_t    len;

	must(wall_ms >= 0);
	must(gmtime_r(&seconds, &tm) != NULL);
	len = strftime(buf, CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	must(len > 0);
	snprintf(buf + len, CLOCK_TEXT_SIZE - len, ".%03dZ", (int)(wall_ms % MS_PER_SECOND));
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
