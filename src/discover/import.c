/* SPDX-License-Identifier: Apache-2.0
 * import.c - reads things that are named by what they are found by, whosever they are. */
#include <stdio.h>
#include <string.h>

#include "discover/inside.h"
#include "plan/spec.h"
#include "util/json.h"
#include "util/str.h"

/* What is wanted, as far as it is known. */
struct wish {
	const char    *id;
	struct located readings[LOCATE_MAX];
	size_t         n;
	struct place   place;
	char           node_id[OBJ_ID_SIZE];
};

static void
refuse(struct discovery *d, const struct wish *wish, const char *why)
{
	json_set_str(d->missing, wish->id, why);
}

/* ---- what it is ---- */

/* An id says it, for whichever provider has such ids. */
static void
locate(struct discovery *d, struct wish *wish, const char *arn)
{
	struct provider *provider;

	for (size_t i = 0; (provider = registry_provider_at(d->registry, i)) != NULL; i++) {
		wish->n =
		    locate_id(d->registry, provider->name, arn, wish->node_id, wish->readings);
		if (wish->n > 0)
			return;
	}
}

static void
take_named(struct discovery *d, struct wish *wish, struct json_object *json)
{
	struct located *located = &wish->readings[0];
	const char     *type = json_get_str(json, "type");

	located->type = type != NULL ? registry_type(d->registry, type) : NULL;
	if (located->type == NULL || located->type->resources != NULL ||
	    located->type->kinds != NULL)
		return;
	located->properties = json_has(json, "properties")
				  ? json_object_get(json_get_object(json, "properties"))
				  : json_object_new_object();
	located->whole = locate_is_whole(located->type, located->properties);
	wish->n = 1;
}

static const char *
region_of(const struct discovery *d, const struct wish *wish, struct json_object *json)
{
	const struct located *located = &wish->readings[0];

	if (located->type->global)
		return "";
	if (json_get_str(json, "region") != NULL)
		return json_get_str(json, "region");
	if (located->region[0] != '\0')
		return located->region;
	return d->region != NULL ? d->region : "";
}

/* Found by a name that somebody has given it. */
static bool
has_name(const struct located *located)
{
	struct json_object *names = resource_type_identity_properties(located->type);

	return names != NULL && json_object_array_length(names) > 0;
}

static bool
find_place(struct discovery *d, struct wish *wish, struct json_object *json)
{
	const char      *account = json_get_str(json, "account");
	struct provider *provider =
	    registry_provider(d->registry, wish->readings[0].type->provider);
	struct keyring_entry *entry;

	account = account != NULL ? account : "";
	wish->place.provider = provider;
	snprintf(wish->place.account, sizeof(wish->place.account), "%s", account);
	if (!provider->needs_credentials)
		return true;
	entry = keyring_find(d->keyring, provider, account);
	wish->place.credentials = entry != NULL ? entry->credentials : NULL;
	return entry != NULL;
}

/* ---- one ---- */

static void
look(struct discovery *d, struct wish *wish, struct json_object *json)
{
	const struct suspect suspect = {
		.place = &wish->place,
		.type = wish->readings[0].type,
		.region = region_of(d, wish, json),
		.properties = wish->readings[0].properties,
		.node_id = wish->node_id,
		.resource_id = wish->id,
		.parent = DISCOVERED_NO_PARENT,
	};

	refuse(d, wish, "it was not read");
	look_at(d, &suspect, wish->n > 1 ? wish->readings[1].properties : NULL);
}

static void
import_one(struct discovery *d, const char *id, struct json_object *json)
{
	struct wish wish = { .id = id };
	const char *arn = json_get_str(json, "arn");

	spec_node_id(d->tenant, d->deployment_id, id, wish.node_id);
	if (arn != NULL)
		locate(d, &wish, arn);
	else
		take_named(d, &wish, json);
	if (wish.n == 0)
		refuse(d, &wish, "its type is not known here");
	else if (!has_name(&wish.readings[0]))
		refuse(
		    d, &wish, "it has no name that it could be found by: the cloud gives its own");
	else if (!wish.readings[0].whole)
		refuse(d, &wish, "what is known of it does not say all that it is found by");
	else if (!find_place(d, &wish, json))
		refuse(d, &wish, "there are no credentials for its account");
	else
		look(d, &wish, json);
	for (size_t i = 0; i < wish.n; i++)
		located_fini(&wish.readings[i]);
}

void
discovery_import(struct discovery *d, struct json_object *wanted)
{
	discovery_begin(d);
	d->imports = true;
	json_object_object_foreach (wanted, id, json)
		import_one(d, id, json);
	asks_begin(&d->asks);
}
