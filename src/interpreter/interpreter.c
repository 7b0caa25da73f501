/* SPDX-License-Identifier: Apache-2.0
 * interpreter.c - each function of provider.h, by the modules that interpret a type file. */
#include "interpreter/interpreter.h"

#include <string.h>

#include "interpreter/call_type.h"
#include "interpreter/fill.h"
#include "interpreter/hook.h"
#include "interpreter/naming.h"
#include "interpreter/steps.h"
#include "provider/unseal.h"
#include "util/json.h"
#include "util/str.h"

#define NODE_ID_EXAMPLE   "00000000"
#define POINTER_BYTES_MAX 1024

static struct interpreter *
of(struct provider *provider)
{
	return container_of(provider, struct interpreter, provider);
}

static enum err_code
load(struct provider *provider, struct resource_type *rt, struct err *err)
{
	struct call_type *type = NULL;
	enum err_code     code = call_type_parse(&of(provider)->driver, rt, &type, err);

	if (code == ERR_OK)
		rt->impl = type;
	return code;
}

static void
unload(void *impl)
{
	call_type_free(impl);
}

/* ---- validate ---- */

/* A value that is a reference is known later, and so is the name that it is part of. */
static bool
names_are_known(const struct resource_type *rt, struct json_object *properties)
{
	struct json_object *names = resource_type_identity_properties(rt);
	size_t              n = names != NULL ? json_object_array_length(names) : 0;

	for (size_t i = 0; i < n; i++) {
		const char *value = json_get_str(
		    properties, json_object_get_string(json_object_array_get_idx(names, i)));

		if (value == NULL || str_starts(value, "@"))
			return false;
	}
	return n > 0;
}

static void
validate_name(const struct resource_type *rt, struct json_object *properties, const char *pointer,
    struct problems *problems)
{
	const struct call_type *type = rt->impl;
	const struct naming    *naming = &type->naming;
	const struct identity   identity = { .node_id = NODE_ID_EXAMPLE, .region = "" };
	const struct op         op = { .identity = &identity, .desired = properties };
	const struct scope      scope = { .type = type, .op = &op };
	const char *template = naming->primary;
	struct str name, at;

	if (naming->length_max == 0 || !names_are_known(rt, properties))
		return;
	if (naming->plain != NULL && condition_holds(&scope, &naming->plain_if))
		template = naming->plain;
	str_init(&name, CALL_NAME_MAX);
	str_init(&at, POINTER_BYTES_MAX);
	(void)fill_text(&scope, template, &name);
	str_add(&at, pointer);
	json_pointer_add(&at, json_object_get_string(json_object_array_get_idx(
				  resource_type_identity_properties(rt), 0)));
	if (name.overflow || name.len > naming->length_max)
		problems_add(problems, at.data, "bad_length",
		    "the whole name would have %zu characters, %zu are the most", name.len,
		    naming->length_max);
	str_fini(&at);
	str_fini(&name);
}

/* A secret in plain text would be kept with the config. */
static void
validate_sealed(
    const char *name, struct json_object *value, const char *pointer, struct problems *problems)
{
	const char *text =
	    json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
	struct str at;

	if (is_sealed(value) || str_starts(text, "@") || strstr(text, "@{") != NULL)
		return;
	str_init(&at, POINTER_BYTES_MAX);
	str_add(&at, pointer);
	json_pointer_add(&at, name);
	problems_add(problems, at.data, "plaintext_secret",
	    "is kept with the config: seal it (mgraph-deploy seal), or refer to an output");
	str_fini(&at);
}

/* It is found by these: others must be able to tell them. */
static void
validate_identity(const struct resource_type *rt, struct json_object *properties,
    const char *pointer, struct problems *problems)
{
	struct json_object *names = resource_type_identity_properties(rt);
	size_t              n = names != NULL ? json_object_array_length(names) : 0;
	struct str          at;

	str_init(&at, POINTER_BYTES_MAX);
	for (size_t i = 0; i < n; i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(names, i));

		if (!holds_sealed(json_get(properties, name)))
			continue;
		str_clear(&at);
		str_add(&at, pointer);
		json_pointer_add(&at, name);
		problems_add(problems, at.data, "not_sealable",
		    "the resource is found by this property: it can't be a secret");
	}
	str_fini(&at);
}

static void
validate(struct provider *provider, const struct resource_type *rt, struct json_object *properties,
    const char *pointer, struct problems *problems)
{
	const struct call_type *type = rt->impl;

	(void)provider;
	validate_identity(rt, properties, pointer, problems);
	validate_name(rt, properties, pointer, problems);
	json_object_object_foreach (properties, name, value) {
		struct json_object *schema = call_type_property(type, name);
		const char         *hook = json_get_str(schema, "x-hook");

		if (json_get_bool(schema, "x-sealed", false))
			validate_sealed(name, value, pointer, problems);

		if (hook != NULL && json_object_is_type(value, json_type_object) &&
		    hook_find(type, hook)->validate != NULL)
			hook_find(type, hook)->validate(properties, name, pointer, problems);
	}
}

/* ---- what is sealed ---- */

static const char *
public_key(struct provider *provider)
{
	return sealed_key_hex(of(provider)->driver.key);
}

static void
check_sealed(struct provider *provider, struct json_object *properties, const char *pointer,
    struct problems *problems)
{
	unseal_check(of(provider)->driver.key, properties, pointer, problems);
}

/* ---- ops ---- */

static void
start(struct provider *provider, struct op *op)
{
	steps_start(of(provider)->loop, op);
}

static void
cancel(struct provider *provider, struct op *op)
{
	(void)provider;
	steps_cancel(op);
}

static void
ask_whose(struct provider *provider, struct whose *whose)
{
	const struct driver *driver = &of(provider)->driver;

	driver->ask_whose(&driver->calls, whose);
}

static void
cancel_whose(struct provider *provider, struct whose *whose)
{
	of(provider)->driver.cancel_whose(whose);
}

static bool
physical_name(struct provider *provider, const struct resource_type *rt,
    const struct identity *identity, struct json_object *properties, char *buf, size_t size)
{
	(void)provider;
	return names_are_known(rt, properties) &&
	       names_physical(rt, identity, properties, buf, size);
}

void
interpreter_init(struct interpreter *interpreter, struct loop *loop, const struct driver *driver)
{
	bool has_accounts = driver->ask_whose != NULL;
	bool opens = driver->key != NULL;

	*interpreter = (struct interpreter){
		.provider = {
			.load = load,
			.unload = unload,
			.validate = validate,
			.public_key = opens ? public_key : NULL,
			.takes_sealed = opens,
			.check_sealed = opens ? check_sealed : NULL,
			.physical_name = physical_name,
			.ask_whose = has_accounts ? ask_whose : NULL,
			.cancel_whose = has_accounts ? cancel_whose : NULL,
			.start = start,
			.cancel = cancel,
		},
		.loop = loop,
		.driver = *driver,
	};
}
