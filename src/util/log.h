/* SPDX-License-Identifier: Apache-2.0
 *
 * log.h - one line per fact, on stderr, as logfmt: time, level, what happened, then key=value.
 *
 * `event` is a fixed word or two ("node.state"); the rest is a printf of key=value pairs. Text from
 * outside goes through log_quote, so that no input can forge a line. Only the layer that decides
 * what to do logs; lower layers return. No secret may be passed here: secrets are not strings
 * (secret.h).
 */
#ifndef UTIL_LOG_H
#define UTIL_LOG_H

#include <stddef.h>

#include "util/check.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_set_level(enum log_level least);
/* Where the time in a line comes from: milliseconds since 1970 UTC. The loop provides it. */
void log_set_clock(long long (*now_ms)(void));

void log_line(enum log_level level, const char *event, const char *fmt, ...) PRINTF_LIKE(3, 4);

#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)
#define log_info(...)  log_line(LOG_INFO, __VA_ARGS__)
#define log_warn(...)  log_line(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)

/* Quotes text as a logfmt value into buf (cut when too long), and returns buf. */
const char *log_quote(char *buf, size_t size, const char *text);

#endif
