/* SPDX-License-Identifier: Apache-2.0
 *
 * reference.h - inside plan: references in strings, as parts.
 *
 *   "@role"  "@role.arn"          the whole string is the reference
 *   "arn:@{role.name}:key"        references within a string
 *   "@@role"  "a @@{b}"           plain "@role" and "a @{b}"
 *
 * An output may be followed by a path into its value: "@table.key_schema.0.name".
 */
#ifndef PLAN_REFERENCE_H
#define PLAN_REFERENCE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/str.h"

#define REFERENCE_ID_MAX     64
#define REFERENCE_OUTPUT_MAX 256

enum reference_kind {
	REFERENCE_TEXT, /* plain: text, len */
	REFERENCE_LINK, /* id, output */
	REFERENCE_BAD   /* looks like one, and is none: text, len */
};

struct reference_part {
	enum reference_kind kind;
	const char         *text; /* borrowed; not NUL-terminated */
	size_t              len;
	char                id[REFERENCE_ID_MAX + 1];
	char                output[REFERENCE_OUTPUT_MAX + 1]; /* "" for a bare reference */
};

struct reference_walk {
	const char *at, *end;
	bool        whole;   /* the string is one reference and nothing else */
	bool        escaped; /* an escape was passed */
};

/* "resource" or "resource.output", all of it; as `references` of a config and `outputs` of a composite have it. */
MUSTCHECK bool reference_parse(const char *text, struct reference_part *part);

/* One string's parts, in order; false: no more. */
void reference_walk_init(struct reference_walk *walk, struct json_object *string);
bool reference_next(struct reference_walk *walk, struct reference_part *part);

/* Every link and every bad part in a value and below it, with its pointer. True: escapes were
 * met. */
typedef void reference_seen(void *arg, const struct reference_part *part, const char *pointer);
bool
reference_each(struct json_object *value, struct str *pointer, reference_seen *seen, void *arg);

/* Writing: a string is put together from plain text, links and whole other strings, so that its parts will read as
 * they were given. False: there is no way to say it, since a link comes right behind an '@'. */
void           reference_add_text(struct str *out, const char *text, size_t len);
MUSTCHECK bool reference_add_link(struct str *out, const char *id, const char *output);
MUSTCHECK bool reference_add_string(struct str *out, struct json_object *string);
MUSTCHECK struct json_object *reference_end(const struct str *out); /* the caller puts it */

/* The value with every link replaced by what look says; those that it says NULL to stay. */
typedef struct json_object *reference_look(void *arg, const struct reference_part *part);
struct json_object *
reference_replace(struct json_object *value, reference_look *look, void *arg, size_t *missing);

/* The value with every link to what its name, and its output, are elsewhere: `name` changes them in place. */
typedef void        reference_name(void *arg, struct reference_part *part);
struct json_object *reference_rename(struct json_object *value, reference_name *name, void *arg);

#endif
