/* SPDX-License-Identifier: Apache-2.0
 * host_questions.c - the table of what can be asked, each by what provider.h has for it. */
#include <stdio.h>

#include "host/host_inside.h"
#include "util/check.h"

/* ---- ops ---- */

static bool
any(const struct provider *provider)
{
	(void)provider;
	return true;
}

static bool
op_read(struct visit *visit, struct json_object *json, struct problems *problems)
{
	bool good = protocol_read_op(json, visit->host->options.registry, &visit->op,
	    &visit->identity, &visit->kind, problems);

	if (!good || str_eq(visit->op.type->provider, visit->provider->name))
		return good;
	problems_add(
	    problems, "/ask/type", "unknown_type", "it is not one of '%s'", visit->provider->name);
	return false;
}

static void
on_op_done(struct op *op)
{
	visit_answer(container_of(op, struct visit, op));
}

static void
op_start(struct visit *visit)
{
	if (visit->opened != NULL)
		visit->op.credentials = opened_credentials(visit->opened);
	visit->op.done = on_op_done;
	visit->provider->start(visit->provider, &visit->op);
}

static void
op_cancel(struct visit *visit)
{
	visit->provider->cancel(visit->provider, &visit->op);
}

/* Whoever can bring better ones is to be asked for them. */
static void
op_refuse(struct visit *visit, const struct problem *problem)
{
	op_answer(&visit->op, OP_EXPIRED, "%s: %s", problem->pointer, problem->detail);
	snprintf(visit->op.code, sizeof(visit->op.code), "%s", problem->code);
}

static void
op_add_answer(struct str *out, const struct visit *visit)
{
	protocol_add_op_answer(out, &visit->op);
}

static void
op_end(struct visit *visit)
{
	op_fini(&visit->op);
}

/* ---- whose ---- */

static bool
has_whose(const struct provider *provider)
{
	return provider->ask_whose != NULL;
}

static bool
whose_read(struct visit *visit, struct json_object *json, struct problems *problems)
{
	(void)visit;
	(void)json;
	(void)problems;
	return true;
}

static void
on_whose_done(struct whose *whose)
{
	visit_answer(container_of(whose, struct visit, whose));
}

static void
whose_start(struct visit *visit)
{
	if (visit->opened != NULL)
		visit->whose.credentials = opened_credentials(visit->opened);
	visit->whose.done = on_whose_done;
	visit->provider->ask_whose(visit->provider, &visit->whose);
}

static void
whose_cancel(struct visit *visit)
{
	visit->provider->cancel_whose(visit->provider, &visit->whose);
}

static void
whose_refuse(struct visit *visit, const struct problem *problem)
{
	visit->whose.result = OP_INVALID;
	snprintf(visit->whose.code, sizeof(visit->whose.code), "%s", problem->code);
	snprintf(visit->whose.message, sizeof(visit->whose.message), "%s%s%s", problem->pointer,
	    problem->pointer[0] != '\0' ? ": " : "", problem->detail);
}

static void
whose_add_answer(struct str *out, const struct visit *visit)
{
	protocol_add_whose_answer(out, &visit->whose);
}

static void
whose_end(struct visit *visit)
{
	(void)visit;
}

/* ---- sweeps ---- */

static bool
has_sweeps(const struct provider *provider)
{
	return provider->start_sweep != NULL;
}

static bool
sweep_read(struct visit *visit, struct json_object *json, struct problems *problems)
{
	return protocol_read_sweep(json, &visit->sweep, problems);
}

static void
on_sweep_done(struct sweep *sweep)
{
	visit_answer(container_of(sweep, struct visit, sweep));
}

static void
sweep_start(struct visit *visit)
{
	if (visit->opened != NULL)
		visit->sweep.credentials = opened_credentials(visit->opened);
	visit->sweep.done = on_sweep_done;
	visit->provider->start_sweep(visit->provider, &visit->sweep);
}

static void
sweep_cancel(struct visit *visit)
{
	visit->provider->cancel_sweep(visit->provider, &visit->sweep);
}

static void
sweep_refuse(struct visit *visit, const struct problem *problem)
{
	visit->sweep.result = OP_EXPIRED;
	snprintf(visit->sweep.code, sizeof(visit->sweep.code), "%s", problem->code);
	snprintf(visit->sweep.message, sizeof(visit->sweep.message), "%s", problem->detail);
}

static void
sweep_add_answer(struct str *out, const struct visit *visit)
{
	protocol_add_sweep_answer(out, &visit->sweep);
}

static void
sweep_end(struct visit *visit)
{
	sweep_fini(&visit->sweep);
}

/* ---- errands ---- */

static bool
has_errands(const struct provider *provider)
{
	return provider->start_errand != NULL;
}

static bool
errand_read(struct visit *visit, struct json_object *json, struct problems *problems)
{
	return protocol_read_errand(json, &visit->errand, problems);
}

static void
on_errand_done(struct errand *errand)
{
	visit_answer(container_of(errand, struct visit, errand));
}

static void
errand_start(struct visit *visit)
{
	if (visit->opened != NULL)
		visit->errand.credentials = opened_credentials(visit->opened);
	visit->errand.done = on_errand_done;
	visit->provider->start_errand(visit->provider, &visit->errand);
}

static void
errand_cancel(struct visit *visit)
{
	visit->provider->cancel_errand(visit->provider, &visit->errand);
}

static void
errand_refuse(struct visit *visit, const struct problem *problem)
{
	visit->errand.result = OP_EXPIRED;
	snprintf(visit->errand.code, sizeof(visit->errand.code), "%s", problem->code);
	snprintf(visit->errand.message, sizeof(visit->errand.message), "%s", problem->detail);
}

static void
errand_add_answer(struct str *out, const struct visit *visit)
{
	protocol_add_errand_answer(out, &visit->errand);
}

static void
errand_end(struct visit *visit)
{
	errand_fini(&visit->errand);
}

/* ---- checks: answered at once ---- */

static bool
has_validate(const struct provider *provider)
{
	return provider->validate != NULL || provider->check_sealed != NULL;
}

static bool
check_read(struct visit *visit, struct json_object *json, struct problems *problems)
{
	return protocol_read_check(json, visit->host->options.registry, &visit->items, problems);
}

static void
check_start(struct visit *visit)
{
	struct check    *check = &visit->check;
	struct provider *provider = visit->provider;

	problems_init(&check->problems);
	for (size_t i = 0; i < visit->items.n; i++) {
		const struct check_item *item = &visit->items.items[i];

		if (provider->validate != NULL)
			provider->validate(provider, item->type, item->properties, item->pointer,
			    &check->problems);
		if (provider->check_sealed != NULL)
			provider->check_sealed(
			    provider, item->properties, item->pointer, &check->problems);
	}
	check->result = OP_OK;
	visit_answer(visit);
}

static void
check_cancel(struct visit *visit)
{
	(void)visit;
}

static void
check_add_answer(struct str *out, const struct visit *visit)
{
	protocol_add_check_answer(out, &visit->check);
}

static void
check_end(struct visit *visit)
{
	protocol_items_fini(&visit->items);
	check_fini(&visit->check);
}

/* ---- the table ---- */

static const struct question questions[] = {
	{ PROTOCOL_OPS, true, any, op_read, op_start, op_cancel, op_refuse, op_add_answer, op_end },
	{ PROTOCOL_WHOSE, true, has_whose, whose_read, whose_start, whose_cancel, whose_refuse,
	    whose_add_answer, whose_end },
	{ PROTOCOL_SWEEPS, true, has_sweeps, sweep_read, sweep_start, sweep_cancel, sweep_refuse,
	    sweep_add_answer, sweep_end },
	{ PROTOCOL_ERRANDS, true, has_errands, errand_read, errand_start, errand_cancel,
	    errand_refuse, errand_add_answer, errand_end },
	{ PROTOCOL_VALIDATE, false, has_validate, check_read, check_start, check_cancel, NULL,
	    check_add_answer, check_end },
};

const struct question *
question_find(const char *path)
{
	for (size_t i = 0; i < array_len(questions); i++) {
		if (str_eq(questions[i].path, path))
			return &questions[i];
	}
	return NULL;
}
