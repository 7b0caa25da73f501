/* SPDX-License-Identifier: Apache-2.0
 * shapes.c - chains, fans, and what is between them. */
#include "shapes.h"

#include <stdio.h>
#include <string.h>

#include "instant.h"
#include "util/check.h"
#include "util/json.h"
#include "util/rng.h"
#include "util/str.h"

#define NEEDS_MAX 3  /* what a node of no particular shape waits for */
#define REACH     50 /* how far before it these are */
#define NAME_SIZE 24
#define ENDS      2 /* a fan has a first and a last */

struct draft {
	struct json_object *resources;
	struct rng          rng;
	size_t              n; /* resources so far */
};

static void
name_of(size_t number, char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "n%zu", number);
}

/* The next resource; it waits for nobody yet. */
static struct json_object *
add(struct draft *draft)
{
	struct json_object *resource = json_object_new_object();
	struct json_object *properties = json_object_new_object();
	char                name[NAME_SIZE];

	name_of(draft->n++, name);
	json_set_str(properties, "name", name);
	json_set_str(resource, "type", INSTANT_TYPE);
	json_set(resource, "properties", properties);
	json_set(draft->resources, name, resource);
	return resource;
}

static void
wait_for(struct json_object *resource, size_t number)
{
	struct json_object *on = json_get_array(resource, "depends_on");
	char                name[NAME_SIZE];

	if (on == NULL) {
		on = json_object_new_array();
		json_set(resource, "depends_on", on);
	}
	name_of(number, name);
	json_object_array_add(on, json_object_new_string(name));
}

static void
refer_to(struct json_object *resource, size_t number)
{
	char text[NAME_SIZE + 8];

	snprintf(text, sizeof(text), "@n%zu.arn", number);
	json_set_str(json_get_object(resource, "properties"), "link", text);
}

static void
add_chain(struct draft *draft, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct json_object *resource = add(draft);

		if (i > 0)
			wait_for(resource, draft->n - 2);
	}
}

static void
add_fan(struct draft *draft, size_t n)
{
	size_t              first = draft->n;
	struct json_object *last;

	must(n > ENDS);
	add(draft);
	for (size_t i = ENDS; i < n; i++)
		wait_for(add(draft), first);
	last = add(draft);
	for (size_t i = first + 1; i < draft->n - 1; i++)
		wait_for(last, i);
}

static void
add_random(struct draft *draft, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t              needs = rng_below(&draft->rng, NEEDS_MAX + 1), at = draft->n;
		struct json_object *resource = add(draft);

		for (size_t k = 0; k < needs; k++) {
			size_t back = 1 + rng_below(&draft->rng, REACH);

			if (back > at)
				break;
			at -= back;
			if (k == 0)
				refer_to(resource, at);
			else
				wait_for(resource, at);
		}
	}
}

static void
add_mixed(struct draft *draft, size_t n)
{
	add_chain(draft, n / 10);
	add_fan(draft, n / 10);
	add_random(draft, n - 2 * (n / 10));
}

static const struct shape {
	const char *name;
	void (*add)(struct draft *draft, size_t n);
} shapes[] = {
	{ "chain", add_chain },
	{ "fan", add_fan },
	{ "mixed", add_mixed },
};

struct json_object *
shape_config(const char *shape, size_t n)
{
	struct json_object *config = json_object_new_object();
	struct draft        draft = { .resources = json_object_new_object() };

	rng_init(&draft.rng, n);
	for (size_t i = 0; i < array_len(shapes); i++) {
		if (str_eq(shapes[i].name, shape))
			shapes[i].add(&draft, n);
	}
	must(draft.n == n);
	json_set_str(config, "deployment_id", "bench");
	json_set(config, "resources", draft.resources);
	return config;
}
