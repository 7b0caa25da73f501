/* SPDX-License-Identifier: Apache-2.0
 * page.c - the live page, the API's documentation, and the files that both are made of. They have no secrets: who looks at
 * the page types a key in, and the page sends it with what it asks. */
#include "api/assets.h"
#include "api/exchange.h"
#include "api/routes.h"

/* Nothing from elsewhere, nothing that is written into the page itself. */
#define POLICY                                                          \
	"default-src 'none'; script-src 'self'; style-src 'self'; "     \
	"img-src 'self' data:; connect-src 'self'; worker-src 'self'; " \
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

static void
reply_file(struct exchange *x, const char *name, const char *why_not)
{
	const struct asset *asset = assets_find(api_assets(x->api), name);
	struct err          err;

	if (asset != NULL) {
		reply_asset(x, asset, POLICY);
		return;
	}
	err_set(&err, ERR_NOT_FOUND, "%s", why_not);
	reply_err(x, &err);
}

#define NOT_BUILT                                                                        \
	"this program was built without the page: npm was not there, or \"npm ci\" had " \
	"not been run in web/; contrib/install-deps --build sees to both"

void
handle_page(struct exchange *x)
{
	reply_file(x, "index.html", NOT_BUILT);
}

void
handle_docs(struct exchange *x)
{
	reply_file(x, "docs.html", NOT_BUILT);
}

void
handle_asset(struct exchange *x)
{
	reply_file(x, x->parameter, "there is no such file of the page");
}
