/* SPDX-License-Identifier: Apache-2.0
 * upgrade.c - handshakes of WebSockets. */
#include "api/upgrade.h"

#include <stdio.h>
#include <string.h>

#include "api/routes.h"
#include "util/base64.h"
#include "util/check.h"
#include "util/json.h"
#include "util/secret.h"

#define REASON_MAX 1024 /* what does not fit into a close frame is cut there */

bool
upgrade_is_wanted(const struct exchange *x)
{
	return x->request != NULL && x->route != NULL && x->route->has_websocket &&
	       http_wants_websocket(x->request);
}

/* The protocol that begins so, without that; its length. NULL: none is offered. */
static const char *
find_protocol(const struct exchange *x, const char *prefix, size_t *ret_len)
{
	const char *at = http_header_in(x->request, "sec-websocket-protocol");

	while (at != NULL && *at != '\0') {
		at += strspn(at, ", \t");
		if (strncmp(at, prefix, strlen(prefix)) == 0) {
			at += strlen(prefix);
			*ret_len = strcspn(at, ", \t");
			return at;
		}
		at += strcspn(at, ",");
	}
	return NULL;
}

const char *
upgrade_key(const struct exchange *x, char buf[UPGRADE_KEY_SIZE])
{
	size_t      len = 0;
	const char *text = upgrade_is_wanted(x) ? find_protocol(x, UPGRADE_KEY_PREFIX, &len) : NULL;
	struct str  key;
	bool        good;

	if (text == NULL)
		return NULL;
	str_init(&key, UPGRADE_KEY_SIZE - 1);
	good = base64_decode_url(&key, text, len) && strlen(key.data) == key.len;
	if (good)
		memcpy(buf, key.data, key.len + 1);
	secret_wipe(key.data, key.len);
	str_fini(&key);
	return good ? buf : NULL;
}

bool
upgrade_is_good(struct exchange *x)
{
	const char *fault = upgrade_is_wanted(x) ? http_websocket_fault(x->request) : NULL;
	struct err  err;

	if (fault == NULL)
		return true;
	err_set(&err, ERR_BAD_REQUEST, "%s", fault);
	reply_err(x, &err);
	return false;
}

static const char *
protocol_of(const struct exchange *x)
{
	return http_offers_protocol(x->request, UPGRADE_PROTOCOL) ? UPGRADE_PROTOCOL : NULL;
}

void
upgrade_start(struct exchange *x)
{
	http_websocket_start(x->request, protocol_of(x));
}

bool
upgrade_hides_answers(const struct exchange *x)
{
	return upgrade_is_wanted(x) && protocol_of(x) != NULL &&
	       http_websocket_fault(x->request) == NULL;
}

static enum websocket_code
code_of(int status)
{
	if (status == 503 || status == 429)
		return WEBSOCKET_TRY_LATER;
	return status >= 500 ? WEBSOCKET_INTERNAL : WEBSOCKET_POLICY;
}

void
upgrade_tell(struct http_request *request, int status, struct json_object *problem)
{
	const char *detail = json_get_str(problem, "detail");
	struct str  reason;

	str_init(&reason, REASON_MAX);
	str_addf(&reason, "%s: %s", json_get_str(problem, "code"),
	    detail != NULL ? detail : json_get_str(problem, "title"));
	http_websocket_start(request, UPGRADE_PROTOCOL);
	http_websocket_end(request, code_of(status), reason.data);
	str_fini(&reason);
}
