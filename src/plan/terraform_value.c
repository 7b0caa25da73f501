/* SPDX-License-Identifier: Apache-2.0
 * terraform_value.c - a value taken apart: what is shown of it, what is not known yet, what is hidden. */
#include <string.h>

#include "plan/equal.h"
#include "plan/terraform_inside.h"
#include "plan/user_tags.h"
#include "provider/unseal.h"
#include "util/json.h"

static struct terraform_value
take_apart(const struct equal *equal, struct json_object *schema, struct json_object *value);

static struct json_object *
yes(void)
{
	return json_object_new_boolean(true);
}

static void
add_member(struct json_object **object, const char *key, struct json_object *value)
{
	if (value == NULL)
		return;
	if (*object == NULL)
		*object = json_object_new_object();
	json_set(*object, key, value);
}

static struct terraform_value
take_members(const struct equal *equal, struct json_object *schema, struct json_object *value)
{
	struct terraform_value all = { .shown = json_object_new_object() };

	json_object_object_foreach (value, key, member) {
		struct json_object    *inner = equal_member(equal, schema, key);
		struct terraform_value one = { .sensitive = yes() };

		if (!equal_says(equal, inner, "writeOnly")) {
			json_object_put(one.sensitive);
			one = take_apart(equal, inner, member);
		}
		add_member(&all.shown, key, one.shown);
		add_member(&all.unknown, key, one.unknown);
		add_member(&all.sensitive, key, one.sensitive);
	}
	return all;
}

/* Of a list with something in it that can't be shown, nothing is. */
static struct terraform_value
take_items(const struct equal *equal, struct json_object *schema, struct json_object *value)
{
	struct json_object    *items = json_get(equal_schema(equal, schema), "items");
	struct terraform_value all = { .shown = json_object_new_array() };
	bool                   unknown = false, sensitive = false;

	for (size_t i = 0; i < json_object_array_length(value); i++) {
		struct terraform_value one =
		    take_apart(equal, items, json_object_array_get_idx(value, i));

		unknown = unknown || one.unknown != NULL;
		sensitive = sensitive || one.sensitive != NULL;
		json_object_array_add(all.shown, one.shown);
		json_object_put(one.unknown);
		json_object_put(one.sensitive);
	}
	if (!unknown && !sensitive)
		return all;
	json_object_put(all.shown);
	return (struct terraform_value){
		.unknown = unknown ? yes() : NULL,
		.sensitive = sensitive ? yes() : NULL,
	};
}

/* As deep as JSON is. */
static struct terraform_value
take_apart(const struct equal *equal, struct json_object *schema, struct json_object *value)
{
	if (is_sealed(value))
		return (struct terraform_value){ .sensitive = yes() };
	if (json_object_is_type(value, json_type_object))
		return take_members(equal, schema, value);
	if (json_object_is_type(value, json_type_array))
		return take_items(equal, schema, value);
	if (!equal->known && spec_is_reference(value))
		return (struct terraform_value){ .unknown = yes() };
	return (struct terraform_value){ .shown = json_copy(value) };
}

/* ---- whole resources ---- */

static bool
has_property(const struct spec_node *node, const char *name)
{
	return json_has(json_get_object(node->type->properties, "properties"), name);
}

/* What the config says beside the properties, if no property has that name. */
static void
add_beside(struct terraform_value *value, const struct spec_node *node, const char *region,
    struct json_object *tags)
{
	if (region[0] != '\0' && !has_property(node, "region"))
		add_member(&value->shown, "region", json_object_new_string(region));
	if (tags != NULL && !has_property(node, "tags"))
		add_member(&value->shown, "tags", tags);
	else
		json_object_put(tags);
}

/* The id and the outputs, where no property has that name; `known`: as they were found. */
static void
add_outputs(struct terraform_value *value, const struct spec_node *node, struct json_object *found,
    bool known)
{
	struct json_object *outputs = json_get_object(found, "outputs");

	if (known)
		add_member(&value->shown, "id", json_copy(json_get(found, "id")));
	else
		add_member(&value->unknown, "id", yes());
	if (node->type->outputs == NULL)
		return;
	json_object_object_foreach (node->type->outputs, name, unused) {
		(void)unused;
		if (has_property(node, name))
			continue;
		if (known)
			add_member(&value->shown, name, json_copy(json_get(outputs, name)));
		else
			add_member(&value->unknown, name, yes());
	}
}

struct terraform_value
terraform_before(const struct spec_node *node, const char *region, const struct plan_action *action)
{
	const struct equal     equal = { .root = node->type->properties, .known = true };
	struct json_object    *properties = json_get_object(action->found, "properties");
	struct terraform_value value = { .shown = json_object_new_object() };

	if (properties != NULL) {
		json_object_put(value.shown);
		value = take_members(&equal, equal.root, properties);
	}
	add_outputs(&value, node, action->found, true);
	add_beside(&value, node, region, user_tags_found(action->found));
	return value;
}

/* What the config leaves out stays as it was found. */
static struct json_object *
wanted_of(const struct spec_node *node, const struct plan_action *action)
{
	struct json_object *wanted = action->desired != NULL ? action->desired : node->properties;
	struct json_object *found = json_get_object(action->found, "properties");
	struct json_object *all;

	if (found == NULL || action->act == PLAN_REPLACE)
		return json_object_get(wanted);
	all = json_copy(found);
	json_object_object_foreach (wanted, key, value)
		json_set(all, key, json_object_get(value));
	return all;
}

struct terraform_value
terraform_after(const struct spec_node *node, const char *region, const struct plan_action *action)
{
	const struct equal     equal = { .root = node->type->properties,
		    .known = action->desired != NULL && !action->open };
	struct json_object    *wanted = wanted_of(node, action);
	struct terraform_value value = take_members(&equal, equal.root, wanted);

	add_outputs(
	    &value, node, action->found, action->found != NULL && action->act != PLAN_REPLACE);
	add_beside(&value, node, region,
	    user_tags_wanted(
		node->tags, node->ignore, action->act != PLAN_REPLACE ? action->found : NULL));
	json_object_put(wanted);
	return value;
}

struct json_object *
terraform_constant(const struct spec_node *node, const char *property)
{
	const struct equal     equal = { .root = node->type->properties, .known = true };
	struct json_object    *schema = equal_member(&equal, equal.root, property);
	struct terraform_value value = { 0 };

	if (!equal_says(&equal, schema, "writeOnly"))
		value = take_apart(&equal, schema, json_get(node->properties, property));
	json_object_put(value.unknown);
	json_object_put(value.sensitive);
	return value.shown;
}

void
terraform_value_fini(struct terraform_value *value)
{
	json_object_put(value->shown);
	json_object_put(value->unknown);
	json_object_put(value->sensitive);
	*value = (struct terraform_value){ 0 };
}
