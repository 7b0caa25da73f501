/* SPDX-License-Identifier: Apache-2.0
 * cloudcontrol_type.c - what the schema of a type says of finding, tagging and changing its resources. */
#include "providers/aws/cloudcontrol.h"

#include <string.h>

#include "interpreter/members.h"
#include "util/json.h"
#include "util/str.h"

#define PROPERTIES         "/properties"
#define REFS_MAX           8 /* of one to the next */
#define IDENTIFIER_MAX     1024
#define DEFAULT_TAG_PLACE  PROPERTIES "/Tags"
#define IDENTIFIER_BETWEEN '|'

struct json_object *
cloudcontrol_at(struct json_object *json, const char *pointer)
{
	struct json_object *value = NULL;

	return json != NULL && json_pointer_get(json, pointer, &value) == 0 ? value : NULL;
}

struct json_object *
cloudcontrol_follow(struct json_object *root, struct json_object *schema)
{
	for (int i = 0; i < REFS_MAX; i++) {
		const char *ref = json_get_str(schema, "$ref");

		if (ref == NULL || ref[0] != '#')
			break;
		schema = cloudcontrol_at(root, ref + 1);
	}
	return schema;
}

/* ---- facts ---- */

static struct json_object *
pointers_of(struct json_object *schema, const char *word)
{
	struct json_object *given = json_get_array(schema, word);
	struct json_object *pointers = json_object_new_array();

	for (size_t i = 0; given != NULL && i < json_object_array_length(given); i++) {
		const char *pointer = json_object_get_string(json_object_array_get_idx(given, i));

		if (pointer != NULL && str_starts(pointer, PROPERTIES "/"))
			json_object_array_add(
			    pointers, json_object_new_string(pointer + strlen(PROPERTIES)));
	}
	return pointers;
}

/* What a pair of key and value must have besides, as AutoScaling's do: they are flags, and not set. */
static struct json_object *
rest_of_pair(struct json_object *item, const char *key, const char *value)
{
	struct json_object *required = json_get_array(item, "required");
	struct json_object *rest = json_object_new_object();

	for (size_t i = 0; required != NULL && i < json_object_array_length(required); i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(required, i));

		if (name == NULL || strcmp(name, key) == 0 || strcmp(name, value) == 0)
			continue;
		json_set_bool(rest, name, false);
	}
	return rest;
}

/* A map, or a list of pairs; NULL where it is neither. */
static struct json_object *
tag_shape(struct json_object *root, struct json_object *schema)
{
	struct json_object *item = cloudcontrol_follow(root, json_get_object(schema, "items"));
	struct json_object *members = json_get_object(item, "properties");
	struct json_object *shape;
	const char         *key, *value;

	if (str_eq(json_get_str(schema, "type"), "object") ||
	    json_array_has_text(json_get_array(schema, "type"), "object")) {
		shape = json_object_new_object();
		json_set_bool(shape, "map", true);
		return shape;
	}
	key = tags_member(members, "Key", "key");
	value = tags_member(members, "Value", "value");
	if (key == NULL || value == NULL)
		return NULL;
	shape = json_object_new_object();
	json_set_str(shape, "key", key);
	json_set_str(shape, "value", value);
	json_set(shape, "rest", rest_of_pair(item, key, value));
	return shape;
}

/* Tags that can't be set in the create, or not be read, are none to find it by. */
static struct json_object *
tags_of(struct json_object *schema, struct json_object *silent)
{
	struct json_object *tagging = json_get_object(schema, "tagging");
	const char         *place = json_get_str(tagging, "tagProperty");
	bool taggable = json_get_bool(tagging, "taggable", json_get_bool(schema, "taggable", true));
	struct json_object *shape;

	if (place == NULL)
		place = DEFAULT_TAG_PLACE;
	if (!taggable || !json_get_bool(tagging, "tagOnCreate", true) ||
	    !str_starts(place, PROPERTIES "/") ||
	    json_array_has_text(silent, place + strlen(PROPERTIES)))
		return NULL;
	shape = tag_shape(schema, cloudcontrol_follow(schema, cloudcontrol_at(schema, place)));
	if (shape == NULL)
		return NULL;
	json_set_str(shape, "property", place + strlen(PROPERTIES "/"));
	json_set_bool(shape, "lasting", !json_get_bool(tagging, "tagUpdatable", true));
	return shape;
}

static struct json_object *
facts_of(struct json_object *schema)
{
	struct json_object *facts = json_object_new_object();
	struct json_object *silent = pointers_of(schema, "writeOnlyProperties");
	struct json_object *tags = tags_of(schema, silent);

	json_set(facts, "identifier", pointers_of(schema, "primaryIdentifier"));
	json_set(facts, "fixed", pointers_of(schema, "createOnlyProperties"));
	json_set(facts, "attributes", pointers_of(schema, "readOnlyProperties"));
	json_set(facts, "silent", silent);
	if (tags != NULL)
		json_set(facts, "tags", tags);
	return facts;
}

/* ---- the identifier ---- */

struct identifier {
	struct str text;
	size_t     absent;  /* values that the config does not give */
	size_t     unknown; /* and those that hold a reference to what is not there yet */
};

static bool
is_unknown(struct json_object *value)
{
	const char *text = json_object_get_string(value);

	return json_object_is_type(value, json_type_string) &&
	       (text[0] == '@' || strstr(text, "@{") != NULL);
}

/* Its values, in order; `rest` stands for each that is not known. */
static void
identifier_make(struct identifier *identifier, struct json_object *facts,
    struct json_object *desired, const char *rest)
{
	struct json_object *pointers = json_get_array(facts, "identifier");

	*identifier = (struct identifier){ 0 };
	str_init(&identifier->text, IDENTIFIER_MAX);
	for (size_t i = 0; i < json_object_array_length(pointers); i++) {
		struct json_object *value = cloudcontrol_at(
		    desired, json_object_get_string(json_object_array_get_idx(pointers, i)));
		bool unknown = is_unknown(value);

		identifier->absent += value == NULL;
		identifier->unknown += unknown;
		if (i > 0)
			str_add_char(&identifier->text, IDENTIFIER_BETWEEN);
		if (value == NULL || unknown)
			str_add(&identifier->text, rest);
		else if (json_object_is_type(value, json_type_string))
			str_add(&identifier->text, json_object_get_string(value));
		else
			str_add(&identifier->text, json_text(value));
	}
}

static const char *
names_of(struct json_object *pointers, struct str *out)
{
	for (size_t i = 0; i < json_object_array_length(pointers); i++)
		str_addf(out, "%s%s", i > 0 ? ", " : "",
		    json_object_get_string(json_object_array_get_idx(pointers, i)) + 1);
	return out->data;
}

/* It is found by what the config says of it, else by its tags. What could be found by neither is not made. */
static bool
take_identity(
    const struct scope *scope, struct json_object *facts, struct found *found, struct err *err)
{
	struct identifier identifier;
	struct str        names;

	identifier_make(&identifier, facts, scope->op->desired, "");
	str_init(&names, IDENTIFIER_MAX);
	if (identifier.absent + identifier.unknown == 0 && identifier.text.len > 0)
		json_set_str(found->noted, "given", identifier.text.data);
	else if (identifier.absent > 1 || (identifier.absent == 1 && !json_has(facts, "tags")))
		(void)err_set(err, ERR_INVALID_CONFIG,
		    "it could not be found again: the config does not give all of its identifier "
		    "(%s), and %s has no tags that lead to it",
		    names_of(json_get_array(facts, "identifier"), &names),
		    resource_type_kind(scope->op->type));
	str_fini(&names);
	str_fini(&identifier.text);
	return err->code == ERR_OK;
}

/* ---- what the config may not say ---- */

static bool
check_desired(const struct scope *scope, struct json_object *facts, struct err *err)
{
	struct json_object *attributes = json_get_array(facts, "attributes");
	const char         *tags = json_get_str(json_get_object(facts, "tags"), "property");

	for (size_t i = 0; i < json_object_array_length(attributes); i++) {
		const char *pointer =
		    json_object_get_string(json_object_array_get_idx(attributes, i));

		if (cloudcontrol_at(scope->op->desired, pointer) != NULL)
			return err_set(err, ERR_INVALID_CONFIG, "%s is for AWS alone to set",
				   pointer + 1) == ERR_OK;
	}
	if (tags == NULL || !json_has(scope->op->desired, tags))
		return true;
	return err_set(err, ERR_INVALID_CONFIG,
		   "%s holds the tags that it is found by: give yours as the resource's \"tags\"",
		   tags) == ERR_OK;
}

bool
cloudcontrol_take_type(
    const struct scope *scope, struct json_object *answer, struct found *found, struct err *err)
{
	const char         *text = json_get_str(answer, "Schema");
	struct json_object *schema = text != NULL ? json_read(text, strlen(text), err) : NULL;
	struct json_object *facts;

	if (schema == NULL)
		return err_set(err, ERR_INVALID_CONFIG, "the registry has no schema of %s",
			   resource_type_kind(scope->op->type)) == ERR_OK;
	facts = facts_of(schema);
	json_object_put(schema);
	json_set(found->noted, "type", facts);
	json_set_str(found->noted, "schema", text);
	json_set(found->noted, "candidates", json_object_new_array());
	if (!json_has(facts, "tags")) {
		json_object_put(found->tags);
		found->tags = NULL;
	}
	return check_desired(scope, facts, err) && take_identity(scope, facts, found, err);
}

/* ---- from the tag index to identifiers ---- */

static void
add_candidate(const struct scope *scope, struct found *found, const char *text)
{
	struct json_object *candidates = json_get_array(found->noted, "candidates");
	struct json_object *json;
	struct identifier   identifier;

	identifier_make(
	    &identifier, json_get_object(found->noted, "type"), scope->op->desired, text);
	json = json_object_new_string(identifier.text.data);
	if (json_array_has(candidates, json))
		json_object_put(json);
	else
		json_object_array_add(candidates, json);
	str_fini(&identifier.text);
}

static void
add_tail(const struct scope *scope, struct found *found, const char *arn, char mark)
{
	const char *at = strrchr(arn, mark);

	if (at != NULL && at[1] != '\0')
		add_candidate(scope, found, at + 1);
}

/* What is missing of an identifier is an ARN, or the last part of one. */
bool
cloudcontrol_take_arns(
    const struct scope *scope, struct json_object *answer, struct found *found, struct err *err)
{
	struct json_object *list = json_get_array(answer, "ResourceTagMappingList");
	size_t              n = list != NULL ? json_object_array_length(list) : 0;

	(void)err;
	for (size_t i = 0; i < n; i++) {
		const char *arn = json_get_str(json_object_array_get_idx(list, i), "ResourceARN");

		if (arn == NULL)
			continue;
		add_tail(scope, found, arn, '/');
		add_tail(scope, found, arn, ':');
		add_candidate(scope, found, arn);
	}
	return true;
}
