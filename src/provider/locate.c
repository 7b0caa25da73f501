/* SPDX-License-Identifier: Apache-2.0
 * locate.c - matches a text against a template, with its references for wildcards, the longest first. */
#include "provider/locate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/check.h"
#include "util/json.h"
#include "util/json_schema.h"
#include "util/mem.h"
#include "util/str.h"

#define PARTS_MAX 12 /* references in one template */

/* What a reference stands for, in the text. */
struct part {
	const char *name; /* in the template */
	size_t      name_len;
	const char *text;
	size_t      len;
};

/* A text that is held to a template. */
struct matching {
	const struct resource_type *type;
	const char
	    *node_id; /* what {$node_id} must be; "": whatever looks like one; NULL: nothing is */
	bool is_name; /* references span slashes and colons */
	struct part parts[PARTS_MAX];
	size_t      parts_n;
};

static bool
part_is(const struct part *part, const char *name)
{
	return part->name_len == strlen(name) && memcmp(part->name, name, part->name_len) == 0;
}

/* ---- is it what the reference stands for? ---- */

static struct json_object *
schema_of(const struct resource_type *type, const struct part *part)
{
	char               *name = xstrndup(part->name, part->name_len);
	struct json_object *schema =
	    json_get(json_get_object(type->properties, "properties"), name);

	free(name);
	return schema;
}

/* A name in a template is text; what it stands for may be a number or a flag. NULL: it is no such value. */
static struct json_object *
value_of(const struct resource_type *type, const struct part *part)
{
	struct json_object *schema = schema_of(type, part), *value;
	struct problems     problems;

	if (schema == NULL)
		return NULL;
	value = json_string(part->text, part->len);
	problems_init(&problems);
	json_schema_validate(schema, value, "", NULL, &problems);
	if (problems.n > 0) {
		json_object_put(value);
		value = NULL;
	}
	problems_fini(&problems);
	return value;
}

static bool
is_node_id(const struct matching *m, const struct part *part)
{
	if (m->node_id == NULL || part->len != OBJ_ID_SIZE - 1)
		return false;
	if (m->node_id[0] != '\0')
		return memcmp(part->text, m->node_id, part->len) == 0;
	for (size_t i = 0; i < part->len; i++) {
		if (str_hex_value(part->text[i]) < 0)
			return false;
	}
	return true;
}

static bool
part_fits(const struct matching *m, const struct part *part)
{
	struct json_object *value;

	if (part_is(part, "$node_id"))
		return is_node_id(m, part);
	if (part->name[0] == '$' || part->name[0] == '*')
		return part_is(part, "$account") || part_is(part, "$region") || part->len > 0;
	value = value_of(m->type, part);
	json_object_put(value);
	return value != NULL;
}

/* ---- the template ---- */

/* How much of a text a reference may take at most: as far as the next slash or colon, unless it says more. */
static size_t
reach(const char *text, bool spans)
{
	return spans ? strlen(text) : strcspn(text, "/:");
}

static bool match(struct matching *m, const char *template, const char *text);

static bool
match_reference(struct matching *m, const char *template, const char *text)
{
	const char  *name = template + 1, *end = strchr(template, '}');
	bool         spans = *name == '+';
	struct part *part = &m->parts[m->parts_n];

	must(end != NULL && m->parts_n < PARTS_MAX);
	name += spans;
	spans = spans || m->is_name || strncmp(name, "$name", (size_t)(end - name)) == 0;
	m->parts_n++;
	for (size_t len = reach(text, spans) + 1; len-- > 0;) {
		*part = (struct part){ name, (size_t)(end - name), text, len };
		if (match(m, end + 1, text + len) && part_fits(m, part))
			return true;
		m->parts_n = (size_t)(part - m->parts) + 1;
	}
	m->parts_n--;
	return false;
}

/* As deep as the template has references. */
static bool
match(struct matching *m, const char *template, const char *text)
{
	size_t fixed = strcspn(template, "{");

	if (strncmp(template, text, fixed) != 0)
		return false;
	template += fixed;
	text += fixed;
	return *template == '\0' ? *text == '\0' : match_reference(m, template, text);
}

static void
add_properties(const struct matching *m, struct json_object *out)
{
	for (size_t i = 0; i < m->parts_n; i++) {
		const struct part  *part = &m->parts[i];
		struct json_object *value = value_of(m->type, part);
		char               *name;

		if (value == NULL)
			continue;
		name = xstrndup(part->name, part->name_len);
		json_set(out, name, value);
		free(name);
	}
}

static const struct part *
find_part(const struct matching *m, const char *name)
{
	for (size_t i = 0; i < m->parts_n; i++) {
		if (part_is(&m->parts[i], name))
			return &m->parts[i];
	}
	return NULL;
}

/* ---- names ---- */

static void
keep_node_id(const struct matching *m, char *ret_node_id)
{
	const struct part *node = find_part(m, "$node_id");

	if (node == NULL || ret_node_id == NULL)
		return;
	memcpy(ret_node_id, node->text, node->len);
	ret_node_id[node->len] = '\0';
}

/* What was asked for under a name may have that and more: a dot, and what makes each try another one. */
static struct json_object *
read_name(struct matching *m, const char *template, const char *name, char *ret_node_id)
{
	struct json_object *out = NULL;
	char               *text = xstrdup(name), *dot;
	bool                may_go_on = strstr(template, "{$node_id}") != NULL;

	do {
		m->parts_n = 0;
		if (match(m, template, text)) {
			out = json_object_new_object();
			add_properties(m, out);
			keep_node_id(m, ret_node_id);
			break;
		}
		dot = may_go_on ? strrchr(text, '.') : NULL;
		if (dot != NULL)
			*dot = '\0';
	} while (dot != NULL);
	free(text);
	return out;
}

/* What makes it plain: {"text": "{name_suffix}", "is": ["false"]}. */
static void
add_plain_if(struct json_object *condition, struct json_object *out)
{
	const char         *text = json_get_str(condition, "text");
	struct json_object *is = json_get_array(condition, "is");
	char               *name;

	if (is == NULL || text == NULL || text[0] != '{')
		return;
	name = xstrndup(text + 1, strcspn(text + 1, "}"));
	json_set_bool(
	    out, name, str_eq(json_object_get_string(json_object_array_get_idx(is, 0)), "true"));
	free(name);
}

struct json_object *
locate_name(const struct resource_type *type, const char *name, char node_id[OBJ_ID_SIZE])
{
	static const char *const templates[] = { "primary", "other", "plain" };
	struct json_object      *naming =
	    json_get_object(json_get_object(type->file, "identity"), "name");
	struct matching     m = { .type = type, .node_id = node_id, .is_name = true };
	struct json_object *out = NULL;

	for (size_t i = 0; i < array_len(templates) && out == NULL; i++) {
		const char *template = json_get_str(naming, templates[i]);

		out = template != NULL ? read_name(&m, template, name, node_id) : NULL;
		if (out != NULL && str_eq(templates[i], "plain"))
			add_plain_if(json_get(naming, "plain_if"), out);
	}
	return out;
}

/* ---- ids ---- */

bool
locate_is_whole(const struct resource_type *type, struct json_object *properties)
{
	struct json_object *names = resource_type_identity_properties(type);
	struct json_object *required = json_get_array(type->properties, "required");
	size_t              n = names != NULL ? json_object_array_length(names) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *name = json_object_array_get_idx(names, i);

		if (json_array_has(required, name) &&
		    !json_has(properties, json_object_get_string(name)))
			return false;
	}
	return true;
}

/* The properties that are in the id itself, or in the name within it. NULL: it is none of these. */
static struct json_object *
read_id(struct matching *m, const char *template, const char *id)
{
	struct json_object *out;
	const struct part  *name;
	char                node_id[OBJ_ID_SIZE], *text;

	m->parts_n = 0;
	if (!match(m, template, id))
		return NULL;
	name = find_part(m, "$name");
	if (name == NULL) {
		out = json_object_new_object();
		add_properties(m, out);
		return out;
	}
	text = xstrndup(name->text, name->len);
	if (m->node_id != NULL)
		snprintf(node_id, sizeof(node_id), "%s", m->node_id);
	out = locate_name(m->type, text, m->node_id != NULL ? node_id : NULL);
	free(text);
	return out;
}

static size_t
add_reading(struct matching *m, const char *template, const char *id, struct located *ret)
{
	struct json_object *properties = read_id(m, template, id);
	const struct part  *region;

	if (properties == NULL)
		return 0;
	*ret = (struct located){
		.type = m->type,
		.properties = properties,
		.whole = locate_is_whole(m->type, properties),
	};
	region = find_part(m, "$region");
	if (region != NULL && region->len < sizeof(ret->region))
		memcpy(ret->region, region->text, region->len);
	return 1;
}

size_t
locate_id(const struct registry *registry, const char *provider, const char *id,
    const char *node_id, struct located ret[LOCATE_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < registry_types_n(registry); i++) {
		const struct resource_type *type;
		struct json_object         *arn;
		struct matching             m = { .node_id = node_id };
		size_t                      templates_n;

		if (!str_starts(registry_name_at(registry, i), provider) ||
		    (type = registry_type_at(registry, i)) == NULL ||
		    !str_eq(type->provider, provider))
			continue;
		arn = json_get(json_get_object(type->file, "identity"), "arn");
		m.type = type;
		if (json_object_is_type(arn, json_type_string) && n < LOCATE_MAX)
			n += add_reading(&m, json_object_get_string(arn), id, &ret[n]);
		templates_n =
		    json_object_is_type(arn, json_type_array) ? json_object_array_length(arn) : 0;
		for (size_t t = 0; t < templates_n && n < LOCATE_MAX; t++)
			n += add_reading(&m,
			    json_object_get_string(json_object_array_get_idx(arn, t)), id, &ret[n]);
	}
	return n;
}

void
located_fini(struct located *located)
{
	json_object_put(located->properties);
	located->properties = NULL;
}
