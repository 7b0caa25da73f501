/* SPDX-License-Identifier: Apache-2.0
 * assets.c - a folder of files, each with its type by its name, and "NAME.gz" as the packed form of NAME. */
#include "api/assets.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/check.h"
#include "util/mem.h"
#include "util/str.h"

#define FILE_MAX       (16u * 1024 * 1024)
#define PATH_BYTES_MAX 4096
#define CHUNK_BYTES    65536
#define PACKED         ".gz"
#define HASH_DIGITS    10 /* "page-0123456789.js" */

struct assets {
	struct asset *items;
	size_t        n;
};

static const struct kind {
	const char *ending, *type;
} kinds[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".svg", "image/svg+xml" },
	{ ".txt", "text/plain; charset=utf-8" },
};

static const char *
type_of(const char *name)
{
	for (size_t i = 0; i < array_len(kinds); i++) {
		if (str_ends(name, kinds[i].ending))
			return kinds[i].type;
	}
	return NULL;
}

static bool
is_hashed(const char *name)
{
	const char *dot = strrchr(name, '.'), *dash = strrchr(name, '-');
	size_t      digits = 0;

	while (dash != NULL && isxdigit((unsigned char)dash[1 + digits]))
		digits++;
	return digits == HASH_DIGITS && dash + 1 + digits == dot;
}

/* NULL: it can't be read. The caller frees it. */
static char *
read_file(const char *folder, const char *name, size_t *ret_len, struct err *err)
{
	struct str path, text;
	char       chunk[CHUNK_BYTES];
	size_t     n;
	FILE      *file;

	str_init(&path, PATH_BYTES_MAX);
	str_init(&text, FILE_MAX);
	str_addf(&path, "%s/%s", folder, name);
	file = fopen(path.data, "re");
	while (file != NULL && (n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		str_add_mem(&text, chunk, n);
	if (file == NULL || ferror(file) || text.overflow) {
		err_set(err, ERR_INTERNAL, "%s: %s", path.data,
		    text.overflow ? "it is too large" : strerror(errno));
		str_fini(&text);
	}
	if (file != NULL)
		fclose(file);
	str_fini(&path);
	*ret_len = text.len;
	return err->code == ERR_OK ? str_take(&text) : NULL;
}

static void
load_one(struct assets *assets, const char *folder, const char *name, struct err *err)
{
	struct asset asset = { .name = xstrdup(name), .type = type_of(name) };

	asset.lasts = is_hashed(name);
	asset.data = read_file(folder, name, &asset.len, err);
	if (asset.data != NULL)
		digest_sha256_hex(asset.data, asset.len, asset.hash);
	assets->items = xrealloc(assets->items, assets->n + 1, sizeof(asset));
	assets->items[assets->n++] = asset;
}

static struct asset *
find(const struct assets *assets, const char *name, size_t len)
{
	for (size_t i = 0; i < assets->n; i++) {
		if (strlen(assets->items[i].name) == len &&
		    strncmp(assets->items[i].name, name, len) == 0)
			return &assets->items[i];
	}
	return NULL;
}

static void
load_packed(struct assets *assets, const char *folder, const char *name, struct err *err)
{
	struct asset *asset = find(assets, name, strlen(name) - strlen(PACKED));

	if (asset != NULL)
		asset->packed = read_file(folder, name, &asset->packed_len, err);
}

static bool
is_wanted(const char *name, bool packed)
{
	return packed ? str_ends(name, PACKED) : type_of(name) != NULL;
}

struct assets *
assets_load(const char *folder, struct err *err)
{
	static void (*const loads[])(
	    struct assets *, const char *, const char *, struct err *) = { load_one, load_packed };
	struct assets *assets = xcalloc(1, sizeof(*assets));
	struct dirent *entry;
	DIR           *dir = opendir(folder);

	err->code = ERR_OK;
	for (size_t pass = 0; dir != NULL && pass < array_len(loads); pass++) {
		rewinddir(dir);
		while (err->code == ERR_OK && (entry = readdir(dir)) != NULL) {
			if (is_wanted(entry->d_name, pass == 1))
				loads[pass](assets, folder, entry->d_name, err);
		}
	}
	if (dir != NULL)
		closedir(dir);
	if (err->code == ERR_OK)
		return assets;
	assets_destroy(assets);
	return NULL;
}

void
assets_destroy(struct assets *assets)
{
	if (assets == NULL)
		return;
	for (size_t i = 0; i < assets->n; i++) {
		free(assets->items[i].name);
		free(assets->items[i].data);
		free(assets->items[i].packed);
	}
	free(assets->items);
	free(assets);
}

const struct asset *
assets_find(const struct assets *assets, const char *name)
{
	return find(assets, name, strlen(name));
}
