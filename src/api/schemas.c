/* SPDX-License-Identifier: Apache-2.0
 * schemas.c - a folder of schemas, by name. */
#include "api/schemas.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/check.h"
#include "util/json.h"
#include "util/json_schema.h"
#include "util/mem.h"
#include "util/str.h"

#define SCHEMA_FILE_MAX (1024 * 1024)
#define PATH_BYTES_MAX  4096

struct schemas {
	struct json_object *all;
};

static enum err_code
load_one(struct schemas *schemas, const char *folder, const char *file, struct err *err)
{
	struct problems     problems;
	struct str          path;
	struct json_object *schema;
	char               *name = xstrndup(file, strlen(file) - strlen(".json"));
	enum err_code       code = ERR_OK;

	problems_init(&problems);
	str_init(&path, PATH_BYTES_MAX);
	str_addf(&path, "%s/%s", folder, file);
	schema = json_read_file(path.data, SCHEMA_FILE_MAX, err);
	if (schema == NULL) {
		code = ERR_INTERNAL;
		goto out;
	}
	json_set(schemas->all, name, schema);
	json_schema_check(schema, &problems);
	if (problems.n > 0)
		code = err_set(err, ERR_INTERNAL, "%s%s: %s", path.data, problems.items[0].pointer,
		    problems.items[0].detail);
out:
	problems_fini(&problems);
	str_fini(&path);
	free(name);
	return code;
}

struct schemas *
schemas_load(const char *schemas_dir, struct err *err)
{
	struct schemas *schemas = xcalloc(1, sizeof(*schemas));
	struct str      folder;
	struct dirent  *entry;
	DIR            *dir;
	enum err_code   code = ERR_OK;

	schemas->all = json_object_new_object();
	str_init(&folder, PATH_BYTES_MAX);
	str_addf(&folder, "%s/api", schemas_dir);
	dir = opendir(folder.data);
	if (dir == NULL)
		code = err_set(err, ERR_NOT_FOUND, "%s: %s", folder.data, strerror(errno));
	while (code == ERR_OK && (entry = readdir(dir)) != NULL) {
		if (str_ends(entry->d_name, ".json"))
			code = load_one(schemas, folder.data, entry->d_name, err);
	}
	if (dir != NULL)
		closedir(dir);
	str_fini(&folder);
	if (code == ERR_OK)
		return schemas;
	schemas_destroy(schemas);
	return NULL;
}

void
schemas_destroy(struct schemas *schemas)
{
	if (schemas == NULL)
		return;
	json_object_put(schemas->all);
	free(schemas);
}

struct json_object *
schemas_find(const struct schemas *schemas, const char *name)
{
	return json_get(schemas->all, name);
}

struct json_object *
schemas_all(const struct schemas *schemas)
{
	return schemas->all;
}
