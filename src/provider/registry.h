/* SPDX-License-Identifier: Apache-2.0
 *
 * registry.h - every provider and every type that this process knows.
 *
 * Type files that come with the program are read when somebody wants the type: a hundred of them would cost more memory
 * than all the rest. Those of an operator's folder are read at once, so that a slip in one is told at start.
 */
#ifndef PROVIDER_REGISTRY_H
#define PROVIDER_REGISTRY_H

#include "provider/resource_type.h"

struct provider;
struct registry;

/* More that must hold of a type, once all that it may name can be asked for; err says why not. */
typedef enum err_code registry_check_fn(
    const struct registry *registry, const struct resource_type *type, struct err *err);

struct registry *registry_create(registry_check_fn *check);   /* NULL: nothing more */
void             registry_destroy(struct registry *registry); /* destroys the providers as well */

/* Takes the provider over. Register providers before the types that name them. */
void             registry_add_provider(struct registry *registry, struct provider *provider);
struct provider *registry_provider(const struct registry *registry, const char *name);
struct provider *
registry_provider_at(const struct registry *registry, size_t i); /* NULL: the end */

/* Reads every file of a folder (type_files.h). ERR_OK, or the problem of the first file, by path, that has one. */
MUSTCHECK enum err_code
registry_load(struct registry *registry, const char *folder, struct err *err);

/* Only learns the names: the type of `aws/lambda_function.json` is aws:lambda:function. */
MUSTCHECK enum err_code
registry_list(struct registry *registry, const char *folder, struct err *err);

/* Takes in the file of a type that came from elsewhere, to be read when it is wanted; `path` says whence, for people. */
MUSTCHECK enum err_code registry_add_file(struct registry *registry, const char *name,
    struct json_object *file, const char *path, struct err *err);

/* NULL: there is none; or its file can't be read, which is logged. */
const struct resource_type *registry_type(const struct registry *registry, const char *name);

/* The open type that would stand for a name, and whether the kind in it fits; NULL: there is none. */
const struct resource_type *
registry_open_type(const struct registry *registry, const char *name, bool *ret_fits);

/* Such a kind: its open type under that name, which is borrowed. False: there is none. */
bool
registry_kind(const struct registry *registry, const char *name, struct resource_type *ret_kind);

/* Why the types of the provider that a type's name begins with are not here yet, or those of any ("");
 * NULL: they are. */
const char *registry_away(const struct registry *registry, const char *type_name);

size_t      registry_types_n(const struct registry *registry);
const char *registry_name_at(const struct registry *registry, size_t i); /* in order */
const struct resource_type *
registry_type_at(const struct registry *registry, size_t i); /* as registry_type() */

#endif
