/* SPDX-License-Identifier: Apache-2.0
 * admit.c - keys, scopes and limits, held against requests. */
#include "api/admit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "api/access.h"
#include "api/routes.h"
#include "api/scope.h"
#include "api/upgrade.h"
#include "util/check.h"
#include "util/json.h"
#include "util/secret.h"

#define SCOPES_TEXT 128
#define BEARER      "Bearer "
#define POLICY      "\"requests\""

static struct access *
access_of(const struct exchange *x)
{
	return api_options_of(x->api)->access;
}

static int64_t
now_us(const struct exchange *x)
{
	return loop_now_us(api_options_of(x->api)->loop);
}

/* ---- limits ---- */

static enum err_code
refuse(struct exchange *x, enum limit limit, struct err *err)
{
	x->over.is_over = true;
	x->over.limit = limit;
	return err_set(err, limit_code(limit), "%s: tenant \"%s\" may have %" PRId64 " %s",
	    limit_name(limit), x->of->name, x->of->limits.values[limit], limit_what(limit));
}

enum err_code
admit_amount(struct exchange *x, enum limit limit, int64_t more, struct err *err)
{
	int64_t most = x->of != NULL ? x->of->limits.values[limit] : LIMIT_NONE;

	return most == LIMIT_NONE || more <= most ? ERR_OK : refuse(x, limit, err);
}

enum err_code
admit_execution(struct exchange *x, bool is_new, struct err *err)
{
	struct engine_tally tally = engine_tally(api_options_of(x->api)->engine, x->tenant);

	if (admit_amount(x, LIMIT_RUNNING, (int64_t)tally.running + 1, err) != ERR_OK)
		return err->code;
	return is_new ? admit_amount(x, LIMIT_PAUSED, (int64_t)tally.paused + 1, err) : ERR_OK;
}

bool
admit_seat(struct exchange *x, void (*lost)(struct seat *seat))
{
	struct err err;

	memcpy(x->seat.sha256, x->key_sha256, sizeof(x->seat.sha256));
	x->seat.scope = x->route->scope;
	x->seat.lost = lost;
	if (seat_take(&x->seat, x->of))
		return true;
	refuse(x, LIMIT_WATCHERS, &err);
	reply_err(x, &err);
	return false;
}

/* ---- who asks ---- */

/* The key, from x-api-key or Authorization: Bearer; NULL: there is none. */
static const char *
said_key(const struct http_request *request)
{
	const char *text = http_header_in(request, "x-api-key");
	const char *bearer = http_header_in(request, "authorization");

	if (text == NULL && bearer != NULL && strncasecmp(bearer, BEARER, strlen(BEARER)) == 0)
		text = bearer + strlen(BEARER);
	return text;
}

/* From there, or from what a page can say. */
static const struct key *
find_key(const struct exchange *x, bool *ret_is_given)
{
	const char       *text = said_key(x->request);
	char              said[UPGRADE_KEY_SIZE];
	const struct key *key;

	if (text == NULL)
		text = upgrade_key(x, said);
	*ret_is_given = text != NULL && text[0] != '\0';
	key = text != NULL ? access_find(access_of(x), text) : NULL;
	secret_wipe(said, sizeof(said));
	return key;
}

static bool
answer(struct exchange *x, enum err_code code, const struct err *err)
{
	if (code != ERR_OK)
		reply_err(x, err);
	return code == ERR_OK;
}

static enum err_code
check_key(struct exchange *x, const struct key *key, bool is_given, struct err *err)
{
	if (key != NULL || x->route->is_public)
		return ERR_OK;
	if (is_given && !access_is_whole(access_of(x)))
		return err_set(err, ERR_STORE_DOWN, "the keys in the store could not be read yet");
	return err_set(err, ERR_UNAUTHORIZED, "%s",
	    is_given ? "the key that was sent is not valid"
		     : "send it as x-api-key, or as a Bearer token");
}

static enum err_code
check_scope(struct exchange *x, enum scope scope, struct err *err)
{
	struct str has;

	if (x->scopes & scope)
		return ERR_OK;
	x->missing_scope = scope_name(scope);
	str_init(&has, SCOPES_TEXT);
	scopes_add(&has, x->scopes);
	err_set(err, ERR_MISSING_SCOPE, "the scope %s is asked for; key \"%s\" has %s",
	    x->missing_scope, x->key_id, has.len > 0 ? has.data : "none");
	str_fini(&has);
	return ERR_MISSING_SCOPE;
}

static enum err_code
check_route(struct exchange *x, struct err *err)
{
	if (x->route->is_operators && !x->of->is_operator)
		return err_set(err, ERR_OPERATORS_ONLY,
		    "it tells of all tenants, and the key is of \"%s\", which is no operator",
		    x->tenant);
	return check_scope(x, x->route->scope, err);
}

static void
take(struct exchange *x, const struct key *key)
{
	memcpy(x->tenant, key->tenant, sizeof(x->tenant));
	memcpy(x->key_id, key->id, sizeof(x->key_id));
	memcpy(x->key_sha256, key->sha256, sizeof(x->key_sha256));
	x->scopes = access_scopes(key);
	x->of = tenant_ref(key->of);
}

bool
admit(struct exchange *x)
{
	struct err        err;
	bool              is_given;
	const struct key *key = find_key(x, &is_given);

	if (!answer(x, check_key(x, key, is_given, &err), &err))
		return false;
	if (key != NULL)
		take(x, key);
	if (x->route->is_public)
		return true;
	if (!tenant_take_request(x->of, now_us(x)))
		return answer(x, refuse(x, LIMIT_REQUESTS, &err), &err);
	return answer(x, check_route(x, &err), &err);
}

bool
admit_body(struct exchange *x)
{
	const struct route_more *more = &x->route->more;
	struct err               err;

	if (more->member == NULL || !json_get_bool(x->body, more->member, false))
		return true;
	return answer(x, check_scope(x, more->scope, &err), &err);
}

/* All keys are in memory, those of the store, too (access.h): nobody has to be asked. Before the store has been heard once, who
 * has one of its keys is told to come back (check_key), for which no body is needed. */
size_t
admit_head(struct api *api, const struct route *route, const struct http_request *request)
{
	const char       *text = said_key(request);
	const struct key *key =
	    text != NULL ? access_find(api_options_of(api)->access, text) : NULL;
	int64_t most;

	must(!route->is_public);
	if (key == NULL || (route->is_operators && !key->of->is_operator) ||
	    !(access_scopes(key) & route->scope))
		return 0;
	most = key->of->limits.values[LIMIT_BODY];
	return most != LIMIT_NONE ? (size_t)most : SIZE_MAX;
}

bool
admit_tenant(struct exchange *x, const char *tenant)
{
	struct tenant *of = access_tenant(access_of(x), tenant);

	x->of = tenant_ref(of);
	return of != NULL;
}

/* ---- what is told of it ---- */

void
admit_tell(const struct exchange *x, struct json_object *problem)
{
	struct json_object *limit;

	json_set_str(problem, "scope", x->missing_scope);
	if (!x->over.is_over)
		return;
	limit = json_object_new_object();
	json_set_str(limit, "name", limit_name(x->over.limit));
	json_set_i64(limit, "value", x->of->limits.values[x->over.limit]);
	json_set(problem, "limit", limit);
}

bool
admit_fields(const struct exchange *x, struct admit_fields *ret)
{
	struct rate rate;

	if (x->of == NULL || x->route->is_public || !tenant_rate(x->of, now_us(x), &rate))
		return false;
	snprintf(ret->policy, sizeof(ret->policy), POLICY ";q=%" PRId64 ";w=%" PRId64, rate.quota,
	    rate.window_s);
	snprintf(ret->state, sizeof(ret->state), POLICY ";r=%" PRId64 ";t=%" PRId64, rate.left,
	    rate.reset_s);
	ret->wait[0] = '\0';
	if (x->over.is_over && x->over.limit == LIMIT_REQUESTS)
		snprintf(
		    ret->wait, sizeof(ret->wait), "%" PRId64, rate.wait_s > 0 ? rate.wait_s : 1);
	return true;
}
