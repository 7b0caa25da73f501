/* SPDX-License-Identifier: Apache-2.0
 * naming.c - fills the name templates of a type. */
#include "interpreter/naming.h"

#include <stdio.h>
#include <string.h>

static bool
add_name(struct names *names, const struct scope *scope, const char *template, struct err *err)
{
	size_t     max = scope->type->naming.length_max;
	struct str text;
	bool       good = false;

	must(names->n < NAMES_MAX);
	str_init(&text, CALL_NAME_MAX - 1);
	(void)fill_text(scope, template, &text);
	if (text.len == 0)
		(void)err_set(err, ERR_INVALID_CONFIG, "the property that names it is not set");
	else if (text.overflow || (max > 0 && text.len > max))
		(void)err_set(err, ERR_INVALID_CONFIG, "the name %s is longer than %zu characters",
		    text.data, max);
	else
		good = true;
	if (good)
		snprintf(names->names[names->n++], CALL_NAME_MAX, "%s", text.data);
	str_fini(&text);
	return good;
}

/* In a region that is not the first, the plain name may be there from a time when it was the first; a
 * create never takes it there. */
bool
names_make(struct names *names, const struct scope *scope, bool create, struct err *err)
{
	const struct naming *naming = &scope->type->naming;
	bool                 primary = scope->op->identity->primary;

	*names = (struct names){ 0 };
	if (naming->output != NULL)
		return add_name(names, scope, "{$resource_id}", err); /* only to speak of it */
	names->plain = naming->plain != NULL && condition_holds(scope, &naming->plain_if);
	if (names->plain)
		return add_name(names, scope, naming->plain, err);
	names->carry_node = strstr(naming->primary, "{$node_id}") != NULL;
	if (naming->other == NULL)
		return add_name(names, scope, naming->primary, err);
	if (!primary && create)
		return add_name(names, scope, naming->other, err);
	return add_name(names, scope, primary ? naming->primary : naming->other, err) &&
	       add_name(names, scope, primary ? naming->other : naming->primary, err);
}

bool
names_physical(const struct resource_type *rt, const struct identity *identity,
    struct json_object *properties, char *buf, size_t size)
{
	const struct call_type *type = rt->impl;
	const struct naming    *naming = &type->naming;
	const struct op         op = { .identity = identity, .desired = properties };
	const struct scope      scope = {
		     .type = type, .op = &op, .region = identity->region, .closed = properties
	};
	const char *template =
	    identity->primary || naming->other == NULL ? naming->primary : naming->other;
	struct str text;
	bool       known;

	if (naming->output != NULL || strchr(naming->primary, '/') != NULL)
		return false;
	if (naming->plain != NULL && condition_holds(&scope, &naming->plain_if))
		template = naming->plain;
	str_init(&text, CALL_NAME_MAX - 1);
	known = fill_text(&scope, template, &text) && !text.overflow && text.len > 0;
	if (known)
		snprintf(buf, size, "%s", text.data);
	str_fini(&text);
	return known;
}
