/* SPDX-License-Identifier: Apache-2.0
 *
 * change_fixture.h - for tests of plan/change.h: types that are found in different ways, and versions of a deployment.
 *
 *   zone    found by its name; two of one node can be there at once
 *   record  a child of a zone: found by that, and its key
 *   repo    found by its name, and global; one at a time, as what has marks of ours is
 *   file    a child of a repo, and line, a child of a file
 *   disk    found by its tags
 *   pair    a composite of a zone and a record in it
 */
#ifndef TESTS_CHANGE_FIXTURE_H
#define TESTS_CHANGE_FIXTURE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "plan/graph.h"

#define ZONE(id, name, more) \
	"'" id "':{'type':'test:site:zone','properties':{'name':'" name "'" more "}}"
#define RECORD(id, zone, key) \
	"'" id "':{'type':'test:site:record','properties':{'zone':'@" zone "','key':'" key "'}}"
/* As it is rebuilt from tags. */
#define FOUND_RECORD(id, zone, key)                                                       \
	"'" id "':{'type':'test:site:record','hash':{},'properties':{'zone':'@" zone "'," \
	"'key':'" key "'}}"
#define REPO(id, name) "'" id "':{'type':'test:site:repo','properties':{'name':'" name "'}}"
#define FILE_OF(id, repo, path) \
	"'" id "':{'type':'test:site:file','properties':{'repo':'@" repo "','path':'" path "'}}"
#define LINE(id, file, at) \
	"'" id "':{'type':'test:site:line','properties':{'file':'@" file "','at':'" at "'}}"
#define DISK(id, more) "'" id "':{'type':'test:site:disk','properties':{" more "}}"

/* A version: what was posted, against the one before. */
struct step {
	const struct spec *base; /* NULL: the first one */
	const char
	    *gone; /* names of the base's nodes, between spaces, that have gone; NULL: none */
	const char *regions; /* of the target, in JSON with '; NULL: us-east-1 */
	bool        prune;
};

struct registry *change_registry(void); /* for fixture_end() */

/* The resources, in JSON with ' for ". What was posted must be right, and so must what comes of it. */
struct spec *change_step(const struct registry *registry, const char *resources, struct step step);

/* The same of a config. NULL and *ret_why: what comes of it is wrong. */
struct spec *change_of(const struct registry *registry, struct json_object *config,
    const struct spec *base, const bool *gone, struct step step, const char **ret_why);

/* "ensure", "delete" ...; "" when there is no such resource. */
const char *change_operation(const struct spec *spec, const char *id);
const char *change_property(const struct spec *spec, const char *id, const char *name);

/* Does one wait, by any way there is, until the other is done? */
bool change_waits(const struct spec *spec, const char *then, const char *first);

/* ---- for tests that go from version to version ---- */

extern struct registry *change_types; /* while such a test runs */
void                    change_setup(void);
void                    change_teardown(void);

/* change_step() of a test's own; all are released at its end, or now. */
struct spec *change_next(const char *resources, struct step step);
struct spec *change_first(const char *resources);
struct spec *change_then(const struct spec *base, const char *resources);
void         change_forget(void);

const struct spec_node *change_node(const struct spec *spec, const char *id);

#define change_is(spec, id, operation) ck_assert_str_eq(change_operation(spec, id), operation)
#define change_expect_waits(spec, one, other) \
	ck_assert_msg(change_waits(spec, one, other), one " after " other)
#define change_expect_waits_not(spec, one, other) \
	ck_assert_msg(!change_waits(spec, one, other), one " not after " other)

#endif
