/* SPDX-License-Identifier: Apache-2.0
 * stamp.c - times as AWS's protocols write them. */
#include "util/stamp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "util/json.h"

#define MS_PER_SECOND 1000
#define FIRST_SECOND  INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define LAST_SECOND   INT64_C(253402300799) /* 9999-12-31T23:59:59Z */
#define STAMP_MAX     64                    /* bytes of a time as text */

static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
	"Oct", "Nov", "Dec" };

enum stamp_format
stamp_format_of(const char *name, enum stamp_format otherwise)
{
	static const struct {
		const char       *name;
		enum stamp_format format;
	} formats[] = {
		{ "iso8601", STAMP_ISO8601 },
		{ "unixTimestamp", STAMP_UNIX },
		{ "rfc822", STAMP_RFC822 },
	};

	for (size_t i = 0; name != NULL && i < array_len(formats); i++) {
		if (strcasecmp(formats[i].name, name) == 0)
			return formats[i].format;
	}
	return otherwise;
}

static bool
in_range(int64_t seconds, int ms, int64_t *ret_ms)
{
	if (seconds < FIRST_SECOND || seconds > LAST_SECOND)
		return false;
	*ret_ms = seconds * MS_PER_SECOND + ms;
	return true;
}

/* What does not exist (30 February, 25:00) is refused, not taken for another time; `ahead` is of its zone, in seconds. */
static bool
from_tm(const struct tm *asked, int ahead, int ms, int64_t *ret_ms)
{
	struct tm tm = *asked;
	time_t    seconds = timegm(&tm);

	return tm.tm_mon == asked->tm_mon && tm.tm_mday == asked->tm_mday &&
	       tm.tm_hour == asked->tm_hour && tm.tm_min == asked->tm_min &&
	       tm.tm_sec == asked->tm_sec && in_range((int64_t)seconds - ahead, ms, ret_ms);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Exactly so many digits at *at; moves behind them. */
static bool
digits(const char **at, int n, int *ret)
{
	for (*ret = 0; n > 0; n--, (*at)++) {
		if (!is_digit(**at))
			return false;
		*ret = *ret * 10 + (**at - '0');
	}
	return true;
}

static bool
one_of(const char **at, const char *chars)
{
	if (**at == '\0' || strchr(chars, **at) == NULL)
		return false;
	(*at)++;
	return true;
}

/* ".042137" at *at; moves behind it. Digits after the third are dropped. */
static int
fraction(const char **at)
{
	int ms = 0, scale = MS_PER_SECOND / 10;

	if (**at != '.' || !is_digit((*at)[1]))
		return 0;
	for ((*at)++; is_digit(**at); (*at)++) {
		ms += (**at - '0') * scale;
		scale /= 10;
	}
	return ms;
}

/* "Z", "+02:00" or, of a cloud, "-0330" or nothing, which is UTC. */
static bool
offset(const char *at, bool is_strict, int *ret_seconds)
{
	const int sign = *at == '-' ? -1 : 1;
	int       hours, minutes;

	*ret_seconds = 0;
	if (*at == '\0' || strcasecmp(at, "Z") == 0)
		return *at != '\0' || !is_strict;
	if (!one_of(&at, "+-") || !digits(&at, 2, &hours))
		return false;
	if (!one_of(&at, ":") && is_strict)
		return false;
	if (!digits(&at, 2, &minutes) || *at != '\0' || hours > 23 || minutes > 59)
		return false;
	*ret_seconds = (hours * 60 + minutes) * 60 * sign;
	return true;
}

static bool
read_date(const char **at, struct tm *tm)
{
	if (!digits(at, 4, &tm->tm_year) || !one_of(at, "-") || !digits(at, 2, &tm->tm_mon) ||
	    !one_of(at, "-") || !digits(at, 2, &tm->tm_mday))
		return false;
	tm->tm_year -= 1900;
	tm->tm_mon -= 1;
	return true;
}

static bool
read_clock(const char **at, struct tm *tm)
{
	return digits(at, 2, &tm->tm_hour) && one_of(at, ":") && digits(at, 2, &tm->tm_min) &&
	       one_of(at, ":") && digits(at, 2, &tm->tm_sec);
}

/* Strict: RFC 3339. Else also what clouds write: a date alone, a blank before the time, no zone. */
static bool
from_iso8601(const char *text, bool is_strict, int64_t *ret_ms)
{
	struct tm tm = { 0 };
	int       ms = 0, ahead = 0;

	if (!read_date(&text, &tm))
		return false;
	if (*text == '\0' && !is_strict)
		return from_tm(&tm, 0, 0, ret_ms);
	if (!one_of(&text, is_strict ? "Tt" : "Tt ") || !read_clock(&text, &tm))
		return false;
	ms = fraction(&text);
	return offset(text, is_strict, &ahead) && from_tm(&tm, ahead, ms, ret_ms);
}

static bool
from_rfc822(const char *text, int64_t *ret_ms)
{
	struct tm   tm = { 0 };
	char        month[4] = "";
	const char *at;
	int         end = 0, ms;

	if (sscanf(text, "%*3[A-Za-z], %2d %3s %4d %2d:%2d:%2d%n", &tm.tm_mday, month, &tm.tm_year,
		&tm.tm_hour, &tm.tm_min, &tm.tm_sec, &end) != 6 ||
	    end == 0)
		return false;
	at = text + end;
	ms = fraction(&at);
	if (strcmp(at, " GMT") != 0 && strcmp(at, " UTC") != 0)
		return false;
	for (int i = 0; i < (int)array_len(months); i++) {
		if (strcasecmp(month, months[i]) == 0) {
			tm.tm_mon = i;
			tm.tm_year -= 1900;
			return from_tm(&tm, 0, ms, ret_ms);
		}
	}
	return false;
}

static bool
from_seconds(double seconds, int64_t *ret_ms)
{
	double ms = round(seconds * MS_PER_SECOND);

	if (!(ms >= (double)FIRST_SECOND * MS_PER_SECOND &&
		ms <= (double)LAST_SECOND * MS_PER_SECOND))
		return false;
	*ret_ms = (int64_t)ms;
	return true;
}

static bool
from_number(const char *text, int64_t *ret_ms)
{
	char  *end;
	double seconds;

	if (strspn(text, "+-.0123456789eE") != strlen(text))
		return false;
	seconds = strtod(text, &end);
	return end != text && *end == '\0' && from_seconds(seconds, ret_ms);
}

bool
stamp_from_text(const char *text, int64_t *ret_ms)
{
	if (strlen(text) > STAMP_MAX)
		return false;
	return from_iso8601(text, false, ret_ms) || from_rfc822(text, ret_ms) ||
	       from_number(text, ret_ms);
}

bool
stamp_from_rfc3339(const char *text, int64_t *ret_ms)
{
	return strlen(text) <= STAMP_MAX && from_iso8601(text, true, ret_ms);
}

bool
stamp_from_json(struct json_object *json, int64_t *ret_ms)
{
	if (json_object_is_type(json, json_type_string))
		return stamp_from_text(json_object_get_string(json), ret_ms);
	if (json_object_is_type(json, json_type_int) || json_object_is_type(json, json_type_double))
		return from_seconds(json_object_get_double(json), ret_ms);
	return false;
}

static void
add_unix(struct str *out, int64_t seconds, int ms)
{
	if (ms == 0)
		str_addf(out, "%lld", (long long)seconds);
	else /* -0.5 is second -1 and 500 ms */
		str_addf(out, "%.3f", (double)seconds + (double)ms / MS_PER_SECOND);
}

void
stamp_add(struct str *out, enum stamp_format format, int64_t ms)
{
	int64_t   seconds = ms / MS_PER_SECOND - (ms % MS_PER_SECOND < 0);
	int       rest = (int)(ms - seconds * MS_PER_SECOND);
	time_t    time = (time_t)seconds;
	struct tm tm;

	must(seconds >= FIRST_SECOND && seconds <= LAST_SECOND);
	must(gmtime_r(&time, &tm) != NULL);
	switch (format) {
	case STAMP_UNIX: add_unix(out, seconds, rest); return;
	case STAMP_RFC822:
		str_addf(out, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday], tm.tm_mday,
		    months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
		return;
	case STAMP_ISO8601:
	case STAMP_RFC3339:
		str_addf(out, "%04d-%02d-%02dT%02d:%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1,
		    tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
		if (rest != 0 || format == STAMP_RFC3339)
			str_addf(out, ".%03d", rest);
		str_add_char(out, 'Z');
		return;
	}
	must(!"unreachable");
}
