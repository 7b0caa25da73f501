/* SPDX-License-Identifier: Apache-2.0
 *
 * inside.h - what the files of a discovery share.
 */
#ifndef DISCOVER_INSIDE_H
#define DISCOVER_INSIDE_H

#include "discover/discover.h"
#include "util/check.h"

/* One account of one provider. */
struct place {
	struct provider    *provider;
	struct credentials *credentials; /* NULL: it needs none */
	char                account[SPEC_ACCOUNT_SIZE];
};

/* Something that may be of the deployment: where, of which type, by what it is found. */
struct suspect {
	const struct place         *place;
	const struct resource_type *type;
	const char                 *region;
	struct json_object         *properties;
	struct json_object         *tags;    /* NULL: they are not known yet, or it has none */
	const char                 *node_id; /* by its name, where there are no tags */
	const char *resource_id;             /* what it is to be called; NULL: as its tags say */
	size_t      parent;
};

/* What came, with nothing in it yet. */
void discovery_begin(struct discovery *d);

void discovery_warn(struct discovery *d, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* False: it was there before. */
bool discovery_meets(struct discovery *d, const char *const *names, size_t n);

/* Whose it is by its tags. Of another tenant's is told at the end. */
bool discovery_owns(struct discovery *d, struct json_object *tags);

/* looks.c: reads it, and goes on to what hangs on it. `otherwise`: other properties that the same id may mean; may be NULL. */
void look_at(struct discovery *d, const struct suspect *suspect, struct json_object *otherwise);
void look_for_all(struct discovery *d, const struct place *place, const struct resource_type *type,
    const char *region); /* of a type that has a list and no parent */

/* count.c */
void count_one(struct discovery *d, const struct resource_type *type, const char *region,
    const char *listed, struct json_object *tags);

#endif
