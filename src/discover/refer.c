/* SPDX-License-Identifier: Apache-2.0
 * refer.c - a value that another resource gives is a reference to that, unless two would then wait for each other. */
#include <stdlib.h>
#include <string.h>

#include "discover/entry.h"
#include "plan/reference.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define TEXT_MAX  (1024 * 1024)
#define LEAST_LEN 8 /* shorter texts are alike by chance */

/* What gives what, and who refers to whom so far. */
struct referring {
	struct entry       *entries;
	size_t              n;
	struct json_object *givers; /* text -> array of places in `entries` */
	struct json_object *links;  /* name -> object of the names that it refers to */
	struct entry       *at;     /* whose properties are looked through */
};

/* ---- what is given ---- */

/* What a bare reference means, and what has its like nowhere else. */
static bool
is_telling(const struct resource_type *type, const char *output, const char *text)
{
	return strlen(text) >= LEAST_LEN &&
	       (str_eq(output, type->reference) || str_starts(text, "arn:") || strstr(text, "://"));
}

static void
add_giver(struct referring *r, const char *text, size_t place)
{
	struct json_object *places = json_get(r->givers, text);

	if (places == NULL) {
		places = json_object_new_array();
		json_set(r->givers, text, places);
	}
	json_object_array_add(places, json_object_new_int64((int64_t)place));
}

static void
list_givers(struct referring *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct entry *entry = &r->entries[i];
		struct json_object *outputs = json_get_object(entry->item->found, "outputs");

		if (entry->is_old || outputs == NULL)
			continue;
		json_object_object_foreach (outputs, name, value) {
			if (json_object_is_type(value, json_type_string) &&
			    is_telling(entry->item->type, name, json_object_get_string(value)))
				add_giver(r, json_object_get_string(value), i);
		}
	}
}

/* ---- who refers to whom ---- */

static struct json_object *
links_of(struct referring *r, const char *key)
{
	struct json_object *links = json_get(r->links, key);

	if (links == NULL) {
		links = json_object_new_object();
		json_set(r->links, key, links);
	}
	return links;
}

/* Is there a way from one to the other already? */
static bool
leads_to(struct referring *r, const char *from, const char *to)
{
	struct json_object *seen = json_object_new_object();
	const char        **stack = xcalloc(r->n + 1, sizeof(*stack));
	size_t              depth = 0;
	bool                found = false;

	stack[depth++] = from;
	json_set_bool(seen, from, true);
	while (depth > 0 && !found) {
		struct json_object *links = json_get_object(r->links, stack[--depth]);

		if (links == NULL)
			continue;
		json_object_object_foreach (links, next, unused) {
			(void)unused;
			found = found || strcmp(next, to) == 0;
			if (json_has(seen, next))
				continue;
			json_set_bool(seen, next, true);
			stack[depth++] = next;
		}
	}
	free(stack);
	json_object_put(seen);
	return found;
}

static bool
may_refer(struct referring *r, const struct entry *to)
{
	const char *from = r->at->key;

	if (strcmp(from, to->key) == 0 || strcmp(r->at->item->account, to->item->account) != 0)
		return false;
	if (json_has(json_get_object(r->links, from), to->key))
		return true;
	return !leads_to(r, to->key, from);
}

/* ---- one value ---- */

static const char *
output_of(const struct entry *entry, const char *text)
{
	struct json_object *outputs = json_get_object(entry->item->found, "outputs");
	const char         *found = NULL;

	json_object_object_foreach (outputs, name, value) {
		if (!json_object_is_type(value, json_type_string) ||
		    strcmp(json_object_get_string(value), text) != 0)
			continue;
		if (found == NULL || str_eq(name, entry->item->type->reference))
			found = name;
	}
	return found;
}

/* Where a reference leads: the same region, else to what is global, else to the first region. */
static bool
is_reached(const struct referring *r, const struct entry *to)
{
	const char *region = r->at->item->region;

	return strcmp(to->item->region, region) == 0 || to->item->region[0] == '\0' ||
	       region[0] == '\0';
}

static const struct entry *
giver_of(struct referring *r, const char *text)
{
	struct json_object *places = json_get(r->givers, text);
	size_t              n = places != NULL ? json_object_array_length(places) : 0;
	const struct entry *found = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct entry *entry =
		    &r->entries[json_object_get_int64(json_object_array_get_idx(places, i))];

		if (is_reached(r, entry) && may_refer(r, entry) &&
		    (found == NULL || (found->item->tags == NULL && entry->item->tags != NULL)))
			found = entry;
	}
	return found;
}

static struct json_object *
reference_to(struct referring *r, const struct entry *to, const char *output)
{
	struct str          text;
	struct json_object *string;

	json_set_bool(links_of(r, r->at->key), to->key, true);
	str_init(&text, TEXT_MAX);
	str_addf(&text, "@%s.%s", to->key, output);
	string = json_string(text.data, text.len);
	str_fini(&text);
	return string;
}

/* Text that looks like a reference and is none. */
static struct json_object *
plain(const char *text, size_t len)
{
	struct str          out;
	struct json_object *string;

	str_init(&out, 2 * len + 2);
	reference_add_text(&out, text, len);
	string = reference_end(&out);
	str_fini(&out);
	return string;
}

static struct json_object *
refer_text(struct referring *r, struct json_object *string)
{
	const char         *text = json_object_get_string(string);
	const struct entry *giver = r->at->is_old ? NULL : giver_of(r, text);

	if (giver != NULL)
		return reference_to(r, giver, output_of(giver, text));
	return plain(text, (size_t)json_object_get_string_len(string));
}

/* As deep as JSON is. */
static struct json_object *
refer_value(struct referring *r, struct json_object *value)
{
	struct json_object *out;

	if (json_object_is_type(value, json_type_string))
		return refer_text(r, value);
	if (json_object_is_type(value, json_type_array)) {
		out = json_object_new_array();
		for (size_t i = 0; i < json_object_array_length(value); i++)
			json_object_array_add(
			    out, refer_value(r, json_object_array_get_idx(value, i)));
		return out;
	}
	if (!json_object_is_type(value, json_type_object))
		return json_object_get(value);
	out = json_object_new_object();
	json_object_object_foreach (value, key, member)
		json_set(out, key, refer_value(r, member));
	return out;
}

/* ---- all ---- */

/* What hangs on another one says so first, whatever the value looks like. */
static void
refer_to_parent(struct referring *r)
{
	const struct discovered *item = r->at->item;
	struct json_object      *from = json_get_object(
		 json_get_object(json_get_object(item->type->file, "identity"), "parent"), "properties");
	const struct entry *parent;

	if (item->parent == DISCOVERED_NO_PARENT || from == NULL)
		return;
	parent = &r->entries[item->parent];
	json_object_object_foreach (from, name, of) {
		const char *output = json_object_get_string(of);

		if (json_has(json_get_object(parent->item->found, "outputs"), output) &&
		    !parent->is_old)
			json_set(r->at->properties, name, reference_to(r, parent, output));
	}
}

static bool
is_from_parent(const struct entry *entry, const char *name)
{
	struct json_object *identity = json_get_object(entry->item->type->file, "identity");

	return entry->item->parent != DISCOVERED_NO_PARENT &&
	       json_has(json_get_object(json_get_object(identity, "parent"), "properties"), name);
}

void
entries_refer(struct entry *entries, size_t n)
{
	struct referring r = { entries, n, json_object_new_object(), json_object_new_object(),
		NULL };

	list_givers(&r);
	for (size_t i = 0; i < n; i++) {
		struct json_object *before = entries[i].properties;

		r.at = &entries[i];
		r.at->properties = json_object_new_object();
		json_object_object_foreach (before, name, value) {
			json_set(r.at->properties, name,
			    is_from_parent(r.at, name) ? json_object_get(value)
						       : refer_value(&r, value));
		}
		refer_to_parent(&r);
		json_object_put(before);
	}
	json_object_put(r.givers);
	json_object_put(r.links);
}
