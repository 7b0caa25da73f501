/* SPDX-License-Identifier: Apache-2.0
 *
 * locate.h - from what a cloud calls a thing to its type, and to the properties that it is found by.
 *
 * A type's file says with `identity.arn` under which ids an index of tags lists it. Here those templates are read backwards,
 * and so are the names of `identity.name`, which carry a node id. Pure.
 */
#ifndef PROVIDER_LOCATE_H
#define PROVIDER_LOCATE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "provider/registry.h"
#include "util/digest.h"

#define LOCATE_MAX         4 /* what one id may mean: of one type, several readings */
#define LOCATE_REGION_SIZE 65

struct located {
	const struct resource_type *type;
	struct json_object         *properties; /* owned; the ones that the id has in it */
	char                        region[LOCATE_REGION_SIZE]; /* "": the id has none */
	bool                        whole; /* all that it is found by is there: it can be read */
};

/* How many readings there are of an id, the likeliest first. `node_id` is whose it is by its tags; NULL: nobody's. */
size_t locate_id(const struct registry *registry, const char *provider, const char *id,
    const char *node_id, struct located ret[LOCATE_MAX]);
void   located_fini(struct located *located);

/* The properties that a name of the type was made of; the caller puts them. NULL: it is none of that type. The node id is
 * the one it must carry, where it carries one; "" takes any, and is set to it. */
struct json_object *
locate_name(const struct resource_type *type, const char *name, char node_id[OBJ_ID_SIZE]);

/* Are these all that a resource of the type is found by? */
bool locate_is_whole(const struct resource_type *type, struct json_object *properties);

#endif
