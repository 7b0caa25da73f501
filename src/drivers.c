/* SPDX-License-Identifier: Apache-2.0
 * drivers.c - a row for each driver that the program has. */
#include "drivers.h"

#include <errno.h>
#include <string.h>

#include "api/keys.h"
#include "loop/loop_ev.h"
#include "net/fetch.h"
#include "plan/spec.h"
#include "providers/aws/aws.h"
#include "providers/aws/call.h"
#include "providers/github/call.h"
#include "providers/github/github.h"
#include "providers/local/local.h"
#include "providers/sister/sister.h"
#include "util/check.h"
#include "util/str.h"

#define PATH_BYTES_MAX 4096

static struct provider *
build_aws(struct drivers *drivers, struct err *err)
{
	struct loop              *loop = loop_ev_loop(drivers->ev);
	struct aws_caller_options options = { .endpoint = drivers->options.aws_endpoint };
	struct str                models;

	(void)err;
	str_init(&models, PATH_BYTES_MAX);
	str_addf(&models, "%s/aws", drivers->options.share);
	options.models_dir = models.data;
	drivers->aws = aws_caller_create(loop, drivers->fetcher, &options);
	str_fini(&models);
	return aws_provider_create(loop, drivers->aws);
}

static struct provider *
build_github(struct drivers *drivers, struct err *err)
{
	struct loop *loop = loop_ev_loop(drivers->ev);

	(void)err;
	drivers->github =
	    github_caller_create(loop, drivers->fetcher, drivers->options.github_endpoint);
	return github_provider_create(loop, drivers->github, NULL);
}

static struct provider *
build_local(struct drivers *drivers, struct err *err)
{
	const char      *root = drivers->options.local_root;
	struct provider *provider = NULL;

	if (root != NULL)
		provider = local_create(drivers->ev, root, drivers->options.local_commands);
	if (provider == NULL)
		err_set(err, ERR_INTERNAL, "--local-root %s: %s", root != NULL ? root : "",
		    root != NULL ? strerror(errno) : "it is needed");
	return provider;
}

static const struct driver {
	const char *name;
	struct provider *(*build)(struct drivers *, struct err *);
} table[] = {
	{ "aws", build_aws },
	{ "github", build_github },
	{ "local", build_local },
};

const char *
drivers_name(size_t i)
{
	return i < array_len(table) ? table[i].name : NULL;
}

enum err_code
drivers_init(struct drivers *drivers, struct loop_ev *ev, const struct drivers_options *options,
    struct err *err)
{
	struct str    schemas;
	enum err_code code;

	*drivers = (struct drivers){ .ev = ev, .options = *options };
	drivers->registry = registry_create(plan_check_type);
	drivers->fetcher = fetcher_create(ev);
	str_init(&schemas, PATH_BYTES_MAX);
	str_addf(&schemas, "%s/schemas", options->share);
	code = plan_setup(schemas.data, err);
	str_fini(&schemas);
	return code;
}

void
drivers_fini(struct drivers *drivers)
{
	if (drivers->registry != NULL)
		registry_destroy(drivers->registry);
	if (drivers->aws != NULL)
		aws_caller_destroy(drivers->aws);
	github_caller_destroy(drivers->github);
	if (drivers->fetcher != NULL)
		fetcher_destroy(drivers->fetcher);
	plan_teardown();
}

enum err_code
drivers_add(struct drivers *drivers, const char *name, struct err *err)
{
	const struct driver *driver = table;
	struct provider     *provider;
	struct str           folder;
	enum err_code        code;

	while (driver < table + array_len(table) && !str_eq(driver->name, name))
		driver++;
	if (driver == table + array_len(table))
		return err_set(err, ERR_NOT_FOUND, "there is no driver '%s'", name);
	if (registry_provider(drivers->registry, name) != NULL)
		return err_set(err, ERR_INVALID_REQUEST, "the driver '%s' is named twice", name);
	provider = driver->build(drivers, err);
	if (provider == NULL)
		return err->code;
	registry_add_provider(drivers->registry, provider);
	str_init(&folder, PATH_BYTES_MAX);
	str_addf(&folder, "%s/schemas/%s", drivers->options.share, name);
	code = registry_list(drivers->registry, folder.data, err);
	str_fini(&folder);
	return code;
}

enum err_code
drivers_add_remote(struct drivers *drivers, const struct remote *remote, struct err *err)
{
	struct sister_options options = {
		.loop = loop_ev_loop(drivers->ev),
		.fetcher = drivers->fetcher,
		.registry = drivers->registry,
		.name = remote->name,
		.url = remote->url,
		.ca = remote->ca,
	};
	struct provider *provider;

	if (remote->key != NULL) {
		options.key = keys_read_one(remote->key, err);
		if (options.key == NULL)
			return err->code;
	}
	provider = sister_create(&options, err);
	if (provider == NULL)
		return err->code;
	registry_add_provider(drivers->registry, provider);
	return ERR_OK;
}

enum err_code
drivers_load_types(struct drivers *drivers, struct err *err)
{
	if (drivers->options.types == NULL)
		return ERR_OK;
	return registry_load(drivers->registry, drivers->options.types, err);
}
