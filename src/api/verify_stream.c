/* SPDX-License-Identifier: Apache-2.0
 * verify_stream.c - verdicts wait in a list until the client has room for them; it never holds up the looking. */
#include "api/verify_stream.h"

#include <string.h>

#include "http/fields.h"
#include "http/sse.h"
#include "plan/verify.h"
#include "util/check.h"
#include "util/json.h"

#define EVENT_MAX    (4 * 1024 * 1024)
#define HEARTBEAT_US 15000000

struct telling {
	struct exchange_part part;
	struct json_object  *list; /* of resources; owned */
	size_t               told_n;
	struct json_object  *last; /* what is told at the end; owned; NULL: it is not there yet */
};

static void
fini(struct exchange_part *part)
{
	json_put(((struct telling *)part)->list);
	json_put(((struct telling *)part)->last);
}

static const struct exchange_part_type telling_type = { sizeof(struct telling), NULL, fini };

static struct telling *
telling_of(struct exchange *x)
{
	return exchange_part(x, &telling_type);
}

/* By name, and no less than JSON. */
bool
verify_stream_is_wanted(const struct exchange *x)
{
	static const char *const streams[] = { SSE_CONTENT_TYPE, NULL };
	static const char *const whole[] = { "application/json", "application/*", "*/*", NULL };
	const char *accept = x->request != NULL ? http_header_in(x->request, "accept") : NULL;
	int         weight = field_weight(accept, streams);

	return weight > 0 && weight >= field_weight(accept, whole);
}

static void
write_out(struct exchange *x, struct str *text)
{
	x->has_room = http_stream_write(x->request, text->data, text->len);
	timer_arm(api_options_of(x->api)->loop, &x->timer, HEARTBEAT_US);
}

static void
write_event(struct exchange *x, const char *name, struct json_object *json)
{
	struct str  text;
	size_t      len;
	const char *data = json_text_len(json, &len);

	str_init(&text, EVENT_MAX);
	sse_event(&text, NULL, name, data, len);
	write_out(x, &text);
	str_fini(&text);
}

/* All that waits, as long as there is room. What is last is the answer without the resources. */
static void
flush(struct exchange *x)
{
	struct telling *t = telling_of(x);

	for (; x->has_room && t->told_n < json_object_array_length(t->list); t->told_n++)
		write_event(x, "resource", json_object_array_get_idx(t->list, t->told_n));
	if (!x->has_room || t->last == NULL)
		return;
	write_event(x, "verify", t->last);
	reply_stream_end(x);
}

static void
on_room(void *arg)
{
	struct exchange *x = arg;

	x->has_room = true;
	flush(x);
}

static void
on_heartbeat(struct timer *timer)
{
	struct exchange *x = container_of(timer, struct exchange, timer);
	struct str       text;

	str_init(&text, 64);
	sse_comment(&text, "still looking");
	write_out(x, &text);
	str_fini(&text);
}

void
verify_stream_start(struct exchange *x)
{
	must(reply_stream(x, on_room)); /* a POST has no HEAD */
	telling_of(x)->list = json_object_new_array();
	exchange_timer_init(x, on_heartbeat);
	timer_arm(api_options_of(x->api)->loop, &x->timer, HEARTBEAT_US);
}

void
verify_stream_node(
    struct execution_watch *watch, const struct execution *execution, uint32_t vertex)
{
	struct exchange    *x = container_of(watch, struct exchange, watch);
	struct plan_action  action = execution_action(execution, vertex);
	struct json_object *resource = verify_resource(x->graph, vertex, &action);

	if (resource != NULL)
		json_object_array_add(telling_of(x)->list, resource);
	flush(x);
}

void
verify_stream_end(struct exchange *x, struct execution *execution)
{
	struct json_object *answer =
	    verify_to_json(x->graph, execution_actions(execution), execution_warnings(execution));

	json_object_object_del(answer, "resources");
	telling_of(x)->last = answer;
	flush(x);
}
