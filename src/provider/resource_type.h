/* SPDX-License-Identifier: Apache-2.0
 *
 * resource_type.h - what kinds of resources there are: one JSON file each, under schemas/.
 *
 * This module reads what all providers share; the rest of a file is its provider's own, and is
 * checked by that provider's load() (provider.h). docs/internals/resource-types.md is the
 * vocabulary.
 *
 * Members of a file that are read here:
 *   type         "provider:service:kind"
 *   kinds        {"pattern", "example"}: the type is open. It stands for all types whose names are its own, a
 *                colon and a kind of this pattern
 *   title        what it is, for people
 *   global       true: once per account; else once per region
 *   identity     {"class": tagged|named|child|listed, "properties"?: names that it is found by, "shared"?: several may have
 *                the same, since none of them is a thing of its own}
 *   properties   a JSON Schema of an object; it says what `additionalProperties` are
 *   outputs      one member per output
 *   reference    which of them a bare reference means
 *   seconds      a typical create; 1 when left out
 *   move         what a move is to it: {"loses"?, "refuse"?, "unless"?, "copy"?, "asked"?} (plan/move.h)
 *   advice       [{"property", "pattern", "says"}]: what a plan says to a value of this pattern
 *   holds        what is gone for good when it is, for people
 *   hangs_on     types that make what it needs, without being referred to (plan/hangs.h)
 *   quota        {"per": "region" or "account", "count", "name"}: how many an account has room for, unless that was raised
 *   terraform    what Terraform calls it; left out: its own name with "_" between
 *   irreversible {"create": {"why": text, "unless"?: [properties], "unless_new"?: property}}: a delete does not undo a create
 *   undo         it has a way of its own to undo a create, whatever a look finds of it
 *   doubt_seconds  after a call whose answer nobody has: until a look surely shows what it did; 2 when left out
 *   settle_seconds  how long it is waited for until it is usable, or gone, at most; 1200 when left out
 *   as_check     "may": it may stand in `verify` of a resource; "only": and nowhere else
 *   resources    of a composite: what it expands into. It has no identity and no provider then; plan/composite.h
 *
 * In the `properties` schema (JSON Schema 2020-12, json_schema.h) these annotations steer the diff:
 *   x-replace: true     a change needs a new resource
 *   x-set: true         an array whose order does not matter
 *   x-document: true    a JSON document, given as an object or as its text; compared as JSON
 *   x-check: [values]   what it may be in a check alone, which changes nothing
 *   x-more: true        a map that may have more than is wanted: the rest is not looked at
 *   writeOnly: true     never read back, so never compared
 *   x-irreversible: true  what it was before a change can't be read back, so that it can't be restored
 *   default: value      what the provider takes when the property is left out
 */
#ifndef PROVIDER_RESOURCE_TYPE_H
#define PROVIDER_RESOURCE_TYPE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/err.h"

#define RESOURCE_TYPE_FILE_MAX (1024 * 1024)
#define RESOURCE_TYPE_KEPT     "x-provider" /* a member that is put into the file as it is read */

/* How a resource is found again without a state file. */
enum identity_class {
	IDENTITY_TAGGED, /* the standard tags, set in the create call itself */
	IDENTITY_NAMED,  /* a deterministic name that carries the node id */
	IDENTITY_CHILD,  /* its parent's identity and a key */
	IDENTITY_LISTED, /* list, and match on properties that never change */
	IDENTITY_N
};

/* May it stand in `verify` of a resource? Then it has the properties `retries` and `retry_seconds`, whole numbers with
 * defaults, by which whoever runs it tries again. */
#define CHECK_RETRIES       "retries"
#define CHECK_RETRY_SECONDS "retry_seconds"
enum as_check { AS_CHECK_NEVER, AS_CHECK_MAY, AS_CHECK_ONLY };

struct resource_type {
	const char         *name;     /* "aws:iam:role" */
	const char         *provider; /* "aws" */
	const char         *title;    /* "IAM role" */
	bool                global;   /* once per account, not once per region */
	enum identity_class identity; /* of a composite: IDENTITY_N */
	enum as_check       as_check;
	const char         *reference;    /* the output that a bare reference to it means; "arn" */
	struct json_object *properties;   /* JSON Schema */
	struct json_object *outputs;      /* member per output; the value is the provider's own */
	struct json_object *irreversible; /* what a rollback can't undo; may be NULL */
	bool                undoes;       /* an undo of it is more than a delete of what is found */
	struct json_object *kinds;        /* of an open type; NULL: it is what it is */
	struct json_object *resources;    /* of a composite, by name; NULL: it is none */
	double              seconds; /* a typical create, for the estimate; "seconds" in the file */
	double
	    doubt_seconds; /* from then on a look shows what a call did that nobody has the answer of */
	double              settle_seconds; /* how long it may take to be usable, or gone */
	struct json_object *file;           /* the whole file; all above borrow from it */
	void               *impl;           /* what the provider's load() made of it */
};

/* The names of a type's properties that its identity is read from (`identity.properties`). */
struct json_object *resource_type_identity_properties(const struct resource_type *type);

/* Two resources of one node that differ in these properties can both be there, and are told apart by them. */
bool resource_type_is_found_by_properties(const struct resource_type *type);

/* Is none of them a thing of its own, so that several may be found by the same? */
bool resource_type_is_shared(const struct resource_type *type);

/* Nevertheless the old one must be gone before the new one is made: they share what says whose they are, or a name that is
 * made of the node alone. */
bool resource_type_is_one_at_a_time(const struct resource_type *type);

/* Is the node part of the name of one that has these properties? Then nothing else is ever called so. */
bool resource_type_carries_node(const struct resource_type *type, struct json_object *properties);

/* Does it say whose it is, by tags or a mark? Else two nodes of one name are one thing. */
bool resource_type_says_whose(const struct resource_type *type);

const char *identity_class_name(enum identity_class identity);

/* The kind within the name of a type: "AWS::Logs::LogGroup"; NULL where the type is not open. */
const char *resource_type_kind(const struct resource_type *type);

/* May a config give properties, and refer to outputs, that the file does not name? Of an open type it may. */
bool resource_type_takes_any(const struct resource_type *type);

/* Does it hold what keeps it from being deleted, and can that be taken along? A boolean property says so, of its own. */
#define RESOURCE_FORCE "force_destroy"
bool resource_type_can_be_emptied(const struct resource_type *type);

/* What all providers share of a type file; its provider has not looked at it yet. */
MUSTCHECK enum err_code
resource_type_read(const char *path, struct resource_type **ret_type, struct err *err);
/* The same of what was read already, which is taken over; `path` says where, for people. */
MUSTCHECK enum err_code resource_type_parse(
    struct json_object *file, const char *path, struct resource_type **ret_type, struct err *err);
void resource_type_free(struct resource_type *type); /* NULL is fine */

#endif
