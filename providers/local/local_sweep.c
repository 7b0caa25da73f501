/* SPDX-License-Identifier: Apache-2.0
 * local_sweep.c - one look through the records, in a task.
 *
 * Of the tags only those are told that say whose it is: a look at the thing itself costs nothing here, so no hit spares one. */
#include "providers/local/local_sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "providers/local/local_impl.h"
#include "providers/local/local_index.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

struct sweeping {
	struct task   task;
	struct local *local;
	struct sweep *sweep;
};

/* ---- one record ---- */

static struct json_object *
tags_of(struct json_object *record)
{
	static const char *const names[] = { IDENTITY_DEPLOYMENT_TAG, IDENTITY_NODE_TAG,
		IDENTITY_RESOURCE_TAG, IDENTITY_GRAPH_TAG, IDENTITY_EDGE_TAG };
	struct json_object      *tags = json_get_object(record, "tags");
	struct json_object      *out = json_object_new_object();

	for (size_t i = 0; i < array_len(names); i++)
		json_set_str(out, names[i], json_get_str(tags, names[i]));
	return out;
}

static bool
is_asked_for(const struct sweeping *s, struct json_object *record)
{
	struct json_object *tags = json_get_object(record, "tags");
	const char         *type = json_get_str(record, "type");
	const char         *tenant = json_get_str(record, "tenant");
	size_t              len = strlen(s->local->provider.name);

	return type != NULL && strncmp(type, s->local->provider.name, len) == 0 &&
	       type[len] == ':' &&
	       (s->sweep->tenant == NULL || (tenant != NULL && str_eq(tenant, s->sweep->tenant))) &&
	       (s->sweep->deployment_id == NULL ||
		   (json_get_str(tags, IDENTITY_DEPLOYMENT_TAG) != NULL &&
		       str_eq(
			   json_get_str(tags, IDENTITY_DEPLOYMENT_TAG), s->sweep->deployment_id)));
}

static void
take_record(void *arg, const char *key, struct json_object *record)
{
	const struct sweeping *s = arg;
	struct json_object    *hit, *properties;

	if (!is_asked_for(s, record))
		return;
	hit = json_object_new_object();
	properties = json_object_new_object();
	json_set_str(hit, "id", key);
	json_set_str(hit, "type", json_get_str(record, "type"));
	json_set_str(properties, "path", json_get_str(record, "path"));
	json_set(hit, "properties", properties);
	json_set(hit, "tags", tags_of(record));
	json_object_array_add(s->sweep->hits, hit);
}

/* ---- all of them ---- */

static void
on_run(struct task *task)
{
	struct sweeping *s = container_of(task, struct sweeping, task);
	struct sweep    *sweep = s->sweep;
	int              error;

	sweep->hits = json_object_new_array();
	error = *sweep->region == '\0' ? local_index_each(&s->local->root, take_record, s) : 0;
	if (*sweep->region == '\0') {
		json_object_object_foreach (s->local->nulls, key, record)
			take_record(s, key, record);
	}
	sweep->result = error == 0 ? OP_OK : OP_FAILED;
	if (error != 0)
		snprintf(sweep->message, sizeof(sweep->message),
		    "the records in " LOCAL_RECORD_DIR ": %s", strerror(error));
	sweep->impl = NULL;
	free(s);
	sweep->done(sweep);
}

void
local_sweep_start(struct provider *provider, struct sweep *sweep)
{
	struct sweeping *s = xcalloc(1, sizeof(*s));

	must(sweep->result == OP_PENDING && sweep->impl == NULL);
	s->local = container_of(provider, struct local, provider);
	s->sweep = sweep;
	sweep->impl = s;
	task_init(&s->task, on_run);
	task_wake(s->local->loop, &s->task);
}

void
local_sweep_cancel(struct provider *provider, struct sweep *sweep)
{
	struct sweeping *s = sweep->impl;

	(void)provider;
	if (s == NULL)
		return;
	task_cancel(s->local->loop, &s->task);
	sweep->impl = NULL;
	free(s);
}
