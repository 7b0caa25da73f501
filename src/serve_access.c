/* SPDX-License-Identifier: Apache-2.0
 * serve_access.c - keys from a file, or the one of a first run; limits; and the signal. */
#include "serve_access.h"

#include <signal.h>
#include <stdlib.h>

#include "api/audit.h"
#include "util/log.h"

#define WHY_SIZE 600

/* A file that is no good changes nothing: who could come in a moment ago still can. */
static void
on_hup(void *arg, int signo)
{
	struct access *access = arg;
	struct err     err;
	char           why[WHY_SIZE];
	bool           good;

	(void)signo;
	if (access_path(access)[0] == '\0')
		return; /* the one of a first run stays */
	good = access_reload(access, &err) == ERR_OK;
	if (!good)
		log_error("keys", "why=%s", log_quote(why, sizeof(why), err.detail));
	audit_process("keys.reload", access_path(access), good ? "done" : "refused");
}

static struct keys *
read_keys(const struct serve_options *options, const struct data_dir *data, struct err *err)
{
	struct keys *keys;
	char        *path;

	if (options->keys != NULL)
		return keys_load(options->keys, err);
	path = data_dir_path(data, "key");
	keys = keys_generate(path, err);
	free(path);
	return keys;
}

/* Who is alone on their own machine is in nobody's way. */
static enum err_code
read_limits(const struct serve_options *options, struct limits *limits, struct err *err)
{
	struct err why;

	*limits = options->keys != NULL ? limits_usual : limits_none;
	if (options->limits.len > 0 &&
	    limits_read_text(limits, options->limits.data, &why) != ERR_OK)
		return err_set(err, why.code, "--limit %s: %s", options->limits.data, why.detail);
	return ERR_OK;
}

struct access *
serve_access(const struct serve_options *options, const struct data_dir *data, struct loop_ev *ev,
    struct store *store, struct err *err)
{
	struct access_options to = {
		.loop = loop_ev_loop(ev), .store = store, .path = options->keys
	};
	struct access *access;
	struct keys   *keys;

	if (read_limits(options, &to.defaults, err) != ERR_OK)
		return NULL;
	keys = read_keys(options, data, err);
	if (keys == NULL)
		return NULL;
	access = access_create(&to, keys);
	loop_ev_on_signal(ev, SIGHUP, on_hup, access);
	return access;
}
