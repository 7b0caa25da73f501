/* SPDX-License-Identifier: Apache-2.0
 * api.c - from a request to its route: who asks, what for, and is the body right? */
#include "api/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/admit.h"
#include "api/answer.h"
#include "api/assets.h"
#include "api/exchange.h"
#include "api/once.h"
#include "api/openapi.h"
#include "api/query.h"
#include "api/routes.h"
#include "api/schedules.h"
#include "api/schemas.h"
#include "http/fields.h"
#include "api/traffic.h"
#include "api/watcher.h"
#include "util/breath.h"
#include "util/check.h"
#include "util/json.h"
#include "util/json_schema.h"
#include "util/log.h"
#include "util/mem.h"

#define PATH_BYTES_MAX 4096

struct api {
	struct api_options options;
	struct schemas    *schemas;
	struct assets     *assets;
	struct schedules  *schedules;
	struct exchanges   exchanges;
	struct traffic    *traffic;
	char              *openapi; /* the document's text; NULL: nobody has asked for it yet */
};

struct exchanges *
api_exchanges(struct api *api)
{
	return &api->exchanges;
}

struct api_options *
api_options_of(struct api *api)
{
	return &api->options;
}

struct schemas *
api_schemas(struct api *api)
{
	return api->schemas;
}

struct assets *
api_assets(struct api *api)
{
	return api->assets;
}

struct schedules *
api_schedules(struct api *api)
{
	return api->schedules;
}

struct traffic *
api_traffic(struct api *api)
{
	return api->traffic;
}

/* Made at one go: to who came in between it would not be there yet. */
const char *
api_openapi(struct api *api)
{
	struct json_object *document;
	struct breather    *before;

	if (api->openapi == NULL) {
		before = breathe_by(NULL);
		document = openapi_document(api->schemas, api->options.version);
		api->openapi = xstrdup(json_text(document));
		json_object_put(document);
		breathe_by(before);
	}
	return api->openapi;
}

void
api_farewell(struct api *api)
{
	watchers_end(api, WEBSOCKET_GOING_AWAY, "the server goes away");
}

static struct assets *
load_assets(const struct api_options *options, struct err *err)
{
	struct assets *assets;
	struct str     folder;

	str_init(&folder, PATH_BYTES_MAX);
	str_addf(&folder, "%s/page", options->share_dir);
	assets = assets_load(folder.data, err);
	str_fini(&folder);
	return assets;
}

struct api *
api_create(const struct api_options *options, struct err *err)
{
	struct schemas *schemas = schemas_load(options->schemas_dir, err);
	struct assets  *assets = schemas != NULL ? load_assets(options, err) : NULL;
	struct api     *api;

	if (assets == NULL) {
		schemas_destroy(schemas);
		return NULL;
	}
	api = xcalloc(1, sizeof(*api));
	LIST_INIT(&api->exchanges);
	api->options = *options;
	api->schemas = schemas;
	api->assets = assets;
	api->traffic = traffic_create(options->metrics);
	api->schedules = schedules_create(api);
	return api;
}

void
api_destroy(struct api *api)
{
	if (api == NULL)
		return;
	schedules_destroy(api->schedules);
	while (!LIST_EMPTY(&api->exchanges)) /* those that went on without a client */
		exchange_end(LIST_FIRST(&api->exchanges));
	traffic_destroy(api->traffic);
	schemas_destroy(api->schemas);
	assets_destroy(api->assets);
	free(api->openapi);
	free(api);
}

static enum err_code
check_content_type(const struct exchange *x, struct err *err)
{
	const char *fault = field_json_fault(http_header_in(x->request, "content-type"),
	    http_header_in(x->request, "content-encoding"));

	return fault == NULL ? ERR_OK : err_set(err, ERR_UNSUPPORTED_MEDIA, "%s", fault);
}

/* What is too much was not read: which limit that is is known from the head. */
static enum err_code
check_whole(struct exchange *x, struct err *err)
{
	enum err_code code = http_body_check(x->request, err);

	return code == ERR_TOO_LARGE && admit_amount(x, LIMIT_BODY, INT64_MAX, err) != ERR_OK
		   ? err->code
		   : code;
}

/* False: the body is not right, and that was answered. */
static bool
read_body(struct exchange *x)
{
	struct json_object *schema = schemas_find(x->api->schemas, x->route->body);
	struct problems     problems;
	struct err          err;
	size_t              len;
	const char         *text = http_body(x->request, &len);

	must(schema != NULL);
	if (check_content_type(x, &err) != ERR_OK || check_whole(x, &err) != ERR_OK) {
		reply_err(x, &err);
		return false;
	}
	x->body = json_read(text, len, &err);
	http_wipe_body(x->request);
	if (x->body == NULL && err.code != ERR_INVALID_REQUEST) { /* null has its place, too */
		reply_err(x, &err);
		return false;
	}
	problems_init(&problems);
	json_schema_validate(schema, x->body, "", NULL, &problems);
	if (problems.n > 0)
		reply_problems(x, ERR_INVALID_REQUEST, &problems);
	len = problems.n;
	problems_fini(&problems);
	return len == 0;
}

static bool
is_printable(const char *text)
{
	while (*text >= ' ' && *text <= '~')
		text++;
	return *text == '\0';
}

/* On whose behalf it is, as the client says: kept for those who look. False: it is no name, and that was answered. */
static bool
read_actor(struct exchange *x)
{
	const char *actor = http_header_in(x->request, "x-actor");
	size_t      len = actor != NULL ? strlen(actor) : 0;
	struct err  err;

	if (len < sizeof(x->on_behalf_of) && (len == 0 || is_printable(actor))) {
		memcpy(x->on_behalf_of, len > 0 ? actor : "", len + 1);
		return true;
	}
	err_set(&err, ERR_BAD_REQUEST, "x-actor: at most %zu printable ASCII characters are wanted",
	    sizeof(x->on_behalf_of) - 1);
	reply_err(x, &err);
	return false;
}

/* One that is none is not passed on. */
static void
read_trace(struct exchange *x)
{
	const char *trace = http_header_in(x->request, "traceparent");

	if (field_is_traceparent(trace))
		snprintf(x->trace, sizeof(x->trace), "%.*s", TRACE_SIZE - 1, trace);
}

/* Whoever has asked for a change has asked, and need not wait for it. */
static bool
changes_something(const struct route *route)
{
	return route->once != ONCE_NOT || str_eq(route->method, "DELETE");
}

static void
go_on(void *arg)
{
	struct exchange *x = arg;

	x->goes_on = changes_something(x->route);
	if (query_is_good(x) && (x->route->body == NULL || (read_body(x) && admit_body(x))))
		once_begin(x, x->route->handle);
}

size_t
api_body_wanted(void *arg, const struct http_request *request)
{
	char                parameter[STORE_DEPLOYMENT_SIZE], allow[ALLOW_SIZE];
	const struct route *route = route_find(http_method(request), http_path(request), parameter,
	    sizeof(parameter), allow, sizeof(allow));

	return route != NULL && route->body != NULL ? admit_head(arg, route, request) : 0;
}

void
api_handle(void *arg, struct http_request *request)
{
	struct api      *api = arg;
	struct exchange *x = exchange_create(api, request);
	struct err       err;
	char             allow[ALLOW_SIZE];

	x->route = route_find(http_method(request), http_path(request), x->parameter,
	    sizeof(x->parameter), allow, sizeof(allow));
	read_trace(x);
	if (str_eq(http_path(request), "*"))
		snprintf(allow, sizeof(allow), "%s", ROUTE_METHODS);
	if (str_eq(http_method(request), "OPTIONS") && allow[0] != '\0') {
		reply_nothing(x, allow);
		return;
	}
	if (x->route == NULL && allow[0] != '\0') {
		reply_not_allowed(x, allow);
		return;
	}
	if (x->route == NULL) {
		err_set(&err, ERR_NOT_FOUND, "there is no such path");
		reply_err(x, &err);
		return;
	}
	if (read_actor(x) && admit(x))
		http_go_on(request, x->tenant[0] != '\0' ? lane_of(x->tenant) : 0, go_on, x);
}
