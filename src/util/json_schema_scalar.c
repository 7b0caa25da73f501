/* SPDX-License-Identifier: Apache-2.0
 * json_schema_scalar.c - the keywords of JSON Schema that look at numbers and strings. */
#include "util/json_schema_rules.h"

#include <arpa/inet.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/json.h"
#include "util/pattern.h"

/* ---- numbers ---- */

static int
number_order(struct json_object *a, struct json_object *b)
{
	double x = json_object_get_double(a), y = json_object_get_double(b);

	if (json_object_is_type(a, json_type_int) && json_object_is_type(b, json_type_int)) {
		int64_t i = json_object_get_int64(a), j = json_object_get_int64(b);

		return (i > j) - (i < j);
	}
	return (x > y) - (x < y);
}

void
schema_minimum(struct schema_checker *c, const struct schema_place *p)
{
	if (number_order(p->value, p->rule) < 0)
		schema_say(c, "out_of_range", "must be at least %s", json_text(p->rule));
}

void
schema_maximum(struct schema_checker *c, const struct schema_place *p)
{
	if (number_order(p->value, p->rule) > 0)
		schema_say(c, "out_of_range", "must be at most %s", json_text(p->rule));
}

void
schema_exclusive_minimum(struct schema_checker *c, const struct schema_place *p)
{
	if (number_order(p->value, p->rule) <= 0)
		schema_say(c, "out_of_range", "must be more than %s", json_text(p->rule));
}

void
schema_exclusive_maximum(struct schema_checker *c, const struct schema_place *p)
{
	if (number_order(p->value, p->rule) >= 0)
		schema_say(c, "out_of_range", "must be less than %s", json_text(p->rule));
}

void
schema_multiple_of(struct schema_checker *c, const struct schema_place *p)
{
	double step = json_object_get_double(p->rule);
	double times = json_object_get_double(p->value) / step;
	bool   whole = fabs(times - round(times)) < 1e-9 * fmax(1, fabs(times));

	/* Doubles cannot tell large integers apart. */
	if (json_object_is_type(p->value, json_type_int) &&
	    json_object_is_type(p->rule, json_type_int))
		whole = json_object_get_int64(p->value) % json_object_get_int64(p->rule) == 0;
	if (!whole)
		schema_say(c, "out_of_range", "must be a multiple of %s", json_text(p->rule));
}

/* ---- strings ---- */

/* In characters, not bytes. */
static int64_t
text_length(struct json_object *value)
{
	const char *text = json_object_get_string(value);
	int         bytes = json_object_get_string_len(value);
	int64_t     n = 0;

	for (int i = 0; i < bytes; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}

void
schema_min_length(struct schema_checker *c, const struct schema_place *p)
{
	if (text_length(p->value) < json_object_get_int64(p->rule))
		schema_say(c, "bad_length", "must have at least %s characters", json_text(p->rule));
}

void
schema_max_length(struct schema_checker *c, const struct schema_place *p)
{
	if (text_length(p->value) > json_object_get_int64(p->rule))
		schema_say(c, "bad_length", "must have at most %s characters", json_text(p->rule));
}

void
schema_pattern(struct schema_checker *c, const struct schema_place *p)
{
	const char *text = json_object_get_string(p->value);
	size_t      len = (size_t)json_object_get_string_len(p->value);

	switch (pattern_match(json_object_get_string(p->rule), text, len)) {
	case PATTERN_MATCH:
	case PATTERN_INVALID: return;
	case PATTERN_NO_MATCH:
		schema_say(c, "bad_pattern", "%.*s%s does not match %s", SCHEMA_QUOTE_MAX,
		    json_text(p->value), len > SCHEMA_QUOTE_MAX ? "..." : "",
		    json_object_get_string(p->rule));
		return;
	case PATTERN_GIVEN_UP:
		schema_say(c, "bad_pattern", "is too costly to match against %s",
		    json_object_get_string(p->rule));
		return;
	}
	must(!"unreachable");
}

/* ---- formats ---- */

/* "10.0.0.0/16": an address, and how many bits of it count. */
static bool
is_block(const char *text, int family, long bits_max)
{
	const char   *slash = strchr(text, '/');
	char          address[INET6_ADDRSTRLEN];
	unsigned char bytes[sizeof(struct in6_addr)];
	size_t        digits = slash != NULL ? strspn(slash + 1, "0123456789") : 0;

	if (digits == 0 || digits > 3 || slash[1 + digits] != '\0' ||
	    (slash[1] == '0' && digits > 1) || (size_t)(slash - text) >= sizeof(address))
		return false;
	memcpy(address, text, (size_t)(slash - text));
	address[slash - text] = '\0';
	return inet_pton(family, address, bytes) == 1 && strtol(slash + 1, NULL, 10) <= bits_max;
}

static bool
is_cidr4(const char *text, size_t len)
{
	return strlen(text) == len && is_block(text, AF_INET, 32);
}

static bool
is_cidr6(const char *text, size_t len)
{
	return strlen(text) == len && is_block(text, AF_INET6, 128);
}

static bool
is_cidr(const char *text, size_t len)
{
	return is_cidr4(text, len) || is_cidr6(text, len);
}

/* Empty text is none: whether there has to be one, minLength says. */
static bool
is_json(const char *text, size_t len)
{
	struct json_object *json = len > 0 ? json_read(text, len, NULL) : NULL;
	bool                is = len == 0 || json != NULL;

	json_object_put(json);
	return is;
}

static const struct format {
	const char *name;
	bool (*is)(const char *text, size_t len);
	const char *what;
} formats[] = {
	{ "cidr", is_cidr, "block of IP addresses, such as 10.0.0.0/16 or fd00::/64" },
	{ "cidr4", is_cidr4, "block of IPv4 addresses, such as 10.0.0.0/16" },
	{ "cidr6", is_cidr6, "block of IPv6 addresses, such as fd00::/64" },
	{ "json", is_json, "JSON" },
};

void
schema_format(struct schema_checker *c, const struct schema_place *p)
{
	const char *name = json_object_get_string(p->rule);
	size_t      len = (size_t)json_object_get_string_len(p->value);

	for (size_t i = 0; i < array_len(formats); i++) {
		if (strcmp(formats[i].name, name) == 0 &&
		    !formats[i].is(json_object_get_string(p->value), len))
			schema_say(c, "bad_format", "%.*s%s is no %s", SCHEMA_QUOTE_MAX,
			    json_text(p->value), len > SCHEMA_QUOTE_MAX ? "..." : "",
			    formats[i].what);
	}
}
