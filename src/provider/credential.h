/* SPDX-License-Identifier: Apache-2.0
 *
 * credential.h - a secret among credentials: given plain as `pat`, or sealed for us as `encrypted_pat`.
 */
#ifndef PROVIDER_CREDENTIAL_H
#define PROVIDER_CREDENTIAL_H

#include <json-c/json.h>
#include <stdbool.h>

#include "util/err.h"
#include "util/sealed.h"

/* Is it given, in either form? */
bool credential_given(struct json_object *json, const char *name);

/* The member `name` of what is at the pointer; the caller destroys it. NULL without a problem: it is not given. NULL with one:
 * it is given twice, can't be opened (as nothing can without a key), or is nothing that a header takes; nor a text, whose lines
 * may be many. */
MUSTCHECK struct secret *credential_open(const struct sealed_key *key, struct json_object *json,
    const char *name, const char *pointer, struct problems *problems);
MUSTCHECK struct secret *credential_open_text(const struct sealed_key *key,
    struct json_object *json, const char *name, const char *pointer, struct problems *problems);

/* A problem of a member of what is at the pointer; `name` NULL: of the whole. */
void credential_complain(struct problems *problems, const char *pointer, const char *name,
    const char *code, const char *detail);

#endif
