/* SPDX-License-Identifier: Apache-2.0
 * untold.c - trusts the tags, one way or the other. */
#include "interpreter/untold.h"

#include "util/json.h"

#define DIGEST_TAG       "mgraph:digest"
#define DIGEST_BYTES_MAX (1024 * 1024)

static struct json_object *
properties_of(const struct call_type *type)
{
	return json_get_object(type->rt->properties, "properties");
}

/* ---- digests ---- */

/* All together, as the config has it: what is sealed stays so, and nothing can be guessed from a digest of it. */
bool
untold_digest(
    const struct call_type *type, struct json_object *desired, char out[DIGEST_SHA256_HEX])
{
	struct json_object *wanted = json_object_new_object();
	struct str          text;
	bool                any;

	json_object_object_foreach (properties_of(type), name, unused) {
		(void)unused;
		if (json_get_bool(call_type_property(type, name), "x-digest", false) &&
		    json_has(desired, name))
			json_set(wanted, name, json_object_get(json_get(desired, name)));
	}
	any = json_object_object_length(wanted) > 0;
	str_init(&text, DIGEST_BYTES_MAX);
	json_canonical(wanted, &text);
	digest_sha256_hex(text.data, text.len, out);
	str_fini(&text);
	json_object_put(wanted);
	return any;
}

struct json_object *
untold_tags(const struct call_type *type, const struct op *op)
{
	struct json_object *tags = identity_tags(op->identity, op->tags);
	char                digest[DIGEST_SHA256_HEX];

	if (untold_digest(type, op->desired, digest))
		json_set_str(tags, DIGEST_TAG, digest);
	return tags;
}

static void
trust_digest(struct json_object *properties, struct json_object *tags, const struct scope *scope)
{
	struct json_object *desired = scope->op->desired;
	char                digest[DIGEST_SHA256_HEX];

	if (!untold_digest(scope->type, desired, digest) ||
	    !str_eq(json_get_str(tags, DIGEST_TAG), digest))
		return;
	json_object_object_foreach (properties_of(scope->type), name, unused) {
		(void)unused;
		if (json_get_bool(call_type_property(scope->type, name), "x-digest", false) &&
		    json_has(desired, name))
			json_set(properties, name, json_object_get(json_get(desired, name)));
	}
}

/* ---- the config ---- */

static void
unmask(struct json_object *have, struct json_object *want, struct json_object *mask)
{
	json_object_object_foreach (want, key, value) {
		if (json_same(json_get(have, key), mask))
			json_set(have, key, json_object_get(value));
	}
}

/* Where the cloud does not tell a value, or has a mask in its place, it is as wanted if the resource was last made of this
 * very config: its tags say so. */
static void
trust_config(struct json_object *properties, struct json_object *tags, const struct scope *scope)
{
	const char *hash = json_get_str(tags, IDENTITY_HASH_TAG);

	if (hash == NULL || !str_eq(hash, scope->op->identity->spec_hash))
		return;
	json_object_object_foreach (properties_of(scope->type), name, unused) {
		struct json_object *mask =
		    json_get(call_type_property(scope->type, name), "x-untold");
		struct json_object *want = json_get(scope->op->desired, name);
		struct json_object *have = json_get_object(properties, name);

		(void)unused;
		if (mask == NULL || want == NULL)
			continue;
		if (json_object_is_type(mask, json_type_boolean))
			json_set(properties, name, json_object_get(want));
		else if (have != NULL)
			unmask(have, want, mask);
	}
}

void
untold_trust(struct json_object *found, const struct scope *scope)
{
	struct json_object *properties = json_get_object(found, "properties");
	struct json_object *tags = json_get_object(found, "tags");

	trust_config(properties, tags, scope);
	trust_digest(properties, tags, scope);
}
