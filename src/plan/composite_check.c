/* SPDX-License-Identifier: Apache-2.0
 * composite_check.c - whether the file of a composite type is sound, so that nobody's config finds out that it is not. */
#include <stdlib.h>
#include <string.h>

#include "plan/composite.h"
#include "plan/cycle.h"
#include "plan/template.h"
#include "util/json.h"

struct checking {
	const struct registry      *registry;
	const struct resource_type *type;
	struct spec_node           *parts; /* by their names */
	size_t                      parts_n;
	size_t                      at; /* the part that is looked at */
	struct spec_edge           *edges;
	size_t                      edges_n, edges_cap;
	struct err                 *err;
};

static enum err_code bad(struct checking *c, const char *fmt, ...) PRINTF_LIKE(2, 3);

static enum err_code
bad(struct checking *c, const char *fmt, ...)
{
	char    why[256];
	va_list args;

	va_start(args, fmt);
	str_vformat(why, sizeof(why), fmt, args);
	va_end(args);
	return err_set(c->err, ERR_INVALID_CONFIG, "%s: '%s' of 'resources': %s", c->type->name,
	    c->parts[c->at].resource_id, why);
}

static struct spec_node *
find_part(const struct checking *c, const char *name)
{
	for (size_t i = 0; i < c->parts_n; i++) {
		if (strcmp(c->parts[i].resource_id, name) == 0)
			return &c->parts[i];
	}
	return NULL;
}

/* The schema of the property at a path; NULL: there is no such property. */
static struct json_object *
find_property(const struct checking *c, const char *path)
{
	struct json_object *schema = c->type->properties;
	char                step[TEMPLATE_PATH_MAX + 1];

	while (*path != '\0' && schema != NULL) {
		size_t len = strcspn(path, ".");

		memcpy(step, path, len);
		step[len] = '\0';
		path += len + (path[len] == '.');
		schema = json_get_object(json_get_object(schema, "properties"), step);
	}
	return schema;
}

/* ---- what it names ---- */

static void
add_wait(struct checking *c, const struct spec_node *on)
{
	if (c->edges_n == c->edges_cap) {
		c->edges_cap = c->edges_cap * 2 + 16;
		c->edges = xrealloc(c->edges, c->edges_cap, sizeof(*c->edges));
	}
	c->edges[c->edges_n++] = (struct spec_edge){ .from = (size_t)(on - c->parts), .to = c->at };
}

static enum err_code
check_link(struct checking *c, const struct reference_part *link)
{
	const struct spec_node *on = find_part(c, link->id);

	if (on == NULL)
		return bad(c, "there is no resource '%s' in it", link->id);
	if (!config_has_output(on->type, link->output))
		return bad(c, "%s has no output '%s'", on->type->name, link->output);
	add_wait(c, on);
	return ERR_OK;
}

static enum err_code
check_string(struct checking *c, struct json_object *string)
{
	struct template_walk walk;
	struct template_part part;
	enum err_code        code = ERR_OK;

	template_walk_init(&walk, string);
	while (code == ERR_OK && template_next(&walk, &part)) {
		if (part.kind == TEMPLATE_LINK)
			code = check_link(c, &part.link);
		else if (part.kind == TEMPLATE_BAD)
			code = bad(c, "'%.*s' is not a reference", (int)part.len, part.text);
		else if (part.kind == TEMPLATE_PROPERTY && find_property(c, part.path) == NULL)
			code = bad(c, "there is no property '%s'", part.path);
	}
	return code;
}

static enum err_code check_template(struct checking *c, struct json_object *template);

static enum err_code
check_object(struct checking *c, struct json_object *template)
{
	enum err_code code = ERR_OK;

	json_object_object_foreach (template, key, member) {
		struct template_part part;

		if (code == ERR_OK && strcmp(key, COMPOSITE_EVERYTHING) == 0 &&
		    !template_property(member, &part))
			code = bad(c, "\"*\" takes the members of one property, as \"{name}\"");
		if (code == ERR_OK)
			code = check_template(c, member);
	}
	return code;
}

/* As deep as JSON is at most. */
static enum err_code
check_template(struct checking *c, struct json_object *template)
{
	enum err_code code = ERR_OK;

	if (json_object_is_type(template, json_type_string))
		return check_string(c, template);
	if (json_object_is_type(template, json_type_object))
		return check_object(c, template);
	if (!json_object_is_type(template, json_type_array))
		return ERR_OK;
	for (size_t i = 0; i < json_object_array_length(template) && code == ERR_OK; i++)
		code = check_template(c, json_object_array_get_idx(template, i));
	return code;
}

static enum err_code
check_properties(struct checking *c, struct json_object *template)
{
	const struct resource_type *type = c->parts[c->at].type;
	struct json_object         *known = json_get_object(type->properties, "properties");

	json_object_object_foreach (template, name, value) {
		(void)value;
		if (strcmp(name, COMPOSITE_EVERYTHING) != 0 && !json_has(known, name))
			return bad(c, "%s has no property '%s'", type->name, name);
	}
	return check_template(c, template);
}

/* ---- when it is there, and after what ---- */

static enum err_code
check_waits(struct checking *c, struct json_object *names)
{
	size_t n = names != NULL ? json_object_array_length(names) : 0;

	for (size_t i = 0; i < n; i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(names, i));
		const struct spec_node *on = find_part(c, name);

		if (on == NULL)
			return bad(c, "there is no resource '%s' in it", name);
		add_wait(c, on);
	}
	return ERR_OK;
}

static enum err_code
check_when(struct checking *c, struct json_object *names)
{
	size_t n = names != NULL ? json_object_array_length(names) : 0;

	for (size_t i = 0; i < n; i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(names, i));

		if (find_property(c, name) == NULL)
			return bad(c, "there is no property '%s'", name);
	}
	return ERR_OK;
}

static enum err_code
check_part(struct checking *c, struct json_object *part)
{
	struct json_object *condition = json_get_object(part, "if");
	enum err_code       code = check_properties(c, json_get_object(part, "properties"));

	if (code == ERR_OK)
		code = check_waits(c, json_get_array(part, "depends_on"));
	if (code == ERR_OK)
		code = check_when(c, json_get_array(part, "when"));
	if (code == ERR_OK && condition != NULL)
		code = check_string(c, json_get(condition, "text"));
	return code;
}

/* ---- the whole ---- */

static enum err_code
find_types(struct checking *c)
{
	json_object_object_foreach (c->type->resources, name, part) {
		const char                 *type_name = json_get_str(part, "type");
		const struct resource_type *type = registry_type(c->registry, type_name);

		c->at = c->parts_n++;
		c->parts[c->at] = (struct spec_node){ .resource_id = name, .type = type };
		if (type == NULL)
			return bad(c, "there is no resource type '%s'", type_name);
		if (type->resources != NULL)
			return bad(c, "%s is a composite itself", type_name);
	}
	return ERR_OK;
}

static enum err_code
check_parts(struct checking *c)
{
	enum err_code code = ERR_OK;

	c->at = 0;
	json_object_object_foreach (c->type->resources, name, part) {
		(void)name;
		if (code == ERR_OK)
			code = check_part(c, part);
		c->at++;
	}
	return code;
}

static enum err_code
check_outputs(const struct checking *c)
{
	json_object_object_foreach (c->type->outputs, name, output) {
		struct reference_part   from;
		const struct spec_node *part = NULL;

		if (reference_parse(json_get_str(output, "from"), &from))
			part = find_part(c, from.id);
		if (part == NULL || !config_has_output(part->type, from.output))
			return err_set(c->err, ERR_INVALID_CONFIG,
			    "%s: '%s' of 'outputs': there is no '%s'", c->type->name, name,
			    json_get_str(output, "from"));
	}
	return ERR_OK;
}

static enum err_code
check_cycles(const struct checking *c)
{
	struct problems problems;
	enum err_code   code = ERR_OK;

	problems_init(&problems);
	cycle_check(c->parts, c->parts_n, c->edges, c->edges_n, &problems);
	if (problems.n > 0)
		code = err_set(c->err, ERR_INVALID_CONFIG, "%s: 'resources': %.300s", c->type->name,
		    problems.items[0].detail);
	problems_fini(&problems);
	return code;
}

enum err_code
composite_check(const struct registry *registry, const struct resource_type *type, struct err *err)
{
	struct checking c = { .registry = registry, .type = type, .err = err };
	enum err_code   code;

	c.parts = xcalloc((size_t)json_object_object_length(type->resources), sizeof(*c.parts));
	code = find_types(&c);
	if (code == ERR_OK)
		code = check_parts(&c);
	if (code == ERR_OK)
		code = check_outputs(&c);
	if (code == ERR_OK)
		code = check_cycles(&c);
	free(c.parts);
	free(c.edges);
	return code;
}
