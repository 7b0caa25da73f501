/* SPDX-License-Identifier: Apache-2.0
 *
 * mask.h - secrets that may come back in what others say: each byte of them becomes an asterisk.
 *
 * The secrets are those that are sealed in a value, and each line of one that has several: who says it back may say it line
 * by line. What is shorter than MASKED_MIN is in any text, by chance, and stays.
 */
#ifndef PROVIDER_MASK_H
#define PROVIDER_MASK_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#define MASKED_MIN 4

struct mask;
struct sealed_key;

/* Boxes that can't be opened have nothing to mask. */
struct mask *mask_create(const struct sealed_key *key, struct json_object *value);
void         mask_destroy(struct mask *mask); /* NULL is fine */

/* Masks in place, and says how many bytes from the start are settled. What is behind them may be the beginning of a secret whose rest
 * is still to come: it is to be given again, with what follows it. Where nothing is to come (`more` is false) all is settled. */
size_t mask_text(const struct mask *mask, char *text, size_t len, bool more);

/* All at once, of a message that may have been cut. */
void mask_message(const struct sealed_key *key, struct json_object *value, char *message);

#endif
