/* SPDX-License-Identifier: Apache-2.0
 * drivers.c - a row for each driver that the program has. */
#include "drivers.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "api/keys.h"
#include "loop/loop_ev.h"
#include "net/fetch.h"
#include "plan/spec.h"
#include "providers/aws/aws.h"
#include "providers/aws/call.h"
#include "providers/github/call.h"
#include "providers/github/github.h"
#include "providers/local/local.h"
#include "providers/sister/github_service.h"
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
	return aws_provider_create(loop, drivers->aws, drivers->options.key);
}

static struct provider *
build_github(struct drivers *drivers, struct err *err)
{
	struct loop *loop = loop_ev_loop(drivers->ev);

	(void)err;
	drivers->github =
	    github_caller_create(loop, drivers->fetcher, drivers->options.github_endpoint);
	return github_provider_create(loop, drivers->github, drivers->options.key);
}

/* Drivers of one root. */
static struct provider *
build_here(struct drivers *drivers, const char *name, const char *allow, struct err *err)
{
	const char                *root = drivers->options.local_root;
	struct provider           *provider = NULL;
	const struct local_options options = {
		.name = name,
		.ev = drivers->ev,
		.root = root,
		.allow = allow,
		.fetcher = drivers->fetcher,
		.key = drivers_unseal(&drivers->options, name) ? drivers->options.key : NULL,
	};

	if (root != NULL)
		provider = local_create(&options);
	if (root == NULL)
		err_set(err, ERR_INTERNAL, "--local-root is needed, for %s", name);
	else if (provider == NULL)
		err_set(err, ERR_INTERNAL, "--local-root %s: %s", root, strerror(errno));
	return provider;
}

static struct provider *
build_local(struct drivers *drivers, struct err *err)
{
	return build_here(drivers, "local", NULL, err);
}

static struct provider *
build_exec(struct drivers *drivers, struct err *err)
{
	return build_here(drivers, "exec", drivers->options.exec_allow, err);
}

static struct provider *
build_http(struct drivers *drivers, struct err *err)
{
	return build_here(drivers, "http", drivers->options.http_allow, err);
}

static struct provider *
build_net(struct drivers *drivers, struct err *err)
{
	return build_here(drivers, "net", drivers->options.net_allow, err);
}

static bool
always(const struct drivers_options *options)
{
	(void)options;
	return true;
}

static bool
where_programs_run(const struct drivers_options *options)
{
	return options->exec_allow != NULL;
}

static bool
where_urls_are_asked(const struct drivers_options *options)
{
	return options->http_allow != NULL;
}

static const struct driver {
	const char *name;
	struct provider *(*build)(struct drivers *, struct err *);
	bool (*unseals)(const struct drivers_options *); /* NULL: never */
} table[] = {
	{ "aws", build_aws, always },
	{ "exec", build_exec, where_programs_run },
	{ "github", build_github, always },
	{ "http", build_http, where_urls_are_asked },
	{ "local", build_local, NULL },
	{ "net", build_net, NULL },
};

const char *
drivers_name(size_t i)
{
	return i < array_len(table) ? table[i].name : NULL;
}

bool
drivers_unseal(const struct drivers_options *options, const char *name)
{
	for (size_t i = 0; i < array_len(table); i++) {
		if (str_eq(table[i].name, name))
			return table[i].unseals != NULL && table[i].unseals(options);
	}
	return false;
}

/* ---- options that could never mean anything ---- */

static bool
is_url(const char *text, size_t len, const char *scheme)
{
	size_t n = strlen(scheme);

	return len > n && strncasecmp(text, scheme, n) == 0 && strchr("/:?#,", text[n]) == NULL;
}

static bool
is_web(const char *text, size_t len)
{
	return is_url(text, len, "http://") || is_url(text, len, "https://");
}

static bool
is_port(const char *text, size_t len)
{
	return is_url(text, len, "tcp://");
}

/* A URL, or a host, or a pattern of one. */
static bool
is_allowed_as(const char *list, bool (*is_good)(const char *text, size_t len))
{
	for (const char *at = list; at != NULL && *at != '\0'; at += strspn(at, ",")) {
		size_t len = strcspn(at, ",");

		if (memchr(at, '/', len) != NULL && !is_good(at, len))
			return false;
		at += len;
	}
	return true;
}

static bool
is_endpoint(const char *url, bool (*is_good)(const char *text, size_t len))
{
	return url == NULL || is_good(url, strlen(url));
}

static enum err_code
check_options(const struct drivers_options *options, struct err *err)
{
	const struct {
		const char *name, *value;
		bool (*is_it)(const char *value, bool (*is_good)(const char *text, size_t len));
		bool (*is_good)(const char *text, size_t len);
		const char *wanted;
	} rows[] = {
		{ "aws-endpoint", options->aws_endpoint, is_endpoint, is_web, "http(s)://HOST" },
		{ "github-endpoint", options->github_endpoint, is_endpoint, is_web,
		    "http(s)://HOST" },
		{ "http-allow", options->http_allow, is_allowed_as, is_web,
		    "http(s)://HOST/..., hosts or *" },
		{ "net-allow", options->net_allow, is_allowed_as, is_port,
		    "tcp://HOST:PORT, hosts or *" },
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		if (!rows[i].is_it(rows[i].value, rows[i].is_good))
			return err_set(err, ERR_INVALID_REQUEST, "--%s %s: %s is wanted",
			    rows[i].name, rows[i].value, rows[i].wanted);
	}
	return ERR_OK;
}

enum err_code
drivers_init(struct drivers *drivers, struct loop_ev *ev, const struct drivers_options *options,
    struct err *err)
{
	struct str    schemas;
	enum err_code code;

	*drivers = (struct drivers){ .ev = ev, .options = *options };
	if (check_options(options, err) != ERR_OK)
		return err->code;
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

static enum err_code
list_types(struct drivers *drivers, const char *name, struct err *err)
{
	struct str    folder;
	enum err_code code;

	str_init(&folder, PATH_BYTES_MAX);
	str_addf(&folder, "%s/schemas/%s", drivers->options.share, name);
	code = registry_list(drivers->registry, folder.data, err);
	str_fini(&folder);
	return code;
}

enum err_code
drivers_add(struct drivers *drivers, const char *name, struct err *err)
{
	const struct driver *driver = table;
	struct provider     *provider;

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
	return list_types(drivers, name, err);
}

/* ---- those that are elsewhere ---- */

/* Its routes do not work as they are published: nothing was ever made of its keys. */
static struct provider *
refuse_aws_service(const struct sister_options *options, struct err *err)
{
	secret_destroy(options->key);
	err_set(err, ERR_INVALID_REQUEST,
	    "--provider %s=aws-service:%s: the AWS Service has no tags, roles or buckets, and its "
	    "routes can open no credentials; serve AWS by mgraph-deploy provider",
	    options->name, options->url);
	return NULL;
}

/* What stands before the URL says what is spoken there; nothing is our own protocol, whose types come from there. */
static const struct language {
	const char *prefix, *name;
	struct provider *(*create)(const struct sister_options *, struct err *);
} languages[] = {
	{ "github-service:", "github", github_service_create },
	{ "aws-service:", "aws", refuse_aws_service },
	{ "", NULL, sister_create },
};

static const struct language *
language_of(const char *url)
{
	const struct language *language = languages;

	while (!str_starts(url, language->prefix))
		language++;
	return language;
}

enum err_code
drivers_add_remote(struct drivers *drivers, const struct remote *remote, struct err *err)
{
	const struct language *language = language_of(remote->url);
	struct sister_options  options = {
		 .loop = loop_ev_loop(drivers->ev),
		 .fetcher = drivers->fetcher,
		 .registry = drivers->registry,
		 .name = remote->name,
		 .url = remote->url + strlen(language->prefix),
		 .ca = remote->ca,
	};
	struct provider *provider;

	if (language->name != NULL && !str_eq(language->name, remote->name))
		return err_set(err, ERR_INVALID_REQUEST, "--provider %s=%s is for '%s' alone",
		    remote->name, language->prefix, language->name);
	if (remote->key != NULL) {
		options.key = keys_read_one(remote->key, err);
		if (options.key == NULL)
			return err->code;
	}
	provider = language->create(&options, err);
	if (provider == NULL)
		return err->code;
	registry_add_provider(drivers->registry, provider);
	return language->name != NULL ? list_types(drivers, remote->name, err) : ERR_OK;
}

enum err_code
drivers_load_types(struct drivers *drivers, struct err *err)
{
	if (drivers->options.types == NULL)
		return ERR_OK;
	return registry_load(drivers->registry, drivers->options.types, err);
}
