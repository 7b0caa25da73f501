/* SPDX-License-Identifier: Apache-2.0
 *
 * call_keys.h - who calls GitHub: the meaning that this driver gives to the interpreter's struct. All borrowed.
 */
#ifndef GITHUB_CALL_KEYS_H
#define GITHUB_CALL_KEYS_H

#include "util/secret.h"

struct session;

struct call_keys {
	const struct secret *token;   /* NULL: the session's */
	struct session      *session; /* of an app (app.h); NULL: none */
};

#endif
