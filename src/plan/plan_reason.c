/* SPDX-License-Identifier: Apache-2.0
 * plan_reason.c - why something is done, in words for people. */
#include <string.h>

#include "plan/change_inside.h"
#include "plan/plan_inside.h"
#include "provider/provider.h"
#include "util/json.h"

#define NAMES_TOLD_MAX 3
#define TAGS           "/tags/"
#define KNOWN_AS       "it was known as "

/* What differs, as far as it is told. */
struct differing {
	const char *paths[NAMES_TOLD_MAX]; /* of properties, the first ones */
	size_t      n;
	size_t      tags;
	bool        only_fixed; /* only those that need a new resource are counted */
};

static bool
is_of_tag(const char *path)
{
	return strncmp(path, TAGS, strlen(TAGS)) == 0;
}

static void
gather(struct differing *d, struct json_object *diff)
{
	size_t n = diff != NULL ? json_object_array_length(diff) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *entry = json_object_array_get_idx(diff, i);
		const char         *path = json_get_str(entry, "path");

		if (is_of_tag(path)) {
			d->tags++;
		} else if (!d->only_fixed || json_get_bool(entry, "requires_replacement", false)) {
			if (d->n < NAMES_TOLD_MAX)
				d->paths[d->n] = path;
			d->n++;
		}
	}
}

/* "/environment/variables" is environment.variables. */
static void
add_name(struct str *out, const char *path)
{
	for (const char *c = path + 1; *c != '\0'; c++)
		str_add_char(out, *c == '/' ? '.' : *c);
}

/* "a differs", "a, b, c and 2 more differ", "a and the tags differ" */
static void
add_differing(const struct differing *d, struct str *out)
{
	bool   tags = d->tags > 0 && !d->only_fixed;
	size_t named = d->n < NAMES_TOLD_MAX ? d->n : NAMES_TOLD_MAX, all = named;

	all += tags;
	all += d->n > named;
	for (size_t i = 0; i < all; i++) {
		if (i > 0)
			str_add(out, i == all - 1 ? " and " : ", ");
		if (i < named)
			add_name(out, d->paths[i]);
		else if (i == named && d->n > named)
			str_addf(out, "%zu more", d->n - named);
		else
			str_add(out, "the tags");
	}
	str_add(out, all > 1 || tags ? " differ" : " differs");
}

/* ---- by the act ---- */

/* The two ends of a copy are of one type, whose file says what is copied. */
static bool
say_copied(const struct planning *p, size_t vertex, struct str *out)
{
	struct json_object *labels[2], *copy;
	size_t              from, to;

	if (!graph_copies(p->graph, vertex, &from, &to))
		return false;
	copy =
	    json_get_object(json_get_object(graph_node(p->graph, to)->type->file, "move"), "copy");
	labels[0] = plan_label_of(p, from);
	labels[1] = plan_label_of(p, to);
	str_addf(out, "it copies %s from %s to %s%s", json_get_str(copy, "what"),
	    json_object_get_string(labels[0]), json_object_get_string(labels[1]),
	    p->copied[from] == 1 + vertex ? "" : ", as far as they have come since");
	json_object_put(labels[0]);
	json_object_put(labels[1]);
	return true;
}

/* Where the config has it found elsewhere than the last one. */
static bool
say_elsewhere(const struct planning *p, size_t vertex, struct str *out)
{
	const struct spec_node *base = plan_base_of(p, vertex),
			       *node = graph_node(p->graph, vertex);
	struct json_object *was = change_plain(p->options->base, base);
	struct json_object *is = change_plain(p->graph->spec, node);
	const char         *name = change_elsewhere(base, was, is);

	if (name != NULL)
		str_addf(out, "%s differs: a new one is made, and the old one goes", name);
	json_object_put(was);
	json_object_put(is);
	return name != NULL;
}

static void
say_created(const struct planning *p, size_t vertex, struct str *out)
{
	const struct spec_node *base = plan_base_of(p, vertex);

	if (say_copied(p, vertex, out))
		return;
	if (base == NULL || spec_node_is_leaving(base))
		str_add(out, "it is not there");
	else if (!say_elsewhere(p, vertex, out))
		str_add(out, "it is not there any more");
}

static void
say_moved(const struct planning *p, size_t vertex, struct str *out)
{
	const char *region = graph_region(p->graph, vertex);
	size_t      from;

	if (!graph_moves_from(p->graph, vertex, &from))
		return;
	if (strcmp(graph_region(p->graph, from), region) != 0)
		str_addf(out, "it moves here from %s", graph_region(p->graph, from));
	else
		str_addf(
		    out, "it moves here from account \"%s\"", graph_node(p->graph, from)->account);
}

static struct json_object *
tag_entry(struct json_object *diff, const char *tag)
{
	for (size_t i = 0; i < json_object_array_length(diff); i++) {
		struct json_object *entry = json_object_array_get_idx(diff, i);
		const char         *path = json_get_str(entry, "path");

		if (is_of_tag(path) && strcmp(path + strlen(TAGS), tag) == 0)
			return entry;
	}
	return NULL;
}

/* What one tag by itself means. */
static bool
say_tag(struct json_object *diff, struct str *out)
{
	struct json_object *entry;

	if (json_object_array_length(diff) != 1)
		return false;
	entry = tag_entry(diff, IDENTITY_RESOURCE_TAG);
	if (entry != NULL) {
		str_addf(out, KNOWN_AS "%s", json_get_str(entry, "before"));
		return true;
	}
	if (tag_entry(diff, IDENTITY_HASH_TAG) != NULL)
		str_add(out, "its tags say that it was last brought to something else");
	else if (tag_entry(diff, IDENTITY_PROTECT_TAG) != NULL)
		str_add(out, "whether it is protected differs");
	return out->len > 0;
}

static void
say_updated(const struct planning *p, size_t vertex, struct str *out)
{
	struct json_object *diff = plan_action_of(p, vertex).diff;
	struct differing    d = { 0 };

	if (diff == NULL || json_object_array_length(diff) == 0 || say_tag(diff, out))
		return;
	gather(&d, diff);
	add_differing(&d, out);
}

static void
say_replaced(const struct planning *p, size_t vertex, struct str *out)
{
	struct differing d = { .only_fixed = true };

	gather(&d, plan_action_of(p, vertex).diff);
	if (d.n > 0) {
		add_differing(&d, out);
		str_add(out, d.n > 1 ? ", and only a new one can have others"
				     : ", and only a new one can have another");
	} else {
		str_add(out, "only a new one can be what the config says");
	}
}

/* The one of the config that has its node; NULL: there is none. */
static const struct spec_node *
heir_of(const struct planning *p, size_t vertex)
{
	const struct spec      *spec = p->graph->spec;
	const struct spec_node *node = graph_node(p->graph, vertex), *heir = NULL;

	for (size_t i = 0; i < spec->nodes_n; i++) {
		const struct spec_node *other = &spec->nodes[i];

		if (other != node && !spec_node_is_leaving(other) &&
		    strcmp(other->owner_id, node->owner_id) == 0)
			heir = other;
	}
	return heir;
}

static void
say_deleted(const struct planning *p, size_t vertex, struct str *out)
{
	const struct spec_node *base = plan_base_of(p, vertex), *heir = heir_of(p, vertex);
	const struct spec_node *node = graph_node(p->graph, vertex);

	if (heir != NULL && strcmp(heir->account, node->account) != 0)
		str_add(out, "the config no longer has it in this account");
	else if (heir != NULL && !plan_has_region(heir, graph_region(p->graph, vertex)))
		str_add(out, "the config no longer names this region");
	else if (heir != NULL)
		str_add(out, "another takes its place");
	else if (base != NULL && base->operation != SPEC_DELETE)
		str_add(out, "it is no longer in the config");
	else
		str_add(out, "it is to go");
}

static void
say_kept(const struct planning *p, size_t vertex, struct str *out)
{
	if (plan_action_of(p, vertex).foreign)
		str_add(out, "not ours: left alone");
	else if (graph_node(p->graph, vertex)->operation == SPEC_DELETE)
		str_add(out, "it is gone already");
	else
		str_add(out, "it is as the config says");
}

static void
say_adopted(const struct planning *p, size_t vertex, struct str *out)
{
	(void)p;
	(void)vertex;
	str_add(out, "it is there, and not ours yet");
}

static void
say_left(const struct planning *p, size_t vertex, struct str *out)
{
	const struct spec_node *twin = change_twin(p->graph->spec, graph_node(p->graph, vertex));

	if (twin != NULL)
		str_addf(out, "%s is found by the same", twin->resource_id);
	else
		str_add(out, "it is no longer in the config, and nobody said to prune");
}

static void
say_checked(const struct planning *p, size_t vertex, struct str *out)
{
	(void)p;
	(void)vertex;
	str_add(out, "it is checked after the apply");
}

static void (*const says[PLAN_ACTS_N])(const struct planning *p, size_t vertex, struct str *out) = {
	[PLAN_CREATE] = say_created,
	[PLAN_MOVE] = say_moved,
	[PLAN_UPDATE] = say_updated,
	[PLAN_REPLACE] = say_replaced,
	[PLAN_DELETE] = say_deleted,
	[PLAN_NO_OP] = say_kept,
	[PLAN_ADOPT] = say_adopted,
	[PLAN_LEAVE] = say_left,
	[PLAN_VERIFY] = say_checked,
};

/* Under another id it is the same, also where no tag of it tells. */
static void
say_name(const struct planning *p, size_t vertex, struct str *out)
{
	const struct spec_node *base = plan_base_of(p, vertex),
			       *node = graph_node(p->graph, vertex);

	if (out->len > 0 && base != NULL && !spec_node_is_leaving(node) &&
	    !spec_node_is_leaving(base) && strcmp(base->resource_id, node->resource_id) != 0 &&
	    strstr(out->data, KNOWN_AS) == NULL)
		str_addf(out, "; " KNOWN_AS "%s", base->resource_id);
}

void
plan_reason(const struct planning *p, size_t vertex, struct str *out)
{
	struct plan_action action = plan_action_of(p, vertex);

	if (action.error != NULL)
		str_add(out, action.error);
	else if (says[action.act] != NULL)
		says[action.act](p, vertex, out);
	if (action.error == NULL)
		say_name(p, vertex, out);
}
