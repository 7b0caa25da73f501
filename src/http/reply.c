/* SPDX-License-Identifier: Apache-2.0
 * reply.c - status line, our headers, the caller's headers. */
#include "http/reply.h"

#include <http_parser.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "util/check.h"

#define SERVER_NAME "mgraph-deploy"

/* Framing and its kin are said once, here: a second word on them would be a second message. */
static const char *const ours[] = { "Connection", "Content-Length", "Date", "Keep-Alive", "Server",
	"Transfer-Encoding", "X-Content-Type-Options", "X-Request-Id" };

bool
reply_has_body(int status)
{
	return status != HTTP_STATUS_NO_CONTENT && status != HTTP_STATUS_NOT_MODIFIED;
}

char *
reply_date(char buf[REPLY_DATE_SIZE], int64_t wall_ms)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t            seconds = wall_ms / 1000;
	struct tm         tm;

	must(gmtime_r(&seconds, &tm) != NULL);
	snprintf(buf, REPLY_DATE_SIZE, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
	    days + 3 * (size_t)tm.tm_wday, tm.tm_mday, months + 3 * (size_t)tm.tm_mon,
	    (tm.tm_year + 1900) % 10000, tm.tm_hour, tm.tm_min, tm.tm_sec);
	return buf;
}

static void
header_add(struct str *out, const char *name, const char *value)
{
	str_add(out, name);
	str_add(out, ": ");
	str_add(out, value);
	str_add(out, "\r\n");
}

/* A CR LF from outside in a value would let it write the rest of the reply. */
static void
header_check(const struct http_header *header)
{
	must(header->name[0] != '\0' && strpbrk(header->name, "\r\n \t:") == NULL);
	must(strpbrk(header->value, "\r\n") == NULL);
	for (size_t i = 0; i < array_len(ours); i++)
		must(strcasecmp(header->name, ours[i]) != 0);
}

static void
framing_add(struct str *out, const struct reply *reply)
{
	switch (reply->framing) {
	case REPLY_LENGTH: str_addf(out, "Content-Length: %zu\r\n", reply->length); break;
	case REPLY_CHUNKED: header_add(out, "Transfer-Encoding", "chunked"); break;
	case REPLY_NO_BODY:
	case REPLY_UNTIL_CLOSE: break;
	case REPLY_FRAMING_N: must(false);
	}
	if (!reply->keep_alive)
		header_add(out, "Connection", "close");
	else if (reply->to_http10)
		header_add(out, "Connection", "keep-alive");
}

void
reply_head(struct str *out, const struct reply *reply)
{
	must(reply->status >= 200 && reply->status <= 599);
	str_addf(out, "HTTP/1.1 %d ", reply->status);
	str_add(out, http_status_str((enum http_status)reply->status));
	str_add(out, "\r\n");
	header_add(out, "Date", reply->date);
	header_add(out, "Server", SERVER_NAME);
	framing_add(out, reply);
	header_add(out, "X-Request-Id", reply->request_id);
	header_add(out, "X-Content-Type-Options", "nosniff");
	for (size_t i = 0; i < reply->headers_n; i++) {
		header_check(&reply->headers[i]);
		header_add(out, reply->headers[i].name, reply->headers[i].value);
	}
	str_add(out, "\r\n");
	must(!out->overflow);
}
