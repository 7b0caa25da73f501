/* SPDX-License-Identifier: Apache-2.0
 * local_port.c - net:port: does somebody take a TCP connection there? It is closed again before a byte is sent. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/fetch.h"
#include "providers/local/local_impl.h"
#include "util/json.h"
#include "util/mem.h"

#define TIMEOUT_S     5
#define TIMEOUT_S_MAX 60
#define MS_PER_S      1000
#define URL_MAX       512
#define FETCHED_AS    "http://" /* nothing of that is spoken */

struct local_knock {
	struct local_call *call;
	char               url[URL_MAX];
	struct fetch       fetch;
	struct task        task;
	bool               fetching;
};

/* As the list of what is allowed has it: tcp://host:port, an IPv6 address in brackets. */
static bool
url_of(struct json_object *properties, const char *scheme, char *buf, size_t size)
{
	const char *host = json_get_str(properties, "host");
	bool        bare = host != NULL && strchr(host, ':') != NULL && *host != '[';
	int         len;

	if (host == NULL || strpbrk(host, "/?#@\\ ") != NULL)
		return false;
	len = snprintf(buf, size, "%s%s%s%s:%d", scheme, bare ? "[" : "", host, bare ? "]" : "",
	    (int)json_get_i64(properties, "port", 0));
	return len > 0 && (size_t)len < size;
}

static void
knock_free(void *ptr)
{
	struct local_knock *knock = ptr;

	fetch_fini(&knock->fetch);
	free(knock);
}

static void
knock_stop(struct local_call *call)
{
	struct local_knock *knock = call->knock;

	if (knock->fetching)
		fetch_cancel(call->local->fetcher, &knock->fetch);
	task_cancel(call->local->loop, &knock->task);
	loop_bury(call->local->loop, knock_free, knock);
	call->knock = NULL;
	call->stop = NULL;
}

static void
on_task(struct task *task)
{
	struct local_knock *knock = container_of(task, struct local_knock, task);
	struct op          *op = knock->call->op;
	struct json_object *outputs;

	if (knock->fetch.result == FETCH_DONE) {
		outputs = json_object_new_object();
		json_set_str(outputs, "address", knock->url + strlen(FETCHED_AS));
		op->found =
		    local_found(op->identity->node_id, json_object_new_object(), outputs, NULL);
		op_answer(op, OP_OK, "%s", "");
	} else {
		op_answer(
		    op, OP_FAILED, "%s: %s", knock->url + strlen(FETCHED_AS), knock->fetch.error);
	}
	local_call_done(knock->call);
}

static void
on_fetched(struct fetch *fetch)
{
	struct local_knock *knock = container_of(fetch, struct local_knock, fetch);

	knock->fetching = false;
	task_wake(knock->call->local->loop, &knock->task);
}

static enum local_step
port_check(struct local_call *call)
{
	struct json_object *desired = call->op->desired;
	struct local_knock *knock;
	char                url[URL_MAX];

	if (!url_of(desired, LOCAL_ALLOW_PORT, url, sizeof(url)) ||
	    !local_allow_url(&call->local->allow, url)) {
		op_answer(
		    call->op, OP_DENIED, "connections to there are not allowed by this server");
		return LOCAL_DONE;
	}
	knock = call->knock = xcalloc(1, sizeof(*knock));
	call->stop = knock_stop;
	knock->call = call;
	task_init(&knock->task, on_task);
	must(url_of(desired, FETCHED_AS, knock->url, sizeof(knock->url)));
	fetch_init(&knock->fetch, "GET", knock->url, on_fetched);
	knock->fetch.only_connects = true;
	knock->fetch.refuses_link = !local_allow_link(&call->local->allow, url);
	knock->fetch.timeout_ms =
	    local_number(desired, "timeout_seconds", 1, TIMEOUT_S_MAX, TIMEOUT_S) * MS_PER_S;
	knock->fetching = true;
	fetch_start(call->local->fetcher, &knock->fetch);
	return LOCAL_LATER;
}

static void
port_validate(const struct local *local, struct json_object *properties, const char *pointer,
    struct problems *problems)
{
	const char *host = json_get_str(properties, "host");
	char        url[URL_MAX];

	if (host == NULL || local_is_reference(host) ||
	    !json_object_is_type(json_get(properties, "port"), json_type_int) ||
	    (url_of(properties, LOCAL_ALLOW_PORT, url, sizeof(url)) &&
		local_allow_url(&local->allow, url)))
		return;
	local_allow_refuse(&local->allow,
	    &(struct local_refusal){ pointer, "/host", "connects to", "hosts", "--net-allow", "" },
	    problems);
}

const struct local_kind local_port = {
	.type = "net:port",
	.run = { [OP_CHECK] = port_check },
	.validate = port_validate,
};
