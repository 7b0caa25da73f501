/* SPDX-License-Identifier: Apache-2.0
 * facts.c - what may be known of an execution. */
#include "engine/execution.h"
#include "util/check.h"

#define TAKEOVERS_MAX 5

struct loop *
execution_loop(const struct execution *e)
{
	return e->engine->options.loop;
}

struct provider *
execution_provider(const struct execution *e, const struct resource_type *type)
{
	struct provider *provider = registry_provider(e->engine->options.registry, type->provider);

	must(provider != NULL);
	return provider;
}

struct credentials *
execution_credentials(const struct execution *e, const struct spec_node *node)
{
	const struct keyring_entry *entry =
	    keyring_find(&e->keyring, execution_provider(e, node->type), node->account);

	return entry != NULL ? entry->credentials : NULL;
}

bool
execution_waits(const struct execution *e)
{
	return e->kind != EXECUTION_VERIFY && e->kind != EXECUTION_DISCOVER;
}

bool
execution_is_reversed(const struct execution *e)
{
	return e->graph->is_reversed;
}

void
execution_credentials_worked(struct execution *e, const struct credentials *credentials)
{
	for (size_t i = 0; i < e->keyring.n; i++) {
		struct keyring_entry *entry = &e->keyring.entries[i];

		entry->worked = entry->worked || entry->credentials == credentials;
	}
}

bool
execution_may_starve(const struct execution *e)
{
	for (size_t i = 0; i < e->keyring.n; i++) {
		if (e->keyring.entries[i].worked)
			return e->mode != MODE_DRY_RUN;
	}
	return false;
}

/* Any, or only such as it does not have. */
bool
execution_needs_credentials(const struct execution *e, bool only_missing)
{
	for (size_t v = 0; v < e->graph->n; v++) {
		const struct spec_node *node = graph_node(e->graph, v);

		if (execution_provider(e, node->type)->needs_credentials &&
		    (!only_missing || execution_credentials(e, node) == NULL))
			return true;
	}
	return false;
}

bool
execution_is_poisonous(const struct execution *e)
{
	return e->takeovers > TAKEOVERS_MAX;
}

enum err_code
execution_say_busy(const struct execution *e, struct err *err)
{
	return err_set(err, ERR_BUSY, "execution %s of graph %s is %s%s", e->id, e->key.graph,
	    execution_status_name(e->status),
	    e->status == STATUS_PAUSED ? ": continue or cancel it first" : "");
}

const struct graph *
execution_graph(const struct execution *e)
{
	return e->graph;
}

const struct store_key *
execution_key(const struct execution *e)
{
	return &e->key;
}

const char *
execution_id(const struct execution *e)
{
	return e->id;
}

enum execution_mode
execution_mode(const struct execution *e)
{
	return e->mode;
}

enum execution_status
execution_status(const struct execution *e)
{
	return e->status;
}

enum execution_reason
execution_reason(const struct execution *e)
{
	return e->reason;
}

void
execution_give_back(struct execution *e, struct keyring *ret_keyring)
{
	must(e->step == STEP_ENDED);
	keyring_take(ret_keyring, &e->keyring);
}

struct json_object *
execution_warnings(const struct execution *e)
{
	return e->sweeps != NULL ? sweeps_warnings(e->sweeps) : NULL;
}

const struct plan_action *
execution_actions(const struct execution *e)
{
	return e->actions;
}
