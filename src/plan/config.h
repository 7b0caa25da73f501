/* SPDX-License-Identifier: Apache-2.0
 *
 * config.h - inside plan: a config as it was posted, checked, as the nodes and edges it means.
 *
 * Every problem is collected; whoever reads it goes on with what is well-formed. All text and all
 * small arrays live in the config's arena or in its JSON, and die with config_fini().
 */
#ifndef PLAN_CONFIG_H
#define PLAN_CONFIG_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/spec.h"
#include "util/mem.h"
#include "util/str.h"

#define CONFIG_POINTER_MAX 8192
#define CONFIG_TARGETS_MAX 32
#define CONFIG_TAGS_MAX    40
#define CONFIG_PARTS_MAX   64      /* of a composite */
#define CONFIG_FROM_SUFFIX "_from" /* the key x_from of `references` is the property x, too */
#define CONFIG_HINTS_MAX   20 /* how many dangling references are told what they may have meant */
#define CONFIG_HINT_NAMES  10000 /* ... and among at most how many resources it is looked for */

/* Where the resources of one provider go. */
struct config_target {
	const char  *provider;
	const char  *account; /* "": none is named */
	const char **regions;
	size_t       regions_n;
};

struct config {
	const struct registry *registry;
	struct problems       *problems;
	struct json_object    *json; /* a copy, without credentials; targets are completed */
	struct arena          *arena;
	struct lh_table
	    *by_id; /* id -> place + 1: of a node its index, of a composite nodes_n + its index */
	struct spec_node      *nodes; /* type and properties are NULL where they are a problem */
	size_t                 nodes_n;
	struct spec_composite *composites; /* in the order of the config's `composites` */
	size_t                 composites_n;
	struct json_object
	    *checks; /* of each that is made from `verify`: the pointer to that; NULL: none is */
	struct expansion *expansions; /* the last of the composites are of these, in this order */
	size_t            expansions_n;
	uint32_t         *rank;  /* of a node among all resource ids, sorted */
	struct spec_edge *edges; /* sorted by rank of from, of to, and type; no two alike */
	size_t            edges_n, edges_cap;
	struct config_target targets[CONFIG_TARGETS_MAX];
	size_t               targets_n;
	struct str           pointer; /* of what is looked at */
	size_t               hints;   /* CONFIG_HINTS_MAX, counted down */
};

/* `json` is read only; its credentials are asked for a default region, and for nothing else. */
void config_read(struct config *config, const struct registry *registry, struct json_object *json,
    struct problems *problems);
void config_fini(struct config *config);

/* ---- for its own files ---- */

/* Puts a pointer together: config_at(c, "resources", id, "type", NULL). Borrowed, until the next.
 * */
const char *config_at(struct config *config, ...) __attribute__((sentinel));

/* The place of a resource or a composite; or a problem at the pointer, of what names it. */
MUSTCHECK bool
config_find(struct config *config, const char *id, const char *pointer, size_t *ret_place);

/* by_id once more, of nodes and composites that are read. */
void config_index(struct config *config);

/* NULL: the place is that of a node. */
struct spec_composite *config_composite(const struct config *config, size_t place);

/* A reference or a secret: its value can't be looked at. */
bool config_is_unknown(struct json_object *value);

/* Is there an output of this name, or a path into one? "" is the type's main one. */
bool config_has_output(const struct resource_type *type, const char *output);

/* What a node's type is known for, its properties: `references` merged in, then held to the schema. `escaped`: there
 * may be escapes in them. */
void config_merge_references(
    struct config *config, struct spec_node *node, struct json_object *resource);
void config_check_properties(struct config *config, struct spec_node *node, bool escaped);

/* Where a property was written: under `references`, maybe as x_from, or under `properties`. As config_at() has it. */
const char *config_property_at(
    struct config *config, const char *id, struct json_object *resource, const char *key);
/* Finds the node's targets. True: there are escapes in its properties. */
bool config_scan_references(struct config *config, size_t node, struct json_object *resource);
/* After the nodes are there. */
void config_read_composites(struct config *config);
/* Of all that is named in targets, and of resources where those name none: those that can't be. */
void config_check_regions(struct config *config, struct problems *problems);
void config_read_targets(struct config *config, struct json_object *posted);
/* After all types are known: references, schema, tags, regions. */
void config_read_resource(struct config *config, size_t node, struct json_object *resource);
void config_read_edges(struct config *config);
void config_add_edge(struct config *config, size_t from, size_t to, enum spec_edge_type type);
/* Ranks the nodes, sorts the edges, and keeps one of those that are alike. */
void config_sort(struct config *config);

#endif
