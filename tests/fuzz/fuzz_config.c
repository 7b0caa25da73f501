/* SPDX-License-Identifier: Apache-2.0
 * fuzz_config.c - any bytes as a config: problems, or a Spec Graph that survives MGraph JSON.
 *
 * Run in the source tree's root, or with srcdir set to it: the config's schema is read from
 * there. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/diff.h"
#include "plan/graph.h"
#include "plan/plan.h"
#include "provider/provider.h"
#include "util/json.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
destroy(struct provider *provider)
{
	free(provider);
}

static const char *
path_of(const char *below)
{
	static char path[4096];
	const char *root = getenv("srcdir");

	snprintf(path, sizeof(path), "%s/%s", root != NULL ? root : ".", below);
	return path;
}

static struct registry *
setup(void)
{
	struct registry *registry = registry_create(plan_check_type);
	struct provider *provider = xcalloc(1, sizeof(*provider));
	struct err       err = { 0 };

	provider->name = "test";
	provider->destroy = destroy;
	registry_add_provider(registry, provider);
	if (plan_setup(path_of("schemas"), &err) != ERR_OK ||
	    registry_load(registry, path_of("tests/data/plan/types"), &err) != ERR_OK) {
		fprintf(stderr, "%s\n", err.detail);
		exit(EXIT_FAILURE);
	}
	return registry;
}

static struct json_object *
look(void *arg, size_t target, const char *output)
{
	(void)target;
	return output[0] == 'a' ? arg : NULL;
}

static void
use_graph(struct spec *spec, bool reverse)
{
	struct graph       *graph = graph_create(spec, reverse);
	struct json_object *plan = plan_to_json(graph, NULL, NULL);

	must(graph->levels > 0);
	must(json_object_array_length(json_get_array(plan, "operations")) == graph->n);
	json_object_put(plan);
	graph_destroy(graph);
}

/* What is resolved differs in nothing from itself. */
static void
use_properties(const struct spec *spec, size_t node)
{
	struct json_object *answer = json_object_new_string("arn:x");
	size_t              missing;
	struct json_object *resolved = spec_resolve(spec, node, look, answer, &missing);
	struct diff         diff;

	diff_make(&diff, spec->nodes[node].type, resolved, resolved);
	must(diff_is_empty(&diff));
	diff_fini(&diff);
	diff_make(&diff, spec->nodes[node].type, resolved, NULL);
	diff_fini(&diff);
	json_object_put(resolved);
	json_object_put(answer);
}

static void
use_mgraph(const struct registry *registry, const struct spec *spec)
{
	struct json_object *mgraph = spec_to_mgraph(spec);
	const char         *text = json_text(mgraph);
	struct err          err = { 0 };
	struct json_object *again = json_read(text, strlen(text), &err);
	struct spec        *back = spec_from_mgraph(registry, "tenant", again, &err);

	if (back == NULL)
		fprintf(stderr, "%s\n", err.detail);
	must(back != NULL);
	must(strcmp(back->graph_id, spec->graph_id) == 0);
	spec_unref(back);
	json_object_put(again);
	json_object_put(mgraph);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct registry *registry;
	struct json_object     *config;
	struct problems         problems;
	struct spec            *spec;

	if (registry == NULL)
		registry = setup();
	config = json_read((const char *)data, size, NULL);
	if (config == NULL)
		return 0;
	problems_init(&problems);
	spec = spec_build(registry, "tenant", config, 0, &problems);
	must((spec == NULL) == (problems.n > 0));
	json_object_put(config);
	if (spec != NULL) {
		use_graph(spec, false);
		use_graph(spec, true);
		for (size_t i = 0; i < spec->nodes_n; i++)
			use_properties(spec, i);
		use_mgraph(registry, spec);
	}
	spec_unref(spec);
	problems_fini(&problems);
	return 0;
}
