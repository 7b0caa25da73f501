/* SPDX-License-Identifier: Apache-2.0
 * admin.c - keys and tenants in the store, for an operator.
 *
 *   what there is ─► what is to be ─► written, if it is still so ─► read once more, for this process ─► answer
 *        ▲                                    │
 *        └──────── somebody was faster ───────┘
 *
 * What the keys file says can't be changed here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/access.h"
#include "api/routes.h"
#include "api/scope.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/secret.h"

#define STORED_MAX 10000 /* keys and tenants */
#define TRIES_MAX  8
#define NAME_SIZE  (sizeof(KEYS_STORED_TENANT) + STORE_DEPLOYMENT_SIZE)

/* What a request changes. */
struct admin_change {
	bool (*plan)(struct exchange *
		x); /* the work's puts, from what there is; false: it can't be, and that was answered */
	struct json_object *(*show)(
	    struct exchange *x); /* after it; NULL: plan has said what is answered */
};

struct work {
	struct exchange_part       part;
	const struct admin_change *change;
	struct json_object        *puts;  /* name -> text, or null where it goes */
	struct store_item         *items; /* the same, for the store */
	struct json_object        *answer;
	unsigned                   tries;
};

static void
fini_work(struct exchange_part *part)
{
	struct work *work = (struct work *)part;

	json_object_put(work->puts);
	free(work->items);
	json_object_put(work->answer);
}

static const struct exchange_part_type work_type = { sizeof(struct work), NULL, fini_work };

static struct work *
work_of(struct exchange *x)
{
	return exchange_part(x, &work_type);
}

static void change(struct exchange *x);

static struct access *
access_of(const struct exchange *x)
{
	return api_options_of(x->api)->access;
}

static int64_t
now_ms(const struct exchange *x)
{
	return loop_wall_ms(api_options_of(x->api)->loop);
}

/* ---- as the API shows them ---- */

static struct json_object *
show_key(const struct exchange *x, const struct key *key)
{
	struct json_object *json = key_json(key);
	bool                in_file = keys_find_id(access_of_file(access_of(x)), key->id) == key;

	json_object_object_del(json, "sha256");
	json_set_bool(json, "expired", key_is_over(key, now_ms(x)));
	json_set_str(json, "source", in_file ? "file" : "store");
	return json;
}

static size_t
count_keys(const struct keys *keys, const char *tenant)
{
	size_t n = 0;

	for (size_t i = 0; i < keys->n; i++)
		n += str_eq(keys->items[i].tenant, tenant);
	return n;
}

static struct json_object *
show_tenant(const struct exchange *x, const char *name)
{
	struct api_options  *options = api_options_of(x->api);
	const struct tenant *tenant = access_tenant(options->access, name);
	struct engine_tally  tally = engine_tally(options->engine, name);
	struct json_object  *json = json_object_new_object();
	size_t               keys = count_keys(access_of_file(options->access), name) +
		      count_keys(access_of_store(options->access), name);

	json_set_str(json, "tenant", name);
	json_set_bool(json, "operator", tenant != NULL && tenant->is_operator);
	json_set_i64(json, "keys", (int64_t)keys);
	if (tenant != NULL)
		json_set(json, "limits", limits_json(&tenant->limits));
	json_set_i64(json, "executions_running", (int64_t)tally.running);
	json_set_i64(json, "executions_paused", (int64_t)tally.paused);
	json_set_i64(json, "watchers", tenant != NULL ? (int64_t)tenant->seats_n : 0);
	return json;
}

static void
list_keys(struct exchange *x, const struct keys *keys, struct json_object *list)
{
	char        buf[STORE_TENANT_SIZE];
	const char *tenant = http_query(x->request, "tenant", buf, sizeof(buf));

	for (size_t i = 0; i < keys->n; i++) {
		if (tenant == NULL || str_eq(tenant, keys->items[i].tenant))
			json_object_array_add(list, show_key(x, &keys->items[i]));
	}
}

static void
show_keys(struct exchange *x)
{
	struct json_object *json = json_object_new_object(), *list = json_object_new_array();

	access_take(access_of(x), &x->op);
	list_keys(x, access_of_file(access_of(x)), list);
	list_keys(x, access_of_store(access_of(x)), list);
	json_set(json, "keys", list);
	reply_json(x, 200, json);
}

static void
show_tenants(struct exchange *x)
{
	struct json_object *json = json_object_new_object(), *list = json_object_new_array();
	struct tenant      *tenant;

	access_take(access_of(x), &x->op);
	LIST_FOREACH(tenant, access_tenants(access_of(x)), entry)
	{
		if (tenant->is_known)
			json_object_array_add(list, show_tenant(x, tenant->name));
	}
	json_set(json, "tenants", list);
	reply_json(x, 200, json);
}

static void
ask(struct exchange *x, exchange_step *then)
{
	exchange_ask_op(x,
	    &(struct store_op){ .verb = STORE_ACCESS_GET, .seq = access_seq(access_of(x)) }, then);
}

void
handle_keys(struct exchange *x)
{
	ask(x, show_keys);
}

void
handle_tenants(struct exchange *x)
{
	ask(x, show_tenants);
}

/* ---- a change ---- */

static bool
refuse(struct exchange *x, enum err_code code, const char *why)
{
	struct err err;

	err_set(&err, code, "%s", why);
	reply_err(x, &err);
	return false;
}

static bool
refuse_at(struct exchange *x, const char *pointer, const char *code, const char *why)
{
	reply_problem_at(x, pointer, code, why);
	return false;
}

/* text NULL: it goes. */
static void
put(struct exchange *x, const char *prefix, const char *name, struct json_object *json)
{
	char key[NAME_SIZE];

	snprintf(key, sizeof(key), "%s%s", prefix, name);
	json_object_object_add(
	    work_of(x)->puts, key, json != NULL ? json_object_new_string(json_text(json)) : NULL);
	json_object_put(json);
}

static void
on_renewed(struct exchange *x)
{
	struct work *work = work_of(x);

	access_take(access_of(x), &x->op);
	if (work->answer == NULL)
		work->answer = work->change->show(x);
	reply_json(x, 200, json_object_get(work->answer));
}

static void
on_written(struct exchange *x)
{
	if (x->op.result == STORE_OK)
		ask(x, on_renewed);
	else if (++work_of(x)->tries < TRIES_MAX)
		change(x);
	else
		refuse(x, ERR_CONFLICT, "too many changes at once: try again");
}

static void
write_puts(struct exchange *x)
{
	struct work *work = work_of(x);
	size_t       n = 0;

	work->items = xrealloc(
	    work->items, (size_t)json_object_object_length(work->puts), sizeof(*work->items));
	json_object_object_foreach (work->puts, name, text)
		work->items[n++] = (struct store_item){ .name = name,
			.text = text != NULL ? json_object_get_string(text) : NULL };
	exchange_ask_op(x,
	    &(struct store_op){ .verb = STORE_ACCESS_PUT,
		.fields = work->items,
		.fields_n = n,
		.seq = access_seq(access_of(x)) },
	    on_written);
}

static void
on_read(struct exchange *x)
{
	struct work *work = work_of(x);

	access_take(access_of(x), &x->op);
	fini_work(&work->part);
	work->puts = json_object_new_object();
	work->items = NULL;
	work->answer = NULL;
	if (!work->change->plan(x))
		return;
	if (json_object_object_length(work->puts) > 0)
		write_puts(x);
	else
		on_renewed(x);
}

static void
change(struct exchange *x)
{
	ask(x, on_read);
}

/* ---- keys ---- */

static bool
has_room(struct exchange *x)
{
	const struct keys *stored = access_of_store(access_of(x));

	return stored->n + stored->tenants_n < STORED_MAX ||
	       refuse(x, ERR_CONFLICT, "the store has as many keys and tenants as it may");
}

/* Who may administer is said in the keys file, and nowhere else. */
static bool
may_be(struct exchange *x, const struct key *key)
{
	const struct tenant *tenant = access_tenant(access_of(x), key->tenant);

	if (key_is_over(key, now_ms(x)))
		return refuse_at(x, "/expires", "out_of_range", "it is over already");
	if ((key->scopes & SCOPE_ADMIN) && (tenant == NULL || !tenant->is_operator))
		return refuse_at(x, "/scopes", "not_in_enum",
		    "the scope admin is for keys of an operator, which the keys file names");
	return true;
}

static bool
plan_key_add(struct exchange *x)
{
	const struct keys *file = access_of_file(access_of(x));
	const struct keys *stored = access_of_store(access_of(x));
	const struct key  *same;
	struct key         key;
	struct err         err;

	if (key_read(x->body, &key, &err) != ERR_OK) /* its schema holds all but what a time is */
		return refuse_at(x, "/expires", "bad_format", err.detail);
	same = keys_find_id(stored, key.id);
	if (same != NULL && secret_equal(same->sha256, key.sha256, sizeof(key.sha256)) &&
	    str_eq(same->tenant, key.tenant) && same->scopes == key.scopes &&
	    same->expires_ms == key.expires_ms)
		return true; /* asked for twice */
	if (same != NULL || keys_find_id(file, key.id) != NULL)
		return refuse(x, ERR_CONFLICT, "there is a key with this id");
	if (keys_find_digest(stored, key.sha256) != NULL ||
	    keys_find_digest(file, key.sha256) != NULL)
		return refuse(x, ERR_CONFLICT, "there is this key, with another id");
	if (!may_be(x, &key) || !has_room(x))
		return false;
	put(x, KEYS_STORED_KEY, key.id, key_json(&key));
	return true;
}

static struct json_object *
show_added(struct exchange *x)
{
	const struct key *key =
	    keys_find_id(access_of_store(access_of(x)), json_get_str(x->body, "id"));

	return key != NULL ? show_key(x, key) : json_object_get(x->body); /* revoked by now */
}

static bool
plan_key_revoke(struct exchange *x)
{
	const struct key *key = keys_find_id(access_of_store(access_of(x)), x->parameter);

	if (key == NULL && keys_find_id(access_of_file(access_of(x)), x->parameter) != NULL)
		return refuse(
		    x, ERR_CONFLICT, "it is in the keys file: take it out there, and send SIGHUP");
	if (key == NULL)
		return refuse(x, ERR_NOT_FOUND, "there is no key with this id");
	work_of(x)->answer = show_key(x, key);
	put(x, KEYS_STORED_KEY, key->id, NULL);
	return true;
}

/* ---- tenants ---- */

static bool
plan_tenant_set(struct exchange *x)
{
	const char     *name = json_get_str(x->body, "tenant");
	struct settings settings = { .limits = limits_unsaid };
	struct err      err;

	if (limits_read(&settings.limits, json_get(x->body, "limits"), &err) != ERR_OK)
		return refuse_at(x, "/limits", "out_of_range", err.detail);
	if (keys_find_tenant(access_of_file(access_of(x)), name) != NULL)
		return refuse(x, ERR_CONFLICT,
		    "the keys file says what it may have: change it there, and send SIGHUP");
	if (keys_find_tenant(access_of_store(access_of(x)), name) == NULL && !has_room(x))
		return false;
	put(x, KEYS_STORED_TENANT, name, settings_json(&settings));
	return true;
}

static struct json_object *
show_set(struct exchange *x)
{
	return show_tenant(x, json_get_str(x->body, "tenant"));
}

static bool
plan_tenant_remove(struct exchange *x)
{
	const struct keys *stored = access_of_store(access_of(x));

	for (size_t i = 0; i < stored->n; i++) {
		if (str_eq(stored->items[i].tenant, x->parameter))
			put(x, KEYS_STORED_KEY, stored->items[i].id, NULL);
	}
	if (keys_find_tenant(stored, x->parameter) != NULL)
		put(x, KEYS_STORED_TENANT, x->parameter, NULL);
	if (json_object_object_length(work_of(x)->puts) == 0)
		return refuse(x, ERR_NOT_FOUND, "the store has nothing of such a tenant");
	work_of(x)->answer = show_tenant(x, x->parameter);
	return true;
}

/* ---- the requests ---- */

static const struct admin_change key_add = { plan_key_add, show_added },
				 key_revoke = { plan_key_revoke, NULL },
				 tenant_set = { plan_tenant_set, show_set },
				 tenant_remove = { plan_tenant_remove, NULL };

static void
begin(struct exchange *x, const struct admin_change *what)
{
	work_of(x)->change = what;
	change(x);
}

void
handle_key_add(struct exchange *x)
{
	begin(x, &key_add);
}

void
handle_key_revoke(struct exchange *x)
{
	begin(x, &key_revoke);
}

void
handle_tenant_set(struct exchange *x)
{
	begin(x, &tenant_set);
}

void
handle_tenant_remove(struct exchange *x)
{
	begin(x, &tenant_remove);
}
