/* SPDX-License-Identifier: Apache-2.0
 * fuzz_config.c - any bytes as a config: problems, or a Spec Graph that survives MGraph JSON. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/diff.h"
#include "plan/graph.h"
#include "plan/plan.h"
#include "types.h"
#include "util/json.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
		registry = types_load();
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
