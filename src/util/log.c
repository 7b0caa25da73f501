/* SPDX-License-Identifier: Apache-2.0
 * log.c - logfmt lines on stderr. */
#include "util/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/clock_text.h"

#define LINE_MAX_BYTES 2048

static enum log_level least_level = LOG_INFO;
static long long (*clock_ms)(void);

static const char *const level_names[] = {
	[LOG_DEBUG] = "debug",
	[LOG_INFO] = "info",
	[LOG_WARN] = "warn",
	[LOG_ERROR] = "error",
};

void
log_set_level(enum log_level least)
{
	must(least <= LOG_ERROR);
	least_level = least;
}

void
log_set_clock(long long (*now_ms)(void))
{
	clock_ms = now_ms;
}

void
log_line(enum log_level level, const char *event, const char *fmt, ...)
{
	char    line[LINE_MAX_BYTES], time[CLOCK_TEXT_SIZE];
	va_list args;
	int     len, more;

	must(level <= LOG_ERROR);
	if (level < least_level)
		return;
	clock_text(time, clock_ms != NULL ? clock_ms() : 0);
	len = snprintf(
	    line, sizeof(line), "time=%s level=%s event=%s ", time, level_names[level], event);
	must(len > 0 && (size_t)len < sizeof(line));
	va_start(args, fmt);
	more = vsnprintf(line + len, sizeof(line) - (size_t)len, fmt, args);
	va_end(args);
	must(more >= 0);
	len = (size_t)(len + more) < sizeof(line) - 1 ? len + more : (int)sizeof(line) - 2;
	line[len++] = '\n';
	fwrite(line, 1, (size_t)len, stderr);
}

const char *
log_quote(char *buf, size_t size, const char *text)
{
	size_t out = 0;

	must(size >= 8);
	buf[out++] = '"';
	for (; *text != '\0' && out < size - 4; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\') {
			buf[out++] = '\\';
			buf[out++] = (char)c;
		} else {
			buf[out++] = c < 0x20 || c == 0x7f ? ' ' : (char)c;
		}
	}
	buf[out++] = '"';
	buf[out] = '\0';
	return buf;
}
