/* SPDX-License-Identifier: Apache-2.0
 * tags.c - the user's, and ours, which say whose it is and what it was last brought to. */
#include "engine/tags.h"

#include "engine/decide.h"
#include "engine/node.h"
#include "engine/work.h"
#include "plan/diff.h"
#include "plan/user_tags.h"
#include "util/json.h"

/* ---- wanted ---- */

static void
want(struct work *work, struct json_object *tags, bool restores)
{
	json_object_put(work->tags);
	work->tags = tags;
	work->restores = restores;
}

void
tags_want(struct node *node, struct json_object *found)
{
	const struct spec_node *spec = node_spec(node);

	want(node->work, user_tags_wanted(spec->tags, spec->ignore, found), false);
}

/* What can't be read back was not put back: then it was last brought to what it is now. */
void
tags_restore(struct node *node)
{
	const struct spec_node *spec = node_spec(node);
	struct json_object     *before = json_object_new_object(), *users, *all;

	if (node->before_tags == NULL) {
		json_object_put(before);
		return;
	}
	json_set(before, "tags", json_object_get(node->before_tags));
	users = user_tags_found(before);
	all = user_tags_wanted(users, spec->ignore, node->work->found);
	json_object_object_foreach (node->before_tags, key, value) {
		if (str_starts(key, IDENTITY_TAGS))
			json_set(all, key, json_object_get(value));
	}
	if (node->final != NULL && json_has(all, IDENTITY_HASH_TAG))
		json_set_str(all, IDENTITY_HASH_TAG, spec->hash);
	want(node->work, all, true);
	json_object_put(users);
	json_object_put(before);
}

/* ---- those of ours ---- */

bool
tags_are_anothers(const struct node *node)
{
	struct json_object *tags = json_get_object(node->work->found, "tags");

	return decide_operation(node) == SPEC_ADOPT && tags != NULL &&
	       !identity_owns(&node->work->identity, tags);
}

static void
compare_tag(struct diff *diff, const char *key, const char *want, struct json_object *tags)
{
	struct json_object *text = want != NULL ? json_object_new_string(want) : NULL;

	diff_tag(diff, key, text, json_get(tags, key));
	json_object_put(text);
}

/* Is it enough that it is there? Which graph and edge changes with every version of the config, and the hash tells nothing
 * where it is known what differs. What is another's is not ours by any of them. */
static bool
may_differ(const char *key, bool is_anothers)
{
	return !is_anothers && !str_eq(key, IDENTITY_RESOURCE_TAG) &&
	       !str_eq(key, IDENTITY_PROTECT_TAG);
}

/* One is gone, or says another name. Or the hash of what was applied differs: it was cut short before it was told, or what changed
 * can't be read back. An update without changes writes them. */
static void
compare_ours(const struct node *node, struct diff *diff, struct json_object *tags)
{
	const struct spec_node *spec = node_spec(node);
	struct json_object     *ours = identity_tags(&node->work->identity, NULL);
	bool                    is_anothers = tags_are_anothers(node);

	json_object_object_foreach (ours, key, value) {
		if (!json_has(tags, key) || !may_differ(key, is_anothers))
			diff_tag(diff, key, value, json_get(tags, key));
	}
	if (!spec->protect)
		compare_tag(diff, IDENTITY_PROTECT_TAG, NULL, tags);
	if (diff_is_empty(diff))
		compare_tag(diff, IDENTITY_HASH_TAG, spec->hash, tags);
	json_object_put(ours);
}

/* Each that we may have set, whoever has it now. */
static struct json_object *
all_of_ours(const struct work *work)
{
	struct identity identity = work->identity;

	identity.protect = true;
	return identity_tags(&identity, NULL);
}

static void
compare_restored(const struct work *work, struct diff *diff, struct json_object *tags)
{
	struct json_object *ours = all_of_ours(work);

	json_object_object_foreach (ours, key, unused) {
		(void)unused;
		diff_tag(diff, key, json_get(work->tags, key), json_get(tags, key));
	}
	json_object_put(ours);
}

/* ---- all of them ---- */

static void
compare_users(const struct work *work, struct diff *diff, struct json_object *found)
{
	struct json_object *have = user_tags_found(found), *tags = json_get_object(found, "tags");

	json_object_object_foreach (work->tags, key, value) {
		if (!str_starts(key, IDENTITY_TAGS))
			diff_tag(diff, key, value, json_get(tags, key));
	}
	json_object_object_foreach (have, other, is) {
		if (!json_has(work->tags, other))
			diff_tag(diff, other, NULL, is);
	}
	json_object_put(have);
}

void
tags_compare(const struct node *node, struct diff *diff, struct json_object *found)
{
	struct json_object *tags = json_get_object(found, "tags");

	if (tags == NULL)
		return;
	compare_users(node->work, diff, found);
	if (node->work->restores)
		compare_restored(node->work, diff, tags);
	else
		compare_ours(node, diff, tags);
}

/* What is ours stays so, also if not all of its tags said it. What was another's is theirs again, or nobody's. */
static bool
is_kept(const struct work *work, const char *key)
{
	return work->act != PLAN_ADOPT && !str_eq(key, IDENTITY_HASH_TAG) &&
	       !str_eq(key, IDENTITY_PROTECT_TAG);
}

struct json_object *
tags_before(const struct work *work)
{
	struct json_object *tags = json_get_object(work->found, "tags"), *all, *ours;

	if (tags == NULL)
		return NULL;
	all = user_tags_found(work->found);
	ours = all_of_ours(work);
	json_object_object_foreach (ours, key, value) {
		struct json_object *was = json_get(tags, key);

		if (was != NULL || is_kept(work, key))
			json_set(all, key, json_object_get(was != NULL ? was : value));
	}
	json_object_put(ours);
	return all;
}
