/* SPDX-License-Identifier: Apache-2.0
 * access.c - two sets of keys, one list of tenants, and a look at the store every second. */
#include "api/access.h"

#include <stdlib.h>
#include <string.h>

#include "api/scope.h"
#include "engine/engine.h"
#include "util/check.h"
#include "util/log.h"
#include "util/mem.h"

#define LOOK_US       1000000
#define QUOTED_SIZE   (2 * KEY_ID_SIZE + 4)
#define FIRST_LOOK_US 50000 /* until the store has been heard once */

struct access {
	struct access_options options;
	struct keys          *file, *stored;
	uint64_t              seq; /* of the store's last change that is known */
	bool                  is_whole;
	int64_t               next_over_ms; /* when the next key expires */
	struct tenants        tenants;
	struct store_op       op;
	bool                  asking;
	struct timer          timer;
};

/* ---- what both sets come to ---- */

static struct tenant *
tenant_known(struct access *access, const char *name)
{
	struct tenant *tenant = tenants_find(&access->tenants, name);

	if (tenant == NULL)
		tenant = tenants_add(&access->tenants, name);
	tenant->is_known = true;
	return tenant;
}

/* Each that has a key, or of which something is said; and when the next key is over. */
static void
know(struct access *access, struct keys *keys)
{
	int64_t now_ms = loop_wall_ms(access->options.loop);

	for (size_t i = 0; i < keys->n; i++) {
		struct key *key = &keys->items[i];

		key->of = tenant_known(access, key->tenant);
		if (!key_is_over(key, now_ms) && key->expires_ms != 0 &&
		    key->expires_ms < access->next_over_ms)
			access->next_over_ms = key->expires_ms;
	}
	for (size_t i = 0; i < keys->tenants_n; i++)
		tenant_known(access, keys->tenants[i].tenant);
}

static void
lay_over(struct access *access, const struct keys *keys)
{
	for (size_t i = 0; i < keys->tenants_n; i++) {
		const struct settings *settings = &keys->tenants[i];
		struct tenant         *tenant = tenants_find(&access->tenants, settings->tenant);

		limits_lay_over(&tenant->limits, &settings->limits);
		if (keys == access->file)
			tenant->is_operator = settings->is_operator;
	}
}

unsigned
access_scopes(const struct key *key)
{
	return key->of->is_operator ? key->scopes : key->scopes & ~(unsigned)SCOPE_ADMIN;
}

static bool
is_good(const struct access *access, const struct key *key)
{
	return key != NULL && !key_is_over(key, loop_wall_ms(access->options.loop));
}

static const struct key *
find_digest(const struct access *access, const unsigned char *sha256)
{
	const struct key *in_file = keys_find_digest(access->file, sha256);
	const struct key *in_store = keys_find_digest(access->stored, sha256);

	return in_file != NULL ? in_file : in_store;
}

static bool
may_stay(const struct access *access, const struct tenant *tenant, const struct seat *seat)
{
	const struct key *key = find_digest(access, seat->sha256);

	return is_good(access, key) && key->of == tenant && (access_scopes(key) & seat->scope);
}

/* Most seats of a tenant are of one key. Who loses a seat may be gone, but never who has the next one. */
static void
review_seats(struct access *access, struct tenant *tenant)
{
	unsigned char sha256[DIGEST_SHA256_BYTES];
	unsigned      scope = 0;
	bool          stays = false;
	struct seat  *next;

	for (struct seat *seat = LIST_FIRST(&tenant->seats); seat != NULL; seat = next) {
		next = LIST_NEXT(seat, entry);
		if (scope != seat->scope || memcmp(sha256, seat->sha256, sizeof(sha256)) != 0)
			stays = may_stay(access, tenant, seat);
		scope = seat->scope;
		memcpy(sha256, seat->sha256, sizeof(sha256));
		if (!stays)
			seat->lost(seat);
	}
}

static void
renew(struct access *access)
{
	struct tenant *tenant;

	LIST_FOREACH(tenant, &access->tenants, entry)
	tenant->is_known = false;
	access->next_over_ms = INT64_MAX;
	know(access, access->file);
	know(access, access->stored);
	LIST_FOREACH(tenant, &access->tenants, entry)
	{
		tenant->limits = access->options.defaults;
		tenant->is_operator = false;
	}
	lay_over(access, access->stored);
	lay_over(access, access->file);
	LIST_FOREACH(tenant, &access->tenants, entry)
	{
		tenant_ref(tenant); /* its last seat may go */
		review_seats(access, tenant);
		tenant->refs--;
	}
	tenants_sweep(&access->tenants);
}

/* ---- the store ---- */

void
access_take(struct access *access, const struct store_op *answer)
{
	must(answer->result == STORE_OK);
	access->is_whole = true;
	if (answer->seq_out == access->seq)
		return;
	keys_destroy(access->stored);
	access->stored = keys_create();
	for (size_t i = 0; i < answer->items_n; i++)
		keys_take_stored(
		    access->stored, answer->items_out[i].name, answer->items_out[i].text);
	access->seq = answer->seq_out;
	renew(access);
}

static void
on_answered(struct store_op *op)
{
	struct access *access = container_of(op, struct access, op);

	access->asking = false;
	if (op->result == STORE_OK)
		access_take(access, op);
	store_op_fini(op);
	timer_arm(access->options.loop, &access->timer, access->is_whole ? LOOK_US : FIRST_LOOK_US);
}

static void
on_look(struct timer *timer)
{
	struct access *access = container_of(timer, struct access, timer);

	if (loop_wall_ms(access->options.loop) >= access->next_over_ms)
		renew(access);
	access->op =
	    (struct store_op){ .verb = STORE_ACCESS_GET, .seq = access->seq, .done = on_answered };
	access->asking = true;
	store_start(access->options.store, &access->op);
}

/* ---- life ---- */

struct access *
access_create(const struct access_options *options, struct keys *keys)
{
	struct access *access = xcalloc(1, sizeof(*access));

	access->options = *options;
	access->file = keys;
	access->stored = keys_create();
	LIST_INIT(&access->tenants);
	timer_init(&access->timer, on_look);
	timer_arm(options->loop, &access->timer, 0);
	renew(access);
	return access;
}

void
access_destroy(struct access *access)
{
	struct tenant *tenant;

	if (access == NULL)
		return;
	if (access->asking)
		store_forget(access->options.store, &access->op);
	store_op_fini(&access->op);
	timer_disarm(access->options.loop, &access->timer);
	LIST_FOREACH(tenant, &access->tenants, entry)
	tenant->is_known = false;
	tenants_sweep(&access->tenants);
	must(LIST_EMPTY(&access->tenants));
	keys_destroy(access->file);
	keys_destroy(access->stored);
	free(access);
}

enum err_code
access_reload(struct access *access, struct err *err)
{
	struct keys *keys;

	must(access->options.path != NULL);
	keys = keys_load(access->options.path, err);
	if (keys == NULL)
		return err->code;
	keys_destroy(access->file);
	access->file = keys;
	renew(access);
	return ERR_OK;
}

const char *
access_path(const struct access *access)
{
	return access->options.path != NULL ? access->options.path : "";
}

/* ---- who asks ---- */

/* Both sets are looked through, whichever has it. */
const struct key *
access_find(const struct access *access, const char *text)
{
	unsigned char     sha256[DIGEST_SHA256_BYTES];
	const struct key *key;
	char              quoted[QUOTED_SIZE];

	digest_sha256(text, strlen(text), sha256);
	key = find_digest(access, sha256);
	if (key == NULL || is_good(access, key))
		return key;
	log_info("key.expired", "tenant=%s key=%s", key->tenant,
	    log_quote(quoted, sizeof(quoted), key->id));
	return NULL;
}

bool
access_is_whole(const struct access *access)
{
	return access->is_whole;
}

struct tenant *
access_tenant(const struct access *access, const char *name)
{
	struct tenant *tenant = tenants_find(&access->tenants, name);

	return tenant != NULL && tenant->is_known ? tenant : NULL;
}

const struct keys *
access_of_file(const struct access *access)
{
	return access->file;
}

const struct keys *
access_of_store(const struct access *access)
{
	return access->stored;
}

uint64_t
access_seq(const struct access *access)
{
	return access->seq;
}

struct tenants *
access_tenants(struct access *access)
{
	return &access->tenants;
}
