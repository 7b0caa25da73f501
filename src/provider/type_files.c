/* SPDX-License-Identifier: Apache-2.0
 * type_files.c - walks a folder and those within. */
#include "provider/type_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "util/mem.h"
#include "util/str.h"

#define FOLDER_DEPTH_MAX 8
#define FILES_MAX        20000
#define PATH_BYTES_MAX   4096
#define NOT_TYPES_FOLDER "api" /* the schemas of requests, beside those of types */

static enum err_code
list_folder(struct type_files *files, const char *folder, int depth, struct err *err);

static enum err_code
list_entry(
    struct type_files *files, const char *folder, const char *name, int depth, struct err *err)
{
	struct stat   st;
	struct str    path;
	enum err_code code = ERR_OK;

	str_init(&path, PATH_BYTES_MAX);
	str_addf(&path, "%s/%s", folder, name);
	if (path.overflow || stat(path.data, &st) < 0) {
		code = err_set(err, ERR_NOT_FOUND, "%.300s/%.100s: %s", folder, name,
		    path.overflow ? "the path is too long" : strerror(errno));
	} else if (S_ISDIR(st.st_mode)) {
		if (depth > 0 || strcmp(name, NOT_TYPES_FOLDER) != 0)
			code = list_folder(files, path.data, depth + 1, err);
	} else if (str_ends(name, ".json")) {
		if (files->n == FILES_MAX) {
			code = err_set(err, ERR_TOO_LARGE, "more than %d files", FILES_MAX);
		} else {
			files->paths = xrealloc(files->paths, files->n + 1, sizeof(*files->paths));
			files->paths[files->n++] = str_take(&path);
		}
	}
	str_fini(&path);
	return code;
}

static enum err_code
list_folder(struct type_files *files, const char *folder, int depth, struct err *err)
{
	struct dirent *entry;
	enum err_code  code = ERR_OK;
	DIR           *dir;

	if (depth > FOLDER_DEPTH_MAX)
		return err_set(err, ERR_TOO_LARGE, "%.300s: folders are nested too deep", folder);
	dir = opendir(folder);
	if (dir == NULL)
		return err_set(err, ERR_NOT_FOUND, "%.300s: %s", folder, strerror(errno));
	while (code == ERR_OK && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] != '.')
			code = list_entry(files, folder, entry->d_name, depth, err);
	}
	closedir(dir);
	return code;
}

static int
path_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

enum err_code
type_files_list(struct type_files *files, const char *folder, struct err *err)
{
	enum err_code code;

	*files = (struct type_files){ 0 };
	code = list_folder(files, folder, 0, err);
	if (code == ERR_OK && files->n > 0)
		qsort(files->paths, files->n, sizeof(*files->paths), path_order);
	return code;
}

void
type_files_free(struct type_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		free(files->paths[i]);
	free(files->paths);
}
