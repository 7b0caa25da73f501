/* SPDX-License-Identifier: Apache-2.0
 * boxes.c - asks each node's provider, which alone has the key. */
#include "api/boxes.h"

#include "plan/spec.h"
#include "provider/provider.h"
#include "provider/registry.h"
#include "provider/unseal.h"
#include "util/json.h"

#define POINTER_MAX 1024

/* What the config has of a node, and where: of a part, the whole that it comes from. */
static struct json_object *
written_of(const struct exchange *x, const struct spec_node *node, struct str *pointer)
{
	struct json_object *config = json_get_object(x->body, "config");
	struct json_object *resources = json_get_object(config, "resources");
	const char         *composite = spec_node_composite(node);
	struct json_object *whole =
	    composite != NULL ? json_get_object(resources, composite) : NULL;

	str_clear(pointer);
	str_add(pointer, "/config/resources");
	json_pointer_add(pointer, whole != NULL ? composite : node->resource_id);
	str_add(pointer, "/properties");
	return whole != NULL ? json_get_object(whole, "properties") : node->properties;
}

static void
check_written(struct exchange *x, const struct spec_node *node, struct json_object *written,
    const char *pointer, struct problems *found)
{
	struct provider *provider =
	    registry_provider(api_options_of(x->api)->registry, node->type->provider);

	if (!holds_sealed(written))
		return;
	if (!provider->takes_sealed)
		problems_add(found, pointer, "not_openable",
		    "%s takes nothing sealed: this process has no key for '%s'", node->type->name,
		    node->type->provider);
	else if (provider->check_sealed != NULL)
		provider->check_sealed(provider, written, pointer, found);
}

/* The parts of a whole stand together, and are looked at as one. */
static void
check_all(struct exchange *x, struct problems *found)
{
	struct json_object *written, *before = NULL;
	struct str          pointer;

	str_init(&pointer, POINTER_MAX);
	for (size_t i = 0; i < x->spec->nodes_n; i++) {
		written = written_of(x, &x->spec->nodes[i], &pointer);
		if (written != before)
			check_written(x, &x->spec->nodes[i], written, pointer.data, found);
		before = written;
	}
	str_fini(&pointer);
}

/* A stored graph has no places in the body: what is wrong is told of its id. */
static void
tell_of_graph(const struct problems *found, struct problems *out)
{
	for (size_t i = 0; i < found->n; i++)
		problems_add(out, "/graph_id", found->items[i].code, "%.200s: %s",
		    found->items[i].pointer, found->items[i].detail);
}

bool
boxes_can_be_opened(struct exchange *x)
{
	bool            is_stored = !json_has(x->body, "config");
	struct problems found, told;
	bool            all;

	problems_init(&found);
	problems_init(&told);
	check_all(x, &found);
	if (is_stored)
		tell_of_graph(&found, &told);
	all = found.n == 0;
	if (!all)
		reply_problems(x, ERR_INVALID_CONFIG, is_stored ? &told : &found);
	problems_fini(&told);
	problems_fini(&found);
	return all;
}
