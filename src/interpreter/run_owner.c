/* SPDX-License-Identifier: Apache-2.0
 * run_owner.c - the tags that say whose a resource is: which to set, and what those found say. */
#include "interpreter/run.h"

#include <stdio.h>
#include <stdlib.h>

#include "interpreter/untold.h"
#include "util/json.h"
#include "util/str.h"

#define NOT_OURS     "exists and is not managed by this deployment"
#define STRANGER_MAX 400

/* ---- tags ---- */

/* Marks are those of other nodes. */
static bool
is_reserved(const struct run *run, const char *key)
{
	return found_is_clouds_own(run->type, key) || str_starts(key, "mgraph:mark:");
}

/* Where a service takes single tags away, only what differs is sent. Where it replaces them all, the cloud's
 * own are sent along: it refuses to drop them. Without a list of steps for tags, updates bring them along. */
void
run_plan_tags(struct run *run)
{
	struct json_object *wanted = untold_tags(run->type, run->op);
	struct json_object *known = json_get_object(run->op->known, "tags");
	bool                single = run->type->lists[LIST_UNTAG].n > 0;
	bool                apart = run->type->lists[LIST_TAG].n > 0;
	bool                same = true;

	run->tags = json_object_new_object();
	run->tag_keys = json_object_new_array();
	json_object_object_foreach (wanted, key, value) {
		bool kept = known != NULL && json_same(json_get(known, key), value);

		same = same && kept;
		if (!single || !kept)
			json_set(run->tags, key, json_object_get(value));
	}
	if (known != NULL) {
		json_object_object_foreach (known, old, old_value) {
			bool reserved = is_reserved(run, old);

			if (!reserved && !json_has(wanted, old)) {
				json_object_array_add(run->tag_keys, json_object_new_string(old));
				same = false;
			} else if (reserved && !single) {
				json_set(run->tags, old, json_object_get(old_value));
			}
		}
	}
	run->tags_differ = !same;
	if (same && apart && !single) {
		json_object_put(run->tags);
		run->tags = json_object_new_object();
	}
	json_object_put(wanted);
	run->scope.tags = run->tags;
	run->scope.tag_keys = run->tag_keys;
}

/* ---- whose it is ---- */

/* Nobody has signed it: whoever has made it may have been cut short before its tags. Whether we have, the engine knows. */
static void
keep_unmarked(struct run *run)
{
	json_object_put(run->unmarked);
	run->unmarked = found_read(&run->found, &run->scope);
	json_set_bool(run->unmarked, "unmarked", true);
	json_set_bool(run->unmarked, "incomplete", true);
}

static bool
has_lost_tags(const struct run *run)
{
	return !json_has(run->found.tags, IDENTITY_NODE_TAG) &&
	       str_eq(json_get_str(run->found.tags, IDENTITY_DEPLOYMENT_TAG),
		   run->op->identity->deployment_id);
}

/* Whose it is then, if its tags say so. */
static void
keep_stranger(struct run *run)
{
	struct json_object *tags = run->found.tags;
	const char         *resource = json_get_str(tags, IDENTITY_RESOURCE_TAG);
	const char         *deployment = json_get_str(tags, IDENTITY_DEPLOYMENT_TAG);
	struct str          says;

	free(run->stranger);
	run->stranger = NULL;
	if (resource == NULL || deployment == NULL || !json_has(tags, IDENTITY_NODE_TAG))
		return;
	str_init(&says, STRANGER_MAX);
	str_addf(&says, "exists and belongs to '%s' of the deployment '%s', as its tags say",
	    resource, deployment);
	run->stranger = str_take(&says);
}

static const char *
why_foreign(const struct run *run)
{
	return run->stranger != NULL ? run->stranger : NOT_OURS;
}

/* One name has been read to its end: is it this node's? A name that carries the node id, with tags that do not say
 * otherwise, is ours, and incomplete: a create that was cut short before its tags, or somebody took them away. What has no tags at all is
 * claimed by its name; whether that will do is the engine's to say. */
static void
judge_owner(struct run *run)
{
	bool tagged = run->type->tagged && run->found.tags != NULL;
	bool by_tags = identity_owns(run->op->identity, run->found.tags);
	bool by_name =
	    run->names.carry_node && !identity_denies(run->op->identity, run->found.tags);

	if (tagged && !by_tags && !by_name && !run->op->adopt) {
		run->foreign = run->foreign || run->name_at == 0 || run->resume_at > 0;
		run->tags_lost = has_lost_tags(run);
		keep_stranger(run);
		if (run->foreign && run->type->tags_apart &&
		    json_object_object_length(run->found.tags) == 0)
			keep_unmarked(run);
		return;
	}
	if (run->ours != NULL) {
		run->ambiguous = true;
		return;
	}
	run->ours = found_read(&run->found, &run->scope);
	if (tagged && !by_tags)
		json_set_bool(run->ours, "incomplete", true);
	else if (!tagged && !by_name && !run->op->adopt)
		json_set_bool(run->ours, "claimed", true);
}

static void
end_absent(struct run *run)
{
	op_answer(run->op, OP_ABSENT, "%s", "");
	run->op->found = found_absent(&run->found);
}

static void
end_read(struct run *run)
{
	struct json_object *found = run->ours;

	run->ours = NULL;
	if (found != NULL && !run->ambiguous) {
		run_end_ok(run, found);
		return;
	}
	json_object_put(found);
	if (run->unmarked != NULL && !run->ambiguous) {
		found = run->unmarked;
		run->unmarked = NULL;
		run_end_ok(run, found);
		return;
	}
	if (run->ambiguous)
		op_answer(run->op, OP_AMBIGUOUS, "both %s and %s claim to be this node",
		    run->names.names[0], run->names.names[1]);
	else if (run->foreign)
		op_answer(run->op, OP_CONFLICT, "%s %s", run->names.names[0], why_foreign(run));
	else
		end_absent(run);
	if (run->foreign && run->tags_lost) /* so that a destroy does not pass over it */
		snprintf(run->op->code, sizeof(run->op->code), "%s", "TagsLost");
	run_end(run);
}

/* A create looked first, or one of its steps found the name taken: go on if it is ours. */
static void
resume_create(struct run *run)
{
	bool first = run->looks_first;

	run->looks_first = false;
	if (run->foreign || (!first && run->ours == NULL)) {
		run_end_conflict(run, why_foreign(run));
		return;
	}
	run->mode = MODE_WORK;
	run->steps = &run->type->lists[LIST_CREATE];
	run->step_at = run->resume_at;
	run->resume_at = 0;
	json_object_put(run->ours);
	run->ours = NULL;
	run_next(run);
}

void
run_name_is_read(struct run *run, bool there)
{
	if (there)
		judge_owner(run);
	if (run->looks_first || run->resume_at > 0)
		resume_create(run);
	else if (++run->name_at < run->names.n)
		run_read_name(run, MODE_READ);
	else
		end_read(run);
}

void
run_choose_next(struct run *run)
{
	if (++run->name_at < run->names.n)
		run_read_name(run, MODE_CHOOSE);
	else
		run_end_conflict(run, "exists in another region");
}
