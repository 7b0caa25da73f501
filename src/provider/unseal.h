/* SPDX-License-Identifier: Apache-2.0
 *
 * unseal.h - secrets among properties: {"$sealed": "<box in base64>"}, opened by a provider at the moment of its call.
 */
#ifndef PROVIDER_UNSEAL_H
#define PROVIDER_UNSEAL_H

#include <json-c/json.h>
#include <stdbool.h>

#include "util/sealed.h"

bool is_sealed(struct json_object *value);
bool holds_sealed(struct json_object *value); /* on any level */

/* Nothing but what is sealed in it, in its place; owned by the caller. */
struct json_object *sealed_parts(struct json_object *value);

/* The value with every box in it opened; owned by the caller, and json-c wipes its texts when it lets go of them. NULL and *err
 * when a box can't be opened, as none can without a key. */
MUSTCHECK struct json_object *
unseal(const struct sealed_key *key, struct json_object *value, struct err *err);

/* Problems for boxes in it that can't be opened, each with its place below the pointer. */
void unseal_check(const struct sealed_key *key, struct json_object *value, const char *pointer,
    struct problems *problems);

/* Hands out what is in each box of it that can be opened; borrowed. */
typedef void unsealed_fn(void *arg, const struct secret *secret);
void
unseal_each(const struct sealed_key *key, struct json_object *value, unsealed_fn *fn, void *arg);

#endif
