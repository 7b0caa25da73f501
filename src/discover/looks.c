/* SPDX-License-Identifier: Apache-2.0
 * looks.c - reads what may be of the deployment, and looks for what hangs on what was found. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "discover/inside.h"
#include "plan/spec.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define NO_NODE     "00000000" /* of what has no tags: nobody's */
#define NO_RESOURCE "discovered"

/* One op, with all that it borrows. */
struct look {
	struct ask                  ask;
	struct discovery           *d;
	struct place                place;
	const struct resource_type *type;
	struct identity             identity;
	char                        region[LOCATE_REGION_SIZE];
	char                        node_id[OBJ_ID_SIZE];
	char                        resource_id[ENTRY_ID_SIZE];
	struct json_object         *properties, *otherwise, *tags;
	size_t                      parent;
};

static void read_children(struct discovery *d, const struct place *place, size_t parent);

/* ---- one op ---- */

static void
look_fini(struct ask *ask)
{
	struct look *look = container_of(ask, struct look, ask);

	json_object_put(look->properties);
	json_object_put(look->otherwise);
	json_object_put(look->tags);
}

static struct look *
look_create(
    struct discovery *d, const struct suspect *s, enum op_kind kind, void (*done)(struct ask *ask))
{
	struct look *look = xcalloc(1, sizeof(*look));

	look->d = d;
	look->place = *s->place;
	look->type = s->type;
	look->parent = s->parent;
	look->properties = json_object_get(s->properties);
	look->tags = json_object_get(s->tags);
	snprintf(look->region, sizeof(look->region), "%s", s->region);
	snprintf(
	    look->node_id, sizeof(look->node_id), "%s", s->node_id != NULL ? s->node_id : NO_NODE);
	snprintf(look->resource_id, sizeof(look->resource_id), "%s",
	    s->resource_id != NULL ? s->resource_id : "");
	look->ask = (struct ask){
		.kind = ASK_OP,
		.provider = s->place->provider,
		.done = done,
		.fini = look_fini,
	};
	look->ask.of.op = (struct op){
		.kind = kind,
		.type = s->type,
		.identity = &look->identity,
		.credentials = look->place.credentials,
		.desired = look->properties,
	};
	return look;
}

static const char *
tag_or(struct json_object *tags, const char *name, const char *otherwise)
{
	const char *text = json_get_str(tags, name);

	return text != NULL ? text : otherwise;
}

/* Who it says it is. */
static void
identify(struct look *look)
{
	look->identity = (struct identity){
		.tenant = look->d->tenant,
		.deployment_id = look->d->deployment_id != NULL ? look->d->deployment_id : "",
		.graph_id = tag_or(look->tags, IDENTITY_GRAPH_TAG, NO_NODE),
		.node_id = tag_or(look->tags, IDENTITY_NODE_TAG, look->node_id),
		.edge_id = tag_or(look->tags, IDENTITY_EDGE_TAG, NO_NODE),
		.resource_id = look->resource_id[0] != '\0'
				   ? look->resource_id
				   : tag_or(look->tags, IDENTITY_RESOURCE_TAG, NO_RESOURCE),
		.spec_hash = tag_or(look->tags, IDENTITY_HASH_TAG, ""),
		.region = look->region,
		.primary = true,
	};
}

static void
warn_of(struct discovery *d, const struct look *look, const char *what)
{
	const char *id = json_get_str(look->tags, IDENTITY_RESOURCE_TAG);

	discovery_warn(d, "%s%s%s%s%s%s: %s: %s", look->type->name, id != NULL ? " '" : "",
	    id != NULL ? id : "", id != NULL ? "'" : "", look->region[0] != '\0' ? " in " : "",
	    look->region, what, ask_message(&look->ask));
}

/* ---- what is found ---- */

/* With its own tags, or below something of ours. */
static bool
is_ours(const struct look *look, struct json_object *found)
{
	struct json_object *tags = json_get_object(found, "tags");

	if (look->d->imports)
		return true;
	if (tags != NULL && json_object_object_length(tags) > 0 && !discovery_owns(look->d, tags))
		return false;
	return tags != NULL ? json_get_str(tags, IDENTITY_NODE_TAG) != NULL
			    : look->parent != DISCOVERED_NO_PARENT || look->tags != NULL;
}

static size_t
add_item(struct look *look, struct json_object *found)
{
	struct discovery   *d = look->d;
	struct json_object *tags = json_get_object(found, "tags");
	struct discovered  *item;

	d->items = xrealloc(d->items, d->n + 1, sizeof(*d->items));
	item = &d->items[d->n++];
	*item = (struct discovered){
		.type = look->type,
		.wanted = json_object_get(look->properties),
		.tags = json_object_get(tags != NULL ? tags : look->tags),
		.found = json_object_get(found),
		.parent = look->parent,
	};
	memcpy(item->account, look->place.account, sizeof(item->account));
	memcpy(item->region, look->region, sizeof(item->region));
	memcpy(item->resource_id, look->resource_id, sizeof(item->resource_id));
	return d->n - 1;
}

static void
take_found(struct look *look)
{
	struct json_object *found = look->ask.of.op.found;
	struct json_object *tags = json_get_object(found, "tags");
	const char *const   names[] = { look->type->name, look->place.account, look->region,
		  tag_or(tags, IDENTITY_NODE_TAG, ""), json_get_str(found, "id") };

	size_t place;

	if (!is_ours(look, found) || !discovery_meets(look->d, names, array_len(names)))
		return;
	place = add_item(look, found);
	if (!look->d->imports)
		read_children(look->d, &look->place, place);
}

/* What its tags say is ours and nobody can look at is told all the same: it may be there. */
static void
take_unread(struct look *look)
{
	if (!look->d->imports)
		warn_of(look->d, look, "it can't be read");
	if (look->tags != NULL)
		(void)add_item(look, NULL);
}

/* Where an id may be read in two ways, the thing says which it is: clouds take the one for the other. */
static bool
is_found_by(const struct look *look, struct json_object *found)
{
	struct json_object *names = resource_type_identity_properties(look->type);
	struct json_object *has = json_get_object(found, "properties");
	size_t              n = names != NULL ? json_object_array_length(names) : 0;

	for (size_t i = 0; i < n; i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(names, i));

		if (json_has(has, name) &&
		    !json_same(json_get(has, name), json_get(look->properties, name)))
			return false;
	}
	return true;
}

static void
on_read(struct ask *ask)
{
	struct look         *look = container_of(ask, struct look, ask);
	struct suspect       again;
	const enum op_result result = ask->of.op.result;

	json_object_object_del(look->d->missing, look->resource_id);
	if (look->d->imports && result != OP_OK)
		json_set_str(look->d->missing, look->resource_id,
		    result == OP_ABSENT ? "there is none" : ask_message(ask));
	if (result == OP_OK && (look->otherwise == NULL || is_found_by(look, ask->of.op.found))) {
		take_found(look);
	} else if (result == OP_AMBIGUOUS) {
		warn_of(look->d, look, "more than one claims to be it");
	} else if (result != OP_OK && result != OP_ABSENT && result != OP_CONFLICT &&
		   result != OP_NOT_FOUND) {
		take_unread(look);
	} else if (look->otherwise != NULL) {
		again = (struct suspect){ &look->place, look->type, look->region, look->otherwise,
			look->tags, look->node_id, look->resource_id, look->parent };
		look_at(look->d, &again, NULL);
	}
}

/* What has no tags yet is read whosever it is: then its tags say it. */
void
look_at(struct discovery *d, const struct suspect *s, struct json_object *otherwise)
{
	const char *const names[] = { "look", s->type->name, s->place->account, s->region,
		json_get_str(s->tags, IDENTITY_NODE_TAG), json_text(s->properties) };
	struct look      *look;

	if (s->type->kinds != NULL || !discovery_meets(d, names, array_len(names)))
		return;
	look = look_create(d, s, OP_READ, on_read);
	look->otherwise = json_object_get(otherwise);
	look->ask.of.op.adopt = s->tags == NULL && s->parent == DISCOVERED_NO_PARENT;
	look->ask.of.op.adopt |= s->tags == NULL && json_has(s->type->file, "tag");
	identify(look);
	asks_add(&d->asks, &look->ask);
}

/* ---- lists ---- */

static bool
has_list(const struct resource_type *type)
{
	return json_has(type->file, "list");
}

/* By the name that the list has, or what that is made of; NULL: it is none that we would give. */
static struct json_object *
properties_of(const struct look *look, struct json_object *item, char node_id[OBJ_ID_SIZE])
{
	const char         *name = json_get_str(item, "name");
	struct json_object *has = json_get_object(item, "properties"), *out;

	if (name == NULL)
		return json_object_get(has);
	out = locate_name(look->type, name, node_id);
	if (out != NULL && has != NULL) {
		json_object_object_foreach (has, key, value)
			json_set(out, key, json_object_get(value));
	}
	return out;
}

static void
take_listed(struct look *look, struct json_object *item)
{
	struct discovery   *d = look->d;
	struct json_object *tags = json_get_object(item, "tags");
	char                node_id[OBJ_ID_SIZE] = "";
	struct suspect      suspect = {
		     .place = &look->place,
		     .type = look->type,
		     .region = look->region,
		     .tags = tags,
		     .parent = look->parent,
	};

	if (d->deployment_id == NULL) {
		count_one(d, look->type, look->region, look->region, tags);
		return;
	}
	if (tags != NULL && !discovery_owns(d, tags))
		return;
	suspect.properties = properties_of(look, item, node_id);
	suspect.node_id = node_id[0] != '\0' ? node_id : NULL;
	if (suspect.properties != NULL && locate_is_whole(look->type, suspect.properties))
		look_at(d, &suspect, NULL);
	json_object_put(suspect.properties);
}

static void
on_listed(struct ask *ask)
{
	struct look        *look = container_of(ask, struct look, ask);
	const struct op    *op = &ask->of.op;
	struct json_object *items = json_get_array(op->found, "items");
	size_t              n = items != NULL ? json_object_array_length(items) : 0;

	if (op->result == OP_OK) {
		for (size_t i = 0; i < n; i++)
			take_listed(look, json_object_array_get_idx(items, i));
	} else if (op->result != OP_ABSENT && op->result != OP_NOT_FOUND) {
		warn_of(look->d, look, "it can't be listed");
	}
}

static void
ask_list(struct discovery *d, const struct suspect *suspect)
{
	struct look *look = look_create(d, suspect, OP_LIST, on_listed);

	identify(look);
	asks_add(&d->asks, &look->ask);
}

void
look_for_all(struct discovery *d, const struct place *place, const struct resource_type *type,
    const char *region)
{
	const struct suspect suspect = {
		.place = place,
		.type = type,
		.region = region,
		.parent = DISCOVERED_NO_PARENT,
	};

	if (has_list(type) && !json_has(json_get_object(type->file, "identity"), "parent"))
		ask_list(d, &suspect);
}

/* ---- children ---- */

/* What the parent says of those that hang on it; NULL: it does not say all. */
static struct json_object *
inherit(struct json_object *properties, struct json_object *found)
{
	struct json_object *out = json_object_new_object();
	bool                whole = true;

	json_object_object_foreach (properties, name, of) {
		const char         *from = json_object_get_string(of);
		struct json_object *value = json_get(json_get_object(found, "outputs"), from);

		if (value == NULL)
			value = json_get(json_get_object(found, "properties"), from);
		if (value != NULL)
			json_set(out, name, json_object_get(value));
		whole = whole && value != NULL;
	}
	if (whole)
		return out;
	json_object_put(out);
	return NULL;
}

static void
look_below(struct discovery *d, const struct place *place, size_t parent,
    const struct resource_type *type, struct json_object *properties)
{
	struct discovered item = d->items[parent];
	struct suspect    suspect = {
		   .place = place,
		   .type = type,
		   .region = type->global ? "" : item.region,
		   .properties = inherit(properties, item.found),
		   .parent = parent,
	};

	if (suspect.properties == NULL)
		return;
	if (has_list(type))
		ask_list(d, &suspect);
	else
		look_at(d, &suspect, NULL);
	json_object_put(suspect.properties);
}

static void
read_children(struct discovery *d, const struct place *place, size_t parent)
{
	const char *name = d->items[parent].type->name;

	for (size_t i = 0; i < registry_types_n(d->registry); i++) {
		const struct resource_type *type;
		struct json_object         *has;

		if (!str_starts(registry_name_at(d->registry, i), place->provider->name))
			continue;
		type = registry_type_at(d->registry, i);
		has = type != NULL
			  ? json_get_object(json_get_object(type->file, "identity"), "parent")
			  : NULL;
		if (has != NULL && str_eq(json_get_str(has, "type"), name))
			look_below(d, place, parent, type, json_get_object(has, "properties"));
	}
}
