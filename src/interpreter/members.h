/* SPDX-License-Identifier: Apache-2.0
 *
 * members.h - between our snake_case properties and the members of a service.
 *
 * A property is the member whose name differs in case and underscores only (role_name, RoleName;
 * kms_master_key_id, KMSMasterKeyID). Annotations of the property's schema say where that is not so:
 *   x-member: "VpcConfig"      the member's name
 *   x-read: "A.B"              where an answer has it instead, as a path
 *   x-item: "Arn"              the service has a list of structures, of which this member is meant
 *   x-unset: value             an answer with this value means that it is not set
 *   x-absent: value            an answer without it means this value
 *   x-join: ","                the service has the list as one text
 *   x-whole: true              at the root: what a structure of ours leaves out has its default, and not only where it is required
 *   x-document: true           the service takes and gives JSON as text (IAM's percent-encoded, too)
 * An object where the service has a list of pairs (attributes) is those pairs.
 * Only what the schema names is read: the rest of an answer is none of our business.
 */
#ifndef INTERPRETER_MEMBERS_H
#define INTERPRETER_MEMBERS_H

#include <json-c/json.h>
#include <stdbool.h>

#include "interpreter/shape.h"
#include "util/err.h"

#define MEMBERS_DEPTH_MAX 32

/* A structure with both of these counts its items. A list of ours stands for the whole of it. */
#define COUNTED_ITEMS    "Items"
#define COUNTED_QUANTITY "Quantity"

/* "#/$defs/..." followed from the root schema, once; NULL for NULL. */
struct json_object *schema_follow(struct json_object *root, struct json_object *schema);

/* What a schema says under a keyword, of one name there unless that is NULL; `$ref` followed. */
struct json_object *schema_sub(
    struct json_object *root, struct json_object *schema, const char *keyword, const char *name);

/* The model's name for our property; NULL when the structure has no such member. */
const char *
member_name(const struct shape *structure, const char *property, struct json_object *schema);

/* Our value as an input; owned by the caller. NULL and *err when it can't be. */
MUSTCHECK struct json_object *member_write(struct json_object *root, struct json_object *schema,
    struct json_object *value, const struct shape *shape, struct err *err);

/* Their value in our names; owned by the caller, NULL when it says "not set". */
struct json_object *
member_read(struct json_object *root, struct json_object *schema, struct json_object *value);

/* Of a structure in an answer, the part that is our property `name`; read, owned. */
struct json_object *member_find(struct json_object *root, struct json_object *schema,
    const char *name, struct json_object *structure);

/* What it means that an answer does not have the property: x-absent, else the default; owned. */
struct json_object *member_absent(struct json_object *schema);

/* Tags, in whatever shape the model has: a map, or a list of pairs named Key or TagKey or key ... */
struct json_object *tags_write(struct json_object *tags, const struct shape *shape);
struct json_object *tag_keys_write(struct json_object *keys, const struct shape *shape);
/* Of a pair's members, the one that is its "Key", "key", "TagKey", ...; NULL: none. */
const char         *tags_member(struct json_object *members, const char *upper, const char *lower);
struct json_object *tags_read(struct json_object *value); /* string to string; owned */

#endif
