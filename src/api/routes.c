/* SPDX-License-Identifier: Apache-2.0
 * routes.c - the table, and how a request finds its row. The /deploy prefix may be left out. */
#include "api/routes.h"

#include <stdio.h>
#include <string.h>

#include "http/sse.h"
#include "plan/draw.h"
#include "util/metrics.h"
#include "util/check.h"
#include "util/str.h"

#define PREFIX "/deploy"

static const struct route_query graph_queries[] = {
	{ "format", (const char *const[]){ "mgraph", "dot", "mermaid", NULL },
	    "mgraph: MGraph JSON; dot: for Graphviz; mermaid: a flowchart for Mermaid" },
	{ "kind", (const char *const[]){ "spec", "execution", NULL },
	    "spec: what is to be deployed; execution: what became of it when it was last run, by "
	    "region" },
	{ "execution", NULL, "The id of one of the graph's executions, instead of the last one" },
	{ NULL },
};

static const struct route_query status_queries[] = {
	{ "execution", NULL, "The id of one of the graph's executions, instead of the last one" },
	{ NULL },
};

static const struct route_query page_queries[] = {
	{ "limit", NULL, "At most so many, up to 1000; without it 100" },
	{ "cursor", NULL, "The next_cursor of a page: go on behind it" },
	{ NULL },
};

static const struct route_query types_queries[] = {
	{ "limit", NULL, "At most so many, up to 1000; without it all" },
	{ "cursor", NULL, "The next_cursor of a page: go on behind it" },
	{ NULL },
};

static const struct route_query diff_queries[] = {
	{ "from", NULL, "The id of a graph; needed" },
	{ "to", NULL, "The id of another one of the same deployment; needed" },
	{ NULL },
};

static const struct route_query events_queries[] = {
	{ "after", NULL, "The id of an event: those after it, as with Last-Event-ID" },
	{ NULL },
};

static const struct route_query keys_queries[] = {
	{ "tenant", NULL, "Only those of this tenant" },
	{ NULL },
};

const struct route routes[] = {
	{ .method = "POST",
	    .path = "/deploy/plan",
	    .scope = SCOPE_PLAN,
	    .body = "plan-request",
	    .answer = "plan",
	    .summary = "Check a config and show what an apply of it would do; nothing is changed",
	    .handle = handle_plan },
	{ .method = "POST",
	    .path = "/deploy/apply",
	    .scope = SCOPE_APPLY,
	    .audit = "apply",
	    .body = "apply-request",
	    .answer = "execution",
	    .summary = "Bring the resources of a config, or of a saved plan, to what it says",
	    .once = ONCE_EXECUTION,
	    .handle = handle_apply },
	{ .method = "POST",
	    .path = "/deploy/continue",
	    .scope = SCOPE_APPLY,
	    .audit = "continue",
	    .body = "continue-request",
	    .answer = "execution",
	    .summary = "Go on with an execution that is paused, or was left by a process that died",
	    .once = ONCE_IN_DOUBT,
	    .handle = handle_continue },
	{ .method = "POST",
	    .path = "/deploy/pause",
	    .scope = SCOPE_APPLY,
	    .audit = "pause",
	    .body = "pause-request",
	    .answer = "execution",
	    .summary = "Start nothing new, let what is under way come to its end, and pause",
	    .once = ONCE_AGAIN,
	    .handle = handle_pause },
	{ .method = "POST",
	    .path = "/deploy/cancel",
	    .scope = SCOPE_APPLY,
	    .audit = "cancel",
	    .body = "cancel-request",
	    .answer = "execution",
	    .summary =
		"Start nothing new, let what is under way come to its end, and end as cancelled",
	    .once = ONCE_AGAIN,
	    .handle = handle_cancel },
	{ .method = "POST",
	    .path = "/deploy/verify",
	    .scope = SCOPE_PLAN,
	    .body = "verify-request",
	    .answer = "verify",
	    .texts = (const char *const[]){ SSE_CONTENT_TYPE, NULL },
	    .summary = "Tell how each resource stands to what its config says; nothing is changed",
	    .handle = handle_verify },
	{ .method = "POST",
	    .path = "/deploy/schedules",
	    .scope = SCOPE_APPLY,
	    .audit = "schedule",
	    .body = "schedule-request",
	    .answer = "schedule",
	    .summary = "Verify a deployment again and again, for as long as this process lives",
	    .once = ONCE_AGAIN,
	    .has_match = true,
	    .handle = handle_schedule },
	{ .method = "GET",
	    .path = "/deploy/schedules",
	    .scope = SCOPE_READ,
	    .answer = "schedules",
	    .summary = "The deployments that are verified again and again, and how each was found",
	    .handle = handle_schedules },
	{ .method = "GET",
	    .path = "/deploy/schedules/{deployment_id}",
	    .scope = SCOPE_READ,
	    .answer = "schedule",
	    .summary = "How a deployment is verified again and again, and how it was found",
	    .handle = handle_schedule_of },
	{ .method = "DELETE",
	    .path = "/deploy/schedules/{deployment_id}",
	    .scope = SCOPE_APPLY,
	    .audit = "unschedule",
	    .answer = "schedule",
	    .summary = "Verify a deployment no longer",
	    .has_match = true,
	    .handle = handle_schedule_end },
	{ .method = "POST",
	    .path = "/deploy/destroy",
	    .scope = SCOPE_APPLY,
	    .audit = "destroy",
	    .body = "destroy-request",
	    .answer = "execution",
	    .summary = "Delete the resources of a deployment, dependants first",
	    .once = ONCE_EXECUTION,
	    .handle = handle_destroy },
	{ .method = "POST",
	    .path = "/deploy/discover",
	    .scope = SCOPE_PLAN,
	    .audit = "discover",
	    .body = "discover-request",
	    .answer = "discover",
	    .summary =
		"Rebuild the graphs of a deployment from the tags of its resources, or list the "
		"deployments of an account",
	    .handle = handle_discover },
	{ .method = "POST",
	    .path = "/deploy/import",
	    .scope = SCOPE_PLAN,
	    .body = "import-request",
	    .answer = "import",
	    .summary = "Read resources that nobody manages into a config that adopts them",
	    .handle = handle_import },
	{ .method = "POST",
	    .path = "/deploy/move",
	    .scope = SCOPE_APPLY,
	    .audit = "move",
	    .body = "move-request",
	    .answer = "execution",
	    .summary = "Have the resources of a deployment in another region or account",
	    .once = ONCE_EXECUTION,
	    .handle = handle_move },
	{ .method = "GET",
	    .path = "/deploy/status/{graph_id}",
	    .scope = SCOPE_READ,
	    .answer = "execution",
	    .queries = status_queries,
	    .summary = "The last execution of a graph: every operation, with timing and outputs",
	    .has_etag = true,
	    .handle = handle_status },
	{ .method = "GET",
	    .path = "/deploy/graph/{graph_id}",
	    .scope = SCOPE_READ,
	    .answer = "mgraph",
	    .texts = (const char *const[]){ DRAW_DOT_TYPE, DRAW_MERMAID_TYPE, NULL },
	    .queries = graph_queries,
	    .summary = "The Spec Graph, or the Execution Graph of its last execution",
	    .has_etag = true,
	    .handle = handle_graph },
	{ .method = "GET",
	    .path = "/deploy/deployments",
	    .scope = SCOPE_READ,
	    .answer = "deployments",
	    .queries = page_queries,
	    .summary = "The deployments of the tenant, the last one that was run first",
	    .handle = handle_deployments },
	{ .method = "GET",
	    .path = "/deploy/history/{deployment_id}",
	    .scope = SCOPE_READ,
	    .answer = "history",
	    .queries = page_queries,
	    .summary = "The executions of a deployment, and the graphs that were run",
	    .handle = handle_history },
	{ .method = "GET",
	    .path = "/deploy/diff",
	    .scope = SCOPE_READ,
	    .answer = "diff",
	    .queries = diff_queries,
	    .summary = "What differs between two versions of a deployment: two of its graphs",
	    .has_etag = true,
	    .handle = handle_diff },
	{ .method = "GET",
	    .path = "/deploy/events/{graph_id}",
	    .scope = SCOPE_READ,
	    .texts = (const char *const[]){ SSE_CONTENT_TYPE, NULL },
	    .has_websocket = true,
	    .queries = events_queries,
	    .summary = "Every state change of a graph's executions, live; Last-Event-ID resumes",
	    .handle = handle_events },
	{ .method = "GET",
	    .path = "/deploy/events",
	    .scope = SCOPE_READ,
	    .texts = (const char *const[]){ SSE_CONTENT_TYPE, NULL },
	    .has_websocket = true,
	    .queries = events_queries,
	    .summary =
		"Every state change of all executions of the tenant, live; Last-Event-ID resumes",
	    .handle = handle_all_events },
	{ .method = "GET",
	    .path = "/deploy/types",
	    .scope = SCOPE_READ,
	    .answer = "types",
	    .queries = types_queries,
	    .summary = "The resource types there are",
	    .has_etag = true,
	    .handle = handle_types },
	{ .method = "GET",
	    .path = "/deploy/types/{type}",
	    .scope = SCOPE_READ,
	    .answer = "type",
	    .summary = "One resource type: its properties and outputs",
	    .has_etag = true,
	    .handle = handle_type },
	{ .method = "POST",
	    .path = "/operations/github/secrets/list",
	    .scope = SCOPE_READ,
	    .body = "secrets-list-request",
	    .answer = "secrets",
	    .summary = "The secrets of a repository, outside of any deployment: names and times",
	    .handle = handle_secrets },
	{ .method = "POST",
	    .path = "/operations/github/secrets/get",
	    .scope = SCOPE_READ,
	    .body = "secrets-name-request",
	    .answer = "secrets",
	    .summary = "One secret of a repository: when it was created and set",
	    .handle = handle_secrets },
	{ .method = "POST",
	    .path = "/operations/github/secrets/exists",
	    .scope = SCOPE_READ,
	    .body = "secrets-name-request",
	    .answer = "secrets",
	    .summary = "Does a repository have a secret of that name",
	    .handle = handle_secrets },
	{ .method = "POST",
	    .path = "/operations/github/secrets/create",
	    .scope = SCOPE_APPLY,
	    .audit = "secret.create",
	    .body = "secrets-create-request",
	    .answer = "secrets",
	    .summary = "Set a secret of a repository, new or not",
	    .once = ONCE_AGAIN,
	    .handle = handle_secrets },
	{ .method = "POST",
	    .path = "/operations/github/secrets/delete",
	    .scope = SCOPE_APPLY,
	    .audit = "secret.delete",
	    .body = "secrets-name-request",
	    .answer = "secrets",
	    .summary = "Delete a secret of a repository",
	    .once = ONCE_AGAIN,
	    .handle = handle_secrets },
	{ .method = "GET",
	    .path = "/public-keys",
	    .scope = SCOPE_READ,
	    .answer = "public-keys",
	    .summary = "The keys that secrets are to be sealed for, of all providers",
	    .handle = handle_public_keys },
	{ .method = "GET",
	    .path = "/public-keys/{provider}",
	    .scope = SCOPE_READ,
	    .answer = "public-key",
	    .summary = "The key that secrets of a provider are to be sealed for",
	    .handle = handle_public_key },
	{ .method = "GET",
	    .path = "/",
	    .texts = (const char *const[]){ "text/html", NULL },
	    .is_public = true,
	    .has_etag = true,
	    .summary = "The live page: deployments and executions, watched and steered",
	    .handle = handle_page },
	{ .method = "GET",
	    .path = "/docs",
	    .texts = (const char *const[]){ "text/html", NULL },
	    .is_public = true,
	    .has_etag = true,
	    .summary = "This document, for people",
	    .handle = handle_docs },
	{ .method = "GET",
	    .path = "/assets/{file}",
	    .texts = (const char *const[]){ "text/javascript", "text/css", "image/svg+xml",
		"text/plain", NULL },
	    .is_public = true,
	    .has_etag = true,
	    .summary = "A file that the page is made of",
	    .handle = handle_asset },
	{ .method = "GET",
	    .path = "/admin/keys",
	    .scope = SCOPE_ADMIN,
	    .answer = "keys",
	    .queries = keys_queries,
	    .summary = "The API keys there are, of the file and of the store; never a key itself",
	    .handle = handle_keys },
	{ .method = "POST",
	    .path = "/admin/keys",
	    .scope = SCOPE_ADMIN,
	    .audit = "key.add",
	    .body = "key-request",
	    .answer = "key",
	    .once = ONCE_AGAIN,
	    .summary = "Add a key to the store, by its SHA-256: all processes on it take it",
	    .handle = handle_key_add },
	{ .method = "DELETE",
	    .path = "/admin/keys/{key_id}",
	    .scope = SCOPE_ADMIN,
	    .audit = "key.revoke",
	    .answer = "key",
	    .summary = "Take a key out of the store; its streams are ended",
	    .handle = handle_key_revoke },
	{ .method = "GET",
	    .path = "/admin/tenants",
	    .scope = SCOPE_ADMIN,
	    .answer = "tenants",
	    .summary = "The tenants, with their limits and what they have under way here",
	    .handle = handle_tenants },
	{ .method = "POST",
	    .path = "/admin/tenants",
	    .scope = SCOPE_ADMIN,
	    .audit = "tenant.set",
	    .body = "tenant-request",
	    .answer = "tenant",
	    .once = ONCE_AGAIN,
	    .summary = "Say a tenant's limits, in place of what the store said of it",
	    .handle = handle_tenant_set },
	{ .method = "DELETE",
	    .path = "/admin/tenants/{tenant}",
	    .scope = SCOPE_ADMIN,
	    .audit = "tenant.remove",
	    .answer = "tenant",
	    .summary = "Take all that the store has of a tenant's limits and keys; what it has "
		       "deployed stays",
	    .handle = handle_tenant_remove },
	{ .method = "GET",
	    .path = "/schemas/config.json",
	    .texts = (const char *const[]){ "application/schema+json", NULL },
	    .is_public = true,
	    .summary =
		"The JSON Schema of a config, with the properties of every type: for editors",
	    .has_etag = true,
	    .handle = handle_config_schema },
	{ .method = "GET",
	    .path = "/problems",
	    .is_public = true,
	    .answer = "problem-types",
	    .summary = "The types of problems that there are",
	    .has_etag = true,
	    .handle = handle_problems },
	{ .method = "GET",
	    .path = "/problems/{code}",
	    .is_public = true,
	    .answer = "problem-type",
	    .summary = "What a type of problem means, and what to do",
	    .has_etag = true,
	    .handle = handle_problem },
	{ .method = "GET",
	    .path = "/info/health",
	    .scope = SCOPE_READ,
	    .answer = "health",
	    .summary = "Is the service there",
	    .handle = handle_health },
	{ .method = "GET",
	    .path = "/info/status",
	    .scope = SCOPE_READ,
	    .answer = "info",
	    .summary = "Name, version and what is running",
	    .handle = handle_info },
	{ .method = "GET",
	    .path = "/healthz",
	    .is_public = true,
	    .answer = "health",
	    .summary = "Does the process answer",
	    .handle = handle_health },
	{ .method = "GET",
	    .path = "/readyz",
	    .is_public = true,
	    .answer = "health",
	    .summary = "Can it take work: is the store there",
	    .handle = handle_ready },
	{ .method = "GET",
	    .path = "/metrics",
	    .scope = SCOPE_READ,
	    .is_operators = true,
	    .texts = (const char *const[]){ METRICS_TYPE, NULL },
	    .summary = "Numbers about the process, as Prometheus reads them",
	    .handle = handle_metrics },
	{ .method = "GET",
	    .path = "/openapi.json",
	    .is_public = true,
	    .answer = "openapi",
	    .summary = "This document",
	    .has_etag = true,
	    .handle = handle_openapi },
};
const size_t routes_n = array_len(routes);

bool
route_answers(const struct route *route, const char *content_type)
{
	size_t len = strcspn(content_type, ";");

	for (size_t i = 0; route->texts != NULL && route->texts[i] != NULL; i++) {
		if (strncmp(route->texts[i], content_type, len) == 0 &&
		    route->texts[i][len] == '\0')
			return true;
	}
	return route->answer != NULL && len == strlen(JSON_CONTENT_TYPE) &&
	       strncmp(content_type, JSON_CONTENT_TYPE, len) == 0;
}

/* Does `path` match the row's? The parameter is not empty and holds no slash. */
static bool
matches(const char *pattern, const char *path, char *parameter, size_t size)
{
	size_t fixed = strcspn(pattern, "{");

	parameter[0] = '\0';
	if (pattern[fixed] == '\0')
		return strcmp(pattern, path) == 0;
	if (strncmp(pattern, path, fixed) != 0 || path[fixed] == '\0' ||
	    strchr(path + fixed, '/') != NULL || strlen(path + fixed) >= size)
		return false;
	memcpy(parameter, path + fixed, strlen(path + fixed) + 1);
	return true;
}

static bool
matches_either(const char *pattern, const char *path, char *parameter, size_t size)
{
	return matches(pattern, path, parameter, size) ||
	       (str_starts(pattern, PREFIX "/") &&
		   matches(pattern + strlen(PREFIX), path, parameter, size));
}

/* Each is named once. */
static void
allow_add(char *allow, size_t size, const char *method)
{
	size_t len = strlen(allow);
	int    added = 0;

	if (strstr(allow, method) == NULL)
		added = snprintf(allow + len, size - len, "%s%s", len > 0 ? ", " : "", method);
	must((size_t)added < size - len);
}

const struct route *
route_find(const char *method, const char *path, char *parameter, size_t size, char *ret_allow,
    size_t allow_size)
{
	ret_allow[0] = '\0';
	for (size_t i = 0; i < routes_n; i++) {
		if (!matches_either(routes[i].path, path, parameter, size))
			continue;
		if (strcmp(routes[i].method, method) == 0)
			return &routes[i];
		allow_add(ret_allow, allow_size, routes[i].method);
		if (strcmp(routes[i].method, "GET") == 0)
			allow_add(ret_allow, allow_size, "HEAD");
	}
	if (ret_allow[0] != '\0')
		allow_add(ret_allow, allow_size, "OPTIONS");
	return NULL;
}
