/* SPDX-License-Identifier: Apache-2.0
 *
 * digest.h - SHA-256, HMAC-SHA-256, MD5 (S3's Content-MD5 only), SHA-1 (handshakes of WebSockets only) and hex, by OpenSSL.
 */
#ifndef UTIL_DIGEST_H
#define UTIL_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_SHA256_BYTES 32
#define DIGEST_SHA256_HEX   (2 * DIGEST_SHA256_BYTES + 1)
#define DIGEST_MD5_BYTES    16
#define DIGEST_SHA1_BYTES   20

void digest_sha256(const void *data, size_t len, uint8_t out[DIGEST_SHA256_BYTES]);
void digest_sha256_hex(const void *data, size_t len, char out[DIGEST_SHA256_HEX]);
void digest_hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
    uint8_t out[DIGEST_SHA256_BYTES]);
void digest_md5(const void *data, size_t len, uint8_t out[DIGEST_MD5_BYTES]);
void digest_sha1(const void *data, size_t len, uint8_t out[DIGEST_SHA1_BYTES]);

/* Lower-case hex with a NUL: out holds 2 * len + 1 bytes. */
void digest_hex(const void *data, size_t len, char *out);

/* An MGraph Obj_Id: 8 lower-case hex characters and a NUL, the first of SHA-256(seed). */
#define OBJ_ID_SIZE 9
void obj_id_from(const void *seed, size_t len, char out[OBJ_ID_SIZE]);

#endif
