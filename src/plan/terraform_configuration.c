/* SPDX-License-Identifier: Apache-2.0
 * terraform_configuration.c - the config as Terraform shows one: what is constant, and what refers to what. */
#include <stdio.h>
#include <string.h>

#include "plan/reference.h"
#include "plan/terraform_inside.h"
#include "util/json.h"

#define POINTER_MAX 8192

struct looking {
	const struct spec  *spec;
	struct json_object *references;
};

static void
add_once(struct json_object *list, const char *text)
{
	struct json_object *value = json_object_new_string(text);

	if (json_array_has(list, value))
		json_object_put(value);
	else
		json_object_array_add(list, value);
}

/* "aws_iam_role.role.arn", and "aws_iam_role.role" behind it, as Terraform lists them. */
static void
on_reference(void *arg, const struct reference_part *part, const char *pointer)
{
	struct looking *looking = arg;
	const char     *output = part->output;
	char            address[TERRAFORM_NAME_MAX], whole[2 * TERRAFORM_NAME_MAX];

	(void)pointer;
	for (size_t i = 0; i < looking->spec->nodes_n; i++) {
		const struct spec_node *node = &looking->spec->nodes[i];

		if (strcmp(node->resource_id, part->id) != 0)
			continue;
		terraform_address(node->type, node->resource_id, address);
		snprintf(whole, sizeof(whole), "%s.%s", address,
		    output[0] != '\0' ? output : node->type->reference);
		add_once(looking->references, whole);
		add_once(looking->references, address);
	}
}

/* {constant_value} or {references}; NULL: it is not shown. */
static struct json_object *
expression_of(const struct spec *spec, const struct spec_node *node, const char *property)
{
	struct looking      looking = { spec, json_object_new_array() };
	struct json_object *json = json_object_new_object(), *constant;
	struct str          pointer;

	str_init(&pointer, POINTER_MAX);
	reference_each(json_get(node->properties, property), &pointer, on_reference, &looking);
	str_fini(&pointer);
	if (json_object_array_length(looking.references) > 0) {
		json_set(json, "references", looking.references);
		return json;
	}
	json_object_put(looking.references);
	constant = terraform_constant(node, property);
	if (constant != NULL)
		json_set(json, "constant_value", constant);
	return json;
}

static void
provider_key(const struct spec_node *node, char buf[TERRAFORM_NAME_MAX])
{
	snprintf(buf, TERRAFORM_NAME_MAX, "%s%s%s", node->type->provider,
	    node->account[0] != '\0' ? "." : "", node->account);
}

static struct json_object *
resource_of(const struct spec *spec, const struct spec_node *node)
{
	struct json_object *json = json_object_new_object();
	struct json_object *expressions = json_object_new_object();
	char                text[TERRAFORM_NAME_MAX];

	terraform_address(node->type, node->resource_id, text);
	json_set_str(json, "address", text);
	json_set_str(json, "mode", "managed");
	terraform_type(node->type, text);
	json_set_str(json, "type", text);
	terraform_name(node->resource_id, text);
	json_set_str(json, "name", text);
	provider_key(node, text);
	json_set_str(json, "provider_config_key", text);
	json_object_object_foreach (node->properties, key, value) {
		(void)value;
		json_set(expressions, key, expression_of(spec, node, key));
	}
	json_set(json, "expressions", expressions);
	json_set_i64(json, "schema_version", 0);
	return json;
}

static void
add_provider(struct json_object *providers, const struct spec_node *node)
{
	struct json_object *json, *region, *expressions;
	char                key[TERRAFORM_NAME_MAX], full[TERRAFORM_NAME_MAX];

	provider_key(node, key);
	json = json_get_object(providers, key);
	if (json == NULL) {
		json = json_object_new_object();
		terraform_provider(node->type, full);
		json_set_str(json, "name", node->type->provider);
		json_set_str(json, "full_name", full);
		if (node->account[0] != '\0')
			json_set_str(json, "alias", node->account);
		json_set(providers, key, json);
	}
	if (node->regions_n == 0 || json_has(json, "expressions"))
		return;
	region = json_object_new_object();
	json_set_str(region, "constant_value", node->regions[0]);
	expressions = json_object_new_object();
	json_set(expressions, "region", region);
	json_set(json, "expressions", expressions);
}

struct json_object *
terraform_configuration(const struct spec *spec)
{
	struct json_object *json = json_object_new_object();
	struct json_object *root = json_object_new_object();
	struct json_object *providers = json_object_new_object();
	struct json_object *resources = json_object_new_array();

	for (size_t i = 0; i < spec->nodes_n; i++) {
		if (spec->nodes[i].check_of != NULL || spec_node_is_leaving(&spec->nodes[i]))
			continue;
		add_provider(providers, &spec->nodes[i]);
		json_object_array_add(resources, resource_of(spec, &spec->nodes[i]));
	}
	json_set(root, "resources", resources);
	json_set(json, "provider_config", providers);
	json_set(json, "root_module", root);
	return json;
}
