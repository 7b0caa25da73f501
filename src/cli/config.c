/* SPDX-License-Identifier: Apache-2.0
 * config.c - reads a config, and completes its credentials from the environment. */
#include "cli/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/json.h"
#include "util/secret.h"

#define CONFIG_BYTES_MAX (16 * 1024 * 1024)
#define GRAPH_ID_LEN     8

/* ---- reading ---- */

bool
client_read_all(FILE *from, struct str *out)
{
	char   buf[16384];
	size_t n;

	while ((n = fread(buf, 1, sizeof(buf), from)) > 0 && !out->overflow)
		str_add_mem(out, buf, n);
	secret_wipe(buf, sizeof(buf));
	return ferror(from) == 0;
}

static struct json_object *
config_parse(const char *name, const struct str *text)
{
	struct json_object *config;
	struct err          err;

	if (text->overflow) {
		fprintf(stderr, "Error: %s is longer than %d bytes\n", name, CONFIG_BYTES_MAX);
		return NULL;
	}
	config = json_read(text->data, text->len, &err);
	if (config == NULL) {
		fprintf(stderr, "Error: %s: %s\n", name, err.detail);
		return NULL;
	}
	if (!json_object_is_type(config, json_type_object)) {
		fprintf(stderr, "Error: %s is JSON, but not an object\n", name);
		json_object_put(config);
		return NULL;
	}
	return config;
}

struct json_object *
client_config_read(const char *name)
{
	bool                standard = str_eq(name, "-");
	FILE               *from = standard ? stdin : fopen(name, "re");
	struct json_object *config = NULL;
	struct str          text;

	if (standard)
		name = "standard input";
	str_init(&text, CONFIG_BYTES_MAX);
	if (from == NULL || !client_read_all(from, &text))
		fprintf(stderr, "Error: %s: %s\n", name, strerror(errno));
	else
		config = config_parse(name, &text);
	if (from != NULL && !standard)
		fclose(from);
	str_fini(&text);
	return config;
}

bool
config_is_graph_id(const char *operand)
{
	return strlen(operand) == GRAPH_ID_LEN &&
	       strspn(operand, "0123456789abcdef") == GRAPH_ID_LEN;
}

/* ---- credentials ---- */

struct env_member {
	const char *member, *variable, *otherwise; /* otherwise: a second variable, or NULL */
	bool        required;                      /* without it the provider has none */
};

static const struct env_provider {
	const char       *name;
	struct env_member members[4];
} env_providers[] = {
	{ "aws", { { "access_key_id", "AWS_ACCESS_KEY_ID", NULL, true },
		     { "secret_access_key", "AWS_SECRET_ACCESS_KEY", NULL, true },
		     { "session_token", "AWS_SESSION_TOKEN", NULL, false },
		     { "region", "AWS_REGION", "AWS_DEFAULT_REGION", false } } },
	{ "github", { { "pat", "GITHUB_TOKEN", NULL, true } } },
};

static const char *
env_value(const char *variable)
{
	const char *value = variable != NULL ? getenv(variable) : NULL;

	return value != NULL && *value != '\0' ? value : NULL;
}

/* NULL: the environment lacks one that is required. */
static struct json_object *
provider_from_env(const struct env_provider *provider)
{
	struct json_object *made = json_object_new_object();

	must(made != NULL);
	for (size_t i = 0; i < array_len(provider->members); i++) {
		const struct env_member *member = &provider->members[i];
		const char              *value;

		if (member->member == NULL)
			break;
		value = env_value(member->variable);
		if (value == NULL)
			value = env_value(member->otherwise);
		if (value == NULL && member->required) {
			json_object_put(made);
			return NULL;
		}
		json_set_str(made, member->member, value);
	}
	return made;
}

/* What the environment has, for all providers; NULL: nothing. */
static struct json_object *
env_credentials(void)
{
	struct json_object *credentials = json_object_new_object();

	must(credentials != NULL);
	for (size_t i = 0; i < array_len(env_providers); i++) {
		struct json_object *made = provider_from_env(&env_providers[i]);

		if (made != NULL)
			json_set(credentials, env_providers[i].name, made);
	}
	if (json_object_object_length(credentials) > 0)
		return credentials;
	json_object_put(credentials);
	return NULL;
}

/* Credentials go to the server only when a resource is of that provider ("aws:iam:role"). */
static bool
config_uses(struct json_object *config, const char *provider)
{
	struct json_object *resources = json_get_object(config, "resources");
	size_t              len = strlen(provider);

	if (resources == NULL)
		return false;
	json_object_object_foreach (resources, id, resource) {
		const char *type = json_get_str(resource, "type");

		(void)id;
		if (type != NULL && strncmp(type, provider, len) == 0 && type[len] == ':')
			return true;
	}
	return false;
}

/* Keys of the config's own are not mixed with those of the environment. */
static void
complete(struct json_object *to, const struct env_provider *provider, struct json_object *from)
{
	struct json_object *own = json_get_object(to, provider->name);

	if (own == NULL && !json_has(to, provider->name))
		json_set(to, provider->name, json_object_get(from));
	if (own == NULL || json_has(own, provider->members[0].member))
		return;
	json_object_object_foreach (from, name, value) {
		if (!json_has(own, name))
			json_set(own, name, json_object_get(value));
	}
}

void
config_add_credentials(struct json_object *config)
{
	struct json_object *from = env_credentials();
	struct json_object *to = json_get_object(config, "credentials");

	if (from == NULL)
		return;
	if (to == NULL && !json_has(config, "credentials")) {
		to = json_object_new_object();
		must(to != NULL);
		json_set(config, "credentials", to);
	}
	for (size_t i = 0; i < array_len(env_providers) && to != NULL; i++) {
		const char *name = env_providers[i].name;

		if (json_has(from, name) && config_uses(config, name))
			complete(to, &env_providers[i], json_get(from, name));
	}
	json_object_put(from);
}

struct json_object *
config_body(const char *operand)
{
	struct json_object *config, *body;

	if (config_is_graph_id(operand))
		return config_graph_body(operand);
	config = client_config_read(operand);
	if (config == NULL)
		return NULL;
	config_add_credentials(config);
	body = json_object_new_object();
	must(body != NULL);
	json_set(body, "config", config);
	return body;
}

struct json_object *
config_graph_body(const char *graph_id)
{
	struct json_object *body = json_object_new_object();

	must(body != NULL);
	json_set_str(body, "graph_id", graph_id);
	config_give_credentials(body);
	return body;
}

void
config_give_credentials(struct json_object *body)
{
	struct json_object *credentials = json_has(body, "credentials") ? NULL : env_credentials();

	if (credentials != NULL)
		json_set(body, "credentials", credentials);
}

void
config_print(struct json_object *config)
{
	puts(json_object_to_json_string_ext(config,
	    JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE));
}

struct json_object *
config_name_only(struct json_object *body)
{
	struct json_object *config = json_get_object(body, "config");
	struct json_object *named = json_object_new_object();

	must(named != NULL);
	json_set_str(named, "deployment_id", json_get_str(config, "deployment_id"));
	if (json_has(config, "credentials"))
		json_set(named, "credentials", json_object_get(json_get(config, "credentials")));
	json_object_put(body);
	return named;
}

/* With a config that says which deployment it is of. */
static struct json_object *
body_from_file(const char *name)
{
	struct json_object *body = config_body(name);

	if (body == NULL || json_get_str(json_get_object(body, "config"), "deployment_id") != NULL)
		return body;
	fprintf(stderr, "Error: %s has no deployment_id\n", name);
	json_object_put(body);
	return NULL;
}

static bool
is_file_name(const char *operand)
{
	return strchr(operand, '/') != NULL || str_ends(operand, ".json") || str_eq(operand, "-");
}

struct json_object *
config_deployment_body(const char *operand)
{
	if (config_is_graph_id(operand))
		return config_graph_body(operand);
	if (is_file_name(operand) || access(operand, F_OK) == 0)
		return body_from_file(operand);
	return config_named_body(operand);
}

struct json_object *
config_named_body(const char *operand)
{
	struct json_object *body = is_file_name(operand) ? body_from_file(operand) : NULL;

	if (is_file_name(operand))
		return body != NULL ? config_name_only(body) : NULL;
	body = json_object_new_object();
	must(body != NULL);
	json_set_str(body, "deployment_id", operand);
	config_give_credentials(body);
	return body;
}
