/* SPDX-License-Identifier: Apache-2.0
 * fuzz_change.c - any bytes as versions of a deployment, one against the other: what comes of two that are right is right, in
 * both directions, and the same once more is the same.
 *
 * [{"config": …, "prune": true, "gone": ["resource", …]}, …]: what of each has gone before the next. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/change.h"
#include "types.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define STEPS_MAX 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Something new is called as another one was before it had its own name: that name it can't have. */
static bool
is_about_names(const struct problems *problems)
{
	for (size_t i = 0; i < problems->n; i++) {
		if (!str_ends(problems->items[i].pointer, "/formerly"))
			return false;
	}
	return true;
}

/* Puts the config. NULL: there are problems. `is_posted`: these may be any. */
static struct spec *
build(const struct registry *registry, struct json_object *config, bool is_posted)
{
	struct problems problems;
	struct spec    *spec;

	problems_init(&problems);
	spec = spec_build(registry, "tenant", config, 0, &problems);
	if (spec == NULL && !is_posted && !is_about_names(&problems))
		fprintf(stderr, "%s: %s\n%s\n", problems.items[0].pointer, problems.items[0].detail,
		    json_text(config));
	must(spec != NULL || is_posted || is_about_names(&problems));
	problems_fini(&problems);
	json_object_put(config);
	return spec;
}

static struct spec *
rebuild(const struct registry *registry, struct spec *spec, struct json_object *config)
{
	if (config == NULL)
		return spec;
	spec_unref(spec);
	return build(registry, config, false);
}

static struct spec *
make(const struct registry *registry, struct json_object *config, struct spec *was,
    const bool *gone, bool prune)
{
	struct spec  *spec = build(registry, json_object_get(config), true);
	struct change change = { .gone = gone, .prune = prune };
	struct graph *base;

	if (spec == NULL || was == NULL)
		return spec;
	spec = rebuild(registry, spec, change_names(spec, was, prune));
	if (spec == NULL)
		return NULL;
	base = graph_create(was, false);
	change.spec = spec;
	change.base = base;
	spec = rebuild(registry, spec, change_config(&change));
	graph_destroy(base);
	return spec;
}

static bool *
gone_of(struct spec *spec, struct json_object *names)
{
	struct graph *graph = graph_create(spec, false);
	bool         *gone = xcalloc(graph->n, sizeof(*gone));

	for (size_t v = 0; v < graph->n; v++) {
		for (size_t i = 0; names != NULL && i < json_object_array_length(names); i++) {
			const char *name =
			    json_object_get_string(json_object_array_get_idx(names, i));

			gone[v] |= name != NULL && graph_is_named(graph, v, name);
		}
	}
	graph_destroy(graph);
	return gone;
}

/* What it was told to prune, it was told so by itself. */
static void
use(const struct registry *registry, struct json_object *config, struct spec *spec, bool prune)
{
	struct spec *again = make(registry, config, spec, NULL, prune);

	must(again != NULL);
	if (strcmp(again->graph_id, spec->graph_id) != 0)
		fprintf(stderr, "%s\n%s\n", json_text(spec->config), json_text(again->config));
	must(strcmp(again->graph_id, spec->graph_id) == 0);
	spec_unref(again);
	graph_destroy(graph_create(spec, true));
}

static void
use_steps(const struct registry *registry, struct json_object *steps)
{
	struct spec *was = NULL;
	bool        *gone = NULL;
	size_t       n = json_object_array_length(steps);

	for (size_t i = 0; i < n && i < STEPS_MAX; i++) {
		struct json_object *step = json_object_array_get_idx(steps, i);
		struct json_object *config = json_copy(json_get_object(step, "config"));
		bool                prune = was != NULL && json_get_bool(step, "prune", false);
		struct spec        *spec;

		if (config == NULL)
			continue;
		json_set_str(config, "deployment_id", "d");
		spec = make(registry, config, was, gone, prune);
		if (spec != NULL) {
			use(registry, config, spec, prune);
			free(gone);
			gone = gone_of(spec, json_get_array(step, "gone"));
			spec_unref(was);
			was = spec;
		}
		json_object_put(config);
	}
	spec_unref(was);
	free(gone);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct registry *registry;
	struct json_object     *steps;

	if (registry == NULL)
		registry = types_load();
	steps = json_read((const char *)data, size, NULL);
	if (json_object_is_type(steps, json_type_array))
		use_steps(registry, steps);
	json_object_put(steps);
	return 0;
}
