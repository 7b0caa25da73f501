/* SPDX-License-Identifier: Apache-2.0
 * openapi_parts.c - parts of the document, and its schemas. Each file of schemas/api/ stands alone, and refers to its own
 * $defs; in the document all are beside each other, so that every reference can be followed from its root. */
#include <ctype.h>
#include <string.h>

#include "api/openapi_inside.h"
#include "api/routes.h"
#include "api/schemas.h"
#include "util/check.h"
#include "util/json.h"
#include "util/str.h"

#define REF          "$ref"
#define DEFS         "$defs"
#define OWN_REF      "#/" DEFS "/"
#define COMPONENTS   "#/components/"
#define SCHEMA_REF   COMPONENTS "schemas/"
#define OTHER_SCHEMA "x-schema" /* of a schema's part: it is what that component says */
#define NAME_MAX_LEN 256

struct json_object *
openapi_ref(const char *part, const char *name)
{
	struct json_object *ref = json_object_new_object();
	struct str          text;

	str_init(&text, NAME_MAX_LEN);
	str_addf(&text, COMPONENTS "%s/%s", part, name);
	json_set_str(ref, REF, text.data);
	str_fini(&text);
	return ref;
}

struct json_object *
openapi_content(struct json_object *into, const char *type, struct json_object *schema)
{
	struct json_object *content = json_get(into, "content");
	struct json_object *media = json_object_new_object();

	if (content == NULL) {
		content = json_object_new_object();
		json_set(into, "content", content);
	}
	json_set(media, "schema", schema);
	json_set(content, type, media);
	return media;
}

struct json_object *
openapi_text(void)
{
	struct json_object *schema = json_object_new_object();

	json_set_str(schema, "type", "string");
	return schema;
}

struct json_object *
openapi_id(const struct route *route)
{
	struct json_object *json;
	struct str          id;

	str_init(&id, NAME_MAX_LEN);
	for (const char *c = route->method; *c != '\0'; c++)
		str_add_char(&id, (char)tolower((unsigned char)*c));
	for (const char *c = route->path; *c != '\0'; c++) {
		if (isalnum((unsigned char)*c) || *c == '_')
			str_add_char(&id, *c);
		else if (strchr("/.-", *c) != NULL)
			str_add_char(&id, '_');
	}
	json = json_string(id.data, id.len);
	str_fini(&id);
	return json;
}

/* ---- examples ---- */

static struct json_object *
find_examples(struct openapi *o, const struct route *route)
{
	struct json_object *id = openapi_id(route);
	struct json_object *all = schemas_examples(o->schemas, json_object_get_string(id));

	json_object_put(id);
	return all;
}

void
openapi_examples(struct openapi *o, const struct route *route, int status, const char *member,
    struct json_object *media)
{
	struct json_object *all = find_examples(o, route), *examples;

	if (all == NULL)
		return;
	examples = json_object_new_object();
	json_object_object_foreach (all, name, one) {
		int64_t             was = json_get_i64(one, "status", 0);
		struct json_object *example;

		if (!json_has(one, member) || (status == 0 ? was >= 400 : was != status))
			continue;
		example = json_object_new_object();
		json_set_str(example, "summary", json_get_str(one, "summary"));
		json_set(example, "value", json_object_get(json_get(one, member)));
		json_set(examples, name, example);
	}
	if (json_object_object_length(examples) > 0)
		json_set(media, "examples", json_object_get(examples));
	json_object_put(examples);
}

/* ---- schemas ---- */

/* A reference within the file, as one within the document. */
static void
set_ref(struct json_object *into, const char *file, const char *ref)
{
	struct str text;

	must(str_starts(ref, OWN_REF));
	str_init(&text, NAME_MAX_LEN);
	str_addf(&text, SCHEMA_REF "%s.%s", file, ref + strlen(OWN_REF));
	json_set_str(into, REF, text.data);
	str_fini(&text);
}

static struct json_object *lifted(const char *file, struct json_object *json);

static struct json_object *
lifted_object(const char *file, struct json_object *json)
{
	struct json_object *copy = json_object_new_object(), *ref;

	json_object_object_foreach (json, name, member) {
		bool is_text = json_object_is_type(member, json_type_string);

		if (str_eq(name, DEFS) || str_eq(name, "$schema"))
			continue;
		if (is_text && str_eq(name, REF)) {
			set_ref(copy, file, json_object_get_string(member));
		} else if (is_text && str_eq(name, OTHER_SCHEMA)) {
			ref = openapi_ref("schemas", json_object_get_string(member));
			json_set_str(copy, REF, json_get_str(ref, REF));
			json_object_put(ref);
		} else {
			json_object_object_add(copy, name, lifted(file, member));
		}
	}
	return copy;
}

static struct json_object *
lifted(const char *file, struct json_object *json)
{
	struct json_object *copy;

	if (json_object_is_type(json, json_type_object))
		return lifted_object(file, json);
	if (!json_object_is_type(json, json_type_array))
		return json_object_get(json);
	copy = json_object_new_array();
	for (size_t i = 0; i < json_object_array_length(json); i++)
		json_object_array_add(copy, lifted(file, json_object_array_get_idx(json, i)));
	return copy;
}

/* "execution", or "execution.operation". */
static struct json_object *
component(const struct schemas *schemas, const char *name)
{
	size_t              len = strcspn(name, ".");
	struct json_object *file = json_string(name, len);
	struct json_object *schema = schemas_find(schemas, json_object_get_string(file));
	struct json_object *copy;

	if (name[len] != '\0')
		schema = json_get(json_get(schema, DEFS), name + len + 1);
	must(schema != NULL);
	copy = lifted(json_object_get_string(file), schema);
	json_object_put(file);
	return copy;
}

static void lift_all(struct openapi *o, struct json_object *json);

static void
lift_one(struct openapi *o, const char *ref)
{
	struct json_object *all = json_get(o->components, "schemas"), *schema;
	const char         *name;

	if (!str_starts(ref, SCHEMA_REF))
		return;
	name = ref + strlen(SCHEMA_REF);
	if (json_has(all, name))
		return;
	schema = component(o->schemas, name);
	json_set(all, name, schema);
	lift_all(o, schema);
}

static void
lift_all(struct openapi *o, struct json_object *json)
{
	if (json_object_is_type(json, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(json); i++)
			lift_all(o, json_object_array_get_idx(json, i));
	} else if (json_object_is_type(json, json_type_object)) {
		json_object_object_foreach (json, name, member) {
			if (str_eq(name, REF) && json_object_is_type(member, json_type_string))
				lift_one(o, json_object_get_string(member));
			else
				lift_all(o, member);
		}
	}
}

void
openapi_lift(struct openapi *o, struct json_object *document)
{
	lift_all(o, json_get(document, "paths"));
	lift_all(o, json_get(document, "webhooks"));
	/* those that are lifted are added to the schemas meanwhile, and looked through themselves */
	lift_all(o, json_get(o->components, "responses"));
}
