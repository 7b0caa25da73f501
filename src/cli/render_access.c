/* SPDX-License-Identifier: Apache-2.0
 * render_access.c - keys and tenants: a line each. */
#include <inttypes.h>

#include "cli/render.h"
#include "cli/render_table.h"
#include "util/check.h"
#include "util/json.h"

#define ID_WIDTH 24

static void
cell_scopes(struct str *out, struct json_object *key)
{
	struct json_object *scopes = json_get_array(key, "scopes");

	for (size_t i = 0; scopes != NULL && i < json_object_array_length(scopes); i++) {
		str_add(out, i > 0 ? "," : "");
		render_text(out, json_object_get_string(json_object_array_get_idx(scopes, i)));
	}
}

static void
cell_expires(struct str *out, struct json_object *key)
{
	render_text(out, json_get_str(key, "expires"));
	if (json_get_bool(key, "expired", false))
		str_add(out, " (over)");
}

static const struct column key_columns[] = { { "ID", ID_WIDTH, "id", NULL },
	{ "TENANT", 20, "tenant", NULL }, { "SCOPES", 24, NULL, cell_scopes },
	{ "KEPT IN", 9, "source", NULL }, { "EXPIRES", 0, NULL, cell_expires } };

void
render_keys(struct str *out, struct json_object *answer)
{
	render_table(out, json_get_array(answer, "keys"), key_columns, array_len(key_columns));
}

static void
render_tenant(struct str *out, struct json_object *tenant)
{
	struct json_object *limits = json_get_object(tenant, "limits");
	const int64_t       keys = json_get_i64(tenant, "keys", 0);
	const char         *separator = "";
	size_t              from = out->len;

	render_text(out, json_get_str(tenant, "tenant"));
	render_pad(out, from, ID_WIDTH);
	str_addf(out,
	    "%" PRId64 " key%s, %" PRId64 " running, %" PRId64 " paused, %" PRId64 " watching",
	    keys, keys == 1 ? "" : "s", json_get_i64(tenant, "executions_running", 0),
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
