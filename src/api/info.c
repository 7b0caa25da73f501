/* SPDX-License-Identifier: Apache-2.0
 * info.c - the service about itself: health, version, types, and its own description. */
#include "api/pages.h"
#include "api/routes.h"
#include "provider/registry.h"
#include "util/json.h"
#include "util/metrics.h"
#include "util/near.h"
#include "util/str.h"

#define METRICS_MAX       (16 * 1024 * 1024)
#define PATH_BYTES_MAX    4096
#define CONFIG_SCHEMA_MAX (16 * 1024 * 1024)

void
handle_health(struct exchange *x)
{
	struct json_object *body = json_object_new_object();

	json_set_str(body, "status", "ok");
	reply_json(x, 200, body);
}

void
handle_ready(struct exchange *x)
{
	struct api_options *options = api_options_of(x->api);
	const char         *away = registry_away(options->registry, "");
	struct err          err;

	if (!store_is_up(options->store)) {
		err_set(&err, ERR_STORE_DOWN, "the store is not connected: %s",
		    store_why(options->store));
		reply_err(x, &err);
	} else if (away != NULL) {
		err_set(&err, ERR_PROVIDER_AWAY, "%s", away);
		reply_err(x, &err);
	} else {
		handle_health(x);
	}
}

void
handle_info(struct exchange *x)
{
	struct api_options *options = api_options_of(x->api);
	struct engine_tally tally = engine_tally(options->engine, x->tenant);
	struct json_object *body = json_object_new_object();

	json_set_str(body, "name", "mgraph-deploy");
	json_set_str(body, "version", options->version);
	json_set_str(body, "status", "operational");
	json_set_bool(body, "store", store_is_up(options->store));
	json_set_i64(body, "executions_running", (int64_t)(tally.running + tally.paused));
	if (options->archive != NULL && x->of->is_operator) /* it is of all tenants */
		json_set(body, "archive", archive_show(options->archive));
	reply_json(x, 200, body);
}

static struct json_object *
type_summary(const struct resource_type *type)
{
	struct json_object *json = json_object_new_object();

	json_set_str(json, "type", type->name);
	json_set_str(json, "title", type->title);
	json_set_str(json, "description", json_get_str(type->file, "description"));
	json_set_str(json, "provider", type->provider);
	json_set_bool(json, "composite", type->resources != NULL);
	if (type->resources != NULL)
		return json; /* its resources have the rest, each its own */
	json_set_str(json, "scope", type->global ? "global" : "regional");
	json_set_str(json, "identity", identity_class_name(type->identity));
	return json;
}

/* Where the page begins: behind the type that the cursor names. False: it names none, and that was answered. */
static bool
first_of_page(struct exchange *x, const struct registry *registry, size_t *ret_at)
{
	char        name[STORE_DEPLOYMENT_SIZE];
	const char *after = http_query(x->request, "cursor", name, sizeof(name));
	struct err  err;

	*ret_at = 0;
	while (after != NULL && *ret_at < registry_types_n(registry)) {
		if (str_eq(registry_name_at(registry, (*ret_at)++), after))
			return true;
	}
	if (after == NULL)
		return true;
	err_set(&err, ERR_BAD_REQUEST, "cursor: the next_cursor of a page is wanted");
	reply_err(x, &err);
	return false;
}

/* All of them, unless it is asked for fewer. */
void
handle_types(struct exchange *x)
{
	const struct registry *registry = api_options_of(x->api)->registry;
	struct json_object    *body, *list;
	uint64_t               limit = registry_types_n(registry);
	size_t                 at;

	if (!page_number(x, "limit", STORE_PAGE_MAX, &limit) || !first_of_page(x, registry, &at))
		return;
	body = json_object_new_object();
	list = json_object_new_array();
	json_set(body, "types", list);
	for (; at < registry_types_n(registry) && json_object_array_length(list) < limit; at++) {
		const struct resource_type *type = registry_type_at(registry, at);

		if (type != NULL)
			json_object_array_add(list, type_summary(type));
	}
	if (at < registry_types_n(registry))
		page_next(x, body, (size_t)limit, registry_name_at(registry, at - 1));
	reply_json(x, 200, body);
}

/* An output's value in the file is the provider's own business; what it is called and means is not. */
static struct json_object *
type_outputs(const struct resource_type *type)
{
	struct json_object *outputs = json_object_new_object();

	json_object_object_foreach (type->outputs, name, output) {
		struct json_object *json = json_object_new_object();

		json_set_str(json, "description", json_get_str(output, "description"));
		json_set(outputs, name, json);
	}
	return outputs;
}

static void
reply_unknown_type(struct exchange *x, const struct registry *registry)
{
	char        buf[NEAR_TEXT_SIZE];
	struct near near;
	struct err  err;

	near_init(&near, x->parameter);
	for (size_t i = 0; i < registry_types_n(registry); i++)
		near_offer(&near, registry_name_at(registry, i));
	err_set(&err, ERR_NOT_FOUND, "there is no resource type '%s'%s", x->parameter,
	    near_text(&near, buf));
	reply_err(x, &err);
}

void
handle_type(struct exchange *x)
{
	const struct registry      *registry = api_options_of(x->api)->registry;
	const struct resource_type *type = registry_type(registry, x->parameter);
	struct json_object         *body;
	bool                        fits = true;

	if (type == NULL)
		type = registry_open_type(registry, x->parameter, &fits);
	if (type == NULL || !fits) {
		reply_unknown_type(x, registry);
		return;
	}
	body = type_summary(type);
	json_set_str(body, "reference", type->reference);
	if (type->resources == NULL)
		json_set(body, "seconds", json_object_new_double(type->seconds));
	if (type->irreversible != NULL)
		json_set(body, "irreversible", json_object_get(type->irreversible));
	if (type->kinds != NULL)
		json_set(body, "kinds", json_object_get(type->kinds));
	json_set(body, "properties", json_object_get(type->properties));
	json_set(body, "outputs", type_outputs(type));
	if (type->resources != NULL)
		json_set(body, "resources", json_object_get(type->resources));
	reply_json(x, 200, body);
}

void
handle_metrics(struct exchange *x)
{
	struct metrics *metrics = api_options_of(x->api)->metrics;
	struct str      text;

	str_init(&text, METRICS_MAX);
	if (metrics != NULL)
		metrics_write(metrics, &text);
	reply_text(x, 200, METRICS_FORMAT, text.data);
	str_fini(&text);
}

void
handle_openapi(struct exchange *x)
{
	reply_text(x, 200, JSON_CONTENT_TYPE, api_openapi(x->api));
}

/* It is for editors, and seldom asked for: it is read each time. */
void
handle_config_schema(struct exchange *x)
{
	struct json_object *schema;
	struct str          path;
	struct err          err;

	str_init(&path, PATH_BYTES_MAX);
	str_addf(&path, "%s/config.json", api_options_of(x->api)->share_dir);
	schema = json_read_file(path.data, CONFIG_SCHEMA_MAX, &err);
	str_fini(&path);
	if (schema != NULL)
		reply_text(x, 200, x->route->texts[0], json_text(schema));
	else
		reply_err(x, &err);
	json_object_put(schema);
}
