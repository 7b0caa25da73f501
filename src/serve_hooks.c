/* SPDX-License-Identifier: Apache-2.0
 * serve_hooks.c - each entry is checked before the first is served: a webhook that would never be told is a mistake. */
#include "serve_hooks.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "hooks/sign.h"
#include "loop/loop_ev.h"
#include "providers/local/local_allow.h"
#include "util/json.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/secret_file.h"

#define FILE_MAX    (1024 * 1024)
#define QUOTED_SIZE 512
#define ID_CHARS    "abcdefghijklmnopqrstuvwxyz0123456789-"
#define TYPE_CHARS  "abcdefghijklmnopqrstuvwxyz_."

struct reading {
	struct local_allow  allow;
	struct hook_config *items;
	size_t              n;
};

static bool
is_of(const char *text, const char *chars, size_t size)
{
	return text != NULL && text[0] != '\0' && strspn(text, chars) == strlen(text) &&
	       strlen(text) < size;
}

/* ---- one entry ---- */

static enum err_code
read_names(struct hook_config *config, struct json_object *entry, struct err *err)
{
	const char      *id = json_get_str(entry, "id"), *tenant = json_get_str(entry, "tenant");
	struct store_key key;

	if (!is_of(id, ID_CHARS, sizeof(config->id)))
		return err_set(err, ERR_INVALID_REQUEST, "\"id\" must be of a-z, 0-9 and -");
	if (tenant == NULL || !store_key_set(&key, tenant, NULL, NULL))
		return err_set(err, ERR_INVALID_REQUEST, "webhook \"%s\": no \"tenant\"", id);
	memcpy(config->id, id, strlen(id) + 1);
	memcpy(config->tenant, key.tenant, sizeof(config->tenant));
	return ERR_OK;
}

/* What is told is signed, but on a way that is not https for everybody to read. */
static bool
is_private(const char *url)
{
	static const char *const here[] = { "http://127.0.0.1:", "http://127.0.0.1/",
		"http://[::1]:", "http://[::1]/", "http://localhost:", "http://localhost/" };

	for (size_t i = 0; i < array_len(here); i++) {
		if (str_starts(url, here[i]))
			return true;
	}
	return str_starts(url, "https://");
}

static enum err_code
read_url(struct hook_config *config, const struct reading *reading, struct json_object *entry,
    struct err *err)
{
	const char *url = json_get_str(entry, "url");

	if (url == NULL || strpbrk(url, "@#\\ \t\r\n") != NULL)
		return err_set(err, ERR_INVALID_REQUEST,
		    "webhook \"%s\": a \"url\" is wanted, without a user", config->id);
	if (!local_allow_url(&reading->allow, url))
		return err_set(err, ERR_INVALID_REQUEST,
		    "webhook \"%s\": its \"url\" is not in --webhook-allow%s", config->id,
		    local_allow_note(url));
	if (!is_private(url))
		return err_set(err, ERR_INVALID_REQUEST,
		    "webhook \"%s\": https:// is wanted, but to this machine itself", config->id);
	config->url = xstrdup(url);
	config->refuses_link = !local_allow_link(&reading->allow, url);
	return ERR_OK;
}

static enum err_code
read_secrets(struct hook_config *config, struct json_object *entry, struct err *err)
{
	struct json_object *list = json_get_array(entry, "secrets");
	size_t              n = list != NULL ? json_object_array_length(list) : 0;

	for (size_t i = 0; i < n && i < HOOK_SECRETS_MAX; i++) {
		struct json_object *text = json_object_array_get_idx(list, i);

		if (json_object_is_type(text, json_type_string))
			config->secrets[i] = sign_key(json_object_get_string(text));
		if (config->secrets[i] == NULL)
			break;
	}
	if (n == 0 || n > HOOK_SECRETS_MAX || config->secrets[n - 1] == NULL)
		return err_set(err, ERR_INVALID_REQUEST,
		    "webhook \"%s\": one or two \"secrets\" are wanted: " SIGN_PREFIX
		    " and 24 to 64 bytes in base64",
		    config->id);
	return ERR_OK;
}

static enum err_code
read_types(struct hook_config *config, struct json_object *entry, struct err *err)
{
	struct json_object *list = json_get_array(entry, "types");
	size_t              n = list != NULL ? json_object_array_length(list) : 0;

	for (; config->types_n < n && n <= HOOK_TYPES_MAX; config->types_n++) {
		const char *type =
		    json_object_get_string(json_object_array_get_idx(list, config->types_n));

		if (!is_of(type, TYPE_CHARS, HOOK_TYPE_SIZE) ||
		    !(str_starts(type, "execution") || str_eq(type, "verify")))
			break;
		memcpy(config->types[config->types_n], type, strlen(type) + 1);
	}
	if (config->types_n < n || json_has(entry, "types") != (list != NULL))
		return err_set(err, ERR_INVALID_REQUEST,
		    "webhook \"%s\": \"types\" are execution, execution.STATUS, verify",
		    config->id);
	return ERR_OK;
}

static enum err_code
read_entry(struct reading *reading, struct json_object *entry, struct err *err)
{
	struct hook_config *config = &reading->items[reading->n++];

	if (!json_object_is_type(entry, json_type_object))
		return err_set(err, ERR_INVALID_REQUEST, "each webhook is an object");
	if (read_names(config, entry, err) != ERR_OK ||
	    read_url(config, reading, entry, err) != ERR_OK ||
	    read_secrets(config, entry, err) != ERR_OK)
		return err->code;
	for (size_t i = 0; i + 1 < reading->n; i++) {
		if (str_eq(reading->items[i].id, config->id) &&
		    str_eq(reading->items[i].tenant, config->tenant))
			return err_set(
			    err, ERR_INVALID_REQUEST, "webhook \"%s\" is there twice", config->id);
	}
	return read_types(config, entry, err);
}

/* ---- the file ---- */

static enum err_code
read_all(struct reading *reading, const char *path, struct err *err)
{
	int                 fd = secret_file_open(path, err);
	struct json_object *file = fd >= 0 ? json_read_open(fd, path, FILE_MAX, err) : NULL;
	struct json_object *list = json_get_array(file, "webhooks");
	size_t              n = list != NULL ? json_object_array_length(list) : 0;
	struct err          why;
	enum err_code       code = ERR_OK;

	if (file == NULL)
		return err->code;
	if (n == 0 || n > HOOKS_MAX)
		code = err_set(
		    &why, ERR_INVALID_REQUEST, "1 to %d \"webhooks\" are wanted", HOOKS_MAX);
	reading->items = xcalloc(n, sizeof(*reading->items));
	for (size_t i = 0; i < n && code == ERR_OK; i++)
		code = read_entry(reading, json_object_array_get_idx(list, i), &why);
	json_wipe(file);
	json_object_put(file);
	return code == ERR_OK ? ERR_OK : err_set(err, code, "--webhooks %s: %s", path, why.detail);
}

static enum err_code
read_file(struct serve_hooks *hooks, struct err *err)
{
	const struct serve_options *options = hooks->options;
	struct reading              reading = { .items = NULL };
	enum err_code               code;

	local_allow_init(&reading.allow, options->webhook_allow);
	code = read_all(&reading, options->webhooks, err);
	local_allow_fini(&reading.allow);
	if (code == ERR_OK)
		hooks_set(hooks->hooks, reading.items, reading.n);
	for (size_t i = 0; i < reading.n && code != ERR_OK; i++)
		hook_config_fini(&reading.items[i]);
	free(reading.items);
	return code;
}

/* A file that is no good changes nothing. */
static void
on_hup(void *arg, int signo)
{
	struct serve_hooks *hooks = arg;
	struct err          err;
	char                text[QUOTED_SIZE];

	(void)signo;
	if (read_file(hooks, &err) == ERR_OK)
		log_info("webhooks.read", "file=%s",
		    log_quote(text, sizeof(text), hooks->options->webhooks));
	else
		log_error("webhooks.kept", "why=%s", log_quote(text, sizeof(text), err.detail));
}

enum err_code
serve_hooks(struct serve_hooks *hooks, const struct serve_options *options, struct loop_ev *ev,
    const struct hooks_options *made, struct err *err)
{
	*hooks = (struct serve_hooks){ options, NULL };
	if (options->webhooks == NULL)
		return ERR_OK;
	hooks->hooks = hooks_create(made);
	loop_ev_on_signal(ev, SIGHUP, on_hup, hooks);
	return read_file(hooks, err);
}
