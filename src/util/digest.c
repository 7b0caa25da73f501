/* SPDX-License-Identifier: Apache-2.0
 * digest.c - hashes by OpenSSL. Algorithms are fetched once: an implicit fetch costs more than the
 * hash of a short string. */
#include "util/breath.h"
#include "util/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "util/check.h"

#define PIECE ((size_t)64 << 10) /* that is hashed at once */

static void
hash_by_pieces(const EVP_MD *md, const char *data, size_t len, uint8_t *out)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	must(context != NULL && EVP_DigestInit_ex(context, md, NULL) == 1);
	for (size_t n; len > 0; data += n, len -= n) {
		n = len < PIECE ? len : PIECE;
		must(EVP_DigestUpdate(context, data, n) == 1);
		breathe();
	}
	must(EVP_DigestFinal_ex(context, out, NULL) == 1);
	EVP_MD_CTX_free(context);
}

static void
hash_with(const EVP_MD *md, const void *data, size_t len, uint8_t *out)
{
	must(md != NULL);
	if (len > PIECE)
		hash_by_pieces(md, data, len, out);
	else
		must(EVP_Digest(data, len, out, NULL, md, NULL) == 1);
}

void
digest_sha256(const void *data, size_t len, uint8_t out[DIGEST_SHA256_BYTES])
{
	static EVP_MD *md;

	if (md == NULL)
		md = EVP_MD_fetch(NULL, "SHA256", NULL);
	hash_with(md, data, len, out);
}

void
digest_md5(const void *data, size_t len, uint8_t out[DIGEST_MD5_BYTES])
{
	static EVP_MD *md;

	if (md == NULL)
		md = EVP_MD_fetch(NULL, "MD5", NULL);
	hash_with(md, data, len, out);
}

void
digest_sha1(const void *data, size_t len, uint8_t out[DIGEST_SHA1_BYTES])
{
	static EVP_MD *md;

	if (md == NULL)
		md = EVP_MD_fetch(NULL, "SHA1", NULL);
	hash_with(md, data, len, out);
}

void
digest_sha256_hex(const void *data, size_t len, char out[DIGEST_SHA256_HEX])
{
	uint8_t raw[DIGEST_SHA256_BYTES];

	digest_sha256(data, len, raw);
	digest_hex(raw, sizeof(raw), out);
}

void
digest_hmac_sha256(
    const void *key, size_t key_len, const void *data, size_t len, uint8_t out[DIGEST_SHA256_BYTES])
{
	unsigned int out_len = 0;

	must(HMAC(EVP_sha256(), key, (int)key_len, data, len, out, &out_len) != NULL);
	must(out_len == DIGEST_SHA256_BYTES);
}

void
digest_hex(const void *data, size_t len, char *out)
{
	static const char    digits[] = "0123456789abcdef";
	const unsigned char *in = data;

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[in[i] >> 4];
		out[2 * i + 1] = digits[in[i] & 15];
	}
	out[2 * len] = '\0';
}

void
obj_id_from(const void *seed, size_t len, char out[OBJ_ID_SIZE])
{
	uint8_t raw[DIGEST_SHA256_BYTES];

	digest_sha256(seed, len, raw);
	digest_hex(raw, (OBJ_ID_SIZE - 1) / 2, out);
}
