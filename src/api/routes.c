/* SPDX-License-Identifier: Apache-2.0
 * routes.c - the table, and how a request finds its row. The /deploy prefix may be left out. */
#include "api/routes.h"

#include <stdio.h>
#include <string.h>

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

static const struct route_query history_queries[] = {
	{ "limit", NULL, "At most so many executions, up to 1000; without it 100" },
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

const struct route routes[] = {
	{ .method = "POST",
	    .path = "/deploy/plan",
	    .body = "plan-request",
	    .answer = "plan",
	    .summary = "Check a config and show what an apply of it would do; nothing is changed",
	    .handle = handle_plan },
	{ .method = "POST",
	    .path = "/deploy/apply",
	    .body = "apply-request",
	    .answer = "execution",
	    .summary = "Bring the resources of a config, or of a saved plan, to what it says",
	    .handle = handle_apply },
	{ .method = "POST",
	    .path = "/deploy/continue",
	    .body = "continue-request",
	    .answer = "execution",
	    .summary = "Go on with an execution that is paused, or was left by a process that died",
	    .handle = handle_continue },
	{ .method = "POST",
	    .path = "/deploy/pause",
	    .body = "pause-request",
	    .answer = "execution",
	    .summary = "Start nothing new, let what is under way come to its end, and pause",
	    .handle = handle_pause },
	{ .method = "POST",
	    .path = "/deploy/cancel",
	    .body = "cancel-request",
	    .answer = "execution",
	    .summary =
		"Start nothing new, let what is under way come to its end, and end as cancelled",
	    .handle = handle_cancel },
	{ .method = "POST",
	    .path = "/deploy/verify",
	    .body = "verify-request",
	    .answer = "verify",
	    .summary = "Tell how each resource stands to what its config says; nothing is changed",
	    .handle = handle_verify },
	{ .method = "POST",
	    .path = "/deploy/schedules",
	    .body = "schedule-request",
	    .answer = "schedule",
	    .summary = "Verify a deployment again and again, for as long as this process lives",
	    .handle = handle_schedule },
	{ .method = "GET",
	    .path = "/deploy/schedules",
	    .answer = "schedules",
	    .summary = "The deployments that are verified again and again, and how each was found",
	    .handle = handle_schedules },
	{ .method = "DELETE",
	    .path = "/deploy/schedules/{deployment_id}",
	    .answer = "schedule",
	    .summary = "Verify a deployment no longer",
	    .handle = handle_schedule_end },
	{ .method = "POST",
	    .path = "/deploy/destroy",
	    .body = "destroy-request",
	    .answer = "execution",
	    .summary = "Delete the resources of a deployment, dependants first",
	    .handle = handle_destroy },
	{ .method = "POST",
	    .path = "/deploy/discover",
	    .body = "discover-request",
	    .answer = "discover",
	    .summary =
		"Rebuild the graphs of a deployment from the tags of its resources, or list the "
		"deployments of an account",
	    .handle = handle_discover },
	{ .method = "POST",
	    .path = "/deploy/import",
	    .body = "import-request",
	    .answer = "import",
	    .summary = "Read resources that nobody manages into a config that adopts them",
	    .handle = handle_import },
	{ .method = "POST",
	    .path = "/deploy/move",
	    .body = "move-request",
	    .answer = "execution",
	    .summary = "Have the resources of a deployment in another region or account",
	    .handle = handle_move },
	{ .method = "GET",
	    .path = "/deploy/status/{graph_id}",
	    .answer = "execution",
	    .queries = status_queries,
	    .summary = "The last execution of a graph: every operation, with timing and outputs",
	    .handle = handle_status },
	{ .method = "GET",
	    .path = "/deploy/graph/{graph_id}",
	    .answer = "mgraph",
	    .other_types = (const char *const[]){ DRAW_DOT_TYPE, DRAW_MERMAID_TYPE, NULL },
	    .queries = graph_queries,
	    .summary = "The Spec Graph, or the Execution Graph of its last execution",
	    .handle = handle_graph },
	{ .method = "GET",
	    .path = "/deploy/deployments",
	    .answer = "deployments",
	    .summary = "The deployments of the tenant, the last one that was run first",
	    .handle = handle_deployments },
	{ .method = "GET",
	    .path = "/deploy/history/{deployment_id}",
	    .answer = "history",
	    .queries = history_queries,
	    .summary = "The executions of a deployment, and the graphs that were run",
	    .handle = handle_history },
	{ .method = "GET",
	    .path = "/deploy/diff",
	    .answer = "diff",
	    .queries = diff_queries,
	    .summary = "What differs between two versions of a deployment: two of its graphs",
	    .handle = handle_diff },
	{ .method = "GET",
	    .path = "/deploy/events/{graph_id}",
	    .content_type = "text/event-stream",
	    .queries = events_queries,
	    .summary = "Every state change of a graph's executions, live; Last-Event-ID resumes",
	    .handle = handle_events },
	{ .method = "GET",
	    .path = "/deploy/types",
	    .answer = "types",
	    .summary = "The resource types there are",
	    .handle = handle_types },
	{ .method = "GET",
	    .path = "/deploy/types/{type}",
	    .answer = "type",
	    .summary = "One resource type: its properties and outputs",
	    .handle = handle_type },
	{ .method = "POST",
	    .path = "/operations/github/secrets/list",
	    .body = "secrets-list-request",
	    .answer = "secrets",
	    .summary = "The secrets of a repository, outside of any deployment: names and times",
	    .handle = handle_secrets },
	{ .method = "POST",
	    .path = "/operations/github/secrets/get",
	    .body = "secrets-name-request",
	    .answer = "secrets",
	    .summary = "One secret of a repository: when it was created and set",
	    .handle = handle_secrets },
	{ .method = "POST",
	    .path = "/operations/github/secrets/exists",
	    .body = "secrets-name-request",
	    .answer = "secrets",
	    .summary = "Does a repository have a secret of that name",
	    .handle = handle_secrets },
	{ .method = "POST",
	    .path = "/operations/github/secrets/create",
	    .body = "secrets-create-request",
	    .answer = "secrets",
	    .summary = "Set a secret of a repository, new or not",
	    .handle = handle_secrets },
	{ .method = "POST",
	    .path = "/operations/github/secrets/delete",
	    .body = "secrets-name-request",
	    .answer = "secrets",
	    .summary = "Delete a secret of a repository",
	    .handle = handle_secrets },
	{ .method = "GET",
	    .path = "/public-keys",
	    .answer = "public-keys",
	    .summary = "The keys that secrets are to be sealed for, of all providers",
	    .handle = handle_public_keys },
	{ .method = "GET",
	    .path = "/public-keys/{provider}",
	    .answer = "public-key",
	    .summary = "The key that secrets of a provider are to be sealed for",
	    .handle = handle_public_key },
	{ .method = "GET",
	    .path = "/schemas/config.json",
	    .content_type = "application/schema+json",
	    .is_public = true,
	    .summary =
		"The JSON Schema of a config, with the properties of every type: for editors",
	    .handle = handle_config_schema },
	{ .method = "GET",
	    .path = "/info/health",
	    .answer = "health",
	    .summary = "Is the service there",
	    .handle = handle_health },
	{ .method = "GET",
	    .path = "/info/status",
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
	    .content_type = METRICS_TYPE,
	    .summary = "Numbers about the process, as Prometheus reads them",
	    .handle = handle_metrics },
	{ .method = "GET",
	    .path = "/openapi.json",
	    .is_public = true,
	    .answer = "openapi",
	    .summary = "This document",
	    .handle = handle_openapi },
};
const size_t routes_n = array_len(routes);

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

const struct route *
route_find(const char *method, const char *path, char *parameter, size_t size, char *ret_allow,
    size_t allow_size)
{
	size_t allow_len = 0;

	ret_allow[0] = '\0';
	for (size_t i = 0; i < routes_n; i++) {
		if (!matches_either(routes[i].path, path, parameter, size))
			continue;
		if (strcmp(routes[i].method, method) == 0)
			return &routes[i];
		allow_len += (size_t)snprintf(ret_allow + allow_len, allow_size - allow_len, "%s%s",
		    allow_len > 0 ? ", " : "", routes[i].method);
		must(allow_len < allow_size);
	}
	return NULL;
}
