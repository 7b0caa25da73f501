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

/* The value with every box in it opened; owned by the caller, and json-c wipes its texts when it lets go of them. NULL and *err
 * when a box can't be opened, as none can without a key. */
MUSTCHECK struct json_object *
unseal(const struct sealed_key *key, struct json_object *value, struct err *err);

#endif
