/* SPDX-License-Identifier: Apache-2.0
 * verified.c - from the answer of a verify to the record of it, and from two of those to an event. */
#include "api/verified.h"

#include "util/json.h"
#include "util/stamp.h"
#include "util/str.h"

#define CHANGED_MAX 100 /* told in one event */
#define NAME_MAX    256
#define STAMP_MAX   64
#define IN_SYNC     "in_sync"

static const char *
state_of(struct json_object *answer)
{
	struct json_object *summary = json_get_object(answer, "summary");
	int64_t             unlike = 0;

	if (json_get_bool(answer, "success", false))
		return IN_SYNC;
	json_object_object_foreach (summary, verdict, count) {
		if (!str_eq(verdict, IN_SYNC) && !str_eq(verdict, "unreadable"))
			unlike += json_object_get_int64(count);
	}
	return unlike > 0 ? "drifted" : "unreadable";
}

/* "api@eu-west-1" */
static void
name_of(struct json_object *resource, struct str *name)
{
	str_clear(name);
	str_addf(
	    name, "%s@%s", json_get_str(resource, "resource_id"), json_get_str(resource, "region"));
}

static struct json_object *
verdicts_of(struct json_object *resources)
{
	struct json_object *verdicts = json_object_new_object();
	struct str          name;

	str_init(&name, NAME_MAX);
	for (size_t i = 0; i < json_object_array_length(resources); i++) {
		struct json_object *resource = json_object_array_get_idx(resources, i);
		const char         *verdict = json_get_str(resource, "verdict");

		name_of(resource, &name);
		if (!str_eq(verdict, IN_SYNC))
			json_set_str(verdicts, name.data, verdict);
	}
	str_fini(&name);
	return verdicts;
}

struct json_object *
verified_record(struct json_object *answer, const char *depth, int64_t now_ms)
{
	static const char *const same[] = { "graph_id", "deployment_id", "version", "summary" };
	struct json_object      *record = json_object_new_object();
	struct str               at;

	for (size_t i = 0; i < array_len(same); i++)
		json_set(record, same[i], json_object_get(json_get(answer, same[i])));
	str_init(&at, STAMP_MAX);
	stamp_add(&at, STAMP_RFC3339, now_ms);
	json_set_str(record, "at", at.data);
	str_fini(&at);
	json_set_str(record, "depth", depth);
	json_set_str(record, "state", state_of(answer));
	json_set(record, "resources", verdicts_of(json_get_array(answer, "resources")));
	return record;
}

/* ---- what is news ---- */

static struct json_object *
changed_of(struct json_object *resource, const char *before)
{
	static const char *const same[] = { "resource_id", "node_id", "region", "type", "check_of",
		"verdict", "reason", "diff" };
	struct json_object      *changed = json_object_new_object();

	for (size_t i = 0; i < array_len(same); i++) {
		if (json_has(resource, same[i]))
			json_set(changed, same[i], json_object_get(json_get(resource, same[i])));
	}
	json_set_str(changed, "before", before);
	return changed;
}

/* How many have another verdict than before; the first of them are listed. */
static int64_t
list_changed(
    struct json_object *resources, struct json_object *verdicts, struct json_object *ret_list)
{
	struct str name;
	int64_t    n = 0;

	str_init(&name, NAME_MAX);
	for (size_t i = 0; i < json_object_array_length(resources); i++) {
		struct json_object *resource = json_object_array_get_idx(resources, i);
		const char         *before;

		name_of(resource, &name);
		before = json_get_str(verdicts, name.data);
		if (before == NULL)
			before = IN_SYNC;
		if (str_eq(before, json_get_str(resource, "verdict")))
			continue;
		if (n++ < CHANGED_MAX)
			json_object_array_add(ret_list, changed_of(resource, before));
	}
	str_fini(&name);
	return n;
}

struct json_object *
verified_event(struct json_object *answer, struct json_object *record, struct json_object *before,
    uint64_t seq)
{
	struct json_object *event, *changed = json_object_new_array();
	const char         *state = json_get_str(record, "state");
	const char         *was = json_get_str(before, "state");
	int64_t             n = list_changed(
			json_get_array(answer, "resources"), json_get_object(before, "resources"), changed);

	if (n == 0 && str_eq(state, was != NULL ? was : IN_SYNC)) {
		json_put(changed);
		return NULL;
	}
	event = json_object_new_object();
	json_set_i64(event, "seq", (int64_t)seq);
	json_set_str(event, "graph_id", json_get_str(record, "graph_id"));
	json_set_str(event, "time", json_get_str(record, "at"));
	json_set_str(event, "type", "verify");
	json_set_str(event, "deployment_id", json_get_str(record, "deployment_id"));
	json_set_str(event, "state", state);
	json_set_str(event, "before", was);
	json_set(event, "summary", json_object_get(json_get(record, "summary")));
	json_set(event, "changed", changed);
	json_set_i64(event, "changed_total", n);
	return event;
}
