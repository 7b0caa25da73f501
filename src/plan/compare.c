/* SPDX-License-Identifier: Apache-2.0
 * compare.c - two documents, member by member; each place that differs is told twice: for people, and as a patch. */
#include "plan/compare.h"

#include "provider/unseal.h"
#include "util/check.h"
#include "util/json.h"
#include "util/str.h"

#define POINTER_MAX 8192

struct comparer {
	struct str          pointer; /* of what is looked at */
	size_t              base;    /* entries are told from here on */
	struct json_object *entries; /* of the part that is looked at */
	struct json_object *patch;
};

/* ---- telling ---- */

enum { BEFORE = 1, AFTER = 2 };

/* By whether it was there before, and is there after. */
static const char *const patch_ops[] = {
	[BEFORE] = "remove",
	[AFTER] = "add",
	[BEFORE | AFTER] = "replace",
};

static void
tell_patch(struct comparer *c, unsigned there, struct json_object *after)
{
	struct json_object *op = json_object_new_object();

	json_set_str(op, "op", patch_ops[there]);
	json_set_str(op, "path", c->pointer.data);
	if (there & AFTER)
		json_set(op, "value", json_object_get(after));
	json_object_array_add(c->patch, op);
}

static void
tell(struct comparer *c, unsigned there, struct json_object *before, struct json_object *after)
{
	struct json_object *entry = json_object_new_object();

	json_set_str(entry, "path", c->pointer.data + c->base);
	if (there & BEFORE)
		json_set(entry, "before", json_object_get(before));
	if (there & AFTER)
		json_set(entry, "after", json_object_get(after));
	json_object_array_add(c->entries, entry);
	tell_patch(c, there, after);
}

/* ---- values ---- */

static void compare(struct comparer *c, struct json_object *before, struct json_object *after);

static bool
are_both(struct json_object *before, struct json_object *after, enum json_type type)
{
	return json_object_is_type(before, type) && json_object_is_type(after, type);
}

static void
compare_member(
    struct comparer *c, const char *key, struct json_object *before, struct json_object *after)
{
	unsigned there =
	    (json_has(before, key) ? BEFORE : 0u) | (json_has(after, key) ? AFTER : 0u);
	size_t len = c->pointer.len;

	json_pointer_add(&c->pointer, key);
	if (there == (BEFORE | AFTER))
		compare(c, json_get(before, key), json_get(after, key));
	else
		tell(c, there, json_get(before, key), json_get(after, key));
	str_cut(&c->pointer, len);
}

/* What was there, in its order, then what is new. */
static void
compare_members(struct comparer *c, struct json_object *before, struct json_object *after)
{
	json_object_object_foreach (before, key, value) {
		(void)value;
		compare_member(c, key, before, after);
	}
	json_object_object_foreach (after, name, added) {
		(void)added;
		if (!json_has(before, name))
			compare_member(c, name, before, after);
	}
}

static void
compare_items(struct comparer *c, struct json_object *before, struct json_object *after)
{
	for (size_t i = 0; i < json_object_array_length(before); i++) {
		size_t len = c->pointer.len;

		json_pointer_add_index(&c->pointer, i);
		compare(
		    c, json_object_array_get_idx(before, i), json_object_array_get_idx(after, i));
		str_cut(&c->pointer, len);
	}
}

/* Goes down as long as both sides are alike in kind; a list that has become longer or shorter is told as a whole. */
static void
compare(struct comparer *c, struct json_object *before, struct json_object *after)
{
	if (json_same(before, after))
		return;
	if (are_both(before, after, json_type_object) && !is_sealed(before) && !is_sealed(after))
		compare_members(c, before, after);
	else if (are_both(before, after, json_type_array) &&
		 json_object_array_length(before) == json_object_array_length(after))
		compare_items(c, before, after);
	else
		tell(c, BEFORE | AFTER, before, after);
}

/* ---- resources ---- */

enum change { UNCHANGED, ADDED, REMOVED, CHANGED, CHANGES_N };

static const char *const change_names[CHANGES_N] = {
	[UNCHANGED] = "unchanged",
	[ADDED] = "added",
	[REMOVED] = "removed",
	[CHANGED] = "changed",
};

/* A whole resource: not told member by member. */
static void
tell_resource(struct comparer *c, struct json_object *told, const char *name, unsigned there,
    struct json_object *resource)
{
	json_set(told, name, json_object_get(resource));
	tell_patch(c, there, resource);
}

static enum change
compare_resource(struct comparer *c, const char *id, struct json_object *before,
    struct json_object *after, struct json_object *list)
{
	struct json_object *told = json_object_new_object();
	enum change         change = before == NULL ? ADDED : after == NULL ? REMOVED : CHANGED;
	size_t              len = c->pointer.len;

	json_set_str(told, "resource_id", id);
	json_set_str(told, "change", change_names[change]);
	json_set_str(told, "type", json_get_str(after != NULL ? after : before, "type"));
	json_pointer_add(&c->pointer, id);
	c->base = c->pointer.len;
	c->entries = json_object_new_array();
	if (change == ADDED)
		tell_resource(c, told, "after", AFTER, after);
	else if (change == REMOVED)
		tell_resource(c, told, "before", BEFORE, before);
	else
		compare(c, before, after);
	if (change == CHANGED && json_object_array_length(c->entries) == 0)
		change = UNCHANGED;
	if (change == CHANGED)
		json_set(told, "diff", json_object_get(c->entries));
	if (change != UNCHANGED)
		json_object_array_add(list, json_object_get(told));
	json_object_put(c->entries);
	json_object_put(told);
	c->entries = NULL;
	c->base = 0;
	str_cut(&c->pointer, len);
	return change;
}

static void
compare_resources(struct comparer *c, struct json_object *from, struct json_object *to,
    struct json_object *out, size_t counts[CHANGES_N])
{
	struct json_object *before = json_get_object(from, "resources");
	struct json_object *after = json_get_object(to, "resources");
	struct json_object *list = json_object_new_array();

	must(before != NULL);
	must(after != NULL);
	str_add(&c->pointer, "/resources");
	json_object_object_foreach (before, id, resource)
		counts[compare_resource(c, id, resource, json_get(after, id), list)]++;
	json_object_object_foreach (after, name, added) {
		if (!json_has(before, name))
			counts[compare_resource(c, name, NULL, added, list)]++;
	}
	str_clear(&c->pointer);
	json_set(out, "resources", list);
}

/* ---- edges ---- */

/* Those that the other side does not have; their order says nothing. */
static struct json_object *
edges_only_in(struct json_object *config, struct json_object *other)
{
	struct json_object *edges = json_get_array(config, "edges");
	struct json_object *others = json_get_array(other, "edges");
	struct json_object *only = json_object_new_array();
	size_t              n = edges != NULL ? json_object_array_length(edges) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *edge = json_object_array_get_idx(edges, i);

		if (!json_array_has(others, edge))
			json_object_array_add(only, json_object_get(edge));
	}
	return only;
}

/* Do they differ? */
static bool
compare_edges(struct json_object *from, struct json_object *to, struct json_object *out)
{
	struct json_object *edges = json_object_new_object();
	struct json_object *added = edges_only_in(to, from), *removed = edges_only_in(from, to);

	json_set(edges, "added", added);
	json_set(edges, "removed", removed);
	json_set(out, "edges", edges);
	return json_object_array_length(added) + json_object_array_length(removed) > 0;
}

/* ---- the rest ---- */

/* Of what is told elsewhere only the patch; resources are patched already. */
static void
compare_section(
    struct comparer *c, const char *key, struct json_object *from, struct json_object *to)
{
	struct json_object *told = c->entries;

	if (str_eq(key, "resources"))
		return;
	if (str_eq(key, "edges") || str_eq(key, "version"))
		c->entries = json_object_new_array();
	compare_member(c, key, from, to);
	if (c->entries != told)
		json_object_put(c->entries);
	c->entries = told;
}

static void
compare_rest(struct comparer *c, struct json_object *from, struct json_object *to)
{
	json_object_object_foreach (from, key, value) {
		(void)value;
		compare_section(c, key, from, to);
	}
	json_object_object_foreach (to, name, added) {
		(void)added;
		if (!json_has(from, name))
			compare_section(c, name, from, to);
	}
}

struct json_object *
compare_configs(struct json_object *from, struct json_object *to)
{
	struct comparer     c = { .patch = json_object_new_array() };
	struct json_object *out = json_object_new_object();
	struct json_object *summary = json_object_new_object();
	size_t              counts[CHANGES_N] = { 0 };
	bool                differs;

	str_init(&c.pointer, POINTER_MAX);
	json_set_bool(out, "same", false); /* comes first, and is known last */
	json_set(out, "summary", summary);
	compare_resources(&c, from, to, out, counts);
	differs = compare_edges(from, to, out);
	c.entries = json_object_new_array();
	compare_rest(&c, from, to);
	differs |= json_object_array_length(c.entries) > 0;
	for (int change = ADDED; change < CHANGES_N; change++) {
		json_set_i64(summary, change_names[change], (int64_t)counts[change]);
		differs |= counts[change] > 0;
	}
	json_set_i64(summary, change_names[UNCHANGED], (int64_t)counts[UNCHANGED]);
	json_set(out, "config", c.entries);
	json_set(out, "patch", c.patch);
	json_set_bool(out, "same", !differs);
	str_fini(&c.pointer);
	return out;
}
