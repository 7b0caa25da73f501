/* SPDX-License-Identifier: Apache-2.0
 * config_composite.c - the `composites` of a config: which resources belong together, and under which names their
 * outputs are known. What composite_expand() made is here among what was posted so. */
#include "plan/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/composite.h"
#include "plan/reference.h"
#include "util/json.h"

struct spec_composite *
config_composite(const struct config *config, size_t place)
{
	return place >= config->nodes_n ? &config->composites[place - config->nodes_n] : NULL;
}

const char *
spec_node_composite(const struct spec_node *node)
{
	return node->composite != NULL ? node->composite->resource_id : NULL;
}

const struct spec_output *
spec_composite_output(const struct spec_composite *composite, const char *output)
{
	const char *wanted = output[0] != '\0' ? output : composite->reference;
	size_t      len = wanted != NULL ? strcspn(wanted, ".") : 0;

	for (size_t i = 0; i < composite->outputs_n; i++) {
		const char *name = composite->outputs[i].name;

		if (strlen(name) == len && memcmp(name, wanted, len) == 0)
			return &composite->outputs[i];
	}
	return NULL;
}

/* ---- parts ---- */

static void
add_part(struct config *config, struct spec_composite *composite, const char *id, size_t i)
{
	char        index[24];
	const char *pointer;
	size_t      at;

	snprintf(index, sizeof(index), "%zu", i);
	pointer = config_at(config, "composites", composite->resource_id, "parts", index, NULL);
	if (!config_find(config, id, pointer, &at))
		return;
	if (at >= config->nodes_n || config->nodes[at].composite != NULL) {
		problems_add(config->problems, pointer, "not_unique",
		    "'%.64s' is a composite, or a part of one already", id);
		return;
	}
	config->nodes[at].composite = composite;
	composite->parts[composite->parts_n++] =
	    (struct spec_part){ .node = at, .is_first = true, .is_last = true };
}

static void
read_parts(struct config *config, struct spec_composite *composite, struct json_object *parts)
{
	size_t n = parts != NULL ? json_object_array_length(parts) : 0;

	if (n > CONFIG_PARTS_MAX)
		n = CONFIG_PARTS_MAX; /* the schema has said so */
	composite->parts = arena_alloc(config->arena, n * sizeof(*composite->parts));
	for (size_t i = 0; i < n; i++) {
		struct json_object *id = json_object_array_get_idx(parts, i);

		if (json_object_is_type(id, json_type_string))
			add_part(config, composite, json_object_get_string(id), i);
	}
}

/* ---- outputs ---- */

static void
add_output(
    struct config *config, struct spec_composite *composite, const char *name, const char *link)
{
	const char *pointer =
	    config_at(config, "composites", composite->resource_id, "outputs", name, NULL);
	const struct resource_type *type;
	struct reference_part       part;
	size_t                      at;

	if (!reference_parse(link, &part) || part.output[0] == '\0') {
		problems_add(config->problems, pointer, "bad_reference",
		    "'%.64s' is not like resource.output", link);
		return;
	}
	if (!config_find(config, part.id, pointer, &at))
		return;
	type = at < config->nodes_n ? config->nodes[at].type : NULL;
	if (at >= config->nodes_n || config->nodes[at].composite != composite ||
	    (type != NULL && !config_has_output(type, part.output))) {
		problems_add(config->problems, pointer, "unknown_output",
		    "'%.64s' is no output of one of its parts", link);
		return;
	}
	composite->outputs[composite->outputs_n++] =
	    (struct spec_output){ .name = name, .node = at, .output = strchr(link, '.') + 1 };
}

static void
read_outputs(struct config *config, struct spec_composite *composite, struct json_object *outputs)
{
	size_t n = outputs != NULL ? (size_t)json_object_object_length(outputs) : 0;

	composite->outputs = arena_alloc(config->arena, n * sizeof(*composite->outputs));
	if (outputs == NULL)
		return;
	json_object_object_foreach (outputs, name, link) {
		if (json_object_is_type(link, json_type_string))
			add_output(config, composite, name, json_object_get_string(link));
	}
}

/* ---- all of them ---- */

/* Nothing is told of the parts of a resource whose own properties have problems. */
static void
forget_types(struct config *config, const struct spec_composite *composite)
{
	for (size_t i = 0; i < composite->parts_n; i++)
		config->nodes[composite->parts[i].node].type = NULL;
}

static void
read_composite(struct config *config, const char *id, struct json_object *json)
{
	struct spec_composite *composite = &config->composites[config->composites_n++];

	composite->resource_id = id;
	composite->type = json_get_str(json, "type");
	composite->reference = json_get_str(json, "reference");
	if (lh_table_lookup_ex(config->by_id, id, NULL))
		problems_add(config->problems, config_at(config, "composites", id, NULL),
		    "not_unique", "there is a resource of that id already");
	else
		must(lh_table_insert(config->by_id, id,
			 (void *)(uintptr_t)(config->nodes_n + config->composites_n)) == 0);
	read_parts(config, composite, json_get_array(json, "parts"));
	read_outputs(config, composite, json_get_object(json, "outputs"));
}

void
config_read_composites(struct config *config)
{
	struct json_object *composites = json_get_object(config->json, "composites");
	size_t n = composites != NULL ? (size_t)json_object_object_length(composites) : 0;

	if (n == 0)
		return;
	config->composites = xcalloc(n, sizeof(*config->composites));
	json_object_object_foreach (composites, id, json)
		read_composite(config, id, json);
	for (size_t i = 0; i < config->expansions_n; i++) {
		if (config->expansions[i].failed)
			forget_types(config, &config->composites[n - config->expansions_n + i]);
	}
}
