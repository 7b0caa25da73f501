/* SPDX-License-Identifier: Apache-2.0
 * keys.c - what each is called: as its tags say, or after what it hangs on and its own key. */
#include <stdio.h>
#include <string.h>

#include "discover/entry.h"
#include "util/json.h"
#include "util/str.h"

#define OLD_SUFFIX  "--old"
#define WARNING_MAX 1024
#define TELLING_LEN 8 /* shorter texts are alike by chance */

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

/* How many others name what it gives. */
static size_t
referrers(const struct entry *entries, size_t n, const struct entry *of)
{
	const char *text =
	    json_get_str(json_get_object(of->item->found, "outputs"), of->item->type->reference);
	size_t count = 0;

	for (size_t i = 0; i < n && text != NULL && strlen(text) >= TELLING_LEN; i++) {
		struct json_object *read = json_get_object(entries[i].item->found, "properties");

		count += &entries[i] != of && entries[i].item->parent != (size_t)(of - entries) &&
			 read != NULL && strstr(json_text(read), text) != NULL;
	}
	return count;
}

/* Which of two it is: the one with the node id that the name has by itself, else the one that others refer to. Which was made
 * later is in no tag, so it may be that nobody can tell: 0. */
static int
compare(const struct entry *a, const struct entry *b, const struct entry *entries,
    const struct rebuilding *r)
{
	char   own[OBJ_ID_SIZE];
	size_t a_by, b_by;
	bool   a_own, b_own;

	spec_node_id(r->tenant, r->deployment_id, a->key, own);
	a_own = str_eq(tag(a, IDENTITY_NODE_TAG), own);
	b_own = str_eq(tag(b, IDENTITY_NODE_TAG), own);
	if (a_own != b_own)
		return a_own ? 1 : -1;
	a_by = referrers(entries, r->n, a);
	b_by = referrers(entries, r->n, b);
	return (a_by > b_by) - (a_by < b_by);
}

static void
settle(struct entry *entries, struct entry *a, struct entry *b, const struct rebuilding *r)
{
	int           which = compare(a, b, entries, r);
	struct entry *old = which < 0 ? a : b;
	struct str    text;

	old->is_old = true;
	old->is_unsure = which == 0;
	str_init(&text, WARNING_MAX);
	str_addf(&text, "%s is there twice: %s is taken for the one that %s", old->key,
	    json_get_str(old->item->found, "id"),
	    old->is_unsure ? "is to go, but nobody can tell: it is not in the config" : "is to go");
	json_object_array_add(r->warnings, json_string(text.data, text.len));
	str_fini(&text);
}

static bool
is_same_resource(const struct entry *a, const struct entry *b)
{
	return a->item->tags != NULL && b->item->tags != NULL && strcmp(a->key, b->key) == 0 &&
	       (same_place(a, b) || !str_eq(tag(a, IDENTITY_NODE_TAG), tag(b, IDENTITY_NODE_TAG)));
}

static void
find_old(struct entry *entries, const struct rebuilding *r)
{
	for (size_t i = 0; i < r->n; i++) {
		for (size_t j = i + 1; j < r->n && !entries[i].is_old; j++) {
			if (!entries[j].is_old && is_same_resource(&entries[i], &entries[j]))
				settle(entries, &entries[i], &entries[j], r);
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
	const char         *key = NULL, *last = NULL;

	for (size_t i = 0; i < json_object_array_length(names); i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(names, i));

		if (!json_has(parent, name) && json_get_str(item->wanted, name) != NULL)
			key = json_get_str(item->wanted, name);
	}
	/* Of an ARN or a URL, what it ends with. */
	for (const char *at = key; key != NULL && strchr(key, ':') != NULL && *at != '\0'; at++) {
		if ((*at == '/' || *at == ':') && at[1] != '\0')
			last = at + 1;
	}
	key = last != NULL ? last : key;
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
	entry->is_unsure = parent->is_unsure;
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
