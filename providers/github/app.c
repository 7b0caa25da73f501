/* SPDX-License-Identifier: Apache-2.0
 * app.c - signs with OpenSSL, and asks for the token of an installation. */
#include "providers/github/app.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/stamp.h"
#include "providers/github/call_keys.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

#define JWT_BYTES_MAX 4096
#define SIGNATURE_MAX 1024
#define MS_PER_S      1000
#define JWT_BEFORE_S  60  /* our clock may be ahead */
#define JWT_AFTER_S   540 /* GitHub takes ten minutes at most */
#define TOKEN_FOR_MS  (3600 * MS_PER_S)
#define BASE64_URL    sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define JWT_HEADER    "{\"alg\":\"RS256\",\"typ\":\"JWT\"}"

struct app {
	struct session      session;
	char               *app_id;
	EVP_PKEY           *key;
	struct json_object *params;
	struct secret      *jwt, *token;
	struct call_keys    asks, keys; /* with the one, and with the other */
};

/* ---- the JSON Web Token ---- */

EVP_PKEY *
github_app_key(const struct secret *pem)
{
	BIO      *bio = BIO_new_mem_buf(secret_open(pem), (int)secret_len(pem));
	EVP_PKEY *key = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;

	BIO_free(bio);
	if (key != NULL && EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	return key;
}

static void
add_base64(struct str *out, const void *data, size_t len)
{
	char text[sodium_base64_ENCODED_LEN(JWT_BYTES_MAX, BASE64_URL)];

	must(len <= JWT_BYTES_MAX);
	sodium_bin2base64(text, sizeof(text), data, len, BASE64_URL);
	str_add(out, text);
}

static void
sign(struct str *out, EVP_PKEY *key)
{
	unsigned char signature[SIGNATURE_MAX];
	size_t        len = sizeof(signature);
	EVP_MD_CTX   *context = EVP_MD_CTX_new();

	must(context != NULL);
	must(EVP_PKEY_get_size(key) <= SIGNATURE_MAX);
	must(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1);
	must(EVP_DigestSign(context, signature, &len, (const unsigned char *)out->data, out->len) ==
	     1);
	EVP_MD_CTX_free(context);
	str_add_char(out, '.');
	add_base64(out, signature, len);
}

void
github_app_jwt(struct str *out, const char *app_id, EVP_PKEY *key, int64_t wall_ms)
{
	struct json_object *claims = json_object_new_object();
	const char         *text;

	json_set_i64(claims, "iat", wall_ms / MS_PER_S - JWT_BEFORE_S);
	json_set_i64(claims, "exp", wall_ms / MS_PER_S + JWT_AFTER_S);
	json_set_str(claims, "iss", app_id);
	text = json_text(claims);
	add_base64(out, JWT_HEADER, strlen(JWT_HEADER));
	str_add_char(out, '.');
	add_base64(out, text, strlen(text));
	sign(out, key);
	json_object_put(claims);
}

/* ---- the session ---- */

static void
ask(struct session *session, struct call *call)
{
	struct app *app = container_of(session, struct app, session);
	struct str  jwt;

	str_init(&jwt, 2 * JWT_BYTES_MAX);
	github_app_jwt(&jwt, app->app_id, app->key, loop_wall_ms(session->loop));
	secret_destroy(app->jwt);
	app->jwt = secret_create(jwt.data, jwt.len);
	str_fini(&jwt);
	app->asks = (struct call_keys){ .token = app->jwt };
	call->service = "github";
	call->operation = "POST /app/installations/{installation_id}/access_tokens";
	call->region = "";
	call->params = app->params;
	call->keys = &app->asks;
}

static const struct call_keys *
take(struct session *session, struct json_object *answer, int64_t *ret_expires_ms)
{
	struct app *app = container_of(session, struct app, session);
	const char *token = json_get_str(answer, "token");

	secret_destroy(app->token);
	app->token = NULL;
	if (token == NULL)
		return NULL;
	app->token = secret_create(token, strlen(token));
	app->keys = (struct call_keys){ .token = app->token };
	if (!stamp_from_json(json_get(answer, "expires_at"), ret_expires_ms))
		*ret_expires_ms = loop_wall_ms(session->loop) + TOKEN_FOR_MS;
	return &app->keys;
}

static void
say(struct session *session, char *buf, size_t size)
{
	struct app *app = container_of(session, struct app, session);

	snprintf(buf, size, "the app %s gets no token for installation %lld", app->app_id,
	    (long long)json_get_i64(app->params, "installation_id", 0));
}

static const struct session_kind kind = { ask, take, say };

struct session *
github_app_create(const char *app_id, int64_t installation_id, EVP_PKEY *key)
{
	struct app *app = xcalloc(1, sizeof(*app));

	session_init(&app->session, &kind);
	app->app_id = xstrdup(app_id);
	app->key = key;
	app->params = json_object_new_object();
	json_set_i64(app->params, "installation_id", installation_id);
	return &app->session;
}

static void
app_free(void *ptr)
{
	struct app *app = container_of(ptr, struct app, session);

	secret_destroy(app->jwt);
	secret_destroy(app->token);
	EVP_PKEY_free(app->key);
	json_object_put(app->params);
	free(app->app_id);
	free(app);
}

void
github_app_destroy(struct session *session)
{
	if (session != NULL)
		session_end(session, app_free);
}
