/* SPDX-License-Identifier: Apache-2.0
 * change_fixture.c - the types, and the way of the API from a config to a graph (src/api/base.c). */
#include "tests/unit/change_fixture.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/change.h"
#include "tests/unit/plan_fixture.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

/* ---- types ---- */

#define OUTPUTS "'reference':'arn','outputs':{'arn':{}}"
#define TEXT    "{'type':'string'}"
#define FIXED   "{'type':'string','x-replace':true}"

static const struct {
	const char *name, *file;
} types[] = {
	{ "test:site:zone", "'identity':{'class':'named','properties':['name']},'read':{},"
			    "'properties':{'type':'object','additionalProperties':false,'required':"
			    "['name'],'properties':{"
			    "'name':" FIXED ",'link':" TEXT ",'size':" FIXED "}}," OUTPUTS },
	{ "test:site:record",
	    "'identity':{'class':'child','properties':['zone','key']},'read':{},"
	    "'properties':{'type':'object','additionalProperties':false,'required':['zone','key'],"
	    "'properties':{'zone':" FIXED ",'key':" FIXED ",'link':" TEXT "}}," OUTPUTS },
	{ "test:site:repo", "'identity':{'class':'named','properties':['name']},'read':{},"
			    "'marks':'/','global':true,"
			    "'properties':{'type':'object','additionalProperties':false,'required':"
			    "['name'],'properties':{"
			    "'name':" FIXED ",'link':" TEXT "}}," OUTPUTS },
	{ "test:site:file",
	    "'identity':{'class':'child','properties':['repo','path']},'read':{},"
	    "'global':true,"
	    "'properties':{'type':'object','additionalProperties':false,'required':['repo','path'],"
	    "'properties':{'repo':" FIXED ",'path':" FIXED ",'link':" TEXT "}}," OUTPUTS },
	{ "test:site:line",
	    "'identity':{'class':'child','properties':['file','at']},'read':{},"
	    "'global':true,"
	    "'properties':{'type':'object','additionalProperties':false,'required':['file','at'],"
	    "'properties':{'file':" FIXED ",'at':" FIXED "}}," OUTPUTS },
	{ "test:site:disk",
	    "'identity':{'class':'tagged'},'read':{},"
	    "'properties':{'type':'object','additionalProperties':false,'properties':{"
	    "'size':" FIXED ",'link':" TEXT "}}," OUTPUTS },
	{ "test:site:pair", "'reference':'zone','properties':{'type':'object','"
			    "additionalProperties':false,'required':['name'],"
			    "'properties':{'name':" TEXT "}},"
			    "'resources':{'zone':{'type':'test:site:zone','properties':{"
			    "'name':'{name}'}},"
			    "'record':{'type':'test:site:record','properties':{'zone':'@zone',"
			    "'key':'{name}'}}},"
			    "'outputs':{'zone':{'from':'zone.arn'}}" },
};

struct registry *
change_registry(void)
{
	struct registry *registry = fixture_registry();

	for (size_t i = 0; i < array_len(types); i++) {
		struct json_object *file;
		struct str          text;
		struct err          err = { 0 };

		str_init(&text, 4096);
		str_addf(&text, "{'type':'%s','title':'T',%s}", types[i].name, types[i].file);
		file = fixture_json(text.data);
		ck_assert_msg(
		    registry_add_file(registry, types[i].name, file, "types", &err) == ERR_OK, "%s",
		    err.detail);
		json_object_put(file);
		ck_assert_ptr_nonnull(registry_type(registry, types[i].name));
		str_fini(&text);
	}
	return registry;
}

/* ---- versions ---- */

static char why_text[10000];

/* Puts the config. */
static struct spec *
build(const struct registry *registry, struct json_object *config)
{
	struct problems problems;
	struct spec    *spec;

	problems_init(&problems);
	spec = spec_build(registry, "tenant", config, 0, &problems);
	if (spec == NULL)
		snprintf(why_text, sizeof(why_text), "%.200s: %.200s in %.9000s",
		    problems.items[0].pointer, problems.items[0].detail, json_text(config));
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
	return build(registry, config);
}

struct spec *
change_of(const struct registry *registry, struct json_object *config, const struct spec *base,
    const bool *gone, struct step step, const char **ret_why)
{
	struct spec  *spec = build(registry, json_object_get(config));
	struct change change = { .gone = gone, .prune = step.prune };
	struct graph *graph;

	*ret_why = why_text;
	if (spec != NULL && base != NULL)
		spec = rebuild(registry, spec, change_names(spec, base, step.prune));
	if (spec == NULL || base == NULL)
		return spec;
	graph = graph_create((struct spec *)(uintptr_t)base, false);
	change.base = graph;
	change.spec = spec;
	spec = rebuild(registry, spec, change_config(&change));
	graph_destroy(graph);
	return spec;
}

static bool *
gone_of(const struct spec *base, const char *names)
{
	struct graph *graph = graph_create((struct spec *)(uintptr_t)base, false);
	bool         *gone = xcalloc(graph->n, sizeof(*gone));

	for (size_t v = 0; v < graph->n && names != NULL; v++) {
		char name[100];

		snprintf(name, sizeof(name), " %s ", graph_node(graph, v)->resource_id);
		gone[v] = strstr(names, name) != NULL;
	}
	graph_destroy(graph);
	return gone;
}

struct spec *
change_step(const struct registry *registry, const char *resources, struct step step)
{
	struct json_object *config = fixture_json(
	    "{'deployment_id':'app','targets':[{'provider':'test','regions':['us-east-1']}]}");
	struct json_object *target =
	    json_object_array_get_idx(json_get_array(config, "targets"), 0);
	bool        *gone = step.base != NULL ? gone_of(step.base, step.gone) : NULL;
	const char  *why;
	struct spec *spec;

	json_set(config, "resources", fixture_json(resources));
	if (step.regions != NULL)
		json_set(target, "regions", fixture_json(step.regions));
	spec = change_of(registry, config, step.base, gone, step, &why);
	ck_assert_msg(spec != NULL, "%s", why);
	free(gone);
	json_object_put(config);
	return spec;
}

/* ---- what came of it ---- */

static const struct spec_node *
find(const struct spec *spec, const char *id)
{
	for (size_t i = 0; i < spec->nodes_n; i++) {
		if (strcmp(spec->nodes[i].resource_id, id) == 0)
			return &spec->nodes[i];
	}
	return NULL;
}

const char *
change_operation(const struct spec *spec, const char *id)
{
	const struct spec_node *node = find(spec, id);

	return node != NULL ? spec_operation_name(node->operation) : "";
}

const char *
change_property(const struct spec *spec, const char *id, const char *name)
{
	const struct spec_node *node = find(spec, id);
	const char             *value = node != NULL ? json_get_str(node->properties, name) : NULL;

	return value != NULL ? value : "";
}

bool
change_waits(const struct spec *spec, const char *then, const char *first)
{
	bool *after = xcalloc(spec->nodes_n, sizeof(*after)), any = true, waits;

	after[fixture_node(spec, first)] = true;
	while (any) {
		any = false;
		for (size_t i = 0; i < spec->edges_n; i++) {
			if (!after[spec->edges[i].from] || after[spec->edges[i].to])
				continue;
			after[spec->edges[i].to] = any = true;
		}
	}
	waits = strcmp(then, first) != 0 && after[fixture_node(spec, then)];
	free(after);
	return waits;
}

/* ---- from version to version ---- */

#define MADE_MAX 16
static struct spec *made[MADE_MAX];
static size_t       made_n;

struct registry *change_types;

void
change_setup(void)
{
	change_types = change_registry();
}

void
change_teardown(void)
{
	change_forget();
	fixture_end(change_types);
}

struct spec *
change_next(const char *resources, struct step step)
{
	ck_assert_uint_lt(made_n, MADE_MAX);
	made[made_n] = change_step(change_types, resources, step);
	return made[made_n++];
}

struct spec *
change_first(const char *resources)
{
	return change_next(resources, (struct step){ .base = NULL });
}

struct spec *
change_then(const struct spec *base, const char *resources)
{
	return change_next(resources, (struct step){ .base = base });
}

void
change_forget(void)
{
	while (made_n > 0)
		spec_unref(made[--made_n]);
}

const struct spec_node *
change_node(const struct spec *spec, const char *id)
{
	return &spec->nodes[fixture_node(spec, id)];
}
