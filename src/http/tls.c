/* SPDX-License-Identifier: Apache-2.0
 * tls.c - OpenSSL's context: TLS 1.2 and 1.3, a chain, a key that fits, and perhaps whose certificates clients must have. */
#include "http/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>

static const unsigned char session_name[] = "mgraph-deploy";

/* The only protocol that is spoken here. One that a client does not offer is no matter. */
static int
choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
    const unsigned char *offered, unsigned offered_len, void *arg)
{
	static const unsigned char ours[] = "\x08http/1.1";

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto((unsigned char **)(uintptr_t)out, out_len, ours, sizeof(ours) - 1,
		offered, offered_len) == OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_OK;
	return SSL_TLSEXT_ERR_NOACK;
}

/* No file of a key is asked for its passphrase: nobody is there. */
static int
no_passphrase(char *buf, int size, int rwflag, void *arg)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	(void)arg;
	return 0;
}

/* What OpenSSL says first is why; the rest is from where it was called. */
static bool
fail(struct err *err, const char *what, const char *path)
{
	unsigned long code = ERR_peek_error();
	const char   *why = ERR_reason_error_string(code);

	err_set(err, ERR_INVALID_REQUEST, "%s %s: %s", what, path,
	    ERR_SYSTEM_ERROR(code) ? strerror(ERR_GET_REASON(code))
	    : why != NULL          ? why
				   : "it can't be used");
	return false;
}

/* The key is looked at whether it fits. */
static bool
read_own(SSL_CTX *context, const struct http_tls *files, struct err *err)
{
	if (SSL_CTX_use_certificate_chain_file(context, files->cert) != 1)
		return fail(err, "the certificate", files->cert);
	if (SSL_CTX_use_PrivateKey_file(context, files->key, SSL_FILETYPE_PEM) != 1)
		return fail(err, "the key", files->key);
	return true;
}

/* Who has none of these does not come in. */
static bool
read_clients(SSL_CTX *context, const char *path, struct err *err)
{
	STACK_OF(X509_NAME) * names;

	if (path == NULL)
		return true;
	names = SSL_load_client_CA_file(path);
	if (names == NULL || SSL_CTX_load_verify_file(context, path) != 1) {
		sk_X509_NAME_pop_free(names, X509_NAME_free);
		return fail(err, "certificates that clients' are signed by:", path);
	}
	SSL_CTX_set_client_CA_list(context, names);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	return true;
}

struct ssl_ctx_st *
tls_load(const struct http_tls *files, struct err *err)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	must(context != NULL);
	ERR_clear_error();
	must(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1);
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS); /* a watcher that waits costs little */
	must(SSL_CTX_set_session_id_context(context, session_name, sizeof(session_name) - 1) == 1);
	SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
	SSL_CTX_set_default_passwd_cb(context, no_passphrase);
	if (read_own(context, files, err) && read_clients(context, files->client_ca, err))
		return context;
	SSL_CTX_free(context);
	ERR_clear_error();
	return NULL;
}

void
tls_free(struct ssl_ctx_st *context)
{
	SSL_CTX_free(context);
}
