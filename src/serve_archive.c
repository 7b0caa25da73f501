/* SPDX-License-Identifier: Apache-2.0
 * serve_archive.c - from options to the archive: its keys may lie in files. */
#include "serve_archive.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "util/secret.h"

#define KEY_SIZE 1024

/* The key itself, or the first line of the file behind "@". */
static enum err_code
read_key(const char *told, char key[KEY_SIZE], struct err *err)
{
	FILE *file;
	bool  ok;

	if (told[0] != '@') {
		if (strlen(told) >= KEY_SIZE)
			return err_set(
			    err, ERR_INTERNAL, "the key of a sister service is too long");
		memcpy(key, told, strlen(told) + 1);
		return ERR_OK;
	}
	file = fopen(told + 1, "re");
	if (file == NULL)
		return err_set(err, ERR_INTERNAL, "%s: %s", told + 1, strerror(errno));
	setvbuf(file, NULL, _IONBF, 0); /* no copy of it stays in a buffer */
	ok = fgets(key, KEY_SIZE, file) != NULL;
	fclose(file);
	if (!ok)
		return err_set(err, ERR_INTERNAL, "%s: there is no key in it", told + 1);
	key[strcspn(key, "\r\n")] = '\0';
	return ERR_OK;
}

static enum err_code
read_service(struct archive_service *service, const struct serve_sister *told, char key[KEY_SIZE],
    struct err *err)
{
	*service = (struct archive_service){
		.url = told->url, .key_name = told->key_name, .base = told->base
	};
	if (told->key_value == NULL)
		return ERR_OK;
	service->key = key;
	return read_key(told->key_value, key, err);
}

enum err_code
serve_archive(const struct serve_options *options, struct archive_options *made,
    struct archive **ret, struct err *err)
{
	char          cache_key[KEY_SIZE], graph_key[KEY_SIZE];
	enum err_code code;

	*ret = NULL;
	if (options->cache.url == NULL && options->graph.url != NULL)
		return err_set(err, ERR_INTERNAL,
		    "--graph-url: the Graph Service is reached through the Cache Service: set "
		    "--cache-url");
	if (options->cache.url == NULL)
		return ERR_OK;
	code = read_service(&made->cache, &options->cache, cache_key, err);
	if (code == ERR_OK)
		code = read_service(&made->graph, &options->graph, graph_key, err);
	if (code == ERR_OK) {
		*ret = archive_create(made, err);
		code = *ret != NULL ? ERR_OK : err->code;
	}
	secret_wipe(cache_key, sizeof(cache_key));
	secret_wipe(graph_key, sizeof(graph_key));
	return code;
}
