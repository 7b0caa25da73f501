/* SPDX-License-Identifier: Apache-2.0
 *
 * tls.h - what a server shows to clients that come by TLS, and whom it wants to see.
 */
#ifndef HTTP_TLS_H
#define HTTP_TLS_H

#include "http/http.h"

struct ssl_ctx_st;

/* Reads the files anew. NULL and *err when they can't be used. The caller frees it by tls_free(). */
MUSTCHECK struct ssl_ctx_st *tls_load(const struct http_tls *files, struct err *err);
void tls_free(struct ssl_ctx_st *context); /* NULL is fine; connections keep it */

#endif
