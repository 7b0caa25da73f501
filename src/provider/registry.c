/* SPDX-License-Identifier: Apache-2.0
 * registry.c - names, sorted, and behind each the type or the file to read it from. */
#include "provider/registry.h"

#include <stdlib.h>
#include <string.h>

#include "provider/provider.h"
#include "provider/type_files.h"
#include "util/breath.h"
#include "util/json.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/pattern.h"
#include "util/str.h"

#define PROVIDERS_MAX 32
#define TYPES_MAX     10000
#define NAME_MAX_LEN  256
#define WHY_SIZE      600

struct entry {
	char                 *name;
	char                 *path; /* NULL: it has been read, or can't be */
	char                 *text; /* of the file; NULL: it is at the path */
	struct resource_type *type; /* NULL: not read yet, or it can't be */
};

struct registry {
	registry_check_fn *check;
	struct provider   *providers[PROVIDERS_MAX];
	size_t             providers_n;
	struct entry   *
            *entries; /* sorted by name; read when they are wanted, also of a const registry */
	size_t entries_n;
};

struct registry *
registry_create(registry_check_fn *check)
{
	struct registry *registry = xcalloc(1, sizeof(*registry));

	registry->check = check;
	return registry;
}

static void
type_destroy(const struct registry *registry, struct resource_type *type)
{
	struct provider *provider;

	if (type == NULL)
		return;
	provider = type->provider != NULL ? registry_provider(registry, type->provider) : NULL;
	if (provider != NULL && provider->unload != NULL && type->impl != NULL)
		provider->unload(type->impl);
	resource_type_free(type);
}

static void
entry_destroy(const struct registry *registry, struct entry *entry)
{
	type_destroy(registry, entry->type);
	free(entry->name);
	free(entry->path);
	free(entry->text);
	free(entry);
}

void
registry_destroy(struct registry *registry)
{
	if (registry == NULL)
		return;
	for (size_t i = 0; i < registry->entries_n; i++)
		entry_destroy(registry, registry->entries[i]);
	for (size_t i = 0; i < registry->providers_n; i++)
		registry->providers[i]->destroy(registry->providers[i]);
	free(registry->entries);
	free(registry);
}

/* ---- providers ---- */

void
registry_add_provider(struct registry *registry, struct provider *provider)
{
	must(registry->providers_n < PROVIDERS_MAX);
	must(registry_provider(registry, provider->name) == NULL);
	registry->providers[registry->providers_n++] = provider;
}

struct provider *
registry_provider(const struct registry *registry, const char *name)
{
	for (size_t i = 0; i < registry->providers_n; i++) {
		if (strcmp(registry->providers[i]->name, name) == 0)
			return registry->providers[i];
	}
	return NULL;
}

struct provider *
registry_provider_at(const struct registry *registry, size_t i)
{
	return i < registry->providers_n ? registry->providers[i] : NULL;
}

/* ---- reading a type ---- */

/* What its provider makes of it. */
static enum err_code
load_impl(
    const struct registry *registry, struct resource_type *type, const char *path, struct err *err)
{
	struct err       inner = { 0 };
	struct provider *provider;

	if (type->resources != NULL)
		return ERR_OK;
	provider = registry_provider(registry, type->provider);
	if (provider == NULL)
		return err_set(
		    err, ERR_INVALID_CONFIG, "%s: no provider '%s'", path, type->provider);
	if (provider->load == NULL || provider->load(provider, type, &inner) == ERR_OK)
		return ERR_OK;
	return err_set(err, inner.code, "%s: %.400s", path, inner.detail);
}

static enum err_code
read_text(const char *text, const char *path, struct resource_type **ret_type, struct err *err)
{
	struct json_object *file = json_read(text, strlen(text), err);

	*ret_type = NULL;
	return file != NULL ? resource_type_parse(file, path, ret_type, err) : err->code;
}

/* The text of the file, or NULL: it is at the path. */
static struct resource_type *
read_type(const struct registry *registry, const char *path, const char *text, struct err *err)
{
	struct resource_type *type;

	if ((text != NULL ? read_text(text, path, &type, err)
			  : resource_type_read(path, &type, err)) != ERR_OK)
		return NULL;
	if (load_impl(registry, type, path, err) == ERR_OK)
		return type;
	type_destroy(registry, type);
	return NULL;
}

static enum err_code
check_type(const struct registry *registry, const struct resource_type *type, struct err *err)
{
	return registry->check != NULL ? registry->check(registry, type, err) : ERR_OK;
}

/* While it is read it is not there for what it names. */
static void
read_entry(const struct registry *registry, struct entry *entry)
{
	char                  why[WHY_SIZE];
	struct err            err = { 0 };
	struct resource_type *type;
	char                 *path = entry->path, *text = entry->text;

	entry->path = entry->text = NULL;
	type = read_type(registry, path, text, &err);
	if (type != NULL && strcmp(type->name, entry->name) != 0)
		err_set(&err, ERR_INVALID_CONFIG,
		    "%s: a file of that name has the type '%s', not '%s'", path, entry->name,
		    type->name);
	if (type != NULL && err.code == ERR_OK && check_type(registry, type, &err) == ERR_OK) {
		entry->type = type;
	} else {
		log_error("type.unusable", "why=%s", log_quote(why, sizeof(why), err.detail));
		type_destroy(registry, type);
	}
	free(path);
	free(text);
}

/* Nobody comes in between: to others it would not be there. */
static struct resource_type *
want(const struct registry *registry, struct entry *entry)
{
	struct breather *before;

	if (entry->path != NULL) {
		before = breathe_by(NULL);
		read_entry(registry, entry);
		breathe_by(before);
	}
	return entry->type;
}

/* ---- entries ---- */

/* Where the name is, or would be. */
static size_t
find(const struct registry *registry, const char *name, bool *ret_there)
{
	size_t low = 0, high = registry->entries_n;

	*ret_there = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int    order = strcmp(registry->entries[middle]->name, name);

		if (order < 0)
			low = middle + 1;
		else
			high = middle;
		if (order == 0)
			*ret_there = true;
	}
	return low;
}

/* Takes over what is in the new one, but for its name; also when it fails. */
static enum err_code
add(struct registry *registry, const struct entry *new, const char *from, struct err *err)
{
	struct entry *entry = xcalloc(1, sizeof(*entry));
	const char   *name = new->name;
	enum err_code code = ERR_OK;
	bool          there;
	size_t        at = find(registry, name, &there);

	*entry = *new;
	entry->name = xstrdup(name);
	if (there)
		code = err_set(err, ERR_INVALID_CONFIG, "%s: '%s' is there already", from, name);
	else if (registry->entries_n == TYPES_MAX)
		code = err_set(err, ERR_TOO_LARGE, "more than %d types", TYPES_MAX);
	if (code != ERR_OK) {
		entry_destroy(registry, entry);
		return code;
	}
	registry->entries =
	    xrealloc(registry->entries, registry->entries_n + 1, sizeof(*registry->entries));
	memmove(registry->entries + at + 1, registry->entries + at,
	    (registry->entries_n - at) * sizeof(*registry->entries));
	registry->entries[at] = entry;
	registry->entries_n++;
	return ERR_OK;
}

/* ---- folders ---- */

static enum err_code
load_file(struct registry *registry, const char *path, struct err *err)
{
	struct resource_type *type = read_type(registry, path, NULL, err);
	struct entry          entry = { .type = type };

	if (type == NULL)
		return err != NULL ? err->code : ERR_INVALID_CONFIG;
	entry.name = (char *)(uintptr_t)type->name;
	return add(registry, &entry, path, err);
}

/* "…/aws/lambda_function.json": "aws:lambda:function". */
static enum err_code
list_file(struct registry *registry, const char *path, struct err *err)
{
	struct str    name;
	struct entry  entry = { 0 };
	const char   *file = strrchr(path, '/'), *folder = file;
	enum err_code code;

	must(file != NULL);
	while (folder > path && folder[-1] != '/')
		folder--;
	str_init(&name, NAME_MAX_LEN);
	str_add_mem(&name, folder, (size_t)(file - folder));
	str_add_char(&name, ':');
	str_add_mem(&name, file + 1, strlen(file + 1) - strlen(".json"));
	if (!name.overflow && strchr(name.data, '_') != NULL)
		*strchr(name.data, '_') = ':';
	if (name.overflow) {
		code = err_set(err, ERR_TOO_LARGE, "%s: the name is too long", path);
	} else {
		entry.name = name.data;
		entry.path = xstrdup(path);
		code = add(registry, &entry, path, err);
	}
	str_fini(&name);
	return code;
}

enum err_code
registry_add_file(struct registry *registry, const char *name, struct json_object *file,
    const char *path, struct err *err)
{
	struct entry entry = {
		.name = (char *)(uintptr_t)name,
		.path = xstrdup(path),
		.text = xstrdup(json_text(file)),
	};

	return add(registry, &entry, path, err);
}

static enum err_code
each_file(struct registry *registry, const char                                     *folder,
    enum err_code (*use)(struct registry *, const char *, struct err *), struct err *err)
{
	struct type_files files;
	enum err_code     code = type_files_list(&files, folder, err);

	for (size_t i = 0; i < files.n && code == ERR_OK; i++)
		code = use(registry, files.paths[i], err);
	type_files_free(&files);
	return code;
}

enum err_code
registry_load(struct registry *registry, const char *folder, struct err *err)
{
	enum err_code code = each_file(registry, folder, load_file, err);

	for (size_t i = 0; i < registry->entries_n && code == ERR_OK; i++) {
		if (registry->entries[i]->type != NULL)
			code = check_type(registry, registry->entries[i]->type, err);
	}
	return code;
}

enum err_code
registry_list(struct registry *registry, const char *folder, struct err *err)
{
	return each_file(registry, folder, list_file, err);
}

/* ---- looking ---- */

const struct resource_type *
registry_type(const struct registry *registry, const char *name)
{
	bool   there;
	size_t at = find(registry, name, &there);

	return there ? want(registry, registry->entries[at]) : NULL;
}

const struct resource_type *
registry_open_type(const struct registry *registry, const char *name, bool *ret_fits)
{
	for (size_t i = 0; i < registry->entries_n; i++) {
		const struct resource_type *type;
		const char                 *pattern, *kind = name;

		if (!str_starts(name, registry->entries[i]->name))
			continue;
		kind += strlen(registry->entries[i]->name);
		if (*kind != ':' && *kind != '\0')
			continue;
		type = want(registry, registry->entries[i]);
		pattern = type != NULL ? json_get_str(type->kinds, "pattern") : NULL;
		if (pattern == NULL)
			continue;
		kind += *kind == ':';
		*ret_fits = pattern_match(pattern, kind, strlen(kind)) == PATTERN_MATCH;
		return type;
	}
	return NULL;
}

bool
registry_kind(const struct registry *registry, const char *name, struct resource_type *ret_kind)
{
	bool                        fits = false;
	const struct resource_type *open = registry_open_type(registry, name, &fits);

	if (open == NULL || !fits)
		return false;
	*ret_kind = *open;
	ret_kind->name = name;
	return true;
}

const char *
registry_away(const struct registry *registry, const char *type_name)
{
	size_t len = strcspn(type_name, ":");

	for (size_t i = 0; i < registry->providers_n; i++) {
		struct provider *provider = registry->providers[i];

		if (provider->away != NULL &&
		    (len == 0 || (strlen(provider->name) == len &&
				     strncmp(provider->name, type_name, len) == 0)) &&
		    provider->away(provider) != NULL)
			return provider->away(provider);
	}
	return NULL;
}

size_t
registry_types_n(const struct registry *registry)
{
	return registry->entries_n;
}

const char *
registry_name_at(const struct registry *registry, size_t i)
{
	must(i < registry->entries_n);
	return registry->entries[i]->name;
}

const struct resource_type *
registry_type_at(const struct registry *registry, size_t i)
{
	must(i < registry->entries_n);
	return want(registry, registry->entries[i]);
}
