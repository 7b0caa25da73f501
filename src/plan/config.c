/* SPDX-License-Identifier: Apache-2.0
 * config.c - from a posted config to checked nodes and edges.
 *
 * The config's own schema (schemas/api/config.json) says what is well-formed. What a schema cannot
 * say is checked here and in config_resource.c, config_target.c and config_edge.c. */
#include "plan/config.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "plan/checks.h"
#include "plan/composite.h"
#include "util/breath.h"
#include "util/json.h"
#include "util/json_schema.h"
#include "util/near.h"

#define SCHEMA_FILE_MAX (1024 * 1024)
#define SCHEMA_PATH_MAX 4096

/* ---- the schemas of a config and of a type file ---- */

static struct json_object *config_schema, *type_schema;

static struct json_object *
read_schema(const char *schemas_dir, const char *name, struct err *err)
{
	struct problems     problems;
	struct json_object *schema = NULL;
	struct str          path;

	problems_init(&problems);
	str_init(&path, SCHEMA_PATH_MAX);
	str_addf(&path, "%s/api/%s", schemas_dir, name);
	schema = json_read_file(path.data, SCHEMA_FILE_MAX, err);
	if (schema != NULL)
		json_schema_check(schema, &problems);
	if (problems.n > 0) {
		err_set(err, ERR_INTERNAL, "%.200s: %s: %.200s", path.data,
		    problems.items[0].pointer, problems.items[0].detail);
		json_object_put(schema);
		schema = NULL;
	}
	str_fini(&path);
	problems_fini(&problems);
	return schema;
}

enum err_code
plan_setup(const char *schemas_dir, struct err *err)
{
	struct json_object *config = NULL, *type = NULL;
	struct err          inner = { 0 };

	config = read_schema(schemas_dir, "config.json", &inner);
	if (config != NULL)
		type = read_schema(schemas_dir, "resource-type.json", &inner);
	if (type == NULL) {
		json_object_put(config);
		return err_set(err, inner.code, "%s", inner.detail);
	}
	plan_teardown();
	config_schema = config;
	type_schema = type;
	return ERR_OK;
}

void
plan_teardown(void)
{
	json_object_put(config_schema);
	json_object_put(type_schema);
	config_schema = type_schema = NULL;
}

struct json_object *
plan_config_schema(void)
{
	return config_schema;
}

static enum err_code
check_file(const struct resource_type *type, struct err *err)
{
	struct problems problems;
	enum err_code   code = ERR_OK;

	problems_init(&problems);
	json_schema_validate(type_schema, type->file, "", NULL, &problems);
	if (problems.n > 0)
		code = err_set(err, ERR_INVALID_CONFIG, "%s: %.200s: %.200s", type->name,
		    problems.items[0].pointer, problems.items[0].detail);
	problems_fini(&problems);
	return code;
}

enum err_code
plan_check_type(const struct registry *registry, const struct resource_type *type, struct err *err)
{
	enum err_code code;

	must(type_schema != NULL); /* plan_setup() comes first */
	code = check_file(type, err);
	if (code == ERR_OK && type->resources != NULL)
		code = composite_check(registry, type, err);
	return code;
}

/* ---- looking ---- */

const char *
config_at(struct config *config, ...)
{
	const char *step;
	va_list     steps;

	str_clear(&config->pointer);
	va_start(steps, config);
	while ((step = va_arg(steps, const char *)) != NULL)
		json_pointer_add(&config->pointer, step);
	va_end(steps);
	return config->pointer.data;
}

static const char *
hint(struct config *config, const char *id, char buf[NEAR_TEXT_SIZE])
{
	struct near near;

	near_init(&near, id);
	if (config->hints > 0) {
		config->hints--;
		for (size_t i = 0; i < config->nodes_n && i < CONFIG_HINT_NAMES; i++)
			near_offer(&near, config->nodes[i].resource_id);
		for (size_t i = 0; i < config->composites_n && i < CONFIG_HINT_NAMES; i++)
			near_offer(&near, config->composites[i].resource_id);
	}
	return near_text(&near, buf);
}

bool
config_find(struct config *config, const char *id, const char *pointer, size_t *ret_place)
{
	char  buf[NEAR_TEXT_SIZE];
	void *found = NULL;

	if (lh_table_lookup_ex(config->by_id, id, &found)) {
		*ret_place = (size_t)(uintptr_t)found - 1;
		return true;
	}
	problems_add(config->problems, pointer, "dangling_reference",
	    "there is no resource '%.64s'%s", id, hint(config, id, buf));
	return false;
}

/* ---- reading ---- */

/* All but what is no part of the graph. Credentials are not even copied. */
static struct json_object *
copy_without_credentials(struct json_object *json)
{
	struct json_object *copy = json_object_new_object();

	json_object_object_foreach (json, key, value) {
		if (strcmp(key, "credentials") != 0 && strcmp(key, "$schema") != 0)
			json_set(copy, key, json_copy(value));
	}
	json_pack(copy);
	return copy;
}

static void
say_unknown_type(struct config *config, const char *id, const char *name)
{
	char                        buf[NEAR_TEXT_SIZE];
	struct near                 near;
	bool                        fits;
	const struct resource_type *open = registry_open_type(config->registry, name, &fits);
	const char                 *away = registry_away(config->registry, name);

	if (away != NULL) {
		problems_add(config->problems, config_at(config, "resources", id, "type", NULL),
		    "provider_unavailable", "%s", away);
		return;
	}
	if (open != NULL) {
		problems_add(config->problems, config_at(config, "resources", id, "type", NULL),
		    "unknown_type", "of %s there are kinds like %s:%s", open->name, open->name,
		    json_get_str(open->kinds, "example"));
		return;
	}
	near_init(&near, name);
	for (size_t i = 0; i < registry_types_n(config->registry); i++)
		near_offer(&near, registry_name_at(config->registry, i));
	problems_add(config->problems, config_at(config, "resources", id, "type", NULL),
	    "unknown_type", "there is no resource type '%.128s'%s", name, near_text(&near, buf));
}

/* A kind of an open type is that type under its own name; it lives as long as what it was read from. */
static const struct resource_type *
find_type(struct config *config, const char *name)
{
	const struct resource_type *type = registry_type(config->registry, name);
	struct resource_type       *kind;

	if (type != NULL)
		return type->kinds == NULL ? type : NULL;
	kind = arena_alloc(config->arena, sizeof(*kind));
	return registry_kind(config->registry, name, kind) ? kind : NULL;
}

static void
add_node(struct config *config, const char *id, struct json_object *resource)
{
	struct spec_node *node = &config->nodes[config->nodes_n++];
	const char       *name = json_get_str(resource, "type");

	breathe();
	node->resource_id = id;
	must(lh_table_insert(config->by_id, id, (void *)(uintptr_t)config->nodes_n) == 0);
	if (name == NULL)
		return;
	node->type = find_type(config, name);
	if (node->type == NULL)
		say_unknown_type(config, id, name);
}

static bool
has_composites(const struct config *config)
{
	for (size_t i = 0; i < config->nodes_n; i++) {
		if (config->nodes[i].type != NULL && config->nodes[i].type->resources != NULL)
			return true;
	}
	return false;
}

static void
forget_nodes(struct config *config)
{
	for (size_t i = 0; i < config->nodes_n; i++) {
		json_object_put(config->nodes[i].properties);
		json_object_put(config->nodes[i].tags);
		breathe();
	}
	if (config->by_id != NULL)
		lh_table_free(config->by_id);
	free(config->nodes);
	config->nodes = NULL;
	config->nodes_n = 0;
	config->by_id = NULL;
}

void
config_index(struct config *config)
{
	size_t n = config->nodes_n + config->composites_n;

	must(config->by_id == NULL);
	config->by_id = lh_kchar_table_new((int)n * 2 + 16, NULL);
	must(config->by_id != NULL);
	for (size_t i = 0; i < n; i++) {
		const char *id = i < config->nodes_n
				     ? config->nodes[i].resource_id
				     : config->composites[i - config->nodes_n].resource_id;

		must(lh_table_insert(config->by_id, id, (void *)(uintptr_t)(i + 1)) == 0);
	}
}

static void
read_nodes(struct config *config, struct json_object *resources)
{
	size_t n = (size_t)json_object_object_length(resources);

	config->nodes = xcalloc(n, sizeof(*config->nodes));
	config->by_id = lh_kchar_table_new((int)(n < 8 ? 16 : n * 2), NULL);
	must(config->by_id != NULL);
	json_object_object_foreach (resources, id, resource)
		add_node(config, id, resource);
}

static void
read_resources(struct config *config, struct json_object *resources)
{
	size_t i = 0, vertices = 0;

	json_object_object_foreach (resources, id, resource) {
		(void)id;
		breathe();
		if (config->nodes[i].type != NULL)
			config_read_resource(config, i, resource);
		vertices += config->nodes[i].regions_n > 0 ? config->nodes[i].regions_n : 1;
		i++;
	}
	if (vertices > SPEC_VERTICES_MAX)
		problems_add(config->problems, "/resources", "too_many",
		    "more than %d resources, counted once per region", SPEC_VERTICES_MAX);
}

void
config_read(struct config *config, const struct registry *registry, struct json_object *json,
    struct problems *problems)
{
	struct json_object *resources;

	must(config_schema != NULL); /* plan_setup() comes first */
	*config = (struct config){
		.registry = registry,
		.problems = problems,
		.arena = arena_create(),
		.hints = CONFIG_HINTS_MAX,
	};
	str_init(&config->pointer, CONFIG_POINTER_MAX);
	if (!json_object_is_type(json, json_type_object)) {
		problems_add(problems, "", "wrong_type", "a config is an object");
		return;
	}
	config->json = copy_without_credentials(json);
	json_schema_validate(config_schema, config->json, "", NULL, problems);
	resources = json_get_object(config->json, "resources");
	if (resources == NULL || json_object_object_length(resources) > SPEC_NODES_MAX)
		return;
	if (!checks_expand(config))
		return;
	resources = json_get_object(config->json, "resources");
	read_nodes(config, resources);
	if (has_composites(config)) {
		if (!composite_expand(config))
			return;
		forget_nodes(config);
		resources = json_get_object(config->json, "resources");
		read_nodes(config, resources);
	}
	config_read_composites(config);
	config_read_targets(config, json);
	read_resources(config, resources);
	config_read_edges(config);
	config_sort(config);
}

void
config_fini(struct config *config)
{
	forget_nodes(config);
	composite_forget(config);
	free(config->composites);
	free(config->rank);
	free(config->edges);
	json_object_put(config->checks);
	json_put(config->json);
	arena_destroy(config->arena);
	str_fini(&config->pointer);
	*config = (struct config){ 0 };
}
