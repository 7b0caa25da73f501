/* SPDX-License-Identifier: Apache-2.0
 * spec.c - the Spec Graph: built from a config, shared by reference count, resolved against
 * outputs. */
#include "plan/spec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/checks.h"
#include "plan/clash.h"
#include "plan/composite.h"
#include "plan/config.h"
#include "plan/cycle.h"
#include "plan/ids.h"
#include "plan/reference.h"
#include "util/json.h"

#define TENANT_LEN_MAX 256

/* The config that a spec came from owns all that the spec points to. */
struct spec_whole {
	struct spec   spec;
	struct config config;
	size_t        refs;
};

/* What the callers see of a config that has no problems. */
static void
spec_fill(struct spec_whole *whole, const char *tenant, unsigned salt)
{
	struct config *config = &whole->config;
	const char    *version = json_get_str(config->json, "version");

	whole->spec = (struct spec){
		.tenant = arena_strdup(config->arena, tenant),
		.deployment_id = json_get_str(config->json, "deployment_id"),
		.version = version != NULL ? version : "",
		.config = config->json,
		.nodes = config->nodes,
		.nodes_n = config->nodes_n,
		.composites = config->composites,
		.composites_n = config->composites_n,
		.edges = config->edges,
		.edges_n = config->edges_n,
		.salt = salt,
	};
	must(whole->spec.deployment_id != NULL);
	ids_assign(&whole->spec, config->rank);
	lh_table_free(config->by_id);
	config->by_id = NULL;
}

static void
take_over(struct problems *found, struct problems *problems)
{
	for (size_t i = 0; i < found->n; i++)
		problems_add(problems, found->items[i].pointer, found->items[i].code, "%s",
		    found->items[i].detail);
	problems->truncated |= found->truncated;
	problems_fini(found);
}

struct spec *
spec_build(const struct registry *registry, const char *tenant, struct json_object *config,
    unsigned salt, struct problems *problems)
{
	struct spec_whole *whole = xcalloc(1, sizeof(*whole));
	struct problems    found;
	bool               good;

	must(strlen(tenant) <= TENANT_LEN_MAX);
	problems_init(&found);
	whole->refs = 1;
	config_read(&whole->config, registry, config, &found);
	cycle_check(whole->config.nodes, whole->config.nodes_n, whole->config.edges,
	    whole->config.edges_n, &found);
	composite_place(&whole->config, &found);
	checks_place(&whole->config, &found);
	if (found.n == 0) {
		spec_fill(whole, tenant, salt);
		ids_check(&whole->spec, &found);
		if (!ids_graph(&whole->spec))
			problems_add(&found, "", "too_large", "the config is too long");
	}
	good = found.n == 0;
	take_over(&found, problems);
	if (good)
		return &whole->spec;
	spec_unref(&whole->spec);
	return NULL;
}

void
spec_check(struct spec *spec, struct problems *problems)
{
	struct config  *config = &container_of(spec, struct spec_whole, spec)->config;
	struct problems found;

	problems_init(&found);
	config_check_regions(config, &found);
	clash_check(config, spec, &found);
	if (found.n > 0) {
		config_index(config);
		composite_place(config, &found);
		lh_table_free(config->by_id);
		config->by_id = NULL;
	}
	take_over(&found, problems);
}

struct spec *
spec_ref(struct spec *spec)
{
	container_of(spec, struct spec_whole, spec)->refs++;
	return spec;
}

void
spec_unref(struct spec *spec)
{
	struct spec_whole *whole;

	if (spec == NULL)
		return;
	whole = container_of(spec, struct spec_whole, spec);
	must(whole->refs > 0);
	if (--whole->refs > 0)
		return;
	config_fini(&whole->config);
	free(whole);
}

/* ---- references ---- */

struct resolving {
	const struct spec      *spec;
	const struct spec_node *node;
	spec_look              *look;
	void                   *arg;
};

/* Of an output of a composite: what its part calls it, with the same path into it. */
static struct json_object *
look_composite(
    struct resolving *r, const struct reference_part *part, const struct spec_composite *composite)
{
	const struct spec_output *output = spec_composite_output(composite, part->output);
	char                      name[2 * REFERENCE_OUTPUT_MAX + 1];

	must(output != NULL);
	snprintf(
	    name, sizeof(name), "%s%s", output->output, part->output + strcspn(part->output, "."));
	return r->look(r->arg, output->node, name);
}

/* The node that a part names, itself or by a composite; a node's targets are few, and hold it. */
static size_t
target_of(const struct spec *spec, const struct spec_node *node, const struct reference_part *part)
{
	for (size_t i = 0; i < node->targets_n; i++) {
		const struct spec_node *other = &spec->nodes[node->targets[i]];

		if (str_eq(other->resource_id, part->id) ||
		    (other->composite != NULL && str_eq(other->composite->resource_id, part->id)))
			return node->targets[i];
	}
	must(!"a reference to no target");
}

static struct json_object *
look_part(void *arg, const struct reference_part *part)
{
	struct resolving       *r = arg;
	size_t                  target = target_of(r->spec, r->node, part);
	const struct spec_node *other = &r->spec->nodes[target];

	if (!str_eq(other->resource_id, part->id))
		return look_composite(r, part, other->composite);
	return r->look(
	    r->arg, target, part->output[0] != '\0' ? part->output : other->type->reference);
}

struct json_object *
spec_resolve(const struct spec *spec, size_t node, spec_look *look, void *arg, size_t *ret_missing)
{
	struct resolving r = { spec, &spec->nodes[node], look, arg };

	must(node < spec->nodes_n);
	*ret_missing = 0;
	return reference_replace(r.node->properties, look_part, &r, ret_missing);
}

struct renaming {
	const struct spec      *spec;
	const struct spec_node *node;
	spec_name              *name;
	void                   *arg;
};

/* An output of a composite becomes that of its part: the composite may not be there. */
static void
name_part(void *arg, struct reference_part *part)
{
	struct renaming        *r = arg;
	size_t                  target = target_of(r->spec, r->node, part);
	const struct spec_node *other = &r->spec->nodes[target];
	char                    output[2 * REFERENCE_OUTPUT_MAX + 1];

	if (!str_eq(other->resource_id, part->id)) {
		const struct spec_output *of =
		    spec_composite_output(other->composite, part->output);

		must(of != NULL);
		target = of->node;
		snprintf(output, sizeof(output), "%s%s", of->output,
		    part->output + strcspn(part->output, "."));
		must(strlen(output) < sizeof(part->output));
		memcpy(part->output, output, strlen(output) + 1);
	}
	snprintf(part->id, sizeof(part->id), "%s", r->name(r->arg, target));
}

struct json_object *
spec_rename(const struct spec *spec, size_t node, spec_name *name, void *arg)
{
	struct renaming r = { spec, &spec->nodes[node], name, arg };

	must(node < spec->nodes_n);
	return reference_rename(r.node->properties, name_part, &r);
}
