/* SPDX-License-Identifier: Apache-2.0
 * hooks.c - the table of hooks, and the hooks themselves. */
#include "providers/github/hooks.h"

#include <stdlib.h>

#include "interpreter/fill.h"
#include "util/json.h"
#include "util/sealed.h"
#include "util/str.h"

#define NAME_BYTES_MAX 512

/* ---- names: secrets and variables have letters, digits and underscores alone ---- */

/* The property that it is found by, with an underscore for every hyphen. */
static struct json_object *
name_make(const struct scope *scope)
{
	struct json_object *names = resource_type_identity_properties(scope->type->rt);
	const char         *property = json_object_get_string(json_object_array_get_idx(names, 0));
	const char         *given = json_get_str(scope->op->desired, property);
	struct json_object *name;
	struct str          text;

	if (given == NULL)
		return NULL;
	str_init(&text, NAME_BYTES_MAX);
	for (; *given != '\0'; given++)
		str_add_char(&text, *given == '-' ? '_' : *given);
	name = json_object_new_string(text.data);
	str_fini(&text);
	return name;
}

/* ---- secrets ---- */

/* In a box for the key that a step has noted. A value that is no text is JSON. */
static struct json_object *
box_write(const struct scope *scope, struct json_object *value, struct err *err)
{
	const char *key = json_get_str(scope->noted, "key");
	bool        is_text = json_object_is_type(value, json_type_string);
	size_t      len = is_text ? (size_t)json_object_get_string_len(value) : 0;
	const char *text = is_text ? json_object_get_string(value) : json_text_len(value, &len);
	char       *box = sealed_box(key != NULL ? key : "", text, len, err);
	struct json_object *out = box != NULL ? json_object_new_string(box) : NULL;

	free(box);
	return out;
}

/* ---- runs of workflows ---- */

/* What a run is known by, where its workflow is told: another one for whatever else it is started with. */
static struct json_object *
run_make(const struct scope *scope)
{
	struct json_object *id;
	struct str          text;

	str_init(&text, NAME_BYTES_MAX);
	(void)fill_text(scope, "{$node_id}-{$digest}", &text);
	id = json_object_new_string(text.data);
	str_fini(&text);
	return id;
}

/* What its title begins with; NULL: its workflow is not told. */
static struct json_object *
title_make(const struct scope *scope)
{
	return json_has(scope->op->desired, "id_input") ? run_make(scope) : NULL;
}

/* The inputs, and the id among them where the workflow has one for it. */
static struct json_object *
inputs_make(const struct scope *scope)
{
	struct json_object *given = json_get_object(scope->op->desired, "inputs");
	struct json_object *inputs = given != NULL ? json_copy(given) : json_object_new_object();
	const char         *name = json_get_str(scope->op->desired, "id_input");

	if (name != NULL)
		json_set(inputs, name, run_make(scope));
	return inputs;
}

/* ---- the table ---- */

const struct hook github_hooks[] = {
	{ .name = "github_name", .make = name_make },
	{ .name = "github_box", .write = box_write },
	{ .name = "github_run_title", .make = title_make },
	{ .name = "github_inputs", .make = inputs_make },
};
const size_t github_hooks_n = array_len(github_hooks);
