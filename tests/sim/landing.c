/* SPDX-License-Identifier: Apache-2.0
 * landing.c - boxes, and what a call does to them when it lands. */
#include "landing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "util/json.h"
#include "util/mem.h"
#include "world.h"

#define UNSETTLED_US (20 * SECOND)
#define LINGERING_US (10 * SECOND)
#define INDEX_US     (600 * SECOND) /* a destroy may wait so long for what it lists */

/* ---- boxes ---- */

static bool
is_gone(const struct cloud *cloud, const struct box *box)
{
	return box->gone_us != 0 && box->gone_us <= cloud->world->now_us;
}

static bool
is_visible(const struct cloud *cloud, const struct box *box)
{
	return box->visible_us <= cloud->world->now_us && !is_gone(cloud, box);
}

/* The identity that the call looks for: same name, or tags that say it is the same node. */
static bool
is_asked(const struct call *call, const struct box *box)
{
	if (strcmp(box->type, call->asked.type) != 0 ||
	    strcmp(box->region, call->asked.region) != 0)
		return false;
	if (call->kind->unique)
		return strcmp(box->name, call->asked.name) == 0;
	return strcmp(box->node, call->asked.node) == 0 &&
	       strcmp(box->deployment, call->asked.deployment) == 0;
}

static struct box *
find_known(struct call *call)
{
	for (struct box *box = call->cloud->boxes; box != NULL; box = box->next) {
		if (strcmp(box->id, call->asked.id) == 0 && !is_gone(call->cloud, box))
			return box;
	}
	return NULL;
}

/* ---- what there is, for judges ---- */

bool
box_is_like(const struct box *one, const struct box *other)
{
	return strcmp(one->deployment, other->deployment) == 0 &&
	       strcmp(one->node, other->node) == 0 && strcmp(one->region, other->region) == 0 &&
	       strcmp(one->type, other->type) == 0 && strcmp(one->name, other->name) == 0;
}

bool
box_is_protected(const struct box *box)
{
	return json_has(box->tags, "mgraph:protect");
}

const struct box *
cloud_find(const struct cloud *cloud, const struct box *like, const struct box *after)
{
	const struct box *box = after != NULL ? after->next : cloud->boxes;

	while (box != NULL && (box->gone_us != 0 || !box_is_like(box, like)))
		box = box->next;
	return box;
}

const struct box *
cloud_find_lingering(const struct cloud *cloud, const struct box *like)
{
	const struct box *box = cloud->boxes;

	while (box != NULL && (box->gone_us == 0 || is_gone(cloud, box) || !box_is_like(box, like)))
		box = box->next;
	return box;
}

const struct box *
cloud_next(const struct cloud *cloud, const char *deployment, const struct box *after)
{
	const struct box *box = after != NULL ? after->next : cloud->boxes;

	while (box != NULL && (box->gone_us != 0 || strcmp(box->deployment, deployment) != 0))
		box = box->next;
	return box;
}

const struct box *
cloud_find_protected(const struct cloud *cloud, const char *deployment, const char *node)
{
	const struct box *box = cloud_next(cloud, deployment, NULL);

	while (box != NULL &&
	       ((node != NULL && strcmp(box->node, node) != 0) || !box_is_protected(box)))
		box = cloud_next(cloud, deployment, box);
	return box;
}

bool
cloud_may_list(const struct cloud *cloud, const char         *deployment,
    bool (*is_known)(void *arg, const struct box *box), void *arg)
{
	int64_t since_us = cloud->world->now_us - INDEX_US - cloud->horizon_us;

	for (const struct box *box = cloud->boxes; box != NULL; box = box->next) {
		if (strcmp(box->deployment, deployment) == 0 &&
		    (box->gone_us == 0 || box->gone_us > since_us) && !is_known(arg, box))
			return true;
	}
	return false;
}

/* ---- making them ---- */

static struct json_object *
found_of(const struct box *box)
{
	struct json_object *found = json_object_new_object();
	struct json_object *outputs = json_object_new_object();

	json_set_str(outputs, "arn", box->id);
	json_set_str(found, "id", box->id);
	json_set(found, "properties", json_copy(box->properties));
	json_set(found, "outputs", outputs);
	json_set(found, "tags", json_copy(box->tags));
	return found;
}

void
box_free(struct box *box)
{
	json_object_put(box->properties);
	json_object_put(box->tags);
	free(box);
}

static struct box *
box_make(struct call *call)
{
	struct cloud *cloud = call->cloud;
	struct world *world = cloud->world;
	struct box   *box = xcalloc(1, sizeof(*box));

	*box = call->asked;
	box->properties = json_copy(call->desired);
	box->tags = json_copy(call->asked.tags);
	if (call->kind->unique)
		snprintf(box->id, sizeof(box->id), "arn:%s%s/%.40s", box->region,
		    strrchr(box->type, ':'), box->name);
	else
		snprintf(box->id, sizeof(box->id), "arn:%s/%llu", box->region,
		    (unsigned long long)++cloud->made);
	box->visible_us = box->ready_us = world->now_us;
	if (hits(world, CHANCE_STALE))
		box->visible_us += draw_between(world, 0, cloud->horizon_us / 2);
	if (hits(world, CHANCE_UNSETTLED))
		box->ready_us += draw_between(world, 0, UNSETTLED_US);
	if (box->ready_us < box->visible_us)
		box->ready_us = box->visible_us;
	*cloud->tail = box;
	cloud->tail = &box->next;
	return box;
}

/* ---- what a call does when it lands ---- */

void
call_result(struct call *call, enum op_result result, const char *fmt, ...)
{
	va_list args;

	call->result = result;
	va_start(args, fmt);
	vsnprintf(call->message, sizeof(call->message), fmt, args);
	va_end(args);
}

static void
answer_found(struct call *call, const struct box *box)
{
	call_result(call, OP_OK, "%s", "");
	json_object_put(call->found);
	call->found = found_of(box);
}

static bool
is_ours(const struct call *call, const struct box *box)
{
	return strcmp(box->node, call->asked.node) == 0 &&
	       strcmp(box->deployment, call->asked.deployment) == 0;
}

static void
land_read(struct call *call)
{
	const struct box *first = NULL;

	for (const struct box *box = call->cloud->boxes; box != NULL; box = box->next) {
		if (!is_asked(call, box) || !is_visible(call->cloud, box))
			continue;
		if (first != NULL) {
			call_result(call, OP_AMBIGUOUS, "there are two");
			return;
		}
		first = box;
	}
	if (first == NULL)
		call_result(call, OP_ABSENT, "%s", "");
	else if (first->gone_us != 0)
		call_result(call, OP_TRANSIENT, "%s is being deleted", first->id);
	else if (!is_ours(call, first) && !call->adopt)
		call_result(call, OP_CONFLICT, "%s is somebody else's", first->id);
	else
		answer_found(call, first);
}

static void
land_create(struct call *call)
{
	struct cloud *cloud = call->cloud;
	struct box   *box;

	for (box = cloud->boxes; box != NULL; box = box->next) {
		if (call->kind->unique && is_asked(call, box) && !is_gone(cloud, box)) {
			call_result(call, OP_CONFLICT, "%s is there", box->id);
			return;
		}
		if (call->kind->tokens && strcmp(box->token, call->asked.token) == 0) {
			answer_found(call, box);
			return;
		}
	}
	judge_create(cloud->world, call->process, &call->asked);
	box = box_make(call);
	tell(cloud->world, "cloud", "made", box->id, (int64_t)cloud->made);
	answer_found(call, box);
}

static void
land_update(struct call *call)
{
	struct box *box = find_known(call);

	if (box == NULL || box->gone_us != 0) {
		call_result(call, OP_ABSENT, "%s is not there", call->asked.id);
		return;
	}
	judge_update(call->cloud->world, &call->asked, box);
	for (size_t i = 0; i < json_object_array_length(call->changes); i++) {
		const char *name =
		    json_object_get_string(json_object_array_get_idx(call->changes, i));

		json_set(box->properties, name, json_object_get(json_get(call->desired, name)));
	}
	json_object_put(box->tags);
	box->tags = json_copy(call->asked.tags);
	memcpy(box->node, call->asked.node, sizeof(box->node));
	memcpy(box->resource, call->asked.resource, sizeof(box->resource));
	memcpy(box->deployment, call->asked.deployment, sizeof(box->deployment));
	answer_found(call, box);
}

static void
land_delete(struct call *call)
{
	struct world *world = call->cloud->world;
	struct box   *box = find_known(call);

	if (box == NULL || box->gone_us != 0) {
		call_result(call, OP_ABSENT, "%s is not there", call->asked.id);
		return;
	}
	judge_delete(world, &call->asked, box);
	tell(world, "cloud", "deleted", box->id, 0);
	box->gone_us = world->now_us;
	if (hits(world, CHANCE_LINGERING))
		box->gone_us += draw_between(world, 1, LINGERING_US);
	call_result(call, OP_OK, "%s", "");
}

static void
land_settle(struct call *call)
{
	const struct box *box = find_known(call);

	if (call->after == OP_DELETE)
		call_result(call, box == NULL ? OP_OK : OP_NOT_YET, "%s", "");
	else if (box == NULL || box->visible_us > call->cloud->world->now_us)
		call_result(call, OP_ABSENT, "%s", "");
	else if (box->ready_us > call->cloud->world->now_us)
		call_result(call, OP_NOT_YET, "%s", "");
	else
		answer_found(call, box);
}

static void (*const landings[OP_KINDS_N])(struct call *call) = {
	[OP_READ] = land_read,
	[OP_CREATE] = land_create,
	[OP_UPDATE] = land_update,
	[OP_DELETE] = land_delete,
	[OP_SETTLE] = land_settle,
};

void
call_land(struct call *call)
{
	struct cloud *cloud = call->cloud;

	call->landed = true;
	if (!call->lands)
		return;
	tell(cloud->world, "cloud", op_kind_name(call->verb), call->asked.resource,
	    call->op != NULL);
	if (call->until_us < cloud->world->now_us) {
		call_result(call, OP_EXPIRED, "these credentials have expired");
		return;
	}
	landings[call->verb](call);
	if (call->doubled)
		landings[call->verb](call);
}
