/* SPDX-License-Identifier: Apache-2.0
 * opened.c - a short list, each with its users and a timer for when it has none. */
#include "host/opened.h"

#include <stdlib.h>
#include <string.h>

#include "util/check.h"
#include "util/digest.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/secret.h"

#define SALT_BYTES 32
#define TEXT_MAX   (1024 * 1024)

struct opened {
	struct opened_cache *cache;
	struct opened       *next, **link;
	struct provider     *provider;
	struct credentials  *credentials;
	uint8_t              digest[DIGEST_SHA256_BYTES];
	size_t               users;
	struct timer         idle;
};

struct opened_cache {
	struct loop   *loop;
	struct opened *first;
	size_t         n;
	char           salt[2 * SALT_BYTES + 1];
};

struct opened_cache *
opened_cache_create(struct loop *loop)
{
	struct opened_cache *cache = xcalloc(1, sizeof(*cache));

	cache->loop = loop;
	secret_random_hex(cache->salt, SALT_BYTES);
	return cache;
}

static void
end(struct opened *opened)
{
	must(opened->users == 0);
	*opened->link = opened->next;
	if (opened->next != NULL)
		opened->next->link = opened->link;
	opened->cache->n--;
	timer_disarm(opened->cache->loop, &opened->idle);
	opened->provider->close(opened->credentials);
	free(opened);
}

void
opened_cache_destroy(struct opened_cache *cache)
{
	if (cache == NULL)
		return;
	while (cache->first != NULL)
		end(cache->first);
	secret_wipe(cache->salt, sizeof(cache->salt));
	free(cache);
}

static void
on_idle(struct timer *timer)
{
	end(container_of(timer, struct opened, idle));
}

static void
digest_of(const struct opened_cache *cache, const struct provider *provider,
    struct json_object *json, const char *account, uint8_t digest[DIGEST_SHA256_BYTES])
{
	struct str text;

	str_init(&text, TEXT_MAX);
	str_addf(&text, "%s\n%s\n", provider->name, account);
	json_add(&text, json);
	digest_hmac_sha256(cache->salt, strlen(cache->salt), text.data, text.len, digest);
	secret_wipe(text.data, text.len);
	str_fini(&text);
}

static struct opened *
find(const struct opened_cache *cache, const uint8_t digest[DIGEST_SHA256_BYTES])
{
	for (struct opened *at = cache->first; at != NULL; at = at->next) {
		if (secret_equal(at->digest, digest, DIGEST_SHA256_BYTES))
			return at;
	}
	return NULL;
}

static struct opened *
add(struct opened_cache *cache, struct provider *provider, struct credentials *credentials)
{
	struct opened *opened = xcalloc(1, sizeof(*opened));

	opened->cache = cache;
	opened->provider = provider;
	opened->credentials = credentials;
	opened->next = cache->first;
	opened->link = &cache->first;
	if (opened->next != NULL)
		opened->next->link = &opened->next;
	cache->first = opened;
	cache->n++;
	timer_init(&opened->idle, on_idle);
	return opened;
}

struct opened *
opened_get(struct opened_cache *cache, struct provider *provider, struct json_object *json,
    const char *account, struct problems *problems)
{
	struct credentials *credentials;
	struct opened      *opened;
	uint8_t             digest[DIGEST_SHA256_BYTES];

	digest_of(cache, provider, json, account, digest);
	opened = find(cache, digest);
	if (opened == NULL) {
		credentials = provider->open(provider, json, account, "", problems);
		if (credentials == NULL)
			return NULL;
		opened = add(cache, provider, credentials);
		memcpy(opened->digest, digest, sizeof(digest));
	}
	opened->users++;
	timer_disarm(cache->loop, &opened->idle);
	return opened;
}

void
opened_put(struct opened *opened)
{
	if (opened == NULL)
		return;
	must(opened->users > 0);
	if (--opened->users == 0)
		timer_arm(opened->cache->loop, &opened->idle, OPENED_IDLE_US);
}

struct credentials *
opened_credentials(const struct opened *opened)
{
	return opened->credentials;
}

size_t
opened_n(const struct opened_cache *cache)
{
	return cache->n;
}
