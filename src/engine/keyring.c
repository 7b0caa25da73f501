/* SPDX-License-Identifier: Apache-2.0
 * keyring.c - a short list, in no order. */
#include "engine/keyring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

struct keyring_entry *
keyring_find(const struct keyring *keyring, const struct provider *provider, const char *name)
{
	for (size_t i = 0; i < keyring->n; i++) {
		if (keyring->entries[i].provider == provider &&
		    strcmp(keyring->entries[i].name, name) == 0)
			return &keyring->entries[i];
	}
	return NULL;
}

/* The place of an account's credentials, which holds none now. */
static struct keyring_entry *
make_room(struct keyring *keyring, const struct provider *provider, const char *name)
{
	struct keyring_entry *entry = keyring_find(keyring, provider, name);

	if (entry != NULL) {
		entry->provider->close(entry->credentials);
		return entry;
	}
	keyring->entries = xrealloc(keyring->entries, keyring->n + 1, sizeof(*keyring->entries));
	entry = &keyring->entries[keyring->n++];
	*entry = (struct keyring_entry){ 0 };
	return entry;
}

struct keyring_entry *
keyring_add(struct keyring *keyring, struct provider *provider, const char *name,
    struct credentials *credentials)
{
	struct keyring_entry *entry = make_room(keyring, provider, name);

	*entry = (struct keyring_entry){ .provider = provider, .credentials = credentials };
	snprintf(entry->name, sizeof(entry->name), "%s", name);
	return entry;
}

void
keyring_take(struct keyring *keyring, struct keyring *from)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct keyring_entry *entry = &from->entries[i];
		struct keyring_entry *place = make_room(keyring, entry->provider, entry->name);
		bool                  worked = place->worked || entry->worked;

		*place = *entry;
		place->worked = worked;
	}
	free(from->entries);
	*from = (struct keyring){ 0 };
}

const char *
keyring_account(const struct keyring *keyring, const struct credentials *credentials)
{
	for (size_t i = 0; i < keyring->n; i++) {
		const struct keyring_entry *entry = &keyring->entries[i];

		if (entry->credentials == credentials)
			return entry->account[0] != '\0' ? entry->account : entry->name;
	}
	return "";
}

void
keyring_fini(struct keyring *keyring)
{
	for (size_t i = 0; i < keyring->n; i++)
		keyring->entries[i].provider->close(keyring->entries[i].credentials);
	free(keyring->entries);
	*keyring = (struct keyring){ 0 };
}
