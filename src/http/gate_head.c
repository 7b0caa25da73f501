/* SPDX-License-Identifier: Apache-2.0
 * gate_head.c - a list of steps over a head whose line ends are known to be right; each may refuse.
 *
 * http_parser is the judge of the grammar (methods, URLs, header names, numbers). What it takes too
 * kindly, or leaves to its caller, is checked here: one space between the words of the request line, the
 * version, Host, and each combination of framing headers that two readers could read differently. */
#include "http/gate_head.h"

#include <ctype.h>
#include <http_parser.h>
#include <string.h>
#include <strings.h>

#include "http/gate.h"
#include "http/target.h"
#include "util/check.h"
#include "util/mem.h"
#include "util/str.h"

struct head {
	struct gate *gate;
	char        *target, *target_end, *headers;
	http_parser  parser;
	bool         keep_alive;
};

static bool
refuse(const struct head *head, int status, const char *detail)
{
	gate_refuse(head->gate, status, detail);
	return false;
}

/* "METHOD SP target SP HTTP/1.x": exactly that, as the parser would let more spaces pass. */
static bool
read_request_line(struct head *head)
{
	char *line = head->gate->head.data, *end = strstr(line, "\r\n"), *version;

	must(end != NULL);
	head->headers = end + 2;
	head->target = memchr(line, ' ', (size_t)(end - line));
	if (head->target == NULL || head->target == line)
		return refuse(head, HTTP_STATUS_BAD_REQUEST, "the request line is malformed");
	head->target++;
	head->target_end = memchr(head->target, ' ', (size_t)(end - head->target));
	if (head->target_end == NULL || head->target_end == head->target)
		return refuse(head, HTTP_STATUS_BAD_REQUEST, "the request line is malformed");
	version = head->target_end + 1;
	if (end - version != 8 || strncmp(version, "HTTP/", 5) != 0 || version[6] != '.' ||
	    !isdigit((unsigned char)version[5]) || !isdigit((unsigned char)version[7]))
		return refuse(head, HTTP_STATUS_BAD_REQUEST, "the request line is malformed");
	if (version[5] != '1')
		return refuse(head, HTTP_STATUS_HTTP_VERSION_NOT_SUPPORTED,
		    "this server speaks HTTP/1.1 and HTTP/1.0");
	head->gate->is_http10 = version[7] == '0';
	return true;
}

static int
on_headers_complete(http_parser *parser)
{
	struct head *head = parser->data;

	head->keep_alive = http_should_keep_alive(parser) != 0;
	return 0;
}

static bool
check_grammar(struct head *head)
{
	http_parser_settings settings;
	enum http_errno      wrong;

	http_parser_settings_init(&settings);
	settings.on_headers_complete = on_headers_complete;
	http_parser_init(&head->parser, HTTP_REQUEST);
	head->parser.data = head;
	http_parser_execute(&head->parser, &settings, head->gate->head.data, head->gate->head.len);
	wrong = HTTP_PARSER_ERRNO(&head->parser);
	if (wrong == HPE_INVALID_METHOD || (wrong == HPE_OK && head->parser.method == HTTP_CONNECT))
		return refuse(head, HTTP_STATUS_NOT_IMPLEMENTED, "the method is not known here");
	if (wrong != HPE_OK)
		return refuse(head, HTTP_STATUS_BAD_REQUEST, http_errno_description(wrong));
	head->gate->is_head = head->parser.method == HTTP_HEAD;
	head->gate->method =
	    http_method_str(head->gate->is_head ? HTTP_GET : (enum http_method)head->parser.method);
	head->gate->keep_alive = head->keep_alive;
	return true;
}

static bool
is_token(const char *name, size_t len)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < len; i++) {
		if (!isalnum((unsigned char)name[i]) && strchr(marks, name[i]) == NULL)
			return false;
	}
	return len > 0;
}

/* Cuts one line "name: value" CR LF into two strings, and returns the line after it. */
static char *
cut_header(struct head *head, char *line)
{
	struct gate *gate = head->gate;
	char        *end = strstr(line, "\r\n"), *colon = memchr(line, ':', (size_t)(end - line));
	char        *value = colon + 1, *value_end = end;

	if (colon == NULL || !is_token(line, (size_t)(colon - line))) {
		refuse(head, HTTP_STATUS_BAD_REQUEST, "a header name is malformed");
		return NULL;
	}
	while (value < value_end && (*value == ' ' || *value == '\t'))
		value++;
	while (value_end > value && (value_end[-1] == ' ' || value_end[-1] == '\t'))
		value_end--;
	*colon = *value_end = '\0';
	gate->headers[gate->headers_n++] = (struct http_header){ line, value };
	return end + 2;
}

static bool
read_headers(struct head *head)
{
	struct gate *gate = head->gate;
	char        *line = head->headers;

	must(gate->lines_n >= 1 && gate->lines_n <= GATE_HEADERS_MAX + 1);
	gate->headers = xcalloc(gate->lines_n, sizeof(*gate->headers));
	while (line != NULL && line[0] != '\r')
		line = cut_header(head, line);
	return line != NULL;
}

static size_t
header_count(const struct gate *gate, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < gate->headers_n; i++)
		n += strcasecmp(gate->headers[i].name, name) == 0;
	return n;
}

static bool
check_host(struct head *head)
{
	size_t      n = header_count(head->gate, "Host");
	const char *host = gate_header(head->gate, "Host");

	if (n > 1 || (n == 0 && !head->gate->is_http10))
		return refuse(
		    head, HTTP_STATUS_BAD_REQUEST, "there must be exactly one Host header");
	if (host != NULL && strpbrk(host, " \t/\\?#@,\"<>") != NULL)
		return refuse(head, HTTP_STATUS_BAD_REQUEST, "the Host header is malformed");
	return true;
}

static bool
read_length(struct head *head)
{
	struct gate *gate = head->gate;

	if (header_count(gate, "Content-Length") > 1 ||
	    !str_to_u64(gate_header(gate, "Content-Length"), &gate->body_left))
		return refuse(head, HTTP_STATUS_BAD_REQUEST, "Content-Length is malformed");
	if (gate->body_left > gate->limits.body_max)
		return refuse(head, HTTP_STATUS_PAYLOAD_TOO_LARGE, "the body is too large");
	return true;
}

static bool
read_framing(struct head *head)
{
	struct gate *gate = head->gate;
	const char  *coding = gate_header(gate, "Transfer-Encoding");
	const char  *length = gate_header(gate, "Content-Length");

	if (coding == NULL)
		return length == NULL || read_length(head);
	if (length != NULL || gate->is_http10 || header_count(gate, "Transfer-Encoding") > 1)
		return refuse(
		    head, HTTP_STATUS_BAD_REQUEST, "the framing of the body is ambiguous");
	if (strcasecmp(coding, "chunked") != 0)
		return refuse(head, HTTP_STATUS_NOT_IMPLEMENTED,
		    "the only transfer coding known here is chunked");
	gate->is_chunked = true;
	return true;
}

static bool
read_expect(struct head *head)
{
	const char *expect = gate_header(head->gate, "Expect");

	if (expect == NULL || head->gate->is_http10)
		return true;
	if (strcasecmp(expect, "100-continue") != 0)
		return refuse(
		    head, HTTP_STATUS_EXPECTATION_FAILED, "the expectation is not known here");
	head->gate->wants_continue = true;
	return true;
}

/* "http://host/path?query", as proxies are asked: *ret_path is what follows the host. */
static bool
skip_authority(const struct head *head, char **ret_path)
{
	struct http_parser_url url;
	size_t                 len = (size_t)(head->target_end - head->target);

	http_parser_url_init(&url);
	if (http_parser_parse_url(head->target, len, 0, &url) != 0 ||
	    (url.field_set & (1 << UF_HOST)) == 0)
		return false;
	if (url.field_set & (1 << UF_PATH))
		*ret_path = head->target + url.field_data[UF_PATH].off;
	else if (url.field_set & (1 << UF_QUERY))
		*ret_path = head->target + url.field_data[UF_QUERY].off - 1;
	else
		*ret_path = head->target_end;
	return true;
}

static bool
read_target(struct head *head)
{
	struct gate *gate = head->gate;
	char        *path = head->target, *query;

	for (const char *at = path; at < head->target_end; at++) {
		if (*at <= ' ' || *at > '~' || *at == '#')
			return refuse(head, HTTP_STATUS_BAD_REQUEST, "the target is malformed");
	}
	*head->target_end = '\0';
	if (strcmp(path, "*") == 0 ? head->parser.method != HTTP_OPTIONS
				   : *path != '/' && !skip_authority(head, &path))
		return refuse(head, HTTP_STATUS_BAD_REQUEST, "the target is malformed");
	query = strchr(path, '?');
	gate->query = query == NULL ? "" : query + 1;
	if (query != NULL)
		*query = '\0';
	gate->path = *path == '\0' ? "/" : path;
	if (!target_decode(path) || !target_check(gate->query))
		return refuse(head, HTTP_STATUS_BAD_REQUEST, "the percent-encoding is malformed");
	return true;
}

static bool (*const steps[])(struct head *) = { read_request_line, check_grammar, read_headers,
	check_host, read_framing, read_expect, read_target };

bool
gate_head_parse(struct gate *gate)
{
	struct head head = { .gate = gate };

	for (size_t i = 0; i < array_len(steps); i++) {
		if (!steps[i](&head))
			return false;
	}
	return true;
}
