/* SPDX-License-Identifier: Apache-2.0
 * sign.c - AWS Signature Version 4: canonical request, string to sign, signing key, signature. */
#include "providers/aws/sign.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "util/check.h"
#include "util/mem.h"
#include "util/secret.h"

#define ALGORITHM     "AWS4-HMAC-SHA256"
#define TERMINATOR    "aws4_request"
#define DAY_LEN       8 /* of a date, "20150830" */
#define CANONICAL_MAX (1024 * 1024)
#define SECRET_MAX    SIGN_SECRET_MAX
#define PARTS_MAX     1024 /* of a path, and of a query */

void
sign_date(char out[SIGN_DATE_SIZE], int64_t wall_ms)
{
	time_t    seconds = (time_t)(wall_ms / 1000);
	struct tm tm;

	must(gmtime_r(&seconds, &tm) != NULL);
	must(strftime(out, SIGN_DATE_SIZE, "%Y%m%dT%H%M%SZ", &tm) == SIGN_DATE_SIZE - 1);
}

/* ---- the canonical request ---- */

/* Without "." and "..", and without empty parts, as RFC 3986 says and AWS adds. */
static void
normalise(const char *path, struct str *out)
{
	size_t ends[PARTS_MAX], n = 0;

	str_add_char(out, '/');
	while (*path != '\0') {
		size_t len = strcspn(path, "/");
		bool   is_last = path[len] == '\0';

		if (len == 2 && path[0] == '.' && path[1] == '.') {
			n -= n > 0;
			out->len = n > 0 ? ends[n - 1] : 1;
			out->data[out->len] = '\0';
		} else if (len > 0 && !(len == 1 && path[0] == '.') && n < PARTS_MAX) {
			str_add_mem(out, path, len);
			if (!is_last)
				str_add_char(out, '/');
			ends[n++] = out->len;
		}
		path += len + !is_last;
	}
}

static void
add_path(const struct sign_request *request, struct str *out)
{
	struct str plain;

	if (*request->path == '\0') {
		str_add_char(out, '/');
	} else if (request->s3) {
		str_add(out, request->path);
	} else {
		str_init(&plain, CANONICAL_MAX);
		normalise(request->path, &plain);
		str_add_percent(out, plain.data, plain.len, "/");
		str_fini(&plain);
	}
}

/* Whatever was encoded in whatever way is decoded, and encoded in the one canonical way. */
static char *
encode_again(const char *text, size_t len)
{
	struct str out;

	str_init(&out, CANONICAL_MAX);
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c == '%' && len - i > 2 && str_hex_value(text[i + 1]) >= 0 &&
		    str_hex_value(text[i + 2]) >= 0) {
			c = (char)(str_hex_value(text[i + 1]) << 4 | str_hex_value(text[i + 2]));
			i += 2;
		}
		str_add_percent(&out, &c, 1, NULL);
	}
	return str_take(&out);
}

struct pair {
	char *key, *value;
};

static int
pair_order(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int                c = strcmp(x->key, y->key);

	return c != 0 ? c : strcmp(x->value, y->value);
}

static size_t
split_query(const char *query, struct pair *pairs)
{
	size_t n = 0;

	while (*query != '\0' && n < PARTS_MAX) {
		size_t len = strcspn(query, "&"), key = strcspn(query, "=&");
		size_t value = key < len ? key + 1 : len;

		if (len > 0)
			pairs[n++] = (struct pair){ encode_again(query, key),
				encode_again(query + value, len - value) };
		query += len + (query[len] == '&');
	}
	return n;
}

static void
add_query(const struct sign_request *request, struct str *out)
{
	struct pair *pairs = xcalloc(PARTS_MAX, sizeof(*pairs));
	size_t       n = split_query(request->query, pairs);

	qsort(pairs, n, sizeof(*pairs), pair_order);
	for (size_t i = 0; i < n; i++) {
		str_addf(out, "%s%s=", i > 0 ? "&" : "", pairs[i].key);
		str_add(out, pairs[i].value);
		free(pairs[i].key);
		free(pairs[i].value);
	}
	free(pairs);
}

/* Stable: headers of the same name stay in their order. */
static size_t
sort_headers(const struct sign_request *request, const struct sign_header **sorted)
{
	size_t n = 0;

	must(request->headers_n <= SIGN_HEADERS_MAX);
	for (size_t i = 0; i < request->headers_n; i++) {
		size_t at = n++;

		for (; at > 0 && strcasecmp(sorted[at - 1]->name, request->headers[i].name) > 0;
		     at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = &request->headers[i];
	}
	return n;
}

static void
add_lower(struct str *out, const char *text)
{
	for (; *text != '\0'; text++)
		str_add_char(out, (char)tolower((unsigned char)*text));
}

/* Trimmed, runs of spaces made one. */
static void
add_value(struct str *out, const char *text)
{
	bool space = false, any = false;

	for (; *text != '\0'; text++) {
		if (*text == ' ' || *text == '\t' || *text == '\r' || *text == '\n') {
			space = true;
			continue;
		}
		if (space && any)
			str_add_char(out, ' ');
		str_add_char(out, *text);
		space = false;
		any = true;
	}
}

static void
add_headers(const struct sign_request *request, struct str *out)
{
	const struct sign_header *sorted[SIGN_HEADERS_MAX];
	size_t                    n = sort_headers(request, sorted);

	for (size_t i = 0; i < n; i++) {
		bool again = i > 0 && strcasecmp(sorted[i - 1]->name, sorted[i]->name) == 0;

		if (again) {
			str_add_char(out, ',');
		} else {
			if (i > 0)
				str_add_char(out, '\n');
			add_lower(out, sorted[i]->name);
			str_add_char(out, ':');
		}
		add_value(out, sorted[i]->value);
	}
	str_add_char(out, '\n');
}

static void
add_signed_headers(const struct sign_request *request, struct str *out)
{
	const struct sign_header *sorted[SIGN_HEADERS_MAX];
	size_t                    n = sort_headers(request, sorted);

	for (size_t i = 0; i < n; i++) {
		if (i > 0 && strcasecmp(sorted[i - 1]->name, sorted[i]->name) == 0)
			continue;
		if (i > 0)
			str_add_char(out, ';');
		add_lower(out, sorted[i]->name);
	}
}

void
sign_canonical_request(const struct sign_request *request, struct str *out)
{
	str_addf(out, "%s\n", request->method);
	add_path(request, out);
	str_add_char(out, '\n');
	add_query(request, out);
	str_add_char(out, '\n');
	add_headers(request, out);
	str_add_char(out, '\n');
	add_signed_headers(request, out);
	str_addf(out, "\n%s", request->payload_hash);
}

/* ---- the signature ---- */

static void
add_scope(const struct sign_keys *keys, const char *date, struct str *out)
{
	str_addf(out, "%.*s/%s/%s/" TERMINATOR, DAY_LEN, date, keys->region, keys->service);
}

void
sign_string_to_sign(const struct sign_keys *keys, const char *date,
    const struct str *canonical_request, struct str *out)
{
	char hash[DIGEST_SHA256_HEX];

	digest_sha256_hex(canonical_request->data, canonical_request->len, hash);
	str_addf(out, ALGORITHM "\n%s\n", date);
	add_scope(keys, date, out);
	str_addf(out, "\n%s", hash);
}

static void
hmac_into(uint8_t key[DIGEST_SHA256_BYTES], const char *text, size_t len)
{
	uint8_t out[DIGEST_SHA256_BYTES];

	digest_hmac_sha256(key, DIGEST_SHA256_BYTES, text, len, out);
	memcpy(key, out, sizeof(out));
	secret_wipe(out, sizeof(out));
}

static void
derive_key(const struct sign_keys *keys, const char *date, uint8_t key[DIGEST_SHA256_BYTES])
{
	char   first[SECRET_MAX + 8];
	size_t len = 4 + keys->secret_len;

	must(keys->secret_len <= SECRET_MAX);
	memcpy(first, "AWS4", 4);
	memcpy(first + 4, keys->secret, keys->secret_len);
	digest_hmac_sha256(first, len, date, DAY_LEN, key);
	secret_wipe(first, sizeof(first));
	hmac_into(key, keys->region, strlen(keys->region));
	hmac_into(key, keys->service, strlen(keys->service));
	hmac_into(key, TERMINATOR, strlen(TERMINATOR));
}

static void
add_signature(
    const struct sign_keys *keys, const char *date, const struct str *text, struct str *out)
{
	uint8_t key[DIGEST_SHA256_BYTES];
	char    hex[DIGEST_SHA256_HEX];

	derive_key(keys, date, key);
	hmac_into(key, text->data, text->len);
	digest_hex(key, sizeof(key), hex);
	secret_wipe(key, sizeof(key));
	str_add(out, hex);
}

void
sign_authorization(const struct sign_request *request, const struct sign_keys *keys,
    const char *date, struct str *out)
{
	struct str canonical, text;

	must(strlen(date) == SIGN_DATE_SIZE - 1);
	str_init(&canonical, CANONICAL_MAX);
	str_init(&text, CANONICAL_MAX);
	sign_canonical_request(request, &canonical);
	must(!canonical.overflow);
	sign_string_to_sign(keys, date, &canonical, &text);
	str_addf(out, ALGORITHM " Credential=%s/", keys->access_key_id);
	add_scope(keys, date, out);
	str_add(out, ", SignedHeaders=");
	add_signed_headers(request, out);
	str_add(out, ", Signature=");
	add_signature(keys, date, &text, out);
	secret_wipe(canonical.data, canonical.len); /* a session token may be in it */
	str_fini(&canonical);
	str_fini(&text);
}
