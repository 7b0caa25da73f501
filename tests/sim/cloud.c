/* SPDX-License-Identifier: Apache-2.0
 * cloud.c - boxes, and calls on their way to them. */
#include "cloud.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/work.h"
#include "judge.h"
#include "process.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"
#include "world.h"

#define QUICK_US     (50 * MS)
#define SLOW_US      (5 * SECOND)
#define UNSETTLED_US (20 * SECOND)
#define LINGERING_US (10 * SECOND)
#define HORIZON_MOST (8 * SECOND)
#define WINDOW_MOST  4
#define ASKED_MS     3000 /* the longest that it asks to wait when throttled */

/* How the boxes of a type are told apart: the member `kind` of its file. */
static const struct kind {
	const char *name;
	bool        unique; /* by name */
	bool        tokens;
} kinds[] = {
	{ "named", true, false },
	{ "tokened", false, true },
	{ "loose", false, false },
};

struct cloud {
	struct world *world;
	struct box   *boxes, **tail;
	uint64_t      made;
	int64_t       horizon_us;
	unsigned      window_size;
	struct call  *calls;
	size_t        calls_n;
	uint64_t      writes_n;
};

/* A call under way: all it needs is its own, since the process may die. */
struct call {
	struct delivery    delivery;
	struct call       *next, **at; /* all that are under way */
	struct cloud      *cloud;
	struct process    *process;
	struct op         *op; /* NULL: nobody waits for the answer any more */
	const struct kind *kind;
	enum op_kind       verb, after;
	bool               adopt;
	struct box
	    asked; /* deployment, resource, node, region, type, token; and the id of what is known */
	struct json_object *desired, *changes;
	enum op_result      lie; /* what is answered, whatever happened; OP_PENDING: the truth */
	bool                lands, doubled;
	bool                late; /* it is answered before it lands */
	bool                landed, answered, delivered;
	struct timer        timer;
	enum op_result      result;
	char                message[128];
	int64_t             retry_after_ms;
	struct json_object *found;
};

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

static const char *
name_of(struct json_object *properties)
{
	const char *name = json_get_str(properties, "name");

	return name != NULL ? name : "";
}

/* The identity that the call looks for: same name, or tags that say it is the same node. */
static bool
is_asked(const struct call *call, const struct box *box)
{
	if (strcmp(box->type, call->asked.type) != 0 ||
	    strcmp(box->region, call->asked.region) != 0)
		return false;
	if (call->kind->unique)
		return strcmp(name_of(box->properties), name_of(call->desired)) == 0;
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

const struct box *
cloud_find(const struct cloud *cloud, const char *deployment, const char *resource,
    const char *region, const struct box *after)
{
	for (const struct box *box = after != NULL ? after->next : cloud->boxes; box != NULL;
	     box = box->next) {
		if (box->gone_us == 0 && strcmp(box->deployment, deployment) == 0 &&
		    strcmp(box->resource, resource) == 0 && strcmp(box->region, region) == 0)
			return box;
	}
	return NULL;
}

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

static void
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
		snprintf(box->id, sizeof(box->id), "arn:%s/%.40s", box->region,
		    name_of(box->properties));
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

static void
answer(struct call *call, enum op_result result, const char *fmt, ...) PRINTF_LIKE(3, 4);

static void
answer(struct call *call, enum op_result result, const char *fmt, ...)
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
	answer(call, OP_OK, "%s", "");
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
			answer(call, OP_AMBIGUOUS, "there are two");
			return;
		}
		first = box;
	}
	if (first == NULL)
		answer(call, OP_ABSENT, "%s", "");
	else if (first->gone_us != 0)
		answer(call, OP_TRANSIENT, "%s is being deleted", first->id);
	else if (!is_ours(call, first) && !call->adopt)
		answer(call, OP_CONFLICT, "%s is somebody else's", first->id);
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
			answer(call, OP_CONFLICT, "%s is there", box->id);
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
		answer(call, OP_ABSENT, "%s is not there", call->asked.id);
		return;
	}
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
		answer(call, OP_ABSENT, "%s is not there", call->asked.id);
		return;
	}
	tell(world, "cloud", "deleted", box->id, 0);
	box->gone_us = world->now_us;
	if (hits(world, CHANCE_LINGERING))
		box->gone_us += draw_between(world, 1, LINGERING_US);
	answer(call, OP_OK, "%s", "");
}

static void
land_settle(struct call *call)
{
	const struct box *box = find_known(call);

	if (call->after == OP_DELETE)
		answer(call, box == NULL ? OP_OK : OP_NOT_YET, "%s", "");
	else if (box == NULL || box->visible_us > call->cloud->world->now_us)
		answer(call, OP_ABSENT, "%s", "");
	else if (box->ready_us > call->cloud->world->now_us)
		answer(call, OP_NOT_YET, "%s", "");
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

static void
land(struct call *call)
{
	struct cloud *cloud = call->cloud;

	call->landed = true;
	if (!call->lands)
		return;
	tell(cloud->world, "cloud", op_kind_name(call->verb), call->asked.resource,
	    call->op != NULL);
	landings[call->verb](call);
	if (call->doubled)
		landings[call->verb](call);
}

/* ---- what may become of a call ---- */

#define READS  (1u << OP_READ | 1u << OP_SETTLE)
#define WRITES (1u << OP_CREATE | 1u << OP_UPDATE | 1u << OP_DELETE)

static const struct mishap {
	enum chance    chance;
	unsigned       verbs;
	enum op_result answer;
	bool           lands;
} mishaps[] = {
	{ CHANCE_THROTTLED, READS | WRITES, OP_THROTTLED, false },
	{ CHANCE_TRANSIENT, READS | WRITES, OP_TRANSIENT, false },
	{ CHANCE_NOT_FOUND, WRITES | 1u << OP_SETTLE, OP_NOT_FOUND, false },
	{ CHANCE_DENIED, READS | WRITES, OP_DENIED, false },
	{ CHANCE_LOST_REQUEST, WRITES, OP_UNKNOWN, false },
	{ CHANCE_LOST_REPLY, WRITES, OP_UNKNOWN, true },
};

static void
draw_mishap(struct call *call)
{
	struct world *world = call->cloud->world;

	call->lands = true;
	for (size_t i = 0; i < array_len(mishaps); i++) {
		const struct mishap *mishap = &mishaps[i];

		if ((mishap->verbs & 1u << call->verb) == 0 || !hits(world, mishap->chance))
			continue;
		call->lie = mishap->answer;
		call->lands = mishap->lands;
		break;
	}
	if (call->lie == OP_THROTTLED && draw(world, 2) == 0)
		call->retry_after_ms = draw_between(world, 1, ASKED_MS);
	if (call->lie == OP_UNKNOWN && !call->kind->unique && !call->kind->tokens) {
		call->retry_after_ms = call->cloud->horizon_us / MS;
		call->late = call->lands && draw(world, 2) == 0;
	}
	/* A second delivery of what has no token and no name makes a second box, whatever we do. */
	if (WRITES & 1u << call->verb && (call->kind->unique || call->kind->tokens))
		call->doubled = hits(world, CHANCE_DOUBLED);
}

static int64_t
draw_travel_us(struct world *world)
{
	return draw_between(world, 1, hits(world, CHANCE_SLOW) ? SLOW_US : QUICK_US);
}

/* ---- the way of a call ---- */

static void
call_free(struct call *call)
{
	*call->at = call->next;
	if (call->next != NULL)
		call->next->at = call->at;
	call->cloud->calls_n--;
	timer_disarm(call->cloud->world->sky, &call->timer);
	json_object_put(call->desired);
	json_object_put(call->changes);
	json_object_put(call->asked.tags);
	json_object_put(call->found);
	free(call);
}

static void
call_end_if_over(struct call *call)
{
	if (call->landed && call->delivered)
		call_free(call);
}

/* The process is told; or it has died since the answer came in. */
static void
deliver(struct delivery *delivery)
{
	struct call *call = container_of(delivery, struct call, delivery);
	struct op   *op = call->op;

	if (op != NULL) {
		op->impl = NULL;
		op_answer(op, call->result, "%s", call->message);
		op->retry_after_ms = call->retry_after_ms;
		if (call->result == OP_OK) {
			op->found = call->found;
			call->found = NULL;
		}
		tell(call->cloud->world, call->process->owner, op_result_name(call->result),
		    call->asked.resource, call->retry_after_ms);
		judge_answer(call->cloud->world, call->process, op);
	}
	call->op = NULL;
	call->delivered = true;
	call_end_if_over(call);
	if (op != NULL)
		op->done(op);
}

static void
call_answer(struct call *call)
{
	if (call->lie != OP_PENDING)
		answer(call, call->lie, "so it was drawn");
	call->answered = true;
	if (call->op != NULL)
		process_deliver(call->process, &call->delivery);
	else
		deliver(&call->delivery);
}

/* It lands, then it is answered; when late, the other way round. */
static void
on_timer(struct timer *timer)
{
	struct call  *call = container_of(timer, struct call, timer);
	struct world *world = call->cloud->world;

	if (call->late) {
		call->late = false;
		timer_arm(world->sky, timer, draw_between(world, 0, call->cloud->horizon_us / 2));
		call_answer(call);
	} else if (!call->landed) {
		land(call);
		if (!call->answered)
			timer_arm(world->sky, timer, draw_travel_us(world));
		else
			call_end_if_over(call);
	} else {
		call_answer(call);
	}
}

static void
copy_text(char *out, size_t size, const char *text)
{
	must(strlen(text) < size);
	memcpy(out, text, strlen(text) + 1);
}

static void
call_ask(struct call *call, const struct op *op)
{
	const struct identity *identity = op->identity;
	struct box            *asked = &call->asked;

	call->op = (struct op *)(uintptr_t)op;
	call->kind = op->type->impl;
	call->verb = op->kind;
	call->after = op->after;
	call->adopt = op->adopt;
	call->desired = json_object_get(op->desired);
	call->changes = json_object_get(op->changes);
	copy_text(asked->deployment, sizeof(asked->deployment), identity->deployment_id);
	copy_text(asked->resource, sizeof(asked->resource), identity->resource_id);
	copy_text(asked->node, sizeof(asked->node), identity->node_id);
	copy_text(asked->region, sizeof(asked->region), identity->region);
	copy_text(asked->token, sizeof(asked->token), op->token);
	if (op->known != NULL)
		copy_text(asked->id, sizeof(asked->id), json_get_str(op->known, "id"));
	asked->type = op->type->name;
	if (WRITES & 1u << op->kind)
		asked->tags = identity_tags(identity, op->tags);
}

static void
cloud_start(struct provider *provider, struct op *op)
{
	struct process *process = process_of(provider);
	struct cloud   *cloud = process->world->cloud;
	struct call    *call = xcalloc(1, sizeof(*call));

	must(op->impl == NULL);
	tell(cloud->world, process->owner, op_kind_name(op->kind), op->identity->resource_id, 0);
	judge_call(cloud->world, process, op);
	call->delivery.deliver = deliver;
	call->cloud = cloud;
	call->process = process;
	call_ask(call, op);
	call->next = cloud->calls;
	call->at = &cloud->calls;
	if (call->next != NULL)
		call->next->at = &call->next;
	cloud->calls = call;
	cloud->calls_n++;
	cloud->writes_n += (WRITES & 1u << op->kind) != 0;
	draw_mishap(call);
	timer_init(&call->timer, on_timer);
	timer_arm(cloud->world->sky, &call->timer, draw_travel_us(cloud->world));
	op->impl = call;
}

/* Nobody waits any more. What a dying process has sent may be lost on its way. */
static void
cloud_cancel(struct provider *provider, struct op *op)
{
	struct call *call = op->impl;

	must(call->op == op);
	call->op = NULL;
	op->impl = NULL;
	if (process_of(provider)->dying && !call->landed && draw(call->cloud->world, 3) == 0)
		call->lands = false;
}

/* ---- the provider ---- */

static enum err_code
cloud_load(struct provider *provider, struct resource_type *type, struct err *err)
{
	(void)provider;
	for (size_t i = 0; i < array_len(kinds); i++) {
		if (str_eq(json_get_str(type->file, "kind"), kinds[i].name)) {
			type->impl = (void *)(uintptr_t)&kinds[i];
			return ERR_OK;
		}
	}
	return err_set(err, ERR_INVALID_CONFIG, "%s is of no kind of box", type->name);
}

static void
cloud_window(struct provider *provider, const struct op *op, char *buf, size_t size)
{
	(void)provider;
	snprintf(buf, size, "sim:%s", op->identity->region);
}

static void
cloud_unregister(struct provider *provider)
{
	(void)provider;
}

const struct provider cloud_provider = {
	.name = "sim",
	.load = cloud_load,
	.window = cloud_window,
	.start = cloud_start,
	.cancel = cloud_cancel,
	.destroy = cloud_unregister,
};

/* ---- public ---- */

struct cloud *
cloud_create(struct world *world)
{
	struct cloud *cloud = xcalloc(1, sizeof(*cloud));

	cloud->world = world;
	cloud->tail = &cloud->boxes;
	cloud->horizon_us = draw_between(world, 1, HORIZON_MOST);
	cloud->window_size = 1 + (unsigned)draw(world, WINDOW_MOST);
	return cloud;
}

void
cloud_destroy(struct cloud *cloud)
{
	while (cloud->calls != NULL)
		call_free(cloud->calls);
	while (cloud->boxes != NULL) {
		struct box *box = cloud->boxes;

		cloud->boxes = box->next;
		box_free(box);
	}
	free(cloud);
}

unsigned
cloud_window_size(const struct cloud *cloud)
{
	return cloud->window_size;
}

size_t
cloud_calls_n(const struct cloud *cloud)
{
	return cloud->calls_n;
}

uint64_t
cloud_writes_n(const struct cloud *cloud)
{
	return cloud->writes_n;
}

/* How many calls a process waits for from nodes of one region: a node makes one at a time, and holds a slot. */
unsigned
cloud_in_flight(const struct cloud *cloud, const struct process *process, const char *region)
{
	unsigned n = 0;

	for (const struct call *call = cloud->calls; call != NULL; call = call->next) {
		if (call->op == NULL || call->process != process)
			continue;
		n += strcmp(container_of(call->op, struct work, op)->identity.region, region) == 0;
	}
	return n;
}
