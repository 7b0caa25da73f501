/* SPDX-License-Identifier: Apache-2.0
 * plan_fixture.c - what the tests of plan/ share. */
#include "tests/unit/plan_fixture.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider/provider.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/pattern.h"
#include "util/str.h"

const char *
fixture_path(const char *below)
{
	static char path[4096];
	const char *root = getenv("srcdir");

	snprintf(path, sizeof(path), "%s/%s", root != NULL ? root : ".", below);
	return path;
}

static enum err_code
load(struct provider *provider, struct resource_type *type, struct err *err)
{
	(void)provider;
	if (json_has(type->file, "x-refuse"))
		return err_set(err, ERR_INVALID_CONFIG, "refused by the provider");
	type->impl = xstrdup(type->name);
	return ERR_OK;
}

/* What no schema can say: this name is taken. */
static void
validate(struct provider *provider, const struct resource_type *type,
    struct json_object *properties, const char *pointer, struct problems *problems)
{
	(void)provider;
	(void)type;
	if (str_eq(json_get_str(properties, "name"), "taken"))
		problems_add(problems, pointer, "taken", "the name is taken");
}

static void
destroy(struct provider *provider)
{
	free(provider);
}

struct provider *
fixture_provider(const char *name)
{
	struct provider *provider = xcalloc(1, sizeof(*provider));

	provider->name = name;
	provider->load = load;
	provider->validate = validate;
	provider->unload = free;
	provider->destroy = destroy;
	return provider;
}

struct registry *
fixture_registry(void)
{
	struct registry *registry = registry_create();
	struct err       err = { 0 };

	registry_add_provider(registry, fixture_provider("test"));
	ck_assert_msg(
	    registry_load(registry, fixture_path("tests/data/plan/types"), &err) == ERR_OK, "%s",
	    err.detail);
	ck_assert_msg(plan_setup(fixture_path("schemas"), &err) == ERR_OK, "%s", err.detail);
	ck_assert_msg(plan_check_types(registry, &err) == ERR_OK, "%s", err.detail);
	return registry;
}

void
fixture_end(struct registry *registry)
{
	registry_destroy(registry);
	plan_teardown();
	pattern_forget_all();
}

struct json_object *
fixture_json(const char *text)
{
	char               *copy = xstrdup(text);
	struct json_object *json;
	struct err          err = { 0 };

	for (char *at = copy; *at != '\0'; at++) {
		if (*at == '\'')
			*at = '"';
	}
	json = json_read(copy, strlen(copy), &err);
	ck_assert_msg(json != NULL, "%s: %s", err.detail, text);
	free(copy);
	return json;
}

struct json_object *
fixture_config(const char *resources)
{
	struct json_object *json = fixture_json(
	    "{'deployment_id':'app','targets':[{'provider':'test','regions':['us-east-1']}]}");

	json_set(json, "resources", fixture_json(resources));
	return json;
}

bool
fixture_has(const struct problems *problems, const char *pointer, const char *code)
{
	for (size_t i = 0; i < problems->n; i++) {
		if ((pointer == NULL || strcmp(problems->items[i].pointer, pointer) == 0) &&
		    (code == NULL || strcmp(problems->items[i].code, code) == 0))
			return true;
	}
	return false;
}

const char *
fixture_detail(const struct problems *problems, const char *pointer)
{
	for (size_t i = 0; i < problems->n; i++) {
		if (strcmp(problems->items[i].pointer, pointer) == 0)
			return problems->items[i].detail;
	}
	return "";
}

struct spec *
fixture_spec(const struct registry *registry, const char *resources)
{
	struct json_object *config = fixture_config(resources);
	struct problems     problems;
	struct spec        *spec;

	problems_init(&problems);
	spec = spec_build(registry, "tenant", config, 0, &problems);
	ck_assert_msg(spec != NULL, "%s: %s", problems.n > 0 ? problems.items[0].pointer : "?",
	    problems.n > 0 ? problems.items[0].detail : "?");
	ck_assert_uint_eq(problems.n, 0);
	problems_fini(&problems);
	json_object_put(config);
	return spec;
}

size_t
fixture_node(const struct spec *spec, const char *resource_id)
{
	for (size_t i = 0; i < spec->nodes_n; i++) {
		if (strcmp(spec->nodes[i].resource_id, resource_id) == 0)
			return i;
	}
	ck_abort_msg("no node %s", resource_id);
}
