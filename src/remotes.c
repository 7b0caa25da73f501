/* SPDX-License-Identifier: Apache-2.0
 * remotes.c - pairs with commas between; `key` and `ca` belong to the provider before them. */
#include "remotes.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/str.h"

const struct remote *
remotes_find(const struct remotes *remotes, const char *name)
{
	for (size_t i = 0; i < remotes->n; i++) {
		if (str_eq(remotes->items[i].name, name))
			return &remotes->items[i];
	}
	return NULL;
}

static enum err_code
take_pair(struct remotes *remotes, const char *name, const char *value, struct err *err)
{
	struct remote *last = remotes->n > 0 ? &remotes->items[remotes->n - 1] : NULL;

	if (last != NULL && str_eq(name, "key")) {
		last->key = value;
	} else if (last != NULL && str_eq(name, "ca")) {
		last->ca = value;
	} else if (remotes_find(remotes, name) != NULL) {
		return err_set(err, ERR_INVALID_REQUEST, "--provider %s=: it is there twice", name);
	} else if (remotes->n == REMOTES_MAX) {
		return err_set(err, ERR_TOO_LARGE, "--provider: more than %d", REMOTES_MAX);
	} else {
		remotes->items[remotes->n++] = (struct remote){ .name = name, .url = value };
	}
	return ERR_OK;
}

enum err_code
remotes_read(struct remotes *remotes, const char *text, struct err *err)
{
	char         *at, *pair;
	enum err_code code = ERR_OK;

	*remotes = (struct remotes){ .text = xstrdup(text) };
	at = remotes->text[0] != '\0' ? remotes->text : NULL;
	while (code == ERR_OK && (pair = strsep(&at, ",")) != NULL) {
		char *value = strchr(pair, '=');

		if (value == NULL || value == pair || value[1] == '\0') {
			code = err_set(err, ERR_INVALID_REQUEST,
			    "--provider %s: NAME=URL[,key=FILE][,ca=FILE] is wanted", pair);
		} else {
			*value++ = '\0';
			code = take_pair(remotes, pair, value, err);
		}
	}
	return code;
}

void
remotes_fini(struct remotes *remotes)
{
	free(remotes->text);
	*remotes = (struct remotes){ 0 };
}
