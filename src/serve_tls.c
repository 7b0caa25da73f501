/* SPDX-License-Identifier: Apache-2.0
 * serve_tls.c - a certificate that can't be read again leaves the one there is: a server without one helps nobody. */
#include "serve_tls.h"

#include <signal.h>

#include "util/log.h"

#define QUOTED_SIZE 512

static void
on_hup(void *arg, int signo)
{
	struct serve_tls *tls = arg;
	struct err        err;
	char              why[QUOTED_SIZE];

	(void)signo;
	if (http_use_tls(tls->http, &tls->files, &err) == ERR_OK)
		log_info("tls.read", "cert=%s", log_quote(why, sizeof(why), tls->files.cert));
	else
		log_error("tls.kept", "why=%s", log_quote(why, sizeof(why), err.detail));
}

enum err_code
serve_tls(struct serve_tls *tls, const struct serve_options *options, struct loop_ev *ev,
    struct http_server *http, struct err *err)
{
	*tls = (struct serve_tls){ options->tls, http };
	if (tls->files.cert == NULL && tls->files.key == NULL && tls->files.client_ca == NULL)
		return ERR_OK;
	if (tls->files.cert == NULL || tls->files.key == NULL)
		return err_set(
		    err, ERR_INVALID_REQUEST, "--tls-cert and --tls-key are needed, both of them");
	if (http_use_tls(http, &tls->files, err) != ERR_OK)
		return err->code;
	loop_ev_on_signal(ev, SIGHUP, on_hup, tls);
	return ERR_OK;
}
