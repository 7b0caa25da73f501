/* SPDX-License-Identifier: Apache-2.0
 * resource_type.c - what every type file must say. */
#include "provider/resource_type.h"

#include <stdlib.h>
#include <string.h>

#include "provider/provider.h"
#include "util/json.h"
#include "util/json_schema.h"
#include "util/mem.h"
#include "util/pattern.h"
#include "util/str.h"

#define SECONDS_TYPICAL   1.0
#define SECONDS_DOUBT     2
#define SECONDS_SETTLE    (20 * 60)
#define SECONDS_MAX       (7 * 24 * 3600)
#define TYPE_NAME_PATTERN "^[a-z][a-z0-9_-]{0,31}(:[a-z][a-z0-9_-]{0,63}){1,3}$"

static const char *const identity_names[] = {
	[IDENTITY_TAGGED] = "tagged",
	[IDENTITY_NAMED] = "named",
	[IDENTITY_CHILD] = "child",
	[IDENTITY_LISTED] = "listed",
};
_Static_assert(array_len(identity_names) == IDENTITY_N, "each class has a name");

const char *
identity_class_name(enum identity_class identity)
{
	must(identity < IDENTITY_N);
	return identity_names[identity];
}

struct json_object *
resource_type_identity_properties(const struct resource_type *type)
{
	return json_get_array(json_get_object(type->file, "identity"), "properties");
}

/* A child has nothing but its properties. Else: a type without calls has a record of its node, and a resource that gets its
 * name when it is made is found by its tags. */
bool
resource_type_is_found_by_properties(const struct resource_type *type)
{
	struct json_object *names = resource_type_identity_properties(type);
	struct json_object *name = json_get_object(json_get_object(type->file, "identity"), "name");

	if (names == NULL || json_object_array_length(names) == 0)
		return false;
	return type->identity == IDENTITY_CHILD ||
	       (json_has(type->file, "read") && !json_has(name, "output"));
}

/* Is a property part of the name? */
static bool
is_in_name(const char *name, const char *property)
{
	size_t len = strlen(property);

	for (; (name = strchr(name, '{')) != NULL; name++) {
		if (strncmp(name + 1, property, len) == 0 && strchr("}.", name[1 + len]) != NULL)
			return true;
	}
	return false;
}

bool
resource_type_is_one_at_a_time(const struct resource_type *type)
{
	struct json_object *names = resource_type_identity_properties(type);
	const char         *name = json_get_str(
		    json_get_object(json_get_object(type->file, "identity"), "name"), "primary");

	if (json_has(type->file, "marks") || !resource_type_is_found_by_properties(type))
		return true;
	for (size_t i = 0; name != NULL && i < json_object_array_length(names); i++) {
		if (is_in_name(name, json_object_get_string(json_object_array_get_idx(names, i))))
			return false;
	}
	return name != NULL;
}

/* {"text": "{name_suffix}", "is": ["false"]}: a property of its own says that the name is plain. */
static bool
is_plain(struct json_object *naming, struct json_object *properties)
{
	struct json_object *condition = json_get_object(naming, "plain_if");
	struct json_object *is = json_get_array(condition, "is");
	struct json_object *value = NULL;

	json_object_object_foreach (properties, name, property) {
		if (is_in_name(json_get_str(condition, "text"), name))
			value = property;
	}
	return is != NULL && value != NULL &&
	       str_eq(json_object_get_string(value),
		   json_object_get_string(json_object_array_get_idx(is, 0)));
}

bool
resource_type_carries_node(const struct resource_type *type, struct json_object *properties)
{
	struct json_object *naming =
	    json_get_object(json_get_object(type->file, "identity"), "name");
	const char *primary = json_get_str(naming, "primary");

	return primary != NULL && strstr(primary, "{$node_id}") != NULL &&
	       !(json_has(naming, "plain") && is_plain(naming, properties));
}

bool
resource_type_says_whose(const struct resource_type *type)
{
	return type->identity == IDENTITY_TAGGED || json_has(type->file, "marks") ||
	       json_has(type->file, "tag");
}

bool
resource_type_is_shared(const struct resource_type *type)
{
	return json_get_bool(json_get_object(type->file, "identity"), "shared", false);
}

/* A kind's type has a name of its own; all else it has of the open one. */
const char *
resource_type_kind(const struct resource_type *type)
{
	size_t len = type->kinds != NULL ? strlen(json_get_str(type->file, "type")) : 0;

	return len > 0 && type->name[len] == ':' ? type->name + len + 1 : NULL;
}

bool
resource_type_can_be_emptied(const struct resource_type *type)
{
	return json_has(json_get_object(type->properties, "properties"), RESOURCE_FORCE);
}

bool
resource_type_takes_any(const struct resource_type *type)
{
	return type->kinds != NULL;
}

/* ---- one type file ---- */

static enum err_code
bad_file(struct err *err, const char *path, const char *why)
{
	return err_set(err, ERR_INVALID_CONFIG, "%s: %s", path, why);
}

static enum err_code
read_identity(struct resource_type *type, const char *path, struct err *err)
{
	struct json_object *identity = json_get_object(type->file, "identity");
	const char *class = json_get_str(identity, "class");
	struct json_object *names = json_get_array(identity, "properties");
	struct json_object *known = json_get_object(type->properties, "properties");

	type->identity = IDENTITY_N;
	if (type->resources != NULL)
		return ERR_OK;
	for (type->identity = 0; type->identity < IDENTITY_N; type->identity++) {
		if (str_eq(class, identity_names[type->identity]))
			break;
	}
	if (type->identity == IDENTITY_N)
		return bad_file(
		    err, path, "'identity.class' must be tagged, named, child or listed");
	for (size_t i = 0; names != NULL && i < json_object_array_length(names); i++) {
		struct json_object *name = json_object_array_get_idx(names, i);

		if (!json_object_is_type(name, json_type_string) ||
		    !json_has(known, json_object_get_string(name)))
			return bad_file(err, path,
			    "'identity.properties' must be an array of names of 'properties'");
	}
	return ERR_OK;
}

static enum err_code
read_properties(struct resource_type *type, const char *path, struct err *err)
{
	struct problems problems;
	enum err_code   code = ERR_OK;

	type->properties = json_get_object(type->file, "properties");
	if (json_get_object(type->properties, "properties") == NULL ||
	    !str_eq(json_get_str(type->properties, "type"), "object"))
		return bad_file(
		    err, path, "'properties' must be a JSON Schema of an object with properties");
	/* JSON Schema lets unknown members pass unless told; a config's slip must not. */
	if (!json_has(type->properties, "additionalProperties"))
		return bad_file(
		    err, path, "'properties' must say what 'additionalProperties' are (false?)");
	problems_init(&problems);
	json_schema_check(type->properties, &problems);
	if (problems.n > 0)
		code = err_set(err, ERR_INVALID_CONFIG, "%s: /properties%s: %s", path,
		    problems.items[0].pointer, problems.items[0].detail);
	problems_fini(&problems);
	return code;
}

static enum err_code
read_outputs(struct resource_type *type, const char *path, struct err *err)
{
	type->outputs = json_get_object(type->file, "outputs");
	type->reference = json_get_str(type->file, "reference");
	if (type->outputs == NULL || json_object_object_length(type->outputs) == 0)
		return bad_file(err, path, "'outputs' must be an object with a member per output");
	if (type->reference == NULL || !json_has(type->outputs, type->reference))
		return bad_file(err, path, "'reference' must be the name of one of 'outputs'");
	return ERR_OK;
}

static enum err_code
read_kinds(struct resource_type *type, const char *path, struct err *err)
{
	const char *pattern, *example;

	if (!json_has(type->file, "kinds"))
		return ERR_OK;
	type->kinds = json_get_object(type->file, "kinds");
	pattern = json_get_str(type->kinds, "pattern");
	example = json_get_str(type->kinds, "example");
	if (pattern == NULL || example == NULL ||
	    pattern_match(pattern, example, strlen(example)) != PATTERN_MATCH)
		return bad_file(
		    err, path, "'kinds' must have a 'pattern', and an 'example' that fits it");
	return ERR_OK;
}

static bool
is_property(const struct resource_type *type, struct json_object *name)
{
	return json_object_is_type(name, json_type_string) &&
	       json_has(
		   json_get_object(type->properties, "properties"), json_object_get_string(name));
}

static bool
are_properties(const struct resource_type *type, struct json_object *names)
{
	if (!json_object_is_type(names, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(names); i++) {
		if (!is_property(type, json_object_array_get_idx(names, i)))
			return false;
	}
	return true;
}

static enum err_code
read_irreversible(struct resource_type *type, const char *path, struct err *err)
{
	struct json_object *create;

	if (!json_has(type->file, "irreversible"))
		return ERR_OK;
	type->irreversible = json_get_object(type->file, "irreversible");
	create = json_get_object(type->irreversible, "create");
	if (json_get_str(create, "why") == NULL)
		return bad_file(err, path, "'irreversible' must say of 'create' the 'why'");
	if (json_has(create, "unless") && !are_properties(type, json_get(create, "unless")))
		return bad_file(
		    err, path, "'unless' of 'irreversible' must be a list of properties");
	if (json_has(create, "unless_new") && !is_property(type, json_get(create, "unless_new")))
		return bad_file(err, path, "'unless_new' of 'irreversible' must be a property");
	return ERR_OK;
}

/* Of a check: both are properties, with a default that is a whole number. */
static bool
has_retries(const struct resource_type *type)
{
	static const char *const names[] = { CHECK_RETRIES, CHECK_RETRY_SECONDS };
	struct json_object      *properties = json_get_object(type->properties, "properties");

	for (size_t i = 0; i < array_len(names); i++) {
		if (!json_object_is_type(
			json_get(json_get(properties, names[i]), "default"), json_type_int))
			return false;
	}
	return true;
}

static enum err_code
read_as_check(struct resource_type *type, const char *path, struct err *err)
{
	const char *word = json_get_str(type->file, "as_check");

	if (!json_has(type->file, "as_check"))
		return ERR_OK;
	if (!str_eq(word, "may") && !str_eq(word, "only"))
		return bad_file(err, path, "'as_check' must be may or only");
	type->as_check = str_eq(word, "may") ? AS_CHECK_MAY : AS_CHECK_ONLY;
	if (type->resources != NULL || !has_retries(type))
		return bad_file(err, path,
		    "a check has the properties '" CHECK_RETRIES "' and '" CHECK_RETRY_SECONDS
		    "', each with a default");
	return ERR_OK;
}

/* A number that is at least, or above, zero, and within a week. */
static enum err_code
read_number(struct resource_type *type, const char *name, bool zero, double *ret_value,
    const char *path, struct err *err)
{
	struct json_object *number = json_get(type->file, name);
	double              value = number != NULL ? json_object_get_double(number) : 0;

	if (!json_has(type->file, name))
		return ERR_OK;
	if ((!json_object_is_type(number, json_type_int) &&
		!json_object_is_type(number, json_type_double)) ||
	    !(value > 0 || (zero && value == 0)) || value > SECONDS_MAX)
		return err_set(err, ERR_INVALID_CONFIG,
		    "%s: '%s' must be a number %s zero, of at most a week", path, name,
		    zero ? "not below" : "above");
	*ret_value = value;
	return ERR_OK;
}

static enum err_code
read_seconds(struct resource_type *type, const char *path, struct err *err)
{
	enum err_code code;

	type->seconds = SECONDS_TYPICAL;
	type->doubt_seconds = SECONDS_DOUBT;
	type->settle_seconds = SECONDS_SETTLE;
	if ((code = read_number(type, "seconds", false, &type->seconds, path, err)) != ERR_OK ||
	    (code = read_number(type, "doubt_seconds", true, &type->doubt_seconds, path, err)) !=
		ERR_OK)
		return code;
	return read_number(type, "settle_seconds", false, &type->settle_seconds, path, err);
}

/* Text that the file does not hold lives in it all the same, so that it goes with it. */
static const char *
keep_text(struct resource_type *type, struct json_object *text)
{
	json_set(type->file, RESOURCE_TYPE_KEPT, text);
	return json_object_get_string(text);
}

static enum err_code
read_head(struct resource_type *type, const char *path, struct err *err)
{
	struct json_object *global = json_get(type->file, "global");

	type->name = json_get_str(type->file, "type");
	type->title = json_get_str(type->file, "title");
	if (type->name == NULL ||
	    pattern_match(TYPE_NAME_PATTERN, type->name, strlen(type->name)) != PATTERN_MATCH)
		return bad_file(err, path, "'type' must be like \"provider:service:kind\"");
	if (type->title == NULL || type->title[0] == '\0')
		return bad_file(err, path, "'title' must say what it is");
	if (json_has(type->file, "global") && !json_object_is_type(global, json_type_boolean))
		return bad_file(err, path, "'global' must be true or false");
	type->global = json_get_bool(type->file, "global", false);
	type->undoes = json_has(type->file, "undo");
	type->resources = json_get_object(type->file, "resources");
	if (json_has(type->file, "resources") && type->resources == NULL)
		return bad_file(
		    err, path, "'resources' must be an object with a member per resource");
	type->provider =
	    keep_text(type, json_object_new_string_len(type->name, (int)strcspn(type->name, ":")));
	return ERR_OK;
}

typedef enum err_code file_reader(struct resource_type *, const char *path, struct err *);

static file_reader *const readers[] = { read_head, read_kinds, read_properties, read_identity,
	read_outputs, read_irreversible, read_as_check, read_seconds };

static enum err_code
read_all(struct resource_type *type, const char *path, struct err *err)
{
	if (!json_object_is_type(type->file, json_type_object))
		return bad_file(err, path, "must be an object");
	json_pack(type->file);
	for (size_t i = 0; i < array_len(readers); i++) {
		enum err_code code = readers[i](type, path, err);

		if (code != ERR_OK)
			return code;
	}
	return ERR_OK;
}

enum err_code
resource_type_read(const char *path, struct resource_type **ret_type, struct err *err)
{
	struct json_object *file = json_read_file(path, RESOURCE_TYPE_FILE_MAX, err);

	*ret_type = NULL;
	if (file == NULL)
		return err != NULL ? err->code : ERR_BAD_JSON;
	return resource_type_parse(file, path, ret_type, err);
}

enum err_code
resource_type_parse(
    struct json_object *file, const char *path, struct resource_type **ret_type, struct err *err)
{
	struct resource_type *type = xcalloc(1, sizeof(*type));
	enum err_code         code;

	type->file = file;
	code = read_all(type, path, err);
	if (code != ERR_OK) {
		resource_type_free(type);
		type = NULL;
	}
	*ret_type = type;
	return code;
}

void
resource_type_free(struct resource_type *type)
{
	if (type == NULL)
		return;
	json_object_put(type->file);
	free(type);
}
