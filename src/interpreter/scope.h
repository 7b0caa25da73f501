/* SPDX-License-Identifier: Apache-2.0
 *
 * scope.h - what a template's references mean: `{property}`, `{outputs.name}`, `{$name}`, `{!hook}`.
 */
#ifndef INTERPRETER_SCOPE_H
#define INTERPRETER_SCOPE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "interpreter/service.h"
#include "interpreter/call_type.h"
#include "util/str.h"

#define CALL_NAME_MAX 512

/* All borrowed; what is not known is NULL. */
struct scope {
	const struct call_type *type;
	const struct service   *service;
	const struct op    *op; /* while a step is filled, what is sealed in `desired` is open */
	struct json_object *closed; /* `desired` as the config has it */
	const char         *name;   /* under which the cloud knows the resource */
	const char         *region;
	const char         *account;
	struct json_object *outputs; /* as far as they are known */
	struct json_object *noted;   /* by earlier steps and ops */
	int64_t now_ms; /* by the clock of the service, as of its last answer; 0: not told */
	struct json_object *tags;     /* to set: string to string */
	struct json_object *tag_keys; /* to remove */
	struct json_object *item;     /* of a step with "each" */
	struct json_object *answer;   /* to the call before */
};

/* What a reference stands for. */
enum ref_kind {
	REF_PLAIN,
	REF_PROPERTY, /* ours, to be mapped to a member by its schema */
	REF_TAGS,
	REF_TAG_KEYS
};

struct ref {
	enum ref_kind       kind;
	struct json_object *value;  /* owned; NULL: there is none */
	struct json_object *schema; /* of a property; NULL: it has none */
};

/* `text` starts with '{'. Returns what follows the reference; NULL when it is none. */
const char *ref_parse(const struct scope *scope, const char *text, struct ref *ret_ref);

/* A property, or a part of one ("encryption.sse_algorithm"). */
void ref_property(const struct scope *scope, const char *path, struct ref *ret_ref);

/* A template as text; what has no value is empty, and makes the answer false. */
bool fill_text(const struct scope *scope, const char *template, struct str *out);

bool condition_holds(const struct scope *scope, const struct condition *condition);

#endif
