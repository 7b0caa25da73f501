/* SPDX-License-Identifier: Apache-2.0
 * cloud.c - stands where curl does: a fetch is answered by the next bytes of the input. */
#include "tests/fuzz/cloud.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop/loop.h"
#include "net/fetch.h"
#include "net/header_lines.h"
#include "plan/config.h"
#include "plan/diff.h"
#include "provider/provider.h"
#include "providers/aws/aws.h"
#include "providers/aws/call.h"
#include "providers/aws/credentials.h"
#include "interpreter/call_type.h"
#include "tests/fuzz/sample.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/secret.h"

#define NEXT_ANSWER  0x1e
#define REPEAT       0x1d
#define ANSWER_MAX   (2 * 1024 * 1024)
#define BYTES_MAX    (1024 * 1024) /* of answers to one op, before the last */
#define ANSWERS_MAX  64
#define FETCHES_MAX  6000 /* of one op: a thousand calls, with their further tries */
#define OPS_MAX      16
#define NAME_MAX_LEN 1024
#define WALL_MS      1795000000000

/* The network of net/fetch.h. */
struct fetcher {
	struct loop   *loop;
	struct task    land;
	struct fetch  *fetch; /* in the air */
	const uint8_t *answers;
	size_t         size, at;
	size_t         bytes;
	unsigned       fetches;
};

struct cloud {
	struct fetcher      network;
	struct aws_caller  *caller;
	struct credentials *credentials;
	int64_t             now_us;
	struct op           op;
	bool                done;
};

/* ---- answers ---- */

/* "1d N 1d piece 1d" at `at`; returns what is behind it, NULL when it is none. */
static const uint8_t *
repeat(struct str *out, const uint8_t *at, const uint8_t *end)
{
	const uint8_t *piece = memchr(at + 1, REPEAT, (size_t)(end - at - 1));
	const uint8_t *stop =
	    piece != NULL ? memchr(piece + 1, REPEAT, (size_t)(end - piece - 1)) : NULL;
	unsigned long n = 0;

	if (stop == NULL || stop == piece + 1)
		return NULL;
	for (at++; at < piece && isdigit(*at) && n < ANSWER_MAX; at++)
		n = n * 10 + (unsigned long)(*at - '0');
	for (piece++; n > 0 && !out->overflow; n--)
		str_add_mem(out, piece, (size_t)(stop - piece));
	return stop + 1;
}

static void
next_answer(struct fetcher *network, struct str *out)
{
	const uint8_t *at, *end, *start = network->answers, *stop = start + network->size;

	if (network->at >= network->size)
		network->at = 0;
	at = start + network->at;
	end = network->size > 0 ? memchr(at, NEXT_ANSWER, (size_t)(stop - at)) : NULL;
	if (end == NULL)
		end = stop;
	network->at = (size_t)(end - start) + 1;
	while (at < end) {
		const uint8_t *behind = *at == REPEAT ? repeat(out, at, end) : NULL;

		if (behind == NULL)
			str_add_char(out, (char)*at++);
		else
			at = behind;
	}
}

static void
take_headers(struct fetch *fetch, const char **at, const char *end)
{
	static const char status[] = "HTTP/1.1 200 OK\r\n";
	bool              in_headers = false;
	const char       *line_end;

	header_lines_add(&fetch->headers_in, &in_headers, status, sizeof(status) - 1);
	for (bool blank = false; !blank && *at < end; *at = line_end + (line_end < end)) {
		line_end = memchr(*at, '\n', (size_t)(end - *at));
		if (line_end == NULL)
			line_end = end;
		blank = line_end == *at;
		header_lines_add(&fetch->headers_in, &in_headers, *at, (size_t)(line_end - *at));
	}
}

static void
take_answer(struct fetch *fetch, const struct str *text)
{
	const char *at = text->data, *end = text->data + text->len, *line_end;

	fetch->result = FETCH_DONE;
	for (int i = 0; i < 3 && isdigit((unsigned char)*at); i++)
		fetch->status = fetch->status * 10 + *at++ - '0';
	line_end = memchr(at, '\n', (size_t)(end - at));
	at = line_end != NULL ? line_end + 1 : end;
	take_headers(fetch, &at, end);
	str_fini(&fetch->body_in);
	str_init(&fetch->body_in, fetch->body_max);
	str_add_mem(&fetch->body_in, at, (size_t)(end - at));
	if (fetch->body_in.overflow || fetch->headers_in.overflow)
		fetch->result = FETCH_TOO_LARGE;
}

static void
on_land(struct task *task)
{
	static const enum fetch_result failures[] = { FETCH_UNSENT, FETCH_BROKEN, FETCH_TIMEOUT,
		FETCH_TOO_LARGE };
	struct fetcher                *network = container_of(task, struct fetcher, land);
	struct fetch                  *fetch = network->fetch;
	struct str                     text;

	network->fetch = NULL;
	fetch->impl = NULL;
	str_init(&text, ANSWER_MAX);
	if (network->fetches <= ANSWERS_MAX && network->bytes <= BYTES_MAX)
		next_answer(network, &text);
	else
		str_add(&text, "!1");
	network->bytes += text.len;
	if (text.data[0] == '!')
		fetch->result = failures[(unsigned char)text.data[1] % array_len(failures)];
	else
		take_answer(fetch, &text);
	str_fini(&text);
	fetch->done(fetch);
}

void
fetch_start(struct fetcher *network, struct fetch *fetch)
{
	must(network->fetch == NULL); /* the interpreter makes one call at a time */
	must(++network->fetches <= FETCHES_MAX);
	network->fetch = fetch;
	fetch->impl = network;
	task_wake(network->loop, &network->land);
}

void
fetch_cancel(struct fetcher *network, struct fetch *fetch)
{
	if (network->fetch != fetch)
		return;
	network->fetch = NULL;
	fetch->impl = NULL;
	task_cancel(network->loop, &network->land);
}

/* ---- ops ---- */

static const struct played {
	char         letter;
	enum op_kind kind, after;
	bool         adopt;
} plays[] = {
	{ 'r', OP_READ, OP_READ, false },
	{ 'a', OP_READ, OP_READ, true },
	{ 'c', OP_CREATE, OP_READ, false },
	{ 'u', OP_UPDATE, OP_READ, false },
	{ 'd', OP_DELETE, OP_READ, false },
	{ 's', OP_SETTLE, OP_CREATE, false },
	{ 't', OP_SETTLE, OP_UPDATE, false },
	{ 'g', OP_SETTLE, OP_DELETE, false },
};

static void
on_op_done(struct op *op)
{
	struct cloud *cloud = container_of(op, struct cloud, op);

	must(!cloud->done);
	cloud->done = true;
}

/* Turns until there is nothing left to do, or `once` a request is in the air. */
static void
turn(struct cloud *cloud, bool once)
{
	struct loop *loop = cloud->network.loop;
	int64_t      due;

	while ((due = loop_next_due_us(loop)) != LOOP_NEVER &&
	       !(once && cloud->network.fetch != NULL)) {
		if (due > cloud->now_us)
			cloud->now_us = due;
		loop_turn(loop, cloud->now_us, WALL_MS + cloud->now_us / 1000);
	}
}

/* What the engine does with an answer: it keeps it as text, and compares. */
static void
check_found(const struct op *op)
{
	size_t              len;
	const char         *text = json_text_len(op->found, &len);
	struct err          err = { 0 };
	struct json_object *again = json_read(text, len, &err);
	struct diff         diff;

	if (again == NULL)
		fprintf(stderr, "%s: %s\n", err.detail, text);
	must(again != NULL);
	must(json_same(op->found, again));
	must(json_fits_at(op->found, OP_FOUND_DEPTH));
	json_object_put(again);
	diff_make_known(&diff, op->type, op->desired, json_get(op->found, "properties"));
	diff_fini(&diff);
}

static void
check_answer(const struct op *op)
{
	must(op->result > OP_PENDING && op->result < OP_RESULTS_N);
	must(op->found == NULL || op->result == OP_OK);
	if (op->kind == OP_READ && op->result == OP_OK)
		must(op->found != NULL);
	if (op->found != NULL)
		check_found(op);
}

static void
play(struct cloud *cloud, struct provider *provider, const struct op *ask, bool cancel)
{
	struct op *op = &cloud->op;

	*op = *ask;
	op->done = on_op_done;
	cloud->done = false;
	cloud->network.fetches = 0;
	cloud->network.bytes = 0;
	provider->start(provider, op);
	must(!cloud->done);
	turn(cloud, cancel);
	if (cloud->done) {
		turn(cloud, false);
		check_answer(op);
	} else {
		must(cancel);
		provider->cancel(provider, op);
		turn(cloud, false);
		must(!cloud->done);
	}
	must(op->impl == NULL && cloud->network.fetch == NULL);
}

/* All that the type can change in place. */
static struct json_object *
changes_of(const struct resource_type *type, struct json_object *desired)
{
	struct json_object *changes = json_object_new_array();

	json_object_object_foreach (desired, name, value) {
		(void)value;
		if (call_type_takes(type->impl, LIST_UPDATE, name))
			json_object_array_add(changes, json_string(name, strlen(name)));
	}
	return changes;
}

/* As if it had been found: with all of the type's outputs. */
static struct json_object *
known_of(const struct resource_type *type)
{
	struct json_object *known = json_object_new_object(), *outputs = json_object_new_object();

	json_object_object_foreach (type->outputs, name, output) {
		(void)output;
		json_set_str(outputs, name, "known");
	}
	json_set_str(known, "id", "known");
	json_set(known, "outputs", outputs);
	return known;
}

static const struct played *
play_of(char letter)
{
	for (size_t i = 0; i < array_len(plays); i++) {
		if (plays[i].letter == letter)
			return &plays[i];
	}
	return NULL;
}

static void
play_all(struct cloud *cloud, struct provider *provider, struct op *ask, const char *ops)
{
	for (int n = 0; *ops != '\0' && n < OPS_MAX; ops++) {
		const struct played *played = play_of(*ops);

		if (played == NULL)
			continue;
		ask->kind = played->kind;
		ask->after = played->after;
		ask->adopt = played->adopt;
		play(cloud, provider, ask, ops[1] == '!');
		if (cloud->op.found != NULL) {
			json_object_put(ask->known);
			ask->known = json_object_get(cloud->op.found);
		}
		op_fini(&cloud->op);
		n++;
	}
}

/* An open type is always one of its kinds: the example. */
static struct resource_type
closed(const struct resource_type *type, struct str *name)
{
	struct resource_type kind = *type;

	if (type->kinds == NULL)
		return kind;
	str_addf(name, "%s:%s", type->name, json_get_str(type->kinds, "example"));
	kind.name = name->data;
	return kind;
}

void
cloud_play(struct cloud *cloud, const struct resource_type *type, const char *ops,
    const uint8_t *answers, size_t size)
{
	struct provider *provider = aws_provider_create(cloud->network.loop, cloud->caller, NULL);
	const struct identity identity = { "tenant", "dep", "aaaaaaaa", "bbbbbbbb", "cccccccc",
		"res", "0123456789abcdef", type->global ? "" : "us-east-1", true, false, false };
	struct str            name;
	struct resource_type  kind;
	struct op             ask = {
			    .type = &kind,
			    .identity = &identity,
			    .credentials = cloud->credentials,
			    .desired = sample_make(type->properties),
			    .known = known_of(type),
			    .token = "token",
	};

	str_init(&name, NAME_MAX_LEN);
	kind = closed(type, &name);
	ask.changes = changes_of(type, ask.desired);
	cloud->network.answers = answers;
	cloud->network.size = size;
	cloud->network.at = 0;
	play_all(cloud, provider, &ask, ops);
	json_object_put(ask.desired);
	json_object_put(ask.changes);
	json_object_put(ask.known);
	provider->destroy(provider);
	str_fini(&name);
}

/* ---- the cloud ---- */

const char *
cloud_path(const char *below)
{
	static char path[4096];
	const char *root = getenv("srcdir");

	snprintf(path, sizeof(path), "%s/%s", root != NULL ? root : ".", below);
	return path;
}

struct registry *
cloud_registry(struct cloud *cloud)
{
	struct registry *registry = registry_create(plan_check_type);
	struct err       err = { 0 };

	registry_add_provider(
	    registry, aws_provider_create(cloud->network.loop, cloud->caller, NULL));
	if (registry_list(registry, cloud_path("schemas/aws"), &err) != ERR_OK) {
		fprintf(stderr, "%s\n", err.detail);
		exit(EXIT_FAILURE);
	}
	return registry;
}

struct cloud *
cloud_create(void)
{
	struct cloud             *cloud = xcalloc(1, sizeof(*cloud));
	const char               *models = getenv("AWS_MODELS_DIR");
	struct aws_caller_options options = { .models_dir =
						  models != NULL ? models : TEST_AWS_MODELS };
	struct json_object       *keys = json_object_new_object();
	struct problems           problems;
	struct err                err = { 0 };

	must(secret_setup());
	must(plan_setup(cloud_path("schemas"), &err) == ERR_OK);
	json_set_str(keys, "access_key_id", "AKIAEXAMPLE");
	json_set_str(keys, "secret_access_key", "secret");
	json_set_str(keys, "account_id", "123456789012");
	problems_init(&problems);
	cloud->credentials = aws_credentials_open(NULL, keys, "", "", &problems);
	must(cloud->credentials != NULL);
	problems_fini(&problems);
	json_object_put(keys);
	cloud->network.loop = loop_create();
	task_init(&cloud->network.land, on_land);
	cloud->caller = aws_caller_create(cloud->network.loop, &cloud->network, &options);
	return cloud;
}
