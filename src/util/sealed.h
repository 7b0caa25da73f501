/* SPDX-License-Identifier: Apache-2.0
 *
 * sealed.h - sealed boxes: text that whoever has a public key can write, and only the holder of its other half can read.
 *
 * libsodium's crypto_box_seal (X25519, XSalsa20-Poly1305), in base64 with padding: what GitHub takes for its
 * secrets, and what the MGraph-AI services take for credentials.
 */
#ifndef UTIL_SEALED_H
#define UTIL_SEALED_H

#include <stddef.h>

#include "util/err.h"
#include "util/secret.h"

#define SEALED_KEY_BYTES  32
#define SEALED_KEY_HEX    (2 * SEALED_KEY_BYTES + 1)
#define SEALED_KEY_BASE64 45

struct sealed_key; /* both halves of a pair; the private one in guarded memory */

struct sealed_key *sealed_key_create(void);
/* From the private half: 64 hex digits, or base64 of its 32 bytes. NULL and *err when it is neither. */
MUSTCHECK struct sealed_key *sealed_key_read(const char *text, size_t len, struct err *err);
void                         sealed_key_destroy(struct sealed_key *key); /* wipes; NULL is fine */

/* The public half, in both writings; borrowed. */
const char *sealed_key_hex(const struct sealed_key *key);
const char *sealed_key_base64(const struct sealed_key *key);

/* A key from the one writing to the other. */
void sealed_hex_to_base64(const char *hex, char out[SEALED_KEY_BASE64]);

/* What is in a box. *err says whether it is no box at all, or one for another key. */
MUSTCHECK enum err_code sealed_open(
    const struct sealed_key *key, const char *box, struct secret **ret_secret, struct err *err);

/* A box for the public key, which is in hex or base64. The caller frees it; NULL and *err when that is no key. */
MUSTCHECK char *sealed_box(const char *public_key, const char *text, size_t len, struct err *err);

#endif
