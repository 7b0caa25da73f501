/* SPDX-License-Identifier: Apache-2.0
 * once.c - one record for each key of a tenant, which only its holder writes, as long as it is heard of. */
#include "api/once.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/load.h"
#include "api/routes.h"
#include "api/wait.h"
#include "util/check.h"
#include "util/credential_name.h"
#include "util/digest.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/secret.h"

#define KEY_MAX     255
#define ASKED_MAX   (128 * 1024 * 1024) /* a body is of 16 MiB at most, and may grow by its escapes */
#define ANSWER_MAX  (1024 * 1024)       /* what is longer is read anew from the execution */
#define LIFE_BYTES  8
#define HOLDER_SIZE 48
#define HOLDS       3 /* times in the time of a lease */
#define US_PER_MS   1000

struct exchange_once {
	struct exchange *x;
	char             name[DIGEST_SHA256_HEX];
	char             hash[DIGEST_SHA256_HEX]; /* of what is asked for */
	char             holder[HOLDER_SIZE];
	char             execution[STORE_ID_SIZE]; /* the id of what it begins */
	struct store_key noted;                    /* its graph; "": it is not known yet */
	bool             is_held;
	bool             leaves; /* unless it is done, the record stays as it is */
	struct store_op  op, hold;
	bool             asks, holds; /* they are under way */
	exchange_step   *then;
	char            *text; /* of the op; owned */
	struct timer     timer;
};

static struct api_options *
options_of(const struct exchange_once *once)
{
	return api_options_of(once->x->api);
}

/* ---- what is asked for ---- */

/* Some clients put it into quotes, as RFC 8941 has strings. Cuts them off. False: it is no key. */
static bool
read_key(const char *field, const char **ret_key, size_t *ret_len)
{
	size_t len = strlen(field);

	if (len >= 2 && field[0] == '"' && field[len - 1] == '"') {
		field++;
		len -= 2;
	}
	*ret_key = field;
	*ret_len = len;
	for (size_t i = 0; i < len; i++) {
		if (!isgraph((unsigned char)field[i]))
			return false;
	}
	return len > 0 && len <= KEY_MAX;
}

/* The members that are no secret, nor sealed anew for each request. */
static struct json_object *
without_secrets(struct json_object *from)
{
	struct json_object *to = json_object_new_object();

	json_object_object_foreach (from, name, value) {
		const char *sealed = credential_sealed_name(name);

		if (!str_eq(name, "credentials") && !credential_is_secret(name) &&
		    (sealed == NULL || !credential_is_secret(sealed)))
			json_set(to, name, json_object_get(value));
	}
	return to;
}

static void
hash_asked(const struct exchange *x, char hash[DIGEST_SHA256_HEX])
{
	struct json_object *asked = without_secrets(x->body);
	struct json_object *config = json_get_object(x->body, "config");
	struct str          text;

	if (config != NULL)
		json_set(asked, "config", without_secrets(config));
	str_init(&text, ASKED_MAX);
	str_addf(&text, "%s %s\n", x->route->method, x->route->path);
	json_canonical(asked, &text);
	must(!text.overflow);
	digest_sha256_hex(text.data, text.len, hash);
	str_fini(&text);
	json_put(asked);
}

static void
make_names(struct exchange_once *once, const char *key, size_t key_len)
{
	static char     life[2 * LIFE_BYTES + 1];
	static uint64_t last;
	uint64_t        seed;
	char            random[2 * sizeof(seed) + 1];

	if (life[0] == '\0')
		secret_random_hex(life, LIFE_BYTES);
	snprintf(once->holder, sizeof(once->holder), "%s %" PRIu64, life, ++last);
	digest_sha256_hex(key, key_len, once->name);
	secret_random_hex(random, sizeof(seed));
	obj_id_from(random, sizeof(random), once->execution);
}

/* ---- the record ---- */

/* The caller frees it. answered: x->out goes into it. */
static char *
record_text(const struct exchange_once *once, bool answered)
{
	struct json_object *json = json_object_new_object();
	char               *text;

	json_set_str(json, "hash", once->hash);
	json_set_str(json, "execution", once->execution);
	if (once->noted.graph[0] != '\0') {
		json_set_str(json, "deployment", once->noted.deployment);
		json_set_str(json, "graph", once->noted.graph);
	}
	if (answered) {
		json_set_i64(json, "status", once->x->out.status);
		json_set_str(json, "location", once->x->out.location);
		json_set(json, "body", json_object_get(once->x->out.body));
	}
	text = xstrdup(json_text(json));
	json_put(json);
	return text;
}

static void
ask(struct exchange_once *once, const struct store_op *op, void (*done)(struct store_op *op))
{
	must(!once->asks);
	store_op_fini(&once->op);
	once->op = *op;
	once->op.once = once->name;
	once->op.holder = once->holder;
	once->op.may_breathe = true; /* all that was asked for follows */
	once->op.done = done;
	must(store_key_set(&once->op.key, once->x->tenant, NULL, NULL));
	once->asks = true;
	store_start(options_of(once)->store, &once->op);
}

static void
put(struct exchange_once *once, enum store_once how, char *text, void (*done)(struct store_op *op))
{
	free(once->text);
	once->text = text;
	ask(once, &(struct store_op){ .verb = STORE_ONCE_PUT, .how = how, .text = text }, done);
}

/* ---- it is held ---- */

static void
on_hold(struct store_op *op)
{
	container_of(op, struct exchange_once, hold)->holds = false;
}

static void
hold_soon(struct exchange_once *once)
{
	timer_arm(
	    options_of(once)->loop, &once->timer, options_of(once)->lease_ms * US_PER_MS / HOLDS);
}

/* In nobody's lane: its tenant's may be busy for longer than a lease lives. If it is lost all the same, no note will be taken any more. */
static void
on_timer(struct timer *timer)
{
	struct exchange_once *once = container_of(timer, struct exchange_once, timer);

	hold_soon(once);
	if (once->holds)
		return;
	store_op_fini(&once->hold);
	once->hold = (struct store_op){
		.verb = STORE_ONCE_PUT,
		.how = STORE_ONCE_HOLD,
		.key = once->op.key,
		.once = once->name,
		.holder = once->holder,
		.at_once = true,
		.done = on_hold,
	};
	once->holds = true;
	store_start(options_of(once)->store, &once->hold);
}

static void
take(struct exchange_once *once)
{
	once->is_held = true;
	once->x->start.id = once->execution;
}

/* ---- it was asked for before ---- */

static void
refuse(struct exchange *x, enum err_code code, const char *detail)
{
	struct err err;

	err_set(&err, code, "%s", detail);
	reply_err(x, &err);
}

static bool
is_the_same(const struct exchange_once *once, struct json_object *record)
{
	return str_eq(json_get_str(record, "hash"), once->hash);
}

static void
replay(struct exchange_once *once, struct json_object *record)
{
	struct exchange *x = once->x;

	if (!is_the_same(once, record)) {
		refuse(x, ERR_KEY_REUSED, "with another body, or on another route");
		return;
	}
	x->out.is_replayed = true;
	reply_json_at(x, (int)json_get_i64(record, "status", 200), json_get_str(record, "location"),
	    json_object_get(json_get(record, "body")));
}

static void
on_left_spec(struct exchange *x)
{
	load_execution(x, wait_reply);
}

/* What was noted has begun, or never will but by this request. */
static void
on_looked(struct exchange *x)
{
	struct exchange_once *once = x->once;

	if (x->op.result == STORE_OK) {
		x->out.is_replayed = true;
		load_spec(x, once->noted.graph, on_left_spec);
		return;
	}
	x->execution[0] = '\0';
	x->key = (struct store_key){ 0 };
	once->then(x);
}

static void
look(struct exchange_once *once)
{
	struct exchange *x = once->x;

	once->leaves = true;
	x->key = once->noted;
	snprintf(x->execution, sizeof(x->execution), "%s", once->execution);
	exchange_ask_op(x,
	    &(struct store_op){ .verb = STORE_GET_HEADER, .execution = x->execution }, on_looked);
}

/* Whoever had it is gone. */
static void
take_up(struct exchange_once *once, struct json_object *record)
{
	struct exchange *x = once->x;
	const char      *execution = json_get_str(record, "execution");
	const char      *graph = json_get_str(record, "graph");

	if (!is_the_same(once, record)) {
		once->leaves = true;
		refuse(x, ERR_KEY_REUSED, "with another body, or on another route");
	} else if (x->route->once == ONCE_IN_DOUBT) {
		once->leaves = true;
		refuse(x, ERR_IN_DOUBT, "it may have been done, or not");
	} else {
		snprintf(once->execution, sizeof(once->execution), "%s", execution);
		if (graph != NULL && store_key_set(&once->noted, x->tenant,
					 json_get_str(record, "deployment"), graph))
			look(once);
		else
			once->then(x);
	}
}

static void
reply_down(struct exchange *x, const struct store_op *op)
{
	struct err err;

	err_set(&err, ERR_STORE_DOWN, "%s%s%s", store_result_name(op->result),
	    op->error[0] != '\0' ? ": " : "", op->error);
	reply_err(x, &err);
}

static void
on_taken(struct store_op *op)
{
	struct exchange_once *once = container_of(op, struct exchange_once, op);
	struct json_object   *record = NULL;

	once->asks = false;
	if (op->text_out != NULL && op->result != STORE_EXISTS)
		record = json_read(op->text_out, strlen(op->text_out), NULL);
	if (op->result != STORE_LEFT && (op->result != STORE_OK || record != NULL)) /* not ours */
		timer_disarm(options_of(once)->loop, &once->timer);
	if (op->result == STORE_EXISTS) {
		refuse(once->x, ERR_KEY_IN_USE, "wait for it");
	} else if (op->result == STORE_LEFT) {
		take(once);
		take_up(once, record);
	} else if (op->result != STORE_OK) {
		reply_down(once->x, op);
	} else if (record != NULL) {
		replay(once, record);
	} else {
		take(once);
		once->then(once->x);
	}
	json_put(record);
}

void
once_begin(struct exchange *x, exchange_step *then)
{
	const char           *field = http_header_in(x->request, "idempotency-key"), *key;
	struct exchange_once *once;
	size_t                len;

	if (field == NULL || x->route->once == ONCE_NOT) {
		then(x);
		return;
	}
	if (!read_key(field, &key, &len)) {
		refuse(x, ERR_BAD_REQUEST,
		    "Idempotency-Key: 1 to 255 printable ASCII characters without blanks are "
		    "wanted");
		return;
	}
	once = xcalloc(1, sizeof(*once));
	once->x = x;
	once->then = then;
	timer_init(&once->timer, on_timer);
	x->once = once;
	make_names(once, key, len);
	hash_asked(x, once->hash);
	once->text = record_text(once, false);
	ask(once, &(struct store_op){ .verb = STORE_ONCE_TAKE, .text = once->text }, on_taken);
	hold_soon(once); /* its answer may have to wait for the lane */
}

/* ---- the note ---- */

static void
on_noted(struct store_op *op)
{
	struct exchange_once *once = container_of(op, struct exchange_once, op);

	once->asks = false;
	if (op->result == STORE_OK)
		once->then(once->x);
	else if (op->result == STORE_FENCED)
		refuse(once->x, ERR_KEY_IN_USE, "another process has taken it over");
	else
		reply_down(once->x, op);
}

void
once_note(struct exchange *x, exchange_step *then)
{
	struct exchange_once *once = x->once;

	if (once == NULL) {
		then(x);
		return;
	}
	if (once->noted.graph[0] == '\0') {
		once->noted = x->key;
		once->then = then;
		put(once, STORE_ONCE_NOTE, record_text(once, false), on_noted);
	} else if (str_eq(once->noted.graph, x->key.graph) &&
		   str_eq(once->noted.deployment, x->key.deployment)) {
		then(x);
	} else {
		refuse(x, ERR_IN_DOUBT,
		    "the process that had the first request died, and it would come to another "
		    "graph now");
	}
}

/* ---- the answer ---- */

static void
on_kept(struct store_op *op)
{
	struct exchange_once *once = container_of(op, struct exchange_once, op);

	once->asks = false;
	once->then(once->x); /* kept or not: it was done */
}

/* What was refused was not done, and may be asked for again; but for what may have been done all the same. */
static enum store_once
how_it_ends(const struct exchange_once *once, const char *text)
{
	int status = once->x->out.status;

	if (status < 300 && strlen(text) <= ANSWER_MAX)
		return STORE_ONCE_DONE;
	if (once->leaves || once->noted.graph[0] != '\0' ||
	    (once->x->route->once == ONCE_IN_DOUBT && (status < 300 || status >= 500)))
		return STORE_ONCE_LEAVE;
	return STORE_ONCE_DROP;
}

bool
once_keeps(struct exchange *x, exchange_step *then)
{
	struct exchange_once *once = x->once;
	char                 *text;

	if (once == NULL || !once->is_held)
		return false;
	once->is_held = false;
	timer_disarm(options_of(once)->loop, &once->timer);
	if (once->asks) /* it is refused before that was answered */
		store_forget(options_of(once)->store, &once->op);
	once->asks = false;
	once->then = then;
	text = record_text(once, x->out.status < 300);
	put(once, how_it_ends(once, text), text, on_kept);
	return true;
}

void
once_forget(struct exchange *x)
{
	struct exchange_once *once = x->once;

	x->once = NULL;
	if (once == NULL)
		return;
	if (once->asks)
		store_forget(options_of(once)->store, &once->op);
	if (once->holds)
		store_forget(options_of(once)->store, &once->hold);
	store_op_fini(&once->op);
	store_op_fini(&once->hold);
	timer_disarm(options_of(once)->loop, &once->timer);
	free(once->text);
	loop_bury(options_of(once)->loop, free, once);
}
