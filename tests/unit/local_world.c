/* SPDX-License-Identifier: Apache-2.0
 * local_world.c - the fixture of the tests of the driver `local`. */
#include "local_world.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "providers/local/local.h"
#include "util/json.h"

#define FILES_OPEN_MAX 16

/* ---- a world: a temporary folder with the root, and one outside of it ---- */

struct local_world local_world;

void
local_up(bool commands_allowed)
{
	local_up_with(commands_allowed ? "*" : NULL);
}

void
local_up_with(const char *allow)
{
	local_world.ev = loop_ev_create();
	local_world.provider = local_create(&(struct local_options){
	    .name = "local",
	    .ev = local_world.ev,
	    .root = local_world.root,
	    .allow = allow,
	});
	ck_assert_ptr_nonnull(local_world.provider);
}

void
local_down(void)
{
	local_world.provider->destroy(local_world.provider);
	loop_ev_destroy(local_world.ev);
}

void
local_setup(void)
{
	local_world = (struct local_world){ .identity = { .tenant = "acme",
						.deployment_id = "site",
						.graph_id = "0a0a0a0a",
						.node_id = "1b1b1b1b",
						.edge_id = "2c2c2c2c",
						.resource_id = "page",
						.spec_hash = "3d3d3d3d3d3d3d3d",
						.region = "",
						.primary = true } };
	snprintf(local_world.folder, sizeof(local_world.folder), "/tmp/test-local-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(local_world.folder));
	snprintf(local_world.root, sizeof(local_world.root), "%s/root", local_world.folder);
	snprintf(
	    local_world.outside, sizeof(local_world.outside), "%s/outside", local_world.folder);
	ck_assert_int_eq(mkdir(local_world.outside, 0755), 0);
	local_up(true);
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void
local_teardown(void)
{
	local_down();
	nftw(local_world.folder, remove_one, FILES_OPEN_MAX, FTW_DEPTH | FTW_PHYS);
}

static void
on_done(struct op *op)
{
	(void)op;
	local_world.answered = true;
	loop_ev_stop(local_world.ev);
}

struct asked *
local_begin(enum op_kind kind, const char *type, const char *desired)
{
	struct asked *asked = calloc(1, sizeof(*asked));

	asked->type = (struct resource_type){ .name = type, .provider = "local", .global = true };
	asked->op = (struct op){ .kind = kind,
		.type = &asked->type,
		.identity = &local_world.identity,
		.token = "token-1",
		.adopt = local_world.adopt,
		.done = on_done };
	if (desired != NULL) {
		asked->op.desired = json_read(desired, strlen(desired), NULL);
		ck_assert_msg(asked->op.desired != NULL, "%s", desired);
	}
	local_world.answered = false;
	local_world.provider->start(local_world.provider, &asked->op);
	ck_assert(!local_world.answered);
	return asked;
}

void
local_end(struct asked *asked)
{
	json_object_put(asked->op.desired);
	op_fini(&asked->op);
	free(asked);
}

struct asked *
local_ask(enum op_kind kind, const char *type, const char *desired)
{
	struct asked *asked = local_begin(kind, type, desired);

	loop_ev_run(local_world.ev);
	ck_assert(local_world.answered);
	ck_assert_ptr_null(asked->op.impl);
	return asked;
}

/* Asks, expects the result and hands out the compact text of `found` ("" when there is none). */
const char *
local_expect(enum op_kind kind, const char *type, const char *desired, enum op_result result)
{
	static char   text[200000];
	struct asked *asked = local_ask(kind, type, desired);

	ck_assert_msg(asked->op.result == result, "%s of %s: %s, not %s: %s", op_kind_name(kind),
	    desired == NULL ? "nothing" : desired, op_result_name(asked->op.result),
	    op_result_name(result), asked->op.message);
	ck_assert_int_eq(result == OP_OK && kind <= OP_UPDATE, asked->op.found != NULL);
	snprintf(text, sizeof(text), "%s",
	    asked->op.found == NULL ? asked->op.message : json_text(asked->op.found));
	local_end(asked);
	return text;
}

static void
path_of(char *buf, size_t size, const char *under, const char *name)
{
	snprintf(buf, size, "%s/%s", under, name);
}

void
disk_put(const char *under, const char *name, const char *content)
{
	char path[256];
	int  fd;

	path_of(path, sizeof(path), under, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content, strlen(content)), (ssize_t)strlen(content));
	close(fd);
}

/* NULL: there is no such file. */
const char *
disk_get(const char *under, const char *name)
{
	static char buf[4096];
	char        path[256];
	ssize_t     n;
	int         fd;

	path_of(path, sizeof(path), under, name);
	fd = open(path, O_RDONLY | O_NOFOLLOW);
	if (fd < 0)
		return NULL;
	n = read(fd, buf, sizeof(buf) - 1);
	ck_assert_int_ge(n, 0);
	buf[n] = '\0';
	close(fd);
	return buf;
}

bool
disk_has(const char *name)
{
	char        path[256];
	struct stat st;

	path_of(path, sizeof(path), local_world.root, name);
	return lstat(path, &st) == 0;
}

void
disk_link(const char *target, const char *name)
{
	char path[256];

	path_of(path, sizeof(path), local_world.root, name);
	ck_assert_int_eq(symlink(target, path), 0);
}

void
disk_folder(const char *name)
{
	char path[256];

	path_of(path, sizeof(path), local_world.root, name);
	ck_assert_int_eq(mkdir(path, 0755), 0);
}

unsigned
disk_mode(const char *name)
{
	char        path[256];
	struct stat st;

	path_of(path, sizeof(path), local_world.root, name);
	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_mode & 07777;
}

void
disk_remove(const char *name)
{
	char path[256];

	path_of(path, sizeof(path), local_world.root, name);
	ck_assert_int_eq(unlink(path), 0);
}
