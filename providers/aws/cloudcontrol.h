/* SPDX-License-Identifier: Apache-2.0
 *
 * cloudcontrol.h - hooks of the Cloud Control API: any type of CloudFormation's, led by the schema that its registry
 * has of it.
 *
 * What is noted of a type, as `type`:
 *   identifier   JSON Pointers of the properties that make up its primary identifier
 *   fixed        of those that only a new resource can change
 *   silent       of those that are never read back
 *   attributes   of those that only AWS sets
 *   tags         {property, map, key, value, rest, lasting}: where and how its tags are; not there: it has none that
 *                it could be found by
 * and beside it `schema` (the text of it), `given` (the identifier, where the config says it) and `candidates`
 * (identifiers that the tag index leads to). Pointers are those of the schema without "/properties" in front: "*" is
 * each item of an array.
 */
#ifndef AWS_CLOUDCONTROL_H
#define AWS_CLOUDCONTROL_H

#include "interpreter/hook.h"

/* Answers of DescribeType, of GetResources (by tags) and of GetResource. */
bool cloudcontrol_take_type(
    const struct scope *scope, struct json_object *answer, struct found *found, struct err *err);
bool cloudcontrol_take_arns(
    const struct scope *scope, struct json_object *answer, struct found *found, struct err *err);
bool cloudcontrol_take_resource(
    const struct scope *scope, struct json_object *answer, struct found *found, struct err *err);

/* DesiredState of a create; PatchDocument of an update: NULL when there is nothing to patch. */
struct json_object *cloudcontrol_desired(const struct scope *scope);
struct json_object *cloudcontrol_patch(const struct scope *scope);

/* ---- among themselves ---- */

/* A schema behind its $ref; NULL for NULL. */
struct json_object *cloudcontrol_follow(struct json_object *root, struct json_object *schema);

/* What is there at a pointer; NULL: nothing. Borrowed. */
struct json_object *cloudcontrol_at(struct json_object *json, const char *pointer);

#endif
