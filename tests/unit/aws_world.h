/* SPDX-License-Identifier: Apache-2.0
 *
 * aws_world.h - the providers that interpret type files, with ours, small service models, and a wire that is a script.
 *
 * A script is an array of lines, ended by one without an operation: what the provider must call, in
 * that order and with those parameters, and what comes back. JSON is written with ' for ".
 */
#ifndef TESTS_AWS_WORLD_H
#define TESTS_AWS_WORLD_H

#include <check.h>
#include <json-c/json.h>
#include <stdbool.h>

#include "loop/loop.h"
#include "provider/provider.h"

struct aws_line {
	const char    *operation;
	const char    *params; /* exact; NULL: whatever */
	enum op_result result; /* 0: OP_OK */
	const char    *answer; /* OP_OK: the output; else "Code: message" */
	int            status; /* 0: 200, or 400 */
};

struct aws_world;

/* A case whose tests have a world each, which must have no call in the air at the end. */
TCase                   *aws_world_case(const char *name);
extern struct aws_world *aws; /* of the test that runs */

struct provider *aws_world_provider(struct aws_world *world);
struct registry *aws_world_registry(struct aws_world *world);
char            *aws_world_box(struct aws_world *world, const char *text); /* the caller frees it */
const struct resource_type *aws_world_type(struct aws_world *world, const char *name);

/* What the next ops are about: node bbbbbbbb of deployment "dep", in a region's first or other place. */
struct aws_ask {
	const char  *type;
	enum op_kind kind, after;
	const char  *region;
	bool         elsewhere; /* not the first region */
	const char  *desired, *changes, *known, *tags;
	bool         restores;
	bool         adopt;
	bool         undo;
	const char  *kept;
	int64_t      at_ms; /* of all answers, by the service's clock; 0: it does not tell */
};

/* Runs one op by the script, to its end. The answer stays until the next. */
const struct op *
aws_world_ask(struct aws_world *world, const struct aws_ask *ask, const struct aws_line *script);

/* The common case: in the first region, us-east-1. */
const struct op *aws_world_do(struct aws_world *world, const char *type, enum op_kind kind,
    const char *desired, const struct aws_line *script);
const struct op *aws_world_update(struct aws_world *world, const char *type, const char *desired,
    const char *changes, const char *known, const struct aws_line *script);

/* Fail with both sides when they differ. */
void aws_expect_result(const struct op *op, enum op_result result);
void aws_expect_json(struct json_object *json, const char *text);

/* Starts one, and cancels it when its first call is in the air; fails if done() comes. */
void
aws_world_cancel(struct aws_world *world, const struct aws_ask *ask, const struct aws_line *script);

/* The standard tags of that node: as a map's members, and as AWS's list of pairs. */
#define AWS_WORLD_TAG_MEMBERS                                                                   \
	"'mgraph:graph-id':'aaaaaaaa','mgraph:node-id':'bbbbbbbb','mgraph:edge-id':'cccccccc'," \
	"'mgraph:deploy-id':'dep','mgraph:resource-id':'res','mgraph:spec-hash':"               \
	"'0123456789abcdef'"
#define AWS_WORLD_TAG_LIST                                                                         \
	"[{'Key':'mgraph:graph-id','Value':'aaaaaaaa'},{'Key':'mgraph:node-id','Value':'bbbbbbbb'" \
	"},"                                                                                       \
	"{'Key':'mgraph:edge-id','Value':'cccccccc'},{'Key':'mgraph:deploy-id','Value':'dep'},"    \
	"{'Key':'mgraph:resource-id','Value':'res'},{'Key':'mgraph:spec-hash','Value':"            \
	"'0123456789abcdef'}]"

/* JSON from text with ' for "; the caller puts it. */
struct json_object *aws_json(const char *text);

#endif
