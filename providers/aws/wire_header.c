/* SPDX-License-Identifier: Apache-2.0
 * wire_header.c - headers out, which no parameter can forge, and headers of an answer. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "providers/aws/wire.h"
#include "util/mem.h"

#define HEADER_TEXT_MAX (8 * 1024) /* S3 metadata is 2 KB; a policy header of EventBridge 8 KB */

bool
wire_header_add(struct wire_request *request, const char *name, const char *value, struct err *err)
{
	if (request->headers_n == WIRE_HEADERS_MAX) {
		err_set(err, ERR_INVALID_REQUEST, "/: more than %d headers", WIRE_HEADERS_MAX);
		return false;
	}
	for (const char *at = name; *at != '\0'; at++) {
		if (strchr("!#$%&'*+-.^_`|~", *at) == NULL && !(*at >= '0' && *at <= '9') &&
		    !((*at | 32) >= 'a' && (*at | 32) <= 'z')) {
			err_set(err, ERR_INVALID_REQUEST, "/: '%.64s' can't name a header", name);
			return false;
		}
	}
	for (const char *at = value; *at != '\0'; at++) {
		if (((unsigned char)*at < 0x20 && *at != '\t') || *at == 0x7f) {
			err_set(err, ERR_INVALID_REQUEST, "/: a control character in %.64s", name);
			return false;
		}
	}
	if (strlen(value) > HEADER_TEXT_MAX) {
		err_set(err, ERR_INVALID_REQUEST, "/: %.64s is too long for a header", name);
		return false;
	}
	request->headers[request->headers_n++] =
	    (struct wire_header){ xstrdup(name), xstrdup(value) };
	return true;
}

const char *
wire_header_of(const struct wire_request *request, const char *name)
{
	for (size_t i = 0; i < request->headers_n; i++) {
		if (strcasecmp(request->headers[i].name, name) == 0)
			return request->headers[i].value;
	}
	return NULL;
}

const char *
wire_header_in(const struct wire_answer *answer, const char *name, size_t *ret_len)
{
	size_t name_len = strlen(name);

	for (const char *line = answer->headers; line != NULL && *line != '\0';) {
		size_t len = strcspn(line, "\n");

		if (len > name_len && line[name_len] == ':' &&
		    strncasecmp(line, name, name_len) == 0) {
			const char *value = line + name_len + 1;

			len -= name_len + 1;
			while (len > 0 && *value == ' ') {
				value++;
				len--;
			}
			while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\r'))
				len--;
			*ret_len = len;
			return value;
		}
		line += len + (line[len] == '\n');
	}
	return NULL;
}

bool
wire_header_copy(const struct wire_answer *answer, const char *name, char *buf, size_t size)
{
	size_t      len;
	const char *value = wire_header_in(answer, name, &len);

	if (value == NULL)
		return false;
	snprintf(buf, size, "%.*s", (int)len, value);
	return true;
}
