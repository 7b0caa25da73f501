/* SPDX-License-Identifier: Apache-2.0
 * composite_place.c - a problem of a part is told where the config has what it comes from: the templates of its type
 * lead there. */
#include <stdlib.h>
#include <string.h>

#include "plan/composite.h"
#include "plan/template.h"
#include "util/json.h"

#define RESOURCES  "/resources/"
#define COMPOSITES "/composites/"
#define PROPERTIES "/properties/"

/* The next step of a JSON Pointer, unescaped; NULL: there is none. */
static const char *
next_step(const char **rest, char *buf, size_t size)
{
	const char *at = *rest;
	size_t      n = 0;

	if (*at != '/')
		return NULL;
	for (at++; *at != '\0' && *at != '/'; at++) {
		bool escaped = *at == '~' && at[1] != '\0';
		char c = escaped ? (*++at == '1' ? '/' : '~') : *at;

		if (n < size - 1)
			buf[n++] = c;
	}
	buf[n] = '\0';
	*rest = at;
	return buf;
}

/* Does what the template puts in with "*" have this member? */
static bool
is_spread(const struct expansion *expansion, struct json_object *template, const char *step,
    struct template_part *part)
{
	return template_property(json_get(template, COMPOSITE_EVERYTHING), part) &&
	       json_has(json_path(expansion->properties, part->path), step);
}

/* The first property in a string. */
static bool
find_first(struct json_object *string, struct template_part *part)
{
	struct template_walk walk;

	template_walk_init(&walk, string);
	while (template_next(&walk, part)) {
		if (part->kind == TEMPLATE_PROPERTY)
			return true;
	}
	return false;
}

/* The property that a value of a part comes from, and which way it goes on within it; false: from none. */
static bool
find_source(const struct expansion *expansion, struct json_object *template, const char **rest,
    struct template_part *part)
{
	char        buf[CONFIG_POINTER_MAX];
	const char *before = *rest, *step;

	while (json_object_is_type(template, json_type_object)) {
		step = next_step(rest, buf, sizeof(buf));
		if (step == NULL)
			return false;
		if (is_spread(expansion, template, step, part)) {
			*rest = before;
			return true;
		}
		template = json_get(template, step);
		before = *rest;
	}
	if (!json_object_is_type(template, json_type_string) || !find_first(template, part))
		return false;
	if (!part->whole)
		*rest = "";
	return true;
}

/* "url.auth_type" of a resource `api`, and a rest: /resources/api/properties/url/auth_type/… */
static void
add_source(struct config *config, const struct expansion *expansion, const char *path,
    const char *rest, struct str *out)
{
	char   name[TEMPLATE_PATH_MAX + 1];
	size_t len = strcspn(path, ".");

	memcpy(name, path, len);
	name[len] = '\0';
	str_add(out, config_property_at(config, expansion->id, expansion->resource, name));
	if (!json_has(json_get_object(expansion->resource, "properties"), name))
		return; /* under `references` there is nothing below it */
	for (path += len; *path != '\0'; path++)
		str_add_char(out, *path == '.' ? '/' : *path);
	str_add(out, rest);
}

static void
place_of(struct config *config, const struct expansion *expansion, const char *part_name,
    const char *rest, struct str *out)
{
	struct json_object  *part = json_get(expansion->type->resources, part_name);
	struct template_part source;

	if (str_starts(rest, PROPERTIES)) {
		rest += strlen(PROPERTIES) - 1;
		if (find_source(expansion, json_get(part, "properties"), &rest, &source)) {
			add_source(config, expansion, source.path, rest, out);
			return;
		}
		rest = "/properties";
	}
	str_add(out, config_at(config, "resources", expansion->id, NULL));
	if (!str_starts(rest, "/depends_on")) /* those of the type's own file */
		str_add(out, rest);
}

/* NULL: it was not expanded here, but posted so. */
static const struct expansion *
expansion_of(const struct config *config, const struct spec_composite *composite)
{
	size_t posted = config->composites_n - config->expansions_n, i;

	if (composite == NULL)
		return NULL;
	i = (size_t)(composite - config->composites);
	return i >= posted ? &config->expansions[i - posted] : NULL;
}

/* Before, of another part. */
static bool
is_told(const struct problems *problems, size_t n, const char *pointer, const char *detail)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(problems->items[i].pointer, pointer) == 0 &&
		    str_ends(problems->items[i].detail, detail))
			return true;
	}
	return false;
}

/* Of "/resources/api-role/…" or "/composites/api/…", where it begins with `head`, the place, and the rest. */
static bool
find_place(const struct config *config, const char *pointer, const char *head, size_t *ret_place,
    const char **ret_rest)
{
	char        id[REFERENCE_ID_MAX + 2];
	void       *found = NULL;
	const char *step = pointer + strlen(head) - 1;

	if (!str_starts(pointer, head) || next_step(&step, id, sizeof(id)) == NULL ||
	    !lh_table_lookup_ex(config->by_id, id, &found))
		return false;
	*ret_place = (size_t)(uintptr_t)found - 1;
	*ret_rest = step;
	return true;
}

/* What the problem is of. Sets the place, and the text that goes before its detail. */
static bool
find_new_place(
    struct config *config, const struct problem *problem, struct str *place, struct str *of)
{
	const struct expansion *expansion;
	const struct spec_node *node;
	const char             *rest;
	size_t                  at;

	if (find_place(config, problem->pointer, COMPOSITES, &at, &rest)) {
		expansion = expansion_of(config, config_composite(config, at));
		if (expansion != NULL)
			str_addf(place, RESOURCES "%s%s", expansion->id, rest);
		return expansion != NULL;
	}
	if (!find_place(config, problem->pointer, RESOURCES, &at, &rest) || at >= config->nodes_n)
		return false;
	node = &config->nodes[at];
	expansion = expansion_of(config, node->composite);
	if (expansion == NULL)
		return false;
	str_addf(of, "of its '%s': ", node->resource_id);
	place_of(config, expansion, node->resource_id + strlen(expansion->id) + 1, rest, place);
	return true;
}

/* One that is told already, of another part, is left out. */
static void
keep(struct problems *problems, size_t kept, struct problem *problem, const char *pointer,
    const char *of)
{
	struct str detail;

	str_init(&detail, CONFIG_POINTER_MAX);
	str_addf(&detail, "%s%s", of, problem->detail);
	free(problem->pointer);
	free(problem->detail);
	problem->pointer = xstrdup(pointer);
	problem->detail = str_take(&detail);
	problems->items[kept] = *problem;
}

void
composite_place(struct config *config, struct problems *problems)
{
	size_t     kept = 0;
	struct str place, of;

	if (config->by_id == NULL || config->expansions_n == 0)
		return;
	str_init(&place, CONFIG_POINTER_MAX);
	str_init(&of, CONFIG_POINTER_MAX);
	for (size_t i = 0; i < problems->n; i++) {
		struct problem problem = problems->items[i];

		str_clear(&place);
		str_clear(&of);
		if (!find_new_place(config, &problem, &place, &of)) {
			problems->items[kept++] = problem;
		} else if (is_told(problems, kept, place.data, problem.detail)) {
			problem_fini(&problem);
		} else {
			keep(problems, kept++, &problem, place.data, of.data);
		}
	}
	problems->n = kept;
	str_fini(&place);
	str_fini(&of);
}
