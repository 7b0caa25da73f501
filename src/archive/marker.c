/* SPDX-License-Identifier: Apache-2.0
 * marker.c - the marker as JSON, and as the API shows it. */
#include "archive/marker.h"

#include <stdio.h>
#include <string.h>

#include "util/json.h"

static void
take_text(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text != NULL ? text : "");
}

void
marker_read(struct marker *marker, const char *text)
{
	struct json_object *json = json_read(text, strlen(text), NULL);

	*marker = (struct marker){ 0 };
	take_text(marker->execution, sizeof(marker->execution), json_get_str(json, "execution_id"));
	take_text(marker->error, sizeof(marker->error), json_get_str(json, "error"));
	marker->event = (uint64_t)json_get_i64(json, "event", 0);
	marker->at_ms = json_get_i64(json, "at", 0);
	marker->tries = (unsigned)json_get_i64(json, "tries", 0);
	json_object_put(json);
}

void
marker_write(const struct marker *marker, struct str *out)
{
	struct json_object *json = json_object_new_object();

	json_set_str(json, "execution_id", marker->execution);
	json_set_i64(json, "event", (int64_t)marker->event);
	json_set_i64(json, "at", marker->at_ms);
	json_set_i64(json, "tries", marker->tries);
	if (marker->error[0] != '\0')
		json_set_str(json, "error", marker->error);
	str_add(out, json_text(json));
	json_object_put(json);
}

struct json_object *
marker_show_state(int64_t at_ms, uint64_t pending, bool is_behind, const char *error)
{
	struct json_object *json = json_object_new_object();
	const char         *state = is_behind ? "behind" : "current";

	json_set_str(json, "state", error[0] != '\0' ? "failing" : state);
	json_set_time(json, "last_archived_at", at_ms);
	json_set_i64(json, "pending", (int64_t)pending);
	if (error[0] != '\0')
		json_set_str(json, "error", error);
	return json;
}

struct json_object *
marker_show(const struct marker *marker, uint64_t last_event)
{
	uint64_t pending = last_event > marker->event ? last_event - marker->event : 0;

	return marker_show_state(
	    marker->at_ms, pending, pending > 0 || marker->at_ms == 0, marker->error);
}
