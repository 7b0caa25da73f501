/* SPDX-License-Identifier: Apache-2.0
 *
 * template.h - inside plan: the strings of a composite type's file, as parts.
 *
 *   "{name}"  "/aws/lambda/{name}"    a property of the composite, by its path
 *   "@role.arn"  "x@{role.arn}y"      an output of another resource of the composite
 */
#ifndef PLAN_TEMPLATE_H
#define PLAN_TEMPLATE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "plan/reference.h"

#define TEMPLATE_PATH_MAX 128

enum template_kind {
	TEMPLATE_TEXT,     /* plain: text, len */
	TEMPLATE_PROPERTY, /* path */
	TEMPLATE_LINK,     /* link */
	TEMPLATE_BAD       /* looks like a link, and is none: text, len */
};

struct template_part {
	enum template_kind    kind;
	const char           *text; /* borrowed; not NUL-terminated */
	size_t                len;
	char                  path[TEMPLATE_PATH_MAX + 1]; /* "url.auth_type" */
	struct reference_part link;
	bool                  whole; /* the string is this part and nothing else */
};

struct template_walk {
	struct reference_walk references;
	const char           *start, *at, *text_end; /* of the plain text at hand */
};

/* One string's parts, in order; false: no more. */
void template_walk_init(struct template_walk *walk, struct json_object *string);
bool template_next(struct template_walk *walk, struct template_part *part);

/* The one property that the string is; false: it is something else. */
MUSTCHECK bool template_property(struct json_object *string, struct template_part *part);

#endif
