/* SPDX-License-Identifier: Apache-2.0
 * schemas.c - folders of JSON, by name. */
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
	struct json_object *all, *examples; /* by name */
	struct json_object *openapi;
};

static enum err_code
check(struct json_object *schema, const char *path, struct err *err)
{
	struct problems problems;
	enum err_code   code = ERR_OK;

	problems_init(&problems);
	json_schema_check(schema, &problems);
	if (problems.n > 0)
		code = err_set(err, ERR_INTERNAL, "%s%s: %s", path, problems.items[0].pointer,
		    problems.items[0].detail);
	problems_fini(&problems);
	return code;
}

/* "NAME.json" of the folder, as NAME. */
static enum err_code
load_one(
    struct json_object *into, const char *folder, const char *file, bool is_schema, struct err *err)
{
	struct json_object *json;
	struct str          path;
	char               *name = xstrndup(file, strlen(file) - strlen(".json"));
	enum err_code       code = ERR_INTERNAL;

	str_init(&path, PATH_BYTES_MAX);
	str_addf(&path, "%s/%s", folder, file);
	json = json_read_file(path.data, SCHEMA_FILE_MAX, err);
	if (json != NULL) {
		json_set(into, name, json);
		code = is_schema ? check(json, path.data, err) : ERR_OK;
	}
	str_fini(&path);
	free(name);
	return code;
}

static enum err_code
load_folder(struct json_object *into, const char *schemas_dir, const char *name, bool is_schema,
    struct err *err)
{
	struct str     folder;
	struct dirent *entry;
	DIR           *dir;
	enum err_code  code = ERR_OK;

	str_init(&folder, PATH_BYTES_MAX);
	str_addf(&folder, "%s/%s", schemas_dir, name);
	dir = opendir(folder.data);
	if (dir == NULL)
		code = err_set(err, ERR_NOT_FOUND, "%s: %s", folder.data, strerror(errno));
	while (code == ERR_OK && (entry = readdir(dir)) != NULL) {
		if (str_ends(entry->d_name, ".json"))
			code = load_one(into, folder.data, entry->d_name, is_schema, err);
	}
	if (dir != NULL)
		closedir(dir);
	str_fini(&folder);
	return code;
}

static enum err_code
load_openapi(struct schemas *schemas, const char *schemas_dir, struct err *err)
{
	struct str path;

	str_init(&path, PATH_BYTES_MAX);
	str_addf(&path, "%s/openapi.json", schemas_dir);
	schemas->openapi = json_read_file(path.data, SCHEMA_FILE_MAX, err);
	str_fini(&path);
	return schemas->openapi != NULL ? ERR_OK : err->code;
}

struct schemas *
schemas_load(const char *schemas_dir, struct err *err)
{
	struct schemas *schemas = xcalloc(1, sizeof(*schemas));

	schemas->all = json_object_new_object();
	schemas->examples = json_object_new_object();
	if (load_folder(schemas->all, schemas_dir, "api", true, err) == ERR_OK &&
	    load_folder(schemas->examples, schemas_dir, "api/examples", false, err) == ERR_OK &&
	    load_openapi(schemas, schemas_dir, err) == ERR_OK)
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
	json_object_put(schemas->examples);
	json_object_put(schemas->openapi);
	free(schemas);
}

struct json_object *
schemas_find(const struct schemas *schemas, const char *name)
{
	return json_get(schemas->all, name);
}

struct json_object *
schemas_openapi(const struct schemas *schemas)
{
	return schemas->openapi;
}

struct json_object *
schemas_examples(const struct schemas *schemas, const char *name)
{
	return json_get(schemas->examples, name);
}
