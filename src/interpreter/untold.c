/* SPDX-License-Identifier: Apache-2.0
 * untold.c - trusts the tags, one way or the other. */
#include "interpreter/untold.h"

#include <string.h>

#include "provider/unseal.h"
#include "util/digest.h"
#include "util/json.h"

#define DIGEST_TAG       "mgraph:digest"
#define DIGEST_BYTES_MAX (1024 * 1024)

static struct json_object *
properties_of(const struct call_type *type)
{
	return json_get_object(type->rt->properties, "properties");
}

/* ---- digests ---- */

/* What of a property counts: all of it, or what is sealed in it; owned, NULL: nothing. */
static struct json_object *
digested(const struct call_type *type, const char *name, struct json_object *value)
{
	if (json_get_bool(call_type_property(type, name), "x-digest", false))
		return json_object_get(value);
	return holds_sealed(value) ? sealed_parts(value) : NULL;
}

/* All together, as the config has it: what is sealed stays so, and nothing can be guessed from a digest of it. False: there
 * is nothing. */
bool
untold_digest(
    const struct call_type *type, struct json_object *desired, char out[UNTOLD_DIGEST_SIZE])
{
	char                hex[DIGEST_SHA256_HEX];
	struct json_object *wanted = json_object_new_object();
	struct str          text;
	bool                any;

	json_object_object_foreach (desired, name, value) {
		struct json_object *part = digested(type, name, value);

		if (part != NULL)
			json_set(wanted, name, part);
	}
	any = json_object_object_length(wanted) > 0;
	str_init(&text, DIGEST_BYTES_MAX);
	json_canonical(wanted, &text);
	digest_sha256_hex(text.data, text.len, hex);
	memcpy(out, hex, UNTOLD_DIGEST_SIZE - 1);
	out[UNTOLD_DIGEST_SIZE - 1] = '\0';
	str_fini(&text);
	json_object_put(wanted);
	return any;
}

struct json_object *
untold_tags(const struct call_type *type, const struct op *op)
{
	struct json_object *tags = op_tags(op);
	char                digest[UNTOLD_DIGEST_SIZE];

	if (untold_digest(type, op->desired, digest))
		json_set_str(tags, DIGEST_TAG, digest);
	return tags;
}

/* What is sealed stands in for what is there in its place, which nobody is to see, if it is to be trusted; else nothing does. */
static void
cover(struct json_object *have, const char *name, struct json_object *want, bool trusted)
{
	struct json_object *inner = json_get_object(have, name);

	if (inner == want) /* it comes from the config itself */
		return;
	if (!is_sealed(want) && json_object_is_type(want, json_type_object) && inner != NULL) {
		json_object_object_foreach (want, key, member) {
			if (holds_sealed(member))
				cover(inner, key, member, trusted);
		}
	} else if (trusted) {
		json_set(have, name, json_object_get(want));
	} else {
		json_object_object_del(have, name);
	}
}

/* Never read back, and nothing sets it anew: it is as it was made. */
static bool
is_final(const struct call_type *type, const char *name)
{
	return json_get_bool(call_type_property(type, name), "writeOnly", false) &&
	       !call_type_takes(type, LIST_UPDATE, name);
}

static void
cover_all(struct json_object *properties, const struct scope *scope, bool trusted)
{
	json_object_object_foreach (scope->op->desired, name, want) {
		if (holds_sealed(want))
			cover(properties, name, want, trusted || is_final(scope->type, name));
		else if (trusted &&
			 json_get_bool(call_type_property(scope->type, name), "x-digest", false))
			json_set(properties, name, json_object_get(want));
	}
}

/* Where there can be no tags, what is there is taken for what was sealed. */
static bool
digest_is_same(struct json_object *tags, const struct scope *scope)
{
	char digest[UNTOLD_DIGEST_SIZE];

	return untold_digest(scope->type, scope->op->desired, digest) &&
	       (!scope->type->tagged || str_eq(json_get_str(tags, DIGEST_TAG), digest));
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
	cover_all(properties, scope, digest_is_same(tags, scope));
}

void
untold_cover(struct json_object *found, const struct scope *scope)
{
	cover_all(json_get_object(found, "properties"), scope, true);
}
