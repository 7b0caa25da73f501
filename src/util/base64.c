/* SPDX-License-Identifier: Apache-2.0
 * base64.c - bytes as text and back. */
#include "util/base64.h"

#include <json-c/json.h>
#include <sodium.h>
#include <stdlib.h>

#include "util/mem.h"

#define VARIANT sodium_base64_VARIANT_ORIGINAL

static char *
encoded(const void *data, size_t len)
{
	size_t size = sodium_base64_encoded_len(len, VARIANT);
	char  *text = xmalloc(size);

	return sodium_bin2base64(text, size, data, len, VARIANT);
}

void
base64_add(struct str *out, const void *data, size_t len)
{
	char *text = encoded(data, len);

	str_add(out, text);
	free(text);
}

struct json_object *
base64_json(const void *data, size_t len)
{
	char               *text = encoded(data, len);
	struct json_object *json = json_object_new_string(text);

	free(text);
	return json;
}

static bool
decode(struct str *out, const char *text, size_t len, const char *ignore, int variant)
{
	size_t         max = len / 4 * 3 + 3, raw_len = 0;
	unsigned char *raw = xmalloc(max);
	bool good = sodium_base642bin(raw, max, text, len, ignore, &raw_len, NULL, variant) == 0;

	if (good)
		str_add_mem(out, raw, raw_len);
	sodium_memzero(raw, max);
	free(raw);
	return good && !out->overflow;
}

bool
base64_decode(struct str *out, const char *text, size_t len, const char *ignore)
{
	return decode(out, text, len, ignore, VARIANT);
}

bool
base64_decode_url(struct str *out, const char *text, size_t len)
{
	return decode(out, text, len, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
