/* SPDX-License-Identifier: Apache-2.0
 * keys.c - what each is called: as its tags say, or after what it hangs on and its own key. */
#include <stdio.h>
#include <string.h>

#include "discover/entry.h"
#include "util/json.h"
#include "util/str.h"

#define OLD_SUFFIX "--old"

static const char *
tag(const struct entry *entry, const char *name)
{
	return json_get_str(entry->item->tags, name);
}

static bool
same_place(const struct entry *a, const struct entry *b)
{
	return strcmp(a->item->region, b->item->region) == 0 &&
	       strcmp(a->item->account, b->item->account) == 0;
}

/* ---- of two of one name ---- */

static size_t
votes(const struct entry *entries, size_t n, const char *graph_id)
{
	size_t count = 0;

	for (size_t i = 0; i < n && graph_id != NULL; i++)
		count += tag(&entries[i], IDENTITY_GRAPH_TAG) != NULL &&
			 str_eq(tag(&entries[i], IDENTITY_GRAPH_TAG), graph_id);
	return count;
}

/* The one with the node id that the name has by itself; else the one of the graph that most others are of. */
static bool
is_better(const struct entry *a, const struct entry *b, const struct entry *entries,
    const struct rebuilding *r)
{
	char own[OBJ_ID_SIZE];
	bool a_own, b_own;

	spec_node_id(r->tenant, r->deployment_id, a->key, own);
	a_own = str_eq(tag(a, IDENTITY_NODE_TAG), own);
	b_own = str_eq(tag(b, IDENTITY_NODE_TAG), own);
	if (a_own != b_own)
		return a_own;
	return votes(entries, r->n, tag(a, IDENTITY_GRAPH_TAG)) >
	       votes(entries, r->n, tag(b, IDENTITY_GRAPH_TAG));
}

static void
find_old(struct entry *entries, const struct rebuilding *r)
{
	for (size_t i = 0; i < r->n; i++) {
		for (size_t j = i + 1; j < r->n && !entries[i].is_old; j++) {
			struct entry *a = &entries[i], *b = &entries[j];

			if (b->is_old || a->item->tags == NULL || b->item->tags == NULL ||
			    strcmp(a->key, b->key) != 0 ||
			    (same_place(a, b) == 0 &&
				str_eq(tag(a, IDENTITY_NODE_TAG), tag(b, IDENTITY_NODE_TAG))))
				continue;
			*(is_better(b, a, entries, r) ? &a->is_old : &b->is_old) = true;
		}
	}
}

static bool
is_taken(const struct entry *entries, size_t n, const struct entry *self, const char *key)
{
	for (size_t i = 0; i < n; i++) {
		if (&entries[i] != self && strcmp(entries[i].key, key) == 0)
			return true;
	}
	return false;
}

/* "web--old", "web--old-2": the name is cut where it would be too long. */
static void
name_apart(struct entry *entries, size_t n, struct entry *entry, const char *suffix)
{
	char base[ENTRY_KEY_SIZE], key[2 * ENTRY_KEY_SIZE], behind[32];

	memcpy(base, entry->key, sizeof(base));
	for (unsigned i = 1; i == 1 || is_taken(entries, n, entry, key); i++) {
		snprintf(behind, sizeof(behind), i > 1 ? "%s-%u" : "%s", suffix, i);
		snprintf(key, sizeof(key), "%.*s%s", (int)(ENTRY_KEY_SIZE - 1 - strlen(behind)),
		    base, behind);
	}
	memcpy(entry->key, key, strlen(key) + 1);
}

/* ---- children ---- */

static void
add_plain(struct str *out, const char *text)
{
	for (; *text != '\0'; text++) {
		bool plain = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ||
			     (*text >= '0' && *text <= '9') || *text == '_';

		if (plain)
			str_add_char(out, *text);
		else if (out->len > 0 && out->data[out->len - 1] != '-')
			str_add_char(out, '-');
	}
	while (out->len > 0 && out->data[out->len - 1] == '-')
		str_cut(out, out->len - 1);
}

/* What tells it from others below its parent: the last of what it is found by, as far as the parent does not say it. */
static const char *
own_key(const struct discovered *item)
{
	struct json_object *parent = json_get_object(
	    json_get_object(json_get_object(item->type->file, "identity"), "parent"), "properties");
	struct json_object *names = resource_type_identity_properties(item->type);
	const char         *key = NULL, *slash;

	for (size_t i = 0; i < json_object_array_length(names); i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(names, i));

		if (!json_has(parent, name) && json_get_str(item->wanted, name) != NULL)
			key = json_get_str(item->wanted, name);
	}
	if (key != NULL && strchr(key, ':') != NULL && (slash = strrchr(key, '/')) != NULL)
		key = slash + 1; /* of an ARN, what it ends with */
	return key != NULL ? key : strrchr(item->type->name, ':') + 1;
}

static bool
is_same_child(const struct entry *a, const struct entry *b)
{
	return a->item->type == b->item->type && !same_place(a, b) &&
	       str_eq(own_key(a->item), own_key(b->item));
}

static void
name_child(struct entry *entries, struct entry *entry, const struct entry *parent)
{
	struct str key;
	size_t     at = (size_t)(entry - entries);

	str_init(&key, 1024);
	str_addf(&key, "%s-", parent->key);
	add_plain(&key, own_key(entry->item));
	snprintf(entry->key, sizeof(entry->key), "%.*s", ENTRY_KEY_SIZE - 1, key.data);
	str_fini(&key);
	entry->is_old = parent->is_old;
	for (size_t i = 0; i < at; i++) {
		if (strcmp(entries[i].key, entry->key) != 0 || is_same_child(&entries[i], entry))
			continue;
		name_apart(entries, at, entry, "");
		break;
	}
}

/* ---- all ---- */

void
entries_name(struct entry *entries, const struct rebuilding *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const char *id = r->items[i].resource_id[0] != '\0'
				     ? r->items[i].resource_id
				     : json_get_str(r->items[i].tags, IDENTITY_RESOURCE_TAG);

		entries[i].item = &r->items[i];
		snprintf(entries[i].key, sizeof(entries[i].key), "%s", id != NULL ? id : "");
	}
	if (!r->adopts)
		find_old(entries, r);
	for (size_t i = 0; i < r->n; i++) {
		if (entries[i].is_old)
			name_apart(entries, r->n, &entries[i], OLD_SUFFIX);
	}
	for (size_t i = 0; i < r->n; i++) {
		if (entries[i].key[0] == '\0' && r->items[i].parent != DISCOVERED_NO_PARENT)
			name_child(entries, &entries[i], &entries[r->items[i].parent]);
	}
}
