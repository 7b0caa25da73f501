/* SPDX-License-Identifier: Apache-2.0
 * plan_origin.c - the three ways: what was applied last, what is there, and what is wanted now.
 *
 * The config has changed where the last one says something else at that place; the cloud has where it is not what
 * the last one says. What the last config left out, or only refers to, can't be told from what is there: then the cloud has not. */
#include <stdlib.h>
#include <string.h>

#include "plan/equal.h"
#include "plan/plan_inside.h"
#include "provider/provider.h"
#include "util/json.h"

#define TAGS "/tags/"

struct two {
	const struct spec_node *base, *node;
	struct equal            equal;
};

/* ---- tags ---- */

/* Those that say how it was applied. Null: it is of no config, and nobody but a hand changes it. */
static bool
standard_tag_changed(const struct two *two, const char *tag)
{
	if (str_eq(tag, IDENTITY_HASH_TAG))
		return !str_eq(two->base->hash, two->node->hash);
	if (str_eq(tag, IDENTITY_RESOURCE_TAG))
		return !str_eq(two->base->resource_id, two->node->resource_id);
	return str_eq(tag, IDENTITY_PROTECT_TAG) && two->base->protect != two->node->protect;
}

static bool
is_standard(const char *tag)
{
	return str_starts(tag, IDENTITY_TAGS);
}

static bool
tag_drifted(const struct two *two, const char *tag, struct json_object *entry)
{
	return !is_standard(tag) &&
	       !json_same(json_get(two->base->tags, tag), json_get(entry, "before"));
}

static bool
tag_changed(const struct two *two, const char *tag)
{
	return is_standard(tag)
		   ? standard_tag_changed(two, tag)
		   : !json_same(json_get(two->base->tags, tag), json_get(two->node->tags, tag));
}

/* ---- properties ---- */

static struct json_object *
value_at(struct json_object *properties, const char *path)
{
	struct json_object *value = NULL;

	return json_pointer_get(properties, path, &value) == 0 ? value : NULL;
}

/* A diff goes down through objects only, so each step of its path is a member. */
static struct json_object *
schema_at(const struct equal *equal, const char *path)
{
	struct json_object *schema = equal->root;
	struct str          name;

	str_init(&name, PLAN_LINE_MAX);
	for (const char *c = path; *c == '/' && schema != NULL;) {
		str_clear(&name);
		for (c++; *c != '\0' && *c != '/'; c++) {
			if (*c == '~' && (c[1] == '0' || c[1] == '1'))
				str_add_char(&name, *++c == '0' ? '~' : '/');
			else
				str_add_char(&name, *c);
		}
		schema = equal_member(equal, schema, name.data);
	}
	str_fini(&name);
	return schema;
}

static bool
property_drifted(const struct two *two, const char *path, struct json_object *entry)
{
	struct json_object *was = value_at(two->base->properties, path);

	return was != NULL && !equal_value(&two->equal, schema_at(&two->equal, path), was,
				  json_get(entry, "before"));
}

/* ---- both ---- */

static const char *
name_of(bool changed, bool drifted)
{
	if (changed && drifted)
		return "both";
	return changed ? "config" : "drift";
}

static const char *
tag_origin(const struct two *two, struct json_object *entry, bool is_gone)
{
	char *tag = json_pointer_name(json_get_str(entry, "path") + strlen(TAGS));
	bool  changed = tag_changed(two, tag);
	bool  drifted = is_gone || tag_drifted(two, tag, entry);

	free(tag);
	return name_of(changed, drifted);
}

static const char *
origin_of(const struct two *two, struct json_object *entry, bool is_gone)
{
	const char *path = json_get_str(entry, "path");
	bool        changed, drifted;

	if (two->base == NULL)
		return "config";
	if (str_starts(path, TAGS))
		return tag_origin(two, entry, is_gone);
	changed = !json_same(
	    value_at(two->base->properties, path), value_at(two->node->properties, path));
	drifted = is_gone || property_drifted(two, path, entry);
	/* what it refers to is about to be made anew */
	changed = changed || (json_get_bool(entry, "after_unknown", false) && !drifted);
	return name_of(changed, drifted);
}

struct json_object *
plan_origins(const struct planning *p, size_t vertex)
{
	struct plan_action  action = plan_action_of(p, vertex);
	struct two          two = { plan_base_of(p, vertex), graph_node(p->graph, vertex),
			 { .root = graph_node(p->graph, vertex)->type->properties } };
	struct json_object *list;

	if (p->base == NULL || p->options->base_is_found)
		return json_object_get(action.diff);
	list = json_copy(action.diff);
	if (two.base != NULL && spec_node_is_leaving(two.base))
		two.base = NULL;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *entry = json_object_array_get_idx(list, i);

		json_set_str(entry, "origin", origin_of(&two, entry, plan_act_creates(action.act)));
	}
	return list;
}
