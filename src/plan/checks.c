/* SPDX-License-Identifier: Apache-2.0
 * checks.c - entries of `verify` give way to resources of their own. */
#include "plan/checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/reference.h"
#include "util/breath.h"
#include "util/json.h"
#include "util/str.h"

#define VERIFY    "verify"
#define CHECK_OF  "check_of"
#define RESOURCES "/resources/"

/* ---- one entry ---- */

struct checked {
	struct config      *config;
	const char         *id; /* of the resource */
	struct json_object *resource;
	struct json_object *posted, *out; /* all resources, before and after */
};

/* "api-check", "api-check-2" */
static void
name_check(struct str *name, const char *id, size_t i)
{
	str_clear(name);
	str_addf(name, "%s-check", id);
	if (i > 0)
		str_addf(name, "-%zu", i + 1);
}

static bool
can_be_named(struct checked *checked, const char *name, size_t i)
{
	char        index[24];
	const char *pointer;

	snprintf(index, sizeof(index), "%zu", i);
	pointer = config_at(checked->config, "resources", checked->id, VERIFY, index, NULL);
	if (strlen(name) > REFERENCE_ID_MAX)
		problems_add(checked->config->problems, pointer, "bad_length",
		    "becomes '%s', which is too long an id for a resource", name);
	else if (json_has(checked->posted, name) || json_has(checked->out, name))
		problems_add(checked->config->problems, pointer, "not_unique",
		    "becomes '%s', and there is a resource of that id already", name);
	else
		return true;
	return false;
}

/* It goes where its resource goes, as far as both are of one provider. */
static void
take_place(struct checked *checked, struct json_object *check, const char *type_name)
{
	const char                 *own = json_get_str(checked->resource, "type");
	const struct resource_type *type =
	    type_name != NULL ? registry_type(checked->config->registry, type_name) : NULL;
	size_t len = own != NULL ? strcspn(own, ":") : 0;

	if (type == NULL || strncmp(own != NULL ? own : "", type_name, len + 1) != 0)
		return;
	if (json_has(checked->resource, "account"))
		json_set(check, "account", json_object_get(json_get(checked->resource, "account")));
	if (json_has(checked->resource, "regions") && !type->global)
		json_set(check, "regions", json_object_get(json_get(checked->resource, "regions")));
}

static struct json_object *
make_check(struct checked *checked, struct json_object *entry)
{
	struct json_object *check = json_object_new_object(), *waits = json_object_new_array();

	json_object_object_foreach (entry, key, value)
		json_set(check, key, json_object_get(value));
	take_place(checked, check, json_get_str(entry, "type"));
	json_set_str(check, "operation", spec_operation_name(SPEC_VERIFY));
	json_set_str(check, CHECK_OF, checked->id);
	json_object_array_add(waits, json_object_new_string(checked->id));
	json_set(check, "depends_on", waits);
	json_pack(check);
	return check;
}

/* Where it was written, for problems of it. */
static void
remember(struct checked *checked, const char *name, size_t i)
{
	char index[24];

	snprintf(index, sizeof(index), "%zu", i);
	if (checked->config->checks == NULL)
		checked->config->checks = json_object_new_object();
	json_set_str(checked->config->checks, name,
	    config_at(checked->config, "resources", checked->id, VERIFY, index, NULL));
}

static void
add_checks(struct checked *checked, struct json_object *entries)
{
	struct str name;

	str_init(&name, CONFIG_POINTER_MAX);
	for (size_t i = 0; i < json_object_array_length(entries); i++) {
		struct json_object *entry = json_object_array_get_idx(entries, i);

		name_check(&name, checked->id, i);
		if (!json_object_is_type(entry, json_type_object) ||
		    !can_be_named(checked, name.data, i))
			continue; /* the schema has said that it is none, or it was told */
		remember(checked, name.data, i);
		json_set(checked->out, name.data, make_check(checked, entry));
	}
	str_fini(&name);
}

/* ---- all of them ---- */

static bool
has_checks(struct json_object *resources)
{
	json_object_object_foreach (resources, id, resource) {
		(void)id;
		if (json_has(resource, VERIFY))
			return true;
	}
	return false;
}

bool
checks_expand(struct config *config)
{
	struct json_object *posted = json_get_object(config->json, "resources");
	struct json_object *out;

	if (!has_checks(posted))
		return true;
	out = json_object_new_object();
	json_object_object_foreach (posted, id, resource) {
		struct checked      checked = { config, id, resource, posted, out };
		struct json_object *entries = json_object_get(json_get_array(resource, VERIFY));

		breathe();
		if (json_object_object_length(out) > SPEC_NODES_MAX)
			break;
		if (str_eq(json_get_str(resource, "operation"), "delete")) {
			json_object_put(entries); /* nothing is left that could hold */
			entries = NULL;
		}
		json_object_object_del(resource, VERIFY);
		json_set(out, id, json_object_get(resource));
		if (entries != NULL)
			add_checks(&checked, entries);
		json_object_put(entries);
	}
	/* What names the resources is freed with what was posted. */
	json_set(config->json, "resources", out);
	if (json_object_object_length(out) <= SPEC_NODES_MAX)
		return true;
	problems_add(config->problems, "/resources", "too_many",
	    "more than %d resources, with their checks", SPEC_NODES_MAX);
	return false;
}

/* ---- one of them, as a resource ---- */

/* What changes something is none, where its type can tell the two apart (`x-check`). Said of what is posted: a check that was stored, or
 * whose value is known later, is refused by its provider when it is asked, so that its graph can still be read. */
static void
check_values(struct config *config, const struct spec_node *node, struct json_object *resource)
{
	struct json_object *schemas = json_get_object(node->type->properties, "properties");
	struct json_object *properties = json_get_object(resource, "properties");

	if (properties == NULL || !json_has(config->checks, node->resource_id))
		return;
	json_object_object_foreach (properties, name, value) {
		struct json_object *may_be = json_get_array(json_get(schemas, name), "x-check");

		if (may_be != NULL && json_object_is_type(value, json_type_string) &&
		    !spec_is_reference(value) && !json_array_has(may_be, value))
			problems_add(config->problems,
			    config_at(
				config, "resources", node->resource_id, "properties", name, NULL),
			    "bad_check", "a check changes nothing: this can only be one of %.200s",
			    json_text(may_be));
	}
}

void
checks_read(struct config *config, struct spec_node *node, struct json_object *resource)
{
	const char *of = json_get_str(resource, CHECK_OF);
	const char *pointer = config_at(config, "resources", node->resource_id, "type", NULL);
	size_t      place;

	if (of == NULL) {
		if (node->type->as_check == AS_CHECK_ONLY)
			problems_add(config->problems, pointer, "bad_check",
			    "%s is a check: it stands in `verify` of a resource", node->type->name);
		return;
	}
	if (node->type->as_check == AS_CHECK_NEVER) {
		problems_add(config->problems, pointer, "bad_check",
		    "%s can't be a check of another resource", node->type->name);
		return;
	}
	pointer = config_at(config, "resources", node->resource_id, CHECK_OF, NULL);
	if (!config_find(config, of, pointer, &place))
		return;
	if (node->operation != SPEC_VERIFY)
		problems_add(
		    config->problems, pointer, "bad_check", "a check has the operation verify");
	else
		node->check_of = of;
	check_values(config, node, resource);
}

/* ---- where it came from ---- */

/* Of "/resources/api-check/…" where the entry is, and what follows. NULL: it is of no check. */
static const char *
place_of(struct json_object *places, const char *pointer, const char **ret_rest)
{
	char        id[REFERENCE_ID_MAX + 1];
	const char *at = pointer + strlen(RESOURCES);
	size_t      len;

	if (!str_starts(pointer, RESOURCES))
		return NULL;
	len = strcspn(at, "/");
	if (len >= sizeof(id))
		return NULL;
	memcpy(id, at, len);
	id[len] = '\0';
	*ret_rest = at + len;
	return json_get_str(places, id);
}

void
checks_place(const struct config *config, struct problems *problems)
{
	struct str pointer;

	if (config->checks == NULL)
		return;
	str_init(&pointer, CONFIG_POINTER_MAX);
	for (size_t i = 0; i < problems->n; i++) {
		const char *rest = NULL;
		const char *place = place_of(config->checks, problems->items[i].pointer, &rest);

		if (place == NULL)
			continue;
		str_clear(&pointer);
		str_addf(&pointer, "%s%s", place, rest);
		free(problems->items[i].pointer);
		problems->items[i].pointer = xstrdup(pointer.data);
	}
	str_fini(&pointer);
}
