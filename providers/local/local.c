/* SPDX-License-Identifier: Apache-2.0
 * local.c - the drivers for this host: take ops, run them in tasks of the loop, and end them. */
#include "providers/local/local.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "providers/local/local_claim.h"
#include "providers/local/local_impl.h"
#include "providers/local/local_process.h"
#include "providers/local/local_sweep.h"
#include "provider/mask.h"
#include "provider/unseal.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define WINDOW_SIZE 64

static const struct local_kind *const kinds[] = {
	&local_command,
	&local_directory,
	&local_file,
	&local_null,
	&local_port,
	&local_request,
};

static const struct local_kind *
kind_of(const struct resource_type *type)
{
	for (size_t i = 0; i < array_len(kinds); i++)
		if (str_eq(kinds[i]->type, type->name))
			return kinds[i];
	return NULL;
}

static struct local *
local_of(struct provider *provider)
{
	return container_of(provider, struct local, provider);
}

/* ---- what the kinds share ---- */

void
local_answer_errno(struct op *op, int error, const char *what)
{
	static const struct {
		int            error;
		enum op_result result;
	} classes[] = {
		{ EACCES, OP_DENIED },
		{ EPERM, OP_DENIED },
		{ EROFS, OP_DENIED },
		{ ENOSPC, OP_QUOTA },
		{ EDQUOT, OP_QUOTA },
		{ ENOENT, OP_NOT_FOUND },
		{ ENOTDIR, OP_NOT_FOUND },
		{ EEXIST, OP_CONFLICT },
		{ ENOTEMPTY, OP_CONFLICT },
		{ EISDIR, OP_CONFLICT },
		{ ELOOP, OP_INVALID },
		{ EXDEV, OP_INVALID },
		{ EINVAL, OP_INVALID },
		{ ENAMETOOLONG, OP_INVALID },
		{ E2BIG, OP_INVALID },
		{ EFBIG, OP_INVALID },
		{ EIO, OP_TRANSIENT },
		{ EAGAIN, OP_TRANSIENT },
		{ ENOMEM, OP_TRANSIENT },
		{ EMFILE, OP_TRANSIENT },
		{ ENFILE, OP_TRANSIENT },
		{ EBUSY, OP_TRANSIENT },
	};
	enum op_result result = OP_FAILED;

	for (size_t i = 0; i < array_len(classes); i++)
		if (classes[i].error == error)
			result = classes[i].result;
	if (error == ELOOP)
		op_answer(
		    op, result, "%s: a symbolic link is in the way, and none is followed", what);
	else if (error == EXDEV)
		op_answer(op, result, "%s: this leads out of the root folder", what);
	else
		op_answer(op, result, "%s: %s", what, strerror(error));
}

struct json_object *
local_tags(const struct op *op)
{
	struct json_object *tags = op_tags(op), *ours;

	if (identity_owns(op->identity, tags))
		return tags;
	ours = identity_tags(op->identity, tags);
	json_object_put(tags);
	return ours;
}

struct json_object *
local_found(const char *id, struct json_object *properties, struct json_object *outputs,
    struct json_object *tags)
{
	struct json_object *found = json_object_new_object();

	json_set_str(found, "id", id);
	json_set(found, "properties", properties);
	json_set(found, "outputs", outputs);
	json_set(found, "tags", tags == NULL ? json_object_new_object() : tags);
	return found;
}

struct json_object *
local_masked(const struct local_call *call, const char *text, size_t len)
{
	char               *copy = xmalloc(len + 1);
	struct json_object *masked;

	memcpy(copy, text, len);
	mask_text(call->mask, copy, len, false);
	masked = json_string(copy, len);
	free(copy);
	return masked;
}

bool
local_is_reference(const char *text)
{
	return *text == '@' || strstr(text, "@{") != NULL;
}

int64_t
local_number(struct json_object *properties, const char *name, int64_t least, int64_t most,
    int64_t otherwise)
{
	int64_t number = json_get_i64(properties, name, otherwise);

	return number < least ? least : number > most ? most : number;
}

void
local_validate_path(
    struct json_object *properties, const char *key, const char *pointer, struct problems *problems)
{
	struct json_object *value = json_get(properties, key);
	const char         *path = json_get_str(properties, key);
	struct str          place;
	bool                whole;

	/* Not a string: the schema says so, or it is a reference. */
	if (path == NULL || local_is_reference(path))
		return;
	whole = strlen(path) == (size_t)json_object_get_string_len(value);
	if (whole && local_path_ok(path))
		return;
	str_init(&place, 4096);
	str_add(&place, pointer);
	json_pointer_add(&place, key);
	problems_add(problems, place.data, "bad_path",
	    "A path is relative to the root folder, without \".\", \"..\" or empty parts, at most "
	    "%d bytes long, and not in " LOCAL_RECORD_DIR,
	    LOCAL_PATH_MAX);
	str_fini(&place);
}

/* ---- an op's way ---- */

static void
call_free(void *ptr)
{
	struct local_call *call = ptr;

	json_object_put(call->record);
	mask_destroy(call->mask);
	free(call);
}

static void
call_unlink(struct local_call *call)
{
	*call->at = call->next;
	if (call->next != NULL)
		call->next->at = call->at;
}

void
local_call_done(struct local_call *call)
{
	struct op *op = call->op;

	call_unlink(call);
	if (call->stop != NULL)
		call->stop(call);
	loop_bury(call->local->loop, call_free, call);
	if (op == NULL)
		return;
	must(op->result != OP_PENDING);
	op->impl = NULL;
	op->done(op);
}

static void
on_run(struct task *task)
{
	struct local_call       *call = container_of(task, struct local_call, task);
	const struct local_kind *kind = kind_of(call->op->type);

	must(kind != NULL);
	/* All here is usable, or gone, as soon as its operation is done. */
	if (call->op->kind == OP_SETTLE)
		op_answer(call->op, OP_OK, "%s", "");
	else if (kind->run[call->op->kind] == NULL)
		op_answer(call->op, OP_INVALID, "%s can't be listed", kind->type);
	else if (kind->run[call->op->kind](call) == LOCAL_LATER)
		return;
	local_call_done(call);
}

static void
local_start(struct provider *provider, struct op *op)
{
	struct local      *local = local_of(provider);
	struct local_call *call = xcalloc(1, sizeof(*call));

	must(op->impl == NULL);
	must(op->done != NULL);
	call->local = local;
	call->op = op;
	call->next = local->calls;
	call->at = &local->calls;
	if (call->next != NULL)
		call->next->at = &call->next;
	local->calls = call;
	op->impl = call;
	task_init(&call->task, on_run);
	if (op->identity != NULL)
		task_set_lane(local->loop, &call->task, lane_of(op->identity->tenant));
	timer_init(&call->timer, NULL);
	task_wake(local->loop, &call->task);
}

static void
local_cancel(struct provider *provider, struct op *op)
{
	struct local      *local = local_of(provider);
	struct local_call *call = op->impl;

	if (call == NULL)
		return;
	task_cancel(local->loop, &call->task);
	timer_disarm(local->loop, &call->timer);
	op->impl = NULL;
	call->op = NULL;
	if (call->process != NULL)
		local_process_stop(call->process);
	else
		local_call_done(call);
}

/* ---- the provider ---- */

static enum err_code
local_load(struct provider *provider, struct resource_type *type, struct err *err)
{
	if (kind_of(type) == NULL || !str_eq(type->provider, provider->name))
		return err_set(
		    err, ERR_INVALID_CONFIG, "%s: this host has no such kind", type->name);
	if (!type->global)
		return err_set(err, ERR_INVALID_CONFIG, "%s: local types are global", type->name);
	return ERR_OK;
}

/* What is sealed in a property that nobody opens would be taken as it is. */
static void
validate_sealed(const struct local_kind *kind, struct json_object *properties, const char *pointer,
    struct problems *problems)
{
	struct str at;

	str_init(&at, 4096);
	json_object_object_foreach (properties, name, value) {
		if (!holds_sealed(value) || str_eq(kind->opens, "") || str_eq(kind->opens, name))
			continue;
		str_clear(&at);
		str_add(&at, pointer);
		json_pointer_add(&at, name);
		problems_add(problems, at.data, "not_sealable",
		    "%s takes nothing sealed in this property", kind->type);
	}
	str_fini(&at);
}

static void
local_validate(struct provider *provider, const struct resource_type *type,
    struct json_object *properties, const char *pointer, struct problems *problems)
{
	const struct local_kind *kind = kind_of(type);

	must(kind != NULL);
	validate_sealed(kind, properties, pointer, problems);
	if (kind->validate != NULL)
		kind->validate(local_of(provider), properties, pointer, problems);
}

/* There is one host, and it is one account. */
static void
local_window(struct provider *provider, const struct op *op, char *buf, size_t size)
{
	(void)provider;
	snprintf(buf, size, "%s", op->type->name);
}

static void
local_destroy(struct provider *provider)
{
	struct local      *local = local_of(provider);
	struct local_call *next;

	for (struct local_call *call = local->calls; call != NULL; call = next) {
		next = call->next;
		task_cancel(local->loop, &call->task);
		timer_disarm(local->loop, &call->timer);
		if (call->process != NULL)
			local_process_destroy(call->process);
		if (call->stop != NULL)
			call->stop(call);
		if (call->op != NULL)
			call->op->impl = NULL;
		call_free(call);
	}
	json_object_put(local->nulls);
	local_allow_fini(&local->allow);
	local_root_fini(&local->root);
	free(local);
}

static const char *
local_public_key(struct provider *provider)
{
	return sealed_key_hex(local_of(provider)->key);
}

static void
local_check_sealed(struct provider *provider, struct json_object *properties, const char *pointer,
    struct problems *problems)
{
	unseal_check(local_of(provider)->key, properties, pointer, problems);
}

struct provider *
local_create(const struct local_options *options)
{
	struct local *local = xcalloc(1, sizeof(*local));
	bool          opens = options->key != NULL;

	if (!local_root_init(&local->root, options->root)) {
		free(local);
		return NULL;
	}
	local->ev = options->ev;
	local->loop = loop_ev_loop(options->ev);
	local->fetcher = options->fetcher;
	local->key = options->key;
	local_allow_init(&local->allow, options->allow);
	if (str_eq(options->name, "local"))
		local_claim_all(&local->root);
	if (str_eq(options->name, "exec"))
		local_allow_find_programs(&local->allow);
	local->nulls = json_object_new_object();
	local->provider = (struct provider){
		.name = options->name,
		.load = local_load,
		.validate = local_validate,
		.public_key = opens ? local_public_key : NULL,
		.takes_sealed = opens,
		.check_sealed = opens ? local_check_sealed : NULL,
		.start_sweep = local_sweep_start,
		.cancel_sweep = local_sweep_cancel,
		.window = local_window,
		.window_size = WINDOW_SIZE,
		.start = local_start,
		.cancel = local_cancel,
		.destroy = local_destroy,
	};
	return &local->provider;
}
