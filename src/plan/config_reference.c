/* SPDX-License-Identifier: Apache-2.0
 * config_reference.c - what the properties of a resource refer to: which resources, and whether they have that output. */
#include "plan/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/reference.h"
#include "util/json.h"
#include "util/near.h"

struct scan {
	struct config *config;
	size_t         node;
	size_t        *targets; /* as they come, with repeats */
	size_t         n, cap;
};

static void
say_unknown_output(struct config *config, const struct reference_part *part,
    const struct resource_type *type, const char *pointer)
{
	char        buf[NEAR_TEXT_SIZE];
	struct near near;

	near_init(&near, part->output);
	json_object_object_foreach (type->outputs, name, output) {
		(void)output;
		near_offer(&near, name);
	}
	problems_add(config->problems, pointer, "unknown_output",
	    "'%s' (%s) has no output '%.128s'%s", part->id, type->name, part->output,
	    near_text(&near, buf));
}

/* An output, or one with a path into its value. */
bool
config_has_output(const struct resource_type *type, const char *output)
{
	char name[REFERENCE_OUTPUT_MAX + 1];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(output, "."), output);
	return output[0] == '\0' || json_has(type->outputs, output) ||
	       json_has(type->outputs, name) || resource_type_takes_any(type);
}

/* Some of a composite's outputs are of parts that are there under a condition. */
static void
say_no_output(struct config *config, const struct reference_part *part,
    const struct spec_composite *composite, const char *pointer)
{
	const struct resource_type *type =
	    composite->type != NULL ? registry_type(config->registry, composite->type) : NULL;

	if (type != NULL && !config_has_output(type, part->output))
		say_unknown_output(config, part, type, pointer);
	else
		problems_add(config->problems, pointer, "unknown_output",
		    "'%s' has no output '%.128s', as it is configured", part->id, part->output);
}

/* The resource that is meant; false: there is none, and that was told. */
static bool
find_target(
    struct config *config, const struct reference_part *part, const char *pointer, size_t *target)
{
	const struct spec_composite *composite;
	const struct resource_type  *type;
	const struct spec_output    *output;

	if (!config_find(config, part->id, pointer, target))
		return false;
	composite = config_composite(config, *target);
	if (composite != NULL) {
		output = spec_composite_output(composite, part->output);
		if (output == NULL)
			say_no_output(config, part, composite, pointer);
		else
			*target = output->node;
		return output != NULL;
	}
	type = config->nodes[*target].type;
	if (type != NULL && !config_has_output(type, part->output))
		say_unknown_output(config, part, type, pointer);
	return true;
}

static void
on_seen(void *arg, const struct reference_part *part, const char *pointer)
{
	struct scan   *scan = arg;
	struct config *config = scan->config;
	size_t         target;

	if (part->kind == REFERENCE_BAD) {
		problems_add(config->problems, pointer, "bad_reference",
		    "'%.*s' is not a reference like @{resource.output}; write @@{ for a plain @{",
		    (int)(part->len < 64 ? part->len : 64), part->text);
		return;
	}
	if (!find_target(config, part, pointer, &target))
		return;
	if (target == scan->node) {
		problems_add(config->problems, pointer, "self_reference",
		    "'%s' cannot refer to itself", part->id);
		return;
	}
	if (scan->n == scan->cap) {
		scan->cap = scan->cap * 2 + 16;
		scan->targets = xrealloc(scan->targets, scan->cap, sizeof(*scan->targets));
	}
	scan->targets[scan->n++] = target;
}

static int
index_order(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return (x > y) - (x < y);
}

static void
keep_targets(struct config *config, struct spec_node *node, struct scan *scan)
{
	if (scan->n == 0)
		return;
	qsort(scan->targets, scan->n, sizeof(*scan->targets), index_order);
	node->targets = arena_alloc(config->arena, scan->n * sizeof(*node->targets));
	for (size_t i = 0; i < scan->n; i++) {
		if (i == 0 || scan->targets[i] != scan->targets[i - 1])
			node->targets[node->targets_n++] = scan->targets[i];
	}
	free(scan->targets);
}

const char *
config_property_at(
    struct config *config, const char *id, struct json_object *resource, const char *key)
{
	struct json_object *references = json_get_object(resource, "references");
	char                from[256];

	snprintf(from, sizeof(from), "%s" CONFIG_FROM_SUFFIX, key);
	if (json_has(json_get_object(resource, "properties"), key))
		return config_at(config, "resources", id, "properties", key, NULL);
	return config_at(
	    config, "resources", id, "references", json_has(references, key) ? key : from, NULL);
}

bool
config_scan_references(struct config *config, size_t index, struct json_object *resource)
{
	struct spec_node *node = &config->nodes[index];
	struct scan       scan = { .config = config, .node = index };
	struct str        pointer;
	bool              escaped = false;

	str_init(&pointer, CONFIG_POINTER_MAX);
	json_object_object_foreach (node->properties, key, value) {
		str_clear(&pointer);
		str_add(&pointer, config_property_at(config, node->resource_id, resource, key));
		escaped |= reference_each(value, &pointer, on_seen, &scan);
	}
	str_fini(&pointer);
	keep_targets(config, node, &scan);
	return escaped;
}
