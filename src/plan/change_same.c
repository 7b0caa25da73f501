/* SPDX-License-Identifier: Apache-2.0
 * change_same.c - of two versions of a config: is it the same that they speak of? */
#include <ctype.h>
#include <json-c/linkhash.h>
#include <stdlib.h>
#include <string.h>

#include "plan/change_inside.h"
#include "plan/equal.h"
#include "plan/reference.h"
#include "util/breath.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define IDENTITY_MAX (1024 * 1024)

bool
change_is_same_type(const struct spec_node *a, const struct spec_node *b)
{
	return strcmp(a->type->name, b->type->name) == 0;
}

/* ---- do they differ? ---- */

static bool
takes_replacement(const struct resource_type *type, const char *name)
{
	struct json_object *schema =
	    json_get(json_get_object(type->properties, "properties"), name);

	return schema == NULL || json_get_bool(schema, "x-replace", false);
}

static const char *
owner_of(void *arg, size_t target)
{
	const struct spec *spec = arg;

	return spec->nodes[target].owner_id;
}

static void
drop_output(void *arg, struct reference_part *part)
{
	(void)arg;
	part->output[0] = '\0';
}

struct json_object *
change_plain(const struct spec *spec, const struct spec_node *node)
{
	struct json_object *owned = spec_rename(
	    spec, (size_t)(node - spec->nodes), owner_of, (struct spec *)(uintptr_t)spec);
	struct json_object *plain = reference_rename(owned, drop_output, NULL);

	json_object_put(owned);
	return plain;
}

/* A text and a reference may well mean the same: nothing is taken away on the strength of that. */
static bool
surely_differ(const struct equal *equal, struct json_object *schema, struct json_object *old,
    struct json_object *new)
{
	return equal_holds_unknown(equal, old) == equal_holds_unknown(equal, new) &&
	       !equal_value(
		   &(struct equal){ .root = equal->root, .known = true }, schema, new, old);
}

const char *
change_elsewhere(const struct spec_node *old, struct json_object *was, struct json_object *is)
{
	const struct equal  equal = { .root = old->type->properties };
	struct json_object *names = resource_type_identity_properties(old->type);

	for (size_t i = 0; names != NULL && i < json_object_array_length(names); i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(names, i));

		if (takes_replacement(old->type, name) &&
		    surely_differ(&equal, equal_member(&equal, equal.root, name),
			json_get(was, name), json_get(is, name)))
			return name;
	}
	return NULL;
}

/* ---- are they the same? ---- */

struct owning {
	const struct spec      *spec;
	const struct spec_node *node;
	spec_name              *owner;
	void                   *arg;
};

static const char *
its_owner(void *arg, size_t target)
{
	const struct owning *o = arg;

	return o->owner != NULL ? o->owner(o->arg, target) : o->spec->nodes[target].owner_id;
}

/* "@role" and "@role.arn" mean the same. */
static void
name_output(void *arg, struct reference_part *part)
{
	const struct owning *o = arg;

	for (size_t i = 0; part->output[0] == '\0' && i < o->node->targets_n; i++) {
		const struct spec_node *target = &o->spec->nodes[o->node->targets[i]];

		if (strcmp(its_owner(arg, o->node->targets[i]), part->id) == 0 &&
		    strlen(target->type->reference) < sizeof(part->output))
			memcpy(part->output, target->type->reference,
			    strlen(target->type->reference) + 1);
	}
}

/* As it is written when its case does not matter, nor a dot at its end. */
static void
add_lower(const char *text, bool is_domain, struct str *out)
{
	size_t len = strlen(text);

	if (is_domain && len > 0 && text[len - 1] == '.')
		len--;
	for (size_t i = 0; i < len; i++)
		str_add_char(out, (char)tolower((unsigned char)text[i]));
}

/* False: nobody knows what it is. */
static bool
add_value(const struct equal *equal, const char *name, struct json_object *value, struct str *out)
{
	struct json_object *schema = equal_member(equal, equal->root, name);
	bool                is_domain = equal_says(equal, schema, "x-domain");

	if (value == NULL)
		value = equal_default(equal, schema);
	if (value != NULL && equal_holds_unknown(equal, value))
		return false;
	if (json_object_is_type(value, json_type_string) &&
	    (is_domain || equal_says(equal, schema, "x-caseless")))
		add_lower(json_object_get_string(value), is_domain, out);
	else if (value != NULL)
		json_canonical(value, out);
	str_add_char(out, '\n');
	return true;
}

/* Type, account, and what it has of the properties that it is found by. */
static char *
identity_text(const struct spec *spec, const struct spec_node *node, spec_name *owner, void *arg)
{
	const struct equal  equal = { .root = node->type->properties, .known = true };
	struct owning       owning = { spec, node, owner, arg };
	struct json_object *names = resource_type_identity_properties(node->type);
	struct json_object *owned, *plain;
	struct str          out;
	bool                is_known = true;

	owned = spec_rename(spec, (size_t)(node - spec->nodes), its_owner, &owning);
	plain = reference_rename(owned, name_output, &owning);
	str_init(&out, IDENTITY_MAX);
	str_addf(&out, "%s\n%s\n", node->type->name, node->account);
	for (size_t i = 0; is_known && i < json_object_array_length(names); i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(names, i));

		is_known = add_value(&equal, name, json_get(plain, name), &out);
	}
	json_object_put(owned);
	json_object_put(plain);
	if (is_known && !out.overflow)
		return str_take(&out);
	str_fini(&out);
	return NULL;
}

/* Do its properties say which one it is? Without the first of them it gets a name when it is made. */
static bool
is_one_by_properties(const struct spec_node *node)
{
	struct json_object *names = resource_type_identity_properties(node->type);

	return !node->transient && node->check_of == NULL && names != NULL &&
	       json_object_array_length(names) > 0 &&
	       json_has(
		   node->properties, json_object_get_string(json_object_array_get_idx(names, 0))) &&
	       !resource_type_carries_node(node->type, node->properties);
}

char *
change_identity(const struct spec *spec, const struct spec_node *node, spec_name *owner, void *arg)
{
	return is_one_by_properties(node) && resource_type_is_found_by_properties(node->type)
		   ? identity_text(spec, node, owner, arg)
		   : NULL;
}

char *
change_claim(const struct spec *spec, const struct spec_node *node, spec_name *owner, void *arg)
{
	return is_one_by_properties(node) && !resource_type_is_shared(node->type) &&
		       !spec_node_is_leaving(node) && node->operation != SPEC_VERIFY
		   ? identity_text(spec, node, owner, arg)
		   : NULL;
}

bool
change_is_beside(const struct spec_node *a, const struct spec_node *b)
{
	for (size_t i = 0; i < a->regions_n; i++) {
		for (size_t k = 0; k < b->regions_n; k++) {
			if (strcmp(a->regions[i], b->regions[k]) == 0)
				return true;
		}
	}
	return a->regions_n == 0 && b->regions_n == 0;
}

/* ---- those of a spec ---- */

void
change_index_init(struct change_index *index, const struct spec *spec, change_text *text,
    spec_name *owner, void *arg)
{
	index->spec = spec;
	index->texts = xcalloc(spec->nodes_n, sizeof(*index->texts));
	index->next = xcalloc(spec->nodes_n, sizeof(*index->next));
	index->first = lh_kchar_table_new((int)spec->nodes_n * 2 + 16, NULL);
	must(index->first != NULL);
	for (size_t i = spec->nodes_n; i-- > 0;) {
		void *after = NULL;

		breathe();
		index->texts[i] = text(spec, &spec->nodes[i], owner, arg);
		if (index->texts[i] == NULL)
			continue;
		if (lh_table_lookup_ex(index->first, index->texts[i], &after))
			lh_table_delete(index->first, index->texts[i]);
		index->next[i] = after;
		lh_table_insert(index->first, index->texts[i], &spec->nodes[i]);
	}
}

void
change_index_fini(struct change_index *index)
{
	if (index->first == NULL)
		return;
	lh_table_free(index->first);
	for (size_t i = 0; i < index->spec->nodes_n; i++)
		free(index->texts[i]);
	free(index->texts);
	free(index->next);
	index->first = NULL;
}

const struct spec_node *
change_index_first(const struct change_index *index, const char *text)
{
	void *first = NULL;

	return text != NULL && lh_table_lookup_ex(index->first, text, &first) ? first : NULL;
}

const struct spec_node *
change_index_next(const struct change_index *index, const struct spec_node *node)
{
	return index->next[node - index->spec->nodes];
}

const struct spec_node *
change_twin(const struct spec *spec, const struct spec_node *node)
{
	char                   *text = change_identity(spec, node, NULL, NULL);
	const struct spec_node *twin = NULL;

	for (size_t i = 0; text != NULL && twin == NULL && i < spec->nodes_n; i++) {
		const struct spec_node *other = &spec->nodes[i];
		char                   *its = NULL;

		if (!spec_node_is_leaving(other) && change_is_same_type(other, node) &&
		    change_is_beside(other, node))
			its = change_identity(spec, other, NULL, NULL);
		if (str_eq(its, text))
			twin = other;
		free(its);
	}
	free(text);
	return twin;
}
