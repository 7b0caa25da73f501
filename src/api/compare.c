/* SPDX-License-Identifier: Apache-2.0
 * compare.c - two versions of a deployment side by side: two of its graphs, whatever they are two of. */
#include <string.h>

#include "api/load.h"
#include "api/routes.h"
#include "plan/compare.h"
#include "util/check.h"
#include "util/json.h"
#include "util/str.h"

#define ID_SIZE 64 /* longer than any, so that what is none is told as it is */

struct comparing {
	struct exchange_part part;
	struct spec         *from; /* owned */
};

static void
fini(struct exchange_part *part)
{
	spec_unref(((struct comparing *)part)->from);
}

static const struct exchange_part_type comparing_type = { sizeof(struct comparing), NULL, fini };

static struct comparing *
comparing_of(struct exchange *x)
{
	return exchange_part(x, &comparing_type);
}

static void
add_version(struct json_object *body, const char *name, const struct spec *spec)
{
	struct json_object *version = json_object_new_object();

	json_set_str(version, "graph_id", spec->graph_id);
	json_set_str(version, "version", spec->version);
	json_set(body, name, version);
}

static void
reply_not_comparable(struct exchange *x, const struct spec *from)
{
	struct problems problems;

	problems_init(&problems);
	problems_add(&problems, "/query/to", "other_deployment",
	    "graph %s is of the deployment \"%s\", and graph %s of \"%s\"", x->spec->graph_id,
	    x->spec->deployment_id, from->graph_id, from->deployment_id);
	reply_problems(x, ERR_INVALID_REQUEST, &problems);
	problems_fini(&problems);
}

static void
on_to(struct exchange *x)
{
	const struct spec  *from = comparing_of(x)->from;
	struct json_object *body, *compared;

	if (!str_eq(x->spec->deployment_id, from->deployment_id)) {
		reply_not_comparable(x, from);
		return;
	}
	body = json_object_new_object();
	json_set_bool(body, "success", true);
	json_set_str(body, "deployment_id", x->spec->deployment_id);
	add_version(body, "from", from);
	add_version(body, "to", x->spec);
	compared = compare_configs(from->config, x->spec->config);
	json_object_object_foreach (compared, name, value)
		json_set(body, name, json_object_get(value));
	json_put(compared);
	reply_json(x, 200, body);
}

/* False: it is not there, and that was answered. */
static bool
read_id(struct exchange *x, const char *name, char id[ID_SIZE])
{
	struct err err;

	if (http_query(x->request, name, id, ID_SIZE) != NULL)
		return true;
	err_set(&err, ERR_BAD_REQUEST, "%s: the id of a graph is wanted", name);
	reply_err(x, &err);
	return false;
}

static void
on_from(struct exchange *x)
{
	char id[ID_SIZE];

	comparing_of(x)->from = x->spec;
	x->spec = NULL;
	if (read_id(x, "to", id))
		load_spec(x, id, on_to);
}

void
handle_diff(struct exchange *x)
{
	char from[ID_SIZE], to[ID_SIZE];

	if (read_id(x, "from", from) && read_id(x, "to", to))
		load_spec(x, from, on_from);
}
