/* SPDX-License-Identifier: Apache-2.0
 * audit.c - the line, and when it is written. */
#include "api/audit.h"

#include <stdio.h>

#include "api/routes.h"
#include "util/json.h"
#include "util/log.h"
#include "util/str.h"

#define OBJECT_SIZE (STORE_DEPLOYMENT_SIZE + STORE_ID_SIZE)
#define QUOTED(n)   (2 * (n) + 4)

/* The deployment with its graph, as far as they are known; else what the path or the body names. */
static const char *
object_of(const struct exchange *x, char buf[OBJECT_SIZE])
{
	static const char *const names[] = { "graph_id", "deployment_id", "id", "tenant" };
	const char *deployment = x->spec != NULL ? x->spec->deployment_id : x->key.deployment;
	const char *graph = x->spec != NULL ? x->spec->graph_id : x->key.graph;
	const char *named = NULL;

	if (deployment[0] != '\0') {
		snprintf(
		    buf, OBJECT_SIZE, "%s%s%s", deployment, graph[0] != '\0' ? "/" : "", graph);
		return buf;
	}
	if (x->parameter[0] != '\0')
		return x->parameter;
	for (size_t i = 0; named == NULL && i < array_len(names); i++)
		named = json_get_str(x->body, names[i]);
	return named != NULL ? named : "";
}

void
audit_done(struct exchange *x, const char *outcome)
{
	char object[OBJECT_SIZE], key[QUOTED(KEY_ID_SIZE)], actor[QUOTED(EXECUTION_BEHALF_SIZE)],
	    quoted[QUOTED(OBJECT_SIZE)];

	if (x->is_audited || x->route == NULL || x->route->audit == NULL || x->of == NULL)
		return;
	x->is_audited = true;
	log_info("audit", "tenant=%s key=%s actor=%s what=%s object=%s outcome=%s", x->tenant,
	    log_quote(key, sizeof(key), x->key_id),
	    x->on_behalf_of[0] != '\0' ? log_quote(actor, sizeof(actor), x->on_behalf_of) : "-",
	    x->route->audit, log_quote(quoted, sizeof(quoted), object_of(x, object)), outcome);
}

void
audit_answer(struct exchange *x)
{
	const char *code = json_get_str(x->out.body, "code");

	if (x->out.status >= 400 && code != NULL)
		audit_done(x, code);
	else
		audit_done(x, x->out.is_replayed ? "replayed" : "done");
}

void
audit_end(struct exchange *x)
{
	audit_done(x, "client_gone");
}

void
audit_process(const char *what, const char *object, const char *outcome)
{
	char quoted[QUOTED(OBJECT_SIZE)];

	log_info("audit", "tenant=- key=- actor=- what=%s object=%s outcome=%s", what,
	    log_quote(quoted, sizeof(quoted), object), outcome);
}
