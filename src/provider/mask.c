/* SPDX-License-Identifier: Apache-2.0
 * mask.c - finds secrets in texts, also where a text begins or ends in the midst of one. */
#include "provider/mask.h"

#include <stdlib.h>
#include <string.h>

#include "provider/unseal.h"
#include "util/mem.h"

struct mask {
	struct secret **secrets;
	size_t          n;
};

static void
add(struct mask *mask, const char *text, size_t len)
{
	if (len < MASKED_MIN)
		return;
	mask->secrets = xrealloc(mask->secrets, mask->n + 1, sizeof(struct secret *));
	mask->secrets[mask->n++] = secret_create(text, len);
}

static void
add_box(void *arg, const struct secret *secret)
{
	struct mask *mask = arg;
	const char  *text = secret_open(secret);

	add(mask, text, secret_len(secret));
	if (strchr(text, '\n') == NULL)
		return;
	for (const char *line = text; *line != '\0';) {
		size_t len = strcspn(line, "\n");

		add(mask, line, len);
		line += len + (line[len] == '\n');
	}
}

struct mask *
mask_create(const struct sealed_key *key, struct json_object *value)
{
	struct mask *mask = xcalloc(1, sizeof(*mask));

	unseal_each(key, value, add_box, mask);
	return mask;
}

void
mask_destroy(struct mask *mask)
{
	if (mask == NULL)
		return;
	for (size_t i = 0; i < mask->n; i++)
		secret_destroy(mask->secrets[i]);
	free(mask->secrets);
	free(mask);
}

/* Where it is looked for, secrets that overlap are all still there. */
static void
cover(char *text, const char *seen, size_t len, const struct secret *secret)
{
	size_t      n = secret_len(secret);
	const char *at = seen;

	while ((at = memmem(at, len - (size_t)(at - seen), secret_open(secret), n)) != NULL) {
		memset(text + (at - seen), '*', n);
		at++;
	}
}

/* How many of the last bytes are the beginning of a secret, and not all of it. */
static size_t
begun_in(const struct mask *mask, const char *text, size_t len)
{
	size_t most = 0;

	for (size_t i = 0; i < mask->n; i++) {
		size_t n = secret_len(mask->secrets[i]) - 1;

		for (n = n < len ? n : len; n > most; n--) {
			if (memcmp(text + len - n, secret_open(mask->secrets[i]), n) == 0)
				most = n;
		}
	}
	return most;
}

size_t
mask_text(const struct mask *mask, char *text, size_t len, bool more)
{
	char  *seen;
	size_t begun;

	if (mask->n == 0 || len == 0)
		return len;
	seen = xmalloc(len);
	memcpy(seen, text, len);
	for (size_t i = 0; i < mask->n; i++)
		cover(text, seen, len, mask->secrets[i]);
	secret_wipe(seen, len);
	free(seen);
	begun = begun_in(mask, text, len);
	if (more)
		return len - begun;
	if (begun >= MASKED_MIN)
		memset(text + len - begun, '*', begun);
	return len;
}

void
mask_message(const struct sealed_key *key, struct json_object *value, char *message)
{
	struct mask *mask = mask_create(key, value);

	mask_text(mask, message, strlen(message), false);
	mask_destroy(mask);
}
