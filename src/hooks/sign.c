/* SPDX-License-Identifier: Apache-2.0
 * sign.c - HMAC-SHA-256 of "id.timestamp.body". */
#include "hooks/sign.h"

#include <string.h>

#include "util/base64.h"
#include "util/digest.h"

#define SIGNED_MAX (4 * 1024 * 1024)

struct secret *
sign_key(const char *text)
{
	struct str     bytes;
	struct secret *key = NULL;

	if (!str_starts(text, SIGN_PREFIX))
		return NULL;
	text += strlen(SIGN_PREFIX);
	str_init(&bytes, SIGN_KEY_MAX);
	if (base64_decode(&bytes, text, strlen(text), NULL) && bytes.len >= SIGN_KEY_MIN)
		key = secret_create(bytes.data, bytes.len);
	secret_wipe(bytes.data, bytes.len);
	str_fini(&bytes);
	return key;
}

void
sign_add(struct str *out, const struct secret *key, const char *id, const char *timestamp,
    const char *body)
{
	struct str text;
	uint8_t    mac[DIGEST_SHA256_BYTES];

	str_init(&text, SIGNED_MAX);
	str_addf(&text, "%s.%s.", id, timestamp);
	str_add(&text, body);
	digest_hmac_sha256(secret_open(key), secret_len(key), text.data, text.len, mac);
	str_add(out, out->len > 0 ? " v1," : "v1,");
	base64_add(out, mac, sizeof(mac));
	str_fini(&text);
}
