/* SPDX-License-Identifier: Apache-2.0
 * shape.c - looks into a service model. */
#include "interpreter/shape.h"

#include "util/json.h"
#include "util/str.h"

static const struct {
	const char     *name;
	enum shape_type type;
} types[] = {
	{ "structure", SHAPE_STRUCTURE },
	{ "list", SHAPE_LIST },
	{ "map", SHAPE_MAP },
	{ "string", SHAPE_STRING },
	{ "character", SHAPE_STRING },
	{ "bigdecimal", SHAPE_STRING },
	{ "integer", SHAPE_INTEGER },
	{ "long", SHAPE_INTEGER },
	{ "short", SHAPE_INTEGER },
	{ "byte", SHAPE_INTEGER },
	{ "float", SHAPE_FLOAT },
	{ "double", SHAPE_FLOAT },
	{ "boolean", SHAPE_BOOLEAN },
	{ "timestamp", SHAPE_TIMESTAMP },
	{ "blob", SHAPE_BLOB },
};

bool
shape_of(const struct service *service, struct json_object *ref, struct shape *ret_shape)
{
	const char         *name = json_get_str(ref, "shape"), *type;
	struct json_object *def = name != NULL ? service_shape(service, name) : NULL;

	if (service->shapes == NULL) {
		*ret_shape = (struct shape){ .service = service, .type = SHAPE_ANY };
		return true;
	}
	type = json_get_str(def, "type");
	for (size_t i = 0; i < array_len(types); i++) {
		if (str_eq(types[i].name, type)) {
			*ret_shape = (struct shape){ service, ref, def, types[i].type };
			return true;
		}
	}
	return false;
}

bool
shape_input(const struct service *service, struct json_object *operation, struct shape *ret_shape)
{
	return shape_of(service, json_get_object(operation, "input"), ret_shape);
}

bool
shape_output(const struct service *service, struct json_object *operation, struct shape *ret_shape)
{
	return shape_of(service, json_get_object(operation, "output"), ret_shape);
}

struct json_object *
shape_members(const struct shape *shape)
{
	return json_get_object(shape->def, "members");
}

bool
shape_requires(const struct shape *shape, const char *member)
{
	return json_array_has_text(json_get_array(shape->def, "required"), member);
}

bool
shape_member(const struct shape *shape, const char *name, struct shape *ret_member)
{
	return shape_of(shape->service, json_get_object(shape_members(shape), name), ret_member);
}

bool
shape_part(const struct shape *shape, const char *part, struct shape *ret_part)
{
	return shape_of(shape->service, json_get_object(shape->def, part), ret_part);
}

const char *
shape_trait(const struct shape *shape, const char *name)
{
	const char *own = json_get_str(shape->ref, name);

	return own != NULL ? own : json_get_str(shape->def, name);
}

bool
shape_is(const struct shape *shape, const char *trait)
{
	return json_get_bool(shape->ref, trait, json_get_bool(shape->def, trait, false));
}

const char *
shape_location(const struct shape *shape)
{
	return shape_trait(shape, "location");
}

const char *
shape_name(const struct shape *shape, const char *otherwise)
{
	const char *name = shape_trait(shape, "locationName");

	return name != NULL ? name : otherwise;
}
