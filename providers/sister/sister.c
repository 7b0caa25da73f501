/* SPDX-License-Identifier: Apache-2.0
 * sister.c - the provider's struct of functions: each sends what it is given, and takes what comes back. */
#include "providers/sister/sister.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "providers/sister/inside.h"
#include "util/check.h"
#include "util/credential_name.h"
#include "util/json.h"
#include "util/mem.h"

#define CREDENTIALS_MAX (1024 * 1024)
#define RETRY_MOST_MS   INT64_C(600000)

static struct sister *
sister_of(struct provider *provider)
{
	return container_of(provider, struct sister, provider);
}

static const char *
away(struct provider *provider)
{
	const struct sister *sister = sister_of(provider);

	return sister->is_there ? NULL : sister->why;
}

/* ---- types and windows ---- */

static enum err_code
load(struct provider *provider, struct resource_type *type, struct err *err)
{
	const struct sister *sister = sister_of(provider);

	type->impl = (void *)(uintptr_t)json_get_str(sister->windows, type->name);
	if (type->impl != NULL)
		return ERR_OK;
	return err_set(err, ERR_INVALID_CONFIG,
	    "the driver of '%s' is in another process: that has to be told of this type",
	    sister->peer.name);
}

/* As the other side has it for some region in nobody's account; in an open type, for all its kinds. */
static void
window(struct provider *provider, const struct op *op, char *buf, size_t size)
{
	const char *template = op->type->impl, *region = strstr(template, PROTOCOL_REGION);
	int before = region != NULL ? (int)(region - template) : (int)strlen(template);

	(void)provider;
	snprintf(buf, size, "%s:%.*s%s%s", op->credentials != NULL ? op->credentials->whose : "",
	    before, template, region != NULL ? op->identity->region : "",
	    region != NULL ? region + strlen(PROTOCOL_REGION) : "");
}

/* ---- credentials ---- */

static bool
is_usable(const struct sister *sister, struct json_object *json, const char *pointer,
    struct problems *problems)
{
	if (!json_object_is_type(json, json_type_object)) {
		problems_add(problems, pointer, "missing_credentials",
		    "credentials for %s are needed", sister->peer.name);
		return false;
	}
	if (!sister->peer.is_private && credentials_hold_plain(json)) {
		problems_add(problems, pointer, "plaintext_credentials",
		    "plain ones would be sent to %s as they are: seal them, or use https",
		    sister->peer.place);
		return false;
	}
	return true;
}

static struct credentials *
open_credentials(struct provider *provider, struct json_object *json, const char *account,
    const char *pointer, struct problems *problems)
{
	struct sister      *sister = sister_of(provider);
	struct credentials *credentials;
	struct str          text;

	if (!is_usable(sister, json, pointer, problems))
		return NULL;
	str_init(&text, CREDENTIALS_MAX);
	json_add(&text, json);
	credentials = xcalloc(1, sizeof(*credentials));
	credentials->json = secret_create(text.data, text.len);
	credentials->account = xstrdup(account);
	snprintf(credentials->whose, sizeof(credentials->whose), "#%u", ++sister->opened_n);
	secret_wipe(text.data, text.len);
	str_fini(&text);
	return credentials;
}

static void
close_credentials(struct credentials *credentials)
{
	secret_destroy(credentials->json);
	free(credentials->account);
	free(credentials);
}

/* ---- ops ---- */

static bool
read_op(struct json_object *answer, void *of)
{
	struct op *op = of;
	bool       good = protocol_read_op_answer(answer, op);

	if (op->retry_after_ms < 0 || op->retry_after_ms > RETRY_MOST_MS)
		op->retry_after_ms = RETRY_MOST_MS;
	return good;
}

static void
on_op(struct sister_question *question)
{
	struct op *op = question->of;

	op->impl = NULL;
	if (!question->good) {
		op_fini(op); /* half of what was found may be in it */
		peer_fail_op(&question->failure, op);
	}
	op->done(op);
}

static const struct sister_kind ops = { PROTOCOL_OPS, read_op, on_op };

static void
start(struct provider *provider, struct op *op)
{
	struct sister_question *question =
	    sister_question_create(sister_of(provider), &ops, op->credentials, op);

	op->impl = question;
	question->trace = op->trace;
	protocol_add_op(&question->body, op);
	sister_question_send(question);
}

static void
cancel(struct provider *provider, struct op *op)
{
	(void)provider;
	sister_question_forget(op->impl);
	op->impl = NULL;
}

/* ---- whose ---- */

static bool
read_whose(struct json_object *answer, void *of)
{
	return protocol_read_whose_answer(answer, of);
}

static void
on_whose(struct sister_question *question)
{
	const struct peer_failure *failure = &question->failure;
	struct whose              *whose = question->of;

	whose->impl = NULL;
	if (!question->good) {
		whose->result = failure->result;
		whose->account[0] = '\0';
		memcpy(whose->code, failure->code, sizeof(whose->code));
		memcpy(whose->message, failure->message, sizeof(whose->message));
	} else if (whose->account[0] != '\0') {
		memcpy(whose->credentials->whose, whose->account, ACCOUNT_SIZE);
	}
	whose->done(whose);
}

static const struct sister_kind whoses = { PROTOCOL_WHOSE, read_whose, on_whose };

static void
ask_whose(struct provider *provider, struct whose *whose)
{
	struct sister_question *question =
	    sister_question_create(sister_of(provider), &whoses, whose->credentials, whose);

	whose->impl = question;
	str_add(&question->body, "{}");
	sister_question_send(question);
}

static void
cancel_whose(struct provider *provider, struct whose *whose)
{
	(void)provider;
	sister_question_forget(whose->impl);
	whose->impl = NULL;
}

/* ---- sweeps ---- */

static bool
read_sweep(struct json_object *answer, void *of)
{
	struct sweep *sweep = of;
	bool          good = protocol_read_sweep_answer(answer, sweep);

	if (sweep->retry_after_ms < 0 || sweep->retry_after_ms > RETRY_MOST_MS)
		sweep->retry_after_ms = RETRY_MOST_MS;
	return good;
}

static void
on_sweep(struct sister_question *question)
{
	const struct peer_failure *failure = &question->failure;
	struct sweep              *sweep = question->of;

	sweep->impl = NULL;
	if (!question->good) {
		sweep_fini(sweep);
		sweep->result = failure->result;
		sweep->retry_after_ms = failure->retry_after_ms;
		memcpy(sweep->code, failure->code, sizeof(sweep->code));
		memcpy(sweep->message, failure->message, sizeof(sweep->message));
	}
	sweep->done(sweep);
}

static const struct sister_kind sweeps = { PROTOCOL_SWEEPS, read_sweep, on_sweep };

static void
start_sweep(struct provider *provider, struct sweep *sweep)
{
	struct sister_question *question =
	    sister_question_create(sister_of(provider), &sweeps, sweep->credentials, sweep);

	sweep->impl = question;
	protocol_add_sweep(&question->body, sweep);
	sister_question_send(question);
}

static void
cancel_sweep(struct provider *provider, struct sweep *sweep)
{
	(void)provider;
	sister_question_forget(sweep->impl);
	sweep->impl = NULL;
}

/* ---- errands ---- */

static bool
read_errand(struct json_object *answer, void *of)
{
	return protocol_read_errand_answer(answer, of);
}

static void
on_errand(struct sister_question *question)
{
	const struct peer_failure *failure = &question->failure;
	struct errand             *errand = question->of;

	errand->impl = NULL;
	if (!question->good) {
		errand_fini(errand);
		errand->result = failure->result;
		memcpy(errand->code, failure->code, sizeof(errand->code));
		memcpy(errand->message, failure->message, sizeof(errand->message));
	}
	errand->done(errand);
}

static const struct sister_kind errands = { PROTOCOL_ERRANDS, read_errand, on_errand };

static void
start_errand(struct provider *provider, struct errand *errand)
{
	struct sister_question *question =
	    sister_question_create(sister_of(provider), &errands, errand->credentials, errand);

	errand->impl = question;
	protocol_add_errand(&question->body, errand);
	sister_question_send(question);
}

static void
cancel_errand(struct provider *provider, struct errand *errand)
{
	(void)provider;
	sister_question_forget(errand->impl);
	errand->impl = NULL;
}

/* ---- checks ---- */

static bool
read_check(struct json_object *answer, void *of)
{
	return protocol_read_check_answer(answer, of);
}

static void
on_check(struct sister_question *question)
{
	const struct peer_failure *failure = &question->failure;
	struct check              *check = question->of;

	check->impl = NULL;
	if (!question->good) {
		check->result = failure->result;
		memcpy(check->code, failure->code, sizeof(check->code));
		memcpy(check->message, failure->message, sizeof(check->message));
	}
	check->done(check);
}

static const struct sister_kind checks = { PROTOCOL_VALIDATE, read_check, on_check };

static void
start_check(struct provider *provider, struct check *check)
{
	struct sister_question *question =
	    sister_question_create(sister_of(provider), &checks, NULL, check);

	check->impl = question;
	problems_init(&check->problems);
	protocol_add_check(&question->body, check);
	sister_question_send(question);
}

static void
cancel_check(struct provider *provider, struct check *check)
{
	(void)provider;
	sister_question_forget(check->impl);
	check->impl = NULL;
}

/* ---- what it can do ---- */

static const char *
public_key(struct provider *provider)
{
	const struct sister *sister = sister_of(provider);

	return sister->public_key[0] != '\0' ? sister->public_key : NULL;
}

void
sister_take(struct sister *sister, struct json_object *json)
{
	struct provider *provider = &sister->provider;
	int64_t          window_size = json_get_i64(json, "window_size", 0);
	const char      *key = json_get_str(json, "public_key");
	bool             whoses_are = json_get_bool(json, PROTOCOL_WHOSE, false);
	bool             sweeps_are = json_get_bool(json, PROTOCOL_SWEEPS, false);
	bool             errands_are = json_get_bool(json, PROTOCOL_ERRANDS, false);
	bool             checks_are = json_get_bool(json, PROTOCOL_VALIDATE, false);

	provider->needs_credentials = json_get_bool(json, "needs_credentials", false);
	provider->window_size =
	    window_size > 0 && window_size < UINT16_MAX ? (unsigned)window_size : 1;
	provider->ask_whose = whoses_are ? ask_whose : NULL;
	provider->start_sweep = sweeps_are ? start_sweep : NULL;
	provider->start_errand = errands_are ? start_errand : NULL;
	provider->start_check = checks_are ? start_check : NULL;
	provider->takes_sealed = key != NULL;
	snprintf(sister->public_key, sizeof(sister->public_key), "%s", key != NULL ? key : "");
}

/* ---- the life ---- */

static void
destroy(struct provider *provider)
{
	struct sister *sister = sister_of(provider);

	sister_contact_end(sister);
	json_object_put(sister->windows);
	peer_fini(&sister->peer);
	free(sister);
}

struct provider *
sister_create(const struct sister_options *options, struct err *err)
{
	struct sister *sister = xcalloc(1, sizeof(*sister));

	bool good = peer_init(&sister->peer, options, err);

	sister->registry = options->registry;
	sister->windows = json_object_new_object();
	sister->provider = (struct provider){
		.name = sister->peer.name,
		.load = load,
		.cancel_check = cancel_check,
		.away = away,
		.open = open_credentials,
		.close = close_credentials,
		.cancel_whose = cancel_whose,
		.cancel_sweep = cancel_sweep,
		.cancel_errand = cancel_errand,
		.public_key = public_key,
		.window = window,
		.start = start,
		.cancel = cancel,
		.destroy = destroy,
	};
	fetch_init(&sister->fetch, "GET", "", NULL);
	if (!good) {
		destroy(&sister->provider);
		return NULL;
	}
	sister_contact(sister);
	return &sister->provider;
}
