/* SPDX-License-Identifier: Apache-2.0
 *
 * entry.h - inside a rebuilding: each thing that was found, on its way into the config.
 */
#ifndef DISCOVER_ENTRY_H
#define DISCOVER_ENTRY_H

#include "discover/rebuild.h"

#define ENTRY_KEY_SIZE 65

struct entry {
	const struct discovered *item;
	char                     key[ENTRY_KEY_SIZE]; /* its name in the config */
	bool                     is_old;              /* another one is this resource */
	bool                     is_unsure;  /* ... or it is the other way round: it stays out */
	struct json_object      *properties; /* owned; as the config has them */
	bool                     is_partial; /* not all that it must have is known */
};

/* keys.c: the names, each for one resource. */
void entries_name(struct entry *entries, const struct rebuilding *r);

/* properties.c: what was read, without what nobody is to see or has to say. */
void entry_take_properties(struct entry *entry, const struct rebuilding *r);

/* refer.c: values that others give become references. After all have their names and properties. */
void entries_refer(struct entry *entries, size_t n);

#endif
