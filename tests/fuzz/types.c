/* SPDX-License-Identifier: Apache-2.0
 * types.c - types whose providers do nothing: specs are built of them, never run. */
#include "types.h"

#include <stdio.h>
#include <stdlib.h>

#include "plan/spec.h"
#include "provider/provider.h"
#include "util/check.h"
#include "util/mem.h"

static void
destroy(struct provider *provider)
{
	free(provider);
}

static const char *
path_of(const char *below)
{
	static char path[4096];
	const char *root = getenv("srcdir");

	snprintf(path, sizeof(path), "%s/%s", root != NULL ? root : ".", below);
	return path;
}

static void
must_load(enum err_code code, const struct err *err)
{
	if (code == ERR_OK)
		return;
	fprintf(stderr, "%s\n", err->detail);
	exit(EXIT_FAILURE);
}

struct registry *
types_load(void)
{
	static const char *const names[] = { "sim", "test", "vault" };
	struct registry         *registry = registry_create(plan_check_type);
	struct err               err = { 0 };

	for (size_t i = 0; i < array_len(names); i++) {
		struct provider *provider = xcalloc(1, sizeof(*provider));

		provider->name = names[i];
		provider->destroy = destroy;
		registry_add_provider(registry, provider);
	}
	must_load(plan_setup(path_of("schemas"), &err), &err);
	must_load(registry_load(registry, path_of("tests/data/plan/types"), &err), &err);
	must_load(registry_load(registry, path_of("tests/data/sim"), &err), &err);
	return registry;
}
