/* SPDX-License-Identifier: Apache-2.0
 * signing.c - AWS's published cases for Signature Version 4: a request in .req; what comes of it, step
 * by step, in .creq, .sts and .authz. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "providers/aws/sign.h"
#include "published.h"
#include "util/mem.h"

#define SUITE       "signing"
#define CASES_LEAST 30 /* fewer than these, and something is missing */
#define FILE_MAX    (64 * 1024)
#define PATH_SIZE   1024
#define DEPTH_MAX   4
#define TEXT_MAX    (128 * 1024)

#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define DATE   "20150830T123600Z"

struct request {
	char              *method, *path, *query, *body;
	struct sign_header headers[SIGN_HEADERS_MAX];
	size_t             headers_n;
};

static char *
read_file(const char *folder, const char *name, const char *suffix)
{
	char   path[2 * PATH_SIZE], *text = xcalloc(1, FILE_MAX);
	size_t len, out = 0;
	FILE  *file;

	snprintf(path, sizeof(path), "%s/%s.%s", folder, name, suffix);
	file = fopen(path, "r");
	if (file == NULL) {
		free(text);
		return NULL;
	}
	len = fread(text, 1, FILE_MAX - 1, file);
	fclose(file);
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\r')
			text[out++] = text[i];
	}
	text[out] = '\0';
	return text;
}

/* "Name:value", and lines that start with a space, which go on with the value. */
static char *
take_headers(char *at, struct request *r)
{
	while (at != NULL && *at != '\0' && *at != '\n') {
		char *end = strchr(at, '\n'), *colon;

		while (end != NULL && end[1] == ' ') {
			*end = ' ';
			end = strchr(end, '\n');
		}
		if (end != NULL)
			*end = '\0';
		colon = strchr(at, ':');
		if (colon != NULL && r->headers_n < SIGN_HEADERS_MAX) {
			*colon = '\0';
			r->headers[r->headers_n++] = (struct sign_header){ at, colon + 1 };
		}
		at = end != NULL ? end + 1 : NULL;
	}
	return at;
}

/* "GET /path?query HTTP/1.1"; a path may well hold a space. */
static bool
take_request(char *text, struct request *r)
{
	char       *line_end = strchr(text, '\n'), *version, *space = strchr(text, ' '), *rest;
	static char nothing[1];

	if (line_end == NULL || space == NULL)
		return false;
	*line_end = *space = '\0';
	version = strrchr(space + 1, ' ');
	if (version == NULL)
		return false;
	*version = '\0';
	r->method = text;
	r->path = space + 1;
	r->query = strchr(r->path, '?');
	if (r->query != NULL)
		*r->query++ = '\0';
	else
		r->query = nothing;
	rest = take_headers(line_end + 1, r);
	r->body = rest != NULL && *rest == '\n' ? rest + 1 : nothing;
	return true;
}

/* The session token is to be signed, though in some cases the request is still without it. */
static void
add_token(struct request *r, const char *canonical, char *token, size_t size)
{
	static const char name[] = "x-amz-security-token:";
	const char       *at = strstr(canonical, name);

	for (size_t i = 0; i < r->headers_n; i++) {
		if (strncasecmp(r->headers[i].name, name, sizeof(name) - 2) == 0)
			return;
	}
	if (at == NULL || r->headers_n == SIGN_HEADERS_MAX)
		return;
	at += sizeof(name) - 1;
	snprintf(token, size, "%.*s", (int)strcspn(at, "\n"), at);
	r->headers[r->headers_n++] = (struct sign_header){ "X-Amz-Security-Token", token };
}

static const char *
compare(const struct request *r, char *const want[3])
{
	const struct sign_keys keys = { "AKIDEXAMPLE", SECRET, strlen(SECRET), "us-east-1",
		"service" };
	char                   hash[DIGEST_SHA256_HEX];
	struct sign_request    request = { r->method, r->path, r->query, r->headers, r->headers_n,
		   hash, false };
	struct str             canonical, text, authorization;
	const char            *problem = NULL;

	digest_sha256_hex(r->body, strlen(r->body), hash);
	str_init(&canonical, TEXT_MAX);
	str_init(&text, TEXT_MAX);
	str_init(&authorization, TEXT_MAX);
	sign_canonical_request(&request, &canonical);
	sign_string_to_sign(&keys, DATE, &canonical, &text);
	sign_authorization(&request, &keys, DATE, &authorization);
	if (strcmp(canonical.data, want[0]) != 0)
		problem = "another canonical request";
	else if (strcmp(text.data, want[1]) != 0)
		problem = "another string to sign";
	else if (strcmp(authorization.data, want[2]) != 0)
		problem = "another authorization";
	str_fini(&canonical);
	str_fini(&text);
	str_fini(&authorization);
	return problem;
}

static void
run_case(const char *folder, const char *name)
{
	static const char *const suffixes[] = { "creq", "sts", "authz" };
	char                    *text = read_file(folder, name, "req"), *want[3], token[2048];
	struct request           r = { 0 };
	bool                     whole = text != NULL && take_request(text, &r);

	for (size_t i = 0; i < 3; i++) {
		want[i] = read_file(folder, name, suffixes[i]);
		whole = whole && want[i] != NULL;
	}
	if (whole)
		add_token(&r, want[0], token, sizeof(token));
	published_case(SUITE, name, whole ? compare(&r, want) : "a file of it is missing");
	for (size_t i = 0; i < 3; i++)
		free(want[i]);
	free(text);
}

/* A folder is a case when it has a .req of its own name; else there may be cases in it. */
static size_t
walk(const char *folder, const char *name, int depth)
{
	char           path[PATH_SIZE];
	struct dirent *entry;
	struct stat    st;
	size_t         n = 0;
	DIR           *dir;

	snprintf(path, sizeof(path), "%.500s/%.200s.req", folder, name);
	if (stat(path, &st) == 0) {
		run_case(folder, name);
		return 1;
	}
	dir = opendir(folder);
	while (dir != NULL && depth < DEPTH_MAX && (entry = readdir(dir)) != NULL) {
		snprintf(path, sizeof(path), "%.500s/%.200s", folder, entry->d_name);
		if (entry->d_name[0] != '.' && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			n += walk(path, entry->d_name, depth + 1);
	}
	if (dir != NULL)
		closedir(dir);
	return n;
}

bool
published_signing(const char *folder)
{
	char   path[PATH_SIZE];
	size_t n;

	snprintf(path, sizeof(path), "%.500s/auth/aws4_testsuite", folder);
	n = walk(path, "aws4_testsuite", 0);
	published_suite_end(SUITE);
	return n >= CASES_LEAST;
}
