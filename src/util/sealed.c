/* SPDX-License-Identifier: Apache-2.0
 * sealed.c - sealed boxes by libsodium. */
#include "util/sealed.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "util/base64.h"
#include "util/check.h"
#include "util/digest.h"
#include "util/mem.h"
#include "util/str.h"

#define BOX_BYTES_MAX (1024 * 1024)

_Static_assert(
    SEALED_KEY_BYTES == crypto_box_PUBLICKEYBYTES && SEALED_KEY_BYTES == crypto_box_SECRETKEYBYTES,
    "both halves are of one length");

struct sealed_key {
	struct secret *private_half;
	unsigned char  public_half[SEALED_KEY_BYTES];
	char           hex[SEALED_KEY_HEX];
	char           base64[SEALED_KEY_BASE64];
};

static void
write_base64(const unsigned char key[SEALED_KEY_BYTES], char out[SEALED_KEY_BASE64])
{
	struct str base64;

	str_init(&base64, SEALED_KEY_BASE64);
	base64_add(&base64, key, SEALED_KEY_BYTES);
	must(base64.len == SEALED_KEY_BASE64 - 1);
	memcpy(out, base64.data, SEALED_KEY_BASE64);
	str_fini(&base64);
}

/* Takes the private half over. */
static struct sealed_key *
make(struct secret *private_half)
{
	struct sealed_key *key = xcalloc(1, sizeof(*key));

	key->private_half = private_half;
	must(crypto_scalarmult_base(
		 key->public_half, (const unsigned char *)secret_open(private_half)) == 0);
	digest_hex(key->public_half, sizeof(key->public_half), key->hex);
	write_base64(key->public_half, key->base64);
	return key;
}

struct sealed_key *
sealed_key_create(void)
{
	unsigned char  raw[SEALED_KEY_BYTES];
	struct secret *secret;

	randombytes_buf(raw, sizeof(raw));
	secret = secret_create((const char *)raw, sizeof(raw));
	secret_wipe(raw, sizeof(raw));
	return make(secret);
}

/* A key of either half, in hex or base64. */
static bool
read_key(unsigned char out[SEALED_KEY_BYTES], const char *text, size_t len)
{
	size_t bytes = 0;

	if (len == SEALED_KEY_HEX - 1)
		(void)sodium_hex2bin(out, SEALED_KEY_BYTES, text, len, NULL, &bytes, NULL);
	else
		(void)sodium_base642bin(out, SEALED_KEY_BYTES, text, len, NULL, &bytes, NULL,
		    sodium_base64_VARIANT_ORIGINAL);
	return bytes == SEALED_KEY_BYTES;
}

struct sealed_key *
sealed_key_read(const char *text, size_t len, struct err *err)
{
	unsigned char  raw[SEALED_KEY_BYTES];
	struct secret *secret = NULL;

	if (read_key(raw, text, len))
		secret = secret_create((const char *)raw, sizeof(raw));
	else
		(void)err_set(err, ERR_INVALID_CONFIG,
		    "a private key is 64 hex digits, or base64 of 32 bytes");
	secret_wipe(raw, sizeof(raw));
	return secret != NULL ? make(secret) : NULL;
}

void
sealed_key_destroy(struct sealed_key *key)
{
	if (key == NULL)
		return;
	secret_destroy(key->private_half);
	free(key);
}

const char *
sealed_key_hex(const struct sealed_key *key)
{
	return key->hex;
}

const char *
sealed_key_base64(const struct sealed_key *key)
{
	return key->base64;
}

void
sealed_hex_to_base64(const char *hex, char out[SEALED_KEY_BASE64])
{
	unsigned char key[SEALED_KEY_BYTES];

	must(strlen(hex) == SEALED_KEY_HEX - 1 && read_key(key, hex, strlen(hex)));
	write_base64(key, out);
}

/* The bytes of a box are no secret; what is in it goes straight into guarded memory. */
static struct secret *
unseal(const struct sealed_key *key, const struct str *raw)
{
	size_t         len = raw->len - crypto_box_SEALBYTES;
	unsigned char *text = sodium_malloc(len + 1);
	struct secret *secret = NULL;

	must(text != NULL);
	if (crypto_box_seal_open(text, (const unsigned char *)raw->data, raw->len, key->public_half,
		(const unsigned char *)secret_open(key->private_half)) == 0)
		secret = secret_create((const char *)text, len);
	sodium_free(text);
	return secret;
}

enum err_code
sealed_open(
    const struct sealed_key *key, const char *box, struct secret **ret_secret, struct err *err)
{
	enum err_code code = ERR_OK;
	struct str    raw;

	str_init(&raw, BOX_BYTES_MAX);
	if (!base64_decode(&raw, box, strlen(box), NULL) || raw.overflow ||
	    raw.len < crypto_box_SEALBYTES)
		code = err_set(err, ERR_INVALID_CONFIG, "this is no sealed box in base64");
	else if ((*ret_secret = unseal(key, &raw)) == NULL)
		code = err_set(err, ERR_INVALID_CONFIG,
		    "it was not sealed for this server's key, %.8s...: get /public-keys again, and "
		    "seal it anew",
		    key->hex);
	str_fini(&raw);
	return code;
}

char *
sealed_box(const char *public_key, const char *text, size_t len, struct err *err)
{
	unsigned char key[SEALED_KEY_BYTES], *raw;
	struct str    out;
	char         *box = NULL;

	if (len > BOX_BYTES_MAX / 2) {
		(void)err_set(err, ERR_INVALID_CONFIG, "it is too long to be sealed");
		return NULL;
	}
	raw = xmalloc(crypto_box_SEALBYTES + len);
	str_init(&out, BOX_BYTES_MAX);
	/* Not all bytes are a key: some points are of no use. */
	if (read_key(key, public_key, strlen(public_key)) &&
	    crypto_box_seal(raw, (const unsigned char *)text, len, key) == 0) {
		base64_add(&out, raw, crypto_box_SEALBYTES + len);
		box = str_take(&out);
	} else {
		(void)err_set(err, ERR_INVALID_CONFIG,
		    "a public key is 64 hex digits, or base64 of 32 bytes");
	}
	str_fini(&out);
	free(raw);
	return box;
}
