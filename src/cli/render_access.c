/* SPDX-License-Identifier: Apache-2.0
 * render_access.c - keys and tenants: a line each. */
#include <inttypes.h>

#include "cli/render.h"
#include "util/json.h"

#define ID_WIDTH     24
#define TENANT_WIDTH 44
#define SCOPES_WIDTH 70
#define SOURCE_WIDTH 77

static void
render_scopes(struct str *out, struct json_object *key)
{
	struct json_object *scopes = json_get_array(key, "scopes");

	for (size_t i = 0; scopes != NULL && i < json_object_array_length(scopes); i++) {
		str_add(out, i > 0 ? "," : "");
		render_text(out, json_object_get_string(json_object_array_get_idx(scopes, i)));
	}
}

static void
render_key(struct str *out, struct json_object *key)
{
	const char *expires = json_get_str(key, "expires");
	size_t      from = out->len;

	render_text(out, json_get_str(key, "id"));
	render_pad(out, from, ID_WIDTH);
	render_text(out, json_get_str(key, "tenant"));
	render_pad(out, from, TENANT_WIDTH);
	render_scopes(out, key);
	render_pad(out, from, SCOPES_WIDTH);
	render_text(out, json_get_str(key, "source"));
	if (expires != NULL) {
		render_pad(out, from, SOURCE_WIDTH);
		str_add(out, json_get_bool(key, "expired", false) ? "expired " : "until ");
		render_text(out, expires);
	}
	str_add_char(out, '\n');
}

void
render_keys(struct str *out, struct json_object *answer)
{
	struct json_object *list = json_get_array(answer, "keys");

	for (size_t i = 0; list != NULL && i < json_object_array_length(list); i++)
		render_key(out, json_object_array_get_idx(list, i));
}

static void
render_tenant(struct str *out, struct json_object *tenant)
{
	struct json_object *limits = json_get_object(tenant, "limits");
	const char         *separator = "";
	size_t              from = out->len;

	render_text(out, json_get_str(tenant, "tenant"));
	render_pad(out, from, ID_WIDTH);
	str_addf(out,
	    "%" PRId64 " keys, %" PRId64 " running, %" PRId64 " paused, %" PRId64 " watching",
	    json_get_i64(tenant, "keys", 0), json_get_i64(tenant, "executions_running", 0),
	    json_get_i64(tenant, "executions_paused", 0), json_get_i64(tenant, "watchers", 0));
	str_add(out, json_get_bool(tenant, "operator", false) ? "  operator\n" : "\n");
	if (limits == NULL)
		return;
	json_object_object_foreach (limits, name, value) {
		if (json_object_get_int64(value) == 0)
			continue;
		str_add(out, separator[0] == '\0' ? "    " : separator);
		render_text(out, name);
		str_addf(out, "=%" PRId64, json_object_get_int64(value));
		separator = " ";
	}
	str_add(out, separator[0] == '\0' ? "" : "\n");
}

void
render_tenants(struct str *out, struct json_object *answer)
{
	struct json_object *list = json_get_array(answer, "tenants");

	for (size_t i = 0; list != NULL && i < json_object_array_length(list); i++)
		render_tenant(out, json_object_array_get_idx(list, i));
}
