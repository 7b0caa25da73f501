/* SPDX-License-Identifier: Apache-2.0
 * provider.c - what all providers share: answering an op, and the tags that say whose a resource
 * is. */
#include "provider/provider.h"

#include <stdarg.h>

#include "util/json.h"
#include "util/str.h"

static const char *const result_names[] = {
	[OP_PENDING] = "pending",
	[OP_OK] = "ok",
	[OP_ABSENT] = "absent",
	[OP_NOT_YET] = "not_yet",
	[OP_THROTTLED] = "throttled",
	[OP_TRANSIENT] = "transient",
	[OP_UNKNOWN] = "unknown",
	[OP_CONFLICT] = "conflict",
	[OP_AMBIGUOUS] = "ambiguous",
	[OP_NOT_FOUND] = "not_found",
	[OP_DENIED] = "denied",
	[OP_EXPIRED] = "expired_credentials",
	[OP_INVALID] = "invalid",
	[OP_QUOTA] = "quota",
	[OP_TIMEOUT] = "timeout",
	[OP_STALE] = "stale_plan",
	[OP_FAILED] = "failed",
};
_Static_assert(array_len(result_names) == OP_RESULTS_N, "each result has a name");

static const char *const kind_names[] = {
	[OP_READ] = "read",
	[OP_CREATE] = "create",
	[OP_UPDATE] = "update",
	[OP_DELETE] = "delete",
	[OP_SETTLE] = "settle",
	[OP_LIST] = "list",
	[OP_CHECK] = "check",
};
_Static_assert(array_len(kind_names) == OP_KINDS_N, "each kind has a name");

const char *
op_result_name(enum op_result result)
{
	must(result < OP_RESULTS_N);
	return result_names[result];
}

const char *
op_kind_name(enum op_kind kind)
{
	must(kind < OP_KINDS_N);
	return kind_names[kind];
}

bool
op_result_from(const char *name, enum op_result *ret_result)
{
	for (int i = 0; i < OP_RESULTS_N; i++) {
		if (str_eq(name, result_names[i])) {
			*ret_result = (enum op_result)i;
			return true;
		}
	}
	return false;
}

bool
op_kind_from(const char *name, enum op_kind *ret_kind)
{
	for (int i = 0; i < OP_KINDS_N; i++) {
		if (str_eq(name, kind_names[i])) {
			*ret_kind = (enum op_kind)i;
			return true;
		}
	}
	return false;
}

void
op_answer(struct op *op, enum op_result result, const char *fmt, ...)
{
	va_list args;

	must(result < OP_RESULTS_N);
	op->result = result;
	op->code[0] = '\0';
	va_start(args, fmt);
	str_vformat(op->message, sizeof(op->message), fmt, args);
	va_end(args);
}

void
op_fini(struct op *op)
{
	must(op->impl == NULL);
	json_object_put(op->found);
	op->found = NULL;
}

void
sweep_fini(struct sweep *sweep)
{
	must(sweep->impl == NULL);
	json_object_put(sweep->hits);
	sweep->hits = NULL;
}

void
check_fini(struct check *check)
{
	must(check->impl == NULL);
	problems_fini(&check->problems);
}

void
errand_fini(struct errand *errand)
{
	must(errand->impl == NULL);
	json_object_put(errand->answer);
	json_object_put(errand->rate);
	errand->answer = errand->rate = NULL;
}

struct json_object *
identity_tags(const struct identity *identity, struct json_object *users)
{
	struct json_object *tags = json_object_new_object();

	if (users != NULL) {
		json_object_object_foreach (users, key, value) {
			json_set(tags, key, json_object_get(value));
		}
	}
	json_set_str(tags, IDENTITY_GRAPH_TAG, identity->graph_id);
	json_set_str(tags, IDENTITY_NODE_TAG, identity->node_id);
	json_set_str(tags, IDENTITY_EDGE_TAG, identity->edge_id);
	json_set_str(tags, IDENTITY_DEPLOYMENT_TAG, identity->deployment_id);
	json_set_str(tags, IDENTITY_RESOURCE_TAG, identity->resource_id);
	json_set_str(tags, IDENTITY_HASH_TAG, identity->spec_hash);
	if (identity->protect)
		json_set_str(tags, IDENTITY_PROTECT_TAG, "true");
	return tags;
}

struct json_object *
op_tags(const struct op *op)
{
	return op->restores ? json_copy(op->tags) : identity_tags(op->identity, op->tags);
}

/* The graph id and the hash change from version to version; these do not, but for another name, and two of them say whose a
 * resource is. */
static const struct lasting_tag {
	const char *tag;
	size_t      is; /* where an identity has it */
	bool        tells;
} lasting_tags[] = {
	{ IDENTITY_NODE_TAG, offsetof(struct identity, node_id), true },
	{ IDENTITY_DEPLOYMENT_TAG, offsetof(struct identity, deployment_id), true },
	{ IDENTITY_RESOURCE_TAG, offsetof(struct identity, resource_id), false },
};

static const char *
text_at(const struct identity *identity, size_t at)
{
	return *(const char *const *)((const char *)identity + at);
}

bool
identity_owns(const struct identity *identity, struct json_object *tags)
{
	for (size_t i = 0; i < array_len(lasting_tags); i++) {
		if (lasting_tags[i].tells && json_get_str(tags, lasting_tags[i].tag) == NULL)
			return false;
	}
	return !identity_denies(identity, tags);
}

bool
identity_denies(const struct identity *identity, struct json_object *tags)
{
	for (size_t i = 0; i < array_len(lasting_tags); i++) {
		const struct lasting_tag *lasting = &lasting_tags[i];
		const char               *says = json_get_str(tags, lasting->tag);

		if (says != NULL && !str_eq(says, text_at(identity, lasting->is)) &&
		    (lasting->tells || !identity->renamed))
			return true;
	}
	return false;
}
