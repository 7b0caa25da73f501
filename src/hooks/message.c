/* SPDX-License-Identifier: Apache-2.0
 * message.c - {"type", "timestamp", "data"}, as Standard Webhooks has it; the data is the event. */
#include "hooks/message.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/json.h"
#include "util/mem.h"

#define KIND_EXECUTION "execution"
#define KIND_VERIFY    "verify"

/* Most events are of nodes: those are not worth reading. */
static bool
may_be_told(const char *json)
{
	return strstr(json, "\"type\":\"" KIND_EXECUTION "\"") != NULL ||
	       strstr(json, "\"type\":\"" KIND_VERIFY "\"") != NULL;
}

/* "execution.completed"; of another kind than these: false. */
static bool
type_of(struct json_object *event, char type[HOOK_TYPE_SIZE])
{
	const char *kind = json_get_str(event, "type"), *status = json_get_str(event, "status");

	if (str_eq(kind, KIND_VERIFY))
		return snprintf(type, HOOK_TYPE_SIZE, "%s", kind) > 0;
	return str_eq(kind, KIND_EXECUTION) && status != NULL &&
	       snprintf(type, HOOK_TYPE_SIZE, "%s.%s", kind, status) < HOOK_TYPE_SIZE;
}

static bool
is_wanted(const struct hook_config *config, const char *type)
{
	for (size_t i = 0; i < config->types_n; i++) {
		size_t len = strlen(config->types[i]);

		if (strncmp(type, config->types[i], len) == 0 &&
		    (type[len] == '\0' || type[len] == '.'))
			return true;
	}
	return config->types_n == 0;
}

static void
fill_in(struct message *message, struct json_object *event, const char *type)
{
	struct json_object *body = json_object_new_object();
	const char         *graph = json_get_str(event, "graph_id");
	const char         *execution = json_get_str(event, "execution_id");

	snprintf(message->id, sizeof(message->id), "%s.%s.%" PRId64, graph != NULL ? graph : "",
	    execution != NULL ? execution : "", json_get_i64(event, "seq", 0));
	json_set_str(body, "type", type);
	json_set_str(body, "timestamp", json_get_str(event, "time"));
	json_set(body, "data", json_object_get(event));
	message->body = xstrdup(json_text(body));
	json_object_put(body);
}

bool
message_make(struct message *message, const struct hook_config *config, const char *json)
{
	struct json_object *event = may_be_told(json) ? json_read(json, strlen(json), NULL) : NULL;
	char                type[HOOK_TYPE_SIZE];
	bool is_told = event != NULL && type_of(event, type) && is_wanted(config, type);

	*message = (struct message){ .body = NULL };
	if (is_told)
		fill_in(message, event, type);
	json_object_put(event);
	return is_told;
}

void
message_fini(struct message *message)
{
	free(message->body);
	message->body = NULL;
}
