/* SPDX-License-Identifier: Apache-2.0
 * check.c - so many resources of one provider at a time, in their order. */
#include "api/check.h"

#include <stdlib.h>
#include <string.h>

#include "plan/spec.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

#define ITEMS_MAX   200
#define POINTER_MAX 1024

struct checking {
	struct exchange_part part;
	struct check         ask;
	struct provider     *asked; /* NULL: none is */
	struct check_item    items[ITEMS_MAX];
	size_t               at; /* the next node */
	exchange_step       *then;
	void (*refuse)(struct exchange *x, const struct problems *problems);
	struct problems found;
};

static void ask_next(struct checking *c);

/* ---- what is asked ---- */

static struct json_object *
look_never(void *arg, size_t target, const char *output)
{
	(void)arg;
	(void)target;
	(void)output;
	return NULL;
}

/* A part of a composite is told at the resource that it comes from. */
static char *
place_of(const struct exchange *x, const struct spec_node *node)
{
	struct json_object *posted =
	    json_get_object(json_get_object(x->body, "config"), "resources");
	const char *composite = spec_node_composite(node);
	bool        is_posted = json_has(posted, node->resource_id);
	struct str  pointer;

	str_init(&pointer, POINTER_MAX);
	str_add(&pointer, "/resources");
	if (is_posted)
		json_pointer_add(&pointer, node->resource_id);
	else if (composite != NULL && json_has(posted, composite))
		json_pointer_add(&pointer, composite);
	str_add(&pointer, is_posted ? "/properties" : "");
	return str_take(&pointer);
}

static void
add_item(struct checking *c, size_t node)
{
	struct check_item *item = &c->items[c->ask.items_n++];
	size_t             missing;

	item->type = c->part.x->spec->nodes[node].type;
	item->properties = spec_resolve(c->part.x->spec, node, look_never, NULL, &missing);
	item->tags = c->part.x->spec->nodes[node].tags;
	item->pointer = place_of(c->part.x, &c->part.x->spec->nodes[node]);
}

static void
forget_items(struct checking *c)
{
	for (size_t i = 0; i < c->ask.items_n; i++) {
		json_object_put(c->items[i].properties);
		free((char *)(uintptr_t)c->items[i].pointer);
	}
	check_fini(&c->ask);
	c->ask = (struct check){ 0 };
}

static void
forget(struct exchange_part *part)
{
	struct checking *c = (struct checking *)part;

	if (c->asked != NULL)
		c->asked->cancel_check(c->asked, &c->ask);
	c->asked = NULL;
	forget_items(c);
}

static void
fini(struct exchange_part *part)
{
	problems_fini(&((struct checking *)part)->found);
}

static const struct exchange_part_type checking_type = { sizeof(struct checking), forget, fini };

/* ---- the answers ---- */

/* Its place, or the next one around it that the config has: what a part has may come from a template. */
static void
add_found(struct checking *c, const struct problem *problem)
{
	struct json_object *config = json_get_object(c->part.x->body, "config"), *there;
	char               *place = xstrdup(problem->pointer);

	while (config != NULL && strrchr(place, '/') != NULL &&
	       json_pointer_get(config, place, &there) != 0)
		*strrchr(place, '/') = '\0';
	problems_add(&c->found, place, problem->code, "%s", problem->detail);
	free(place);
}

static void
end(struct checking *c)
{
	struct exchange *x = c->part.x;
	exchange_step   *then = c->then;

	if (c->found.n > 0) {
		c->refuse(x, &c->found);
		return;
	}
	then(x);
}

static void
on_answered(struct check *ask)
{
	struct checking *c = container_of(ask, struct checking, ask);
	struct err       err;

	c->asked = NULL;
	if (ask->result != OP_OK) {
		err_set(&err, ERR_PROVIDER, "%s", ask->message);
		reply_err(c->part.x, &err);
		return;
	}
	for (size_t i = 0; i < ask->problems.n; i++)
		add_found(c, &ask->problems.items[i]);
	forget_items(c);
	ask_next(c);
}

/* ---- the way ---- */

static struct provider *
checker_of(const struct checking *c, size_t node)
{
	const struct registry *registry = api_options_of(c->part.x->api)->registry;
	struct provider       *provider =
	    registry_provider(registry, c->part.x->spec->nodes[node].type->provider);

	return provider->start_check != NULL ? provider : NULL;
}

static void
ask_next(struct checking *c)
{
	const struct spec *spec = c->part.x->spec;
	struct provider   *asked = NULL;

	for (; c->at < spec->nodes_n && c->ask.items_n < ITEMS_MAX; c->at++) {
		struct provider *checker = checker_of(c, c->at);

		if (asked != NULL && checker != NULL && checker != asked)
			break;
		if (checker == NULL)
			continue;
		asked = checker;
		add_item(c, c->at);
	}
	if (asked == NULL) {
		end(c);
		return;
	}
	c->ask.items = c->items;
	c->ask.done = on_answered;
	c->asked = asked;
	asked->start_check(asked, &c->ask);
}

void
check_ask(struct exchange *x, exchange_step *then,
    void (*refuse)(struct exchange *x, const struct problems *problems))
{
	struct checking *c = exchange_part(x, &checking_type);

	must(c->then == NULL); /* a spec is checked once */
	c->then = then;
	c->refuse = refuse;
	problems_init(&c->found);
	ask_next(c);
}
