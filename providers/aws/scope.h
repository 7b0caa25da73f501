/* SPDX-License-Identifier: Apache-2.0
 *
 * scope.h - what a template's references mean: `{property}`, `{outputs.name}`, `{$name}`, `{!hook}`.
 */
#ifndef AWS_SCOPE_H
#define AWS_SCOPE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "providers/aws/model.h"
#include "providers/aws/type.h"
#include "util/str.h"

#define AWS_NAME_MAX 512

/* All borrowed; what is not known is NULL. */
struct aws_scope {
	const struct aws_type    *type;
	const struct aws_service *service;
	const struct op          *op;
	const char               *name; /* under which AWS knows the resource */
	const char               *region;
	const char               *account;
	struct json_object       *outputs;  /* as far as they are known */
	struct json_object       *noted;    /* by earlier steps and ops */
	struct json_object       *tags;     /* to set: string to string */
	struct json_object       *tag_keys; /* to remove */
	struct json_object       *item;     /* of a step with "each" */
	struct json_object       *answer;   /* to the call before */
};

/* What a reference stands for. */
enum aws_ref_kind {
	AWS_REF_PLAIN,
	AWS_REF_PROPERTY, /* ours, to be mapped to a member by its schema */
	AWS_REF_TAGS,
	AWS_REF_TAG_KEYS
};

struct aws_ref {
	enum aws_ref_kind   kind;
	struct json_object *value;  /* owned; NULL: there is none */
	struct json_object *schema; /* of a property; NULL: it has none */
};

/* `text` starts with '{'. Returns what follows the reference; NULL when it is none. */
const char *aws_ref_parse(const struct aws_scope *scope, const char *text, struct aws_ref *ret_ref);

/* A property, or a part of one ("encryption.sse_algorithm"). */
void aws_ref_property(const struct aws_scope *scope, const char *path, struct aws_ref *ret_ref);

/* A template as text; what has no value is empty, and makes the answer false. */
bool aws_fill_text(const struct aws_scope *scope, const char *template, struct str *out);

bool aws_condition_holds(const struct aws_scope *scope, const struct aws_condition *condition);

/* "aws", "aws-cn", "aws-us-gov" */
const char *aws_partition(const char *region);

#endif
