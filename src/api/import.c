/* SPDX-License-Identifier: Apache-2.0
 * import.c - what is there and nobody manages, as a config that takes it over. */
#include <stdlib.h>

#include "api/discovery.h"
#include "api/routes.h"
#include "discover/rebuild.h"
#include "util/json.h"
#include "util/str.h"

#define DEPLOYMENT_DEFAULT "imported"

static const char *
deployment_of(struct exchange *x)
{
	const char *id = json_get_str(x->body, "deployment_id");

	return id != NULL ? id : DEPLOYMENT_DEFAULT;
}

static void
on_read(struct exchange *x)
{
	struct exchange_discovery *of = discovery_of(x);
	struct json_object        *body = json_object_new_object();
	bool all = of->spec != NULL && json_object_object_length(of->asked.missing) == 0;

	json_set_bool(body, "success", all);
	if (of->config != NULL)
		json_set(body, "config", json_object_get(of->config));
	json_set(body, "resources",
	    of->resources != NULL ? json_object_get(of->resources) : json_object_new_array());
	json_set(body, "missing", json_object_get(of->asked.missing));
	json_set(body, "warnings", json_object_get(of->asked.warnings));
	reply_json(x, 200, body);
}

static void
on_opened(struct exchange *x)
{
	discovery_read(x, deployment_of(x), json_get_object(x->body, "resources"), on_read);
}

void
handle_import(struct exchange *x)
{
	discovery_open(x, json_get_object(x->body, "credentials"), "/credentials", on_opened);
}
