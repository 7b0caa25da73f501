/* SPDX-License-Identifier: Apache-2.0
 * places.c - names of places. */
#include "archive/places.h"

#include <stdio.h>
#include <string.h>

#include "util/digest.h"

static const char base_chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

bool
places_is_base(const char *base)
{
	size_t len = strspn(base, base_chars);

	return base[len] == '\0' && len > 0 && len <= PLACES_BASE_MAX;
}

void
places_namespace(const char *base, const char *tenant, char out[PLACES_NAMESPACE_SIZE])
{
	int len = snprintf(out, PLACES_NAMESPACE_SIZE, "%s-%s", base, tenant);

	must(len > 0 && len < PLACES_NAMESPACE_SIZE);
}

void
places_hash(const char *text, char out[PLACES_HASH_SIZE])
{
	char hex[DIGEST_SHA256_HEX];

	digest_sha256_hex(text, strlen(text), hex);
	memcpy(out, hex, PLACES_HASH_SIZE - 1);
	out[PLACES_HASH_SIZE - 1] = '\0';
}

void
places_entry(const struct store_key *key, struct str *out)
{
	str_addf(out, "deploys/%s/%s", key->deployment, key->graph);
}

void
places_node(const char *node_id, const char *region, struct str *out)
{
	str_add(out, node_id);
	if (region[0] != '\0')
		str_addf(out, "_%s", region);
}
