/* SPDX-License-Identifier: Apache-2.0
 *
 * app.h - a GitHub App that is installed somewhere: tokens of an hour, got with a JSON Web Token that its private key signs.
 *
 * "Authenticating as a GitHub App installation" of GitHub's REST API documentation; RFC 7519, RFC 7518 (RS256).
 */
#ifndef GITHUB_APP_H
#define GITHUB_APP_H

#include <stdint.h>

#include "interpreter/session.h"
#include "util/err.h"
#include "util/secret.h"
#include "util/str.h"

struct evp_pkey_st; /* OpenSSL's EVP_PKEY */

/* The key in PEM, as GitHub gives it; NULL: it is none, or not an RSA key. */
struct evp_pkey_st *github_app_key(const struct secret *pem);

/* Takes the key over. `app_id` is its id or its client id; both are copied. */
struct session      *
github_app_create(const char *app_id, int64_t installation_id, struct evp_pkey_st *key);
void github_app_destroy(struct session *session); /* nobody waits for it; NULL is fine */

/* A token for GitHub, of an app, that holds from a minute before until nine minutes after that time. */
void github_app_jwt(struct str *out, const char *app_id, struct evp_pkey_st *key, int64_t wall_ms);

#endif
