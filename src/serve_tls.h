/* SPDX-License-Identifier: Apache-2.0
 *
 * serve_tls.h - TLS as the options say it; the files are read again on SIGHUP.
 */
#ifndef SERVE_TLS_H
#define SERVE_TLS_H

#include "http/http.h"
#include "loop/loop_ev.h"
#include "serve_options.h"

struct serve_tls {
	struct http_tls     files;
	struct http_server *http;
};

/* Before anything is listened on. Where the options name no files there is none. `tls` is to live as long as the loop. */
MUSTCHECK enum err_code serve_tls(struct serve_tls *tls, const struct serve_options *options,
    struct loop_ev *ev, struct http_server *http, struct err *err);

#endif
