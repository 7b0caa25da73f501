/* SPDX-License-Identifier: Apache-2.0
 * saved.c - hashes of what was seen, and their comparison. */
#include "plan/saved.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/diff.h"
#include "plan/equal.h"
#include "plan/user_tags.h"
#include "provider/unseal.h"
#include "util/digest.h"
#include "util/json.h"
#include "util/mem.h"

#define KEY_SIZE       128
#define TEXT_MAX       (64u * 1024 * 1024)
#define SHORT_HEX      8  /* tells which property has changed, */
#define LONG_HEX       32 /* and that one has */
#define ALL            "" /* the hash of the rest of a print; no property has no name */
#define ID             "/id"
#define TAG            "/tags/"
#define NAMES_TOLD_MAX 3

/* ---- hashes ---- */

static struct json_object *
hash_of(struct json_object *value, size_t hex)
{
	char       text[DIGEST_SHA256_HEX];
	struct str canonical;

	str_init(&canonical, TEXT_MAX);
	json_canonical(value, &canonical);
	digest_sha256_hex(canonical.data, canonical.len, text);
	str_fini(&canonical);
	return json_object_new_string_len(text, (int)hex);
}

static void
key_of(const struct graph *graph, size_t vertex, char key[KEY_SIZE])
{
	int len = snprintf(key, KEY_SIZE, "%s@%s", graph_node(graph, vertex)->node_id,
	    graph_region(graph, vertex));

	must(len > 0 && len < KEY_SIZE);
}

/* ---- what is compared of what was found ---- */

static struct json_object *compared(const struct equal *equal, struct json_object *schema,
    struct json_object *want, struct json_object *have);

static int
by_text(const void *a, const void *b)
{
	return strcmp(
	    json_text(*(struct json_object *const *)a), json_text(*(struct json_object *const *)b));
}

/* Of a set, the order says nothing. */
static struct json_object *
sorted(struct json_object *list)
{
	struct json_object *copy = json_copy(list);

	json_object_array_sort(copy, by_text);
	return copy;
}

static bool
is_compared(const struct equal *equal, struct json_object *schema, struct json_object *want,
    const char *key)
{
	struct json_object *inner = equal_member(equal, schema, key);

	if (equal_says(equal, inner, "writeOnly") || holds_sealed(json_get(want, key)))
		return false;
	return json_has(want, key) || equal_default(equal, inner) != NULL;
}

/* Where the schema names its members, a server may add more. */
static struct json_object *
members_of(const struct equal *equal, struct json_object *schema, struct json_object *want,
    struct json_object *have)
{
	struct json_object *named = json_get_object(equal_schema(equal, schema), "properties");
	struct json_object *copy = json_object_new_object();

	json_object_object_foreach (have, key, value) {
		bool all = named == NULL && !equal_says(equal, schema, "x-more");

		if (all || is_compared(equal, schema, want, key))
			json_set(copy, key,
			    compared(equal, equal_member(equal, schema, key), json_get(want, key),
				value));
	}
	return copy;
}

/* `want` is as the config has it: a reference there stands for whatever there is. */
static struct json_object *
compared(const struct equal *equal, struct json_object *schema, struct json_object *want,
    struct json_object *have)
{
	bool goes_down = json_object_is_type(have, json_type_object) &&
			 (want == NULL || json_object_is_type(want, json_type_object)) &&
			 !equal_says(equal, schema, "x-document");

	if (goes_down)
		return members_of(equal, schema, want, have);
	if (json_object_is_type(have, json_type_array) && equal_says(equal, schema, "x-set"))
		return sorted(have);
	return json_copy(have);
}

/* Takes it over, and gives it back, or a copy. */
static struct json_object *
without_ignored(struct json_object *document, const struct spec_node *node)
{
	return node->ignore != NULL ? diff_ignore(document, NULL, node->ignore) : document;
}

static void
print_properties(struct json_object *print, const struct spec_node *node, struct json_object *found)
{
	const struct equal  equal = { .root = node->type->properties };
	struct json_object *have = json_copy(json_get_object(found, "properties")), *all;

	if (have == NULL)
		return;
	have = without_ignored(have, node);
	all = members_of(&equal, equal.root, node->properties, have);
	json_object_object_foreach (all, key, value)
		json_set(print, key, hash_of(value, SHORT_HEX));
	json_object_put(all);
	json_object_put(have);
}

/* Which graph and edge it was last brought to is compared by nobody. */
static bool
is_standard_compared(const char *key)
{
	return str_starts(key, IDENTITY_TAGS) && !str_eq(key, IDENTITY_GRAPH_TAG) &&
	       !str_eq(key, IDENTITY_EDGE_TAG);
}

static void
print_tag(struct json_object *print, const char *key, struct json_object *value)
{
	struct str name;

	str_init(&name, TEXT_MAX);
	str_addf(&name, TAG "%s", key);
	json_set(print, name.data, hash_of(value, SHORT_HEX));
	str_fini(&name);
}

static void
print_users(struct json_object *print, const struct spec_node *node, struct json_object *found)
{
	struct json_object *users = user_tags_compared(found, node->ignore);

	json_object_object_foreach (users, key, value)
		print_tag(print, key, value);
	json_object_put(users);
}

/* All that an update writes or removes. */
static void
print_tags(struct json_object *print, const struct spec_node *node, struct json_object *found)
{
	struct json_object *tags = json_get_object(found, "tags");

	if (tags == NULL)
		return;
	print_users(print, node, found);
	json_object_object_foreach (tags, key, value) {
		if (is_standard_compared(key))
			print_tag(print, key, value);
	}
}

/* NULL: nothing was found. */
static struct json_object *
print_of(const struct spec_node *node, struct json_object *found)
{
	struct json_object *print;

	if (found == NULL)
		return NULL;
	print = json_object_new_object();
	json_set(print, ID, hash_of(json_get(found, "id"), SHORT_HEX));
	print_properties(print, node, found);
	print_tags(print, node, found);
	json_set(print, ALL, hash_of(print, LONG_HEX));
	return print;
}

/* NULL: what is wanted makes no difference. */
static struct json_object *
wanted_of(const struct spec_node *node, enum plan_act act, struct json_object *desired)
{
	bool writes =
	    plan_act_creates(act) || act == PLAN_UPDATE || act == PLAN_REPLACE || act == PLAN_ADOPT;
	struct json_object *copy, *hash;

	if (!writes || desired == NULL)
		return NULL;
	copy = json_copy(desired);
	copy = without_ignored(copy, node);
	hash = hash_of(copy, LONG_HEX);
	json_object_put(copy);
	return hash;
}

/* ---- making ---- */

static struct json_object *
node_of(const struct spec_node *node, const struct plan_action *action)
{
	struct json_object *json = json_object_new_object();
	struct json_object *print = print_of(node, action->found);
	struct json_object *wanted =
	    action->open ? NULL : wanted_of(node, action->act, action->desired);

	json_set_str(json, "operation", plan_act_name(action->act));
	if (print != NULL)
		json_set(json, "found", print);
	if (wanted != NULL)
		json_set(json, "wanted", wanted);
	return json;
}

/* What was looked at in vain is in it as not decided. */
static struct json_object *
nodes_of(const struct graph *graph, const struct plan_action *actions)
{
	struct json_object *nodes = json_object_new_object();
	char                key[KEY_SIZE];

	for (size_t v = 0; v < graph->n; v++) {
		struct plan_action action = actions[v];

		if (action.skipped)
			continue;
		if (action.error != NULL)
			action = (struct plan_action){ .act = PLAN_UNDECIDED };
		key_of(graph, v, key);
		json_set(nodes, key, node_of(graph_node(graph, v), &action));
	}
	return nodes;
}

struct json_object *
saved_make(const struct graph *graph, const struct plan_action *actions, const struct spec *base,
    const struct saved_choice *choice)
{
	struct json_object *saved = json_object_new_object();

	json_set_str(saved, "graph_id", graph->spec->graph_id);
	json_set_str(saved, "base", base != NULL ? base->graph_id : "");
	if (choice->only != NULL)
		json_set(saved, "only", json_object_get(choice->only));
	if (choice->except != NULL)
		json_set(saved, "except", json_object_get(choice->except));
	json_set(saved, "nodes", nodes_of(graph, actions));
	json_set(saved, "plan_id", hash_of(saved, SAVED_ID_SIZE - 1));
	return saved;
}

const char *
saved_id(struct json_object *saved)
{
	return json_get_str(saved, "plan_id");
}

bool
saved_is_of_base(struct json_object *saved, const struct spec *base)
{
	const char *id = base != NULL ? base->graph_id : "";

	return str_eq(id, json_get_str(saved, "base")) ||
	       str_eq(id, json_get_str(saved, "graph_id"));
}

/* ---- holding ---- */

/* NULL: there is none, and `why` says so. */
static struct json_object *
part_of(struct json_object *saved, const struct graph *graph, size_t vertex, struct str *why)
{
	struct json_object *nodes = json_get_object(saved, "nodes");
	char                key[KEY_SIZE];
	struct json_object *part;

	key_of(graph, vertex, key);
	part = json_get_object(nodes, key);
	if (nodes == NULL)
		str_add(why, "the plan is no longer kept");
	else if (part == NULL)
		str_add(why, "it is not in the plan");
	return part;
}

/* "/tags/env" is the tag env; a property is called by its name. */
static void
add_changed(struct str *why, const char *name, size_t n)
{
	if (n >= NAMES_TOLD_MAX)
		return;
	str_add(why, n > 0 ? ", " : "");
	if (str_starts(name, TAG))
		str_addf(why, "the tag %s", name + strlen(TAG));
	else
		str_add(why, str_eq(name, ID) ? "which one it is" : name);
}

/* In either of the two, and not the same in the other. */
static size_t
add_others(struct str *why, struct json_object *of, struct json_object *other, bool both, size_t n)
{
	json_object_object_foreach (of, name, value) {
		bool differs =
		    json_has(other, name) ? both && !json_same(value, json_get(other, name)) : true;

		if (differs && *name != '\0')
			add_changed(why, name, n++);
	}
	return n;
}

static void
say_changed(struct str *why, struct json_object *then, struct json_object *now)
{
	size_t n;

	if (then == NULL || now == NULL) {
		str_add(why, now != NULL ? "it was not there when the plan was made, and it is now"
					 : "it was there when the plan was made, and it is gone");
		return;
	}
	str_add(why, "since the plan was made, ");
	n = add_others(why, now, then, true, 0);
	n = add_others(why, then, now, false, n);
	if (n > NAMES_TOLD_MAX)
		str_addf(why, " and %zu more", n - NAMES_TOLD_MAX);
	str_add(why, n > 1 ? " have changed" : " has changed");
}

bool
saved_is_found(struct json_object *saved, const struct graph *graph, size_t vertex,
    struct json_object *found, struct str *why)
{
	struct json_object *part = part_of(saved, graph, vertex, why);
	struct json_object *then = json_get_object(part, "found");
	struct json_object *now;
	bool                same;

	if (part == NULL)
		return false;
	if (plan_act_from(json_get_str(part, "operation")) == PLAN_UNDECIDED) {
		str_add(why, "the plan could not say what is to be done about it");
		return false;
	}
	now = print_of(graph_node(graph, vertex), found);
	same =
	    json_same(json_get(then, ALL), json_get(now, ALL)) && (then == NULL) == (now == NULL);
	if (!same)
		say_changed(why, then, now);
	json_object_put(now);
	return same;
}

bool
saved_is_act(struct json_object *saved, const struct graph *graph, size_t vertex, enum plan_act act,
    struct json_object *desired, struct str *why)
{
	struct json_object *part = part_of(saved, graph, vertex, why);
	struct json_object *wanted = json_get(part, "wanted"), *hash;
	const char         *then = json_get_str(part, "operation");
	bool                same;

	if (part == NULL)
		return false;
	if (act == PLAN_NO_OP) /* what it refers to has made it unnecessary on the way */
		return true;
	if (!str_eq(then, plan_act_name(act))) {
		str_addf(
		    why, "the plan says %s, and by now it would be %s", then, plan_act_name(act));
		return false;
	}
	if (wanted == NULL)
		return true;
	hash = wanted_of(graph_node(graph, vertex), act, desired);
	same = json_same(wanted, hash);
	json_object_put(hash);
	if (!same)
		str_add(why, "what it refers to is not what it was when the plan was made");
	return same;
}
