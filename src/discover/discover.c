/* SPDX-License-Identifier: Apache-2.0
 * discover.c - account by account and region by region: what has the tags. */
#include "discover/discover.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "discover/inside.h"
#include "plan/spec.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define WARNING_MAX 1024
#define KEY_MAX     4096

/* A question about a place as a whole. */
struct place_ask {
	struct ask        ask;
	struct discovery *d;
	struct place      place;
	char              region[LOCATE_REGION_SIZE];
};

/* ---- what is shared ---- */

void
discovery_warn(struct discovery *d, const char *fmt, ...)
{
	char    text[WARNING_MAX];
	va_list args;

	va_start(args, fmt);
	str_vformat(text, sizeof(text), fmt, args);
	va_end(args);
	json_object_array_add(d->warnings, json_string(text, strlen(text)));
}

bool
discovery_meets(struct discovery *d, const char *const *names, size_t n)
{
	struct str key;
	bool       is_new;

	str_init(&key, KEY_MAX);
	for (size_t i = 0; i < n; i++) {
		str_add(&key, names[i] != NULL ? names[i] : "");
		str_add_char(&key, '\n');
	}
	is_new = !json_has(d->seen, key.data);
	if (is_new)
		json_set_bool(d->seen, key.data, true);
	str_fini(&key);
	return is_new;
}

bool
discovery_owns(struct discovery *d, struct json_object *tags)
{
	const char *deployment = json_get_str(tags, IDENTITY_DEPLOYMENT_TAG);

	if (deployment == NULL || json_get_str(tags, IDENTITY_NODE_TAG) == NULL ||
	    (d->deployment_id != NULL && !str_eq(deployment, d->deployment_id)))
		return false;
	if (spec_tags_are_of(d->tenant, tags))
		return true;
	d->strangers += d->deployment_id != NULL;
	return false;
}

static void
warn_of(struct discovery *d, const struct place_ask *p, const char *what)
{
	const char *code = ask_code(&p->ask);

	discovery_warn(d, "%s: %s%s%s: %s%s%s", p->place.provider->name,
	    *p->region != '\0' ? p->region : "all regions", *p->place.account != '\0' ? " of " : "",
	    p->place.account, what, code, *code != '\0' ? ": " : ask_message(&p->ask));
}

/* ---- hits ---- */

/* What is of one region is listed there; what is global, once. */
static bool
is_of_region(const struct located *located, const char *region)
{
	if (located->type->global || *region == '\0')
		return located->type->global && *region == '\0';
	return located->region[0] == '\0' || str_eq(located->region, region);
}

static void
take_located(struct discovery *d, const struct place_ask *p, struct json_object *hit,
    struct located *located, size_t n)
{
	struct json_object  *tags = json_get_object(hit, "tags");
	const struct suspect suspect = {
		.place = &p->place,
		.type = located[0].type,
		.region = located[0].type->global ? "" : p->region,
		.properties = located[0].properties,
		.tags = tags,
		.parent = DISCOVERED_NO_PARENT,
	};

	if (!is_of_region(&located[0], p->region))
		return;
	if (d->deployment_id == NULL)
		count_one(d, suspect.type, suspect.region, located[0].region, tags);
	else if (located[0].whole)
		look_at(d, &suspect, n > 1 ? located[1].properties : NULL);
}

/* Its index says at once what it is. */
static void
take_typed(struct discovery *d, const struct place_ask *p, struct json_object *hit)
{
	struct located located = {
		.type = registry_type(d->registry, json_get_str(hit, "type")),
		.properties = json_get_object(hit, "properties"),
		.whole = true,
	};

	if (located.type != NULL)
		take_located(d, p, hit, &located, 1);
}

static void
take_hit(struct discovery *d, const struct place_ask *p, struct json_object *hit)
{
	struct json_object *tags = json_get_object(hit, "tags");
	const char         *id = json_get_str(hit, "id");
	struct located      found[LOCATE_MAX];
	size_t              n;

	if (d->deployment_id != NULL && !discovery_owns(d, tags))
		return;
	if (json_has(hit, "type")) {
		take_typed(d, p, hit);
		return;
	}
	n = id != NULL ? locate_id(d->registry, p->place.provider->name, id,
			     json_get_str(tags, IDENTITY_NODE_TAG), found)
		       : 0;
	if (n > 0)
		take_located(d, p, hit, found, n);
	else if (id != NULL && json_get_str(tags, IDENTITY_NODE_TAG) != NULL)
		json_set_str(d->unknown, json_get_str(tags, IDENTITY_NODE_TAG), id);
	for (size_t i = 0; i < n; i++)
		located_fini(&found[i]);
}

static void
on_swept(struct ask *ask)
{
	struct place_ask   *p = container_of(ask, struct place_ask, ask);
	struct discovery   *d = p->d;
	struct json_object *hits = ask->of.sweep.hits;

	if (ask->of.sweep.result != OP_OK) {
		warn_of(d, p, "what has the tags of the deployment can't be asked for: ");
		return;
	}
	for (size_t i = 0; i < json_object_array_length(hits); i++)
		take_hit(d, p, json_object_array_get_idx(hits, i));
}

/* ---- places ---- */

static struct place_ask *
place_ask(struct discovery *d, const struct place *place, enum ask_kind kind,
    void (*done)(struct ask *ask))
{
	struct place_ask *p = xcalloc(1, sizeof(*p));

	p->ask.kind = kind;
	p->ask.provider = place->provider;
	p->ask.done = done;
	p->d = d;
	p->place = *place;
	return p;
}

/* A sweep, and all types of the region that no sweep has whole. */
static void
search_region(struct discovery *d, const struct place *place, const char *region)
{
	struct place_ask *p = place_ask(d, place, ASK_SWEEP, on_swept);

	snprintf(p->region, sizeof(p->region), "%s", region);
	p->ask.of.sweep = (struct sweep){
		.credentials = place->credentials,
		.tenant = d->tenant,
		.deployment_id = d->deployment_id,
		.region = p->region,
	};
	asks_add(&d->asks, &p->ask);
	for (size_t i = 0; i < registry_types_n(d->registry); i++) {
		const struct resource_type *type;

		if (!str_starts(registry_name_at(d->registry, i), place->provider->name))
			continue;
		type = registry_type_at(d->registry, i);
		if (type != NULL && type->resources == NULL &&
		    str_eq(type->provider, place->provider->name) &&
		    type->global == (*region == '\0'))
			look_for_all(d, place, type, region);
	}
}

static void
search(struct discovery *d, const struct place *place, struct json_object *regions)
{
	size_t n = regions != NULL ? json_object_array_length(regions) : 0;

	search_region(d, place, "");
	for (size_t i = 0; i < n; i++)
		search_region(
		    d, place, json_object_get_string(json_object_array_get_idx(regions, i)));
}

static void
on_regions(struct ask *ask)
{
	struct place_ask   *p = container_of(ask, struct place_ask, ask);
	struct discovery   *d = p->d;
	struct json_object *regions = json_get_array(ask->of.errand.answer, "regions"), *one;

	if (ask->of.errand.result == OP_OK && regions != NULL) {
		search(d, &p->place, regions);
		return;
	}
	warn_of(d, p, "which regions there are can't be asked, so only one was looked through: ");
	one = json_object_new_array();
	if (d->region != NULL)
		json_object_array_add(one, json_object_new_string(d->region));
	search(d, &p->place, one);
	json_object_put(one);
}

static void
begin_place(struct discovery *d, const struct place *place)
{
	struct place_ask *p;

	if (place->provider->start_sweep == NULL) {
		if (place->provider->needs_credentials)
			discovery_warn(d,
			    "%s has no index of what is managed: what it has is not looked for",
			    place->provider->name);
		return;
	}
	if (d->regions != NULL || !place->provider->needs_credentials ||
	    place->provider->start_errand == NULL) {
		search(d, place, d->regions);
		return;
	}
	p = place_ask(d, place, ASK_ERRAND, on_regions);
	p->ask.of.errand =
	    (struct errand){ .credentials = place->credentials, .name = ERRAND_REGIONS };
	asks_add(&d->asks, &p->ask);
}

/* ---- from the beginning to the end ---- */

/* "aws:iam:", as of something that was found. */
static bool
is_of_a_service_found(const struct discovery *d, const char *type)
{
	size_t len = strcspn(type, ":");

	len += 1 + strcspn(type + len + 1, ":");
	for (size_t i = 0; i < d->n; i++) {
		if (strncmp(d->items[i].type->name, type, len + 1) == 0)
			return true;
	}
	return false;
}

/* It has neither tags nor a list, and hangs on nothing that is found: there may be some of it, and nobody can tell. */
static bool
is_out_of_sight(const struct resource_type *type)
{
	struct json_object *identity = json_get_object(type->file, "identity");

	return json_has(type->file, "read") && !json_has(type->file, "list") &&
	       type->kinds == NULL && !json_has(identity, "arn") && !json_has(identity, "parent");
}

static void
warn_out_of_sight(struct discovery *d)
{
	struct str names;

	str_init(&names, WARNING_MAX);
	for (size_t i = 0; i < registry_types_n(d->registry); i++) {
		const char                 *name = registry_name_at(d->registry, i);
		const struct resource_type *type;

		if (!is_of_a_service_found(d, name) ||
		    (type = registry_type_at(d->registry, i)) == NULL || !is_out_of_sight(type))
			continue;
		str_addf(&names, "%s%s", names.len > 0 ? ", " : "", name);
	}
	if (names.len > 0)
		discovery_warn(
		    d, "not looked for, since no tags say whose they are: %s", names.data);
	str_fini(&names);
}

static void
warn_at_end(struct discovery *d)
{
	if (d->strangers > 0)
		discovery_warn(d,
		    "%zu resources have the tags of a deployment of this name that is another "
		    "tenant's",
		    d->strangers);
	json_object_object_foreach (d->unknown, node_id, id) {
		bool is_found = false;

		for (size_t i = 0; i < d->n; i++) {
			const char *node = json_get_str(d->items[i].tags, IDENTITY_NODE_TAG);

			is_found = is_found || (node != NULL && str_eq(node, node_id));
		}
		if (!is_found)
			discovery_warn(d, "%s has the tags, and is of no type that is known here",
			    json_object_get_string(id));
	}
	warn_out_of_sight(d);
}

static void
on_idle(struct asks *asks)
{
	struct discovery *d = container_of(asks, struct discovery, asks);

	if (d->deployment_id != NULL)
		warn_at_end(d);
	d->done(d);
}

void
discovery_begin(struct discovery *d)
{
	d->items = NULL;
	d->n = 0;
	d->deployments = json_object_new_object();
	d->missing = json_object_new_object();
	d->warnings = json_object_new_array();
	d->seen = json_object_new_object();
	d->unknown = json_object_new_object();
	asks_init(&d->asks, d->loop, on_idle);
}

void
discovery_start(struct discovery *d)
{
	struct provider *provider;

	discovery_begin(d);
	for (size_t i = 0; i < d->keyring->n; i++) {
		const struct keyring_entry *entry = &d->keyring->entries[i];
		struct place                place = { entry->provider, entry->credentials, "" };

		memcpy(place.account, entry->name, sizeof(place.account));
		begin_place(d, &place);
	}
	for (size_t i = 0; (provider = registry_provider_at(d->registry, i)) != NULL; i++) {
		if (!provider->needs_credentials)
			begin_place(d, &(struct place){ provider, NULL, "" });
	}
	asks_begin(&d->asks);
}

void
discovery_cancel(struct discovery *d)
{
	if (d->seen != NULL)
		asks_fini(&d->asks);
}

void
discovery_fini(struct discovery *d)
{
	for (size_t i = 0; i < d->n; i++) {
		json_object_put(d->items[i].wanted);
		json_object_put(d->items[i].tags);
		json_object_put(d->items[i].found);
	}
	free(d->items);
	json_object_put(d->deployments);
	json_object_put(d->missing);
	json_object_put(d->warnings);
	json_object_put(d->seen);
	json_object_put(d->unknown);
	*d = (struct discovery){ 0 };
}
