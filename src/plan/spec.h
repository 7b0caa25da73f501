/* SPDX-License-Identifier: Apache-2.0
 *
 * spec.h - the Spec Graph: what to deploy, immutable once built.
 *
 * spec_build() is pure: config in, graph or problems out; no clock, no I/O. The same tenant and
 * the same config (credentials apart) give the same graph id; a node id depends on tenant,
 * deployment id and resource id alone, so it survives versions and regions.
 */
#ifndef PLAN_SPEC_H
#define PLAN_SPEC_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "provider/registry.h"
#include "util/digest.h"
#include "util/err.h"

#define SPEC_NODES_MAX    1000000
#define SPEC_EDGES_MAX    4000000
#define SPEC_VERTICES_MAX 4000000 /* nodes, counted once per region */
#define SPEC_HASH_SIZE    17
#define SPEC_REGIONS_MAX  64
#define SPEC_ACCOUNT_SIZE 64 /* of the name of an account in the config, with its 0 */

/* Once, before the first spec_build(): reads the schemas of a config and of a type file. */
MUSTCHECK enum err_code plan_setup(const char *schemas_dir, struct err *err);
void                    plan_teardown(void);
struct json_object     *plan_config_schema(void); /* borrowed; for the OpenAPI document */
/* For registry_create(): is the file of the schema; is a composite sound, and are the types there that it is made of? */
MUSTCHECK enum err_code
plan_check_type(const struct registry *registry, const struct resource_type *type, struct err *err);

enum spec_operation {
	SPEC_ENSURE, /* converge: create what is absent, update what differs; the default */
	SPEC_CREATE, /* absent before, or it is an error */
	SPEC_UPDATE, /* there before, or it is an error */
	SPEC_DELETE,
	SPEC_VERIFY, /* look only */
	SPEC_ADOPT,  /* as ensure, and takes over what exists under that name */
	SPEC_LEAVE,  /* neither look nor touch: it is only not forgotten */
	SPEC_OPERATIONS_N
};

enum spec_edge_type { EDGE_DEPENDENCY, EDGE_PAUSE, EDGE_END, EDGE_TYPES_N };

/* An output of a composite: the output of one of its parts. */
struct spec_output {
	const char *name;
	size_t      node;
	const char *output;
};

struct spec_part {
	size_t node;
	bool   is_first, is_last;    /* waits for no other part; no other part waits for it */
	char   edge_id[OBJ_ID_SIZE]; /* of the edge composite -> part */
};

/* What was one resource in the config as it was posted, or is grouped in it by hand. */
struct spec_composite {
	const char         *resource_id; /* like a resource's, and none has the same */
	char                node_id[OBJ_ID_SIZE];
	char                edge_id[OBJ_ID_SIZE]; /* of the edge deployment -> this composite */
	const char         *type;                 /* its name; may be NULL */
	struct spec_part   *parts;
	size_t              parts_n;
	struct spec_output *outputs;
	size_t              outputs_n;
	const char         *reference; /* the output that a bare reference means; may be NULL */
};

struct spec_node {
	const char *resource_id;
	char        node_id[OBJ_ID_SIZE];
	char        edge_id[OBJ_ID_SIZE]; /* of the edge deployment -> this resource */
	char        hash[SPEC_HASH_SIZE]; /* of type, properties and references */
	char        owner_id
	    [OBJ_ID_SIZE]; /* the node id in its tags and names: node_id, but where two nodes are one resource */
	const char *
	    formerly; /* whose node id that is: a resource id, or "#" and a node id; NULL: its own */
	bool protect;
	bool transient; /* no later version has to know of it */
	struct json_object
	    *ignore; /* JSON Pointers of properties that are not compared; may be NULL; borrowed */
	struct json_object *hashes; /* hash -> the one to be taken for it; may be NULL; borrowed */
	const struct resource_type *type;
	enum spec_operation         operation;
	int64_t                     timeout_s; /* of all tries together; 0: none */
	struct json_object *properties; /* `references` are merged in as "@resource.output" */
	struct json_object *tags;       /* string to string; may be NULL */
	const char         *account; /* which of its provider's credentials; "": the unnamed ones */
	const char        **regions; /* in config order; empty for a global type */
	size_t              regions_n;
	size_t             *targets; /* the distinct nodes that properties refer to */
	size_t              targets_n;
	const char
	    *check_of; /* the resource, or the composite, that it checks; NULL: it is no check */
	const struct spec_composite *composite; /* that it is a part of; NULL: of none */
};

struct spec_edge {
	size_t              from, to; /* `to` waits for `from` */
	enum spec_edge_type type;
	char                edge_id[OBJ_ID_SIZE];
};

struct spec {
	char                   graph_id[OBJ_ID_SIZE];
	const char            *tenant;
	const char            *deployment_id;
	const char            *version; /* "" when the config has none */
	struct json_object    *config;  /* without credentials */
	struct spec_node      *nodes;   /* in config order */
	size_t                 nodes_n;
	struct spec_composite *composites;
	size_t                 composites_n;
	struct spec_edge      *edges; /* no two alike; no cycle */
	size_t                 edges_n;
	unsigned               salt;
};

/* NULL when there are problems. `config` is read, never kept or changed; its `credentials` are not
 * looked at, but for their `aws.region`, the default region where `targets` names none.
 * salt is 0, or counts up when a store holds another graph under the id. */
struct spec *spec_build(const struct registry *registry, const char *tenant,
    struct json_object *config, unsigned salt, struct problems *problems);
/* What stands in the way of having it made that one made by an older version may have: resources that are the same thing, and
 * regions that can't be. */
void         spec_check(struct spec *spec, struct problems *problems);
struct spec *spec_ref(struct spec *spec);
void         spec_unref(struct spec *spec); /* NULL is fine */

/* MGraph JSON that the MGraph tools load, and back. */
struct json_object *spec_to_mgraph(const struct spec *spec); /* the caller puts it */
struct spec        *spec_from_mgraph(const struct registry *registry, const char *tenant,
	   struct json_object *mgraph, struct err *err);

/* The composite's output that "name", or "name.path.into.it", or "" stands for; NULL: there is none. */
const struct spec_output *
spec_composite_output(const struct spec_composite *composite, const char *output);

/* ---- references ---- */

/* "@resource" or "@resource.output" as a whole string, or holding "@{resource.output}" within. */
bool spec_is_reference(struct json_object *value);

/* The node's properties with every reference replaced by what `look` says: `ret_missing` is 0, or
 * the references that were not answered stay as they are and are counted. The escapes "@@" and
 * "@@{" become plain text. `output` is never NULL: a bare reference asks for the type's
 * `reference`. The caller puts the result. */
typedef struct json_object *spec_look(void *arg, size_t target, const char *output); /* borrowed */
struct json_object *
spec_resolve(const struct spec *spec, size_t node, spec_look *look, void *arg, size_t *ret_missing);

/* The node's properties, with every reference to another node under the name that this has elsewhere. The caller puts them. */
typedef const char *spec_name(void *arg, size_t target);
struct json_object *spec_rename(const struct spec *spec, size_t node, spec_name *name, void *arg);

/* It is to be gone, or is not to be touched: nothing of it has to be as its type wants it. */
bool spec_node_is_leaving(const struct spec_node *node);

/* The node id of a resource, where no other of its deployment has come to the same. */
void spec_node_id(
    const char *tenant, const char *deployment_id, const char *resource_id, char out[OBJ_ID_SIZE]);
/* Are these the tags of a tenant's resource? Another tenant may have a deployment of the same name in the same account. */
bool spec_tags_are_of(const char *tenant, struct json_object *tags);

/* The id of the composite that it is a part of; NULL: of none. */
const char *spec_node_composite(const struct spec_node *node);
const char *spec_operation_name(enum spec_operation operation);
const char *spec_edge_type_name(enum spec_edge_type type);

#endif
