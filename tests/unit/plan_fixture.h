/* SPDX-License-Identifier: Apache-2.0
 *
 * plan_fixture.h - for tests of plan/: a registry with a provider `test` and the types of
 * tests/data/plan/types, and short ways to configs and to problems.
 */
#ifndef TESTS_PLAN_FIXTURE_H
#define TESTS_PLAN_FIXTURE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "plan/spec.h"
#include "util/err.h"

/* A path below the source tree's root; the tests run in the build folder. Overwritten by the
 * next. */
const char *fixture_path(const char *below);

/* Calls plan_setup(), too. */
struct registry *fixture_registry(void);
struct provider *fixture_provider(const char *name);
void             fixture_end(struct registry *registry);

/* JSON with ' for ", so that it can be read in C; it must be right. */
struct json_object *fixture_json(const char *text);

/* A config around resources (JSON text with '), with the region us-east-1. */
struct json_object *fixture_config(const char *resources);

/* Is there a problem with this code at this pointer? NULL: with any. */
bool fixture_has(const struct problems *problems, const char *pointer, const char *code);
/* The detail of the problem at this pointer; "" when there is none. */
const char *fixture_detail(const struct problems *problems, const char *pointer);

/* It must have none. */
struct spec *fixture_spec(const struct registry *registry, const char *resources);
size_t       fixture_node(const struct spec *spec, const char *resource_id);

#endif
